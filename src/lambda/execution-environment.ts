// One process that runs one function, one event at a time: start, dispatch, answer, and every way it can end.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Duplex, Readable } from 'node:stream';
import type { FunctionStreamError, FunctionStreamSink, Upstreams } from '../data-plane/ports.ts';
import { exitError, outOfMemoryError, type SandboxError, timeoutError } from './exit-reason.ts';
import { ExtensionProcess } from './extension-processes.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import { type Sandbox, unwrapExit, wrapVariables } from './isolation.ts';
import type { LambdaLimits } from './limits.ts';
import { LineSplitter } from './line-splitter.ts';
import { endLine, initReportLine, initStartLine, printedLine, reportLine, runtimeDoneLine, startLine } from './platform-lines.ts';
import { privateMemoryBytes, processTree } from './process-tree.ts';
import { type ExtensionListener, Extensions } from './runtime-api/extensions.ts';
import type { SandboxApi } from './runtime-api/sandbox-api.ts';
import { Telemetry } from './runtime-api/telemetry.ts';
import type { RuntimeChannel, RuntimeListener } from './runtime-channel.ts';
import { isLaunchFault, type LaunchFault, type RuntimeLaunch } from './runtime-launch.ts';
import { errorTypeOf } from './stream-error.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** A process that ended may have left bytes in its pipes; a child of it may hold them open. So long we wait for the end. */
const PIPES_GRACE_MS = 250;
const PRLIMIT = process.platform === 'linux' ? ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => existsSync(file)) : undefined;
/** AWS: 1,024 processes and threads. Seen: Lambda quotas. */
const PROCESSES_MAX = 1024;
/** Who its processes are is looked up so often; a look goes through every thread of each. */
const PROCESSES_FRESH_MS = 300;

/** Whoever keeps environments and hands out invocations. */
export interface EnvironmentOwner {
  readonly log: FunctionLog;
  readonly limits: LambdaLimits;
  /** A process group that must not outlive the gateway. */
  processStarted(group: number): void;
  processEnded(group: number): void;
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
  readonly variables: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  /** What to run; or why there is nothing to run. */
  readonly launch: RuntimeLaunch | LaunchFault | Promise<RuntimeLaunch | LaunchFault>;
  readonly channel: RuntimeChannel;
  /** Where its processes find Lambda's own APIs; undefined when none of them asks. */
  readonly api: SandboxApi | undefined;
  /** Brings telemetry to extensions. */
  readonly upstreams: Upstreams;
  /** External extensions and where the environment finds their programs. */
  readonly extensions: readonly { readonly name: string; readonly program: string }[];
  readonly temporaryFolder: string;
  /** Where what was compiled is kept; undefined keeps nothing. */
  readonly cacheFolder: string | undefined;
  /** AWS: a start that timed out is tried again within the function's own timeout. Seen: Lambda guide, "Init phase". */
  readonly initTimeoutMs: number;
  /** A debugger may attach here (127.0.0.1); then no timeout ends an invocation. */
  readonly inspectPort: number | undefined;
}

type State = 'starting' | 'busy' | 'answered' | 'idle' | 'ended';
type KillReason = 'timeout' | 'init-timeout' | 'memory' | 'processes' | 'protocol' | 'fatal' | 'retired';

export class ExecutionEnvironment implements RuntimeListener, ExtensionListener {
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
  readonly #channel: RuntimeChannel;
  readonly #extensions: Extensions | undefined;
  readonly #telemetry: Telemetry | undefined;
  #extensionProcesses: ExtensionProcess[] = [];
  /** What waits until all extensions wait for their next event. */
  #whenIdle: (() => void) | undefined;
  #startRuntime: (() => void) | undefined;
  #stdout: LineSplitter | undefined;
  #stderr: LineSplitter | undefined;
  #current: Invocation | undefined;
  #next: Invocation | undefined;
  #startedAt = 0;
  #initDurationMs: number | undefined;
  #peakMemoryKib = 0;
  #killReason: KillReason | undefined;
  #processes: readonly number[] = [];
  #processesAt = 0;
  #initError: string | undefined;
  #exit: { code: number | null; signal: string | null } | undefined;

