// TestInvokeAuthorizer as its users meet it: the AWS SDK, real functions, a real issuer; nothing is deployed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
  CreateResourceCommand,
  CreateRestApiCommand,
  NotFoundException,
  TestInvokeAuthorizerCommand,
  type TestInvokeAuthorizerCommandInput,
} from '@aws-sdk/client-api-gateway';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { makeTestIssuer, type TestIssuer } from '../../src/jwt/testing/test-issuer.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction } from './deployed-api.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
let issuer: TestIssuer;
let issuerServer: Server;

/** Says what the token asks for; its answer's context and principal tell what it was asked. */
const guardSource = `let calls = 0;
export const handler = async (event) => {
  const asked = event.authorizationToken ?? event.headers.Asked;
  if (asked === 'stranger') throw new Error('Unauthorized');
  if (asked === 'broken') throw new Error('no');
  if (asked === 'null') return null;
  const Effect = asked === 'enemy-number-one' ? 'Deny' : 'Allow';
  return {
    principalId: 'ann-' + asked,
    context: { calls: ++calls },
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }] },
  };
};`;
/** Its principal is what it saw of the request. */
const mirrorSource = `export const handler = async ({ methodArn, resource, path, headers, multiValueHeaders, queryStringParameters,
  pathParameters, stageVariables, requestContext: { stage, resourceId, identity } }) => ({
  principalId: JSON.stringify({ resource, path, headers, multiValueHeaders, queryStringParameters, pathParameters, stageVariables,
    stage, resourceId, apiKey: identity.apiKey }),
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: '*', Effect: 'Allow', Resource: methodArn }] },
});`;

before(async () => {
  issuerServer = createServer((request, response) => {
    void issuer
      .answer(new URL(request.url ?? '/', issuer.issuer))
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  }).listen(0, '127.0.0.1');
  await once(issuerServer, 'listening');
  const origin = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`;
  issuer = makeTestIssuer(`${origin}/us-east-1_Pool`);
  server = await startServer({ arguments: ['--cognito-issuer', `${origin}/{poolId}`] });
  clients = awsClients(server);
  const { id = '', rootResourceId: parentId } = await clients.restApis.send(new CreateRestApiCommand({ name: 'guarded' }));
  restApiId = id;
  const { id: pets } = await clients.restApis.send(new CreateResourceCommand({ restApiId, parentId, pathPart: 'pets' }));
  await clients.restApis.send(new CreateResourceCommand({ restApiId, parentId: pets, pathPart: '{petId}' }));
  await createFunction(clients, 'guard', guardSource);
  await createFunction(clients, 'mirror', mirrorSource);
  await createFunction(clients, 'closed', guardSource);
  for (const FunctionName of ['guard', 'mirror']) {
    const about = { FunctionName, StatementId: 'api', Action: 'lambda:InvokeFunction' };
    const SourceArn = `arn:aws:execute-api:us-east-1:${account}:${restApiId}/authorizers/*`;
    await clients.lambda.send(new AddPermissionCommand({ ...about, Principal: 'apigateway.amazonaws.com', SourceArn }));
  }
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  issuerServer?.close();
});

const functionUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:${name}/invocations`;

const authorizer = async (name: string, input: Partial<CreateAuthorizerCommandInput>): Promise<string> => {
  const whole = {
    restApiId,
    name,
    type: 'TOKEN' as const,
    identitySource: 'method.request.header.Authorization',
    authorizerUri: functionUri('guard'),
    ...input,
  };
  return (await clients.restApis.send(new CreateAuthorizerCommand(whole))).id ?? '';
};

const ask = (authorizerId: string, input: Omit<TestInvokeAuthorizerCommandInput, 'restApiId' | 'authorizerId'>) =>
  clients.restApis.send(new TestInvokeAuthorizerCommand({ restApiId, authorizerId, ...input }));

/** The log without what differs each time. */
function linesOf(log = ''): string[] {
  const id = /^Execution log for request (\S+)$/m.exec(log)?.[1] ?? 'none';
  assert.ok(log.endsWith('\n'));
  return log
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} : /, '').replaceAll(id, 'ID'));
}

