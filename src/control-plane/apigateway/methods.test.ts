import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

type PutMethod = Omit<Input<'PutMethod'>, 'restApiId' | 'resourceId'>;

const tokenAuthorizer = {
  name: 'token',
  type: 'TOKEN',
  authorizerUri:
    'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:0:function:f/invocations',
  identitySource: 'method.request.header.Authorization',
} as const;
const pool = 'arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_Pool';

test('a method shows what was given and defaults, and its integration when it is read', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const names = await mockApi();
  const { requestTemplates, ...integration } = (await call('GetMethod', names)).methodIntegration ?? {};
  assert.deepEqual(requestTemplates, { 'application/json': '{"statusCode": 200}' });
  assert.deepEqual(integration, {
    type: 'MOCK',
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: names.resourceId,
    cacheKeyParameters: [],
    integrationResponses: { 200: { statusCode: '200', selectionPattern: '' } },
  });
  const { items } = await call('GetResources', { restApiId: names.restApiId });
  assert.deepEqual(items[0]?.resourceMethods, { GET: {} });
  const embedded = await call('GetResources', { restApiId: names.restApiId, embed: ['methods'] });
  assert.equal(embedded.items[0]?.resourceMethods?.['GET']?.authorizationType, 'NONE');
});

describe('a method that AWS refuses', () => {
  const rows: readonly [description: string, input: PutMethod, message: string | RegExp][] = [
    ['an unknown verb', { httpMethod: 'FETCH', authorizationType: 'NONE' }, /^Invalid HttpMethod specified/],
    ['an unknown authorization type', { httpMethod: 'GET', authorizationType: 'MAGIC' }, /^Invalid Authorization Type/],
    ['no authorizer', { httpMethod: 'GET', authorizationType: 'CUSTOM' }, /^Invalid authorizer ID specified/],
    [
      'an unknown model',
      { httpMethod: 'GET', authorizationType: 'NONE', requestModels: { a: 'none' } },
      'Invalid model identifier specified: none',
    ],
    [
      'an unknown validator',
      { httpMethod: 'GET', authorizationType: 'NONE', requestValidatorId: 'none' },
      'Invalid Request Validator identifier specified',
    ],
    [
      'a parameter of nowhere',
      { httpMethod: 'GET', authorizationType: 'NONE', requestParameters: { 'method.request.cookie.a': true } },
      'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: method.request.cookie.a]',
    ],
    [
      'a parameter with a name that is none',
      { httpMethod: 'GET', authorizationType: 'NONE', requestParameters: { 'method.request.querystring.page[size]': true } },
      'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Parameter name should match the following regular expression: ^[a-zA-Z0-9:._$-]+$]',
    ],
    [
      'one name in two places',
      {
        httpMethod: 'GET',
        authorizationType: 'NONE',
        requestParameters: { 'method.request.header.a': true, 'method.request.path.a': true },
      },
      'Parameter names must be unique across querystring, header and path',
    ],
  ];
  for (const [description, input, message] of rows) {
    test(description, async () => {
      const { call, api } = gatewayUnderTest();
      const names = await api();
      await assert.rejects(call('PutMethod', { ...names, ...input }), awsError('BadRequestException', message));
    });
  }

  test('a second time', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const again = call('PutMethod', { ...(await mockApi()), authorizationType: 'NONE' });
    await assert.rejects(again, awsError('ConflictException', 'Method already exists for this resource'));
  });
});

