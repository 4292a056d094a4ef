// Users of IAM against `--auth required`, with the AWS SDK: what a policy allows works, everything else is refused by name.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BadRequestException, CreateRestApiCommand, ImportRestApiCommand, PutRestApiCommand } from '@aws-sdk/client-api-gateway';
import {
  CreateApiCommand,
  CreateIntegrationCommand,
  DeleteApiCommand,
  ExportApiCommand,
  GetApiCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  ImportApiCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, echoSource } from './deployed-api.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';
import { zipFile } from './zip-file.ts';

const data = temporaryFolder();
const account = '000000000000';
const functions = `arn:aws:lambda:us-east-1:${account}:function`;
let server: StartedServer;
let administrator: AwsClients;
const opened: AwsClients[] = [];

before(async () => {
  server = await startServer({ auth: 'required', dataDirectory: data.folder });
  administrator = awsClients(server, administratorKey(data.folder));
});

after(async () => {
  for (const clients of [...opened, administrator]) clients?.destroy();
  await server?.stop();
  data.remove();
});

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** A user with a key and an inline policy; the clients use the key. */
async function makeUser(name: string, document?: string): Promise<{ clients: AwsClients; accessKeyId: string }> {
  await administrator.iam.send(new CreateUserCommand({ UserName: name, Path: '/team/' }));
  if (document !== undefined) await putPolicy(name, document);
  const { AccessKey: key } = await administrator.iam.send(new CreateAccessKeyCommand({ UserName: name }));
  assert.match(key?.AccessKeyId ?? '', /^AKIA[A-Z2-7]{16}$/);
  assert.equal(key?.SecretAccessKey?.length, 40);
  const clients = awsClients(server, { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' });
  opened.push(clients);
  return { clients, accessKeyId: key?.AccessKeyId ?? '' };
}

async function putPolicy(name: string, document: string): Promise<void> {
  await administrator.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'inline', PolicyDocument: document }));
}

async function denied(call: Promise<unknown>, message: RegExp, status = 403): Promise<void> {
  await assert.rejects(call, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.match(error.name, /^AccessDenied(Exception)?$/, error.message);
    assert.match(error.message, message);
    assert.equal(error.$metadata?.httpStatusCode, status);
    return true;
  });
}

