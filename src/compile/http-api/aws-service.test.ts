// AWS service integrations through the whole flow: what each service receives, that it is signed, and what the client gets back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { verifySignature } from '../../aws/sigv4.ts';
import { hashBody } from '../../aws/sigv4-canonical-request.ts';
import { FakeBody, type FakeRequestOptions, linesOf } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import type { UpstreamCall } from '../../http1/message.ts';
import type { IntegrationSubtype } from '../../model/integration-subtypes.ts';
import { httpApi, service } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { nothingAround, type Surroundings } from './surroundings.ts';

type Entries = Readonly<Record<string, string>>;

const withKeys: Surroundings = { ...nothingAround, hasAwsKeys: true };
const queue = 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs';
const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:orders';

function served(subtype: IntegrationSubtype, parameters: Entries, surroundings = withKeys): ServedApi {
  const api = httpApi({ 'ANY /a/{id}': service(subtype, parameters) }, { region: 'eu-west-1', stageVariables: { bus: 'blue' } });
  return new ServedApi(api, { surroundings });
}

const request: FakeRequestOptions = {
  method: 'POST',
  target: '/a/b%20c?q=1',
  headers: [
    ['Authorization', 'Bearer secret'],
    ['X-Group', 'g1'],
  ],
  body: new FakeBody('{"kind":"order","n":{"id":7},"tags":["a","b"],"at":"2026-11-23T02:15:30.500Z","grüße":"ü"}'),
};

function header(call: UpstreamCall, name: string): string | undefined {
  return linesOf(call.headers).find(([found]) => found.toLowerCase() === name)?.[1];
}

/** Checked as the service would: with the secret, and every header that came. */
function assertSigned(call: UpstreamCall, serviceName: string, region: string): void {
  const mark = call.target.indexOf('?');
  const result = verifySignature(
    {
      method: call.method,
      path: mark < 0 ? call.target : call.target.slice(0, mark),
      query: mark < 0 ? '' : call.target.slice(mark + 1),
      rawHeaders: linesOf(call.headers).flat(),
      bodyHash: hashBody(Buffer.from(String(call.body ?? ''), 'utf8')),
    },
    {
      now: Date.now(),
      credentials: (id) => (id === 'AKIATEST' ? { secretAccessKey: 'secret' } : undefined),
      clockSkewMs: 60_000,
      service: serviceName,
      region,
    },
  );
  assert.deepEqual(result.verified ? 'verified' : result, 'verified');
}

interface Row {
  readonly subtype: IntegrationSubtype;
  readonly parameters: Entries;
  readonly service: string;
  readonly origin: string;
  readonly contentType?: string;
  readonly amzTarget?: string;
  readonly method?: string;
  readonly target?: string;
  readonly body: unknown;
}

