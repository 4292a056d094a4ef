// As whom functions call Stagegate when keys are asked for: as their execution role.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteFunctionCommand,
  InvokeCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, activeFunction, createFunction } from './deployed-api.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
const source = `export const handler = async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  sessionToken: process.env.AWS_SESSION_TOKEN,
});`;
const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
const trust = (Service: string, Condition: object = {}) =>
  document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', Condition });
let server: StartedServer;
let clients: AwsClients;

before(async () => {
  server = await startServer({ auth: 'required', dataDirectory: data.folder });
  clients = awsClients(server, administratorKey(data.folder));
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the function finds in its environment. */
async function keysOf(FunctionName: string): Promise<Keys> {
  const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName }));
  return JSON.parse(Buffer.from(Payload ?? []).toString()) as Keys;
}

/** A change of its configuration starts new environments. */
async function touch(FunctionName: string): Promise<void> {
  await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: String(Math.random()) }));
  await activeFunction(clients, FunctionName);
}

test('a function calls as its role, may what the role may, and nothing when the role is gone', async (t) => {
  const { iam } = clients;
  await t.test('no such role: keys that open nothing, and a notice', async () => {
    await createFunction(clients, 'f', source);
    const keys = await keysOf('f');
    assert.deepEqual(keys, { accessKeyId: 'test', secretAccessKey: 'test' });
    const own = awsClients(server, keys);
    await assert.rejects(own.sts.send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
    own.destroy();
    assert.match(server.output(), /The function f runs as arn:aws:iam::000000000000:role\/test, which is not here/);
  });

  await t.test('a role that trusts somebody else', async () => {
    await iam.send(new CreateRoleCommand({ RoleName: 'test', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }));
    await touch('f');
    assert.equal((await keysOf('f')).accessKeyId, 'test');
  });

  await t.test('a role that trusts Lambda for this function', async () => {
    const condition = { ArnLike: { 'aws:SourceArn': `arn:aws:lambda:us-east-1:${account}:function:f` } };
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'test', PolicyDocument: trust('lambda.amazonaws.com', condition) }),
    );
    const PolicyDocument = document({ Effect: 'Allow', Action: 'lambda:ListFunctions', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'test', PolicyName: 'p', PolicyDocument }));
    await touch('f');
    const keys = await keysOf('f');
    assert.match(keys.accessKeyId, /^ASIA/);
    const own = awsClients(server, keys);
    const { Arn } = await own.sts.send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/test/f`);
    assert.equal((await own.lambda.send(new ListFunctionsCommand({}))).Functions?.length, 1);
    await assert.rejects(own.lambda.send(new DeleteFunctionCommand({ FunctionName: 'f' })), {
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${account}:assumed-role/test/f is not authorized to perform: lambda:DeleteFunction on resource: arn:aws:lambda:us-east-1:${account}:function:f because no identity-based policy allows the lambda:DeleteFunction action`,
    });
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'test', PolicyName: 'p' }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'test' }));
    await assert.rejects(own.lambda.send(new ListFunctionsCommand({})), { name: 'UnrecognizedClientException' });
    own.destroy();
  });
});