describe('an authorizer that a method uses', () => {
  test('must fit the authorization type, and cannot be deleted', async () => {
    const { call, api } = gatewayUnderTest();
    const names = await api();
    const { id: authorizerId } = await call('CreateAuthorizer', { restApiId: names.restApiId, ...tokenAuthorizer });
    const wrong = { ...names, httpMethod: 'GET', authorizationType: 'COGNITO_USER_POOLS', authorizerId };
    await assert.rejects(call('PutMethod', wrong), awsError('BadRequestException', /^Invalid authorizer ID/));
    await call('PutMethod', { ...names, httpMethod: 'GET', authorizationType: 'CUSTOM', authorizerId });
    const message = "Cannot delete authorizer 'token', is referenced in method: GET//";
    const deleted = call('DeleteAuthorizer', { restApiId: names.restApiId, authorizerId });
    await assert.rejects(deleted, awsError('ConflictException', message));
  });

  const refused: readonly [description: string, input: Partial<Input<'CreateAuthorizer'>>, message: RegExp][] = [
    ['no name', { name: '' }, /name must be non-empty/],
    ['no function', { authorizerUri: 'arn:aws:lambda:eu-west-1:0:function:f' }, /^Invalid Authorizer URI/],
    [
      'a TTL above an hour',
      { authorizerResultTtlInSeconds: 3601 },
      /^Authorizer result TTL outside allowable range\. TTL must be between 0 and 3600 seconds\.$/,
    ],
    ['a token from nowhere', { identitySource: '' }, /^IdentitySource cannot be empty$/],
    [
      'a token from the query',
      { identitySource: 'method.request.querystring.token' },
      /^Invalid token source expression: method\.request\.querystring\.token\. The source must be a method request header, matching 'method\.request\.header\.\[a-zA-Z0-9\._-\]\+'\.$/,
    ],
    [
      'a request by no parameter',
      { type: 'REQUEST', identitySource: 'method.request.header.A, header.Auth' },
      /^Invalid request identity source expression: header\.Auth\. The sources must be separated by comma, and each source must be either a method request parameter, matching 'method\.request\.querystring\|header\./,
    ],
    ['a pattern that backtracks', { identityValidationExpression: '(a)\\1' }, /^Invalid regex pattern specified: back-ref/],
    ['kept results of nobody', { type: 'REQUEST', identitySource: '' }, /Identity source is required when caching/],
    ['no user pool', { type: 'COGNITO_USER_POOLS' }, /^ProviderARNs cannot be empty$/],
    [
      'a user pool and no header',
      { type: 'COGNITO_USER_POOLS', providerARNs: [pool], identitySource: '' },
      /^IdentitySource cannot/,
    ],
  ];
  for (const [description, input, message] of refused) {
    test(`with ${description} is refused`, async () => {
      const { call, api } = gatewayUnderTest();
      const { restApiId } = await api();
      const made = call('CreateAuthorizer', { restApiId, ...tokenAuthorizer, ...input });
      await assert.rejects(made, awsError('BadRequestException', message));
    });
  }

  test('beyond the quota or with a name that is taken is refused', async () => {
    const { call, api } = gatewayUnderTest({ quotas: { authorizersPerApi: 1 } });
    const { restApiId } = await api();
    await call('CreateAuthorizer', { restApiId, ...tokenAuthorizer });
    await assert.rejects(call('CreateAuthorizer', { restApiId, ...tokenAuthorizer }), awsError('ConflictException', /unique/));
    const second = call('CreateAuthorizer', { restApiId, ...tokenAuthorizer, name: 'b' });
    await assert.rejects(second, awsError('LimitExceededException', /^Maximum number of Authorizers/));
  });
});

test('the models that every API begins with, as AWS writes them', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  const schemaOf = async (modelName: string) => (await call('GetModel', { restApiId, modelName })).schema;
  assert.equal(
    await schemaOf('Empty'),
    '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title" : "Empty Schema",\n  "type" : "object"\n}',
  );
  assert.equal(
    await schemaOf('Error'),
    '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n  "title" : "Error Schema",\n  "type" : "object",\n  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
  );
});

test('a model whose content type is none is refused', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  const made = call('CreateModel', { restApiId, name: 'Pet', contentType: '123', schema: '{"type":"object"}' });
  const message = 'Validation Result: warnings : [], errors : [Invalid content type specified: 123]';
  await assert.rejects(made, awsError('BadRequestException', message));
});

test('a parameter of a method may have a colon in its name', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const names = await mockApi();
  const add = (path: string, value: string) => [{ op: 'add', path, value } as const];
  const patchOperations = add('/requestParameters/method.request.querystring.a:b', 'true');
  const { requestParameters } = await call('UpdateMethod', { ...names, patchOperations });
  assert.deepEqual(requestParameters, { 'method.request.querystring.a:b': true });
  const mapped = add('/requestParameters/integration.request.header.x', 'method.request.querystring.a:b');
  await call('UpdateIntegration', { ...names, patchOperations: mapped });
  const nowhere = { ...names, patchOperations: add('/requestParameters/method.request.foo.bar', 'true') };
  const message =
    'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: method.request.foo.bar]';
  await assert.rejects(call('UpdateMethod', nowhere), awsError('BadRequestException', message));
});

