import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from './aws-error.ts';
import { allSentences, enumOrder } from './constraints.ts';
import { serviceContract } from './contract.ts';
import { createAwsEndpoint } from './endpoint.ts';
import type { OperationTable } from './operations.ts';
import { compilePattern } from './pattern.ts';
import { SERVICE_NAMES, type ServiceName } from './services.ts';

function endpoint() {
  const services: Partial<Record<ServiceName, OperationTable>> = {};
  for (const name of SERVICE_NAMES) {
    services[name] = Object.fromEntries(serviceContract(name).operationNames.map((operation) => [operation, async () => ({})]));
  }
  return createAwsEndpoint({
    services,
    authentication: { mode: 'open' },
    accountId: '111111111111',
    defaultRegion: 'us-east-1',
    onError: (error) => assert.fail(String(error)),
  });
}

const aws = endpoint();

interface Row {
  readonly desc: string;
  readonly source: string;
  readonly call: readonly [ServiceName, string, Readonly<Record<string, unknown>>];
  readonly code: string;
  readonly message: string;
}

const RESTAPI = 'recorded/apigateway.test_apigateway_api.json';
const LAMBDA = 'recorded-neighbours/lambda_.test_lambda_api.json';
const patch = (...ops: string[]) => ({ restApiId: 'a', patchOperations: ops.map((op) => ({ op, path: '/x' })) });
const method = (ops: string[], statusCode: string) => ({ ...patch(...ops), resourceId: 'r', httpMethod: 'GET', statusCode });
const OP_SET = 'failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]';

const rows: readonly Row[] = [
  {
    desc: 'one enum in a list of structures',
    source: RESTAPI,
    call: [
      'apigateway',
      'UpdateGatewayResponse',
      { restApiId: 'a', responseType: 'DEFAULT_4XX', patchOperations: [{ op: 'wrong-op' }] },
    ],
    code: 'ValidationException',
    message: `1 validation error detected: Value 'wrong-op' at 'updateGatewayResponseInput.patchOperations.1.member.op' ${OP_SET}`,
  },
  {
    desc: 'the wrong entries of a list, counted from one',
    source: RESTAPI,
    call: ['apigateway', 'UpdateMethodResponse', method(['wrong_op', 'add', 'wrong_op'], '200')],
    code: 'ValidationException',
    message: `2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' ${OP_SET}; Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.3.member.op' ${OP_SET}`,
  },
  {
    desc: 'a label after the body, without the prefix',
    source: RESTAPI,
    call: ['apigateway', 'UpdateMethodResponse', method(['wrong_op'], 'wrong')],
    code: 'ValidationException',
    message: `2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' ${OP_SET}; Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d`,
  },
  {
    desc: 'an enum in a list of strings',
    source: RESTAPI,
    call: ['apigateway', 'CreateRestApi', { name: 'n', endpointConfiguration: { types: ['wrong'] } }],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]",
  },
  {
    desc: 'a nested enum',
    source: RESTAPI,
    call: ['apigateway', 'CreateRestApi', { name: 'n', endpointConfiguration: { ipAddressType: 'wrong' } }],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]",
  },
  {
    desc: 'PutIntegration type',
    source: RESTAPI,
    call: ['apigateway', 'PutIntegration', { restApiId: 'a', resourceId: 'r', httpMethod: 'GET', type: 'HTTPS_PROXY' }],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
  },
  {
    desc: 'a list that is too long',
    source: LAMBDA,
    call: ['lambda', 'CreateFunction', lambda({ Architectures: ['x86_64', 'arm64'] })],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
  },
  {
    desc: 'an enum in a list, in lambda',
    source: LAMBDA,
    call: ['lambda', 'CreateFunction', lambda({ Architectures: ['X86_64'] })],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
  },
  {
    desc: 'a pattern',
    source: LAMBDA,
    call: ['lambda', 'CreateFunction', lambda({ Role: 'r1' })],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
  },
  {
    desc: 'length and pattern in a list',
    source: LAMBDA,
    call: ['lambda', 'CreateFunction', lambda({ VpcConfig: { SubnetIds: ['<subnet_id_2>'], SecurityGroupIds: [] } })],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '[<subnet_id_2>]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*]",
  },
  {
    desc: 'a qualifier that must not be a number',
    source: LAMBDA,
    call: ['lambda', 'CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE', Qualifier: '$LATEST' }],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '$LATEST' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
  },
  {
    desc: 'recursive loop',
    source: LAMBDA,
    call: ['lambda', 'PutFunctionRecursionConfig', { FunctionName: 'f', RecursiveLoop: 'InvalidValue' }],
    code: 'ValidationException',
    message:
      "1 validation error detected: Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]",
  },
  {
    desc: 'a number out of range',
    source: 'recorded-neighbours/logs.test_logs_events.json',
    call: ['logs', 'GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 10_001 }],
    code: 'InvalidParameterException',
    message:
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
  },
  {
    desc: 'iam says neither value nor set',
    source: 'recorded-neighbours/iam.test_iam.json',
    call: ['iam', 'UpdateServiceSpecificCredential', { ServiceSpecificCredentialId: 'A'.repeat(20), Status: 'Invalid' }],
    code: 'ValidationError',
    message: "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
  },
  {
    desc: 'iam repeats no value',
    source: 'eks-hybrid#113',
    call: ['iam', 'CreateRole', { RoleName: 'r'.repeat(65), AssumeRolePolicyDocument: '{}' }],
    code: 'ValidationError',
    message:
      "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
  },
  {
    desc: 'sts session name',
    source: 'an answer of sts',
    call: ['sts', 'AssumeRole', { RoleArn: 'arn:aws:iam::111111111111:role/r', RoleSessionName: 'Session1:2' }],
    code: 'ValidationError',
    message:
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  },
  {
    desc: 'a missing member of a structure in a list',
    source: 'serverless#2036',
    call: ['cloudformation', 'CreateStack', { StackName: 's', Tags: [{ Key: 'k' }] }],
    code: 'ValidationError',
    message:
      "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
  },
  {
    desc: 'a secret is not repeated',
    source: 'the model (sensitive)',
    call: ['cognito-idp', 'SignUp', { ClientId: 'c', Username: 'u', Password: 'pass word' }],
    code: 'InvalidParameterException',
    message:
      "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\S]+",
  },
];

