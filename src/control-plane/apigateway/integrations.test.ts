// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for stage variables, not templates
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

type Put = Omit<Input<'PutIntegration'>, 'restApiId' | 'resourceId' | 'httpMethod'>;

const lambda = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:0:function:f/invocations';
const role = 'arn:aws:iam::111122223333:role/gateway';
const withoutRole = 'Role ARN must be specified for AWS integrations';

async function method() {
  const gateway = gatewayUnderTest();
  const names = { ...(await gateway.api()), httpMethod: 'GET' };
  const requestParameters = { 'method.request.header.a': false, 'method.request.querystring.q': true };
  await gateway.call('PutMethod', { ...names, authorizationType: 'NONE', requestParameters });
  return { ...gateway, names };
}

describe('an integration that is kept', () => {
  const rows: readonly [description: string, input: Put, shown: Record<string, unknown>][] = [
    ['MOCK', { type: 'MOCK' }, { type: 'MOCK' }],
    [
      'HTTP with its connection',
      { type: 'HTTP', integrationHttpMethod: 'POST', uri: 'http://a.example/{x}' },
      { connectionType: 'INTERNET', httpMethod: 'POST' },
    ],
    ['a function', { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: lambda }, { uri: lambda }],
    [
      'a queue',
      { type: 'AWS', integrationHttpMethod: 'POST', uri: 'arn:aws:apigateway:eu-west-1:sqs:path/0/q', credentials: role },
      { type: 'AWS', credentials: role },
    ],
    ['a function behind templates, without a role', { type: 'AWS', integrationHttpMethod: 'POST', uri: lambda }, { uri: lambda }],
    [
      'a function of a stage variable, without a role',
      {
        ...{ type: 'AWS', integrationHttpMethod: 'POST' },
        uri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.fn}/invocations',
      },
      { type: 'AWS' },
    ],
    ['an empty template as null', { type: 'MOCK', requestTemplates: { 'a/b': '' } }, { requestTemplates: { 'a/b': null } }],
    [
      'mappings of what the method declares',
      {
        type: 'MOCK',
        requestParameters: {
          'integration.request.header.x': 'method.request.multivalueheader.a',
          'integration.request.path.y': "'static'",
        },
      },
      {
        requestParameters: {
          'integration.request.header.x': 'method.request.multivalueheader.a',
          'integration.request.path.y': "'static'",
        },
      },
    ],
  ];
  for (const [description, input, shown] of rows) {
    test(description, async () => {
      const { call, names } = await method();
      const made = await call('PutIntegration', { ...names, ...input });
      for (const [member, value] of Object.entries(shown))
        assert.deepEqual((made as unknown as Record<string, unknown>)[member], value);
      assert.equal(made.timeoutInMillis, 29_000);
      assert.deepEqual(await call('GetIntegration', names), made);
    });
  }
});

describe('an integration that AWS refuses', () => {
  const mapping = (problem: string) =>
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${problem}]`;
  const rows: readonly [description: string, input: Put, message: string | RegExp][] = [
    ['no verb', { type: 'HTTP', uri: 'http://a.example' }, 'Enumeration value for HttpMethod must be non-empty'],
    ['no URL', { type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'a.example' }, 'Invalid HTTP endpoint specified for URI'],
    ['no ARN', { type: 'AWS', integrationHttpMethod: 'GET', uri: 'http://a.example' }, 'Invalid ARN specified in the request'],
    [
      'neither path nor action',
      { type: 'AWS', integrationHttpMethod: 'GET', uri: lambda.replace('path/', 'test/') },
      'AWS ARN for integration must contain path or action',
    ],
    [
      'a proxy of a table',
      { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/Query' },
      /^Integrations of type 'AWS_PROXY' currently/,
    ],
    [
      'credentials that are no role',
      { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: lambda, credentials: 'me' },
      'Invalid ARN specified in the request',
    ],
    ...[
      'sqs:path/0/q',
      's3:path/bucket/{key}',
      'states:action/StartExecution',
      'ec2:action/DescribeSpotPriceHistory',
      'lambda:path/2015-03-31/functions/',
      'lambda:action/ListFunctions',
    ].map((what): [string, Put, string] => [
      `${what} without a role`,
      { type: 'AWS', integrationHttpMethod: 'POST', uri: `arn:aws:apigateway:eu-west-1:${what}`, credentials: '' },
      withoutRole,
    ]),
    ['a timeout of 30 s', { type: 'MOCK', timeoutInMillis: 30_000 }, 'Timeout should be between 50 ms and 29000 ms'],
    [
      'a VPC link without id',
      { type: 'HTTP', integrationHttpMethod: 'GET', uri: 'http://a', connectionType: 'VPC_LINK' },
      'ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK',
    ],
    ...['', '/invocations', 'f/invocations', 'arn:aws:lambda:eu-west-1:0:function:f'].map((called): [string, Put, string] => [
      `the function "${called}" of a proxy`,
      {
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${called}`,
      },
      'Invalid function ARN or invalid uri',
    ]),
    ...['foo', 'method.request.querystring.none', 'integration.request.header.none'].map((name): [string, Put, string] => [
      `the cache key ${name}`,
      { type: 'MOCK', cacheKeyParameters: [name] },
      'Invalid cache key parameter specified',
    ]),
    [
      'a mapping of nothing',
      { type: 'MOCK', requestParameters: { 'integration.request.header.x': 'true' } },
      mapping('Invalid mapping expression specified: true'),
    ],
    [
      'a mapping to nowhere',
      { type: 'MOCK', requestParameters: { 'header.x': "'a'" } },
      mapping('Invalid mapping expression specified: header.x'),
    ],
    [
      'a mapping of what is not declared',
      { type: 'MOCK', requestParameters: { 'integration.request.header.x': 'method.request.header.b' } },
      mapping('Invalid mapping expression parameter specified: method.request.header.b'),
    ],
  ];
  for (const [description, input, message] of rows) {
    test(description, async () => {
      const { call, names } = await method();
      await assert.rejects(call('PutIntegration', { ...names, ...input }), awsError('BadRequestException', message));
      await assert.rejects(
        call('GetIntegration', names),
        awsError('NotFoundException', 'Invalid Integration identifier specified'),
      );
    });
  }
});

