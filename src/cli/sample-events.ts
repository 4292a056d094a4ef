// Events to try a function with, in the shapes in which AWS sends them. `invoke --sample NAME`.
// The HTTP API ones are held against what the gateway sends: sample-events.test.ts.

import { randomUUID } from 'node:crypto';

export const sampleNames = [
  'http-api-v2',
  'http-api-v1',
  'authorizer-v2',
  'authorizer-v1',
  'sqs',
  'sns',
  's3',
  'schedule',
] as const;

export type SampleName = (typeof sampleNames)[number];

export interface SampleRoute {
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface SampleOptions {
  /** The body of a request, the message of a queue or topic. */
  readonly body?: string;
  /** `GET /orders/17?page=2`. */
  readonly request?: string;
  /** What answers the request in the running system; `$default` when left out. */
  readonly route?: SampleRoute;
  readonly region: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function sampleEvent(name: SampleName, options: SampleOptions): Readonly<Record<string, unknown>> {
  return samples[name](options);
}

const samples: Readonly<Record<SampleName, (options: SampleOptions) => Record<string, unknown>>> = {
  'http-api-v2': (options) => {
    const { method, path, query, search } = requestOf(options);
    return {
      version: '2.0',
      routeKey: routeOf(options).routeKey,
      rawPath: path,
      rawQueryString: query,
      headers: headersOf(options, (header) => header.toLowerCase()),
      ...(query === '' ? {} : { queryStringParameters: joined(search) }),
      requestContext: context2(options, method, path),
      ...(Object.keys(routeOf(options).pathParameters).length === 0 ? {} : { pathParameters: routeOf(options).pathParameters }),
      ...(options.body === undefined ? {} : { body: options.body }),
      isBase64Encoded: false,
    };
  },
  'http-api-v1': (options) => {
    const { method, path, search } = requestOf(options);
    const headers = {
      'Content-Length': String(Buffer.byteLength(options.body ?? '')),
      ...headersOf(options, (header) => header),
    };
    const keys = [...new Set(search.keys())];
    return {
      version: '1.0',
      resource: resourceOf(options),
      path,
      httpMethod: method,
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, [value]])),
      queryStringParameters: keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, search.getAll(key).at(-1)])),
      multiValueQueryStringParameters:
        keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, search.getAll(key)])),
      requestContext: context1(options, method, path),
      pathParameters: Object.keys(routeOf(options).pathParameters).length === 0 ? null : routeOf(options).pathParameters,
      stageVariables: null,
      body: options.body ?? null,
      isBase64Encoded: false,
    };
  },
  // Source: API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda authorizers".
  'authorizer-v2': (options) => {
    const { method, path, query, search } = requestOf(options);
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: `arn:aws:execute-api:${options.region}:${options.account}:sampleapi0/$default/${method}${path}`,
      identitySource: ['Bearer sample-token'],
      routeKey: '$default',
      rawPath: path,
      rawQueryString: query,
      headers: { authorization: 'Bearer sample-token', ...headersOf(options, (header) => header.toLowerCase()) },
      ...(query === '' ? {} : { queryStringParameters: joined(search) }),
      requestContext: context2(options, method, path),
    };
  },
  'authorizer-v1': (options) => {
    const { method, path, search } = requestOf(options);
    return {
      version: '1.0',
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:${options.region}:${options.account}:sampleapi0/$default/${method}${path}`,
      identitySource: 'Bearer sample-token',
      authorizationToken: 'Bearer sample-token',
      resource: path,
      path,
      httpMethod: method,
      headers: { Authorization: 'Bearer sample-token', ...headersOf(options, (header) => header) },
      queryStringParameters: joined(search),
      pathParameters: {},
      stageVariables: {},
      requestContext: context1(options, method, path),
    };
  },
  // Source: Lambda developer guide, the guide of each event source.
  sqs: ({ body, region, account, now }) => ({
    Records: [
      {
        messageId: randomUUID(),
        receiptHandle: 'sample-receipt-handle',
        body: body ?? '{"sample":true}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(now),
          SenderId: account,
          ApproximateFirstReceiveTimestamp: String(now + 1),
        },
        messageAttributes: {},
        md5OfBody: '00000000000000000000000000000000',
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:${region}:${account}:sample-queue`,
        awsRegion: region,
      },
    ],
  }),
  sns: ({ body, region, account, now }) => ({
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: `arn:aws:sns:${region}:${account}:sample-topic:${randomUUID()}`,
        EventSource: 'aws:sns',
        Sns: {
          SignatureVersion: '1',
          Timestamp: new Date(now).toISOString(),
          Signature: 'sample',
          SigningCertUrl: 'https://sns.example.com/sample.pem',
          MessageId: randomUUID(),
          Message: body ?? '{"sample":true}',
          MessageAttributes: {},
          Type: 'Notification',
          UnsubscribeUrl: 'https://sns.example.com/',
          TopicArn: `arn:aws:sns:${region}:${account}:sample-topic`,
          Subject: 'Sample',
        },
      },
    ],
  }),
  s3: ({ region, account, now }) => ({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(now).toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: account },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': 'SAMPLE', 'x-amz-id-2': 'sample' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'sample',
          bucket: { name: 'sample-bucket', ownerIdentity: { principalId: account }, arn: 'arn:aws:s3:::sample-bucket' },
          object: { key: 'sample/key.txt', size: 1024, eTag: '00000000000000000000000000000000', sequencer: '00' },
        },
      },
    ],
  }),
  schedule: ({ region, account, now }) => ({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/sample-rule`],
    detail: {},
  }),
};

const DOMAIN = 'sampleapi0.execute-api.localhost';

function requestOf({ request, body }: SampleOptions) {
  const [, method = body === undefined ? 'GET' : 'POST', target = '/'] = /^(?:([A-Za-z]+) +)?(\/.*)$/.exec(request ?? '/') ?? [];
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  return { method: method.toUpperCase(), path, query, search: new URLSearchParams(query) };
}

function joined(search: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(search.keys())].map((key) => [key, search.getAll(key).join(',')]));
}

function headersOf({ body }: SampleOptions, spell: (name: string) => string): Record<string, string> {
  const headers: Record<string, string> = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    Host: DOMAIN,
    'User-Agent': 'stagegate-invoke',
    'X-Amzn-Trace-Id': 'Root=1-00000000-000000000000000000000000',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': '80',
    'X-Forwarded-Proto': 'http',
  };
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [spell(name), value]));
}

function routeOf({ route }: SampleOptions): SampleRoute {
  return route ?? { routeKey: '$default', pathParameters: {} };
}

/** The path of the route key. */
function resourceOf(options: SampleOptions): string {
  return routeOf(options).routeKey.replace(/^\S+ /, '');
}

function context2(options: SampleOptions, method: string, path: string): Record<string, unknown> {
  const { account, now } = options;
  return {
    accountId: account,
    apiId: 'sampleapi0',
    domainName: DOMAIN,
    domainPrefix: 'sampleapi0',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'stagegate-invoke' },
    requestId: 'SampleRequestId=',
    routeKey: routeOf(options).routeKey,
    stage: '$default',
    time: logTime(now),
    timeEpoch: now,
  };
}

function context1(options: SampleOptions, method: string, path: string): Record<string, unknown> {
  const { account, now } = options;
  const nobody = [
    ...['accessKey', 'accountId', 'caller', 'cognitoAmr', 'cognitoAuthenticationProvider', 'cognitoAuthenticationType'],
    ...['cognitoIdentityId', 'cognitoIdentityPoolId', 'principalOrgId', 'user', 'userArn'],
  ];
  return {
    accountId: account,
    apiId: 'sampleapi0',
    authorizer: { claims: null, scopes: null },
    domainName: DOMAIN,
    domainPrefix: 'sampleapi0',
    extendedRequestId: 'SampleRequestId=',
    httpMethod: method,
    identity: { ...Object.fromEntries(nobody.map((name) => [name, null])), sourceIp: '127.0.0.1', userAgent: 'stagegate-invoke' },
    path,
    protocol: 'HTTP/1.1',
    requestId: 'SampleRequestId=',
    requestTime: logTime(now),
    requestTimeEpoch: now,
    resourceId: routeOf(options).routeKey,
    resourcePath: resourceOf(options),
    stage: '$default',
  };
}

/** `27/Nov/2026:04:35:31 +0000`. */
function logTime(now: number): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(now).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