describe('scopes of a method', () => {
  const invalid =
    'Invalid Method authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type';

  test('BadRequestException without a user pool', async () => {
    const { call, api } = gatewayUnderTest();
    const names = await api();
    const { id: authorizerId } = await call('CreateAuthorizer', { restApiId: names.restApiId, ...tokenAuthorizer });
    for (const authorizationType of ['NONE', 'AWS_IAM', 'CUSTOM']) {
      const input = { ...names, httpMethod: 'GET', authorizationType, authorizerId, authorizationScopes: ['a'] };
      await assert.rejects(call('PutMethod', input), awsError('BadRequestException', invalid));
    }
    await call('PutMethod', { ...names, httpMethod: 'GET', authorizationType: 'NONE' });
    const patchOperations = [{ op: 'add', path: '/authorizationScopes', value: 'a' } as const];
    const patched = call('UpdateMethod', { ...names, httpMethod: 'GET', patchOperations });
    await assert.rejects(patched, awsError('BadRequestException', invalid));
  });

  test('200 they go with the user pool', async () => {
    const { call, api } = gatewayUnderTest();
    const { restApiId, resourceId } = await api();
    const users = {
      name: 'users',
      type: 'COGNITO_USER_POOLS' as const,
      providerARNs: [pool],
      identitySource: 'method.request.header.Authorization',
    };
    const { id: authorizerId } = await call('CreateAuthorizer', { restApiId, ...users });
    const names = { restApiId, resourceId, httpMethod: 'GET' };
    const authorizationScopes = ['a'];
    await call('PutMethod', { ...names, authorizationType: 'COGNITO_USER_POOLS', authorizerId, authorizationScopes });
    const patchOperations = [{ op: 'replace', path: '/authorizationType', value: 'NONE' } as const];
    const open = await call('UpdateMethod', { ...names, patchOperations });
    assert.deepEqual([open.authorizationScopes, open.authorizerId], [undefined, undefined]);
  });
});

test('a model that is used by a method, a response or another model stays', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const names = await mockApi();
  const { restApiId } = names;
  const schema = '{"type":"object"}';
  for (const name of ['One', 'Two', 'Three'])
    await call('CreateModel', { restApiId, name, contentType: 'application/json', schema });
  const reference = `{"$ref":"https://apigateway.amazonaws.com/restapis/${restApiId}/models/Three"}`;
  await call('CreateModel', { restApiId, name: 'Four', contentType: 'application/json', schema: reference });
  const add = (path: string, value: string) => [{ op: 'add', path, value } as const];
  await call('UpdateMethod', { ...names, patchOperations: add('/requestModels/application~1json', 'One') });
  const response = { ...names, statusCode: '200' };
  await call('UpdateMethodResponse', { ...response, patchOperations: add('/responseModels/application~1json', 'Two') });
  const where = { One: 'method request: //GET', Two: 'method response: //GET', Three: 'model: Four' };
  for (const [modelName, place] of Object.entries(where)) {
    const message = `Cannot delete model '${modelName}', is referenced in ${place}`;
    await assert.rejects(call('DeleteModel', { restApiId, modelName }), awsError('ConflictException', message));
  }
  const unused = call('UpdateMethodResponse', { ...response, patchOperations: add('/responseModels/a', 'Nine') });
  await assert.rejects(unused, awsError('BadRequestException', 'Invalid model identifier specified: Nine'));
});

test('a sample template of a model has a value for every property', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  const properties = { id: { type: 'integer' }, name: { type: 'string' }, tags: { type: 'array', items: { type: 'boolean' } } };
  const schema = JSON.stringify({ type: 'object', properties });
  await call('CreateModel', { restApiId, name: 'Pet', contentType: 'application/json', schema });
  const { value } = await call('GetModelTemplate', { restApiId, modelName: 'Pet' });
  assert.equal(
    value,
    [
      "#set($inputRoot = $input.path('$'))",
      '{',
      '  "id" : 42,',
      '  "name" : "foo",',
      '  "tags" : [',
      '##TODO: Update this foreach loop to reference array from input json',
      '#foreach($elem in $inputRoot.TODO)',
      ' true ',
      '#if($foreach.hasNext),#end',
      '#end',
      '  ]',
      '}',
    ].join('\n'),
  );

  const owner = JSON.stringify({ $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet` });
  await call('CreateModel', { restApiId, name: 'Owner', contentType: 'application/json', schema: owner });
  const flat = await call('GetModel', { restApiId, modelName: 'Owner', flatten: true });
  assert.deepEqual(JSON.parse(flat.schema ?? ''), { $ref: '#/definitions/Pet', definitions: { Pet: JSON.parse(schema) } });
  assert.equal((await call('GetModel', { restApiId, modelName: 'Owner' })).schema, owner);
  const referring = await call('GetModelTemplate', { restApiId, modelName: 'Owner' });
  assert.match(String(referring['value']), /"name" : "foo"/);
});