  constructor(owner: EnvironmentOwner, start: EnvironmentStart, first: Invocation) {
    this.#owner = owner;
    this.#start = start;
    this.#channel = start.channel;
    if (start.api !== undefined) {
      this.#extensions = new Extensions(
        start.version,
        start.extensions.map(({ name }) => name),
      );
      this.#telemetry = new Telemetry(start.upstreams, this.#extensions);
      start.api.add(this.#extensions.route);
      start.api.add(this.#telemetry.route);
      this.#extensions.open(this);
    }
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
    return this.#state === 'starting' || this.#state === 'busy' || this.#whenIdle !== undefined;
  }

  /** It was ended because its invocation took too long. */
  get timedOut(): boolean {
    return this.#killReason === 'timeout';
  }

  /** Starts the process. Its first invocation begins when the handler is loaded. */
  start(): void {
    this.#startedAt = performance.now();
    this.#telemetry?.publish('platform', initStartLine(asJson(this.version)));
    if (this.#writesPlatform) this.#write('platform', initStartLine(this.version), undefined);
    const { launch } = this.#start;
    if (launch instanceof Promise) void launch.then((found) => this.#launch(found));
    else this.#launch(launch);
  }

  #launch(launch: RuntimeLaunch | LaunchFault): void {
    if (isLaunchFault(launch)) {
      this.#initError = JSON.stringify(launch);
      this.#killReason ??= 'fatal';
      queueMicrotask(() => this.#onClosed());
      return;
    }
    const { api, extensions, variables } = this.#start;
    if (api === undefined) {
      this.#spawn(launch, variables);
      return;
    }
    api.listen().then(
      (address) => {
        const all = { ...variables, AWS_LAMBDA_RUNTIME_API: address };
        if (extensions.length === 0) {
          this.#spawn(launch, all);
          return;
        }
        this.#startRuntime = () => this.#spawn(launch, all);
        for (const { name, program } of extensions) this.#startExtension(name, program, launch, all);
      },
      (error: Error) => this.#onSpawnError(error),
    );
  }

  #startExtension(name: string, program: string, launch: RuntimeLaunch, variables: Readonly<Record<string, string>>): void {
    if (this.#state === 'ended') return;
    // AWS: extensions do not get the runtime's own variables. Seen: Lambda guide, "Extensions API", environment variables.
    const { _HANDLER, AWS_EXECUTION_ENV, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME, ...given } = variables;
    const extension = new ExtensionProcess({
      name,
      command: this.#wrap({ ...launch, command: [program] }),
      variables: wrapVariables(this.#start.sandbox, given),
      cwd: this.version.codeFolder,
      onLine: (text) => {
        this.#telemetry?.publish('extension', printedLine('extension', text));
        this.#write('stdout', text, this.#current);
      },
      onEnded: (code, signal) => this.#extensions?.ended(name, code, signal),
    });
    this.#extensionProcesses.push(extension);
    if (extension.pid === undefined) return;
    this.#start.api?.admit(extension.pid);
    this.#owner.processStarted(extension.pid);
  }

  #wrap(launch: RuntimeLaunch): readonly string[] {
    const { version, temporaryFolder } = this;
    const { sandbox, cacheFolder } = this.#start;
    const limits = PRLIMIT === undefined ? [] : [PRLIMIT, ...resourceLimits(version, launch, sandbox), '--'];
    return sandbox.wrap({ version, temporaryFolder, cacheFolder, reads: launch.reads, limits }, launch.command);
  }

  #spawn(launch: RuntimeLaunch, variables: Readonly<Record<string, string>>): void {
    // It may have been ended while its channel was being prepared.
    if (this.#state === 'ended') return;
    const { sandbox } = this.#start;
    const command = this.#wrap(launch);
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: this.version.codeFolder,
      env: wrapVariables(sandbox, variables),
      // Its own process group: whatever it starts is ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', this.#channel.usesPipe ? 'pipe' : 'ignore'],
    });
    this.#child = child;
    child.on('error', (error) => this.#onSpawnError(error));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    child.on('close', () => this.#onClosed());
    this.#stdout = this.#readLines(child.stdout as Readable, 'stdout');
    this.#stderr = this.#readLines(child.stderr as Readable, 'stderr');
    this.#channel.open(this, (child.stdio[3] ?? undefined) as Duplex | undefined);
    if (child.pid === undefined) return;
    this.#start.api?.admit(child.pid);
    this.#owner.processStarted(child.pid);
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
    } else if (this.#whenIdle !== undefined && this.#current !== undefined && now >= this.#current.deadlineAt) {
      // An extension has not come back.
      this.#kill('timeout');
    }
    if (memory && (this.#state === 'starting' || this.#state === 'busy')) this.#watchMemory();
  }

  /** Ends the process, whatever it is doing. */
  end(): void {
    this.#kill('retired');
  }

  /** External extensions hear why, and have two seconds. The runtime is gone by then. */
  #endExtensions(): void {
    const processes = this.#extensionProcesses;
    if (processes.length === 0) {
      this.#closeApi();
      return;
    }
    this.#extensionProcesses = [];
    const reason = this.#killReason === 'timeout' ? 'timeout' : this.#killReason === 'retired' ? 'spindown' : 'failure';
    this.#telemetry?.close();
    this.#extensions?.shutdown(reason);
    const finish = (): void => {
      clearTimeout(timer);
      for (const extension of processes) {
        extension.kill();
        if (extension.pid !== undefined) this.#owner.processEnded(extension.pid);
      }
      this.#closeApi();
    };
    const timer = setTimeout(finish, this.#extensions?.shutdownMs ?? 0);
    void Promise.all(processes.map(({ over }) => over)).then(finish);
  }

  #closeApi(): void {
    this.#telemetry?.close();
    this.#extensions?.close();
    this.#start.api?.close();
  }

  #begin(invocation: Invocation): void {
    const now = performance.now();
    this.#current = invocation;
    this.#state = 'busy';
    invocation.startedAt = now;
    const timeoutMs = this.isInspected ? INSPECTED_TIMEOUT_MS : this.version.timeoutMs;
    invocation.deadlineAt = now + timeoutMs;
    if (this.#initDurationMs !== undefined) {
      invocation.initDurationMs = this.#initDurationMs;
      this.#initDurationMs = undefined;
    }
    this.#telemetry?.publish('platform', startLine(asJson(this.version), invocation));
    if (this.#writesPlatform) this.#write('platform', startLine(this.version, invocation), invocation);
    const deadline = Date.now() + this.version.timeoutMs;
    this.#extensions?.invoke(invocation, deadline);
    this.#channel.invoke(invocation, deadline);
  }

  runtimeReady(peakMemoryKib: number): void {
    if (!this.#hears(peakMemoryKib)) return;
    const invocation = this.#current;
    if (this.#state !== 'starting' || invocation === undefined) {
      this.#kill('protocol');
      return;
    }
    if (this.#extensions?.areIdle === false) {
      this.#whenIdle = () => this.#started(invocation);
      return;
    }
    this.#started(invocation);
  }

  #started(invocation: Invocation): void {
    this.#extensions?.initialized();
    this.#initDurationMs = performance.now() - this.#startedAt;
    this.#owner.environmentStarted(this);
    this.#begin(invocation);
  }

  extensionsRegistered(): void {
    const start = this.#startRuntime;
    this.#startRuntime = undefined;
    start?.();
  }

  extensionsIdle(): void {
    const then = this.#whenIdle;
    this.#whenIdle = undefined;
    then?.();
  }

  extensionFailed(errorType: string, payload: string): void {
    if (this.#state === 'ended' || this.#killReason !== undefined) return;
    this.#write('platform', `EXTENSION Status: error\tError Type: ${errorType}`, this.#current);
    if (this.#state === 'starting') this.#initError = payload;
    else if (this.#state === 'busy' && this.#current !== undefined) this.#finishWith(this.#current, payload);
    this.#kill('fatal');
  }

  runtimeInitFailed(payload: string): void {
    if (!this.#hears(0)) return;
    if (this.#state !== 'starting') {
      this.#kill('protocol');
      return;
    }
    this.#initError = payload;
    this.#kill('fatal');
  }

  runtimeReturned(peakMemoryKib: number, payload: string): void {
    const invocation = this.#answering(peakMemoryKib);
    if (invocation === undefined) return;
    this.#answered(invocation);
    invocation.answer({ kind: 'returned', payload });
  }

  runtimeFailed(peakMemoryKib: number, payload: string): void {
    const invocation = this.#answering(peakMemoryKib);
    if (invocation === undefined) return;
    this.#answered(invocation);
    noteError(invocation, payload);
    invocation.answer({ kind: 'functionError', payload });
  }

  runtimeFatal(payload: string): void {
    const invocation = this.#answering(0);
    if (invocation === undefined) return;
    this.#finishWith(invocation, payload);
    this.#kill('fatal');
  }

  runtimeStreams(contentType: string): FunctionStreamSink | undefined {
    const invocation = this.#answering(0);
    const target = invocation?.startStream(contentType);
    if (invocation === undefined || target === undefined) return undefined;
    return new StreamedAnswer(target, (error) => this.#streamEnded(invocation, error));
  }

  runtimeBroken(): void {
    this.#kill('protocol');
  }

  /** A process that ends closes its channel too, and then its exit says more. One that lives on without it is of no use. */
  runtimeClosed(): void {
    setTimeout(() => {
      if (this.#exit === undefined) this.#kill('protocol');
    }, PIPES_GRACE_MS).unref();
  }

  #hears(peakMemoryKib: number): boolean {
    if (this.#state === 'ended' || this.#killReason !== undefined) return false;
    this.#peakMemoryKib = Math.max(this.#peakMemoryKib, peakMemoryKib);
    return true;
  }

  /** The invocation that is answered; undefined, and the end of the process, when nobody asked: the function speaks on our channel. */
  #answering(peakMemoryKib: number): Invocation | undefined {
    if (!this.#hears(peakMemoryKib)) return undefined;
    // A program that speaks the Runtime API says nothing of its memory.
    if (peakMemoryKib === 0) this.#measureMemory();
    if (this.#state === 'busy' && this.#current !== undefined) return this.#current;
    this.#kill('protocol');
    return undefined;
  }

  #answered(invocation: Invocation): void {
    invocation.durationMs = performance.now() - invocation.startedAt;
    this.#state = 'answered';
    this.idleSince = invocation.startedAt + invocation.durationMs;
    // AWS: the caller has the answer; the environment is free when its extensions are done, too.
    if (this.#extensions?.areIdle === false) this.#whenIdle = () => this.#owner.environmentAnswered(this);
    // The owner first: whoever gets the answer may invoke again at once, and is to find this environment free.
    else this.#owner.environmentAnswered(this);
  }

  #streamEnded(invocation: Invocation, error: FunctionStreamError | undefined): void {
    // A timeout or an exit may have been quicker.
    if (this.#state !== 'busy' || this.#current !== invocation || invocation.answered) return;
    this.#answered(invocation);
    if (error !== undefined) noteError(invocation, error.payload);
    invocation.endStream(error);
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

  #onExit(code: number | null, signal: string | null): void {
    this.#exit = unwrapExit(this.#start.sandbox, code, signal);
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
    this.#channel.close();
    this.#endExtensions();
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
    let retry = waiting;
    if (invocation !== undefined) {
      if (wasStarting) retry = this.#startFailed(invocation);
      else if (this.#channel.holdsEvent && !invocation.answered && this.#killReason === undefined) retry = invocation;
      else if (invocation.answered || this.#killReason !== 'retired') {
        this.#finishWith(invocation, JSON.stringify(this.#endError(invocation)));
        this.#report(invocation);
      } else {
        invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      }
    }
    this.#owner.environmentGone(this, retry);
  }

  /** The invocation again when it should have another start, else undefined with the invocation answered. */
  #startFailed(invocation: Invocation): Invocation | undefined {
    const durationMs = performance.now() - this.#startedAt;
    if (this.#killReason === 'retired') {
      invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      return undefined;
    }
    if (this.#killReason === 'init-timeout') {
      this.#write('platform', initReportLine(this.version, durationMs, 'timeout'), undefined);
      if (invocation.initAttempts < 2) return invocation;
      this.#write('platform', startLine(this.version, invocation), invocation);
      invocation.startedAt = this.#startedAt;
      this.#timeOut(invocation);
    } else {
      const payload = this.#initError ?? JSON.stringify(this.#endError(invocation));
      noteError(invocation, payload);
      this.#write('platform', initReportLine(this.version, durationMs, 'error', invocation.errorType), undefined);
      this.#write('platform', startLine(this.version, invocation), invocation);
      this.#finishWith(invocation, payload);
    }
    this.#report(invocation);
    return undefined;
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
    this.#reportTelemetry(invocation);
    if (this.#writesPlatform) {
      const end = endLine(this.version, invocation);
      if (end !== undefined) this.#write('platform', end, invocation);
      this.#write('platform', reportLine(this.version, invocation, this.#peakMemoryMb), invocation);
    }
    invocation.reported();
  }

  get #peakMemoryMb(): number {
    return Math.min(Math.ceil(this.#peakMemoryKib / 1024), this.version.memoryMb);
  }

  #reportTelemetry(invocation: Invocation): void {
    if (this.#telemetry === undefined) return;
    this.#telemetry.publish('platform', runtimeDoneLine(invocation));
    this.#telemetry.publish('platform', reportLine(asJson(this.version), invocation, this.#peakMemoryMb));
  }

  #readLines(pipe: Readable, stream: 'stdout' | 'stderr'): LineSplitter {
    const lines = new LineSplitter((text) => {
      this.#telemetry?.publish('function', printedLine('function', text));
      this.#write(stream, text, this.#current);
    });
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
    this.#owner.log.write(this.version.functionName, invocation?.requestId, stream, text);
  }

  // AWS: SystemLogLevel WARN leaves out START, END and REPORT. Text logs have no levels.
  get #writesPlatform(): boolean {
    return this.version.systemLogLevel !== 'WARN';
  }

  #watchMemory(): void {
    const { bytes, processes } = this.#measureMemory();
    if (processes >= PROCESSES_MAX) {
      this.#kill('processes');
    } else if (bytes > this.version.memoryMb * 1_048_576) {
      this.#peakMemoryKib = this.version.memoryMb * 1024;
      this.#kill('memory');
    }
  }

  // Private memory of all its processes: pages shared with other functions' processes are nobody's fault.
  #measureMemory(): { bytes: number; processes: number } {
    if (process.platform !== 'linux' || this.pid === undefined) return { bytes: 0, processes: 0 };
    const now = performance.now();
    if (now - this.#processesAt >= PROCESSES_FRESH_MS || this.#processes.length === 0) {
      const { depth } = this.#start.sandbox;
      this.#processesAt = now;
      this.#processes = processTree(this.pid, PROCESSES_MAX + depth).slice(depth);
    }
    const pids = this.#processes;
    let bytes = 0;
    for (const pid of pids) bytes += privateMemoryBytes(pid);
    this.#peakMemoryKib = Math.max(this.#peakMemoryKib, Math.ceil(bytes / 1024));
    return { bytes, processes: pids.length };
  }

  #kill(reason: KillReason): void {
    if (this.#state === 'ended') return;
    this.#killReason ??= reason;
    // Without a process no exit will be heard of.
    if (this.#child === undefined) queueMicrotask(() => this.#onClosed());
    else this.#signalGroup();
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

/** Telemetry is JSON whatever the log is. */
function asJson(version: FunctionVersion): FunctionVersion {
  return { ...version, logFormat: 'JSON' };
}

function noteError(invocation: Invocation, payload: string): void {
  invocation.status = 'error';
  const type = errorTypeOf(payload);
  // AWS: only errors of the runtime and the sandbox are named in the REPORT line.
  if (type !== undefined && /^(Runtime|Sandbox|Function|Extension)\./.test(type)) invocation.errorType = type;
}

function resourceLimits(version: FunctionVersion, launch: RuntimeLaunch, sandbox: Sandbox): string[] {
  const limits = ['--core=0', '--nofile=1024', `--data=${launch.dataLimitBaseBytes + version.memoryMb * 1_048_576}`];
  // Bytes of one file: no more than /tmp has on AWS.
  limits.push(`--fsize=${version.ephemeralStorageMb * 1_048_576}`);
  if (sandbox.countsProcesses) limits.push(`--nproc=${PROCESSES_MAX}`);
  return limits;
}
