// As whom the integrations of a REST API call: the caller whose signature the request has, or a role that is known here.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  TestInvokeMethodCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { verifySignature } from '../../src/aws/sigv4.ts';
import { hashBody } from '../../src/aws/sigv4-canonical-request.ts';
import { signRequest } from '../../src/aws/sigv4-sign.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, echoSource, hostOf } from './deployed-api.ts';
import { awsKeys } from './fake-aws.ts';
import { type RawResponse, rawRequest } from './raw-http.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
const CALLER = 'arn:aws:iam::*:user/*';
let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
let rootId = '';
let service: Server;
/** Who signed each call of the service. */
const signers: string[] = [];
const secrets = new Map<string, string>();

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
let anna: Key;
let bert: Key;

const allow = (Action: string, Resource: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const invocationUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;

before(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      const [path = '', query = ''] = url.split('?');
      const found = verifySignature(
        { method, path, query, rawHeaders, bodyHash: hashBody(Buffer.concat(chunks)) },
        {
          now: Date.now(),
          clockSkewMs: 300_000,
          credentials: (id) => (secrets.has(id) ? { secretAccessKey: secrets.get(id) as string } : undefined),
        },
      );
      signers.push(found.verified ? found.scope.accessKeyId : found.message);
      response.setHeader('content-type', 'application/json');
      response.end('{"taken":true}');
    });
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  server = await startServer({
    auth: 'required',
    dataDirectory: data.folder,
    arguments: ['--aws-endpoint', endpoint],
    environment: awsKeys,
  });
  clients = awsClients(server, administratorKey(data.folder));
  const created = await clients.restApis.send(new CreateRestApiCommand({ name: 'credentials' }));
  restApiId = created.id ?? '';
  rootId = created.rootResourceId ?? '';
  await createFunction(clients, 'echo', echoSource);
  anna = await makeUser('anna');
  bert = await makeUser('bert');
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  service?.close();
  data.remove();
});

/** May call the API, and nothing more. */
async function makeUser(UserName: string): Promise<Key> {
  await clients.iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
  const PolicyDocument = allow('execute-api:Invoke', `arn:aws:execute-api:us-east-1:${account}:${restApiId}/*`);
  await clients.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'api', PolicyDocument }));
  const key = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  secrets.set(key.accessKeyId, key.secretAccessKey);
  return key;
}

async function method(
  pathPart: string,
  authorizationType: 'AWS_IAM' | 'NONE',
  integration: Omit<PutIntegrationCommandInput, 'restApiId' | 'resourceId' | 'httpMethod'>,
): Promise<string> {
  const { restApis } = clients;
  const { id: resourceId = '' } = await restApis.send(new CreateResourceCommand({ restApiId, parentId: rootId, pathPart }));
  const at = { restApiId, resourceId, httpMethod: 'POST' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType }));
  await restApis.send(new PutIntegrationCommand({ ...at, integrationHttpMethod: 'POST', ...integration }));
  if (integration.type === 'AWS') {
    await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
    await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200' }));
  }
  return resourceId;
}

const deploy = () => clients.restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));

async function post(path: string, by?: Key): Promise<RawResponse> {
  const host = hostOf(restApiId);
  const target = `/prod/${path}`;
  const own = ['Host', host, 'Content-Type', 'application/json'];
  const bodyHash = createHash('sha256').update('{}').digest('hex');
  const scope = { region: 'us-east-1', service: 'execute-api', now: Date.now() };
  const added =
    by === undefined ? [] : signRequest({ method: 'POST', path: target, query: '', rawHeaders: own, bodyHash }, by, scope);
  const headers: [string, string][] = [['Content-Type', 'application/json'], ...added];
  return rawRequest(server.port, { method: 'POST', target, host, headers, body: '{}' });
}

describe("the caller's credentials, passed on", () => {
  test('a function runs for callers whose own policies allow it, whatever it says about API Gateway', async () => {
    const proxy = await method('function', 'AWS_IAM', { type: 'AWS_PROXY', uri: invocationUri('echo'), credentials: CALLER });
    await method('event', 'AWS_IAM', { type: 'AWS', uri: invocationUri('echo'), credentials: CALLER });
    await method('open', 'NONE', { type: 'AWS_PROXY', uri: invocationUri('echo'), credentials: CALLER });
    await deploy();
    // API Gateway itself may: that is not what is asked.
    const permission = { FunctionName: 'echo', StatementId: 'api', Action: 'lambda:InvokeFunction' };
    await clients.lambda.send(new AddPermissionCommand({ ...permission, Principal: 'apigateway.amazonaws.com' }));
    assert.deepEqual([(await post('function', anna)).status, (await post('event', anna)).status], [500, 500]);
    const mayInvoke = { PolicyName: 'invoke', PolicyDocument: allow('lambda:InvokeFunction', functionArn('echo')) };
    await clients.iam.send(new PutUserPolicyCommand({ UserName: 'anna', ...mayInvoke }));
    const answer = await post('function', anna);
    assert.equal(answer.status, 200, answer.text());
    const event = answer.json() as { requestContext: { identity: { userArn: string } } };
    assert.equal(event.requestContext.identity.userArn, `arn:aws:iam::${account}:user/anna`);
    assert.equal((await post('event', anna)).status, 200);
    assert.equal((await post('function', bert)).status, 500);
    assert.equal((await post('function')).status, 403, 'who has not signed is not let in');

    // Of a test the tester is the caller, here the account itself.
    const tested = await clients.restApis.send(new TestInvokeMethodCommand({ restApiId, resourceId: proxy, httpMethod: 'POST' }));
    assert.equal(tested.status, 200);
    assert.match(tested.body ?? '', new RegExp(`"userArn":"arn:aws:iam::${account}:root"`));
  });

  test('a method that does not ask for a signature answers 500', async () => {
    assert.equal((await post('open')).status, 500);
  });

  test('an AWS service gets calls that the caller signed', async () => {
    const uri = 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage';
    await method('queue', 'AWS_IAM', { type: 'AWS', uri, credentials: CALLER });
    await deploy();
    for (const key of [anna, bert]) assert.equal((await post('queue', key)).status, 200);
    assert.deepEqual(signers, [anna.accessKeyId, bert.accessKeyId]);
  });

  test('400: no deployment together with a resource policy', async () => {
    const value = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
    });
    const patch = (to: string) =>
      clients.restApis.send(
        new UpdateRestApiCommand({ restApiId, patchOperations: [{ op: 'replace', path: '/policy', value: to }] }),
      );
    await patch(value);
    await assert.rejects(
      deploy(),
      (error: Error) =>
        error instanceof BadRequestException &&
        error.message === 'Caller provided credentials not allowed when resource policy is set',
    );
    await patch('');
    await deploy();
  });
});

