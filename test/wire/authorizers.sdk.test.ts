// Authorizers of HTTP APIs as their users make and meet them: SDK v3 at the control port, raw requests at the traffic port.

import assert from 'node:assert/strict';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  GetAuthorizerCommand,
  GetRoutesCommand,
  ResetAuthorizersCacheCommand,
  UpdateAuthorizerCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AccessKey, CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { makeTestIssuer, makeTestKey, type TestIssuer } from '../../src/jwt/testing/test-issuer.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { type RawResponse, rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

/** Counts its calls; the token says what it answers. */
const guardSource = `let calls = 0;
const policy = (event, effect) => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: event.routeArn ?? event.methodArn }] },
  context: { calls },
});
export const handler = async (event) => {
  calls++;
  const token = event.headers['x-token'] ?? event.headers['X-Token'];
  if (token === 'throw') throw new Error('as asked');
  if (token === 'sleep') await new Promise((done) => setTimeout(done, 60_000));
  if (token === 'slow') await new Promise((done) => setTimeout(done, 500));
  if (token === 'nonsense') return 'yes';
  if (token?.startsWith('policy-')) return policy(event, token.slice(7));
  return { isAuthorized: token !== 'no', context: { calls, event } };
};`;

const routes = [
  'GET /simple',
  'GET /kept',
  'POST /kept/{id}',
  'GET /policy',
  'GET /old',
  'GET /users',
  'GET /orders',
  'GET /open',
  'ANY /iam/{id}',
];

let server: StartedServer;
let clients: AwsClients;
let apiId = '';
let apiId1 = '';
let issuer: TestIssuer;
let issuerServer: Server;

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  const [echo] = await Promise.all([
    createFunction(clients, 'echo', echoSource),
    createFunction(clients, 'guard', guardSource, { timeout: 60 }),
  ]);
  apiId = await createLambdaApi(clients, echo.FunctionArn ?? '', routes);
  apiId1 = await createLambdaApi(clients, echo.FunctionArn ?? '', routes, { payloadFormatVersion: '1.0', stageName: 'dev' });
  await startIssuer();
});

after(async () => {
  clients?.destroy();
  issuerServer?.close();
  await server?.stop();
});

async function startIssuer(): Promise<void> {
  issuerServer = createServer((request, response) => {
    void issuer
      .answer(new URL(request.url ?? '/', issuer.issuer))
      .then(({ status, body }) => response.writeHead(status).end(body));
  });
  issuerServer.listen(0, '127.0.0.1');
  await once(issuerServer, 'listening');
  issuer = makeTestIssuer(`http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`);
}

const guardUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:guard/invocations`;

async function lambdaAuthorizer(
  name: string,
  options: Partial<ConstructorParameters<typeof CreateAuthorizerCommand>[0]> = {},
  api = apiId,
): Promise<string> {
  const { AuthorizerId = '' } = await clients.apis.send(
    new CreateAuthorizerCommand({
      ApiId: api,
      Name: name,
      AuthorizerType: 'REQUEST',
      AuthorizerUri: guardUri,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.X-Token'],
      ...options,
    }),
  );
  return AuthorizerId;
}

/** Lets an authorizer call its function, as a user must. */
async function allow(authorizerId: string, api = apiId): Promise<void> {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'guard',
      StatementId: `authorizer-${authorizerId}`,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${account}:${api}/authorizers/${authorizerId}`,
    }),
  );
}

async function guard(
  routeKey: string,
  authorizerId: string,
  type: 'CUSTOM' | 'JWT',
  scopes?: string[],
  api = apiId,
): Promise<void> {
  const { Items = [] } = await clients.apis.send(new GetRoutesCommand({ ApiId: api }));
  const route = Items.find(({ RouteKey }) => RouteKey === routeKey);
  await clients.apis.send(
    new UpdateRouteCommand({
      ApiId: api,
      RouteId: route?.RouteId,
      AuthorizationType: type,
      AuthorizerId: authorizerId,
      ...(scopes === undefined ? {} : { AuthorizationScopes: scopes }),
    }),
  );
}

function get(target: string, headers: readonly (readonly [string, string])[] = []): Promise<RawResponse> {
  return rawRequest(server.port, { target, host: hostOf(apiId), headers });
}

const withToken = (token: string): readonly (readonly [string, string])[] => [['X-Token', token]];

// biome-ignore lint/suspicious/noExplicitAny: an event is arbitrary JSON that each test takes apart.
function eventIn(response: RawResponse): any {
  assert.equal(response.status, 200, `${response.statusLine}: ${response.text()}`);
  return response.json();
}

