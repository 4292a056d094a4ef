// Generated SDKs in other languages: made of a deployed API, unpacked, compiled, and used against it as AWS's guides use them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetSdkCommand,
  GetSdkTypeCommand,
  ImportRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { linkObjectiveC } from '../../src/control-plane/sdk/testing/objective-c.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction } from './deployed-api.ts';
import { runClient, skipWithout } from './other-clients.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

/** The calculator of AWS's guides; what it is asked otherwise, it echoes. */
const calculator = `
const numbers = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, div: (a, b) => a / b };
export const handler = async (event) => {
  const answer = (statusCode, body) => ({ statusCode, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (event.resource !== '/' && event.resource !== '/{a}/{b}/{op}') {
    const { path, headers, multiValueQueryStringParameters: query, body, requestContext } = event;
    const kind = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-kind')?.[1];
    return answer(200, { path, kind, query, body, user: requestContext.identity.userArn });
  }
  const input = event.pathParameters ?? event.queryStringParameters ?? JSON.parse(event.body);
  const [a, b] = [Number(input.a), Number(input.b)];
  if (input.op === 'div' && b === 0) return answer(400, { message: 'Cannot divide', reason: 'zero' });
  return answer(200, { input: { a, b, op: input.op }, output: { c: numbers[input.op](a, b) } });
};`;

const integration = {
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:calc/invocations`,
};
const method = (more: object = {}) => ({ responses: {}, 'x-amazon-apigateway-integration': integration, ...more });
const schema = (name: string) => ({ $ref: `#/definitions/${name}` });
const responses = {
  200: { description: 'done', schema: schema('Result') },
  400: { description: 'not done', schema: schema('Problem') },
};
const parameter =
  (where: string, required = true) =>
  (name: string) => ({ name, in: where, required, type: 'string' });
const signed = { 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } };
const definition = {
  swagger: '2.0',
  info: { title: 'SimpleCalc', version: '1' },
  paths: {
    '/': {
      get: method({ responses, parameters: ['a', 'b', 'op'].map(parameter('query')) }),
      post: method({ responses, parameters: [{ in: 'body', name: 'Input', required: true, schema: schema('Input') }] }),
    },
    '/{a}/{b}/{op}': { get: method({ responses, parameters: ['a', 'b', 'op'].map(parameter('path')) }) },
    '/files/{proxy+}': {
      put: method({ parameters: [parameter('path')('proxy'), parameter('header', false)('X-Kind')] }),
    },
    '/orders': { post: method({ parameters: [{ in: 'body', name: 'Order', required: true, schema: schema('Order') }] }) },
    '/keyed': { get: method({ security: [{ api_key: [] }] }) },
    '/signed': { post: method(signed) },
    '/signed/{name}': { get: method({ ...signed, parameters: [parameter('path')('name')] }) },
  },
  definitions: {
    Input: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' }, op: { type: 'string' } },
    },
    Order: {
      type: 'object',
      properties: { best: schema('Input'), all: { type: 'array', items: schema('Input') }, new: { type: 'boolean' } },
    },
    Output: { type: 'object', properties: { c: { type: 'number' } } },
    Result: { type: 'object', properties: { input: schema('Input'), output: schema('Output') } },
    Problem: { type: 'object', properties: { message: { type: 'string' }, reason: { type: 'string' } } },
  },
  securityDefinitions: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
};

const data = temporaryFolder();
const unpacked = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
/** Where the API is, its key, a user's access key, and one of a session. */
let given: readonly string[];

before(async () => {
  server = await startServer({ auth: 'required', dataDirectory: data.folder });
  clients = awsClients(server, administratorKey(data.folder));
  const { restApis, iam } = clients;
  await createFunction(clients, 'calc', calculator);
  const permission = { FunctionName: 'calc', StatementId: 'api', Action: 'lambda:InvokeFunction' };
  await clients.lambda.send(new AddPermissionCommand({ ...permission, Principal: 'apigateway.amazonaws.com' }));
  const { id } = await restApis.send(new ImportRestApiCommand({ body: new TextEncoder().encode(JSON.stringify(definition)) }));
  restApiId = id ?? '';
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  const key = await restApis.send(new CreateApiKeyCommand({ enabled: true }));
  const plan = await restApis.send(new CreateUsagePlanCommand({ name: 'all', apiStages: [{ apiId: restApiId, stage: 'prod' }] }));
  await restApis.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }));
  await iam.send(new CreateUserCommand({ UserName: 'anna' }));
  const { AccessKey: accessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'anna' }));
  const user = { accessKeyId: accessKey?.AccessKeyId ?? '', secretAccessKey: accessKey?.SecretAccessKey ?? '' };
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName: 'anna', PolicyName: 'api', PolicyDocument }));
  const { Credentials: session } = await awsClients(server, user).sts.send(new GetSessionTokenCommand({}));
  given = [
    `http://127.0.0.1:${server.port}/_aws/execute-api/${restApiId}/prod`,
    key.value ?? '',
    ...[user.accessKeyId, user.secretAccessKey],
    ...[session?.AccessKeyId ?? '', session?.SecretAccessKey ?? '', session?.SessionToken ?? ''],
  ];
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
  unpacked.remove();
});

