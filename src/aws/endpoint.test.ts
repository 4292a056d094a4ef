import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { AccessKey, Authentication } from './authentication.ts';
import { AwsError } from './aws-error.ts';
import { type AwsEndpoint, createAwsEndpoint } from './endpoint.ts';
import type { Caller, OperationTable } from './operations.ts';
import type { ServiceName } from './services.ts';
import { hashBody } from './sigv4-canonical-request.ts';
import { signRequest } from './sigv4-sign.ts';
import type { WireRequest, WireResponse } from './wire-message.ts';

const NOW = Date.parse('2026-11-22T15:04:05Z');

interface Seen {
  operation: string;
  input: Record<string, unknown>;
  caller: Caller;
}

/** An endpoint whose operations note what they were called with and answer `{}`. */
function harness(names: Partial<Record<ServiceName, readonly string[]>>, authentication: Authentication = { mode: 'open' }) {
  const seen: Seen[] = [];
  const failures: unknown[] = [];
  const services: Partial<Record<ServiceName, OperationTable>> = {};
  for (const [service, operations] of Object.entries(names)) {
    services[service as ServiceName] = Object.fromEntries(
      operations.map((operation) => [
        operation,
        async (input: Record<string, unknown>, caller: Caller) => {
          seen.push({ operation, input, caller });
          return {};
        },
      ]),
    ) as OperationTable;
  }
  const endpoint = createAwsEndpoint({
    services,
    authentication,
    accountId: '111111111111',
    defaultRegion: 'us-east-1',
    onError: (error) => failures.push(error),
    now: () => NOW,
  });
  return { endpoint, seen, failures };
}

const ALL = {
  apigateway: ['CreateRestApi', 'ImportRestApi', 'GetRestApis', 'GetRestApi', 'GetTags', 'GetExport', 'DeleteRestApi'],
  apigatewayv2: ['GetApis', 'GetApi', 'CreateApi'],
  apigatewaymanagementapi: ['PostToConnection', 'GetConnection'],
  lambda: ['ListFunctions', 'GetFunction', 'Invoke', 'GetLayerVersionByArn', 'GetLayerVersion', 'CreateFunction'],
  'cognito-idp': ['InitiateAuth', 'ListUserPools'],
  cloudwatch: ['PutMetricData', 'ListMetrics'],
  logs: ['DescribeLogGroups'],
  iam: ['GetUser', 'CreateRole', 'TagRole'],
  sts: ['GetCallerIdentity', 'AssumeRole'],
} satisfies Partial<Record<ServiceName, readonly string[]>>;

const credential = (service: string, region = 'eu-west-1'): string[] => [
  'Authorization',
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
];

function request(method: string, target: string, headers: readonly string[] = [], body: string | Buffer = ''): WireRequest {
  const [path, query = ''] = target.split('?', 2) as [string, string?];
  return { method, path, query, rawHeaders: ['Host', 'localhost:4566', ...headers], body: Buffer.from(body) };
}

const header = (response: WireResponse, name: string): string | undefined =>
  response.headers.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];

const FORM = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'];
const target = (name: string, version = '1.1'): string[] => [
  'X-Amz-Target',
  name,
  'Content-Type',
  `application/x-amz-json-${version}`,
];

