// As whom the integrations and authorizers of HTTP and WebSocket APIs call: a role that is known here, or whoever signed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateRouteResponseCommand,
  CreateStageCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import WebSocket from 'ws';
import { hashBody } from '../../src/aws/sigv4-canonical-request.ts';
import { type SigningCredentials, signRequest } from '../../src/aws/sigv4-sign.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, hostOf } from './deployed-api.ts';
import { awsKeys, type FakeAws, startFakeAws } from './fake-aws.ts';
import { type RawResponse, rawRequest } from './raw-http.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
const CALLER = 'arn:aws:iam::*:user/*';
const source = `export const handler = async ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext) });`;
let server: StartedServer;
let clients: AwsClients;
let aws: FakeAws;
let anna: SigningCredentials;
let bert: SigningCredentials;

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const invocationUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: string, Resource: string) => policy({ Effect: 'Allow', Action, Resource });
const trust = (Service: string) => policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' });

before(async () => {
  aws = await startFakeAws();
  const options = { dataDirectory: data.folder, arguments: ['--aws-endpoint', aws.url], environment: awsKeys };
  server = await startServer({ auth: 'required', ...options });
  clients = awsClients(server, administratorKey(data.folder));
  for (const name of ['of-role', 'of-nobody', 'of-caller']) await createFunction(clients, name, source);
  [anna, bert] = [await makeUser('anna'), await makeUser('bert')];
  // API Gateway itself may: that is not what is asked about callers and roles.
  await gatewayMay('of-caller');
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  await aws?.close();
  data.remove();
});

/** May call every API, and nothing more. */
async function makeUser(UserName: string): Promise<SigningCredentials> {
  await clients.iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
  const PolicyDocument = allow('execute-api:Invoke', `arn:aws:execute-api:us-east-1:${account}:*`);
  await clients.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'api', PolicyDocument }));
  const key = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  aws.keys.set(key.accessKeyId, key);
  return key;
}

/** Temporary credentials of a user. */
async function sessionOf(user: SigningCredentials): Promise<SigningCredentials> {
  const own = awsClients(server, user);
  const { Credentials } = await own.sts.send(new GetSessionTokenCommand({}));
  own.destroy();
  const temporary = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  aws.keys.set(temporary.accessKeyId, temporary);
  return temporary;
}

const gatewayMay = (FunctionName: string) =>
  clients.lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName, StatementId: 'api', Action: 'lambda:InvokeFunction' },
      Principal: 'apigateway.amazonaws.com',
    }),
  );

const userMay = (UserName: string, name: string) =>
  clients.iam.send(
    new PutUserPolicyCommand({
      ...{ UserName, PolicyName: 'invoke' },
      PolicyDocument: allow('lambda:InvokeFunction', functionArn(name)),
    }),
  );

async function makeApi(ProtocolType: 'HTTP' | 'WEBSOCKET'): Promise<string> {
  const expression = ProtocolType === 'HTTP' ? {} : { RouteSelectionExpression: '$request.body.action' };
  const { ApiId = '' } = await clients.apis.send(new CreateApiCommand({ Name: ProtocolType, ProtocolType, ...expression }));
  return ApiId;
}

async function makeRoute(
  ApiId: string,
  route: Omit<CreateRouteCommandInput, 'ApiId'>,
  integration: Omit<CreateIntegrationCommandInput, 'ApiId'>,
): Promise<string> {
  const { IntegrationId = '' } = await clients.apis.send(new CreateIntegrationCommand({ ApiId, ...integration }));
  const made = await clients.apis.send(new CreateRouteCommand({ ApiId, Target: `integrations/${IntegrationId}`, ...route }));
  if (integration.IntegrationType === 'AWS' || integration.IntegrationType === 'MOCK') {
    const response = { ApiId, IntegrationId, IntegrationResponseKey: '$default' };
    await clients.apis.send(new CreateIntegrationResponseCommand(response));
  }
  if (route.RouteResponseSelectionExpression !== undefined) {
    await clients.apis.send(new CreateRouteResponseCommand({ ApiId, RouteId: made.RouteId, RouteResponseKey: '$default' }));
  }
  return IntegrationId;
}

function signed(path: string, host: string, method: string, body: string, by: SigningCredentials): [string, string][] {
  const request = { method, path, query: '', rawHeaders: ['Host', host], bodyHash: hashBody(Buffer.from(body)) };
  return signRequest(request, by, { region: 'us-east-1', service: 'execute-api', now: Date.now() });
}