describe('a Lambda authorizer with simple responses', () => {
  before(async () => {
    const id = await lambdaAuthorizer('simple');
    await allow(id);
    await guard('GET /simple', id, 'CUSTOM');
  });

  test('401 without the identity source', async () => {
    const response = await get('/simple');
    assert.equal(response.status, 401);
    assert.equal(response.text(), '{"message":"Unauthorized"}');
    assert.equal(response.header('content-type'), 'application/json');
  });

  test('200, and the event shows what the function said', async () => {
    const event = eventIn(await get('/simple?a=1', withToken('yes')));
    const asked = event.requestContext.authorizer.lambda.event;
    assert.deepEqual(Object.keys(asked), [
      ...['version', 'type', 'routeArn', 'identitySource', 'routeKey', 'rawPath', 'rawQueryString', 'headers'],
      ...['queryStringParameters', 'requestContext'],
    ]);
    assert.equal(asked.routeArn, `arn:aws:execute-api:us-east-1:${account}:${apiId}/$default/GET/simple`);
    assert.deepEqual(asked.identitySource, ['yes']);
    assert.equal(asked.headers['x-amzn-trace-id'], event.headers['x-amzn-trace-id']);
    assert.equal(asked.requestContext.requestId, event.requestContext.requestId);
  });

  const refusals: [token: string, status: number, body: string][] = [
    ['no', 403, '{"message":"Forbidden"}'],
    ['throw', 500, '{"message":"Internal Server Error"}'],
    ['nonsense', 500, '{"message":"Internal Server Error"}'],
    ['policy-Allow', 500, '{"message":"Internal Server Error"}'],
  ];
  for (const [token, status, body] of refusals) {
    test(`${status} when it says ${token}`, async () => {
      const response = await get('/simple', withToken(token));
      assert.equal(response.status, status);
      assert.equal(response.text(), body);
    });
  }

  test('500 after 10 seconds without an answer', { timeout: 60_000 }, async () => {
    const startedAt = performance.now();
    const response = await get('/simple', withToken('sleep'));
    assert.equal(response.status, 500);
    assert.ok(performance.now() - startedAt >= 9_900, 'not before its time');
  });

  test('routes without authorizer are open all the while', async () => {
    assert.ok(!('authorizer' in eventIn(await get('/open')).requestContext));
  });
});

describe('kept results', () => {
  let id = '';
  before(async () => {
    id = await lambdaAuthorizer('kept', { AuthorizerResultTtlInSeconds: 3600 });
    await allow(id);
    await guard('GET /kept', id, 'CUSTOM');
    await guard('POST /kept/{id}', id, 'CUSTOM');
  });

  const calls = async (token: string): Promise<number> =>
    eventIn(await get('/kept', withToken(token))).requestContext.authorizer.lambda.calls;

  test('serve every route until the cache is reset or the authorizer changes', async () => {
    const first = await calls('ann');
    assert.equal(await calls('ann'), first);
    const post = await rawRequest(server.port, {
      method: 'POST',
      target: '/kept/5',
      host: hostOf(apiId),
      headers: withToken('ann'),
      body: 'x'.repeat(200_000),
    });
    assert.equal(eventIn(post).requestContext.authorizer.lambda.calls, first);
    assert.ok((await calls('bob')) > first);
    await clients.apis.send(new ResetAuthorizersCacheCommand({ ApiId: apiId, StageName: '$default' }));
    const second = await calls('ann');
    assert.ok(second > first);
    await clients.apis.send(new UpdateAuthorizerCommand({ ApiId: apiId, AuthorizerId: id, AuthorizerResultTtlInSeconds: 1800 }));
    assert.ok((await calls('ann')) > second);
  });

  test('many requests of one identity at once ask once, also with bodies that wait', async () => {
    const bodies = Array.from({ length: 20 }, (_, i) => 'y'.repeat(i * 20_000));
    const responses = await Promise.all(
      bodies.map((body) =>
        rawRequest(server.port, { method: 'POST', target: '/kept/7', host: hostOf(apiId), headers: withToken('slow'), body }),
      ),
    );
    const events = responses.map(eventIn);
    assert.equal(new Set(events.map((event) => event.requestContext.authorizer.lambda.calls)).size, 1);
    assert.deepEqual(
      events.map((event) => Buffer.from(event.body ?? '', 'base64').length),
      bodies.map((body) => body.length),
    );
  });
});

