// API keys and usage plans as users see them: SDK v3 at the control port, requests at the traffic port, and a process that is killed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConflictException,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  type CreateUsagePlanCommandInput,
  CreateUsagePlanKeyCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetUsageCommand,
  ImportApiKeysCommand,
  NotFoundException,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateApiKeyCommand,
  UpdateUsageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

/** An API whose GET / answers 200 by itself to whoever has a key, deployed to `prod`. */
async function keyedApi({ restApis }: AwsClients): Promise<string> {
  const { id: restApiId = '', rootResourceId: resourceId } = await restApis.send(new CreateRestApiCommand({ name: 'keyed' }));
  const at = { restApiId, resourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE', apiKeyRequired: true }));
  await restApis.send(
    new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
  );
  await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
  await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200', selectionPattern: '' }));
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  return restApiId;
}

async function planWithKey({ restApis }: AwsClients, restApiId: string, plan: Partial<CreateUsagePlanCommandInput> = {}) {
  const apiStages = [{ apiId: restApiId, stage: 'prod' }];
  const { id: usagePlanId = '' } = await restApis.send(new CreateUsagePlanCommand({ name: 'plan', apiStages, ...plan }));
  const { id: keyId = '', value = '' } = await restApis.send(new CreateApiKeyCommand({ name: 'key', enabled: true }));
  await restApis.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
  return { usagePlanId, keyId, value };
}

async function get(server: StartedServer, restApiId: string, key?: string) {
  const headers: [string, string][] = key === undefined ? [] : [['x-api-key', key]];
  const { status, body } = await rawRequest(server.port, { method: 'GET', target: '/prod/', host: hostOf(restApiId), headers });
  return status === 200 ? '200' : `${status} ${body}`;
}

async function many(server: StartedServer, restApiId: string, key: string, count: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const answer = await get(server, restApiId, key);
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  return answers;
}

const forbidden = '403 {"message":"Forbidden"}';
const limitExceeded = '429 {"message":"Limit Exceeded"}';
const tooMany = '429 {"message":"Too Many Requests"}';
const today = () => new Date().toISOString().slice(0, 10);

describe('API keys and usage plans', () => {
  let server: StartedServer;
  let clients: AwsClients;
  let restApiId = '';

  before(async () => {
    server = await startServer();
    clients = awsClients(server);
    restApiId = await keyedApi(clients);
  });

  after(async () => {
    clients?.destroy();
    await server?.stop();
  });

  test('a key opens the stages of its plan from the moment that is acknowledged until it is not', async () => {
    const { restApis } = clients;
    assert.equal(await get(server, restApiId), forbidden);
    assert.equal(await get(server, restApiId, 'n'.repeat(40)), forbidden);
    const { usagePlanId, keyId, value } = await planWithKey(clients, restApiId);
    assert.equal(await get(server, restApiId, value), '200');
    const enable = (on: string) =>
      restApis.send(
        new UpdateApiKeyCommand({ apiKey: keyId, patchOperations: [{ op: 'replace', path: '/enabled', value: on }] }),
      );
    await enable('false');
    assert.equal(await get(server, restApiId, value), forbidden);
    await enable('true');
    assert.equal(await get(server, restApiId, value), '200');
    await restApis.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId }));
    assert.equal(await get(server, restApiId, value), forbidden);
    await restApis.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
    assert.equal(await get(server, restApiId, value), '200');
    await assert.rejects(
      restApis.send(new CreateApiKeyCommand({ value })),
      (error) => error instanceof ConflictException && error.message === 'API Key already exists',
    );
    await assert.rejects(restApis.send(new GetApiKeyCommand({ apiKey: 'gone' })), NotFoundException);
    await assert.rejects(restApis.send(new DeleteUsagePlanCommand({ usagePlanId })), /because there are API Stages associated/);
  });

  test('the quota is exact, across a deployment and a change of the plan; usage says so; more can be granted', async () => {
    const { restApis } = clients;
    const { usagePlanId, keyId, value } = await planWithKey(clients, restApiId, { quota: { limit: 5, period: 'MONTH' } });
    assert.deepEqual(await many(server, restApiId, value, 3), { 200: 3 });
    await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    const describe = [{ op: 'replace' as const, path: '/description', value: 'changed' }];
    await restApis.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations: describe }));
    assert.deepEqual(await many(server, restApiId, value, 4), { 200: 2, [limitExceeded]: 2 });
    const date = today();
    const usage = await restApis.send(new GetUsageCommand({ usagePlanId, startDate: date, endDate: date }));
    if (date === today()) assert.deepEqual(usage.items, { [keyId]: [[5, 0]] });
    await restApis.send(
      new UpdateUsageCommand({ usagePlanId, keyId, patchOperations: [{ op: 'replace', path: '/remaining', value: '2' }] }),
    );
    assert.deepEqual(await many(server, restApiId, value, 3), { 200: 2, [limitExceeded]: 1 });
  });

  test('the throttle of a method and of the plan', async () => {
    const rateLimit = 0.001;
    const ofPlan = await planWithKey(clients, restApiId, { throttle: { rateLimit, burstLimit: 2 } });
    assert.deepEqual(await many(server, restApiId, ofPlan.value, 3), { 200: 2, [tooMany]: 1 });
    const apiStages = [{ apiId: restApiId, stage: 'prod', throttle: { '//GET': { rateLimit, burstLimit: 1 } } }];
    const ofMethod = await planWithKey(clients, restApiId, { apiStages });
    assert.deepEqual(await many(server, restApiId, ofMethod.value, 3), { 200: 1, [tooMany]: 2 });
  });

  test('keys of a file', async () => {
    const { usagePlanId } = await planWithKey(clients, restApiId);
    const value = `imported-${'x'.repeat(30)}`;
    const body = Buffer.from(`Name,Key,Enabled,UsagePlanIds\nfrom a file,${value},TRUE,"${usagePlanId}"\n`);
    const { ids, warnings } = await clients.restApis.send(new ImportApiKeysCommand({ body, format: 'csv' }));
    assert.deepEqual([ids?.length, warnings], [1, []]);
    assert.equal(await get(server, restApiId, value), '200');
  });
});

test('a killed process grants at most what was counted in its last second once more; one that stops in order nothing', async () => {
  const { folder, remove } = temporaryFolder();
  let server = await startServer({ dataDirectory: folder });
  let clients = awsClients(server);
  const again = async (signal: NodeJS.Signals): Promise<void> => {
    clients.destroy();
    await server.stop(signal);
    server = await startServer({ dataDirectory: folder });
    clients = awsClients(server);
  };
  try {
    const restApiId = await keyedApi(clients);
    const { keyId, value } = await planWithKey(clients, restApiId, { quota: { limit: 20, period: 'MONTH' } });
    assert.deepEqual(await many(server, restApiId, value, 6), { 200: 6 });
    // Longer than what is counted waits to be written.
    await sleep(2500);
    assert.deepEqual(await many(server, restApiId, value, 4), { 200: 4 });
    await again('SIGKILL');
    const granted = (await many(server, restApiId, value, 30))['200'] ?? 0;
    assert.ok(granted >= 10 && granted <= 14, `${granted} of 20 were left to somebody who had used 10`);
    await again('SIGTERM');
    assert.deepEqual(await many(server, restApiId, value, 2), { [limitExceeded]: 2 });
    const shown = await clients.restApis.send(new GetApiKeyCommand({ apiKey: keyId, includeValue: true }));
    assert.equal(shown.value, value);
  } finally {
    clients.destroy();
    await server.stop();
    remove();
  }
});