describe('an HTTP API', () => {
  let apiId = '';

  before(async () => {
    apiId = await makeApi('HTTP');
    await clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }));
  });

  const payload2 = { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' } as const;
  const lambda = (name: string, CredentialsArn: string) =>
    ({ ...payload2, IntegrationUri: functionArn(name), CredentialsArn }) as const;

  async function post(path: string, by?: SigningCredentials): Promise<RawResponse> {
    const host = hostOf(apiId);
    const headers = by === undefined ? [] : signed(path, host, 'POST', '{}', by);
    return rawRequest(server.port, { method: 'POST', target: path, host, headers, body: '{}' });
  }

  test('the role of an integration decides about the function when it is known here', async () => {
    const RoleName = 'gateway';
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }));
    await makeRoute(apiId, { RouteKey: 'POST /role' }, lambda('of-role', roleArn(RoleName)));
    const statusAfter = async (step: () => Promise<unknown>) => {
      await step();
      return (await post('/role')).status;
    };
    const mayInvoke = { RoleName, PolicyName: 'invoke', PolicyDocument: allow('lambda:InvokeFunction', functionArn('of-role')) };
    const allowed = () => clients.iam.send(new PutRolePolicyCommand(mayInvoke));
    assert.equal(await statusAfter(allowed), 500, 'API Gateway is not trusted');
    const trusting = { RoleName, PolicyDocument: trust('apigateway.amazonaws.com') };
    assert.equal(await statusAfter(() => clients.iam.send(new UpdateAssumeRolePolicyCommand(trusting))), 200);
    const nothing = { ...mayInvoke, PolicyDocument: allow('lambda:InvokeFunction', functionArn('another')) };
    assert.equal(await statusAfter(() => clients.iam.send(new PutRolePolicyCommand(nothing))), 500);
    assert.equal(await statusAfter(() => gatewayMay('of-role')), 500, 'the function has no say about API Gateway');
    assert.equal(await statusAfter(allowed), 200);
  });

  test('a role that is not known here leaves it to the function', async () => {
    await makeRoute(apiId, { RouteKey: 'POST /elsewhere' }, lambda('of-nobody', roleArn('elsewhere')));
    assert.equal((await post('/elsewhere')).status, 500);
    await gatewayMay('of-nobody');
    assert.equal((await post('/elsewhere')).status, 200);
  });

  test("the caller's credentials: its own policies decide about the function, and the event shows who it is", async () => {
    const RouteKey = 'POST /caller';
    const route = { RouteKey, AuthorizationType: 'AWS_IAM' } as const;
    const IntegrationId = await makeRoute(apiId, route, lambda('of-caller', CALLER));
    assert.equal((await post('/caller', anna)).status, 500);
    await userMay('anna', 'of-caller');
    const answer = await post('/caller', anna);
    assert.equal(answer.status, 200, answer.text());
    const { authorizer } = answer.json() as { authorizer: { iam: { userArn: string } } };
    assert.equal(authorizer.iam.userArn, `arn:aws:iam::${account}:user/anna`);
    assert.equal((await post('/caller', bert)).status, 500);
    assert.equal((await post('/caller')).status, 403, 'who has not signed is not let in');
    await clients.apis.send(new UpdateIntegrationCommand({ ApiId: apiId, IntegrationId, CredentialsArn: '' }));
    assert.equal((await post('/caller', bert)).status, 200, 'API Gateway itself may');
  });

  test("the caller's credentials on a route that asks for no signature answer 500", async () => {
    await makeRoute(apiId, { RouteKey: 'POST /open' }, lambda('of-caller', CALLER));
    assert.equal((await post('/open')).status, 500);
    assert.equal((await post('/open', anna)).status, 500);
  });

  test('an AWS service gets calls that the caller signed, of temporary credentials too', async () => {
    const temporary = await sessionOf(bert);
    const RequestParameters = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs', MessageBody: '$request.body' };
    const queue = { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-SendMessage', PayloadFormatVersion: '1.0' } as const;
    await makeRoute(
      apiId,
      { RouteKey: 'POST /queue', AuthorizationType: 'AWS_IAM' },
      { ...queue, RequestParameters, CredentialsArn: CALLER },
    );
    await makeRoute(
      apiId,
      { RouteKey: 'POST /queue-of-role' },
      { ...queue, RequestParameters, CredentialsArn: roleArn('anybody') },
    );
    const from = aws.calls.length;
    for (const key of [anna, temporary]) assert.equal((await post('/queue', key)).status, 200);
    assert.equal((await post('/queue-of-role')).status, 200);
    const signers = aws.calls.slice(from).map(({ signer }) => signer);
    assert.deepEqual(signers, [anna.accessKeyId, temporary.accessKeyId, awsKeys.AWS_ACCESS_KEY_ID]);
  });

  test('an AWS service is not called for a role that is known here and does not trust API Gateway', async () => {
    const RoleName = 'queues';
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust('sqs.amazonaws.com') }));
    const RequestParameters = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs' };
    const purge = { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-PurgeQueue', PayloadFormatVersion: '1.0' } as const;
    await makeRoute(apiId, { RouteKey: 'POST /purge' }, { ...purge, RequestParameters, CredentialsArn: roleArn(RoleName) });
    const from = aws.calls.length;
    assert.equal((await post('/purge')).status, 500);
    assert.equal(aws.calls.length, from, 'nothing was called');
    const PolicyDocument = policy({
      ...{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
      Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:execute-api:us-east-1:${account}:${apiId}/*/POST/purge` } },
    });
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    assert.equal((await post('/purge')).status, 200);
    assert.equal(aws.calls.at(-1)?.signer, awsKeys.AWS_ACCESS_KEY_ID, 'signed with the keys of the environment');
  });

  test('an authorizer is called as its role', async () => {
    await createFunction(clients, 'guard', 'export const handler = async () => ({ isAuthorized: true });');
    const RoleName = 'guards';
    const AssumeRolePolicyDocument = trust('apigateway.amazonaws.com');
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const { AuthorizerId, ...authorizer } = await clients.apis.send(
      new CreateAuthorizerCommand({
        ...{ ApiId: apiId, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri('guard') },
        ...{ AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, IdentitySource: ['$context.requestTime'] },
        AuthorizerCredentialsArn: roleArn(RoleName),
      }),
    );
    assert.equal(authorizer.AuthorizerCredentialsArn, roleArn(RoleName));
    const route = { RouteKey: 'POST /guarded', AuthorizationType: 'CUSTOM', AuthorizerId } as const;
    await makeRoute(apiId, route, lambda('of-nobody', ''));
    assert.equal((await post('/guarded')).status, 500);
    const PolicyDocument = allow('lambda:InvokeFunction', functionArn('guard'));
    await clients.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'invoke', PolicyDocument }));
    assert.equal((await post('/guarded')).status, 200);
  });
});

describe('a WebSocket API', () => {
  let apiId = '';
  const twoWay = (RouteKey: string) => ({ RouteKey, RouteResponseSelectionExpression: '$default' });
  const lambda = (name: string, CredentialsArn: string) =>
    ({ IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(name), CredentialsArn }) as const;

  before(async () => {
    for (const name of ['socket', 'socket-of-caller']) await createFunction(clients, name, source);
    await gatewayMay('socket-of-caller');
    await clients.iam.send(
      new CreateRoleCommand({ RoleName: 'sockets', AssumeRolePolicyDocument: trust('apigateway.amazonaws.com') }),
    );
    apiId = await makeApi('WEBSOCKET');
    const $connect = { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' } as const;
    await makeRoute(apiId, $connect, { ...lambda('socket', roleArn('sockets')) });
    await makeRoute(apiId, twoWay('role'), lambda('socket', roleArn('sockets')));
    await makeRoute(apiId, twoWay('caller'), lambda('socket-of-caller', CALLER));
    await makeRoute(apiId, twoWay('queue'), {
      ...{ IntegrationType: 'AWS', IntegrationMethod: 'POST', CredentialsArn: CALLER },
      IntegrationUri: 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage',
    });
    const AssumeRolePolicyDocument = trust('sqs.amazonaws.com');
    await clients.iam.send(new CreateRoleCommand({ RoleName: 'untrusting', AssumeRolePolicyDocument }));
    await makeRoute(apiId, twoWay('untrusting'), {
      ...{ IntegrationType: 'AWS', IntegrationMethod: 'POST', CredentialsArn: roleArn('untrusting') },
      IntegrationUri: 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage',
    });
    const { DeploymentId } = await clients.apis.send(new CreateDeploymentCommand({ ApiId: apiId }));
    await clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: 'prod', DeploymentId }));
  });

  const roleMay = (name: string) =>
    clients.iam.send(
      new PutRolePolicyCommand({
        ...{ RoleName: 'sockets', PolicyName: 'invoke' },
        PolicyDocument: allow('lambda:InvokeFunction', functionArn(name)),
      }),
    );

  /** The open socket, or the status of the refusal. */
  async function join(by: SigningCredentials, id = apiId): Promise<WebSocket | number> {
    const host = `${id}.execute-api.us-east-1.amazonaws.com`;
    const headers = { Host: host, ...Object.fromEntries(signed('/prod', host, 'GET', '', by)) };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/prod`, { headers });
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.on('error', reject);
    });
  }

  async function joined(by: SigningCredentials): Promise<WebSocket> {
    const socket = await join(by);
    assert.ok(typeof socket === 'object', `refused with ${String(socket)}`);
    return socket;
  }

  async function ask(socket: WebSocket, action: string): Promise<Record<string, unknown> | string> {
    socket.send(JSON.stringify({ action }));
    const [bytes] = (await once(socket, 'message')) as [Buffer];
    const text = String(bytes);
    return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : text;
  }

  const refused = (answer: Record<string, unknown> | string) =>
    typeof answer === 'object' && answer['message'] === 'Internal server error';

  test('the role of $connect and of a message decides about the function', async () => {
    assert.equal(await join(anna), 500);
    await roleMay('socket');
    const socket = await joined(anna);
    assert.equal(((await ask(socket, 'role')) as Record<string, unknown>)['routeKey'], 'role');
    await roleMay('another');
    assert.ok(refused(await ask(socket, 'role')));
    await roleMay('socket');
    assert.ok(!refused(await ask(socket, 'role')));
    socket.close();
  });

  test('the signer of the handshake is whose policies decide, as they are now', async () => {
    const socket = await joined(anna);
    assert.ok(refused(await ask(socket, 'caller')));
    await userMay('anna', 'socket-of-caller');
    assert.equal(((await ask(socket, 'caller')) as Record<string, unknown>)['routeKey'], 'caller');
    const other = await joined(bert);
    assert.ok(refused(await ask(other, 'caller')));
    for (const each of [socket, other]) each.close();
  });

  test('an AWS service is not called for a role that does not trust API Gateway', async () => {
    const socket = await joined(anna);
    const from = aws.calls.length;
    assert.ok(refused(await ask(socket, 'untrusting')));
    assert.equal(aws.calls.length, from);
    const PolicyDocument = trust('apigateway.amazonaws.com');
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'untrusting', PolicyDocument }));
    assert.ok(!refused(await ask(socket, 'untrusting')));
    assert.equal(aws.calls.length, from + 1);
    socket.close();
  });

  test('an AWS service gets calls that the signer of the handshake signed, until its key is gone', async () => {
    const carl = await makeUser('carl');
    const temporary = await sessionOf(carl);
    const [socket, other] = [await joined(carl), await joined(temporary)];
    const from = aws.calls.length;
    for (const each of [socket, other]) assert.ok(!refused(await ask(each, 'queue')));
    const signers = aws.calls.slice(from).map(({ signer }) => signer);
    assert.deepEqual(signers, [carl.accessKeyId, temporary.accessKeyId]);
    await clients.iam.send(new DeleteAccessKeyCommand({ UserName: 'carl', AccessKeyId: carl.accessKeyId }));
    assert.ok(refused(await ask(socket, 'queue')));
    assert.equal(aws.calls.length, from + 2, 'nothing was called');
    for (const each of [socket, other]) each.close();
  });

  test('an authorizer is called as its role', async () => {
    const answer = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
    const text = `export const handler = async () => ({ principalId: 'p', policyDocument: ${answer} });`;
    await createFunction(clients, 'door', text);
    const ApiId = await makeApi('WEBSOCKET');
    const { AuthorizerId } = await clients.apis.send(
      new CreateAuthorizerCommand({
        ...{ ApiId, Name: 'door', AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri('door') },
        ...{ IdentitySource: [], AuthorizerCredentialsArn: roleArn('sockets') },
      }),
    );
    const $connect = { RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId } as const;
    await makeRoute(ApiId, $connect, { IntegrationType: 'MOCK', RequestTemplates: { $default: '{"statusCode":200}' } });
    const { DeploymentId } = await clients.apis.send(new CreateDeploymentCommand({ ApiId }));
    await clients.apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
    assert.equal(await join(anna, ApiId), 500);
    await roleMay('door');
    const socket = await join(anna, ApiId);
    assert.ok(typeof socket === 'object', String(socket));
    socket.close();
  });
});
