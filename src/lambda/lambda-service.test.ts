// Environments: reuse, concurrency, change, retries, permissions, the end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import type { FunctionResult } from '../data-plane/ports.ts';
import type { LambdaServiceOptions } from './lambda-service.ts';
import { ACCOUNT, invokeBound, REGION, type StartedLambda, startLambda } from './testing/started-lambda.ts';
import { writeZip } from './testing/zip-writer.ts';

const running: StartedLambda[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const lambda of running.splice(0)) await lambda.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<LambdaServiceOptions> = {}): Promise<StartedLambda> {
  const lambda = await startLambda(options);
  running.push(lambda);
  return lambda;
}

const counter =
  'let n = 0; const id = Math.random(); exports.handler = async (e) => { if (e.ms) await new Promise((r) => setTimeout(r, e.ms)); return { id, n: ++n }; };';
const arn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const source = `arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/$default/GET/pets`;

interface Count {
  /** One per environment. */
  readonly id: number;
  readonly n: number;
}

test('a warm environment is used again, the last one first', async () => {
  const lambda = await start();
  await lambda.define('f', counter);
  const [one, two] = (await Promise.all([lambda.invoke('f', { ms: 300 }), lambda.invoke('f', { ms: 300 })])).map(
    ({ payload }) => payload as Count,
  );
  assert.notEqual(one?.id, two?.id);
  const third = (await lambda.invoke('f')).payload as Count;
  assert.equal(third.n, 2);
  assert.equal(((await lambda.invoke('f')).payload as Count).id, third.id);
  assert.equal(lambda.service.stats().coldStarts, 2);
});

test('one environment never runs two events at once', async () => {
  const lambda = await start();
  await lambda.define(
    'f',
    'let busy = false; exports.handler = async () => { if (busy) throw new Error("two"); busy = true; await new Promise((r) => setTimeout(r, 20)); busy = false; return 1; };',
  );
  const results = await Promise.all(Array.from({ length: 12 }, () => lambda.invoke('f')));
  assert.deepEqual(
    results.map(({ error }) => error),
    Array(12).fill(undefined),
  );
});

test('a burst of short invocations is answered by the environments there are', async () => {
  const lambda = await start();
  await lambda.define('f', counter);
  await lambda.invoke('f');
  const results = await Promise.all(Array.from({ length: 300 }, () => lambda.invoke('f')));
  assert.ok(results.every(({ error }) => error === undefined));
  // AWS would start some 300: there they cost nobody anything.
  assert.ok(lambda.service.stats().coldStarts <= 5, String(lambda.service.stats().coldStarts));
});

test('invocations that take long do not wait for one another', async () => {
  const lambda = await start();
  await lambda.define('f', counter);
  await lambda.invoke('f');
  const started = performance.now();
  const results = await Promise.all(Array.from({ length: 8 }, () => lambda.invoke('f', { ms: 2_000 })));
  assert.equal(new Set(results.map(({ payload }) => (payload as Count).id)).size, 8);
  // One after the other they take sixteen seconds.
  assert.ok(performance.now() - started < 8_000);
});

test('beyond the concurrency limit: 429 with its reason', async () => {
  const lambda = await start({ limits: { concurrentExecutions: 1 } });
  await lambda.define('f', counter);
  const first = lambda.invoke('f', { ms: 300 });
  await assert.rejects(lambda.invoke('f'), {
    code: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    fields: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User' },
  });
  await first;
  assert.equal((await lambda.invoke('f')).error, undefined);
});

test('reserved concurrency bounds its function and is kept from the others', async () => {
  const lambda = await start({ limits: { concurrentExecutions: 101 } });
  await lambda.define('f', counter);
  assert.deepEqual(await lambda.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 }), {
    ReservedConcurrentExecutions: 1,
  });
  assert.deepEqual(await lambda.call('GetFunctionConcurrency', { FunctionName: 'f' }), { ReservedConcurrentExecutions: 1 });
  assert.equal((await lambda.call('GetAccountSettings', {})).AccountLimit?.UnreservedConcurrentExecutions, 100);
  const first = lambda.invoke('f', { ms: 300 });
  await assert.rejects(lambda.invoke('f'), {
    code: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
  });
  await first;
  await lambda.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
  await assert.rejects(lambda.invoke('f'), { code: 'TooManyRequestsException' });
  await assert.rejects(lambda.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 2 }), {
    code: 'InvalidParameterValueException',
  });
  await lambda.call('DeleteFunctionConcurrency', { FunctionName: 'f' });
  assert.deepEqual(await lambda.call('GetFunctionConcurrency', { FunctionName: 'f' }), {});
  assert.equal((await lambda.invoke('f')).error, undefined);
});

