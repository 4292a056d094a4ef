import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import { loadDeployedStagesOf } from './documents.ts';
import { awsError, caller, functionArn, type GatewayUnderTest, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const authorizerUri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

const request = {
  Name: 'edge',
  AuthorizerType: 'REQUEST',
  AuthorizerUri: authorizerUri,
  AuthorizerPayloadFormatVersion: '2.0',
  IdentitySource: ['$request.header.Authorization'],
} as const satisfies Omit<Input<'CreateAuthorizer'>, 'ApiId' | 'IdentitySource'> & { IdentitySource: readonly string[] };

type Sent = Partial<Record<keyof Input<'CreateAuthorizer'>, unknown>>;

async function create(gateway: GatewayUnderTest, ApiId: string, sent: Sent = {}) {
  return gateway.call('CreateAuthorizer', { ApiId, ...request, ...sent } as never);
}

async function withApi(...routeKeys: string[]) {
  const gateway = gatewayUnderTest();
  return { gateway, ApiId: await gateway.apiWithRoutes(...routeKeys) };
}

describe('CreateAuthorizer › 201', () => {
  test('REQUEST answers what was sent, with an id', async () => {
    const { gateway, ApiId } = await withApi();
    const created = await create(gateway, ApiId, { AuthorizerResultTtlInSeconds: 300, EnableSimpleResponses: true });
    assert.match(created.AuthorizerId as string, /^[a-z0-9]{6}$/);
    const { authorizerId, ...rest } = onTheWire(created);
    assert.deepEqual(rest, {
      authorizerPayloadFormatVersion: '2.0',
      authorizerResultTtlInSeconds: 300,
      authorizerType: 'REQUEST',
      authorizerUri,
      enableSimpleResponses: true,
      identitySource: ['$request.header.Authorization'],
      name: 'edge',
    });
    assert.deepEqual(await gateway.call('GetAuthorizer', { ApiId, AuthorizerId: authorizerId as string }), created);
  });

  test('a role is kept, changed and taken away', async () => {
    const { gateway, ApiId } = await withApi();
    const role = 'arn:aws:iam::111122223333:role/guards';
    const { AuthorizerId, ...created } = await create(gateway, ApiId, { AuthorizerCredentialsArn: role });
    assert.equal(created.AuthorizerCredentialsArn, role);
    const update = async (sent: object) =>
      (await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, ...sent })).AuthorizerCredentialsArn;
    assert.equal(await update({ Name: 'renamed' }), role);
    assert.equal(await update({ AuthorizerCredentialsArn: `${role}-2` }), `${role}-2`);
    assert.equal(await update({ AuthorizerCredentialsArn: '' }), undefined);
  });

  test('what was not sent is absent', async () => {
    const { gateway, ApiId } = await withApi();
    const created = await create(gateway, ApiId, { IdentitySource: [] });
    assert.deepEqual(
      Object.keys(created).filter((name) => /Ttl|Simple|Jwt|Credentials/.test(name)),
      [],
    );
    assert.deepEqual(created.IdentitySource, []);
  });

  const sources = [
    '$request.header.X-Api_Key',
    '$request.querystring.token',
    '$request.querystring.a.b',
    '$context.routeKey',
    '$context.identity.sourceIp',
    '$context.requestTime',
    '$context.customDomain.basePathMatched',
    '$context.identity.clientCert.subjectDN',
    '$context.integration.status',
    '$stageVariables.tenant',
  ];
  for (const source of sources) {
    test(`takes the identity source ${source}`, async () => {
      const { gateway, ApiId } = await withApi();
      assert.deepEqual((await create(gateway, ApiId, { IdentitySource: [source] })).IdentitySource, [source]);
    });
  }
});

const noSource = (source: string) =>
  `Invalid identity source expression: ${source}. The source must be a request header, request querystring, stage variable or context parameter`;

