// Credentials of functions end, so environments that have them go before: idle ones by themselves, busy ones when they have answered.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaServiceOptions } from './lambda-service.ts';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const started: StartedLambda[] = [];
afterEach(async () => {
  for (const lambda of started.splice(0)) await lambda.close();
});

const source = `let calls = 0;
exports.handler = async ({ wait = 0 }) => {
  calls++;
  await new Promise((resolve) => setTimeout(resolve, wait));
  return { calls, key: process.env.AWS_ACCESS_KEY_ID, token: process.env.AWS_SESSION_TOKEN, kind: process.env.AWS_LAMBDA_INITIALIZATION_TYPE };
};`;

async function start(lifeMs: number | undefined): Promise<StartedLambda> {
  let made = 0;
  const credentials: LambdaServiceOptions['credentials'] = ({ roleArn }) => ({
    accessKeyId: `KEY${++made}`,
    secretAccessKey: 's',
    sessionToken: roleArn,
    ...(lifeMs === undefined ? {} : { expiresAt: Date.now() + lifeMs }),
  });
  // They are looked at four times in this.
  const lambda = await startLambda({ credentials, limits: { idleTimeoutMs: 2_000 } });
  started.push(lambda);
  await lambda.define('f', source, { Timeout: 20 });
  return lambda;
}

const ask = async (lambda: StartedLambda, event: object = {}) =>
  (await lambda.invoke('f', event)).payload as { readonly calls: number; readonly key: string; readonly token: string };

describe('credentials of functions', () => {
  test('are asked for with the role, once for each environment', async () => {
    const lambda = await start(undefined);
    const first = await ask(lambda);
    assert.equal(first.token, 'arn:aws:iam::000000000000:role/lambda-role');
    await sleep(1_200);
    assert.equal((await ask(lambda)).key, first.key);
  });

  test('an idle environment goes at half their life', async () => {
    const lambda = await start(3_000);
    const first = await ask(lambda);
    assert.equal((await ask(lambda)).key, first.key, 'until then it is used again');
    await sleep(2_200);
    const next = await ask(lambda);
    assert.notEqual(next.key, first.key);
    assert.equal(next.calls, 1);
  });

  test('a busy one answers first', async () => {
    const lambda = await start(1_000);
    const first = await ask(lambda, { wait: 1_800 });
    assert.equal(first.calls, 1);
    assert.notEqual((await ask(lambda)).key, first.key);
  });

  test('one of provisioned concurrency is replaced before anybody asks', async () => {
    const lambda = await start(2_000);
    await lambda.call('PublishVersion', { FunctionName: 'f' });
    await lambda.call('PutProvisionedConcurrencyConfig', {
      FunctionName: 'f',
      Qualifier: '1',
      ProvisionedConcurrentExecutions: 1,
    });
    const provisioned = async () => {
      const options = { FunctionName: 'f', Qualifier: '1' };
      return (await lambda.call('GetProvisionedConcurrencyConfig', options)).Status;
    };
    for (let i = 0; i < 500 && (await provisioned()) !== 'READY'; i++) await sleep(10);
    const askIt = async () => (await lambda.invoke('f', {}, { Qualifier: '1' })).payload as { key: string; kind: string };
    const first = await askIt();
    await sleep(1_800);
    for (let i = 0; i < 500 && (await provisioned()) !== 'READY'; i++) await sleep(10);
    const next = await askIt();
    assert.notEqual(next.key, first.key);
    assert.deepEqual([first.kind, next.kind], ['provisioned-concurrency', 'provisioned-concurrency']);
  });
});