test('beyond the process limit invocations wait, and another function’s idle process makes room', async () => {
  const lambda = await start({ limits: { environmentsMax: 1 } });
  await lambda.define('f', counter);
  await lambda.define('g', counter);
  const results = await Promise.all([lambda.invoke('f'), lambda.invoke('f'), lambda.invoke('g'), lambda.invoke('g')]);
  assert.deepEqual(
    results.map(({ error }) => error),
    Array(4).fill(undefined),
  );
});

test('an idle environment is ended', async () => {
  const lambda = await start({ limits: { idleTimeoutMs: 100 } });
  await lambda.define('f', counter);
  await lambda.invoke('f');
  await until(() => lambda.service.stats().environments === 0);
  assert.equal(((await lambda.invoke('f')).payload as Count).n, 1);
});

test('new code: idle environments go, a busy one finishes', async () => {
  const lambda = await start();
  await lambda.define('f', counter);
  const busy = lambda.invoke('f', { ms: 400 });
  await until(() => lambda.service.stats().starting === 0);
  await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { TABLE: 'b' } } });
  const fresh = (await lambda.invoke('f')).payload as Count;
  const old = (await busy).payload as Count;
  assert.notEqual(old.id, fresh.id);
  await until(() => lambda.service.stats().environments === 1);
  assert.equal(((await lambda.invoke('f')).payload as Count).id, fresh.id);
});

test('a folder is a function, and is loaded again when it says so', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-hot-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'index.js'), 'exports.handler = async () => "first";');
  const lambda = await start();
  await lambda.define('f', '', { Code: { S3Bucket: 'hot-reload', S3Key: folder } });
  assert.equal((await lambda.invoke('f')).payload, 'first');
  writeFileSync(path.join(folder, 'index.js'), 'exports.handler = async () => "second";');
  lambda.service.functionCodeChanged('f');
  assert.equal((await lambda.invoke('f')).payload, 'second');
  rmSync(folder, { recursive: true });
  lambda.service.functionCodeChanged('f');
  assert.match(JSON.stringify((await lambda.invoke('f')).payload), /errorType/);
});

test('folders are for development only', async () => {
  const lambda = await start({ allowFolders: false });
  await assert.rejects(lambda.define('f', '', { Code: { S3Bucket: 'hot-reload', S3Key: tmpdir() } }), {
    code: 'InvalidParameterValueException',
  });
});

test('an asynchronous event is tried three times with one request id', async () => {
  const lambda = await start({ limits: { retryDelaysMs: [20, 40] } });
  await lambda.define('f', 'exports.handler = async (e, c) => { console.log("try"); throw new Error("no"); };');
  const { response } = await lambda.invoke('f', {}, { InvocationType: 'Event' });
  assert.equal(response.StatusCode, 202);
  assert.equal(response.Payload?.length, 0);
  assert.equal(response.ExecutedVersion, undefined);
  await until(
    () =>
      lambda.service.stats().queuedEvents === 0 &&
      lambda.service.logs('f').filter(({ text }) => text.startsWith('REPORT')).length === 3,
  );
  assert.equal(
    new Set(
      lambda.service
        .logs('f')
        .filter(({ text }) => text.startsWith('END'))
        .map(({ text }) => text),
    ).size,
    1,
  );
});

test('the port asks the resource policy, and hears of its changes', async () => {
  const lambda = await start();
  const bound = lambda.service.functions.bind({
    scope: { account: ACCOUNT, region: REGION },
    functionArn: arn('f'),
    sourceArn: source,
  });
  const invoke = (): Promise<FunctionResult> =>
    new Promise((resolve) => bound.invoke('{"a":1}', '', { onFunctionResult: resolve }));
  const refusal = async (): Promise<string> => {
    const result = await invoke();
    return result.kind === 'refused' ? result.refusal : result.payload;
  };
  assert.equal(await refusal(), 'ResourceNotFound');
  await lambda.define('f', 'exports.handler = async (e) => e;');
  assert.equal(await refusal(), 'AccessDenied');
  const permission = {
    FunctionName: 'f',
    StatementId: 'api',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  };
  await lambda.call('AddPermission', { ...permission, SourceArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:other/*/*/*` });
  assert.equal(await refusal(), 'AccessDenied');
  await lambda.call('RemovePermission', { FunctionName: 'f', StatementId: 'api' });
  await lambda.call('AddPermission', {
    ...permission,
    SourceArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*/*/pets`,
    SourceAccount: ACCOUNT,
  });
  assert.deepEqual(await invoke(), { kind: 'returned', payload: '{"a":1}' });
  await lambda.call('DeleteFunction', { FunctionName: 'f' });
  assert.equal(await refusal(), 'ResourceNotFound');
  await lambda.define('f', 'exports.handler = async (e) => e;');
  assert.equal(await refusal(), 'AccessDenied', 'a new function of that name inherits no permission');
});

