// Access logs and execution logs of REST APIs from the SDK's UpdateStage to a line in a log group.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetStageCommand,
  type PatchOperation,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

const logGroupName = '/apigw/rest-access';
const destinationArn = `arn:aws:logs:us-east-1:${account}:log-group:${logGroupName}`;
const format = '{"id":"$context.requestId","path":"$context.path","resource":"$context.resourcePath","status":$context.status}';

let server: StartedServer;
let clients: AwsClients;
let restApiId = '';

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  const { restApis } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'logged' }));
  restApiId = created.id ?? '';
  const at = { restApiId, resourceId: created.rootResourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  await restApis.send(
    new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
  );
  await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
  await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200' }));
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
});

after(async () => {
  clients.destroy();
  await server.stop();
});

const update = (...patchOperations: PatchOperation[]) =>
  clients.restApis.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }));

const set = (member: 'destinationArn' | 'format', value: string) =>
  ({ op: 'replace', path: `/accessLogSettings/${member}`, value }) as const;

test('a request makes a line in the log group, until the settings are gone', async () => {
  await update(set('destinationArn', destinationArn), set('format', format));
  const stage = await clients.restApis.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
  assert.deepEqual(stage.accessLogSettings, { destinationArn, format });
  const served = await rawRequest(server.port, { target: '/prod/', host: hostOf(restApiId) });
  const refused = await rawRequest(server.port, { target: '/prod/none', host: hostOf(restApiId) });
  await update({ op: 'remove', path: '/accessLogSettings' });
  await rawRequest(server.port, { target: '/prod/', host: hostOf(restApiId) });
  const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
  assert.deepEqual(
    events.map(({ message = '' }) => JSON.parse(message) as unknown),
    [
      { id: served.header('x-amzn-requestid'), path: '/prod/', resource: '/', status: 200 },
      { id: refused.header('x-amzn-requestid'), path: '/prod/none', resource: '-', status: 403 },
    ],
  );
});

const linesIn = async (group: string): Promise<readonly string[]> => {
  const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName: group }));
  return events.map(({ message = '' }) => message);
};

test('an execution log says what was done, a canary in a group of its own, until the level is OFF', async () => {
  const group = `API-Gateway-Execution-Logs_${restApiId}/prod`;
  await update({ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' });
  const served = await rawRequest(server.port, { target: '/prod/', host: hostOf(restApiId) });
  const id = served.header('x-amzn-requestid');
  const lines = await linesIn(group);
  assert.equal(lines[0], `(${id}) Extended Request Id: ${served.header('x-amz-apigw-id')}`);
  assert.ok(lines.includes(`(${id}) Method completed with status: 200`), lines.join('\n'));

  await clients.restApis.send(
    new CreateDeploymentCommand({ restApiId, stageName: 'prod', canarySettings: { percentTraffic: 100 } }),
  );
  await rawRequest(server.port, { target: '/prod/', host: hostOf(restApiId) });
  assert.equal((await linesIn(group)).length, lines.length);
  assert.equal((await linesIn(`${group}/Canary`)).length, lines.length);

  await update({ op: 'remove', path: '/canarySettings' }, { op: 'replace', path: '/*/*/logging/loglevel', value: 'OFF' });
  await rawRequest(server.port, { target: '/prod/', host: hostOf(restApiId) });
  assert.equal((await linesIn(group)).length, lines.length);
});

for (const [desc, operation, message] of [
  ['a format of two lines', set('format', 'a\n$context.requestId'), /^Access Log format must be single line/],
  ['a format without an id', set('format', '$context.status'), /\$context\.requestId/],
  ['an empty value', set('format', ''), /^Access Log value must not be empty$/],
  ['a destination that is no ARN', set('destinationArn', 'access'), /^Invalid ARN specified in the request/],
  [
    'a Firehose stream, by name',
    set('destinationArn', `arn:aws:firehose:us-east-1:${account}:deliverystream/amazon-apigateway-x`),
    /Firehose/,
  ],
  ['a log group of another region', set('destinationArn', `arn:aws:logs:eu-west-1:${account}:log-group:x`), /account and region/],
] as const) {
  test(`refused: ${desc}`, () => assert.rejects(update(operation), { name: 'BadRequestException', message }));
}