test('an authorizer that runs while its client leaves lets nobody else wait', async () => {
  const id = await lambdaAuthorizer('leaver', { AuthorizerResultTtlInSeconds: 60 });
  await allow(id);
  await guard('GET /policy', id, 'CUSTOM');
  const head = `GET /policy HTTP/1.1\r\nHost: ${hostOf(apiId)}\r\nX-Token: slow\r\n\r\n`;
  const leaver = connect({ port: server.port, host: '127.0.0.1' });
  await once(leaver, 'connect');
  leaver.write(head);
  await sleep(100);
  const response = get('/policy', withToken('slow'));
  await sleep(50);
  leaver.destroy();
  const { authorizer } = eventIn(await response).requestContext;
  assert.equal(typeof authorizer.lambda.calls, 'number');
});

describe('a Lambda authorizer with policies', () => {
  before(async () => {
    const id = await lambdaAuthorizer('policy', { EnableSimpleResponses: undefined });
    await allow(id);
    await guard('GET /policy', id, 'CUSTOM');
  });

  test('200 with Allow, 403 with Deny, 500 with a simple response', async () => {
    const event = eventIn(await get('/policy', withToken('policy-Allow')));
    assert.equal(typeof event.requestContext.authorizer.lambda.calls, 'number');
    assert.equal((await get('/policy', withToken('policy-Deny'))).status, 403);
    assert.equal((await get('/policy', withToken('yes'))).status, 500);
  });

  test('payload format 1.0, in a named stage', async () => {
    const options = { AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: undefined };
    const id = await lambdaAuthorizer('old', options, apiId1);
    await allow(id, apiId1);
    await guard('GET /old', id, 'CUSTOM', undefined, apiId1);
    const ask = (token: string) =>
      rawRequest(server.port, { target: '/dev/old', host: hostOf(apiId1), headers: withToken(token) });
    const event = eventIn(await ask('policy-Allow'));
    assert.equal(event.requestContext.authorizer.principalId, 'ann');
    assert.equal(typeof event.requestContext.authorizer.calls, 'number');
    assert.equal((await ask('policy-Deny')).status, 403);
  });
});

test('an authorizer needs the permission of its function, for its own ARN', async () => {
  const id = await lambdaAuthorizer('unlicensed');
  await guard('GET /users', id, 'CUSTOM');
  assert.equal((await get('/users', withToken('yes'))).status, 500, 'the permission of the routes is not enough');
  await allow(id);
  assert.equal((await get('/users', withToken('yes'))).status, 200);
  await clients.lambda.send(new RemovePermissionCommand({ FunctionName: 'guard', StatementId: `authorizer-${id}` }));
  assert.equal((await get('/users', withToken('yes'))).status, 500);
});

describe('a JWT authorizer', () => {
  const bearer = (token: string): readonly (readonly [string, string])[] => [['Authorization', `Bearer ${token}`]];
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = (more: object = {}) => ({
    iss: issuer.issuer,
    aud: 'client-1',
    exp,
    sub: 'u-1',
    scope: 'orders/read email',
    'cognito:groups': ['admin', 'ops'],
    ...more,
  });

  before(async () => {
    const { AuthorizerId = '' } = await clients.apis.send(
      new CreateAuthorizerCommand({
        ApiId: apiId,
        Name: 'users',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer.issuer, Audience: ['client-1'] },
      }),
    );
    await guard('GET /users', AuthorizerId, 'JWT');
    await guard('GET /orders', AuthorizerId, 'JWT', ['orders/read', 'orders/admin']);
  });

  test('200, and the event shows claims as text', async () => {
    const token = issuer.token(claims());
    const event = eventIn(await get('/users', bearer(token)));
    assert.deepEqual(event.requestContext.authorizer, {
      jwt: {
        claims: {
          iss: issuer.issuer,
          aud: 'client-1',
          exp: String(exp),
          sub: 'u-1',
          scope: 'orders/read email',
          'cognito:groups': '[admin ops]',
        },
        scopes: null,
      },
    });
    const scoped = eventIn(await get('/orders', bearer(token)));
    assert.deepEqual(scoped.requestContext.authorizer.jwt.scopes, ['orders/read', 'email']);
  });

  test('401 without a token, with a challenge', async () => {
    const response = await get('/users');
    assert.equal(response.status, 401);
    assert.equal(response.text(), '{"message":"Unauthorized"}');
    assert.equal(response.header('www-authenticate'), 'Bearer');
  });

  const refused: [desc: string, token: () => string, description: RegExp][] = [
    ['another audience', () => issuer.token(claims({ aud: 'client-2' })), /the token does not have a valid audience/],
    ['an expired one', () => issuer.token(claims({ exp: 1 })), /expired/],
    ['another issuer', () => issuer.token(claims({ iss: 'https://other.example' })), /issuer/],
    ['a key nobody published', () => issuer.token(claims(), { key: makeTestKey('key-9') }), /key/],
    ['a key of the same name', () => issuer.token(claims(), { key: makeTestKey('key-1') }), /signature/],
    ['no signature', () => issuer.token(claims()).replace(/[^.]+$/, ''), /./],
    ['nonsense', () => 'nonsense', /segments/],
  ];
  for (const [desc, token, description] of refused) {
    test(`401 with ${desc}`, async () => {
      const response = await get('/users', bearer(token()));
      assert.equal(response.status, 401);
      assert.equal(response.text(), '{"message":"Unauthorized"}');
      assert.match(
        response.header('www-authenticate') ?? '',
        /^Bearer scope="" error="invalid_token" error_description="[^"]+"$/,
      );
      assert.match(response.header('www-authenticate') ?? '', description);
    });
  }

  test('403 without one of the scopes', async () => {
    const response = await get('/orders', bearer(issuer.token(claims({ scope: 'email' }))));
    assert.equal(response.status, 403);
    assert.equal(response.text(), '{"message":"Forbidden"}');
    assert.equal(response.header('www-authenticate'), 'Bearer scope="orders/read orders/admin" error="insufficient_scope"');
  });
});