describe('a user of IAM', () => {
  test('without a policy may ask who it is, and nothing else', async () => {
    const { clients } = await makeUser('nobody');
    const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, `arn:aws:iam::${account}:user/team/nobody`);
    assert.match(identity.UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
    assert.equal(identity.Account, account);
    const because = /because no identity-based policy allows the .* action$/;
    await denied(clients.lambda.send(new ListFunctionsCommand({})), because);
    await denied(clients.apis.send(new GetApisCommand({})), /apigateway:GET on resource: arn:aws:apigateway:us-east-1::\/apis /);
    await denied(clients.iam.send(new ListUsersCommand({})), because);
    await denied(
      clients.iam.send(new CreateUserCommand({ UserName: 'friend' })),
      /iam:CreateUser on resource: arn:aws:iam::\d+:user\/friend/,
    );
    await denied(clients.iam.send(new CreateAccessKeyCommand({})), /user\/team\/nobody because/);
    const { Users: users } = await administrator.iam.send(new ListUsersCommand({}));
    assert.ok(!users?.some(({ UserName }) => UserName === 'friend'), 'nothing was made');
  });

  test('does what is allowed on what is named', async () => {
    const made = await createFunction(administrator, 'allowed', echoSource);
    await createFunction(administrator, 'other', echoSource);
    const { clients } = await makeUser(
      'caller',
      policy(
        { Effect: 'Allow', Action: ['lambda:InvokeFunction', 'lambda:Get*'], Resource: `${functions}:allowed` },
        { Effect: 'Allow', Action: 'lambda:*', Resource: `${functions}:other` },
        { Effect: 'Deny', Action: 'lambda:InvokeFunction', Resource: `${functions}:other` },
      ),
    );
    assert.equal((await clients.lambda.send(new InvokeCommand({ FunctionName: 'allowed', Payload: '{}' }))).StatusCode, 200);
    assert.equal(
      (await clients.lambda.send(new InvokeCommand({ FunctionName: made.FunctionArn, Payload: '{}' }))).StatusCode,
      200,
    );
    await clients.lambda.send(new GetFunctionCommand({ FunctionName: 'other' }));
    for (const name of ['other', `${functions}:other`, `${account}:function:other`, 'function:other', `${account}:other`]) {
      await denied(clients.lambda.send(new InvokeCommand({ FunctionName: name })), /explicit deny|no identity-based policy/);
    }
  });

  test('passes a role only when it may', async () => {
    const create = { Effect: 'Allow', Action: 'lambda:CreateFunction', Resource: '*' } as const;
    const { clients } = await makeUser('deployer', policy(create));
    const Role = `arn:aws:iam::${account}:role/lambda`;
    const input = {
      FunctionName: 'deployed',
      Runtime: 'nodejs22.x' as const,
      Handler: 'index.handler',
      Role,
      Code: { ZipFile: zipFile({ 'index.js': echoSource }) },
    };
    await denied(
      clients.lambda.send(new CreateFunctionCommand(input)),
      /iam:PassRole on resource: arn:aws:iam::\d+:role\/lambda/,
    );
    const pass = {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: Role,
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    } as const;
    await putPolicy('deployer', policy(create, pass));
    await clients.lambda.send(new CreateFunctionCommand(input));
  });

  test('gives tags to what it makes only when it may', async () => {
    const gateway = 'arn:aws:apigateway:us-east-1::';
    const own: readonly Statement[] = [
      { Effect: 'Allow', Action: 'apigateway:POST', Resource: [`${gateway}/restapis`, `${gateway}/apis`] },
      { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' },
    ];
    const { clients } = await makeUser('tagger', policy(...own));
    const tags = { team: 'north' };
    const restApi = () => clients.restApis.send(new CreateRestApiCommand({ name: 'tagged', tags }));
    const httpApi = (Tags: Record<string, string>) =>
      clients.apis.send(new CreateApiCommand({ Name: 'tagged', ProtocolType: 'HTTP', Tags }));
    const logGroup = () => clients.logs.send(new CreateLogGroupCommand({ logGroupName: 'tagged', tags }));
    const tagged = 'arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F*';
    await denied(restApi(), new RegExp(`apigateway:PUT on resource: ${gateway}/tags/${tagged.replace('*', '\\*')} because`));
    await denied(httpApi(tags), /apigateway:TagResource on resource: arn:aws:apigateway:us-east-1::\/apis because/);
    await denied(logGroup(), /logs:TagResource on resource/, 400);
    await clients.restApis.send(new CreateRestApiCommand({ name: 'untagged' }));
    await clients.apis.send(new CreateApiCommand({ Name: 'untagged', ProtocolType: 'HTTP' }));

    const isNorth = {
      StringEquals: { 'aws:RequestTag/team': 'north' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
    };
    await putPolicy(
      'tagger',
      policy(
        ...own,
        { Effect: 'Allow', Action: 'apigateway:PUT', Resource: `${gateway}/tags/${tagged}` },
        { Effect: 'Allow', Action: 'apigateway:TagResource', Resource: `${gateway}/apis`, Condition: isNorth },
        { Effect: 'Allow', Action: 'logs:TagLogGroup', Resource: '*' },
      ),
    );
    assert.deepEqual((await restApi()).tags, tags);
    assert.deepEqual((await httpApi(tags)).Tags, tags);
    await logGroup();
    await denied(httpApi({ team: 'south' }), /apigateway:TagResource/);
    await denied(httpApi({ team: 'north', cost: '1' }), /apigateway:TagResource/);
  });

  test('imports documents with roles that it may pass', async () => {
    const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
    const uri =
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations';
    const documentOf = (credentials: string, authorizerCredentials: string) =>
      JSON.stringify({
        openapi: '3.0.1',
        info: { title: 'imported', version: '1' },
        components: {
          securitySchemes: {
            guard: {
              ...{ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'custom' },
              'x-amazon-apigateway-authorizer': {
                ...{ type: 'request', identitySource: '$request.header.Authorization', authorizerPayloadFormatVersion: '2.0' },
                ...{ authorizerUri: uri, authorizerCredentials },
              },
            },
          },
        },
        paths: {
          '/a': {
            get: {
              ...{ responses: {}, security: [{ guard: [] }] },
              'x-amazon-apigateway-integration': {
                ...{ type: 'aws_proxy', httpMethod: 'POST', uri, payloadFormatVersion: '2.0', credentials },
              },
            },
          },
        },
      });
    const restDocument = (...roles: [string, string]) =>
      new TextEncoder().encode(documentOf(...roles).replace('$request.header', 'method.request.header'));
    const gateway = 'arn:aws:apigateway:us-east-1::';
    const { clients } = await makeUser(
      'importer',
      policy(
        { Effect: 'Allow', Action: 'apigateway:*', Resource: `${gateway}/*` },
        {
          ...{ Effect: 'Allow', Action: 'iam:PassRole', Resource: role('mine') },
          Condition: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
        },
      ),
    );
    const mine = role('mine');
    const { ApiId = '' } = await clients.apis.send(new ImportApiCommand({ Body: documentOf(mine, mine) }));
    const { id: restApiId = '' } = await clients.restApis.send(new ImportRestApiCommand({ body: restDocument(mine, mine) }));
    // A caller's own credentials are nobody's role.
    await clients.apis.send(new ImportApiCommand({ Body: documentOf('arn:aws:iam::*:user/*', mine) }));
    for (const roles of [
      [role('theirs'), mine],
      [mine, role('theirs')],
    ] as const) {
      const refused = /iam:PassRole on resource: arn:aws:iam::\d+:role\/theirs because/;
      await denied(clients.apis.send(new ImportApiCommand({ Body: documentOf(...roles) })), refused);
      await denied(clients.apis.send(new ReimportApiCommand({ ApiId, Body: documentOf(...roles) })), refused);
      // All that is wrong with a document of a REST API is told at once.
      const isRefused = (error: Error) => error instanceof BadRequestException && refused.test(error.message);
      const body = restDocument(...roles);
      await assert.rejects(clients.restApis.send(new ImportRestApiCommand({ body })), isRefused);
      await assert.rejects(clients.restApis.send(new PutRestApiCommand({ restApiId, mode: 'overwrite', body })), isRefused);
    }
    const { Items = [] } = await clients.apis.send(new GetIntegrationsCommand({ ApiId }));
    assert.deepEqual(
      Items.map(({ CredentialsArn }) => CredentialsArn),
      [mine],
    );
    const exported = await clients.apis.send(new ExportApiCommand({ ApiId, Specification: 'OAS30', OutputType: 'JSON' }));
    const text = new TextDecoder().decode(exported.body);
    assert.match(text, new RegExp(`"authorizerCredentials":\\s*"${mine}"`));
    assert.match(text, new RegExp(`"credentials":\\s*"${mine}"`));
    // The administrator passes any.
    await administrator.apis.send(new ImportApiCommand({ Body: documentOf(role('theirs'), role('theirs')) }));
  });

  test('works on the APIs that its policy names', async () => {
    const { ApiId: own } = await administrator.apis.send(new CreateApiCommand({ Name: 'own', ProtocolType: 'HTTP' }));
    const { ApiId: foreign } = await administrator.apis.send(new CreateApiCommand({ Name: 'foreign', ProtocolType: 'HTTP' }));
    const { clients } = await makeUser(
      'api-owner',
      policy({
        Effect: 'Allow',
        Action: ['apigateway:GET', 'apigateway:POST'],
        Resource: [`arn:aws:apigateway:us-east-1::/apis/${own}`, `arn:aws:apigateway:us-east-1::/apis/${own}/*`],
      }),
    );
    await clients.apis.send(new GetApiCommand({ ApiId: own }));
    const integration = {
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'GET',
      IntegrationUri: 'http://127.0.0.1:9/',
      PayloadFormatVersion: '1.0',
    } as const;
    await clients.apis.send(new CreateIntegrationCommand({ ApiId: own, ...integration }));
    await denied(clients.apis.send(new GetApiCommand({ ApiId: foreign })), /apigateway:GET/);
    await denied(clients.apis.send(new DeleteApiCommand({ ApiId: own })), /apigateway:DELETE/);
    await denied(clients.apis.send(new GetApisCommand({})), /apigateway:GET/);
  });

  test('manages its own keys with a policy variable', async () => {
    const own = `arn:aws:iam::${account}:user/team/\${aws:username}`;
    const { clients } = await makeUser(
      'self',
      policy({ Effect: 'Allow', Action: ['iam:*AccessKey*', 'iam:GetUser'], Resource: own }),
    );
    assert.equal((await clients.iam.send(new GetUserCommand({}))).User?.UserName, 'self');
    const { AccessKey: second } = await clients.iam.send(new CreateAccessKeyCommand({}));
    await clients.iam.send(new DeleteAccessKeyCommand({ AccessKeyId: second?.AccessKeyId ?? '' }));
    await denied(clients.iam.send(new CreateAccessKeyCommand({ UserName: 'caller' })), /iam:CreateAccessKey/);
  });

  test('an attached policy counts, its new default version at once, and detaching takes it away', async () => {
    const { clients } = await makeUser('attached');
    const list = () => clients.lambda.send(new ListFunctionsCommand({}));
    const { Policy: made } = await administrator.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'lists',
        PolicyDocument: policy({ Effect: 'Allow', Action: 'lambda:List*', Resource: '*' }),
      }),
    );
    const PolicyArn = made?.Arn ?? '';
    await administrator.iam.send(new AttachUserPolicyCommand({ UserName: 'attached', PolicyArn }));
    await list();
    const nothing = policy({ Effect: 'Deny', Action: 'lambda:*', Resource: '*' });
    await administrator.iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: nothing, SetAsDefault: true }));
    await denied(list(), /with an explicit deny in an identity-based policy$/);
    await administrator.iam.send(new DetachUserPolicyCommand({ UserName: 'attached', PolicyArn }));
    await denied(list(), /no identity-based policy/);
    const managed = 'arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess';
    await administrator.iam.send(new AttachUserPolicyCommand({ UserName: 'attached', PolicyArn: managed }));
    await list();
    await denied(clients.lambda.send(new InvokeCommand({ FunctionName: 'allowed' })), /lambda:InvokeFunction/);
  });

  test('conditions are asked about the request', async () => {
    const { clients } = await makeUser(
      'somewhere',
      policy({
        Effect: 'Allow',
        Action: 'lambda:ListFunctions',
        Resource: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' }, StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      }),
    );
    await clients.lambda.send(new ListFunctionsCommand({}));
    await putPolicy(
      'somewhere',
      policy({
        Effect: 'Allow',
        Action: 'lambda:ListFunctions',
        Resource: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      }),
    );
    await denied(clients.lambda.send(new ListFunctionsCommand({})), /lambda:ListFunctions/);
  });
});

