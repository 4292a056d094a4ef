// deployments, rollback, canary and explain against a running system: what they print, and what the stage serves afterwards.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type RunningStagegate, startStagegate } from '../stagegate.ts';
import { deploymentBefore } from './rollback.ts';
import { runCommand } from './testing/run-command.ts';

let system: RunningStagegate;
let restApiId = '';
let rootId = '';

const call = (operation: string, input: Record<string, unknown>) => system.call('apigateway', operation, input);

const run = (...args: readonly string[]) => runCommand([...args, '--control-url', system.controlUrl]);

/** The API answers `version` from its next deployment on. */
async function define(version: string): Promise<void> {
  await call('PutIntegrationResponse', {
    restApiId,
    resourceId: rootId,
    httpMethod: 'GET',
    statusCode: '200',
    responseTemplates: { 'application/json': version },
  });
}

async function deploy(): Promise<string> {
  return String((await call('CreateDeployment', { restApiId, stageName: 'prod' }))['id']);
}

function served(): Promise<string> {
  const { host } = new URL(system.invokeUrl(restApiId, 'prod'));
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: system.port, path: '/prod/', headers: { host }, agent: false });
    request.on('response', (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}

before(async () => {
  system = await startStagegate({
    host: '127.0.0.1',
    port: 0,
    controlHost: '127.0.0.1',
    controlPort: 0,
    dataDirectory: undefined,
    accountId: '000000000000',
    defaultRegion: 'us-east-1',
    auth: 'open',
    dev: true,
    onNotice: () => {},
  });
  const api = await call('CreateRestApi', { name: 'pets' });
  restApiId = String(api['id']);
  rootId = String(api['rootResourceId']);
  const at = { restApiId, resourceId: rootId, httpMethod: 'GET' };
  await call('PutMethod', { ...at, authorizationType: 'NONE', apiKeyRequired: false });
  await call('PutMethodResponse', { ...at, statusCode: '200' });
  await call('PutIntegration', { ...at, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } });
});
after(() => system.close(0));

describe('releases of a REST API', () => {
  test('from the first deployment to a promoted canary', async () => {
    assert.match((await run('deployments', 'pets')).out, /No deployment yet/);
    await define('1');
    const first = await deploy();
    const none = await run('rollback', 'pets', 'prod');
    assert.equal(none.code, 1);
    assert.match(none.err, /no deployment before/);

    await define('2');
    const second = await deploy();
    assert.equal(await served(), '2');
    assert.match(
      (await run('rollback', 'pets', 'prod', first)).out,
      new RegExp(`prod of pets is at ${first} now; it was at ${second}`),
    );
    assert.equal(await served(), '1');
    assert.match((await run('rollback', 'pets', 'prod', first)).out, /already/);
    const list = (await run('deployments', restApiId, 'prod')).out;
    assert.match(list, new RegExp(`${first} +\\S+ \\S+ +prod`));
    assert.match(list, new RegExp(`${second} +\\S+ \\S+$`, 'm'));

    // Every request goes to the canary, so that no chance is in the test.
    assert.match(
      (await run('canary', 'pets', 'prod', '--percent', '100', '--deployment', second)).out,
      new RegExp(`100 % of prod of pets go to ${second}`),
    );
    assert.equal(await served(), '2');
    assert.match((await run('deployments', 'pets')).out, new RegExp(`${second} .* canary of prod \\(100 %\\)`));
    const rolled = await run('rollback', 'pets', 'prod', second);
    assert.match(rolled.out, /Its canary .* still gets 100 %; stagegate canary pets prod remove ends it/);
    await run('rollback', 'pets', 'prod', first);
    await run('canary', 'pets', 'prod', '--percent', '0');
    assert.equal(await served(), '1');
    assert.match(
      (await run('canary', 'pets', 'prod', 'remove')).out,
      new RegExp(`prod of pets is at ${first}, without a canary`),
    );

    await define('3');
    assert.match((await run('canary', 'pets', 'prod', '--percent', '100')).out, /100 % of prod of pets go to/);
    assert.equal(await served(), '3');
    assert.match((await run('canary', 'pets', 'prod', 'promote')).out, /without a canary/);
    assert.equal(await served(), '3');
    const json = JSON.parse((await run('deployments', 'pets', '--json')).out) as { stages: { canarySettings?: unknown }[] };
    assert.equal(json.stages[0]?.canarySettings, undefined);
  });

  for (const [desc, args, code, message] of [
    ['an API that is not there', ['deployments', 'pet'], 1, /There is no REST API pet\.[\s\S]*Did you mean pets\?/],
    ['a stage that is not there', ['rollback', 'pets', 'prd'], 1, /pets has no stage prd\.[\s\S]*Did you mean prod\?/],
    ['a deployment that is not there', ['rollback', 'pets', 'prod', 'zzz'], 1, /no deployment zzz/],
    [
      'a canary of one that is not there',
      ['canary', 'pets', 'prod', '--percent', '5', '--deployment', 'zzz'],
      1,
      /no deployment zzz/,
    ],
    ['no canary to promote', ['canary', 'pets', 'prod', 'promote'], 1, /prod of pets has no canary/],
    ['nothing to do', ['canary', 'pets', 'prod'], 2, /Say one thing to do/],
    ['two things to do', ['canary', 'pets', 'prod', 'remove', '--percent', '1'], 2, /Say one thing to do/],
    ['something else', ['canary', 'pets', 'prod', 'stop'], 2, /stop is nothing that can be done/],
    ['more than all', ['canary', 'pets', 'prod', '--percent', '101'], 2, /more than all requests/],
  ] as const) {
    test(desc, async () => {
      const { code: got, err } = await run(...args);
      assert.match(err, message);
      assert.equal(got, code);
    });
  }

  test('explain says what the method of a REST API does', async () => {
    const { out, code } = await run('explain', 'GET', '/', '--api', 'pets');
    assert.equal(code, 0, out);
    assert.match(out, /on pets \([a-z0-9]{10}\), stage prod/);
    assert.match(out, /authorization +NONE/);
    assert.match(out, /API key +not required/);
    assert.match(out, /integration +MOCK/);
    assert.match(out, /templates +application\/json; otherwise WHEN_NO_MATCH/);
    assert.match(out, /responses +200 by default/);
    assert.equal((await run('explain', 'GET', '/nothing')).code, 1);
    assert.match((await run('explain', 'GET', '/prod/pets')).out, /without the stage: stagegate explain GET \/pets/);
    for (const copied of ['http://localhost:8080/?limit=1', '/?limit=1#top', 'https://a.execute-api.us-east-1.amazonaws.com']) {
      assert.equal((await run('explain', 'GET', copied)).code, 0, copied);
    }
  });
});

describe('the deployment before', () => {
  const made = (id: string, createdDate: number) => ({ id, createdDate });
  const api = { id: 'a', name: 'pets' };
  for (const [desc, live, all, expected] of [
    ['the one made before', 'c', [made('c', 30), made('b', 20), made('a', 10)], 'b'],
    ['not one made after a rollback', 'b', [made('c', 30), made('b', 20), made('a', 10)], 'a'],
    ['none before the first', 'a', [made('b', 20), made('a', 10)], /no deployment before a/],
    ['two of the same second as the live one', 'b', [made('b', 20), made('a', 20)], /within one second/],
    ['two of one second before', 'c', [made('c', 30), made('b', 20), made('a', 20)], /within one second/],
  ] as const) {
    test(desc, () => {
      if (typeof expected === 'string') assert.equal(deploymentBefore(live, all, api).id, expected);
      else assert.throws(() => deploymentBefore(live, all, api), expected);
    });
  }
});