/** The folder of an SDK, unpacked by a program that is not ours. */
async function sdk(sdkType: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const { body } = await clients.restApis.send(new GetSdkCommand({ restApiId, stageName: 'prod', sdkType, parameters }));
  const folder = path.join(unpacked.folder, sdkType);
  mkdirSync(folder);
  const archive = path.join(folder, 'sdk.zip');
  writeFileSync(archive, body ?? new Uint8Array());
  const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
  await runClient('python3', ['-c', script, archive, folder]);
  return folder;
}

const found = (command: string, ...args: string[]) =>
  spawnSync(command, args, { timeout: 60_000 }).status === 0 ? command : undefined;

const hasGnustep = existsSync('/usr/include/GNUstep/Foundation/Foundation.h') ? found('clang', '--version') : undefined;

describe('the Objective-C SDK', {
  skip: skipWithout(hasGnustep, 'clang with GNUstep', 'install clang and libgnustep-base-dev'),
}, () => {
  test('is used as the developer guide uses it, with a stand-in for the library of AWS', async () => {
    const folder = path.join(await sdk('objectivec', { classPrefix: 'SIMPLE_CALC' }), 'aws-apigateway-ios-objc', 'generated-src');
    copyFileSync(path.join(import.meta.dirname, 'sdk_flow.m'), path.join(folder, 'main.m'));
    const program = path.join(folder, 'app');
    linkObjectiveC(
      folder,
      readdirSync(folder).filter((name) => name.endsWith('.m')),
      program,
    );
    const said = await runClient(program, given.slice(1, 2));
    assert.deepEqual(said.trim().split('\n'), [
      'same client yes',
      'path -1',
      'query 3 SIMPLE_CALCResult',
      'body 12 of *',
      'refused 1 zero',
      'missing an error',
      'plain /files/one/two%20three%25%C3%BC a b',
      'no header (null)',
      'nested 3 * 1',
      'no key 1 {message = Forbidden; }',
      'key none',
      'own client yes',
      'its credentials yes',
      'its signer AWSSignatureV4Signer',
      'removed yes',
    ]);
  });
});

describe('the SDKs for iOS', () => {
  for (const sdkType of ['objectivec', 'swift']) {
    test(`${sdkType}: a prefix that is missing or no name is refused`, async () => {
      for (const parameters of [
        {},
        { classPrefix: '' },
        { classPrefix: '1A' },
        { classPrefix: 'A-B' },
        { classPrefix: '../A' },
      ]) {
        const command = new GetSdkCommand({
          restApiId,
          stageName: 'prod',
          sdkType,
          parameters: parameters as Record<string, string>,
        });
        await assert.rejects(clients.restApis.send(command), BadRequestException);
      }
    });
  }

  test('Swift sources come with what they need of Objective-C', async () => {
    const folder = path.join(await sdk('swift', { classPrefix: 'SIMPLE_CALC' }), 'aws-apigateway-ios-swift');
    assert.deepEqual(readdirSync(folder).sort(), ['Podfile', 'README.md', 'generated-src']);
    assert.deepEqual(readdirSync(path.join(folder, 'generated-src')).sort(), [
      'AWSApiGatewayBridge.h',
      'Bridging_Header.h',
      ...['Input', 'Order', 'Output', 'Problem', 'Result', 'SimpleCalcClient'].map((name) => `SIMPLE_CALC${name}.swift`),
    ]);
  });
});

const echo = (said: object) => JSON.stringify({ ...said });