test('the port refuses versions, other text and events over 6 MB', async () => {
  const lambda = await start();
  await lambda.define('f', 'exports.handler = async () => 1;');
  await lambda.call('AddPermission', { FunctionName: 'f', StatementId: 'all', Action: 'lambda:InvokeFunction', Principal: '*' });
  const refusal = async (functionArn: string, event?: string): Promise<string> => {
    const result = await invokeBound(lambda, functionArn, source, event);
    return result.kind === 'refused' ? result.refusal : result.kind;
  };
  assert.equal(await refusal(arn('f')), 'returned');
  assert.equal(await refusal(`${arn('f')}:$LATEST`), 'returned');
  assert.equal(await refusal(`${arn('f')}:3`), 'ResourceNotFound');
  assert.equal(await refusal('hello'), 'ResourceNotFound');
  assert.equal(await refusal(arn('f'), JSON.stringify('x'.repeat(6_291_456))), 'RequestTooLarge');
});

test('each invocation finds its own trace id in the environment', async () => {
  const lambda = await start();
  await lambda.define('traced', 'exports.handler = async () => process.env._X_AMZN_TRACE_ID ?? "none";');
  const all = { FunctionName: 'traced', StatementId: 'all', Action: 'lambda:InvokeFunction', Principal: '*' };
  await lambda.call('AddPermission', all);
  for (const [traceId, seen] of [
    ['Root=1-a', /^"Root=1-a;Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0"$/],
    ['Root=1-b;Sampled=1', /^"Root=1-b;Parent=[0-9a-f]{16};Sampled=1;Lineage=/],
    ['', /^"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/],
  ] as const) {
    const result = await invokeBound(lambda, arn('traced'), source, '{}', traceId);
    assert.match(result.kind === 'returned' ? result.payload : result.kind, seen);
  }
});

test('a store that is reset takes its functions with it', async () => {
  const lambda = await start();
  await lambda.define('f', counter);
  await lambda.invoke('f');
  await lambda.store.reset();
  await assert.rejects(lambda.invoke('f'), { code: 'ResourceNotFoundException' });
  await until(() => lambda.service.stats().environments === 0);
});

test('functions survive a restart, code that is gone from disk is unpacked again', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-data-'));
  folders.push(folder);
  const first = await startLambda({ dataDirectory: folder });
  await first.define('f', 'exports.handler = async () => "kept";');
  assert.equal((await first.invoke('f')).payload, 'kept');
  await first.service.close();
  for (const removed of [false, true]) {
    if (removed) rmSync(path.join(folder, 'code'), { recursive: true, force: true });
    const second = await startLambda({ dataDirectory: folder, store: first.store });
    assert.equal((await second.invoke('f')).payload, 'kept');
    assert.equal((await second.call('GetFunction', { FunctionName: 'f' })).Configuration?.State, 'Active');
    await second.service.close();
  }
  await first.store.close();
});

// A function that writes the time into a file as long as it lives, and never listens.
const heart = (file: string): string =>
  `const fs = require('fs'); const wait = new Int32Array(new SharedArrayBuffer(4));
   exports.handler = async () => { for (;;) { fs.writeFileSync(${JSON.stringify(file)}, String(Date.now())); Atomics.wait(wait, 0, 0, 20); } };`;

const beats = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

async function stopsBeating(file: string): Promise<void> {
  for (let last = beats(file), end = Date.now() + 5000; ; last = beats(file)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (beats(file) === last) return;
    assert.ok(Date.now() < end, 'it lives on');
  }
}

for (const isolation of ['process', 'namespace'] as const) {
  test(`closing ends every process and removes every folder (${isolation})`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-closed-'));
    folders.push(folder);
    const file = path.join(folder, 'heart');
    const lambda = await startLambda({ isolation });
    await lambda.define('g', 'exports.handler = async () => process.env.TMPDIR;');
    const temporary = String((await lambda.invoke('g')).payload);
    assert.ok(existsSync(temporary));
    await lambda.define('f', heart(file), { Timeout: 60 });
    const unanswered = assert.rejects(lambda.invoke('f'), { code: 'ServiceException' });
    await until(() => beats(file) !== '');
    await lambda.close();
    await unanswered;
    await stopsBeating(file);
    assert.equal(existsSync(path.dirname(temporary)), false);
  });

  test(`when the gateway is killed its functions end too, even one that never listens (${isolation})`, {
    skip: process.platform === 'win32',
  }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-killed-'));
    folders.push(folder);
    const file = path.join(folder, 'heart');
    const script = `
      import { startLambda } from ${JSON.stringify(path.join(import.meta.dirname, 'testing/started-lambda.ts'))};
      const lambda = await startLambda({ isolation: ${JSON.stringify(isolation)} });
      await lambda.define('f', ${JSON.stringify(heart(file))}, { Timeout: 60 });
      void lambda.invoke('f');
    `;
    writeFileSync(path.join(folder, 'gateway.mjs'), script);
    const gateway = spawn(process.execPath, [path.join(folder, 'gateway.mjs')], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: folder },
    });
    await until(() => beats(file) !== '', 10_000);
    gateway.kill('SIGKILL');
    await stopsBeating(file);
    await until(() => readdirSync(folder).every((name) => !name.startsWith('stagegate-functions-')));
  });
}