describe('temporary credentials', () => {
  test('a role that is assumed does what it may, with its token only', async () => {
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
    });
    const { Role: role } = await administrator.iam.send(
      new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust }),
    );
    const PolicyDocument = policy({ Effect: 'Allow', Action: 'lambda:ListFunctions', Resource: '*' });
    await administrator.iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument }));
    const { clients } = await makeUser(
      'assumer',
      policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role?.Arn ?? '' }),
    );
    await denied(clients.lambda.send(new ListFunctionsCommand({})), /user\/team\/assumer/);
    const made = await clients.sts.send(new AssumeRoleCommand({ RoleArn: role?.Arn, RoleSessionName: 'job' }));
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken: sessionToken = '',
    } = made.Credentials ?? {};
    const session = awsClients(server, { accessKeyId, secretAccessKey, sessionToken });
    const tokenless = awsClients(server, { accessKeyId, secretAccessKey });
    opened.push(session, tokenless);
    await session.lambda.send(new ListFunctionsCommand({}));
    const identity = await session.sts.send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, `arn:aws:sts::${account}:assumed-role/reader/job`);
    await denied(session.apis.send(new GetApisCommand({})), /assumed-role\/reader\/job is not authorized/);
    await assert.rejects(tokenless.sts.send(new GetCallerIdentityCommand({})), { name: /InvalidClientTokenId/ });
    const nobody = awsClients(server, { accessKeyId: 'ASIAAAAAAAAAAAAAAAAA', secretAccessKey, sessionToken });
    opened.push(nobody);
    await assert.rejects(nobody.sts.send(new GetCallerIdentityCommand({})), { name: /InvalidClientTokenId/ });
  });

  test('the administrator gets a session token that works, except for IAM', async () => {
    const { Credentials: made } = await administrator.sts.send(new GetSessionTokenCommand({}));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = made ?? {};
    const session = awsClients(server, { accessKeyId, secretAccessKey, sessionToken });
    opened.push(session);
    await session.lambda.send(new ListFunctionsCommand({}));
    await denied(session.iam.send(new ListUsersCommand({})), /iam:ListUsers/);
  });
});

