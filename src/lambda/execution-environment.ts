// One process that runs one function, one event at a time: start, dispatch, answer, and every way it can end.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Duplex, Readable } from 'node:stream';
import type { InitializationType } from './environment-variables.ts';
import { exitError, outOfMemoryError, type SandboxError, timeoutError } from './exit-reason.ts';
import {
  type EnvironmentFrame,
  encodeInvoke,
  FRAME_FAILED,
  FRAME_FATAL,
  FRAME_INIT_FAILED,
  FRAME_READY,
  FRAME_RETURNED,
  FrameDecoder,
} from './frame-codec.ts';
import type { FunctionLog, LogSource } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import { functionPid, type Isolation, unwrapExit, wrapVariables } from './isolation.ts';
import type { LambdaLimits } from './limits.ts';
import { LineSplitter } from './line-splitter.ts';
import { endLine, initReportLine, initStartLine, reportLine, startLine } from './platform-lines.ts';

const BOOTSTRAP = `${import.meta.dirname}/bootstraps/node/bootstrap.cjs`;
/** A process that ended may have left bytes in its pipes; a child of it may hold them open. So long we wait for the end. */
const PIPES_GRACE_MS = 250;
/** A Node process needs about this much of RLIMIT_DATA before it runs a line of code (measured). */
const DATA_LIMIT_BASE_BYTES = 1_073_741_824;
const PRLIMIT = process.platform === 'linux' ? ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => existsSync(file)) : undefined;
const PAGE_BYTES = 4096;
/** What an invocation may take while a debugger may be attached: a day. */
const INSPECTED_TIMEOUT_MS = 86_400_000;

/** Whoever keeps environments and hands out invocations. */
export interface EnvironmentOwner {
  readonly log: FunctionLog;
  readonly limits: LambdaLimits;
  /** The handler is loaded. */
  environmentStarted(environment: ExecutionEnvironment): void;
  /** An answer is going out: the environment takes another event at once, which it starts after this turn of the event loop. */
  environmentAnswered(environment: ExecutionEnvironment): void;
  /** Its process is being ended; its temporary folder is for the next one. */
  environmentTimedOut(environment: ExecutionEnvironment): void;
  /** The environment's process has ended; nothing more comes of it. `retry` is the invocation its start has failed. */
  environmentGone(environment: ExecutionEnvironment, retry: Invocation | undefined): void;
}

export interface EnvironmentStart {
  readonly version: FunctionVersion;
  readonly initializationType: InitializationType;
  readonly logSource: LogSource;
  readonly variables: Readonly<Record<string, string>>;
  readonly nodeBinary: string;
  readonly isolation: Isolation;
  readonly temporaryFolder: string;
  readonly compileCacheFolder: string | undefined;
  /** AWS: a start that timed out is tried again within the function's own timeout. Seen: Lambda guide, "Init phase". */
  readonly initTimeoutMs: number;
  /** A debugger may attach here (127.0.0.1); then no timeout ends an invocation. */
  readonly inspectPort: number | undefined;
}

type State = 'starting' | 'busy' | 'answered' | 'idle' | 'ended';
type KillReason = 'timeout' | 'init-timeout' | 'memory' | 'protocol' | 'fatal' | 'retired';

export class ExecutionEnvironment {
  readonly version: FunctionVersion;
  readonly temporaryFolder: string;
  /** `performance.now()` of the last answer. */
  idleSince = 0;
  /** Its function has changed: it finishes what it does and goes. */
  retired = false;
  readonly #owner: EnvironmentOwner;
  readonly #start: EnvironmentStart;
  #state: State = 'starting';
  #child: ChildProcess | undefined;
  #channel: Duplex | undefined;
  #stdout: LineSplitter | undefined;
  #stderr: LineSplitter | undefined;
  #current: Invocation | undefined;
  #next: Invocation | undefined;
  #functionPid: number | undefined;
  #used = false;
  #startedAt = 0;
  #initDurationMs: number | undefined;
  #peakMemoryKib = 0;
  #killReason: KillReason | undefined;
  #initError: string | undefined;
  #exit: { code: number | null; signal: string | null } | undefined;

