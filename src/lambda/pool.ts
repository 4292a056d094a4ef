// All execution environments of this process: warm ones reused last-in first-out, new ones started on demand.

import { performance } from 'node:perf_hooks';
import type { FunctionRefusal } from '../data-plane/ports.ts';
import { Concurrency } from './concurrency.ts';
import { EnvironmentFactory, type EnvironmentFactoryOptions, removeFolder } from './environment-factory.ts';
import type { EnvironmentOwner, ExecutionEnvironment } from './execution-environment.ts';
import {
  endFree,
  FunctionEnvironments,
  forgetFree,
  forgetLine,
  hasWarm,
  isKept,
  noteEnd,
  provisionedOnes,
  retire,
  retireOld,
  takeFree,
} from './function-environments.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionMetrics } from './function-metrics.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import { type LambdaLimits, REQUEST_BYTES_MAX } from './limits.ts';
import { ParentDeathWatch } from './parent-death-watch.ts';
import { WaitingCalls } from './waiting-calls.ts';

/** Deadlines are looked at so often while anything runs: the precision of a function's timeout. */
const WATCH_INTERVAL_MS = 50;

export interface PoolOptions extends EnvironmentFactoryOptions {
  readonly limits: LambdaLimits;
  readonly log: FunctionLog;
  readonly metrics?: FunctionMetrics | undefined;
}

export interface PoolStats {
  /** Processes: starting, busy and idle ones. */
  readonly environments: number;
  readonly starting: number;
  /** Invocations at work or waiting. */
  readonly executing: number;
  readonly waiting: number;
  readonly coldStarts: number;
  readonly invocations: number;
  readonly refused: number;
}

/** What is there of a version's provisioned concurrency. */
export interface ProvisionedState {
  readonly allocated: number;
  /** Its environments cannot be started. */
  readonly failed: boolean;
}

const SHUTTING_DOWN = { kind: 'refused', refusal: 'ServiceError', message: 'Lambda is shutting down' } as const;