const rows: readonly Row[] = [
  {
    subtype: 'EventBridge-PutEvents',
    parameters: {
      Detail: '$request.body',
      DetailType: '$request.body.kind',
      Source: 'shop',
      Time: '$request.body.at',
      EventBusName: '$stageVariables.bus',
      Resources: '$request.body.tags',
      TraceHeader: '$request.header.missing',
    },
    service: 'events',
    origin: 'https://events.eu-west-1.amazonaws.com',
    contentType: 'application/x-amz-json-1.1',
    amzTarget: 'AWSEvents.PutEvents',
    body: {
      Entries: [
        {
          Detail: '{"kind":"order","n":{"id":7},"tags":["a","b"],"at":"2026-11-23T02:15:30.500Z","grüße":"ü"}',
          DetailType: 'order',
          EventBusName: 'blue',
          Resources: ['a', 'b'],
          Source: 'shop',
          Time: 1795400130.5,
        },
      ],
    },
  },
  {
    subtype: 'SQS-SendMessage',
    parameters: {
      QueueUrl: queue,
      MessageBody: '$request.body.n',
      DelaySeconds: '5',
      MessageGroupId: '$request.header.x-group',
      MessageDeduplicationId: '$request.path.id',
    },
    service: 'sqs',
    origin: 'https://sqs.eu-west-1.amazonaws.com',
    contentType: 'application/x-www-form-urlencoded',
    body: {
      Action: 'SendMessage',
      Version: '2012-11-05',
      QueueUrl: queue,
      MessageBody: '{"id":7}',
      DelaySeconds: '5',
      MessageGroupId: 'g1',
      MessageDeduplicationId: 'b c',
    },
  },
  {
    subtype: 'SQS-ReceiveMessage',
    parameters: {
      QueueUrl: queue,
      AttributeNames: '$request.body.tags',
      MessageAttributeNames: 'x, y',
      MaxNumberOfMessages: '3',
    },
    service: 'sqs',
    origin: 'https://sqs.eu-west-1.amazonaws.com',
    contentType: 'application/x-www-form-urlencoded',
    body: {
      Action: 'ReceiveMessage',
      Version: '2012-11-05',
      QueueUrl: queue,
      MaxNumberOfMessages: '3',
      'AttributeName.1': 'a',
      'AttributeName.2': 'b',
      'MessageAttributeName.1': 'x',
      'MessageAttributeName.2': 'y',
    },
  },
  {
    subtype: 'SQS-DeleteMessage',
    parameters: { QueueUrl: queue, ReceiptHandle: '$request.querystring.q', Region: 'us-west-2' },
    service: 'sqs',
    origin: 'https://sqs.us-west-2.amazonaws.com',
    contentType: 'application/x-www-form-urlencoded',
    body: { Action: 'DeleteMessage', Version: '2012-11-05', QueueUrl: queue, ReceiptHandle: '1' },
  },
  {
    subtype: 'SQS-PurgeQueue',
    parameters: { QueueUrl: queue },
    service: 'sqs',
    origin: 'https://sqs.eu-west-1.amazonaws.com',
    contentType: 'application/x-www-form-urlencoded',
    body: { Action: 'PurgeQueue', Version: '2012-11-05', QueueUrl: queue },
  },
  {
    subtype: 'AppConfig-GetConfiguration',
    parameters: {
      Application: '$request.path.id',
      Environment: '..',
      Configuration: 'a/b',
      ClientId: '$context.apiId',
      ClientConfigurationVersion: '2',
    },
    service: 'appconfig',
    origin: 'https://appconfig.eu-west-1.amazonaws.com',
    method: 'GET',
    target: '/applications/b%20c/environments/%2E%2E/configurations/a%2Fb?client_configuration_version=2&client_id=a1b2c3',
    body: null,
  },
  {
    subtype: 'Kinesis-PutRecord',
    parameters: { StreamName: 'clicks', Data: '$request.body', PartitionKey: '$context.requestTimeEpoch' },
    service: 'kinesis',
    origin: 'https://kinesis.eu-west-1.amazonaws.com',
    contentType: 'application/x-amz-json-1.1',
    amzTarget: 'Kinesis_20131202.PutRecord',
    body: /^\{"StreamName":"clicks","Data":"eyJraW5k[\w+/=]+","PartitionKey":"\d{13}"\}$/,
  },
  {
    subtype: 'StepFunctions-StartExecution',
    parameters: { StateMachineArn: machine, Name: 'run-1', Input: '$request.body' },
    service: 'states',
    origin: 'https://states.eu-west-1.amazonaws.com',
    contentType: 'application/x-amz-json-1.0',
    amzTarget: 'AWSStepFunctions.StartExecution',
    body: {
      input: '{"kind":"order","n":{"id":7},"tags":["a","b"],"at":"2026-11-23T02:15:30.500Z","grüße":"ü"}',
      name: 'run-1',
      stateMachineArn: machine,
    },
  },
  {
    subtype: 'StepFunctions-StartSyncExecution',
    parameters: { StateMachineArn: machine, TraceHeader: '$request.header.x-group' },
    service: 'states',
    origin: 'https://sync-states.eu-west-1.amazonaws.com',
    contentType: 'application/x-amz-json-1.0',
    amzTarget: 'AWSStepFunctions.StartSyncExecution',
    body: { stateMachineArn: machine, traceHeader: 'g1' },
  },
  {
    subtype: 'StepFunctions-StopExecution',
    parameters: { ExecutionArn: '$request.querystring.q', Cause: 'c', Error: 'e' },
    service: 'states',
    origin: 'https://states.eu-west-1.amazonaws.com',
    contentType: 'application/x-amz-json-1.0',
    amzTarget: 'AWSStepFunctions.StopExecution',
    body: { cause: 'c', error: 'e', executionArn: '1' },
  },
];