test('closing lets an invocation finish within its grace', async () => {
  const lambda = await startLambda();
  await lambda.define('f', counter);
  const busy = lambda.invoke('f', { ms: 200 });
  await until(() => lambda.service.stats().executing === 1);
  await lambda.service.close(5000);
  assert.equal((await busy).error, undefined);
  await lambda.store.close();
});

test('/tmp outlives a timeout, memory does not', async () => {
  const lambda = await start();
  const text = `const fs = require('fs'); let n = 0; exports.handler = async (e) => {
    const file = process.env.TMPDIR + '/kept';
    if (e.write) { fs.writeFileSync(file, e.write); n = 42; return null; }
    if (e.sleep) { await new Promise((r) => setTimeout(r, e.sleep)); }
    return { kept: fs.existsSync(file) && fs.readFileSync(file, 'utf8'), n };
  };`;
  await lambda.define('f', text, { Timeout: 1 });
  await lambda.invoke('f', { write: 'some-content' });
  assert.deepEqual((await lambda.invoke('f')).payload, { kept: 'some-content', n: 42 });
  assert.equal((await lambda.invoke('f', { sleep: 2000 })).error, 'Unhandled');
  assert.deepEqual((await lambda.invoke('f')).payload, { kept: 'some-content', n: 0 });
});

test('/tmp does not outlive the code that wrote it', async () => {
  const lambda = await start();
  const text = (version: number): string => `const fs = require('fs'); exports.handler = async (e) => {
    const file = process.env.TMPDIR + '/kept';
    if (e.hang) { fs.writeFileSync(file, 'x'); await new Promise((r) => setTimeout(r, 5000)); }
    return { kept: fs.existsSync(file), version: ${version} };
  };`;
  await lambda.define('f', text(1), { Timeout: 1 });
  assert.equal((await lambda.invoke('f', { hang: true })).error, 'Unhandled');
  await lambda.call('UpdateFunctionCode', { FunctionName: 'f', ZipFile: writeZip([{ name: 'index.js', data: text(2) }]) });
  assert.deepEqual((await lambda.invoke('f')).payload, { kept: false, version: 2 });

  // The code changes while the old one is at work.
  const hanging = lambda.invoke('f', { hang: true });
  await until(() => lambda.service.stats().executing === 1);
  await lambda.call('UpdateFunctionCode', { FunctionName: 'f', ZipFile: writeZip([{ name: 'index.js', data: text(3) }]) });
  assert.equal((await hanging).error, 'Unhandled');
  assert.deepEqual((await lambda.invoke('f')).payload, { kept: false, version: 3 });
});

test('without a process namespace: the same answers', async () => {
  const lambda = await start({ isolation: 'process' });
  assert.equal(lambda.service.stats().isolation, 'process');
  const text =
    'exports.handler = async (e) => { if (e.exit !== undefined) process.exit(e.exit); if (e.abort) process.abort(); if (e.hang) for (;;); return process.pid; };';
  await lambda.define('f', text, { Timeout: 1 });
  assert.ok(Number((await lambda.invoke('f')).payload) > 2);
  const message = async (event: object): Promise<string> =>
    ((await lambda.invoke('f', event)).payload as { errorMessage: string }).errorMessage.replace(/^RequestId: \S+ Error: /, '');
  assert.equal(await message({ exit: 3 }), 'Runtime exited with error: exit status 3');
  assert.equal(await message({ exit: 200 }), 'Runtime exited with error: exit status 200');
  assert.equal(await message({ abort: true }), 'Runtime exited with error: signal: aborted');
  assert.equal(await message({ hang: true }), 'Task timed out after 1.00 seconds');
  assert.ok(Number((await lambda.invoke('f')).payload) > 2);
});

async function until(holds: () => boolean, waitMs = 5000): Promise<void> {
  const end = Date.now() + waitMs;
  while (!holds()) {
    assert.ok(Date.now() < end, 'waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