  /** Without a first invocation it is started for whatever comes. */
  constructor(owner: EnvironmentOwner, start: EnvironmentStart, first: Invocation | undefined) {
    this.#owner = owner;
    this.#start = start;
    this.version = start.version;
    this.temporaryFolder = start.temporaryFolder;
    this.#current = first;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Free, or free after this turn of the event loop. */
  get isFree(): boolean {
    return (this.#state === 'idle' || this.#state === 'answered') && this.#next === undefined && this.#killReason === undefined;
  }

  /** Nothing to do and nothing left to write down. */
  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** A debugger may be attached to it. */
  get isInspected(): boolean {
    return this.#start.inspectPort !== undefined;
  }

  get isWorking(): boolean {
    return this.#state === 'starting' || this.#state === 'busy';
  }

  /** Its handler was loaded. */
  get wasReady(): boolean {
    return this.idleSince > 0 || this.#used;
  }

  /** It was given an event. */
  get wasUsed(): boolean {
    return this.#used;
  }

  get isStarting(): boolean {
    return this.#state === 'starting';
  }

  get isProvisioned(): boolean {
    return this.#start.initializationType === 'provisioned-concurrency';
  }

  /** It was ended because its invocation took too long. */
  get timedOut(): boolean {
    return this.#killReason === 'timeout';
  }

  /** Starts the process. Its first invocation begins when the handler is loaded. */
  start(): void {
    const { version } = this;
    this.#startedAt = performance.now();
    if (this.#writesPlatform) this.#write('platform', initStartLine(version, this.#start.initializationType), undefined);
    const { isolation } = this.#start;
    const command = [
      ...isolation.wrapper,
      this.#start.nodeBinary,
      ...nodeFlags(version),
      ...inspectFlags(this.#start.inspectPort),
      BOOTSTRAP,
      version.functionArn,
    ];
    if (this.#start.compileCacheFolder !== undefined) command.push(this.#start.compileCacheFolder);
    if (PRLIMIT !== undefined) command.unshift(PRLIMIT, ...resourceLimits(version), '--');
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: version.codeFolder,
      env: wrapVariables(isolation, this.#start.variables),
      // Its own process group: whatever it starts is ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.on('error', (error) => this.#onSpawnError(error));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    child.on('close', () => this.#onClosed());
    const decoder = new FrameDecoder((frame) => this.#onFrame(frame));
    const channel = child.stdio[3] as Duplex;
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!decoder.push(chunk)) this.#kill('protocol');
    });
    channel.on('error', () => this.#channelClosed());
    channel.on('end', () => this.#channelClosed());
    this.#stdout = this.#readLines(child.stdout as Readable, 'stdout');
    this.#stderr = this.#readLines(child.stderr as Readable, 'stderr');
  }

  /** Gives the environment its next event; only when it is free. */
  dispatch(invocation: Invocation): void {
    if (this.#state === 'answered') this.#next = invocation;
    else this.#begin(invocation);
  }

  /** After the turn in which it answered: everything the process printed before its answer has been read. */
  settle(): void {
    if (this.#state !== 'answered') return;
    const invocation = this.#current;
    if (invocation !== undefined) this.#report(invocation);
    this.#current = undefined;
    this.#state = 'idle';
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#begin(next);
  }

  /** Looks after deadlines (`performance.now()`); when `memory` is set also after its memory. */
  watch(now: number, memory: boolean): void {
    if (this.#state === 'starting') {
      if (now - this.#startedAt >= this.#start.initTimeoutMs) this.#kill('init-timeout');
    } else if (this.#state === 'busy' && this.#current !== undefined && now >= this.#current.deadlineAt) {
      this.#timeOut(this.#current);
    }
    if (memory && (this.#state === 'starting' || this.#state === 'busy')) this.#watchMemory();
  }

  /** Ends the process, whatever it is doing. */
  end(): void {
    this.#kill('retired');
  }

  #begin(invocation: Invocation): void {
    const now = performance.now();
    this.#current = invocation;
    this.#used = true;
    this.#state = 'busy';
    invocation.startedAt = now;
    const timeoutMs = this.isInspected ? INSPECTED_TIMEOUT_MS : this.version.timeoutMs;
    invocation.deadlineAt = now + timeoutMs;
    if (this.#initDurationMs !== undefined) {
      invocation.initDurationMs = this.#initDurationMs;
      this.#initDurationMs = undefined;
    }
    if (this.#writesPlatform) this.#write('platform', startLine(this.version, invocation), invocation);
    const deadline = Date.now() + timeoutMs;
    this.#channel?.write(
      encodeInvoke(
        invocation.requestId,
        deadline,
        invocation.traceId,
        invocation.invokedArn,
        invocation.clientContext,
        invocation.event,
      ),
    );
  }

  #onFrame(frame: EnvironmentFrame): void {
    if (this.#state === 'ended' || this.#killReason !== undefined) return;
    this.#peakMemoryKib = Math.max(this.#peakMemoryKib, frame.peakMemoryKib);
    const invocation = this.#current;
    if (frame.type === FRAME_READY && this.#state === 'starting') {
      this.#initDurationMs = performance.now() - this.#startedAt;
      if (invocation === undefined) {
        this.#state = 'idle';
        this.idleSince = performance.now();
      }
      this.#owner.environmentStarted(this);
      if (invocation !== undefined) this.#begin(invocation);
    } else if (frame.type === FRAME_INIT_FAILED && this.#state === 'starting') {
      this.#initError = frame.text;
      this.#kill('fatal');
    } else if (this.#state !== 'busy' || invocation === undefined) {
      // A frame that nobody asked for: the function speaks on our channel.
      this.#kill('protocol');
    } else if (frame.type === FRAME_RETURNED || frame.type === FRAME_FAILED) {
      this.#answered(invocation, frame);
    } else if (frame.type === FRAME_FATAL) {
      this.#finishWith(invocation, frame.text);
      this.#kill('fatal');
    } else {
      this.#kill('protocol');
    }
  }

  #answered(invocation: Invocation, frame: EnvironmentFrame): void {
    invocation.durationMs = performance.now() - invocation.startedAt;
    this.#state = 'answered';
    this.idleSince = invocation.startedAt + invocation.durationMs;
    // The owner first: whoever gets the answer may invoke again at once, and is to find this environment free.
    this.#owner.environmentAnswered(this);
    if (frame.type === FRAME_RETURNED) {
      invocation.answer({ kind: 'returned', payload: frame.text });
    } else {
      noteError(invocation, frame.text);
      invocation.answer({ kind: 'functionError', payload: frame.text });
    }
  }

  #timeOut(invocation: Invocation): void {
    const error = timeoutError(invocation.requestId, this.version.timeoutMs);
    const text = `${new Date().toISOString()} ${invocation.requestId} Task timed out after ${(this.version.timeoutMs / 1000).toFixed(2)} seconds`;
    this.#kill('timeout');
    if (this.timedOut) this.#owner.environmentTimedOut(this);
    this.#write('platform', text, invocation);
    invocation.status = 'timeout';
    invocation.durationMs = this.version.timeoutMs;
    invocation.answer({ kind: 'functionError', payload: JSON.stringify(error) });
  }

  /** The invocation's last word; its REPORT follows when the process is gone. */
  #finishWith(invocation: Invocation, payload: string): void {
    if (invocation.answered) return;
    invocation.durationMs = performance.now() - (invocation.startedAt || this.#startedAt);
    noteError(invocation, payload);
    invocation.answer({ kind: 'functionError', payload });
  }

  #onSpawnError(error: Error): void {
    this.#initError ??= JSON.stringify({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: `The function's process could not be started in ${this.version.codeFolder}: ${error.message}`,
    });
    // Without a process there will be no exit event.
    if (this.#child?.pid === undefined) this.#onClosed();
  }

  /** A process that ends closes its channel too, and then its exit says more. One that lives on without it is of no use. */
  #channelClosed(): void {
    setTimeout(() => {
      if (this.#exit === undefined) this.#kill('protocol');
    }, PIPES_GRACE_MS).unref();
  }

  #onExit(code: number | null, signal: string | null): void {
    this.#exit = unwrapExit(this.#start.isolation, code, signal);
    // Children of the process may live on in its group.
    this.#signalGroup();
    setTimeout(() => this.#onClosed(), PIPES_GRACE_MS).unref();
  }

  #onClosed(): void {
    if (this.#state === 'ended') return;
    const wasStarting = this.#state === 'starting';
    const invocation = this.#current;
    const waiting = this.#next;
    this.#state = 'ended';
    this.#stdout?.flush();
    this.#stderr?.flush();
    this.#current = undefined;
    this.#next = undefined;
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
    let retry = waiting;
    if (invocation !== undefined) {
      if (wasStarting) retry = this.#startFailed(invocation);
      else if (invocation.answered || this.#killReason !== 'retired') {
        this.#finishWith(invocation, JSON.stringify(this.#endError(invocation)));
        this.#report(invocation);
      } else {
        invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      }
    } else if (wasStarting && this.#killReason !== 'retired') {
      const status = this.#killReason === 'init-timeout' ? 'timeout' : 'error';
      this.#write('platform', this.#initReport(status, undefined), undefined);
    }
    this.#owner.environmentGone(this, retry);
  }

  /** The invocation again when it should have another start, else undefined with the invocation answered. */
  #startFailed(invocation: Invocation): Invocation | undefined {
    if (this.#killReason === 'retired') {
      invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      return undefined;
    }
    if (this.#killReason === 'init-timeout') {
      this.#write('platform', this.#initReport('timeout', undefined), undefined);
      if (invocation.initAttempts < 2) return invocation;
      this.#write('platform', startLine(this.version, invocation), invocation);
      invocation.startedAt = this.#startedAt;
      this.#timeOut(invocation);
    } else {
      const payload = this.#initError ?? JSON.stringify(this.#endError(invocation));
      noteError(invocation, payload);
      this.#write('platform', this.#initReport('error', invocation.errorType), undefined);
      this.#write('platform', startLine(this.version, invocation), invocation);
      this.#finishWith(invocation, payload);
    }
    this.#report(invocation);
    return undefined;
  }

  #initReport(status: 'error' | 'timeout', errorType: string | undefined): string {
    const durationMs = performance.now() - this.#startedAt;
    return initReportLine(this.version, this.#start.initializationType, durationMs, status, errorType);
  }

  #endError(invocation: Invocation): SandboxError {
    if (this.#killReason === 'memory') return outOfMemoryError(invocation.requestId);
    if (this.#killReason === 'protocol') return exitError(invocation.requestId, 0, null);
    return exitError(invocation.requestId, this.#exit?.code ?? null, this.#exit?.signal ?? null);
  }

  #report(invocation: Invocation): void {
    // Text without a line end belongs to this invocation, not to the next one's first line.
    this.#stdout?.flush();
    this.#stderr?.flush();
    if (invocation.logBytesDropped > 0) {
      const kept = this.#owner.limits.invocationLogBytesMax;
      const text = `[Stagegate] ${invocation.logBytesDropped} bytes of output were dropped: an invocation keeps ${kept} bytes.`;
      this.#write('platform', text, invocation);
    }
    if (this.#writesPlatform) {
      const end = endLine(this.version, invocation);
      if (end !== undefined) this.#write('platform', end, invocation);
      const megabytes = Math.min(Math.ceil(this.#peakMemoryKib / 1024), this.version.memoryMb);
      this.#write('platform', reportLine(this.version, invocation, megabytes), invocation);
    }
    invocation.reported();
  }

  #readLines(pipe: Readable, stream: 'stdout' | 'stderr'): LineSplitter {
    const lines = new LineSplitter((text) => this.#write(stream, text, this.#current));
    pipe.on('error', () => {});
    pipe.on('data', (chunk: Buffer) => {
      const invocation = this.#current;
      if (invocation !== undefined && invocation.logBytes > this.#owner.limits.invocationLogBytesMax) {
        // Read and forgotten: a function that floods its output must block neither itself nor anybody else.
        invocation.logBytesDropped += chunk.length;
        return;
      }
      if (invocation !== undefined) invocation.logBytes += chunk.length;
      lines.push(chunk);
    });
    return lines;
  }

  #write(stream: 'stdout' | 'stderr' | 'platform', text: string, invocation: Invocation | undefined): void {
    invocation?.log?.push(text);
    this.#owner.log.write(this.#start.logSource, invocation?.requestId, stream, text);
  }

  // AWS: SystemLogLevel WARN leaves out START, END and REPORT. Text logs have no levels.
  get #writesPlatform(): boolean {
    return this.version.systemLogLevel !== 'WARN';
  }

  // Private memory of the process: pages shared with other Node processes are nobody's fault.
  #watchMemory(): void {
    if (process.platform !== 'linux' || this.pid === undefined) return;
    this.#functionPid ??= functionPid(this.pid, this.#start.isolation.depth);
    if (this.#functionPid === undefined) return;
    try {
      const [, resident = '0', shared = '0'] = readFileSync(`/proc/${this.#functionPid}/statm`, 'latin1').split(' ');
      if ((Number(resident) - Number(shared)) * PAGE_BYTES > this.version.memoryMb * 1_048_576) {
        this.#peakMemoryKib = this.version.memoryMb * 1024;
        this.#kill('memory');
      }
    } catch {
      // The process has just ended.
    }
  }

  #kill(reason: KillReason): void {
    if (this.#state === 'ended') return;
    this.#killReason ??= reason;
    this.#signalGroup();
  }

  #signalGroup(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  }
}

function noteError(invocation: Invocation, payload: string): void {
  invocation.status = 'error';
  // The type stands in the first members; a huge payload is not parsed for it.
  const type = /"errorType":"((?:[^"\\]|\\.){1,200})"/.exec(payload.slice(0, 65_536))?.[1];
  // AWS: only errors of the runtime and the sandbox are named in the REPORT line.
  if (type !== undefined && /^(Runtime|Sandbox|Function|Extension)\./.test(type)) invocation.errorType = type;
}

// AWS gives Node 90 % of the memory for old and 5 % for new objects. Seen: start script of the nodejs runtimes.
function nodeFlags(version: FunctionVersion): string[] {
  const oldMb = Math.floor(version.memoryMb * 0.9);
  const semiMb = Math.max(1, Math.floor(version.memoryMb * 0.05));
  return [`--max-old-space-size=${oldMb}`, `--max-semi-space-size=${semiMb}`];
}

// Bound to this machine: whoever reaches the port runs code as the function.
function inspectFlags(port: number | undefined): string[] {
  return port === undefined ? [] : [`--inspect=127.0.0.1:${port}`];
}

function resourceLimits(version: FunctionVersion): string[] {
  return ['--core=0', '--nofile=1024', `--data=${DATA_LIMIT_BASE_BYTES + version.memoryMb * 1_048_576}`];
}