describe('the Java SDK', { skip: skipWithout(found('javac', '-version'), 'javac', 'install a JDK, 11 or later') }, () => {
  const parameters = {
    'service.name': 'SimpleCalcSdk',
    'java.package-name': 'examples.aws.apig.simpleCalc.sdk',
    'java.group-id': 'my-apig-api-examples',
    'java.artifact-id': 'simple-calc-sdk',
    'java.artifact-version': '1.0.0',
  };

  test('is used as the developer guide uses it', async () => {
    const folder = await sdk('java', parameters);
    const sources = path.join(folder, 'generated-code/src/main/java');
    copyFileSync(path.join(import.meta.dirname, 'sdk_flow.java'), path.join(sources, 'App.java'));
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.java'));
    const classes = path.join(folder, 'classes');
    await runClient('javac', [
      '--release',
      '11',
      '-encoding',
      'UTF-8',
      '-d',
      classes,
      ...files.map((name) => path.join(sources, name)),
    ]);
    const said = await runClient('java', ['-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8', '-cp', classes, 'App', ...given]);
    const user = `arn:aws:iam::${account}:user/anna`;
    assert.deepEqual(said.trim().split('\n'), [
      'path -1.0 -',
      'query 3.0 200',
      'body 3.0',
      'refused zero | Cannot divide | 400',
      'missing Missing required parameter: op',
      `plain ${echo({ path: '/files/one/two%20three%2B%C3%BC', kind: 'a b', query: { "it's": ['*a b&c~', 'd'] }, body: 'täxt', user: null })}`,
      'path Invalid value of proxy',
      'no key 403',
      'key 200',
      'unsigned 403',
      `signed ${echo({ path: '/signed', query: { b: ["*'()!~ ü"], a: ['2'], a1: ['1'] }, body: '{"name":"Zoë \\"x\\""}', user })}`,
      `name ${echo({ path: `/signed/${encodeURIComponent('a b/c%ü$')}`, query: null, body: null, user })}`,
      'session 200',
      `busy null [${Array(3).fill('/prod/?a=1&b=2&op=%2B').join(', ')}]`,
      'nobody true',
      'after The client was shut down',
    ]);
  });

  test('refused: parameters that are missing or no names', async () => {
    for (const wrong of [{}, { ...parameters, 'java.package-name': '../x' }, { ...parameters, 'java.build-system': 'ant' }]) {
      const command = new GetSdkCommand({
        restApiId,
        stageName: 'prod',
        sdkType: 'java',
        parameters: wrong as Record<string, string>,
      });
      await assert.rejects(clients.restApis.send(command), BadRequestException);
    }
  });

  test('takes the names of the API reference, too', async () => {
    const named = { serviceName: 'Calc', javaPackageName: 'a.b' };
    const command = new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'java', parameters: named });
    assert.ok((await clients.restApis.send(command)).body);
    const { configurationProperties = [] } = await clients.restApis.send(new GetSdkTypeCommand({ id: 'java' }));
    assert.deepEqual(
      configurationProperties.filter(({ required }) => required).map(({ name }) => name),
      ['service.name', 'java.package-name'],
    );
  });
});

const noRuby = skipWithout(
  found('ruby', '--version') && found('gem', '--version'),
  'ruby',
  'install Ruby, 2.7 or later, with gem',
);

describe('the Ruby SDK', { skip: noRuby }, () => {
  test('is used as the developer guide uses it', async () => {
    const folder = await sdk('ruby', { 'service.name': 'SimpleCalc' });
    const gems = { GEM_HOME: path.join(folder, 'gems'), GEM_PATH: path.join(folder, 'gems') };
    const project = path.join(folder, 'simplecalc-sdk');
    await runClient('gem', ['build', '-C', project, 'simplecalc-sdk.gemspec'], gems);
    await runClient('gem', ['install', '--local', '--no-document', path.join(project, 'simplecalc-sdk-1.0.0.gem')], gems);
    const said = await runClient('ruby', ['-w', path.join(import.meta.dirname, 'sdk_flow.rb'), ...given], gems);
    const user = `arn:aws:iam::${account}:user/anna`;
    assert.deepEqual(said.trim().split('\n'), [
      'operations [:get_api_root, :post_api_root, :put_files_proxy]',
      'query 3 200 application/json',
      'body 3 {"a":1.5,"b":2,"op":"*"}',
      'path -1 - SimpleCalc::Types::GetABOpResponse',
      'refused zero | Cannot divide | 400',
      'missing required parameter params[:op]',
      'unexpected value at params[:input][:x]',
      `plain ${echo({ path: '/files/one/two%20three%2B%C3%BC', kind: 'a b', query: { "it's": ['*a b&c~', 'd'] }, body: 'täxt', user: null })}`,
      'no key ForbiddenException Forbidden',
      'key 200',
      'key 200',
      'unsigned unable to sign request without credentials set',
      `signed ${echo({ path: '/signed', query: { b: ["*'()!~ ü"], a1: ['1'], a: ['3', '2'] }, body: '{"name":"Zoë \\"x\\""}', user })}`,
      `name ${echo({ path: `/signed/${encodeURIComponent('a b/c%ü$')}`, query: null, body: null, user })}`,
      'session 200',
      'signature 403 InvalidSignatureException',
      `busy nil ${JSON.stringify(Array(3).fill('/prod/?a=1&b=2&op=%2B')).replaceAll(',', ', ')}`,
      'nobody false Errno::ECONNREFUSED',
      'threads [-1, 0, 1, 2]',
    ]);
  });

  test('refused: parameters that are missing or no names', async () => {
    const wrong = [{}, { 'service.name': 'Simple-Calc' }, { 'service.name': 'Calc', 'ruby.gem-name': '../x' }];
    for (const parameters of wrong as Record<string, string>[]) {
      const command = new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'ruby', parameters });
      await assert.rejects(clients.restApis.send(command), BadRequestException);
    }
  });
});
