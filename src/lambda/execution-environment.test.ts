import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { FunctionResult } from '../data-plane/ports.ts';
import { TimerWheel } from '../http1/timer-wheel.ts';
import { UpstreamPool } from '../http1/upstream-pool.ts';
import { type EnvironmentOwner, ExecutionEnvironment } from './execution-environment.ts';
import { FunctionLog } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import { Invocation } from './invocation.ts';
import { probeIsolation } from './isolation.ts';
import { defaultLambdaLimits } from './limits.ts';
import { SandboxApi } from './runtime-api/sandbox-api.ts';
import type { RuntimeChannel, RuntimeListener } from './runtime-channel.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-environment-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const version: FunctionVersion = {
  scope: { account: '000000000000', region: 'us-east-1' },
  functionName: 'f',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  versionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  version: '$LATEST',
  runtime: 'provided.al2023',
  roleArn: 'arn:aws:iam::000000000000:role/r',
  runtimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:0',
  handler: 'f',
  memoryMb: 128,
  timeoutMs: 1000,
  ephemeralStorageMb: 512,
  environment: {},
  logFormat: 'Text',
  applicationLogLevel: undefined,
  systemLogLevel: undefined,
  logGroup: '/aws/lambda/f',
  codeFolder: folder,
  layerFolders: [],
  codeKind: 'zip',
  codeKey: 'f',
};

/** A line to a program that says nothing: the test speaks for it. */
class SilentChannel implements RuntimeChannel {
  readonly usesPipe = false;
  readonly isOpen = false;
  readonly isClear = true;
  readonly holdsEvent = false;
  readonly opened: Promise<RuntimeListener>;
  #isOpened: (listener: RuntimeListener) => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#isOpened = resolve;
    });
  }

  open(listener: RuntimeListener): void {
    this.#isOpened(listener);
  }

  invoke(): void {}

  invokeAhead(): void {}

  withdraw(): void {}

  close(): void {}
}

interface Scripted {
  readonly environment: ExecutionEnvironment;
  readonly process: RuntimeListener;
  readonly first: Invocation;
  /** The invocations it has not begun, when its process has ended. */
  readonly gone: Promise<readonly Invocation[]>;
  readonly gaveBack: Invocation[];
  timedOut: number;
}

const results = new Map<Invocation, FunctionResult>();

function invocationOf(requestId: string): Invocation {
  const invocation: Invocation = new Invocation({
    requestId,
    event: '{}',
    traceId: '',
    keepsLog: true,
    receiver: {
      onFunctionResult(result) {
        assert.equal(results.has(invocation), false, 'answered twice');
        results.set(invocation, result);
      },
    },
  });
  return invocation;
}

/** An environment that has begun its first invocation. */
async function scripted(takesAhead: boolean): Promise<Scripted> {
  const wheel = new TimerWheel(() => {});
  const limits = defaultLambdaLimits();
  const channel = new SilentChannel();
  let isGone: (retry: readonly Invocation[]) => void = () => {};
  const gone = new Promise<readonly Invocation[]>((resolve) => {
    isGone = resolve;
  });
  const gaveBack: Invocation[] = [];
  const owner: EnvironmentOwner = {
    log: new FunctionLog(limits.logBytesMax, () => {}),
    limits,
    processStarted() {},
    processEnded() {},
    environmentStarted() {},
    environmentAnswered() {},
    environmentTimedOut: () => seen.timedOut++,
    environmentMovedOn() {},
    environmentGaveBack: (_environment, invocations) => gaveBack.push(...invocations),
    environmentGone: (_environment, retry) => isGone(retry),
    invocationEnded() {},
  };
  const first = invocationOf('first');
  const environment = new ExecutionEnvironment(
    owner,
    {
      version,
      initializationType: 'on-demand',
      logSource: {
        scope: version.scope,
        functionName: 'f',
        logFormat: 'Text',
        logGroupName: version.logGroup,
        logStreamName: 's',
      },
      variables: {},
      sandbox: (await probeIsolation('process')).sandboxOf(version),
      launch: { command: ['/bin/sleep', '60'], dataLimitBaseBytes: 1_073_741_824, reads: [] },
      channel,
      api: new SandboxApi(wheel),
      upstreams: new UpstreamPool({ wheel, onFault() {} }),
      extensions: [],
      temporaryFolder: folder,
      cacheFolder: undefined,
      initTimeoutMs: 10_000,
      inspectPort: undefined,
    },
    first,
  );
  environment.start();
  const process = await channel.opened;
  process.runtimeReady(0, takesAhead);
  const seen: Scripted = { environment, process, first, gone, gaveBack, timedOut: 0 };
  return seen;
}