describe('AWS_IAM', () => {
  const target = '/iam/5?a=1&b=two%20words';
  let key: AccessKey;

  before(async () => {
    const { Items = [] } = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
    const { RouteId } = Items.find(({ RouteKey }) => RouteKey === 'ANY /iam/{id}') ?? {};
    await clients.apis.send(new UpdateRouteCommand({ ApiId: apiId, RouteId, AuthorizationType: 'AWS_IAM' }));
    await clients.iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const made = await clients.iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    assert.ok(made.AccessKey !== undefined);
    key = made.AccessKey;
  });

  /** Signed by AWS's own signer. */
  async function signed(body: string, method = 'POST'): Promise<RawResponse> {
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'us-east-1',
      credentials: { accessKeyId: key.AccessKeyId ?? '', secretAccessKey: key.SecretAccessKey ?? '' },
      sha256: Sha256 as never,
    });
    const request = await signer.sign({
      method,
      protocol: 'http:',
      hostname: hostOf(apiId),
      path: '/iam/5',
      query: { a: '1', b: 'two words' },
      headers: { host: hostOf(apiId) },
      body,
    });
    const headers = Object.entries(request.headers).filter(([name]) => name !== 'host');
    return rawRequest(server.port, { method, target, host: hostOf(apiId), headers, body });
  }

  test('403 without a signature, and for a user without policies', async () => {
    const response = await rawRequest(server.port, { method: 'POST', target, host: hostOf(apiId), body: 'x' });
    assert.equal(response.status, 403);
    assert.equal(response.text(), '{"message":"Forbidden"}');
    assert.equal((await signed('x')).status, 403);
  });

  test('a user whose policy allows the route gets in, with small and large bodies', async () => {
    const Resource = `arn:aws:execute-api:us-east-1:${account}:${apiId}/$default/POST/iam/*`;
    const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await clients.iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'invoke', PolicyDocument }));
    for (const length of [0, 10, 1_000_000]) {
      const event = eventIn(await signed('z'.repeat(length)));
      assert.equal(Buffer.from(event.body ?? '', 'base64').length, length);
      assert.equal(event.requestContext.authorizer.iam.userArn, `arn:aws:iam::${account}:user/ann`);
      assert.equal(event.requestContext.authorizer.iam.accessKey, key.AccessKeyId);
    }
    assert.equal((await signed('x', 'PUT')).status, 403, 'the policy is about POST');
  });
});

/** The hash that the signer wants, of Node's own. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

test('an authorizer that is in use cannot be deleted', async () => {
  const id = await lambdaAuthorizer('used');
  await guard('GET /open', id, 'CUSTOM');
  await assert.rejects(clients.apis.send(new DeleteAuthorizerCommand({ ApiId: apiId, AuthorizerId: id })), {
    name: 'ConflictException',
    message: "Cannot delete authorizer 'used', is referenced in route: GET /open",
  });
  const { Items = [] } = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
  for (const { RouteId, AuthorizerId } of Items) {
    if (AuthorizerId !== id) continue;
    await clients.apis.send(new UpdateRouteCommand({ ApiId: apiId, RouteId, AuthorizationType: 'NONE' }));
  }
  await clients.apis.send(new DeleteAuthorizerCommand({ ApiId: apiId, AuthorizerId: id }));
  await assert.rejects(clients.apis.send(new GetAuthorizerCommand({ ApiId: apiId, AuthorizerId: id })), {
    name: 'NotFoundException',
  });
  assert.equal((await get('/open')).status, 200);
});
