// Versions, aliases, layers and asynchronous events with the AWS SDK, against a server of its own that is killed and started again.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetLayerVersionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListVersionsByFunctionCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, activeFunction, createFunction, createLambdaApi, hostOf, role } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';
import { zipFile } from './zip-file.ts';

const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;

async function start(): Promise<void> {
  // Its functions write where the test reads, which the highest tier does not let them.
  server = await startServer({ dataDirectory: data.folder, arguments: ['--isolation', 'namespace'] });
  clients = awsClients(server);
}
before(start);
after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

/** What a crash leaves: nothing is closed, nothing is flushed. */
async function killAndStart(): Promise<void> {
  clients.destroy();
  await server.stop('SIGKILL');
  await start();
}

const source = (text: string): string => `export const handler = async (event, context) => '${text} ' + context.functionVersion;`;

async function invoke(input: InvokeCommandInput): Promise<{ text: string; executed: string | undefined }> {
  const { Payload, ExecutedVersion, FunctionError } = await clients.lambda.send(new InvokeCommand(input));
  assert.equal(FunctionError, undefined, String(Payload?.transformToString()));
  return { text: JSON.parse(Payload?.transformToString() || 'null'), executed: ExecutedVersion };
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail(`did not happen: ${what}\n${server.output()}`);
}

describe('versions and aliases', () => {
  test('survive a kill; a route follows the alias that a stage variable names', async () => {
    await createFunction(clients, 'app', source('one'));
    const first = await clients.lambda.send(new PublishVersionCommand({ FunctionName: 'app', Description: 'first' }));
    assert.equal(first.Version, '1');
    await clients.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'app', ZipFile: zipFile({ 'index.mjs': source('two') }), Publish: true }),
    );
    await activeFunction(clients, 'app');
    await clients.lambda.send(new CreateAliasCommand({ FunctionName: 'app', Name: 'live', FunctionVersion: '1' }));
    await clients.lambda.send(new CreateAliasCommand({ FunctionName: 'app', Name: 'next', FunctionVersion: '2' }));
    const arn = `arn:aws:lambda:us-east-1:${account}:function:app`;
    const apiId = await createLambdaApi(clients, `${arn}:\${stageVariables.alias}`, ['GET /x'], {
      stageVariables: { alias: 'live' },
    });
    for (const Qualifier of ['live', 'next']) {
      await clients.lambda.send(
        new AddPermissionCommand({
          FunctionName: 'app',
          Qualifier,
          StatementId: 'api',
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `arn:aws:execute-api:us-east-1:${account}:${apiId}/*/*`,
        }),
      );
    }
    const ask = async (): Promise<string> => (await rawRequest(server.port, { target: '/x', host: hostOf(apiId) })).text();
    assert.equal(await ask(), 'one 1');
    await killAndStart();
    assert.equal(await ask(), 'one 1');
    assert.deepEqual(await invoke({ FunctionName: 'app', Qualifier: 'live' }), { text: 'one 1', executed: '1' });
    assert.deepEqual(await invoke({ FunctionName: `${arn}:next` }), { text: 'two 2', executed: '2' });
    assert.deepEqual(await invoke({ FunctionName: 'app' }), { text: 'two $LATEST', executed: '$LATEST' });
    await clients.lambda.send(new UpdateAliasCommand({ FunctionName: 'app', Name: 'live', FunctionVersion: '2' }));
    assert.equal(await ask(), 'two 2');
    await clients.lambda.send(new UpdateAliasCommand({ FunctionName: 'app', Name: 'live', FunctionVersion: '1' }));
    await clients.apis.send(new UpdateStageCommand({ ApiId: apiId, StageName: '$default', StageVariables: { alias: 'next' } }));
    assert.equal(await ask(), 'two 2');
    const { Versions } = await clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'app' }));
    assert.deepEqual(
      Versions?.map(({ Version, Description }) => [Version, Description]),
      [
        ['$LATEST', ''],
        ['1', 'first'],
        ['2', ''],
      ],
    );
  });

  test('weights share the invocations', async () => {
    await createFunction(clients, 'weighted', source('one'));
    await clients.lambda.send(new PublishVersionCommand({ FunctionName: 'weighted' }));
    await clients.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'weighted',
        ZipFile: zipFile({ 'index.mjs': source('two') }),
        Publish: true,
      }),
    );
    await clients.lambda.send(
      new CreateAliasCommand({
        FunctionName: 'weighted',
        Name: 'live',
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
      }),
    );
    const { RoutingConfig } = await clients.lambda.send(new GetAliasCommand({ FunctionName: 'weighted', Name: 'live' }));
    assert.deepEqual(RoutingConfig, { AdditionalVersionWeights: { '2': 0.5 } });
    const counts: Record<string, number> = {};
    for (let round = 0; round < 200; round++) {
      const { executed = '' } = await invoke({ FunctionName: 'weighted', Qualifier: 'live' });
      counts[executed] = (counts[executed] ?? 0) + 1;
    }
    // Of 200 fair coins fewer than 50 fall on one side once in 10^12 times.
    assert.deepEqual(Object.keys(counts).sort(), ['1', '2']);
    assert.ok((counts['1'] ?? 0) > 50 && (counts['2'] ?? 0) > 50, JSON.stringify(counts));
  });
});

