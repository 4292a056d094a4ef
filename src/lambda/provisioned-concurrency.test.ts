// Provisioned concurrency: environments that are there before anybody asks, and stay.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { createMemoryStore } from '../store/memory.ts';
import { Concurrency } from './concurrency.ts';
import type { LambdaServiceOptions } from './lambda-service.ts';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const started: StartedLambda[] = [];
afterEach(async () => {
  for (const lambda of started.splice(0)) await lambda.close();
});

async function start(options: Partial<LambdaServiceOptions> = {}): Promise<StartedLambda> {
  const lambda = await startLambda(options);
  started.push(lambda);
  return lambda;
}

const source = `exports.handler = async (event) => {
  if (event.exit) process.exit(1);
  if (event.wait) await new Promise((resolve) => setTimeout(resolve, event.wait));
  return { type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, stream: process.env.AWS_LAMBDA_LOG_STREAM_NAME, version: process.env.AWS_LAMBDA_FUNCTION_VERSION };
};`;

interface Answer {
  readonly type: string;
  readonly stream: string;
  readonly version: string;
}

async function provision(lambda: StartedLambda, Qualifier: string, count: number): Promise<void> {
  const answer = await lambda.call('PutProvisionedConcurrencyConfig', {
    FunctionName: 'f',
    Qualifier,
    ProvisionedConcurrentExecutions: count,
  });
  assert.equal(answer.Status, 'IN_PROGRESS');
}