describe('a role as credentials', () => {
  const trust = (Service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
    });
  const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

  test('its policies decide about the function when the role is known here', async () => {
    await createFunction(clients, 'of-role', echoSource);
    const RoleName = 'gateway';
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }));
    const uri = invocationUri('of-role');
    await method('role', 'NONE', { type: 'AWS_PROXY', uri, credentials: roleArn(RoleName) });
    await deploy();
    const statusAfter = async (step: () => Promise<unknown>) => {
      await step();
      return (await post('role')).status;
    };
    const mayInvoke = { RoleName, PolicyName: 'invoke', PolicyDocument: allow('lambda:InvokeFunction', functionArn('of-role')) };
    assert.equal(
      await statusAfter(() => clients.iam.send(new PutRolePolicyCommand(mayInvoke))),
      500,
      'API Gateway is not trusted',
    );
    const PolicyDocument = trust('apigateway.amazonaws.com');
    const trusting = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument });
    assert.equal(await statusAfter(() => clients.iam.send(trusting)), 200);
    const nothing = { ...mayInvoke, PolicyDocument: allow('lambda:InvokeFunction', functionArn('another')) };
    assert.equal(await statusAfter(() => clients.iam.send(new PutRolePolicyCommand(nothing))), 500);
    // The role is asked, not the function's word for API Gateway.
    const permission = { FunctionName: 'of-role', StatementId: 'api', Action: 'lambda:InvokeFunction' };
    const gateway = new AddPermissionCommand({ ...permission, Principal: 'apigateway.amazonaws.com' });
    assert.equal(await statusAfter(() => clients.lambda.send(gateway)), 500);
    const toRole = new AddPermissionCommand({ ...permission, StatementId: 'role', Principal: roleArn(RoleName) });
    assert.equal(await statusAfter(() => clients.lambda.send(toRole)), 200);
  });

  test('an AWS service is not called for a role that is known here and does not trust API Gateway', async () => {
    const RoleName = 'queues';
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust('sqs.amazonaws.com') }));
    const uri = 'arn:aws:apigateway:us-east-1:sqs:action/PurgeQueue';
    await method('purge', 'NONE', { type: 'AWS', uri, credentials: roleArn(RoleName) });
    await deploy();
    const from = signers.length;
    assert.equal((await post('purge')).status, 500);
    assert.equal(signers.length, from, 'nothing was called');
    const PolicyDocument = trust('apigateway.amazonaws.com');
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    assert.equal((await post('purge')).status, 200);
    assert.equal(signers.length, from + 1);
  });

  test('a role that is not known here leaves it to the function', async () => {
    await createFunction(clients, 'of-nobody', echoSource);
    const credentials = roleArn('elsewhere');
    await method('elsewhere', 'NONE', { type: 'AWS_PROXY', uri: invocationUri('of-nobody'), credentials });
    await deploy();
    assert.equal((await post('elsewhere')).status, 500);
    const permission = { FunctionName: 'of-nobody', StatementId: 'api', Action: 'lambda:InvokeFunction' };
    await clients.lambda.send(new AddPermissionCommand({ ...permission, Principal: 'apigateway.amazonaws.com' }));
    assert.equal((await post('elsewhere')).status, 200);
  });

  test('an authorizer is invoked as its role, too', async () => {
    const guard = `export const handler = async () => ({ principalId: 'p',
      policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } });`;
    await createFunction(clients, 'guard', guard);
    const RoleName = 'guards';
    const AssumeRolePolicyDocument = trust('apigateway.amazonaws.com');
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const { id: authorizerId } = await clients.restApis.send(
      new CreateAuthorizerCommand({
        ...{ restApiId, name: 'guard', type: 'TOKEN', authorizerUri: invocationUri('guard') },
        ...{ authorizerCredentials: roleArn(RoleName), identitySource: 'method.request.header.Content-Type' },
        authorizerResultTtlInSeconds: 0,
      }),
    );
    const { id: resourceId = '' } = await clients.restApis.send(
      new CreateResourceCommand({ restApiId, parentId: rootId, pathPart: 'guarded' }),
    );
    const at = { restApiId, resourceId, httpMethod: 'POST' };
    await clients.restApis.send(new PutMethodCommand({ ...at, authorizationType: 'CUSTOM', authorizerId }));
    const integration = { type: 'AWS_PROXY' as const, integrationHttpMethod: 'POST', uri: invocationUri('of-nobody') };
    await clients.restApis.send(new PutIntegrationCommand({ ...at, ...integration }));
    await deploy();
    assert.equal((await post('guarded')).status, 500);
    const PolicyDocument = allow('lambda:InvokeFunction', functionArn('guard'));
    await clients.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'invoke', PolicyDocument }));
    assert.equal((await post('guarded')).status, 200);
  });
});
