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

  close(): void {}
}

test('an environment whose process takes its time to go times out once, and gives its folder away once', async () => {
  const wheel = new TimerWheel(() => {});
  const limits = defaultLambdaLimits();
  const channel = new SilentChannel();
  let timedOut = 0;
  let isGone: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    isGone = resolve;
  });
  const owner: EnvironmentOwner = {
    log: new FunctionLog(limits.logBytesMax, () => {}),
    limits,
    processStarted() {},
    processEnded() {},
    environmentStarted() {},
    environmentAnswered() {},
    environmentTimedOut: () => timedOut++,
    environmentGone: () => isGone(),
  };
  const results: FunctionResult[] = [];
  const invocation = new Invocation({
    requestId: 'r',
    event: '{}',
    traceId: '',
    keepsLog: true,
    receiver: { onFunctionResult: (result) => results.push(result) },
  });
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
    invocation,
  );
  environment.start();
  (await channel.opened).runtimeReady(0);
  // The end of the process is heard of in a later turn of the event loop than all of these.
  for (const late of [1, 51, 101]) environment.watch(invocation.deadlineAt + late, false);
  await gone;
  assert.equal(timedOut, 1);
  assert.equal(results.length, 1);
  assert.equal(invocation.log?.filter((line) => line.includes('Task timed out')).length, 1);
});
