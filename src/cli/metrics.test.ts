// `stagegate metrics` against a running system.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningStagegate, startStagegate } from '../stagegate.ts';
import { runCommand } from './testing/run-command.ts';

let system: RunningStagegate;

const run = (...args: readonly string[]) => runCommand([...args, '--control-url', system.controlUrl]);

before(async () => {
  system = await startStagegate({
    ...{ host: '127.0.0.1', port: 0, controlHost: '127.0.0.1', controlPort: 0, dataDirectory: undefined },
    ...{ accountId: '000000000000', defaultRegion: 'us-east-1', auth: 'open', dev: false },
  });
});

after(() => system.close(0));

test('says that there is nothing yet', async () => {
  assert.match((await run('metrics')).out, /^Nothing was counted in the last hour\./);
});

test('a stage has a line, its methods too when the API is asked for', async () => {
  const call = (operation: string, input: Record<string, unknown>) => system.call('apigateway', operation, input);
  const { id: restApiId, rootResourceId: resourceId } = await call('CreateRestApi', { name: 'pets' });
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await call('PutMethod', { ...method, authorizationType: 'NONE' });
  await call('PutIntegration', { ...method, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } });
  await call('PutMethodResponse', { ...method, statusCode: '200' });
  await call('PutIntegrationResponse', { ...method, statusCode: '200' });
  await call('CreateDeployment', { restApiId, stageName: 'prod' });
  const patchOperations = [{ op: 'replace', path: '/*/*/metrics/enabled', value: 'true' }];
  await call('UpdateStage', { restApiId, stageName: 'prod', patchOperations });
  for (const path of ['', '', '', 'none']) await fetch(`${system.apiUrl}/restapis/${restApiId}/prod/_user_request_/${path}`);

  const all = (await run('metrics')).out;
  assert.match(all, /^API +stage +requests +4xx +5xx/);
  assert.match(all, /\npets +prod +4 +25 % +- +[\d.]+ [um]s +[\d.]+ [um]s +█\n$/);
  const one = (await run('metrics', 'pets', '--since', '2h')).out;
  assert.match(one, /\npets +prod +4 +25 %/);
  assert.match(one, /\npets +prod +GET \/ +3 +- +-/);
  const json = JSON.parse((await run('metrics', 'pets', '--json')).out) as { count: number; p50: number }[];
  assert.deepEqual(
    json.map(({ count }) => count),
    [4, 3],
  );
  assert.ok(json.every(({ p50 }) => p50 > 0));
});

test('alarms that are on come first', async () => {
  const alarm = { Namespace: 'AWS/ApiGateway', MetricName: '5XXError', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 };
  const AlarmName = 'failing';
  const rule = { Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' };
  await system.call('cloudwatch', 'PutMetricAlarm', { AlarmName, ...alarm, ...rule });
  await system.call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue: 'ALARM', StateReason: 'a test' });
  assert.match((await run('metrics')).out, /^ALARM {2}failing: a test\nAPI /);
});

test('a name of which nothing was counted', async () => {
  const { code, err } = await run('metrics', 'pest');
  assert.equal(code, 1);
  assert.match(err, /Nothing was counted of pest\.[\s\S]*Did you mean pets\?/);
});