describe('a patch of an integration', () => {
  const rows: readonly [path: string, op: 'add' | 'replace' | 'remove', value: string, member: string, shown: unknown][] = [
    ['/timeoutInMillis', 'replace', '5000', 'timeoutInMillis', 5000],
    ['/passthroughBehavior', 'replace', 'never', 'passthroughBehavior', 'NEVER'],
    ['/contentHandling', 'replace', 'CONVERT_TO_TEXT', 'contentHandling', 'CONVERT_TO_TEXT'],
    ['/cacheNamespace', 'replace', 'mine', 'cacheNamespace', 'mine'],
    ['/cacheKeyParameters/method.request.querystring.q', 'add', '', 'cacheKeyParameters', ['method.request.querystring.q']],
    ['/requestTemplates/a~1b', 'add', 'x', 'requestTemplates', { 'a/b': 'x' }],
    [
      '/requestParameters/integration.request.header.x',
      'add',
      "'y'",
      'requestParameters',
      { 'integration.request.header.x': "'y'" },
    ],
    ['/tlsConfig/insecureSkipVerification', 'replace', 'true', 'tlsConfig', { insecureSkipVerification: true }],
  ];
  for (const [path, op, value, member, shown] of rows) {
    test(`${op} ${path}`, async () => {
      const { call, names } = await method();
      await call('PutIntegration', { ...names, type: 'MOCK' });
      const updated = await call('UpdateIntegration', { ...names, patchOperations: [{ op, path, value }] });
      assert.deepEqual((updated as unknown as Record<string, unknown>)[member], shown);
    });
  }

  test('tells cached responses apart by what is declared or mapped', async () => {
    const { call, names } = await method();
    await call('PutIntegration', { ...names, type: 'MOCK' });
    const add = (name: string) => ({ op: 'add' as const, path: `/cacheKeyParameters/${name}` });
    const undeclared = call('UpdateIntegration', { ...names, patchOperations: [add('integration.request.header.x')] });
    await assert.rejects(undeclared, awsError('BadRequestException', 'Invalid cache key parameter specified'));
    const mapping = { op: 'add' as const, path: '/requestParameters/integration.request.header.x', value: "'y'" };
    const patchOperations = [add('integration.request.header.x'), mapping];
    const { cacheKeyParameters } = await call('UpdateIntegration', { ...names, patchOperations });
    assert.deepEqual(cacheKeyParameters, ['integration.request.header.x']);
  });

  test('a service keeps a role', async () => {
    const { call, names } = await method();
    const uri = 'arn:aws:apigateway:eu-west-1:sqs:path/0/q';
    await call('PutIntegration', { ...names, type: 'AWS', integrationHttpMethod: 'POST', uri, credentials: role });
    const patch = (path: string, value: string) =>
      call('UpdateIntegration', { ...names, patchOperations: [{ op: 'replace', path, value }] });
    await assert.rejects(patch('/credentials', ''), awsError('BadRequestException', withoutRole));
    assert.equal((await patch('/credentials', 'arn:aws:iam::*:user/*')).credentials, 'arn:aws:iam::*:user/*');
    await patch('/uri', lambda);
    await patch('/credentials', '');
    await assert.rejects(patch('/uri', uri), awsError('BadRequestException', withoutRole));
  });

  test('is checked like a new integration', async () => {
    const { call, names } = await method();
    await call('PutIntegration', { ...names, type: 'MOCK' });
    const patchOperations = [{ op: 'replace', path: '/timeoutInMillis', value: 'soon' } as const];
    await assert.rejects(
      call('UpdateIntegration', { ...names, patchOperations }),
      awsError('BadRequestException', /^Timeout should/),
    );
  });
});

describe('an integration response', () => {
  test('sets only headers that the method response declares', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const names = { ...(await mockApi()), statusCode: '200' };
    const responseParameters = { 'method.response.header.a': "'b'" };
    const undeclared = /Invalid mapping expression parameter specified: method\.response\.header\.a\]$/;
    const put = () => call('PutIntegrationResponse', { ...names, responseParameters });
    await assert.rejects(put(), awsError('BadRequestException', undeclared));
    const patchOperations = [{ op: 'add', path: '/responseParameters/method.response.header.a', value: 'false' } as const];
    await call('UpdateMethodResponse', { ...names, patchOperations });
    assert.deepEqual((await put()).responseParameters, responseParameters);
  });

  test('is the default once', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const second = call('PutIntegrationResponse', { ...(await mockApi()), statusCode: '400' });
    await assert.rejects(
      second,
      awsError('ConflictException', 'Integration response with selection pattern default already exists'),
    );
  });

  test('has a pattern that runs in linear time', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const put = call('PutIntegrationResponse', { ...(await mockApi()), statusCode: '400', selectionPattern: '(a)\\1' });
    await assert.rejects(put, awsError('BadRequestException', /^Invalid regex pattern specified: back-references/));
  });
});
