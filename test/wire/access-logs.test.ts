// Access logs from the SDK's CreateStage to a line in a log group and in the operator's file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStageCommand,
  DeleteAccessLogSettingsCommand,
  GetStageCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const logGroupName = '/apigw/access';
const DestinationArn = `arn:aws:logs:us-east-1:${account}:log-group:${logGroupName}`;
const Format =
  '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","agent":"$context.identity.userAgent","method":"$context.httpMethod","path":"$context.path","routeKey":"$context.routeKey","status":$context.status,"integration":"$context.integrationStatus","length":$context.responseLength,"time":"$context.requestTime"}';

const home = temporaryFolder();
const file = path.join(home.folder, 'access.log');
let server: StartedServer;
let clients: AwsClients;

before(async () => {
  server = await startServer({
    dataDirectory: path.join(home.folder, 'data'),
    arguments: ['--access-log', file, '--access-log-format', '$context.apiId $context.status $context.path'],
  });
  clients = awsClients(server);
});
after(async () => {
  clients.destroy();
  await server.stop();
  home.remove();
});

const lines = async () => {
  const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message = '' }) => JSON.parse(message) as Record<string, unknown>);
};

test('a request makes a line in the log group, with what it was and how it was answered', async () => {
  const { FunctionArn = '' } = await createFunction(clients, 'logged', echoSource);
  const apiId = await createLambdaApi(clients, FunctionArn, ['GET /any']);
  const host = hostOf(apiId);
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  const at = { ApiId: apiId, StageName: '$default' };
  await clients.apis.send(new UpdateStageCommand({ ...at, AccessLogSettings: { DestinationArn, Format } }));
  assert.deepEqual((await clients.apis.send(new GetStageCommand(at))).AccessLogSettings, { DestinationArn, Format });

  const response = await rawRequest(server.port, { target: '/any?secret=1', host, headers: [['User-Agent', 'wire "test"']] });
  assert.equal(response.status, 200, response.text());
  await rawRequest(server.port, { method: 'DELETE', target: '/any', host });
  const [line, ...rest] = await lines();
  assert.equal(rest.length, 1);
  assert.equal(line?.['requestId'], response.header('apigw-requestid'));
  assert.match(String(line?.['time']), /^\d\d\/\w{3}\/\d{4}:/);
  assert.deepEqual(
    { ...line, requestId: '', time: '', length: 0 },
    {
      requestId: '',
      ip: '127.0.0.1',
      agent: 'wire "test"',
      method: 'GET',
      path: '/any',
      routeKey: 'GET /any',
      status: 200,
      integration: '200',
      length: 0,
      time: '',
    },
  );

  await clients.apis.send(new DeleteAccessLogSettingsCommand(at));
  await rawRequest(server.port, { target: '/any', host });
  assert.equal((await lines()).length, 2, 'no lines once the settings are gone');

  let text = '';
  for (let i = 0; i < 100 && text.split('\n').length < 4; i++) {
    await sleep(50);
    text = readFileSync(file, 'utf8');
  }
  assert.match(text, new RegExp(`^${apiId} 200 /any\n${apiId} \\d{3} /any\n${apiId} 200 /any\n$`));
});

test('settings that no line could be made of are refused', async () => {
  const { FunctionArn = '' } = await createFunction(clients, 'refused', echoSource);
  const apiId = await createLambdaApi(clients, FunctionArn, ['GET /any']);
  const create = (settings: { DestinationArn?: string; Format?: string }) =>
    clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: 'x', AccessLogSettings: settings }));
  await assert.rejects(create({ DestinationArn, Format: 'a\n$context.requestId' }), {
    name: 'BadRequestException',
    message: 'Access Log format must be single line, new line character is allowed only at end of the format',
  });
  const stream = `${DestinationArn}:log-stream:a`;
  await assert.rejects(create({ DestinationArn: stream, Format }), { name: 'BadRequestException' });
  // As CloudWatch Logs names a group.
  const { AccessLogSettings } = await create({ DestinationArn: `${DestinationArn}:*`, Format });
  assert.equal(AccessLogSettings?.DestinationArn, DestinationArn);
});
