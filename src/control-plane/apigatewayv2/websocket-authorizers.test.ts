import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, onTheWire } from './gateway-under-test.ts';
import { invocationUri, webSocketGateway } from './websocket-gateway-under-test.ts';

const door = { AuthorizerType: 'REQUEST' as const, AuthorizerUri: invocationUri, IdentitySource: [], Name: 'door' };

describe('authorizers of a WebSocket API', () => {
  test('answer the members AWS answers: no version, no TTL, no simple responses', async () => {
    const { call, ApiId } = await webSocketGateway();
    const IdentitySource = [
      'route.request.header.Auth',
      'route.request.querystring.token',
      'context.identity.sourceIp',
      'stageVariables.v',
    ];
    const made = onTheWire(await call('CreateAuthorizer', { ApiId, ...door, IdentitySource }));
    const { authorizerId, ...authorizer } = made;
    assert.match(String(authorizerId), /^[a-z0-9]{6}$/);
    assert.deepEqual(authorizer, {
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri,
      identitySource: IdentitySource,
      name: 'door',
    });
    const AuthorizerId = String(authorizerId);
    assert.deepEqual(onTheWire(await call('GetAuthorizer', { ApiId, AuthorizerId })), made);
    const changed = await call('UpdateAuthorizer', { ApiId, AuthorizerId, Name: 'gate', IdentitySource: [] });
    assert.deepEqual(onTheWire(changed), { ...made, name: 'gate', identitySource: [] });
    assert.deepEqual((await call('GetAuthorizers', { ApiId })).Items, [changed]);
    await call('DeleteAuthorizer', { ApiId, AuthorizerId });
    assert.deepEqual((await call('GetAuthorizers', { ApiId })).Items, []);
  });

  const forms =
    "The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'";
  const rows: readonly { readonly desc: string; readonly input: object; readonly message: string | RegExp }[] = [
    {
      desc: 'JWT',
      input: { AuthorizerType: 'JWT' },
      message: 'Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.',
    },
    {
      desc: 'a payload version',
      input: { AuthorizerPayloadFormatVersion: '2.0' },
      message: 'AuthorizerPayloadFormatVersion is not supported on protocolType WEBSOCKET',
    },
    {
      desc: 'a cache',
      input: { AuthorizerResultTtlInSeconds: 300 },
      message: 'AuthorizerResultTtlInSeconds is not supported on protocolType WEBSOCKET',
    },
    { desc: 'simple responses', input: { EnableSimpleResponses: true }, message: /EnableSimpleResponses is not supported/ },
    { desc: 'a validation expression', input: { IdentityValidationExpression: '.*' }, message: /IdentityValidationExpression/ },
    { desc: 'nobody to ask', input: { AuthorizerUri: undefined }, message: 'AuthorizerUri is a required field in an Authorizer' },
    { desc: 'no function', input: { AuthorizerUri: 'http://a.example' }, message: /Invalid Authorizer URI/ },
    {
      desc: 'an identity source of HTTP APIs',
      input: { IdentitySource: ['$request.header.Auth'] },
      message: `Invalid request identity source expression: $request.header.Auth. ${forms}`,
    },
    {
      desc: 'an identity source of REST APIs',
      input: { IdentitySource: ['method.request.header.Auth'] },
      message: `Invalid request identity source expression: method.request.header.Auth. ${forms}`,
    },
    {
      desc: 'a variable that nobody knows',
      input: { IdentitySource: ['context.path'] },
      message: /Stagegate knows of context: apiId/,
    },
    { desc: 'no role', input: { AuthorizerCredentialsArn: 'arn:aws:iam::1:role/a' }, message: /Invalid ARN/ },
    { desc: 'a long name', input: { Name: 'x'.repeat(129) }, message: /Name/ },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc} › BadRequestException`, async () => {
      const { call, store, ApiId } = await webSocketGateway();
      const before = store.revision();
      await assert.rejects(
        call('CreateAuthorizer', { ApiId, ...door, ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(store.revision(), before);
    });
  }

  test('a role is kept, changed and taken away', async () => {
    const { call, ApiId } = await webSocketGateway();
    const role = 'arn:aws:iam::111122223333:role/guards';
    const { AuthorizerId, ...made } = await call('CreateAuthorizer', { ApiId, ...door, AuthorizerCredentialsArn: role });
    assert.equal(made.AuthorizerCredentialsArn, role);
    const update = async (sent: object) =>
      (await call('UpdateAuthorizer', { ApiId, AuthorizerId, ...sent })).AuthorizerCredentialsArn;
    assert.equal(await update({ Name: 'renamed' }), role);
    assert.equal(await update({ AuthorizerCredentialsArn: '' }), undefined);
  });

  test('a TTL of 0 asks for nothing', async () => {
    const { call, ApiId } = await webSocketGateway();
    const made = await call('CreateAuthorizer', { ApiId, ...door, AuthorizerResultTtlInSeconds: 0 });
    assert.ok(!('AuthorizerResultTtlInSeconds' in made));
  });

  test('one that guards $connect stays › ConflictException', async () => {
    const { call, ApiId } = await webSocketGateway();
    const { AuthorizerId } = await call('CreateAuthorizer', { ApiId, ...door });
    await call('CreateRoute', { ApiId, RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId });
    await assert.rejects(
      call('DeleteAuthorizer', { ApiId, AuthorizerId }),
      awsError('ConflictException', "Cannot delete authorizer 'door', is referenced in route: $connect"),
    );
  });
});