const routes: readonly {
  desc: string;
  request: WireRequest;
  operation: string;
  input?: Record<string, unknown>;
  region?: string;
  connectionsPath?: string;
}[] = [
  { desc: 'v1, unsigned', request: request('GET', '/restapis?limit=5'), operation: 'GetRestApis', input: { limit: 5 } },
  {
    desc: 'v1, signed: the region of the scope',
    request: request('GET', '/restapis', credential('apigateway')),
    operation: 'GetRestApis',
    region: 'eu-west-1',
  },
  {
    desc: 'v1, presigned',
    request: request('GET', '/restapis?X-Amz-Credential=AK%2F20261122%2Fap-south-1%2Fapigateway%2Faws4_request'),
    operation: 'GetRestApis',
    region: 'ap-south-1',
  },
  {
    desc: 'the static query decides',
    request: request('POST', '/restapis?mode=import&failonwarnings=true&basepath=x', [], '{}'),
    operation: 'ImportRestApi',
    input: { failOnWarnings: true, parameters: { basepath: 'x' }, body: Buffer.from('{}') },
  },
  {
    desc: 'an encoded ARN is one segment',
    request: request('GET', '/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fabc'),
    operation: 'GetTags',
    input: { resourceArn: 'arn:aws:apigateway:us-east-1::/restapis/abc' },
  },
  {
    desc: 'the rest of the query is a map',
    request: request('GET', '/restapis/a/stages/s/exports/oas30?extensions=apigateway', ['Accept', 'application/yaml']),
    operation: 'GetExport',
    input: {
      restApiId: 'a',
      stageName: 's',
      exportType: 'oas30',
      parameters: { extensions: 'apigateway' },
      accepts: 'application/yaml',
    },
  },
  {
    desc: 'v2 is told by its path',
    request: request('GET', '/v2/apis/abc', credential('apigateway')),
    operation: 'GetApi',
    input: { ApiId: 'abc' },
  },
  { desc: 'lambda with a trailing slash', request: request('GET', '/2015-03-31/functions/'), operation: 'ListFunctions' },
  {
    desc: 'lambda by a query parameter of the route',
    request: request('GET', '/2018-10-31/layers?find=LayerVersion&Arn=arn:aws:lambda:us-east-1:111111111111:layer:l:1'),
    operation: 'GetLayerVersionByArn',
    input: { Arn: 'arn:aws:lambda:us-east-1:111111111111:layer:l:1' },
  },
  {
    desc: 'a payload of bytes',
    request: request('POST', '/2015-03-31/functions/f/invocations', ['X-Amz-Invocation-Type', 'Event'], 'x'),
    operation: 'Invoke',
    input: { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('x') },
  },
  {
    desc: '@connections alone',
    request: request('POST', '/@connections/L0SM9cOFvHcCIhw%3D', credential('execute-api'), 'x'),
    operation: 'PostToConnection',
    input: { ConnectionId: 'L0SM9cOFvHcCIhw=', Data: Buffer.from('x') },
    connectionsPath: '',
  },
  {
    desc: '@connections behind a stage, encoded',
    request: request('GET', '/prod/%40connections/id'),
    operation: 'GetConnection',
    input: { ConnectionId: 'id' },
    connectionsPath: '/prod',
  },
  {
    desc: 'json 1.1',
    request: request('POST', '/', target('Logs_20140328.DescribeLogGroups'), '{"limit":3}'),
    operation: 'DescribeLogGroups',
    input: { limit: 3 },
  },
  {
    desc: 'json 1.0',
    request: request('POST', '/', target('GraniteServiceVersion20100801.ListMetrics', '1.0'), '{"Namespace":"n"}'),
    operation: 'ListMetrics',
    input: { Namespace: 'n' },
  },
  {
    desc: 'cbor',
    request: request(
      'POST',
      '/service/GraniteServiceVersion20100801/operation/ListMetrics',
      ['smithy-protocol', 'rpc-v2-cbor'],
      Buffer.from('bf694e616d657370616365616eff', 'hex'),
    ),
    operation: 'ListMetrics',
    input: { Namespace: 'n' },
  },
  {
    desc: 'query, unsigned, by version',
    request: request('POST', '/', FORM, 'Action=GetCallerIdentity&Version=2011-06-15'),
    operation: 'GetCallerIdentity',
  },
  {
    desc: 'query, signed, without a version',
    request: request('POST', '/', [...FORM, ...credential('iam')], 'Action=GetUser&UserName=a%2Bb+c'.replace('+c', 'c')),
    operation: 'GetUser',
    input: { UserName: 'a+bc' },
  },
  {
    desc: 'query in a GET',
    request: request('GET', '/?Action=GetUser&Version=2010-05-08&UserName=u'),
    operation: 'GetUser',
    input: { UserName: 'u' },
  },
  {
    desc: 'query lists, out of order',
    request: request(
      'POST',
      '/',
      FORM,
      'Action=TagRole&Version=2010-05-08&RoleName=r&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.10.Key=c&Tags.member.10.Value=3&Tags.member.1.Key=a&Tags.member.1.Value=1',
    ),
    operation: 'TagRole',
    input: {
      RoleName: 'r',
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
        { Key: 'c', Value: '3' },
      ],
    },
  },
];