describe('access keys', () => {
  test('an inactive key lets nobody in, and an active one does again', async () => {
    const { clients, accessKeyId } = await makeUser('switched');
    const identity = () => clients.sts.send(new GetCallerIdentityCommand({}));
    await identity();
    const change = (Status: 'Active' | 'Inactive') =>
      administrator.iam.send(new UpdateAccessKeyCommand({ UserName: 'switched', AccessKeyId: accessKeyId, Status }));
    await change('Inactive');
    await assert.rejects(identity(), { name: /InvalidClientTokenId/ });
    await change('Active');
    await identity();
    await administrator.iam.send(new DeleteAccessKeyCommand({ UserName: 'switched', AccessKeyId: accessKeyId }));
    await assert.rejects(identity(), { name: /InvalidClientTokenId/ });
    await administrator.iam.send(new DeleteUserCommand({ UserName: 'switched' }));
  });

  test('there are two at most, and a user with keys or policies stays', async () => {
    await makeUser('keys', policy({ Effect: 'Allow', Action: '*', Resource: '*' }));
    const { AccessKey: second } = await administrator.iam.send(new CreateAccessKeyCommand({ UserName: 'keys' }));
    await assert.rejects(administrator.iam.send(new CreateAccessKeyCommand({ UserName: 'keys' })), {
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    });
    await assert.rejects(administrator.iam.send(new DeleteUserCommand({ UserName: 'keys' })), {
      name: 'DeleteConflictException',
    });
    const { AccessKeyMetadata: listed } = await administrator.iam.send(new ListAccessKeysCommand({ UserName: 'keys' }));
    assert.equal(listed?.length, 2);
    assert.ok(listed?.every((key) => !('SecretAccessKey' in key)));
    for (const key of listed ?? []) {
      await administrator.iam.send(new DeleteAccessKeyCommand({ UserName: 'keys', AccessKeyId: key.AccessKeyId ?? '' }));
    }
    assert.ok(second !== undefined);
    await administrator.iam.send(new DeleteUserPolicyCommand({ UserName: 'keys', PolicyName: 'inline' }));
    await administrator.iam.send(new DeleteUserCommand({ UserName: 'keys' }));
  });

  test('no file of the data folder but the master key gives a secret away, and keys work after a restart', async () => {
    await administrator.iam.send(new CreateUserCommand({ UserName: 'kept' }));
    const { AccessKey: key } = await administrator.iam.send(new CreateAccessKeyCommand({ UserName: 'kept' }));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = key ?? {};
    await server.stop();
    for (const entry of readdirSync(data.folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(data.folder, entry);
      if (!statSync(file).isFile()) continue;
      assert.ok(!readFileSync(file).includes(secretAccessKey), `${entry} holds a secret access key`);
    }
    assert.equal(statSync(path.join(data.folder, 'master.key')).mode & 0o777, 0o600);
    server = await startServer({ auth: 'required', dataDirectory: data.folder });
    administrator.destroy();
    administrator = awsClients(server, administratorKey(data.folder));
    const clients = awsClients(server, { accessKeyId, secretAccessKey });
    opened.push(clients);
    assert.equal((await clients.sts.send(new GetCallerIdentityCommand({}))).Arn, `arn:aws:iam::${account}:user/kept`);
  });
});