describe('each service receives its own protocol, signed', () => {
  for (const row of rows) {
    test(row.subtype, () => {
      const api = served(row.subtype, row.parameters);
      const response = api.call(request);
      assert.equal(response.status, 200, response.responseText);
      const call = api.upstreams.calls[0] as UpstreamCall;
      const { origin } = call;
      assert.equal(`${origin.protocol}://${origin.host}`, row.origin);
      assert.equal(origin.port, 443);
      assert.equal(call.method, row.method ?? 'POST');
      assert.equal(call.target, row.target ?? '/');
      assert.equal(header(call, 'host'), row.origin.slice('https://'.length));
      assert.equal(header(call, 'content-type'), row.contentType);
      assert.equal(header(call, 'x-amz-target'), row.amzTarget);
      const body = call.body === null ? null : String(call.body);
      if (row.body instanceof RegExp) assert.match(body ?? '', row.body);
      else if (row.service === 'sqs') assert.deepEqual(Object.fromEntries(new URLSearchParams(body ?? '')), row.body);
      else assert.deepEqual(body === null ? null : JSON.parse(body), row.body);
      assertSigned(call, row.service, origin.host.split('.')[1] as string);
      // Of the client's request nothing arrives that no parameter names.
      assert.doesNotMatch(call.headers.text, /secret|x-group/i);
    });
  }

  test('every subtype has its row', async () => {
    const { integrationSubtypes } = await import('../../model/integration-subtypes.ts');
    assert.deepEqual(rows.map(({ subtype }) => subtype).sort(), Object.keys(integrationSubtypes).sort());
  });
});

describe('values', () => {
  test('bytes of a body reach Kinesis as they are', () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    const api = served('Kinesis-PutRecord', { StreamName: 's', Data: '$request.body', PartitionKey: 'p' });
    api.call({ method: 'POST', target: '/a/b', body: new FakeBody(bytes, { chunked: true }) });
    const { Data } = JSON.parse(String(api.upstreams.calls[0]?.body)) as { Data: string };
    assert.deepEqual(Buffer.from(Data, 'base64'), bytes);
  });

  test('message attributes come from JSON', () => {
    const api = served('SQS-SendMessage', { QueueUrl: queue, MessageBody: 'm', MessageAttributes: '$request.body.attributes' });
    const attributes = { color: { DataType: 'String', StringValue: 'red' }, 'a.b': { DataType: 'Number', StringValue: 5 } };
    api.call({ method: 'POST', target: '/a/b', body: new FakeBody(JSON.stringify({ attributes })) });
    const fields = Object.fromEntries(new URLSearchParams(String(api.upstreams.calls[0]?.body)));
    assert.equal(fields['MessageAttribute.1.Name'], 'color');
    assert.equal(fields['MessageAttribute.1.Value.DataType'], 'String');
    assert.equal(fields['MessageAttribute.1.Value.StringValue'], 'red');
    assert.equal(fields['MessageAttribute.2.Name'], 'a.b');
    assert.equal(fields['MessageAttribute.2.Value.StringValue'], '5');
  });

  const unfit: [desc: string, subtype: IntegrationSubtype, parameters: Entries, name: string][] = [
    ['a required value that is missing', 'SQS-SendMessage', { QueueUrl: queue, MessageBody: '$request.body.x' }, 'MessageBody'],
    ['a number that is none', 'SQS-SendMessage', { QueueUrl: queue, MessageBody: 'm', DelaySeconds: 'soon' }, 'DelaySeconds'],
    [
      'attributes that are a text',
      'SQS-SendMessage',
      { QueueUrl: queue, MessageBody: 'm', MessageAttributes: '$request.body.kind' },
      'MessageAttributes',
    ],
    ['a list that is an object', 'SQS-ReceiveMessage', { QueueUrl: queue, AttributeNames: '$request.body.n' }, 'AttributeNames'],
    ['a time that is none', 'EventBridge-PutEvents', { Detail: '{}', DetailType: 't', Source: 's', Time: 'noon' }, 'Time'],
  ];
  for (const [desc, subtype, parameters, name] of unfit) {
    test(`400: ${desc}`, () => {
      const api = served(subtype, parameters);
      const response = api.call(request);
      assert.equal(response.status, 400);
      assert.deepEqual(api.upstreams.calls, []);
      assert.match(api.ports.exchanges.records[0]?.reason ?? '', new RegExp(`Unable to resolve property ${name}:`));
    });
  }

  test('a region comes from the request, and can be no other text', () => {
    const parameters = { QueueUrl: queue, Region: '$request.querystring.region' };
    const api = served('SQS-PurgeQueue', parameters);
    api.call({ method: 'POST', target: '/a/b?region=ap-southeast-2' });
    assertSigned(api.upstreams.calls[0] as UpstreamCall, 'sqs', 'ap-southeast-2');
    for (const region of ['evil.example/', 'us-east-1.evil.example', '', '@evil.example', 'us-east-1%0d%0a']) {
      const other = served('SQS-PurgeQueue', parameters);
      assert.equal(other.call({ method: 'POST', target: `/a/b?region=${region}` }).status, 400, region);
      assert.deepEqual(other.upstreams.calls, []);
    }
  });
});

