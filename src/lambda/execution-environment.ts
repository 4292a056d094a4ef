// One process that runs one function, one event at a time: start, dispatch, answer, and every way it can end. A process whose handler is
// fast holds the next events already (docs/decisions/0007): its answers say where it is.

import { performance } from 'node:perf_hooks';
import type { FunctionResult, FunctionStreamError, FunctionStreamSink } from '../data-plane/ports.ts';
import type { ServerRequest } from '../http1/message.ts';
import { EnvironmentExtensions } from './environment-extensions.ts';
import { ProcessWatch } from './environment-limits.ts';
import { EnvironmentLog } from './environment-log.ts';
import { EnvironmentProcess, PIPES_GRACE_MS, type ProcessListener } from './environment-process.ts';
import type { EnvironmentStart } from './environment-start.ts';
import { EventsAhead } from './events-ahead.ts';
import { exitError, outOfMemoryError, type SandboxError, timeoutError } from './exit-reason.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import { wrapVariables } from './isolation.ts';
import type { LambdaLimits } from './limits.ts';
import type { ExtensionListener, ShutdownReason } from './runtime-api/extensions.ts';
import type { RuntimeChannel, RuntimeListener } from './runtime-channel.ts';
import { isLaunchFault, type LaunchFault, type RuntimeLaunch } from './runtime-launch.ts';
import { errorTypeOf } from './stream-error.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** AWS: what a runtime has of the shutdown phase. Seen: Lambda guide, "Shutdown phase". */
const RUNTIME_SHUTDOWN_MS = 300;
const NONE: readonly never[] = [];
/** What an invocation may take while a debugger may be attached: a day. */
const INSPECTED_TIMEOUT_MS = 86_400_000;

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
  /** An answer is going out and its process is at the next event it was given: there is room for more. */
  environmentMovedOn(environment: ExecutionEnvironment): void;
  /** Events it was given ahead that it has not begun: another environment can have them. */
  environmentGaveBack(environment: ExecutionEnvironment, invocations: readonly Invocation[]): void;
  /** Its process is being ended; its temporary folder is for the next one. */
  environmentTimedOut(environment: ExecutionEnvironment): void;
  /** The environment's process has ended; nothing more comes of it. `retry` are invocations it has not begun. */
  environmentGone(environment: ExecutionEnvironment, retry: readonly Invocation[]): void;
  /** Nothing more will be heard of the invocation; its time and how it ended are known. */
  invocationEnded(environment: ExecutionEnvironment, invocation: Invocation): void;
}

type State = 'starting' | 'busy' | 'answered' | 'idle' | 'ended';
type KillReason = 'timeout' | 'init-timeout' | 'memory' | 'processes' | 'protocol' | 'fatal' | 'retired';

export class ExecutionEnvironment implements RuntimeListener, ExtensionListener, ProcessListener {
  readonly version: FunctionVersion;
  readonly temporaryFolder: string;
  /** `performance.now()` of the last answer. */
  idleSince = 0;
  /** `performance.now()` from when on its credentials are too old for another invocation. */
  goodUntil = Number.POSITIVE_INFINITY;
  /** Its function has changed, or its credentials are old: it finishes what it does and goes. */
  retired = false;
  readonly #owner: EnvironmentOwner;
  readonly #start: EnvironmentStart;
  #state: State = 'starting';
  readonly #process: EnvironmentProcess;
  readonly #channel: RuntimeChannel;
  /** Without external ones there are none until the function itself registers one: who needs none pays for none. */
  #extensions: EnvironmentExtensions | undefined;
  readonly #log: EnvironmentLog;
  readonly #processes: ProcessWatch;
  /** What waits until all extensions wait for their next event. */
  #whenIdle: (() => void) | undefined;
  #startRuntime: (() => void) | undefined;
  #current: Invocation | undefined;
  #next: Invocation | undefined;
  readonly #ahead: EventsAhead;
  #used = false;
  #startedAt = 0;
  #initDurationMs: number | undefined;
  #killReason: KillReason | undefined;
  #initError: string | undefined;