function lambda(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { FunctionName: 'f', Role: 'arn:aws:iam::111111111111:role/r', Code: { ZipFile: Buffer.from('z') }, ...more };
}

test('broken constraints are told in the recorded words', async (t) => {
  for (const { desc, source, call, code, message } of rows) {
    await t.test(`${desc} (${source})`, async () => {
      await assert.rejects(aws.call(...call), (error: unknown) => {
        assert.ok(error instanceof AwsError);
        assert.deepEqual([error.code, error.message, error.status], [code, message, 400]);
        return true;
      });
    });
  }
});

test('cloudwatch names the same failure differently per protocol (recorded-neighbours/cloudwatch.test_cloudwatch.json)', async () => {
  const message =
    "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]";
  const json = await aws.handle({
    method: 'POST',
    path: '/',
    query: '',
    rawHeaders: ['X-Amz-Target', 'GraniteServiceVersion20100801.DescribeAlarms', 'Content-Type', 'application/x-amz-json-1.0'],
    body: Buffer.from('{"StateValue":"INVALID"}'),
  });
  assert.equal(json.status, 400);
  assert.deepEqual(JSON.parse(json.body.toString()), { __type: 'com.amazon.coral.validate#ValidationException', message });
  const query = await aws.handle({
    method: 'POST',
    path: '/',
    query: '',
    rawHeaders: ['Content-Type', 'application/x-www-form-urlencoded'],
    body: Buffer.from('Action=DescribeAlarms&Version=2010-08-01&StateValue=INVALID'),
  });
  const requestId = query.headers.find(([name]) => name === 'x-amzn-RequestId')?.[1];
  assert.equal(
    query.body.toString(),
    `<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
});

test('what AWS checks inside the operation passes here', async () => {
  await aws.call('lambda', 'CreateFunction', lambda({ Runtime: 'non-existent-runtime' }));
  await aws.call('apigatewayv2', 'CreateApi', { Name: 'n', ProtocolType: 'FTP' });
});

const orders: readonly (readonly string[])[] = [
  ['PRIVATE', 'EDGE', 'REGIONAL'],
  ['add', 'remove', 'move', 'test', 'replace', 'copy'],
  [
    'RESPONSE_BODY',
    'RESPONSE',
    'METHOD',
    'MODEL',
    'AUTHORIZER',
    'RESPONSE_HEADER',
    'RESOURCE',
    'PATH_PARAMETER',
    'REQUEST_BODY',
    'QUERY_PARAMETER',
    'API',
    'REQUEST_HEADER',
  ],
  [
    'REQUEST_TOO_LARGE',
    'RESOURCE_NOT_FOUND',
    'AUTHORIZER_CONFIGURATION_ERROR',
    'MISSING_AUTHENTICATION_TOKEN',
    'BAD_REQUEST_BODY',
    'INVALID_SIGNATURE',
    'INVALID_API_KEY',
    'BAD_REQUEST_PARAMETERS',
    'AUTHORIZER_FAILURE',
    'UNAUTHORIZED',
    'INTEGRATION_TIMEOUT',
    'ACCESS_DENIED',
    'DEFAULT_4XX',
    'DEFAULT_5XX',
    'WAF_FILTERED',
    'QUOTA_EXCEEDED',
    'THROTTLED',
    'API_CONFIGURATION_ERROR',
    'UNSUPPORTED_MEDIA_TYPE',
    'INTEGRATION_FAILURE',
    'EXPIRED_TOKEN',
  ],
  ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'],
  ['INSUFFICIENT_DATA', 'ALARM', 'OK'],
];

test('enums are listed in the order of the recorded answers', () => {
  const raw = new Map<string, readonly string[]>();
  for (const service of SERVICE_NAMES) {
    for (const { values } of constraintsOf(service)) if (values !== undefined) raw.set([...values].sort().join(), [...values]);
  }
  for (const order of orders) {
    const model = raw.get([...order].sort().join());
    assert.ok(model, `the model has ${order}`);
    assert.deepEqual(enumOrder(model), order);
  }
});

function constraintsOf(service: ServiceName) {
  const contract = serviceContract(service);
  const found = [];
  for (const name of contract.operationNames) {
    const seen = new Set();
    const queue = [contract.operation(name)?.input];
    for (let shape = queue.pop(); shape !== undefined || queue.length > 0; shape = queue.pop()) {
      if (shape === undefined || seen.has(shape)) continue;
      seen.add(shape);
      for (const member of shape.members) {
        for (const constraint of Object.values(member.limits ?? {})) if (constraint !== undefined) found.push(constraint);
        if ('members' in member.shape) queue.push(member.shape);
        if (member.shape.type === 'list' && 'members' in member.shape.element) queue.push(member.shape.element);
      }
    }
  }
  return found;
}

test('every pattern of every model compiles', () => {
  const patterns = new Set(SERVICE_NAMES.flatMap((service) => constraintsOf(service).map(({ pattern }) => pattern)));
  patterns.delete(undefined);
  assert.ok(patterns.size > 100);
  for (const pattern of patterns) compilePattern(pattern as string);
});

test('allSentences lists length, range, pattern and enum', () => {
  assert.equal(
    allSentences({ name: 'x', length: [1, 2], range: [3, null], pattern: 'a', values: new Set(['b']) }),
    'Member must have length less than or equal to 2, Member must have length greater than or equal to 1, Member must have value greater than or equal to 3, Member must satisfy regular expression pattern: a, Member must satisfy enum value set: [b]',
  );
});

test('the number of violations and the length of a repeated value are bounded', async () => {
  const patchOperations = Array.from({ length: 1000 }, () => ({ op: 'x'.repeat(10_000) }));
  await assert.rejects(aws.call('apigateway', 'UpdateRestApi', { restApiId: 'a', patchOperations }), (error: Error) => {
    assert.match(error.message, /^100 validation errors detected/);
    assert.ok(error.message.length < 500_000);
    return true;
  });
});