test('a layer is published, downloaded, and required by a function', async () => {
  const layer = zipFile({ 'nodejs/node_modules/tool/index.js': "module.exports = 'from the layer';" });
  const { LayerVersionArn = '' } = await clients.lambda.send(
    new PublishLayerVersionCommand({ LayerName: 'tools', Content: { ZipFile: layer }, CompatibleRuntimes: ['nodejs22.x'] }),
  );
  const { Content } = await clients.lambda.send(new GetLayerVersionCommand({ LayerName: 'tools', VersionNumber: 1 }));
  const download = await fetch(Content?.Location ?? '');
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), Buffer.from(layer));
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'layered',
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipFile({ 'index.js': "exports.handler = async () => require('tool');" }) },
      Layers: [LayerVersionArn],
    }),
  );
  const { Configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: 'layered' }));
  assert.deepEqual(Configuration?.Layers, [{ Arn: LayerVersionArn, CodeSize: layer.length }]);
  assert.equal((await invoke({ FunctionName: 'layered' })).text, 'from the layer');
  await killAndStart();
  assert.equal((await invoke({ FunctionName: 'layered' })).text, 'from the layer');
});

test('an accepted event outlives a kill, and its result reaches its destination', async () => {
  const log = path.join(data.folder, 'ran.txt');
  const go = path.join(data.folder, 'go');
  const environment = { LOG: log, GO: go };
  await createFunction(
    clients,
    'works',
    `import { appendFileSync, existsSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(process.env.LOG, 'began ' + event.id + '\\n');
  while (!existsSync(process.env.GO)) await new Promise((resolve) => setTimeout(resolve, 20));
  return { done: event.id };
};`,
    { environment, timeout: 60 },
  );
  await createFunction(
    clients,
    'told',
    `import { appendFileSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(process.env.LOG, 'told ' + event.requestContext.condition + ' ' + event.responsePayload.done + '\\n');
};`,
    { environment },
  );
  await clients.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'works',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: `arn:aws:lambda:us-east-1:${account}:function:told` } },
    }),
  );
  const { StatusCode } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: 'works', InvocationType: 'Event', Payload: JSON.stringify({ id: 7 }) }),
  );
  assert.equal(StatusCode, 202);
  const lines = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  await until(() => lines().length === 1, 'the event runs');
  await killAndStart();
  await until(() => lines().length === 2, 'the event runs again');
  writeFileSync(go, '');
  await until(() => lines().length === 3, 'the destination is told');
  assert.deepEqual(lines(), ['began 7', 'began 7', 'told Success 7']);
  // A stop waits for what is at work; a kill could come between the destination's last line and its answer.
  clients.destroy();
  await server.stop();
  await start();
  await sleep(500);
  assert.equal(lines().length, 3, 'an event that is done is not run again');
});