describe('a TOKEN authorizer under test', () => {
  let id = '';
  before(async () => {
    id = await authorizer('token', { identityValidationExpression: '[a-z-]+' });
  });

  test('answers with its principal and policy, and the log says how', async () => {
    const answer = await ask(id, { headers: { authorization: 'friend-of-the-house-next-door' } });
    const methodArn = `arn:aws:execute-api:us-east-1:${account}:${restApiId}/ESTestInvoke-stage/GET/`;
    assert.equal(answer.clientStatus, 0);
    assert.equal(answer.principalId, 'ann-friend-of-the-house-next-door');
    assert.deepEqual(JSON.parse(answer.policy ?? ''), {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    });
    assert.equal(answer.claims, undefined);
    assert.equal(typeof answer.latency, 'number');
    const uri = `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:guard/invocations`;
    const lines = linesOf(answer.log);
    assert.match(lines.splice(7, 1)[0] ?? '', /^Authorizer result body before parsing: \{"principalId":"ann-friend/);
    assert.deepEqual(lines, [
      'Execution log for request ID',
      `Starting authorizer: ${id} for request: ID`,
      'Incoming identity: ***********************t-door',
      `Endpoint request URI: ${uri}`,
      'Endpoint request headers: {}',
      `Endpoint request body after transformations: {"type":"TOKEN","methodArn":"${methodArn}","authorizationToken":"friend-of-the-house-next-door"}`,
      `Sending request to ${uri}`,
      'Using valid authorizer policy for principal: ***************************t-door',
      'Successfully completed authorizer execution',
    ]);
  });

  test('a policy that denies is an answer, too', async () => {
    const { clientStatus, policy, principalId } = await ask(id, { headers: { Authorization: 'enemy-number-one' } });
    assert.equal(clientStatus, 0);
    assert.equal(principalId, 'ann-enemy-number-one');
    assert.match(policy ?? '', /"Effect":"Deny"/);
  });

  test('it is asked each time: what it said before is not kept', async () => {
    const callsOf = async () =>
      Number(/"calls":(\d+)/.exec((await ask(id, { headers: { Authorization: 'again' } })).log ?? '')?.[1]);
    const first = await callsOf();
    assert.equal(await callsOf(), first + 1);
  });

  for (const [desc, headers, asked] of [
    ['no token', {}, false],
    ['a token that its expression does not take', { Authorization: 'A1' }, false],
    ['a token that the function does not take', { Authorization: 'stranger' }, true],
  ] as const) {
    test(`401: ${desc}`, async () => {
      const answer = await ask(id, { headers });
      assert.equal(answer.clientStatus, 401);
      assert.equal(answer.policy, undefined);
      const lines = linesOf(answer.log);
      assert.deepEqual(lines.slice(-2), ['Unauthorized request: ID', 'Unauthorized']);
      assert.equal(
        lines.some((line) => line.startsWith('Sending request to')),
        asked,
      );
    });
  }

  for (const [asked, fault] of [
    ['broken', 'Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable'],
    ['null', 'Could not parse policy'],
  ] as const) {
    test(`500: a function that answers ${asked}`, async () => {
      const answer = await ask(id, { headers: { Authorization: asked } });
      assert.equal(answer.clientStatus, 500);
      const end = [`Execution failed due to configuration error: ${fault}`, 'AuthorizerConfigurationException'];
      assert.deepEqual(linesOf(answer.log).slice(-2), end);
    });
  }

  test('500: a function that the API may not invoke', async () => {
    const closed = await authorizer('closed', { authorizerUri: functionUri('closed') });
    const answer = await ask(closed, { headers: { Authorization: 'friend' } });
    assert.equal(answer.clientStatus, 500);
    const line = 'Execution failed due to configuration error: Invalid permissions on Lambda function';
    assert.deepEqual(linesOf(answer.log).slice(-2), [line, 'AuthorizerConfigurationException']);
  });
});

describe('a REQUEST authorizer under test', () => {
  test('sees the request that is described', async () => {
    const id = await authorizer('request', {
      type: 'REQUEST',
      authorizerUri: functionUri(`\${stageVariables.fn}`),
      identitySource: 'method.request.header.Asked,method.request.querystring.q,context.tenant',
    });
    const answer = await ask(id, {
      headers: { Asked: 'one', Other: 'x' },
      multiValueHeaders: { Asked: ['two', 'three'] },
      pathWithQueryString: '/pets/5?q=1',
      stageVariables: { fn: 'mirror' },
      additionalContext: { tenant: "o'neill" },
    });
    assert.equal(answer.clientStatus, 0);
    const saw = JSON.parse(answer.principalId ?? '');
    assert.deepEqual(saw, {
      resource: '/pets/{petId}',
      path: '/pets/5',
      headers: { Asked: 'three', Other: 'x' },
      multiValueHeaders: { Asked: ['two', 'three'], Other: ['x'] },
      queryStringParameters: { q: '1' },
      pathParameters: { petId: '5' },
      stageVariables: { fn: 'mirror' },
      stage: 'test-invoke-stage',
      resourceId: 'test-invoke-resource-id',
      apiKey: 'test-invoke-api-key',
    });
    assert.match(answer.policy ?? '', /ESTestInvoke-stage\/GET\/pets\/5"/);
    const identity =
      'Incoming identity: {method.request.header.Asked=*****, method.request.querystring.q=*, context.tenant=*******}';
    assert.equal(linesOf(answer.log)[2], identity);
    const without = await ask(id, { pathWithQueryString: '/pets/5?q=1', stageVariables: { fn: 'mirror' } });
    assert.equal(without.clientStatus, 401);
  });
});

describe('a COGNITO_USER_POOLS authorizer under test', () => {
  let id = '';
  const now = Math.floor(Date.now() / 1000);
  const claims = (more: object) => ({ iss: issuer.issuer, sub: 's-1', aud: 'app', iat: now, exp: now + 600, ...more });
  before(async () => {
    const providerARNs = [`arn:aws:cognito-idp:us-east-1:${account}:userpool/us-east-1_Pool`];
    id = await authorizer('pool', { type: 'COGNITO_USER_POOLS', providerARNs, authorizerUri: undefined });
  });

  test('answers with the claims of an identity token', async () => {
    const token = issuer.token(claims({ token_use: 'id', auth_time: now, 'cognito:groups': ['a', 'b'] }));
    const answer = await ask(id, { headers: { Authorization: token } });
    assert.equal(answer.clientStatus, 0);
    const { iat, exp, ...others } = answer.claims ?? {};
    assert.deepEqual(others, {
      ...{ iss: issuer.issuer, sub: 's-1', aud: 'app', token_use: 'id' },
      ...{ auth_time: String(now), 'cognito:groups': 'a,b' },
    });
    // As AWS writes them: Sun May 07 05:47:18 UTC 2017
    assert.equal(Date.parse(iat?.replace(/^\w+ (.*) UTC (\d+)$/, '$1 $2 UTC') ?? ''), now * 1000);
    assert.match(exp ?? '', /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
    assert.ok(!answer.log?.includes(token), 'the log shows the token');
  });

  test('401: an access token, as there is no method with scopes', async () => {
    const answer = await ask(id, { headers: { Authorization: issuer.token(claims({ token_use: 'access' })) } });
    assert.equal(answer.clientStatus, 401);
    assert.equal(answer.claims, undefined);
    assert.deepEqual(linesOf(answer.log).slice(-2), ['Unauthorized request: ID', 'Unauthorized']);
  });
});

describe('what cannot be tested', () => {
  test('404: an authorizer that is not there', async () => {
    await assert.rejects(ask('nobody', {}), NotFoundException);
  });

  for (const [desc, input] of [
    ['a path no request could have', { pathWithQueryString: '/a/../b' }],
    ['a path with a space', { pathWithQueryString: '/a b' }],
    ['a header no request could have', { headers: { 'A:': 'b' } }],
  ] as const) {
    test(`400: ${desc}`, async () => {
      const id = await authorizer(desc, {});
      await assert.rejects(ask(id, input), BadRequestException);
    });
  }
});