export class Pool implements EnvironmentOwner {
  readonly limits: LambdaLimits;
  readonly log: FunctionLog;
  readonly #options: PoolOptions;
  readonly #factory: EnvironmentFactory;
  readonly #deathWatch: ParentDeathWatch;
  readonly #functions = new Map<string, FunctionEnvironments>();
  readonly #owners = new Map<ExecutionEnvironment, FunctionEnvironments>();
  readonly #starting = new Set<ExecutionEnvironment>();
  /** Those whose temporary folder is for the next one. */
  readonly #gaveFolder = new WeakSet<ExecutionEnvironment>();
  /** Versions with provisioned concurrency. */
  readonly #provisioned = new Set<FunctionEnvironments>();
  /** Process groups of environments and of their extensions. */
  readonly #groups = new Set<number>();
  readonly #calls = new WaitingCalls();
  /** Those that answered in this turn of the event loop. */
  #answered: ExecutionEnvironment[] = [];
  #watcher: NodeJS.Timeout | undefined;
  #watchTurn = 0;
  #idleWatcher: NodeJS.Timeout | undefined;
  /** Runs while somebody waits for a warm environment, or has been given to one ahead. */
  #patience: NodeJS.Timeout | undefined;
  readonly #concurrency: Concurrency;
  #executing = 0;
  #coldStarts = 0;
  #invocations = 0;
  #refused = 0;
  #closed = false;
  #onQuieter: (() => void) | undefined;
  readonly #settleAnswered = (): void => this.#settle();
  readonly #invocationAnswered = (environments: FunctionEnvironments): void => {
    this.#executing--;
    environments.executing--;
    if (environments.executing >= environments.provisioned) this.#concurrency.release(environments.part);
    this.#onQuieter?.();
  };

  constructor(options: PoolOptions) {
    this.limits = options.limits;
    this.log = options.log;
    this.#concurrency = new Concurrency(options.limits.concurrentExecutions);
    this.#options = options;
    this.#factory = new EnvironmentFactory(options);
    this.#deathWatch = new ParentDeathWatch(options.runtimeFolder);
  }

  /** Runs an event, or says why not. The answer goes to the invocation's receiver. */
  invoke(version: FunctionVersion, invocation: Invocation): FunctionRefusal | undefined {
    const environments = this.#environmentsOf(version);
    const onDemand = environments.executing >= environments.provisioned;
    const refusal = this.#refusal(environments, invocation, onDemand);
    if (refusal !== undefined) {
      this.#refused++;
      if (refusal === 'TooManyRequests') this.#options.metrics?.throttled(version);
      return refusal;
    }
    this.#invocations++;
    this.#executing++;
    environments.executing++;
    this.#options.metrics?.began(version, environments.executing);
    if (onDemand) this.#concurrency.take(environments.part);
    invocation.onAnswered = environments.onAnswered;
    const free = environments.waiting.length === 0 ? takeFree(environments) : undefined;
    if (free !== undefined) {
      free.dispatch(invocation);
      this.#watcher ??= this.#watch();
    } else {
      this.#calls.add(environments, invocation);
      // Somebody waits for a warm environment already, and is looked after: one more changes nothing until then.
      if (this.#patience === undefined || environments.waiting.length === 1) this.#startWaiting();
    }
    return undefined;
  }

  /** The function has changed: idle environments go now, busy ones when they have answered. */
  replace(version: FunctionVersion): void {
    const environments = this.#functions.get(version.versionArn);
    if (environments === undefined) return;
    environments.version = version;
    retire(environments);
    this.#removeSpareFolders(environments);
  }

  /** Ends the environments of a version as `replace` does: its folder has changed, or it is gone. */
  retire(versionArn: string): void {
    const environments = this.#functions.get(versionArn);
    if (environments === undefined) return;
    retire(environments);
    this.#removeSpareFolders(environments);
  }

  /** Sets a function's reserved concurrency; undefined lets it share the rest with the others. */
  reserve(functionArn: string, reserved: number | undefined): void {
    this.#concurrency.reserve(this.#concurrency.of(functionArn), reserved);
  }

  /** Keeps `count` environments of a version started; 0 lets them go. */
  provision(versionArn: string, version: FunctionVersion | undefined, count: number): void {
    const environments = version === undefined ? this.#functions.get(versionArn) : this.#environmentsOf(version);
    if (environments === undefined) return;
    const beyond = (provisioned: number): number => Math.max(0, environments.executing - provisioned);
    const fewer = beyond(environments.provisioned) - beyond(count);
    this.#concurrency.provision(environments.part, count - environments.provisioned, fewer);
    environments.provisioned = count;
    environments.provisionFailed = false;
    environments.unusedEnds = 0;
    if (count > 0) this.#provisioned.add(environments);
    else this.#provisioned.delete(environments);
    // Those at work finish first.
    for (const environment of provisionedOnes(environments).slice(count)) {
      environment.retired = true;
      forgetFree(environments, environment);
      if (environment.isIdle) environment.end();
    }
    this.#startProvisioned();
  }

  /** How many environments of a version are started for provisioned concurrency. */
  provisionedState(versionArn: string): ProvisionedState {
    const environments = this.#functions.get(versionArn);
    if (environments === undefined) return { allocated: 0, failed: false };
    const allocated = provisionedOnes(environments).filter((environment) => !environment.isStarting).length;
    return { allocated: Math.min(allocated, environments.provisioned), failed: environments.provisionFailed };
  }

  stats(): PoolStats {
    return {
      environments: this.#owners.size,
      starting: this.#starting.size,
      executing: this.#executing,
      waiting: this.#calls.count,
      coldStarts: this.#coldStarts,
      invocations: this.#invocations,
      refused: this.#refused,
    };
  }

  /** Waits for invocations at work (at most `graceMs`), then ends every process. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    await this.#until(() => this.#executing === 0, graceMs);
    for (const environments of this.#functions.values()) {
      for (const invocation of environments.waiting.splice(0)) invocation.answer(SHUTTING_DOWN);
    }
    for (const environment of this.#owners.keys()) environment.end();
    // Extensions have two seconds to say what they have gathered.
    await this.#until(() => this.#owners.size === 0 && this.#groups.size === 0, 5000);
    clearInterval(this.#watcher);
    clearTimeout(this.#idleWatcher);
    clearTimeout(this.#patience);
    this.#deathWatch.close();
  }

  processStarted(group: number): void {
    this.#groups.add(group);
    this.#deathWatch.add(group);
  }

  processEnded(group: number): void {
    if (!this.#groups.delete(group)) return;
    this.#deathWatch.remove(group);
    this.#onQuieter?.();
  }

  environmentStarted(environment: ExecutionEnvironment): void {
    this.#starting.delete(environment);
    if (environment.isIdle) this.#startedAhead(environment);
    this.#startWaiting();
  }

  environmentTimedOut(environment: ExecutionEnvironment): void {
    // What the next one runs is other code: it gets a folder of its own.
    if (environment.retired) return;
    this.#owners.get(environment)?.spareFolders.push(environment.temporaryFolder);
    this.#gaveFolder.add(environment);
  }

  environmentAnswered(environment: ExecutionEnvironment): void {
    if (!environment.retired && !this.#closed) this.#owners.get(environment)?.free.push(environment);
    this.#settleLater(environment);
  }

  environmentMovedOn(environment: ExecutionEnvironment): void {
    this.#settleLater(environment);
  }

  /** One turn later everything the processes printed before their answers has been read, and more of their answers. */
  #settleLater(environment: ExecutionEnvironment): void {
    if (this.#answered.includes(environment)) return;
    this.#answered.push(environment);
    if (this.#answered.length === 1) setImmediate(this.#settleAnswered);
  }

  environmentGaveBack(environment: ExecutionEnvironment, invocations: readonly Invocation[]): void {
    const environments = this.#owners.get(environment) as FunctionEnvironments;
    for (const invocation of invocations.toReversed()) this.#calls.putBack(environments, invocation);
    this.#useFree(environments);
    this.#startWaiting();
  }

  environmentGone(environment: ExecutionEnvironment, retry: readonly Invocation[]): void {
    const environments = this.#owners.get(environment);
    if (environments === undefined) return;
    if (environment.pid !== undefined) this.processEnded(environment.pid);
    this.#owners.delete(environment);
    this.#starting.delete(environment);
    environments.all.delete(environment);
    forgetFree(environments, environment);
    if (!this.#gaveFolder.has(environment)) removeFolder(environment.temporaryFolder);
    if (environment.isProvisioned && !environment.retired && !this.#closed) noteEnd(environments, environment);
    for (const invocation of retry.toReversed()) {
      if (this.#closed) invocation.answer(SHUTTING_DOWN);
      else this.#calls.putBack(environments, invocation);
    }
    if (retry.length > 0) this.#useFree(environments);
    this.#startWaiting();
    this.#onQuieter?.();
  }

  invocationEnded({ version }: ExecutionEnvironment, invocation: Invocation): void {
    this.#options.metrics?.ended(version, invocation);
    if (invocation.isSampled) this.#options.tracing?.ended(version, invocation);
  }

  #refusal(environments: FunctionEnvironments, invocation: Invocation, onDemand: boolean): FunctionRefusal | undefined {
    if (this.#closed) return 'ServiceError';
    const { event } = invocation;
    // A code unit is one to three bytes: most events need no counting.
    if (event.length * 3 > REQUEST_BYTES_MAX && Buffer.byteLength(event) > REQUEST_BYTES_MAX) return 'RequestTooLarge';
    if (onDemand && this.#concurrency.isFull(environments.part)) return 'TooManyRequests';
    if (this.#calls.bytes + event.length > this.limits.waitingBytesMax) return 'TooManyRequests';
    return undefined;
  }

  #environmentsOf(version: FunctionVersion): FunctionEnvironments {
    const known = this.#functions.get(version.versionArn);
    if (known !== undefined) {
      known.version = version;
      return known;
    }
    const environments = new FunctionEnvironments(version, this.#concurrency.of(version.functionArn), this.#invocationAnswered);
    this.#functions.set(version.versionArn, environments);
    return environments;
  }

  /** Gives what waits to the environments that have nothing to do. */
  #useFree(environments: FunctionEnvironments): void {
    while (environments.waiting.length > 0) {
      const free = takeFree(environments);
      if (free === undefined) return;
      free.dispatch(this.#calls.take(environments) as Invocation);
      this.#watcher ??= this.#watch();
    }
  }

  readonly #losePatience = (): void => {
    this.#patience = undefined;
    const now = performance.now();
    let isAhead = false;
    for (const environment of this.#owners.keys()) {
      if (!environment.holdsEvents) continue;
      isAhead = true;
      environment.withdrawLate(now);
    }
    if (isAhead) this.#bePatient();
    this.#calls.look();
    this.#startWaiting();
  };

  #bePatient(): void {
    this.#patience ??= setTimeout(this.#losePatience, this.limits.warmPatienceMs);
  }

  /** Starts environments for waiting invocations, function by function in turn, as far as the limits go. */
  #startWaiting(): void {
    const later: FunctionEnvironments[] = [];
    let patient = false;
    while (this.#starting.size < this.limits.environmentsStartingMax) {
      const environments = this.#calls.nextHungry();
      if (environments === undefined) break;
      if (environments.waiting.length === 0) {
        forgetLine(environments);
        continue;
      }
      // One environment at a time: a debugger holds one port.
      if (environments.all.size > 0 && this.#options.inspect.has(environments.version.functionName)) {
        later.push(environments);
        continue;
      }
      if (environments.short === 0 && hasWarm(environments)) {
        later.push(environments);
        patient = true;
        continue;
      }
      if (this.#owners.size >= this.limits.environmentsMax && !this.#endLongestIdle()) {
        this.#calls.serveNext(environments);
        break;
      }
      if (environments.short > 0) environments.short--;
      const invocation = this.#calls.takeForStart(environments);
      if (environments.waiting.length > 0) this.#calls.serveLast(environments);
      this.#startEnvironment(environments, invocation);
    }
    this.#calls.serveLast(...later);
    if (patient) this.#bePatient();
    if (this.#provisioned.size > 0) this.#startProvisioned();
  }

  /** Starts what provisioned concurrency is short of, as far as the limits go; who waits for an answer goes first. */
  #startProvisioned(): void {
    if (this.#closed) return;
    for (const environments of this.#provisioned) {
      let missing = environments.provisionFailed ? 0 : environments.provisioned - provisionedOnes(environments).length;
      for (; missing > 0; missing--) {
        if (this.#starting.size >= this.limits.environmentsStartingMax) return;
        if (this.#owners.size >= this.limits.environmentsMax && !this.#endLongestIdle()) return;
        this.#startEnvironment(environments, undefined);
      }
    }
  }

  /** An environment that nobody waits for is there. */
  #startedAhead(environment: ExecutionEnvironment): void {
    const environments = this.#owners.get(environment);
    if (environments === undefined || environment.retired || this.#closed) {
      environment.end();
      return;
    }
    const invocation = this.#calls.take(environments);
    if (invocation === undefined) environments.free.push(environment);
    else {
      environment.dispatch(invocation);
      this.#watcher ??= this.#watch();
    }
  }

  #startEnvironment(environments: FunctionEnvironments, first: Invocation | undefined): void {
    if (first !== undefined) first.initAttempts++;
    const environment = this.#factory.make(this, environments.version, first, environments.spareFolders.pop());
    this.#coldStarts++;
    this.#owners.set(environment, environments);
    this.#starting.add(environment);
    environments.all.add(environment);
    environment.start();
    this.#watcher ??= this.#watch();
    this.#idleWatcher ??= this.#watchIdle();
  }

  #removeSpareFolders(environments: FunctionEnvironments): void {
    for (const folder of environments.spareFolders.splice(0)) removeFolder(folder);
  }

  #settle(): void {
    const answered = this.#answered;
    this.#answered = [];
    for (const environment of answered) {
      environment.settle();
      const environments = this.#owners.get(environment);
      if (environments === undefined) continue;
      if (!environment.isIdle) this.#giveAhead(environments, environment);
      else if (environment.retired || this.#closed) environment.end();
      else if (environment.isFree) this.#giveNext(environments, environment);
    }
    if (!this.#calls.isEmpty) this.#startWaiting();
  }

  #giveNext(environments: FunctionEnvironments, environment: ExecutionEnvironment): void {
    const invocation = this.#calls.take(environments);
    if (invocation === undefined) return;
    forgetFree(environments, environment);
    const ahead = this.#calls.takeAhead(environments, environment.room);
    environment.dispatch(invocation, ahead);
    if (ahead.length > 0) this.#bePatient();
    this.#watcher ??= this.#watch();
  }

  #giveAhead(environments: FunctionEnvironments, environment: ExecutionEnvironment): void {
    const ahead = this.#calls.takeAhead(environments, environment.room);
    if (ahead.length === 0) return;
    environment.giveAhead(ahead);
    this.#bePatient();
  }

  #watch(): NodeJS.Timeout {
    const watcher = setInterval(() => {
      const now = performance.now();
      const memory = ++this.#watchTurn % 2 === 0;
      let working = false;
      for (const environment of this.#owners.keys()) {
        if (!environment.isWorking) continue;
        working = true;
        environment.watch(now, memory);
      }
      if (working || this.#executing > 0) return;
      clearInterval(watcher);
      this.#watcher = undefined;
    }, WATCH_INTERVAL_MS);
    return watcher;
  }

  #watchIdle(): NodeJS.Timeout {
    const interval = Math.max(50, this.limits.idleTimeoutMs / 4);
    return setTimeout(() => {
      this.#idleWatcher = undefined;
      const now = performance.now();
      for (const environments of this.#functions.values()) {
        retireOld(environments, now);
        for (const environment of [...environments.free]) {
          if (environment.isInspected) continue;
          const isOld = environment.isIdle && now - environment.idleSince >= this.limits.idleTimeoutMs;
          if (isOld && !isKept(environments, environment)) endFree(environments, environment);
        }
        if (environments.free.length === 0) this.#removeSpareFolders(environments);
      }
      if (this.#owners.size > 0) this.#idleWatcher = this.#watchIdle();
    }, interval).unref();
  }

  /** Makes room by ending the environment, of any function, that has been idle longest. */
  #endLongestIdle(): boolean {
    let longest: [FunctionEnvironments, ExecutionEnvironment] | undefined;
    for (const environments of this.#functions.values()) {
      const oldest = environments.free.find((environment) => !isKept(environments, environment));
      if (oldest?.isIdle && (longest === undefined || oldest.idleSince < longest[1].idleSince)) longest = [environments, oldest];
    }
    if (longest === undefined) return false;
    endFree(...longest);
    return true;
  }

  async #until(quiet: () => boolean, waitMs: number): Promise<void> {
    if (quiet() || waitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#onQuieter = () => {
        if (!quiet()) return;
        clearTimeout(timer);
        this.#onQuieter = undefined;
        resolve();
      };
    });
  }
}