describe('end points', () => {
  const own = (entries: [string, string][]): Surroundings => ({ ...withKeys, awsEndpoints: new Map(entries) as never });
  const cases: [desc: string, surroundings: Surroundings, expected: string, region?: string][] = [
    ['one for all', own([['all', 'http://localhost:4577']]), 'http://localhost:4577 / localhost:4577'],
    [
      'one of its own, with a path',
      own([
        ['all', 'http://localhost:4577'],
        ['sqs', 'http://[::1]:9324/base/'],
      ]),
      'http://::1:9324 /base/ [::1]:9324',
    ],
    [
      'another service keeps AWS',
      own([['states', 'http://localhost:1']]),
      'https://sqs.eu-west-1.amazonaws.com:443 / sqs.eu-west-1.amazonaws.com',
    ],
  ];
  for (const [desc, surroundings, expected] of cases) {
    test(desc, () => {
      const api = served('SQS-PurgeQueue', { QueueUrl: queue }, surroundings);
      api.call({ method: 'POST', target: '/a/b' });
      const call = api.upstreams.calls[0] as UpstreamCall;
      const { protocol, host, port } = call.origin;
      assert.equal(`${protocol}://${host}:${port} ${call.target} ${header(call, 'host')}`, expected);
      assertSigned(call, 'sqs', 'eu-west-1');
    });
  }

  test('the China partition has its own domain', () => {
    const api = new ServedApi(httpApi({ 'ANY /a': service('SQS-PurgeQueue', { QueueUrl: queue }) }, { region: 'cn-north-1' }), {
      surroundings: withKeys,
    });
    api.call({ method: 'POST', target: '/a' });
    assert.equal(api.upstreams.calls[0]?.origin.host, 'sqs.cn-north-1.amazonaws.com.cn');
  });
});

test('the service’s answer comes back: status, headers, body; also its errors', () => {
  const responseParameters = {
    '400': { 'overwrite:statuscode': '502', 'append:header.x-aws-id': '$context.awsEndpointRequestId' },
  };
  const api = new ServedApi(httpApi({ 'ANY /a': service('SQS-PurgeQueue', { QueueUrl: queue }, { responseParameters }) }), {
    surroundings: withKeys,
  });
  api.upstreams.answer = () =>
    fakeResponse(
      200,
      [
        ['Content-Type', 'text/xml'],
        ['x-amzn-RequestId', 'r1'],
      ],
      '<PurgeQueueResponse/>',
    );
  const good = api.call({ method: 'POST', target: '/a' });
  assert.deepEqual(
    [good.status, good.responseHeader('content-type'), good.responseText],
    [200, 'text/xml', '<PurgeQueueResponse/>'],
  );
  api.upstreams.answer = () => fakeResponse(400, [['x-amzn-RequestId', 'r2']], '<ErrorResponse/>');
  const bad = api.call({ method: 'POST', target: '/a' });
  assert.deepEqual([bad.status, bad.responseHeader('x-aws-id'), bad.responseText], [502, 'r2', '<ErrorResponse/>']);
  api.upstreams.answer = () => ({ kind: 'connect', message: 'refused' });
  assert.equal(api.call({ method: 'POST', target: '/a' }).status, 503);
});