describe('CreateAuthorizer › BadRequestException', () => {
  const ttlRange = 'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.';
  const rows: readonly { desc: string; sent: Sent; message: string | RegExp }[] = [
    {
      desc: 'no version',
      sent: { AuthorizerPayloadFormatVersion: undefined },
      message: 'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer',
    },
    { desc: 'version 3.0', sent: { AuthorizerPayloadFormatVersion: '3.0' }, message: /must be 1.0 or 2.0/ },
    {
      desc: 'simple responses with 1.0',
      sent: { AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true },
      message: 'EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".',
    },
    { desc: 'a negative TTL', sent: { AuthorizerResultTtlInSeconds: -1 }, message: ttlRange },
    { desc: 'a TTL over an hour', sent: { AuthorizerResultTtlInSeconds: 3601 }, message: ttlRange },
    {
      desc: 'a TTL without identity source',
      sent: { AuthorizerResultTtlInSeconds: 300, IdentitySource: [] },
      message: 'Identity source must be set if authorizer caching is enabled (TTL is greater than 0)',
    },
    { desc: 'no URI', sent: { AuthorizerUri: undefined }, message: 'AuthorizerUri is a required field in an Authorizer' },
    {
      desc: 'the ARN of a function',
      sent: { AuthorizerUri: functionArn },
      message: `Invalid Authorizer URI: ${functionArn}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    },
    {
      desc: 'an invocation ARN of no function',
      sent: { AuthorizerUri: authorizerUri.replace('function:', 'layer:') },
      message: /Invalid function ARN/,
    },
    { desc: 'an empty name', sent: { Name: '' }, message: /Name/ },
    { desc: 'a name of 129 characters', sent: { Name: 'a'.repeat(129) }, message: /1 to 128/ },
    {
      desc: 'a source of REST APIs',
      sent: { IdentitySource: ['method.request.header.Auth'] },
      message: noSource('method.request.header.Auth'),
    },
    {
      desc: 'a source of WebSocket APIs',
      sent: { IdentitySource: ['route.request.header.Auth'] },
      message: noSource('route.request.header.Auth'),
    },
    { desc: 'a path parameter', sent: { IdentitySource: ['$request.path.id'] }, message: noSource('$request.path.id') },
    { desc: 'the body', sent: { IdentitySource: ['$request.body.token'] }, message: noSource('$request.body.token') },
    { desc: 'no header name', sent: { IdentitySource: ['$request.header.'] }, message: noSource('$request.header.') },
    {
      desc: 'a header name with a space',
      sent: { IdentitySource: ['$request.header.a b'] },
      message: noSource('$request.header.a b'),
    },
    {
      desc: 'a $context that is not known',
      sent: { IdentitySource: ['$context.authorizer.sub'] },
      message: /HTTP APIs have no such variable before their authorizers/,
    },
    {
      desc: 'a variable of REST APIs',
      sent: { IdentitySource: ['$context.resourceId'] },
      message: /HTTP APIs have no such variable before their authorizers/,
    },
    {
      desc: '51 sources',
      sent: { IdentitySource: Array.from({ length: 51 }, (_, i) => `$request.header.h${i}`) },
      message: /At most 50/,
    },
    {
      desc: 'a validation expression',
      sent: { IdentityValidationExpression: '.*' },
      message: 'IdentityValidationExpression is not supported on protocolType HTTP',
    },
    {
      desc: 'a JWT configuration',
      sent: { JwtConfiguration: { Issuer: 'https://a.example', Audience: ['a'] } },
      message: 'JwtConfiguration is only supported for JWT authorizers',
    },
    { desc: 'no role', sent: { AuthorizerCredentialsArn: 'role/x' }, message: 'Invalid ARN specified in the request' },
    {
      desc: 'the credentials of a caller who is not known yet',
      sent: { AuthorizerCredentialsArn: 'arn:aws:iam::*:user/*' },
      message: 'Invalid ARN specified in the request',
    },
  ];
  for (const { desc, sent, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { gateway, ApiId } = await withApi();
      const before = gateway.store.revision();
      await assert.rejects(create(gateway, ApiId, sent), awsError('BadRequestException', message));
      assert.equal(gateway.store.revision(), before);
    });
  }

  test('a name that is taken', async () => {
    const { gateway, ApiId } = await withApi();
    await create(gateway, ApiId);
    await assert.rejects(
      create(gateway, ApiId),
      awsError('BadRequestException', 'Authorizer name must be unique. Authorizer edge already exists in this RestApi.'),
    );
  });
});

describe('CreateAuthorizer › other refusals', () => {
  test('TooManyRequestsException: the eleventh', async () => {
    const { gateway, ApiId } = await withApi();
    for (let i = 0; i < 10; i++) await create(gateway, ApiId, { Name: `a${i}` });
    await assert.rejects(
      create(gateway, ApiId),
      awsError(
        'TooManyRequestsException',
        'Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.',
      ),
    );
  });

  test('NotFoundException: no API', async () => {
    const { gateway } = await withApi();
    await assert.rejects(
      create(gateway, 'none'),
      awsError('NotFoundException', 'Invalid API identifier specified 000000000000:none'),
    );
  });
});

describe('JWT', () => {
  const jwt: Sent = {
    Name: 'users',
    AuthorizerType: 'JWT',
    AuthorizerUri: undefined,
    AuthorizerPayloadFormatVersion: undefined,
    JwtConfiguration: { Issuer: 'https://issuer.example/', Audience: ['client-1', 'client-2'] },
  };
  const configured = (change: object) => ({ JwtConfiguration: { ...(jwt['JwtConfiguration'] as object), ...change } });

  test('201: answers what was sent, and nothing of Lambda authorizers', async () => {
    const { gateway, ApiId } = await withApi();
    const created = await create(gateway, ApiId, jwt);
    const { authorizerId, ...rest } = onTheWire(created);
    assert.match(authorizerId as string, /^[a-z0-9]{6}$/);
    assert.deepEqual(rest, {
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { Audience: ['client-1', 'client-2'], Issuer: 'https://issuer.example/' },
      name: 'users',
    });
  });

  test('an update replaces only what is sent', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId, jwt);
    const updated = await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, JwtConfiguration: { Audience: ['client-3'] } });
    assert.deepEqual(updated.JwtConfiguration, { Audience: ['client-3'], Issuer: 'https://issuer.example/' });
    assert.deepEqual(updated.IdentitySource, ['$request.header.Authorization']);
    await assert.rejects(
      gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, AuthorizerType: 'REQUEST' }),
      awsError('BadRequestException', /cannot be changed from JWT to REQUEST/),
    );
  });

  const noUrl = 'Invalid issuer: Issuer is not a valid URL for JWT Authorizer';
  const rows: readonly { desc: string; sent: Sent; message: string | RegExp }[] = [
    {
      desc: 'a source of WebSocket APIs',
      sent: { IdentitySource: ['route.request.header.Auth'] },
      message: noSource('route.request.header.Auth'),
    },
    { desc: 'no identity source', sent: { IdentitySource: [] }, message: /exactly one IdentitySource/ },
    {
      desc: 'two identity sources',
      sent: { IdentitySource: ['$request.header.a', '$request.header.b'] },
      message: /exactly one/,
    },
    {
      desc: 'a source outside of the request',
      sent: { IdentitySource: ['$context.routeKey'] },
      message: /Invalid identity source/,
    },
    {
      desc: 'no configuration',
      sent: { JwtConfiguration: undefined },
      message: 'JwtConfiguration must not be null for JWT Authorizer',
    },
    {
      desc: 'no audience',
      sent: configured({ Audience: [] }),
      message: 'Audience list must have at least 1 item for JWT Authorizer',
    },
    {
      desc: '51 audiences',
      sent: configured({ Audience: Array.from({ length: 51 }, (_, i) => `a${i}`) }),
      message: /at most 50/,
    },
    { desc: 'an empty audience', sent: configured({ Audience: [''] }), message: /Audience/ },
    {
      desc: 'an issuer that is no URL',
      sent: configured({ Issuer: 'me' }),
      message: noUrl,
    },
    { desc: 'no issuer', sent: configured({ Issuer: undefined }), message: noUrl },
    { desc: 'an issuer with a query', sent: configured({ Issuer: 'https://a.example/?x=1' }), message: /^Invalid issuer/ },
    { desc: 'an issuer with a password', sent: configured({ Issuer: 'https://a:b@a.example/' }), message: /^Invalid issuer/ },
    { desc: 'http to another machine', sent: configured({ Issuer: 'http://a.example' }), message: noUrl },
    { desc: 'http to localhost.example', sent: configured({ Issuer: 'http://localhost.example' }), message: noUrl },
    {
      desc: 'a function',
      sent: { AuthorizerUri: authorizerUri },
      message: 'AuthorizerUri is only supported for REQUEST authorizers',
    },
    { desc: 'a TTL', sent: { AuthorizerResultTtlInSeconds: 300 }, message: /AuthorizerResultTtlInSeconds is only/ },
    { desc: 'a version', sent: { AuthorizerPayloadFormatVersion: '2.0' }, message: /AuthorizerPayloadFormatVersion is only/ },
    { desc: 'simple responses', sent: { EnableSimpleResponses: true }, message: /EnableSimpleResponses is only/ },
  ];
  for (const { desc, sent, message } of rows) {
    test(`${desc} › BadRequestException`, async () => {
      const { gateway, ApiId } = await withApi();
      await assert.rejects(create(gateway, ApiId, { ...jwt, ...sent }), awsError('BadRequestException', message));
    });
  }

  for (const Issuer of ['http://localhost:9000', 'http://127.0.0.1:9000/realms/a', 'http://[::1]:1', 'https://a.example/x/']) {
    test(`takes the issuer ${Issuer} and keeps it as it is`, async () => {
      const { gateway, ApiId } = await withApi();
      const created = await create(gateway, ApiId, { ...jwt, ...configured({ Issuer }) });
      assert.equal(created.JwtConfiguration.Issuer, Issuer);
    });
  }

  test('a route has its scopes until they are taken away', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId, jwt);
    const made = await gateway.call('CreateRoute', {
      ApiId,
      RouteKey: 'GET /a',
      AuthorizationType: 'JWT',
      AuthorizerId,
      AuthorizationScopes: ['a/read', 'a/write'],
    });
    assert.deepEqual(made.AuthorizationScopes, ['a/read', 'a/write']);
    const { RouteId } = made;
    const renamed = await gateway.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /b' });
    assert.deepEqual(renamed.AuthorizationScopes, ['a/read', 'a/write']);
    const none = await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationScopes: [] });
    assert.ok(!('AuthorizationScopes' in none));
    await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationScopes: ['a/read'] });
    const open = await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE' });
    assert.ok(!('AuthorizationScopes' in open) && !('AuthorizerId' in open));
    await assert.rejects(
      gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'JWT' }),
      awsError('BadRequestException', /requires a valid JWT authorizer/),
    );
    await assert.rejects(
      gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'CUSTOM', AuthorizerId }),
      awsError('BadRequestException', /requires a valid authorizer/),
    );
  });

  const badScopes: readonly [string, string[]][] = [
    ['eleven', Array.from({ length: 11 }, (_, i) => `s${i}`)],
    ['an empty one', ['']],
    ['one with a space', ['a b']],
    ['one with a quote', ['a"b']],
    ['one with a line break', ['a\r\nb']],
  ];
  for (const [desc, AuthorizationScopes] of badScopes) {
    test(`scopes: ${desc} › BadRequestException`, async () => {
      const { gateway, ApiId } = await withApi();
      const { AuthorizerId } = await create(gateway, ApiId, jwt);
      await assert.rejects(
        gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /a', AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes }),
        awsError('BadRequestException', /cope/),
      );
    });
  }
});

describe('GetAuthorizers', () => {
  test('pages in a stable order', async () => {
    const { gateway, ApiId } = await withApi();
    for (let i = 0; i < 5; i++) await create(gateway, ApiId, { Name: `a${i}` });
    const names: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await gateway.call('GetAuthorizers', { ApiId, MaxResults: '2', NextToken });
      assert.ok(page.Items.length <= 2);
      names.push(...page.Items.map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    assert.deepEqual(names.sort(), ['a0', 'a1', 'a2', 'a3', 'a4']);
  });

  test('an authorizer of another region is not found', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    await assert.rejects(
      gateway.call('GetAuthorizer', { ApiId, AuthorizerId }, { ...caller, region: 'us-east-2' }),
      awsError('NotFoundException', /Invalid API/),
    );
    await assert.rejects(
      gateway.call('GetAuthorizer', { ApiId, AuthorizerId: 'abc123' }),
      awsError('NotFoundException', 'Invalid Authorizer identifier specified abc123'),
    );
  });
});

describe('UpdateAuthorizer', () => {
  test('replaces only what is sent', async () => {
    const { gateway, ApiId } = await withApi();
    const created = await create(gateway, ApiId, { AuthorizerResultTtlInSeconds: 300 });
    const { AuthorizerId } = created;
    const updated = await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, EnableSimpleResponses: true });
    assert.deepEqual(updated, { ...created, EnableSimpleResponses: true });
    const off = await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, AuthorizerResultTtlInSeconds: 0 });
    assert.equal(off.AuthorizerResultTtlInSeconds, 0);
    await assert.rejects(
      gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, AuthorizerPayloadFormatVersion: '1.0' }),
      awsError('BadRequestException', /EnableSimpleResponses/),
    );
    assert.deepEqual(await gateway.call('GetAuthorizer', { ApiId, AuthorizerId }), off);
  });

  test('a name of another is refused, its own is not', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    await create(gateway, ApiId, { Name: 'other' });
    await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, Name: 'edge' });
    await assert.rejects(
      gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, Name: 'other' }),
      awsError('BadRequestException', /must be unique/),
    );
  });
});

describe('DeleteAuthorizer', () => {
  test('204, and it is gone', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    assert.deepEqual(await gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId }), {});
    await assert.rejects(
      gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId }),
      awsError('NotFoundException', /Invalid Authorizer identifier/),
    );
  });

  test('ConflictException while a route uses it', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    const { RouteId } = await gateway.call('CreateRoute', {
      ApiId,
      RouteKey: 'POST /pdf/generate',
      AuthorizationType: 'CUSTOM',
      AuthorizerId,
    });
    await assert.rejects(
      gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId }),
      awsError('ConflictException', "Cannot delete authorizer 'edge', is referenced in route: POST /pdf/generate"),
    );
    await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE' });
    await gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId });
  });

  test('goes with its API', async () => {
    const { gateway, ApiId } = await withApi();
    await create(gateway, ApiId);
    await gateway.call('DeleteApi', { ApiId });
    assert.deepEqual(await gateway.store.scan('apigatewayv2/authorizer'), []);
  });
});

describe('routes', () => {
  const scopesOfOthers =
    'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types';
  const cannot =
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.';

  test('CUSTOM with an authorizer', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    const route = await gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /a', AuthorizationType: 'CUSTOM', AuthorizerId });
    assert.equal(route.AuthorizationType, 'CUSTOM');
    assert.equal(route.AuthorizerId, AuthorizerId);
    const { RouteId } = route;
    const renamed = await gateway.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /b' });
    assert.equal(renamed.AuthorizerId, AuthorizerId, 'what is not sent stays');
    assert.equal(renamed.AuthorizationType, 'CUSTOM');
    const open = await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE' });
    assert.equal(open.AuthorizationType, 'NONE');
    assert.ok(!('AuthorizerId' in open), 'dropped without being named');
  });

  test('another authorizer is chosen together with the type', async () => {
    const { gateway, ApiId } = await withApi();
    const first = await create(gateway, ApiId);
    const second = await create(gateway, ApiId, { Name: 'second' });
    const { RouteId } = await gateway.call('CreateRoute', {
      ApiId,
      RouteKey: 'GET /a',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: first.AuthorizerId,
    });
    const { AuthorizerId } = second;
    await assert.rejects(
      gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizerId }),
      awsError('BadRequestException', 'Unable to update route. Authorizer type is invalid or null.'),
    );
    const changed = await gateway.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'CUSTOM', AuthorizerId });
    assert.equal(changed.AuthorizerId, AuthorizerId);
  });

  const rows: readonly { desc: string; sent: Partial<Input<'CreateRoute'>>; message: string | RegExp }[] = [
    { desc: 'CUSTOM without authorizer', sent: { AuthorizationType: 'CUSTOM' }, message: cannot },
    { desc: 'CUSTOM with an unknown one', sent: { AuthorizationType: 'CUSTOM', AuthorizerId: 'abc123' }, message: cannot },
    { desc: 'CUSTOM with an id that is none', sent: { AuthorizationType: 'CUSTOM', AuthorizerId: 'a\0b' }, message: cannot },
    {
      desc: 'JWT without authorizer',
      sent: { AuthorizationType: 'JWT' },
      message: 'Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.',
    },
    {
      desc: 'an authorizer without a type',
      sent: { AuthorizerId: 'abc123' },
      message: /needs the authorization type CUSTOM or JWT/,
    },
    { desc: 'scopes without a type', sent: { AuthorizationScopes: ['a'] }, message: scopesOfOthers },
    {
      desc: 'AWS_IAM with an authorizer',
      sent: { AuthorizationType: 'AWS_IAM', AuthorizerId: 'abc123' },
      message: /the route's is AWS_IAM/,
    },
    {
      desc: 'AWS_IAM with scopes',
      sent: { AuthorizationType: 'AWS_IAM', AuthorizationScopes: ['a'] },
      message: scopesOfOthers,
    },
  ];
  for (const { desc, sent, message } of rows) {
    test(`${desc} › BadRequestException, on create and on update`, async () => {
      const { gateway, ApiId } = await withApi();
      const { RouteId } = await gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /open' });
      const refused = awsError('BadRequestException', message);
      await assert.rejects(gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /a', ...sent }), refused);
      await assert.rejects(gateway.call('UpdateRoute', { ApiId, RouteId, ...sent }), refused);
      assert.equal((await gateway.call('GetRoutes', { ApiId })).Items.length, 1);
    });
  }

  test('JWT with a Lambda authorizer, and scopes with CUSTOM', async () => {
    const { gateway, ApiId } = await withApi();
    const { AuthorizerId } = await create(gateway, ApiId);
    await assert.rejects(
      gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /a', AuthorizationType: 'JWT', AuthorizerId }),
      awsError('BadRequestException', /requires a valid JWT authorizer/),
    );
    const custom = { ApiId, RouteKey: 'GET /a', AuthorizationType: 'CUSTOM', AuthorizerId } as const;
    await assert.rejects(
      gateway.call('CreateRoute', { ...custom, AuthorizationScopes: ['a'] }),
      awsError('BadRequestException', scopesOfOthers),
    );
    await gateway.call('CreateRoute', { ...custom, AuthorizationScopes: [] });
  });

  test('an authorizer of another API', async () => {
    const { gateway, ApiId } = await withApi();
    const other = await gateway.apiWithRoutes();
    const { AuthorizerId } = await create(gateway, other);
    await assert.rejects(
      gateway.call('CreateRoute', { ApiId, RouteKey: 'GET /a', AuthorizationType: 'CUSTOM', AuthorizerId }),
      awsError('BadRequestException', cannot),
    );
  });
});

describe('deployments', () => {
  async function deployed() {
    const { gateway, ApiId } = await withApi('GET /open');
    const { AuthorizerId } = await create(gateway, ApiId);
    await gateway.call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
    const snapshot = async (): Promise<HttpApiSnapshot> => {
      const [stage] = await loadDeployedStagesOf(gateway.store, { account: caller.account, region: caller.region }, ApiId);
      assert.ok(stage !== undefined);
      return stage.snapshot;
    };
    return { gateway, ApiId, AuthorizerId, snapshot };
  }

  test('carry the authorizers, and an auto-deployed stage follows their changes', async () => {
    const { gateway, ApiId, AuthorizerId, snapshot } = await deployed();
    assert.equal((await snapshot()).authorizers?.[0]?.name, 'edge');
    await gateway.call('UpdateAuthorizer', { ApiId, AuthorizerId, Name: 'gate' });
    assert.equal((await snapshot()).authorizers?.[0]?.name, 'gate');
    await gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId });
    assert.deepEqual((await snapshot()).authorizers, []);
  });

  test('ResetAuthorizersCache changes the stage, and only for the data plane', async () => {
    const { gateway, ApiId } = await deployed();
    const before = await gateway.call('GetStage', { ApiId, StageName: '$default' });
    const reset = () => gateway.call('ResetAuthorizersCache', { ApiId, StageName: '$default' });
    assert.deepEqual(await reset(), {});
    await reset();
    const [stage] = await loadDeployedStagesOf(gateway.store, { account: caller.account, region: caller.region }, ApiId);
    assert.equal(stage?.stage.authorizersCacheResets, 2);
    assert.deepEqual(await gateway.call('GetStage', { ApiId, StageName: '$default' }), before);
    await gateway.call('UpdateStage', { ApiId, StageName: '$default', Description: 'kept' });
    const [after] = await loadDeployedStagesOf(gateway.store, { account: caller.account, region: caller.region }, ApiId);
    assert.equal(after?.stage.authorizersCacheResets, 2, 'an older count would bring old results back');
    await assert.rejects(
      gateway.call('ResetAuthorizersCache', { ApiId, StageName: 'prod' }),
      awsError('NotFoundException', 'Invalid stage identifier specified'),
    );
  });
});