/** Waits for a status; the answer that has it. */
async function status(lambda: StartedLambda, Qualifier: string, wanted: string) {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const answer = await lambda.call('GetProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier });
    if (answer.Status === wanted) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never ${wanted}`);
}

async function published(options: Partial<LambdaServiceOptions> = {}, code = source): Promise<StartedLambda> {
  const lambda = await start(options);
  await lambda.define('f', code, { Timeout: 10 });
  await lambda.call('PublishVersion', { FunctionName: 'f' });
  return lambda;
}

const ask = async (lambda: StartedLambda, event: object = {}, Qualifier = '1'): Promise<Answer> =>
  (await lambda.invoke('f', event, { Qualifier })).payload as Answer;

test('environments are started ahead, used first, and joined by others when they do not suffice', async () => {
  const lambda = await published();
  await provision(lambda, '1', 2);
  const ready = await status(lambda, '1', 'READY');
  assert.equal(ready.AllocatedProvisionedConcurrentExecutions, 2);
  assert.equal(ready.AvailableProvisionedConcurrentExecutions, 2);
  assert.equal(lambda.service.stats().environments, 2);
  const answers = await Promise.all([1, 2, 3].map(() => ask(lambda, { wait: 300 })));
  assert.deepEqual(answers.map(({ type }) => type).sort(), ['on-demand', 'provisioned-concurrency', 'provisioned-concurrency']);
  assert.equal((await ask(lambda)).type, 'provisioned-concurrency');
  assert.equal((await ask(lambda, {}, '$LATEST')).type, 'on-demand');
});

test('they stay when nobody needs them, and another takes the place of one that ends', async () => {
  const lambda = await published({ limits: { idleTimeoutMs: 50 } });
  await provision(lambda, '1', 1);
  await status(lambda, '1', 'READY');
  const { stream } = await ask(lambda);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await ask(lambda)).stream, stream);
  await ask(lambda, { exit: true });
  await status(lambda, '1', 'READY');
  const next = await ask(lambda);
  assert.notEqual(next.stream, stream);
  assert.equal(next.type, 'provisioned-concurrency');
});

test('they follow an alias, and go with it', async () => {
  const lambda = await published();
  await lambda.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  await provision(lambda, 'live', 1);
  await status(lambda, 'live', 'READY');
  assert.deepEqual((await ask(lambda, {}, 'live')).version, '1');
  await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'f', Description: 'two' });
  await lambda.call('PublishVersion', { FunctionName: 'f' });
  await lambda.call('UpdateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '2' });
  await status(lambda, 'live', 'READY');
  const { type, version } = await ask(lambda, {}, 'live');
  assert.deepEqual([type, version], ['provisioned-concurrency', '2']);
  await lambda.call('DeleteAlias', { FunctionName: 'f', Name: 'live' });
  for (let attempt = 0; lambda.service.stats().environments > 0 && attempt < 500; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(lambda.service.stats().environments, 0);
});

test('a handler that cannot be loaded is told, and not tried for ever', async () => {
  const lambda = await published({}, "throw new Error('no');");
  await provision(lambda, '1', 1);
  const failed = await status(lambda, '1', 'FAILED');
  assert.equal(failed.StatusReason, 'FUNCTION_ERROR_INIT_FAILURE');
  const { coldStarts } = lambda.service.stats();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(lambda.service.stats().coldStarts, coldStarts);
});

test('one that ends again and again before it is used is not started for ever', async () => {
  const lambda = await published({}, 'setTimeout(() => process.exit(1), 20); exports.handler = async () => 1;');
  await provision(lambda, '1', 1);
  await status(lambda, '1', 'FAILED');
  assert.ok(lambda.service.stats().coldStarts <= 4, String(lambda.service.stats().coldStarts));
});

test('they are there again after a restart, and gone after the configuration is deleted', async () => {
  const store = createMemoryStore();
  const first = await startLambda({ store });
  await first.define('f', source);
  await first.call('PublishVersion', { FunctionName: 'f' });
  await provision(first, '1', 1);
  await first.service.close();
  const second = await start({ store });
  await status(second, '1', 'READY');
  await second.call('DeleteProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' });
  await assert.rejects(status(second, '1', 'READY'), { code: 'ProvisionedConcurrencyConfigNotFoundException' });
  for (let attempt = 0; second.service.stats().environments > 0 && attempt < 500; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(second.service.stats().environments, 0);
});

test('GetAccountSettings takes what is provisioned from what is left', async () => {
  const lambda = await published();
  const left = async () => (await lambda.call('GetAccountSettings', {})).AccountLimit?.UnreservedConcurrentExecutions;
  assert.equal(await left(), 1000);
  await provision(lambda, '1', 3);
  assert.equal(await left(), 997);
  await lambda.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 10 });
  assert.equal(await left(), 990);
});

test('refused › more environments than this machine keeps', async () => {
  const lambda = await published({ limits: { environmentsMax: 2 } });
  await assert.rejects(provision(lambda, '1', 3), { code: 'InvalidParameterValueException', message: /at most 2 environments/ });
  const unpublished = { message: /cannot be applied to unpublished function versions/ };
  await assert.rejects(provision(lambda, '$LATEST', 1), unpublished);
  await lambda.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '$LATEST' });
  await assert.rejects(provision(lambda, 'live', 1), unpublished);
  await lambda.call('UpdateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  await provision(lambda, 'live', 1);
  await assert.rejects(lambda.call('UpdateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '$LATEST' }), {
    message: 'An alias with provisioned concurrency cannot point to $LATEST.',
  });
});

describe('Concurrency', () => {
  test('what is provisioned is kept from the others, and from the function’s own reservation', () => {
    const concurrency = new Concurrency(10);
    const own = concurrency.of('own');
    const other = concurrency.of('other');
    concurrency.provision(own, 4, 0);
    for (let taken = 0; taken < 6; taken++) {
      assert.equal(concurrency.isFull(other), false);
      concurrency.take(other);
    }
    assert.equal(concurrency.isFull(other), true);
    concurrency.reserve(own, 4);
    assert.equal(concurrency.isFull(own), true);
    concurrency.reserve(own, 5);
    assert.equal(concurrency.isFull(own), false);
    concurrency.take(own);
    assert.equal(concurrency.isFull(own), true);
  });

  test('an invocation that began before it was provisioned stops sharing', () => {
    const concurrency = new Concurrency(2);
    const own = concurrency.of('own');
    concurrency.take(own);
    concurrency.provision(own, 1, 1);
    const other = concurrency.of('other');
    assert.equal(concurrency.isFull(other), false);
    concurrency.take(other);
    assert.equal(concurrency.isFull(other), true);
  });
});