test('requests find their operation', async (t) => {
  for (const { desc, request: sent, operation, input, region, connectionsPath } of routes) {
    await t.test(desc, async () => {
      const { endpoint, seen } = harness(ALL);
      const response = await endpoint.handle(sent);
      assert.ok(response.status < 300, `${response.status} ${response.body}`);
      assert.equal(seen[0]?.operation, operation);
      if (input !== undefined) assert.deepEqual(JSON.parse(JSON.stringify(seen[0]?.input)), JSON.parse(JSON.stringify(input)));
      assert.equal(seen[0]?.caller.region, region ?? seen[0]?.caller.region);
      assert.equal(seen[0]?.caller.account, '111111111111');
      assert.equal(seen[0]?.caller.connectionsPath, connectionsPath);
      assert.match(header(response, 'x-amzn-RequestId') ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(seen[0]?.caller.requestId, header(response, 'x-amzn-RequestId'));
      assert.equal(endpoint.claims(sent), true);
    });
  }
});

const strangers: readonly { desc: string; request: WireRequest; status: number; type: string; body: RegExp; claimed: boolean }[] =
  [
    {
      desc: 'GET /',
      request: request('GET', '/'),
      status: 404,
      type: 'UnknownOperationException',
      body: /^\{"message":/,
      claimed: false,
    },
    {
      desc: 'a path of nobody',
      request: request('GET', '/pets/1'),
      status: 404,
      type: 'UnknownOperationException',
      body: /^\{"message":/,
      claimed: false,
    },
    {
      desc: 'a path of nobody, signed for apigateway',
      request: request('GET', '/pets/1', credential('apigateway')),
      status: 404,
      type: 'UnknownOperationException',
      body: /^\{"message":/,
      claimed: true,
    },
    {
      desc: 'a path of lambda, signed for apigateway',
      request: request('GET', '/2015-03-31/functions', credential('apigateway')),
      status: 404,
      type: 'UnknownOperationException',
      body: /message/,
      claimed: true,
    },
    {
      desc: 'a path with an empty label',
      request: request('GET', '/restapis//resources'),
      status: 404,
      type: 'UnknownOperationException',
      body: /message/,
      claimed: false,
    },
    {
      desc: 'an S3 request',
      request: request('PUT', '/bucket/key', credential('s3'), 'x'),
      status: 404,
      type: 'UnknownOperationException',
      body: /message/,
      claimed: false,
    },
    {
      desc: 'an operation that is not built',
      request: request('PATCH', '/restapis/a', [], '{}'),
      status: 501,
      type: 'NotImplementedException',
      body: /^\{"message":"UpdateRestApi of service apigateway is not implemented yet by Stagegate"\}$/,
      claimed: true,
    },
    {
      desc: 'an unknown target',
      request: request('POST', '/', target('Nobody.Nothing'), '{}'),
      status: 400,
      type: 'UnknownOperationException',
      body: /^\{"__type":"UnknownOperationException","message":"Nobody\.Nothing is no operation/,
      claimed: true,
    },
    {
      desc: 'an unbuilt json operation',
      request: request('POST', '/', target('Logs_20140328.PutLogEvents'), '{}'),
      status: 501,
      type: 'NotImplementedException',
      body: /^\{"__type":"NotImplementedException","message":"PutLogEvents of service logs is not implemented yet by Stagegate"\}$/,
      claimed: true,
    },
  ];

test('requests that mean no operation here get a clear answer in JSON', async (t) => {
  for (const { desc, request: sent, status, type, body, claimed } of strangers) {
    await t.test(desc, async () => {
      const { endpoint } = harness(ALL);
      const response = await endpoint.handle(sent);
      assert.equal(response.status, status);
      assert.equal(header(response, 'x-amzn-ErrorType'), type);
      assert.match(response.body.toString(), body);
      assert.match(header(response, 'content-type') ?? '', /json/);
      assert.equal(endpoint.claims(sent), claimed);
    });
  }
});

test('an unknown action is answered in XML', async () => {
  const { endpoint } = harness(ALL);
  const response = await endpoint.handle(request('POST', '/', FORM, 'Action=Nothing&Version=2010-05-08'));
  assert.equal(response.status, 400);
  assert.match(
    response.body.toString(),
    /<Type>Sender<\/Type><Code>InvalidAction<\/Code><Message>Could not find operation Nothing for version 2010-05-08<\/Message>/,
  );
  const unbuilt = await endpoint.handle(request('POST', '/', FORM, 'Action=ListRoles&Version=2010-05-08'));
  assert.equal(unbuilt.status, 501);
  assert.match(unbuilt.body.toString(), /<Code>NotImplementedException<\/Code>/);
});

test('a service that is not part of this endpoint is not claimed', () => {
  const { endpoint } = harness({ lambda: ['ListFunctions'] });
  assert.equal(endpoint.claims(request('GET', '/restapis')), false);
  assert.equal(endpoint.claims(request('GET', '/2015-03-31/functions')), true);
});

function endpointThat(operation: () => Promise<unknown>): { endpoint: AwsEndpoint; failures: unknown[] } {
  const failures: unknown[] = [];
  const endpoint = createAwsEndpoint({
    services: {
      apigateway: { GetRestApi: operation },
      apigatewayv2: { GetApi: operation },
      iam: { GetUser: operation },
      lambda: { GetFunction: operation },
    },
    authentication: { mode: 'open' },
    accountId: '111111111111',
    defaultRegion: 'us-east-1',
    onError: (error) => failures.push(error),
  });
  return { endpoint, failures };
}

const V1 = request('GET', '/restapis/abc');

test('a modelled error carries its status, its header members and its body members', async () => {
  const { endpoint } = endpointThat(async () => {
    throw new AwsError('TooManyRequestsException', 'slow down', { fields: { retryAfterSeconds: '7' } });
  });
  const v1 = await endpoint.handle(V1);
  assert.equal(v1.status, 429);
  assert.equal(header(v1, 'Retry-After'), '7');
  assert.equal(header(v1, 'x-amzn-ErrorType'), 'TooManyRequestsException');
  assert.equal(v1.body.toString(), '{"message":"slow down"}');
});

test('lambda errors have Message or message, as their shape says, and Type', async () => {
  const { endpoint } = endpointThat(async () => {
    throw new AwsError('ResourceNotFoundException', 'Function not found: x', { fields: { Type: 'User' } });
  });
  const response = await endpoint.handle(request('GET', '/2015-03-31/functions/f'));
  assert.equal(response.status, 404);
  assert.deepEqual(JSON.parse(response.body.toString()), { Type: 'User', Message: 'Function not found: x' });
});

test('an iam error is found by its query code too', async () => {
  const { endpoint } = endpointThat(async () => {
    throw new AwsError('NoSuchEntity', 'The user with name <x> cannot be found.');
  });
  const response = await endpoint.handle(request('GET', '/?Action=GetUser&Version=2010-05-08'));
  assert.equal(response.status, 404);
  assert.match(
    response.body.toString(),
    /<Code>NoSuchEntity<\/Code><Message>The user with name &lt;x&gt; cannot be found\.<\/Message>/,
  );
});

test('a bug is a 500 that says nothing, and is reported', async () => {
  const secret = 'postgres://user:password@host/db';
  for (const bug of [
    async () => {
      throw new Error(secret);
    },
    async () => ({ id: 42, name: { secret } }),
  ]) {
    const { endpoint, failures } = endpointThat(bug);
    const response = await endpoint.handle(V1);
    assert.equal(response.status, 500);
    assert.equal(header(response, 'x-amzn-ErrorType'), 'InternalFailure');
    assert.ok(!response.body.toString().includes('postgres'));
    assert.equal(failures.length, 1);
  }
  const { endpoint } = endpointThat(async () => Promise.reject(new Error('x')));
  const lambda = await endpoint.handle(request('GET', '/2015-03-31/functions/f'));
  assert.equal(header(lambda, 'x-amzn-ErrorType'), 'ServiceException');
  await assert.rejects(endpoint.call('lambda', 'GetFunction', { FunctionName: 'f' }), (error: AwsError) => {
    assert.deepEqual([error.code, error.status], ['ServiceException', 500]);
    assert.equal((error.cause as Error).message, 'x');
    return true;
  });
});

test('a call in process is validated like a request and reports bugs the same way', async () => {
  const { endpoint, seen } = harness({ apigateway: ['CreateRestApi'], iam: ['TagRole'] });
  assert.deepEqual(
    await endpoint.call('apigateway', 'CreateRestApi', { name: 'n', tags: { a: 'b' }, unknown: 1, description: undefined }),
    {},
  );
  assert.deepEqual(Object.keys(seen[0]?.input ?? {}).sort(), ['name', 'tags']);
  assert.deepEqual([seen[0]?.caller.account, seen[0]?.caller.region], ['111111111111', 'us-east-1']);
  await endpoint.call('apigateway', 'CreateRestApi', { name: 'n' }, { region: 'eu-north-1', account: '222222222222' });
  assert.deepEqual([seen[1]?.caller.account, seen[1]?.caller.region], ['222222222222', 'eu-north-1']);
  await assert.rejects(endpoint.call('apigateway', 'CreateRestApi', {}), {
    code: 'ValidationException',
    message:
      "1 validation error detected: Value null at 'createRestApiInput.name' failed to satisfy constraint: Member must not be null",
  });
  await assert.rejects(endpoint.call('apigateway', 'CreateRestApi', { name: 1 }), { code: 'SerializationException' });
  await assert.rejects(endpoint.call('apigateway', 'GetRestApi', { restApiId: 'x' }), { code: 'NotImplementedException' });
  await assert.rejects(endpoint.call('apigateway', 'constructor', {}), { code: 'UnknownOperationException' });
  await assert.rejects(endpoint.call('nothing' as ServiceName, 'GetRestApi', {}), { code: 'UnknownOperationException' });
});

const bodies: readonly { desc: string; headers?: readonly string[]; body: string | Buffer; status: number; text: RegExp }[] = [
  { desc: 'no JSON', body: '{', status: 400, text: /SerializationException|Unable to parse/ },
  {
    desc: 'no UTF-8',
    body: Buffer.from('{"name":"\xff"}', 'latin1'),
    status: 400,
    text: /^\{"Message":"The request body is not valid UTF-8\."\}$/,
  },
  { desc: 'a list for a structure', body: '[]', status: 400, text: /not expected/ },
  {
    desc: 'a boolean for a string',
    body: '{"name":true}',
    status: 400,
    text: /^\{"Message":"class java\.lang\.Boolean can not be converted to an String"\}$/,
  },
  {
    desc: 'a number for a string',
    body: '{"name":1}',
    status: 400,
    text: /^\{"Message":"class com\.amazon\.coral\.value\.json\.numbers\.TruncatingBigNumber can not be converted to an String"\}$/,
  },
  {
    desc: 'nesting of 513',
    body: `{"name":"n","tags":${'['.repeat(513)}${']'.repeat(513)}}`,
    status: 400,
    text: /nested too deeply/,
  },
  {
    desc: 'half a million and one values',
    body: `{"name":"n","x":[${'0,'.repeat(500_001)}0]}`,
    status: 400,
    text: /too many values/,
  },
  {
    desc: 'brackets inside a string do not nest',
    body: JSON.stringify({ name: `${'['.repeat(600)}\\"${'{'.repeat(600)}` }),
    status: 201,
    text: /^\{\}$/,
  },
  { desc: 'gzip', headers: ['Content-Encoding', 'gzip'], body: gzipSync('{"name":"n"}'), status: 201, text: /^\{\}$/ },
  {
    desc: 'a gzip bomb',
    headers: ['Content-Encoding', 'gzip'],
    body: gzipSync(Buffer.alloc(30_000_000, 0x20)),
    status: 413,
    text: /decompressed/,
  },
  { desc: 'broken gzip', headers: ['Content-Encoding', 'gzip'], body: deflateRawSync('{}'), status: 400, text: /not valid gzip/ },
  { desc: 'an unknown coding', headers: ['Content-Encoding', 'br'], body: 'x', status: 415, text: /not supported/ },
  {
    desc: 'a body beyond the limit',
    body: Buffer.alloc(16 * 1024 * 1024 + 1, 0x20),
    status: 413,
    text: /Request must be smaller than 16777216 bytes for the CreateRestApi operation/,
  },
  { desc: 'null members are absent', body: '{"name":"n","description":null,"tags":{"a":null}}', status: 201, text: /^\{\}$/ },
  { desc: 'the body null is no body', body: 'null', status: 400, text: /createRestApiInput\.name/ },
];

test('bodies are measured before they are read', async (t) => {
  for (const { desc, headers = [], body, status, text } of bodies) {
    await t.test(desc, async () => {
      const { endpoint } = harness(ALL);
      const response = await endpoint.handle(request('POST', '/restapis', headers, body));
      assert.equal(response.status, status, response.body.toString().slice(0, 200));
      assert.match(response.body.toString(), text);
    });
  }
});

test('a gzipped form is decompressed before its action is looked for', async () => {
  const { endpoint, seen } = harness(ALL);
  const form = gzipSync(
    'Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m&MetricData.member.1.Value=1.5',
  );
  const response = await endpoint.handle(request('POST', '/', [...FORM, 'Content-Encoding', 'gzip'], form));
  assert.equal(response.status, 200, response.body.toString());
  assert.deepEqual(seen[0]?.input, { Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1.5 }] });
});

const KEYS: Readonly<Record<string, AccessKey>> = {
  AKIDADMIN: { secretAccessKey: 'secret' },
  AKIDOTHER: { secretAccessKey: 'secret', account: '222222222222' },
};
const REQUIRED: Authentication = { mode: 'required', credentials: (id) => (Object.hasOwn(KEYS, id) ? KEYS[id] : undefined) };

function signed(plain: WireRequest, service: string, accessKeyId = 'AKIDADMIN', now = NOW): WireRequest {
  const added = signRequest(
    { ...plain, bodyHash: hashBody(plain.body) },
    { accessKeyId, secretAccessKey: 'secret' },
    { region: 'eu-west-1', service, now },
  );
  return { ...plain, rawHeaders: [...plain.rawHeaders, ...added.flat()] };
}

const LIST = request('GET', '/restapis');
const QUERY = request('POST', '/', FORM, 'Action=GetUser&Version=2010-05-08');
const JSON11 = request('POST', '/', target('Logs_20140328.DescribeLogGroups'), '{}');

const guarded: readonly { desc: string; request: WireRequest; status: number; text: RegExp; type?: string }[] = [
  { desc: 'a good signature', request: signed(LIST, 'apigateway'), status: 200, text: /^\{\}$/ },
  { desc: 'a good signature of a query request', request: signed(QUERY, 'iam'), status: 200, text: /GetUserResponse/ },
  {
    desc: 'fourteen minutes late',
    request: signed(LIST, 'apigateway', 'AKIDADMIN', NOW - 14 * 60_000),
    status: 200,
    text: /^\{\}$/,
  },
  {
    desc: 'nothing',
    request: LIST,
    status: 403,
    type: 'MissingAuthenticationTokenException',
    text: /^\{"message":"Missing Authentication Token"\}$/,
  },
  {
    desc: 'nothing, json',
    request: JSON11,
    status: 400,
    type: 'MissingAuthenticationTokenException',
    text: /"__type":"MissingAuthenticationTokenException"/,
  },
  {
    desc: 'nothing, query',
    request: QUERY,
    status: 403,
    text: /<Code>MissingAuthenticationToken<\/Code><Message>Request is missing Authentication Token<\/Message>/,
  },
  {
    desc: 'nothing, for no operation',
    request: request('GET', '/'),
    status: 403,
    type: 'MissingAuthenticationTokenException',
    text: /Missing Authentication Token/,
  },
  {
    desc: 'an unknown key',
    request: signed(LIST, 'apigateway', 'AKIDNOBODY'),
    status: 403,
    type: 'UnrecognizedClientException',
    text: /^\{"message":"The security token included in the request is invalid\."\}$/,
  },
  {
    desc: 'an unknown key, query',
    request: signed(QUERY, 'iam', 'AKIDNOBODY'),
    status: 403,
    text: /<Code>InvalidClientTokenId<\/Code>/,
  },
  {
    desc: 'a changed body',
    request: { ...signed(QUERY, 'iam'), body: Buffer.from('Action=GetUser&Version=2010-05-08&UserName=root') },
    status: 403,
    text: /<Code>SignatureDoesNotMatch<\/Code><Message>The request signature we calculated does not match/,
  },
  {
    desc: 'a changed body, json',
    request: { ...signed(JSON11, 'logs'), body: Buffer.from('{"limit":1}') },
    status: 400,
    type: 'InvalidSignatureException',
    text: /The request signature we calculated/,
  },
  {
    desc: 'sixteen minutes late',
    request: signed(LIST, 'apigateway', 'AKIDADMIN', NOW - 16 * 60_000),
    status: 403,
    type: 'InvalidSignatureException',
    text: /Signature expired: 20261122T144805Z is now earlier than 20261122T144905Z \(20261122T150405Z - 15 min\.\)/,
  },
  {
    desc: 'signed for another service',
    request: signed(JSON11, 'iam'),
    status: 400,
    type: 'InvalidSignatureException',
    text: /Credential should be scoped to correct service: 'logs'/,
  },
  {
    desc: 'junk',
    request: request('GET', '/restapis', ['Authorization', 'Bearer abc']),
    status: 403,
    type: 'IncompleteSignatureException',
    text: /missing equal-sign/,
  },
  {
    desc: 'an unsigned user operation of Cognito',
    request: request(
      'POST',
      '/',
      target('AWSCognitoIdentityProviderService.InitiateAuth'),
      '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"c"}',
    ),
    status: 200,
    text: /^\{\}$/,
  },
  {
    desc: 'an unsigned administrator operation of Cognito',
    request: request('POST', '/', target('AWSCognitoIdentityProviderService.ListUserPools'), '{"MaxResults":1}'),
    status: 400,
    type: 'MissingAuthenticationTokenException',
    text: /Missing/,
  },
  {
    desc: 'a user operation of Cognito with a bad signature',
    request: request(
      'POST',
      '/',
      [...target('AWSCognitoIdentityProviderService.InitiateAuth'), ...credential('cognito-idp')],
      '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"c"}',
    ),
    status: 400,
    text: /Authorization header requires/,
  },
  {
    desc: 'a gzip bomb without a signature is not decompressed',
    request: request('POST', '/restapis', ['Content-Encoding', 'gzip'], gzipSync(Buffer.alloc(30_000_000))),
    status: 403,
    type: 'MissingAuthenticationTokenException',
    text: /Missing/,
  },
];

test('with required authentication only signed requests pass', async (t) => {
  for (const { desc, request: sent, status, type, text } of guarded) {
    await t.test(desc, async () => {
      const { endpoint, seen } = harness(ALL, REQUIRED);
      const response = await endpoint.handle(sent);
      assert.match(response.body.toString(), text);
      assert.equal(response.status, status);
      assert.equal(seen.length, status === 200 ? 1 : 0);
      if (type !== undefined) assert.equal(header(response, 'x-amzn-ErrorType'), type);
    });
  }
});

test('a region that is none is not taken from the scope', async () => {
  const { endpoint, seen } = harness(ALL);
  await endpoint.handle(request('GET', '/restapis', credential('apigateway', '..%2F..')));
  assert.equal(seen[0]?.caller.region, 'us-east-1');
});

test('the account is that of the key', async () => {
  const { endpoint, seen } = harness(ALL, REQUIRED);
  await endpoint.handle(signed(LIST, 'apigateway', 'AKIDOTHER'));
  assert.deepEqual([seen[0]?.caller.account, seen[0]?.caller.accessKeyId], ['222222222222', 'AKIDOTHER']);
});

test('with required authentication no operation of any service answers an unsigned request, but the unsigned ones', async () => {
  const { endpoint, seen } = harness(ALL, REQUIRED);
  for (const { request: sent } of routes) {
    const response = await endpoint.handle({
      ...sent,
      rawHeaders: sent.rawHeaders.filter((_value, i, all) => all[i - (i % 2)] !== 'Authorization'),
    });
    assert.ok(response.status === 403 || response.status === 400, `${sent.path} ${response.status}`);
  }
  assert.equal(seen.length, 0);
});

test('whatever comes, handle answers', async () => {
  const { endpoint, failures } = harness(ALL);
  let state = 11;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % limit;
  };
  const pieces = [
    '/',
    '%',
    '%zz',
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '&',
    '=',
    '?',
    '.',
    '1',
    'Action=GetUser',
    '@connections',
    'restapis',
    'v2',
    '__proto__',
    'constructor',
    '\0',
    'é',
    'Tags.member.1',
    'null',
    'true',
    '-1e9',
  ];
  const text = (most: number): string => Array.from({ length: below(most) }, () => pieces[below(pieces.length)]).join('');
  for (let i = 0; i < 3000; i++) {
    const kinds = [
      [],
      FORM,
      target(`Logs_20140328.${text(2)}`),
      target('GraniteServiceVersion20100801.ListMetrics', '1.0'),
      ['smithy-protocol', 'rpc-v2-cbor'],
      ['Authorization', text(6)],
      ['Content-Encoding', 'gzip'],
    ];
    const method = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'][below(5)] as string;
    const response = await endpoint.handle({
      method,
      path: `/${['', 'restapis', 'v2/apis', '2015-03-31/functions/f/invocations', 'service/GraniteServiceVersion20100801/operation/ListMetrics'][below(5)]}${text(4)}`,
      query: text(5),
      rawHeaders: ['Host', 'h', ...(kinds[below(kinds.length)] as string[])],
      body: Buffer.from(text(12)),
    });
    assert.ok(response.status >= 200 && response.status < 600);
    assert.ok(response.status !== 500, `${i}: ${response.body}`);
  }
  assert.deepEqual(failures, []);
});
