// Generated SDKs: the JavaScript client is made, unpacked and used against the API it was made of, in Node.js and as a page has it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import vm from 'node:vm';
import {
  BadRequestException,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetSdkCommand,
  GetSdkTypeCommand,
  GetSdkTypesCommand,
  NotFoundException,
  PutIntegrationCommand,
  PutMethodCommand,
  type PutMethodCommandInput,
} from '@aws-sdk/client-api-gateway';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, echoSource } from './deployed-api.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

interface Result {
  readonly status: number;
  readonly data: {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly pathParameters: Readonly<Record<string, string>> | null;
    readonly multiValueQueryStringParameters: Readonly<Record<string, string[]>> | null;
    readonly body: string | null;
    readonly requestContext: { readonly identity: { readonly userArn: string | null } };
  };
}
type Client = Readonly<Record<string, (params?: object, body?: unknown, additionalParams?: object) => Promise<Result>>>;
interface Factory {
  newClient(config?: object): Client;
}

const data = temporaryFolder();
const unpacked = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
let rootId = '';
let apiKey = '';
let user: { readonly accessKey: string; readonly secretKey: string };
let source = '';
let factory: Factory;

const integration = () => ({
  type: 'AWS_PROXY' as const,
  integrationHttpMethod: 'POST',
  uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:echo/invocations`,
});

async function resource(parentId: string, pathPart: string): Promise<string> {
  return (await clients.restApis.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))).id ?? '';
}

async function method(resourceId: string, httpMethod: string, more: Partial<PutMethodCommandInput> = {}): Promise<void> {
  const at = { restApiId, resourceId, httpMethod };
  await clients.restApis.send(new PutMethodCommand({ authorizationType: 'NONE', ...more, ...at }));
  await clients.restApis.send(new PutIntegrationCommand({ ...at, ...integration() }));
}

before(async () => {
  server = await startServer({ auth: 'required', dataDirectory: data.folder });
  clients = awsClients(server, administratorKey(data.folder));
  const { restApis, iam } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'pets $& "quoted" | `x`' }));
  restApiId = created.id ?? '';
  rootId = created.rootResourceId ?? '';
  await createFunction(clients, 'echo', echoSource);
  const permission = { FunctionName: 'echo', StatementId: 'api', Action: 'lambda:InvokeFunction' };
  await clients.lambda.send(new AddPermissionCommand({ ...permission, Principal: 'apigateway.amazonaws.com' }));
  const pets = await resource(rootId, 'pets');
  await method(rootId, 'GET');
  await method(pets, 'GET', {
    requestParameters: { 'method.request.querystring.page': false, 'method.request.header.X-Kind': true },
  });
  await method(pets, 'POST', { authorizationType: 'AWS_IAM' });
  await method(await resource(pets, '{pet-id}'), 'GET', { authorizationType: 'AWS_IAM' });
  await method(await resource(await resource(rootId, 'files'), '{proxy+}'), 'ANY', { authorizationType: 'AWS_IAM' });
  await method(await resource(rootId, 'keyed'), 'GET', { apiKeyRequired: true });
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  const key = await restApis.send(new CreateApiKeyCommand({ enabled: true }));
  apiKey = key.value ?? '';
  const plan = await restApis.send(new CreateUsagePlanCommand({ name: 'all', apiStages: [{ apiId: restApiId, stage: 'prod' }] }));
  await restApis.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }));
  await iam.send(new CreateUserCommand({ UserName: 'anna' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'anna' }));
  user = { accessKey: AccessKey?.AccessKeyId ?? '', secretKey: AccessKey?.SecretAccessKey ?? '' };
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName: 'anna', PolicyName: 'api', PolicyDocument }));

  const { body, contentType, contentDisposition } = await restApis.send(
    new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'javascript' }),
  );
  assert.equal(contentType, 'application/octet-stream');
  assert.match(contentDisposition ?? '', /^attachment; filename="javascript_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"$/);
  const archive = path.join(unpacked.folder, 'sdk.zip');
  writeFileSync(archive, body ?? new Uint8Array());
  // Unpacked by a program that is not ours.
  const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
  await promisify(execFile)('python3', ['-c', script, archive, unpacked.folder]);
  const file = path.join(unpacked.folder, 'apiGateway-js-sdk/apigClient.js');
  source = readFileSync(file, 'utf8');
  factory = (createRequire(import.meta.url)(file) as { apigClientFactory: Factory }).apigClientFactory;
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
  unpacked.remove();
});

const caseless = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** `*.localhost` is resolved by browsers, and not by every system's Node.js. */
const client = (config: object = {}) =>
  factory.newClient({ invokeUrl: `http://127.0.0.1:${server.port}/_aws/execute-api/${restApiId}/prod`, ...config });

describe('the JavaScript client', () => {
  test('has a function for each method, and says in its README what they take', () => {
    assert.deepEqual(Object.keys(factory.newClient()), [
      'rootGet',
      ...['Delete', 'Get', 'Head', 'Options', 'Patch', 'Post', 'Put'].map((verb) => `filesProxy${verb}`),
      'keyedGet',
      'petsGet',
      'petsPost',
      'petsPetIdGet',
    ]);
    const readme = readFileSync(path.join(unpacked.folder, 'apiGateway-js-sdk/README.md'), 'utf8');
    assert.match(readme, /\| `petsGet` \| GET \/pets \| X-Kind, page \(optional\) \|/);
    assert.ok(source.includes(`"invokeUrl": "http://${restApiId}.execute-api.localhost:${server.port}/prod"`));
  });

  test('sends parameters where the method has them, and more where it is told to', async () => {
    const params = { page: ['1', 'a b&c'], 'X-Kind': 'cat' };
    const more = { headers: { 'X-More': 'm' }, queryParams: { q: "it's" } };
    const { status, data: event } = await (client() as { petsGet: Client[string] }).petsGet(params, undefined, more);
    assert.equal(status, 200);
    assert.deepEqual(event.multiValueQueryStringParameters, { page: ['1', 'a b&c'], q: ["it's"] });
    const headers = caseless(event.headers);
    assert.deepEqual([headers['x-kind'], headers['x-more'], headers['accept']], ['cat', 'm', 'application/json']);
    await assert.rejects(async () => client()['petsGet']?.({}), /Missing required parameters: X-Kind/);
  });

  test('signs for methods that ask for it: body, query, path and session', async () => {
    const signed = client(user);
    const posted = await signed['petsPost']?.(
      {},
      { name: 'Zoë', tags: ['a'] },
      { queryParams: { b: '2', a: '2', a1: '1', 'c d': "*'()!" } },
    );
    assert.equal(posted?.data.body, '{"name":"Zoë","tags":["a"]}');
    assert.equal(posted?.data.requestContext.identity.userArn, `arn:aws:iam::${account}:user/anna`);
    const shown = await signed['petsPetIdGet']?.({ 'pet-id': 'a b/c%ü$' });
    assert.equal(shown?.data.path, `/pets/${encodeURIComponent('a b/c%ü$')}`);
    const file = await signed['filesProxyPut']?.({ proxy: 'one/two three' }, 'text', {
      headers: { 'Content-Type': 'text/plain' },
    });
    assert.deepEqual([file?.data.path, file?.data.body], ['/files/one/two%20three', 'text']);

    const { Credentials: session } = await awsClients(server, {
      accessKeyId: user.accessKey,
      secretAccessKey: user.secretKey,
    }).sts.send(new GetSessionTokenCommand({}));
    const temporary = client({
      accessKey: session?.AccessKeyId,
      secretKey: session?.SecretAccessKey,
      sessionToken: session?.SessionToken,
    });
    assert.equal((await temporary['petsPost']?.({}, {}))?.status, 200);
  });

  test('fails with what the API answered', async () => {
    const refused = client({ ...user, secretKey: 'wrong' })['petsPost']?.({}, {});
    await assert.rejects(
      refused as Promise<unknown>,
      (error: Error & { response?: { status: number; data: { message: string } } }) => {
        assert.equal(error.response?.status, 403);
        assert.match(error.response.data.message, /signature/);
        return true;
      },
    );
    await assert.rejects(async () => client()['petsPost']?.({}, {}), /give accessKey and secretKey/);
    await assert.rejects(async () => client(user)['filesProxyGet']?.({ proxy: 'a/../b' }), /Invalid value of proxy/);
  });

  test('sends its API key', async () => {
    assert.equal((await client({ apiKey })['keyedGet']?.())?.status, 200);
    await assert.rejects(async () => client()['keyedGet']?.(), /answered 403/);
  });

  test('works in a page, where there are no modules', async () => {
    const page = vm.createContext({ fetch, crypto, Headers, URL, TextEncoder, Uint8Array, ArrayBuffer });
    vm.runInContext(source, page);
    const inPage = (page as { apigClientFactory: Factory }).apigClientFactory.newClient({
      ...user,
      invokeUrl: `http://127.0.0.1:${server.port}/_aws/execute-api/${restApiId}/prod/`,
    });
    assert.equal((await inPage['petsPost']?.({}, { in: 'page' }))?.data.body, '{"in":"page"}');
  });
});

describe('what is asked of SDKs', () => {
  test('the types, all and one', async () => {
    const { items = [] } = await clients.restApis.send(new GetSdkTypesCommand({}));
    assert.deepEqual(
      items.map(({ id }) => id),
      ['android', 'java', 'javascript', 'objectivec', 'ruby', 'swift'],
    );
    const swift = await clients.restApis.send(new GetSdkTypeCommand({ id: 'swift' }));
    assert.deepEqual(
      swift.configurationProperties?.map(({ name, required }) => [name, required]),
      [['classPrefix', true]],
    );
    await assert.rejects(clients.restApis.send(new GetSdkTypeCommand({ id: 'cobol' })), NotFoundException);
  });

  test('a Maven project for Android', async () => {
    const parameters = { groupId: 'com.example', artifactId: 'pets', artifactVersion: '1.0', invokerPackage: 'com.example.pets' };
    const { body, contentDisposition } = await clients.restApis.send(
      new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'android', parameters }),
    );
    assert.match(contentDisposition ?? '', /^attachment; filename="android_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"$/);
    const archive = path.join(unpacked.folder, 'android.zip');
    writeFileSync(archive, body ?? new Uint8Array());
    const script = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
    const { stdout } = await promisify(execFile)('python3', ['-c', script, archive]);
    assert.match(stdout, /^pets\/pom\.xml\n/);
    assert.match(stdout, /^pets\/src\/main\/java\/com\/example\/pets\/PetsQuotedXClient\.java$/m);
  });

  for (const [desc, parameters] of [
    ['none', {}],
    ['a folder above', { groupId: 'a', artifactId: '..', artifactVersion: '1', invokerPackage: 'x' }],
    ['a package that Java has words for', { groupId: 'a', artifactId: 'b', artifactVersion: '1', invokerPackage: 'x.int' }],
    ['a package that is none', { groupId: 'a', artifactId: 'b', artifactVersion: '1', invokerPackage: '../../x' }],
    ['a name that is XML', { groupId: 'a</groupId>', artifactId: 'b', artifactVersion: '1', invokerPackage: 'x' }],
  ] as const) {
    test(`refused: parameters of an SDK for Android: ${desc}`, async () => {
      const command = new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'android', parameters });
      await assert.rejects(clients.restApis.send(command), BadRequestException);
    });
  }

  for (const [desc, input, refusal] of [
    ['a type without what it needs', { sdkType: 'java' }, BadRequestException],
    ['no type at all', { sdkType: 'cobol' }, BadRequestException],
    ['no such stage', { stageName: 'gone' }, NotFoundException],
  ] as const) {
    test(`refused: ${desc}`, async () => {
      const command = new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'javascript', ...input });
      await assert.rejects(clients.restApis.send(command), refusal);
    });
  }
});