  /** Without a first invocation it is started for whatever comes. */
  constructor(owner: EnvironmentOwner, start: EnvironmentStart, first: Invocation | undefined) {
    this.#owner = owner;
    this.#start = start;
    this.#channel = start.channel;
    this.#ahead = new EventsAhead(start.channel);
    this.#process = new EnvironmentProcess(start, this);
    this.#processes = new ProcessWatch(start.sandbox.depth);
    if (start.extensions.length > 0) this.#extensions = this.#makeExtensions();
    else start.api.add((request) => this.#onInternalExtension(request));
    const { invocationLogBytesMax } = owner.limits;
    const current = (): Invocation | undefined => this.#current;
    this.#log = new EnvironmentLog(owner.log, start, invocationLogBytesMax, this.#extensions?.telemetry, current);
    this.version = start.version;
    this.temporaryFolder = start.temporaryFolder;
    this.#current = first;
  }

  #makeExtensions(): EnvironmentExtensions {
    const { version, extensions, api, upstreams } = this.#start;
    return new EnvironmentExtensions({
      version,
      external: extensions,
      api,
      upstreams,
      listener: this,
      processStarted: (group) => this.#owner.processStarted(group),
      processEnded: (group) => this.#owner.processEnded(group),
    });
  }

  #onInternalExtension(request: ServerRequest): boolean {
    if (this.#extensions !== undefined || this.#state === 'ended' || !isOfExtensions(request.path)) return false;
    const extensions = this.#makeExtensions();
    this.#extensions = extensions;
    this.#log.telemetry = extensions.telemetry;
    if (this.#state !== 'starting') extensions.registry.initialized();
    return extensions.registry.route(request) || extensions.telemetry.route(request);
  }

  get pid(): number | undefined {
    return this.#process.pid;
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

  /** Starts the process. Its first invocation begins when the handler is loaded. */
  start(): void {
    this.#startedAt = performance.now();
    this.#log.initStart();
    const { launch } = this.#start;
    if (launch instanceof Promise) void launch.then((found) => this.#launch(found));
    else this.#launch(launch);
  }

  #launch(launch: RuntimeLaunch | LaunchFault): void {
    if (isLaunchFault(launch)) {
      this.#initError = JSON.stringify(launch);
      this.#killReason ??= 'fatal';
      queueMicrotask(() => this.processClosed());
      return;
    }
    const { api, extensions } = this.#start;
    const variables = { ...this.#start.variables, ...launch.variables };
    api.listen().then(
      (address) => {
        const all = { ...variables, AWS_LAMBDA_RUNTIME_API: address };
        if (extensions.length === 0) {
          this.#spawn(launch, all);
          return;
        }
        this.#startRuntime = () => this.#spawn(launch, all);
        this.#startExtensions(launch, { ...this.#start.variables, AWS_LAMBDA_RUNTIME_API: address });
      },
      (error: Error) => this.processFailed(error),
    );
  }

  #startExtensions(launch: RuntimeLaunch, variables: Readonly<Record<string, string>>): void {
    if (this.#state === 'ended') return;
    // AWS: extensions do not get the runtime's own variables. Seen: Lambda guide, "Extensions API", environment variables.
    const { _HANDLER, AWS_EXECUTION_ENV, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME, ...given } = variables;
    this.#extensions?.start(
      (program) => this.#process.wrap(launch, [program]),
      wrapVariables(this.#start.sandbox, given),
      (text) => this.#log.extension(text, this.#current),
    );
  }

  #spawn(launch: RuntimeLaunch, variables: Readonly<Record<string, string>>): void {
    // It may have been ended while its channel was being prepared.
    if (this.#state === 'ended') return;
    const pipe = this.#process.spawn(launch, variables, (printed, stream) => {
      this.#log.read(printed, stream);
      // Which of several events it belongs to nobody can tell: a process that prints past its channel gets one at a time.
      printed.on('data', () => this.#ahead.pace.forget());
    });
    this.#channel.open(this, pipe);
    if (this.pid === undefined) return;
    this.#start.api.admit(this.pid);
    this.#owner.processStarted(this.pid);
  }

  /** Gives the environment its next event; only when it is free. `ahead` are for after that one, no more than there is room for. */
  dispatch(invocation: Invocation, ahead: readonly Invocation[] = NONE): void {
    if (this.#state === 'answered') this.#next = invocation;
    else this.#begin(invocation, ahead);
  }

  /** So many events the process may be given behind the one it has, or is given now. */
  get room(): number {
    if (this.retired || this.#killReason !== undefined || this.isInspected || this.#extensions !== undefined) return 0;
    return this.#state === 'busy' || this.#state === 'idle' ? this.#ahead.room : 0;
  }

  /** Gives the process events for after the one it has. */
  giveAhead(invocations: readonly Invocation[]): void {
    this.#ahead.give(undefined, invocations, Date.now() + this.version.timeoutMs);
  }

  /** It holds events it has not begun. */
  get holdsEvents(): boolean {
    return !this.#ahead.isEmpty;
  }

  /** Asks for those events when the current one takes longer than expected. */
  withdrawLate(now: number): void {
    if (this.#current !== undefined) this.#ahead.withdrawLate(now - this.#current.startedAt);
  }

  /** After the turn in which it answered: everything the process printed before its answer has been read. */
  settle(): void {
    if (this.#state !== 'answered') return;
    const invocation = this.#current;
    if (invocation !== undefined) this.#report(invocation);
    this.#current = undefined;
    this.#state = 'idle';
    // What was meant for a process that is being ended is for another.
    if (this.#killReason !== undefined) return;
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#begin(next);
  }

  /** Looks after deadlines (`performance.now()`); when `memory` is set also after its memory. */
  watch(now: number, memory: boolean): void {
    if (this.#state === 'starting') {
      if (now - this.#startedAt >= this.#start.initTimeoutMs) this.#kill('init-timeout');
    } else if (this.#state === 'busy' && this.#killReason === undefined && now >= (this.#current?.deadlineAt ?? Infinity)) {
      // Once: a process that is being ended may be there for some turns yet, and its folder is given away only once.
      this.#timeOut(this.#current as Invocation);
    } else if (this.#whenIdle !== undefined && this.#current !== undefined && now >= this.#current.deadlineAt) {
      // An extension has not come back.
      this.#kill('timeout');
    }
    if (!memory || this.pid === undefined || (this.#state !== 'starting' && this.#state !== 'busy')) return;
    const tooMuch = this.#processes.check(this.pid, this.version.memoryMb);
    if (tooMuch !== undefined) this.#kill(tooMuch);
  }

  /** Ends the process, whatever it is doing. */
  end(): void {
    const shutdownMs = this.#extensions?.registry.shutdownMs ?? 0;
    if (shutdownMs > 0 && this.#killReason === undefined && this.pid !== undefined && this.#state !== 'ended') {
      this.#askToEnd(this.pid);
    } else this.#kill('retired');
  }

  // AWS: with an extension registered the runtime gets a SIGTERM, and what is left of it after 300 ms a SIGKILL; without one it gets
  // no word. Seen: Lambda guide, "Shutdown phase".
  #askToEnd(pid: number): void {
    this.#killReason = 'retired';
    this.#processes.terminate(pid);
    setTimeout(() => this.#process.kill(), RUNTIME_SHUTDOWN_MS).unref();
  }

  #begin(invocation: Invocation, ahead: readonly Invocation[] = NONE): void {
    const deadline = Date.now() + this.#began(invocation, performance.now());
    this.#extensions?.registry.invoke(invocation, deadline);
    if (ahead.length === 0) this.#channel.invoke(invocation, deadline);
    else this.#ahead.give(invocation, ahead, deadline);
  }

  /** The process has begun an event, or is about to. Returns what it may take, in milliseconds. */
  #began(invocation: Invocation, now: number): number {
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
    this.#log.start(invocation);
    return timeoutMs;
  }

  runtimeReady(peakMemoryKib: number, takesAhead: boolean): void {
    if (!this.#hears(peakMemoryKib)) return;
    this.#ahead.taken = takesAhead;
    const invocation = this.#current;
    if (this.#state !== 'starting') {
      this.#kill('protocol');
      return;
    }
    if (this.#extensions?.registry.areIdle === false) {
      this.#whenIdle = () => this.#started(invocation);
      return;
    }
    this.#started(invocation);
  }

  #started(invocation: Invocation | undefined): void {
    this.#extensions?.registry.initialized();
    this.#initDurationMs = performance.now() - this.#startedAt;
    if (invocation === undefined) {
      this.#state = 'idle';
      this.idleSince = performance.now();
    }
    this.#owner.environmentStarted(this);
    if (invocation !== undefined) this.#begin(invocation);
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
    this.#log.platform(`EXTENSION Status: error\tError Type: ${errorType}`, this.#current);
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

  runtimeReturned(peakMemoryKib: number, handlerUs: number, payload: string): void {
    const invocation = this.#answeringWhole(peakMemoryKib);
    if (invocation === undefined) return;
    this.#answerWhole(invocation, handlerUs, { kind: 'returned', payload });
  }

  runtimeFailed(peakMemoryKib: number, handlerUs: number, payload: string): void {
    const invocation = this.#answeringWhole(peakMemoryKib);
    if (invocation === undefined) return;
    noteError(invocation, payload);
    this.#answerWhole(invocation, handlerUs, { kind: 'functionError', payload });
  }

  #answerWhole(invocation: Invocation, handlerUs: number, result: FunctionResult): void {
    this.#ahead.pace.note(handlerUs);
    const next = this.#ahead.shift();
    if (next === undefined) {
      this.#answered(invocation, handlerUs);
      invocation.answer(result);
      return;
    }
    // The process is at the next event.
    invocation.durationMs = handlerUs / 1000;
    this.#log.flush();
    this.#current = next;
    this.#owner.environmentMovedOn(this);
    invocation.answer(result);
    // What it printed came before its answer: nothing has to be waited for.
    this.#report(invocation);
    this.#began(next, performance.now());
  }

  runtimePrinted(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    if (this.#state !== 'ended') this.#log.printed(stream, bytes);
  }

  runtimeGaveBack(count: number): void {
    if (!this.#hears(0)) return;
    const invocations = this.#ahead.givenBack(count);
    if (invocations === undefined) this.#kill('protocol');
    else if (invocations.length > 0) this.#owner.environmentGaveBack(this, invocations);
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
    if (this.#process.pipesClosed) this.processClosed();
    setTimeout(() => {
      if (this.#process.exit === undefined) this.#kill('protocol');
    }, PIPES_GRACE_MS).unref();
  }

  #hears(peakMemoryKib: number): boolean {
    if (this.#state === 'ended' || this.#killReason !== undefined) return false;
    const watch = this.#processes;
    if (peakMemoryKib > watch.peakMemoryKib) watch.peakMemoryKib = peakMemoryKib;
    return true;
  }

  /** The invocation that is answered; undefined, and the end of the process, when nobody asked: the function speaks on our channel. */
  #answering(peakMemoryKib: number): Invocation | undefined {
    if (!this.#hears(peakMemoryKib)) return undefined;
    // A program that speaks the Runtime API says nothing of its memory.
    if (peakMemoryKib === 0 && this.pid !== undefined) this.#processes.measure(this.pid);
    if (this.#state === 'busy' && this.#current !== undefined) return this.#current;
    this.#kill('protocol');
    return undefined;
  }

  #answeringWhole(peakMemoryKib: number): Invocation | undefined {
    // It answered before it was ended, and has begun the next.
    if (this.#killReason !== undefined) this.#ahead.noteLateAnswer();
    return this.#answering(peakMemoryKib);
  }

  #answered(invocation: Invocation, handlerUs = 0): void {
    // Several answers may be read at once: the process knows better how long each took at least.
    invocation.durationMs = Math.max(performance.now() - invocation.startedAt, handlerUs / 1000);
    this.#state = 'answered';
    this.idleSince = invocation.startedAt + invocation.durationMs;
    // AWS: the caller has the answer; the environment is free when its extensions are done, too.
    if (this.#extensions?.registry.areIdle === false) this.#whenIdle = () => this.#owner.environmentAnswered(this);
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
    if (this.#killReason === 'timeout') this.#owner.environmentTimedOut(this);
    this.#log.platform(text, invocation);
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

  processFailed(error: Error): void {
    this.#initError ??= JSON.stringify({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: `The function's process could not be started in ${this.version.codeFolder}: ${error.message}`,
    });
    // Without a process there will be no exit event.
    if (this.pid === undefined) this.processClosed();
  }

  processClosed(): void {
    if (this.#state === 'ended') return;
    const wasStarting = this.#state === 'starting';
    const invocation = this.#current;
    const { begun, untouched: retry } = this.#ahead.end();
    if (this.#next !== undefined) retry.unshift(this.#next);
    this.#state = 'ended';
    this.#log.flush();
    this.#current = undefined;
    this.#next = undefined;
    this.#channel.close();
    if (this.#extensions === undefined) this.#start.api.close();
    else this.#extensions.end(shutdownReason(this.#killReason));
    this.#process.destroyPipes();
    if (invocation !== undefined) {
      if (wasStarting) {
        if (this.#startFailed(invocation)) retry.unshift(invocation);
      } else if (this.#channel.holdsEvent && !invocation.answered && this.#killReason === undefined) retry.unshift(invocation);
      else if (invocation.answered || this.#killReason !== 'retired') {
        this.#finishWith(invocation, JSON.stringify(this.#endError(invocation)));
        this.#report(invocation);
      } else {
        invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      }
    } else if (wasStarting && this.#killReason !== 'retired') {
      const status = this.#killReason === 'init-timeout' ? 'timeout' : 'error';
      this.#log.initReport(performance.now() - this.#startedAt, status);
    }
    for (const each of begun) {
      this.#began(each, performance.now());
      this.#finishWith(each, JSON.stringify(exitError(each.requestId, null, 'SIGKILL')));
      this.#report(each);
    }
    this.#owner.environmentGone(this, retry);
  }

  /** Whether the invocation should have another start; else it is answered. */
  #startFailed(invocation: Invocation): boolean {
    const durationMs = performance.now() - this.#startedAt;
    if (this.#killReason === 'retired') {
      invocation.answer({ kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' });
      return false;
    }
    if (this.#killReason === 'init-timeout') {
      this.#log.initReport(durationMs, 'timeout');
      if (invocation.initAttempts < 2) return true;
      this.#log.start(invocation);
      invocation.startedAt = this.#startedAt;
      this.#timeOut(invocation);
    } else {
      const payload = this.#initError ?? JSON.stringify(this.#endError(invocation));
      noteError(invocation, payload);
      this.#log.initReport(durationMs, 'error', invocation.errorType);
      this.#log.start(invocation);
      this.#finishWith(invocation, payload);
    }
    this.#report(invocation);
    return false;
  }

  #endError(invocation: Invocation): SandboxError {
    if (this.#killReason === 'memory') return outOfMemoryError(invocation.requestId);
    if (this.#killReason === 'protocol') return exitError(invocation.requestId, 0, null);
    const { exit } = this.#process;
    return exitError(invocation.requestId, exit?.code ?? null, exit?.signal ?? null);
  }

  #report(invocation: Invocation): void {
    this.#log.report(invocation, this.#processes.peakMemoryKib);
    this.#owner.invocationEnded(this, invocation);
    invocation.reported();
  }

  #kill(reason: KillReason): void {
    if (this.#state === 'ended') return;
    this.#killReason ??= reason;
    // Without a process no exit will be heard of.
    if (!this.#process.wasSpawned) queueMicrotask(() => this.processClosed());
    else this.#process.kill();
  }
}

function isOfExtensions(path: string): boolean {
  return /^\/20\d\d-\d\d-\d\d\/(?:extension\/|telemetry$|logs$)/.test(path);
}

function shutdownReason(killReason: KillReason | undefined): ShutdownReason {
  if (killReason === 'timeout') return 'timeout';
  return killReason === 'retired' ? 'spindown' : 'failure';
}

function noteError(invocation: Invocation, payload: string): void {
  invocation.status = 'error';
  const type = errorTypeOf(payload);
  // AWS: only errors of the runtime and the sandbox are named in the REPORT line.
  if (type !== undefined && /^(Runtime|Sandbox|Function|Extension)\./.test(type)) invocation.errorType = type;
}