/** One whose handler is known to be fast, with an invocation at work and three behind it. */
async function holding(): Promise<Scripted & { readonly held: readonly [Invocation, Invocation, Invocation, Invocation] }> {
  const seen = await scripted(true);
  const { environment, process } = seen;
  for (let call = 0; call < 20; call++) {
    process.runtimeReturned(0, 10, '1');
    environment.settle();
    if (call < 19) environment.dispatch(invocationOf('before'));
  }
  assert.ok(environment.room >= 3);
  const held = [invocationOf('a'), invocationOf('b'), invocationOf('c'), invocationOf('d')] as const;
  environment.dispatch(held[0], held.slice(1));
  return { ...seen, held };
}

function kinds(invocations: readonly Invocation[]): readonly (string | undefined)[] {
  return invocations.map((invocation) => results.get(invocation)?.kind);
}

test('an environment whose process takes its time to go times out once, and gives its folder away once', async () => {
  const seen = await scripted(false);
  // The end of the process is heard of in a later turn of the event loop than all of these.
  for (const late of [1, 51, 101]) seen.environment.watch(seen.first.deadlineAt + late, false);
  await seen.gone;
  assert.equal(seen.timedOut, 1);
  assert.equal(results.get(seen.first)?.kind, 'functionError');
  assert.equal(seen.first.log?.filter((line) => line.includes('Task timed out')).length, 1);
});

test('one event at a time where the process does not say that it takes more', async () => {
  const { environment, process } = await scripted(false);
  for (let call = 0; call < 20; call++) {
    process.runtimeReturned(0, 10, '1');
    environment.settle();
    assert.equal(environment.room, 0);
    environment.dispatch(invocationOf('before'));
  }
  environment.end();
});

test('events behind one that times out have not been begun', async () => {
  const { environment, gone, held } = await holding();
  environment.watch(held[0].deadlineAt + 1, false);
  assert.deepEqual(await gone, held.slice(1));
  assert.deepEqual(kinds(held), ['functionError', undefined, undefined, undefined]);
});

test('an event that its process began before it was ended is not begun again', async () => {
  const { environment, process, gone, held } = await holding();
  environment.watch(held[0].deadlineAt + 1, false);
  // This was on its way: the process is at the second event.
  process.runtimeReturned(0, 10, '1');
  assert.deepEqual(await gone, held.slice(2));
  assert.deepEqual(kinds(held), ['functionError', 'functionError', undefined, undefined]);
  assert.match(JSON.stringify(results.get(held[1])), /Runtime exited with error: signal: killed/);
  assert.deepEqual(
    held[1].log?.map((line) => line.split(' ', 1)[0]),
    ['START', 'END', 'REPORT'],
  );
});

test('a process that dies of the event that timed out has begun none of those behind it', async () => {
  const { environment, process, gone, held } = await holding();
  environment.watch(held[0].deadlineAt + 1, false);
  // On its way when the timeout ended the process: no answer, and nothing was begun after it.
  process.runtimeFatal('{"errorType":"Error","errorMessage":"stray"}');
  assert.deepEqual(await gone, held.slice(1));
  assert.deepEqual(kinds(held), ['functionError', undefined, undefined, undefined]);
});

test('an event that takes long gives back what is behind it, once', async () => {
  const { environment, process, gaveBack, held } = await holding();
  environment.withdrawLate(held[0].startedAt + 4);
  // Nothing was asked for.
  assert.equal(environment.room > 0, true);
  environment.withdrawLate(held[0].startedAt + 6);
  assert.equal(environment.room, 0);
  // The first of them was answered in the meantime.
  process.runtimeReturned(0, 10, '1');
  process.runtimeGaveBack(2);
  assert.deepEqual(gaveBack, held.slice(2));
  process.runtimeReturned(0, 10, '1');
  environment.settle();
  assert.deepEqual(kinds(held), ['returned', 'returned', undefined, undefined]);
  assert.equal(environment.isIdle, true);
  environment.end();
});

for (const [desc, count] of [
  ['nobody asked for', 1],
  ['it never had', 9],
  ['that are no number', Number.NaN],
] as const) {
  test(`a process that gives back events ${desc} is ended`, async () => {
    const { environment, process, gone, held } = await holding();
    if (count !== 1) environment.withdrawLate(held[0].startedAt + 6);
    process.runtimeGaveBack(count);
    assert.deepEqual(await gone, held.slice(1));
    assert.deepEqual(kinds(held), ['functionError', undefined, undefined, undefined]);
  });
}

test('a process that dies of something it left behind takes no event with it that it has not been given', async () => {
  const { environment, process, first, gone } = await scripted(false);
  process.runtimeReturned(0, 10, '1');
  const next = invocationOf('next');
  environment.dispatch(next);
  // An exception that nobody caught, before the turn in which the event is given to it.
  process.runtimeFatal('{"errorType":"Error","errorMessage":"stray"}');
  environment.settle();
  assert.equal(environment.isFree, false);
  assert.deepEqual(await gone, [next]);
  assert.deepEqual(kinds([first, next]), ['returned', undefined]);
});
