// The environments of one version of a function: which are free, which are started ahead, which are on their way out.

import type { FunctionConcurrency } from './concurrency.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';

/** Environments started ahead that end by themselves, one after the other, are not started for ever. */
const UNUSED_ENDS_MAX = 3;
/** In looks, of 10 ms each: a line that would last longer than this takes longer than it takes to start an environment. */
const LONG_LINE = 30;
/** A line that is too slow for so many looks needs more environments, and a long one counts more: those it has may be warming up. */
const TOO_SLOW = 30;
const VERY_SLOW = 10;

/** The environments of `$LATEST` or of a published version. */
export class FunctionEnvironments {
  version: FunctionVersion;
  /** The part of the account's concurrency that its function has. */
  readonly part: FunctionConcurrency;
  /** So many environments are kept started, and so many invocations need nothing of that part. */
  provisioned = 0;
  /** One of those could not be started, or none lives: nobody tries again before something changes. */
  provisionFailed = false;
  /** Those that ended one after the other without one being used. */
  unusedEnds = 0;
  readonly all = new Set<ExecutionEnvironment>();
  /** Free ones; the last to answer is the first to be used again. */
  readonly free: ExecutionEnvironment[] = [];
  /** Invocations that no environment has taken yet, oldest first. */
  readonly waiting: Invocation[] = [];
  /** Invocations that waited and were taken since the pool looked last. */
  taken = 0;
  /** So many more environments may be started although there are warm ones. */
  short = 0;
  /** How slowly the line has moved at the looks so far. */
  slowness = 0;
  /** Temporary folders of environments that timed out. AWS: /tmp outlives a timeout. Seen: test/parity, timed_out_environment_reuse. */
  readonly spareFolders: string[] = [];
  /** Invocations at work or waiting. */
  executing = 0;
  readonly onAnswered: () => void;

  constructor(version: FunctionVersion, part: FunctionConcurrency, onAnswered: (environments: FunctionEnvironments) => void) {
    this.version = version;
    this.part = part;
    this.onAnswered = () => onAnswered(this);
  }
}

/** The environments that were started ahead and are not on their way out. */
export function provisionedOnes({ all }: FunctionEnvironments): readonly ExecutionEnvironment[] {
  return [...all].filter(({ isProvisioned, retired }) => isProvisioned && !retired);
}

/** Whether there are environments that will take what waits, sooner or later. */
export function hasWarm({ all }: FunctionEnvironments): boolean {
  for (const environment of all) if (isWarm(environment)) return true;
  return false;
}

function isWarm({ isStarting, retired }: ExecutionEnvironment): boolean {
  return !isStarting && !retired;
}

/**
 * Called at intervals while something waits: how many more environments should be started. None while the line moves on by its own
 * length, so that a short function answers a burst with few environments; the sooner the slower it moves.
 */
export function noteShortage(environments: FunctionEnvironments): void {
  const { all, waiting, taken } = environments;
  environments.taken = 0;
  environments.short = 0;
  let warm = 0;
  let starting = 0;
  for (const environment of all) {
    if (environment.isStarting) starting++;
    else if (isWarm(environment)) warm++;
  }
  // Where nothing was taken every environment is at work for long, and each that starts will be, too.
  const stands = taken === 0;
  const left = stands ? waiting.length : waiting.length - taken - starting;
  environments.slowness = left <= 0 ? 0 : environments.slowness + (waiting.length >= taken * LONG_LINE ? VERY_SLOW : 1);
  if (environments.slowness < TOO_SLOW) return;
  environments.slowness = 0;
  // Twice as many at most: on a busy machine each one that starts makes the others slower.
  environments.short = Math.min(left, Math.max(1, stands ? warm + starting : warm));
}

/** Nobody waits any more: what is known of the line says nothing about the next one. */
export function forgetLine(environments: FunctionEnvironments): void {
  environments.taken = 0;
  environments.short = 0;
  environments.slowness = 0;
}

/** Whether an idle environment stays, however long nobody needs it. */
export function isKept({ provisioned }: FunctionEnvironments, environment: ExecutionEnvironment): boolean {
  return provisioned > 0 && environment.isProvisioned;
}

/** What an environment's end means for those that are to be started ahead. */
export function noteEnd(environments: FunctionEnvironments, environment: ExecutionEnvironment): void {
  // AWS: a handler that cannot be loaded ends it. Seen: test/parity, test_provisioned_concurrency_init_failure.
  if (!environment.wasReady) environments.provisionFailed = true;
  else if (environment.wasUsed) environments.unusedEnds = 0;
  else if (++environments.unusedEnds >= UNUSED_ENDS_MAX) environments.provisionFailed = true;
}

export function takeFree(environments: FunctionEnvironments): ExecutionEnvironment | undefined {
  if (environments.provisioned > 0) preferProvisioned(environments);
  for (;;) {
    const environment = environments.free.pop();
    if (environment === undefined || environment.isFree) return environment;
  }
}

/** Puts an environment that was started ahead where the next one is taken from. */
function preferProvisioned({ free }: FunctionEnvironments): void {
  const index = free.findLastIndex((environment) => environment.isProvisioned && environment.isFree);
  if (index !== -1) free.push(...free.splice(index, 1));
}

export function forgetFree(environments: FunctionEnvironments, environment: ExecutionEnvironment): void {
  const index = environments.free.lastIndexOf(environment);
  if (index !== -1) environments.free.splice(index, 1);
}

export function endFree(environments: FunctionEnvironments, environment: ExecutionEnvironment): void {
  forgetFree(environments, environment);
  environment.end();
}

/** Lets go of those whose credentials are getting old: idle ones now, the others when they have answered. */
export function retireOld(environments: FunctionEnvironments, now: number): void {
  for (const environment of environments.all) {
    if (now < environment.goodUntil || environment.isInspected) continue;
    environment.retired = true;
    forgetFree(environments, environment);
    if (environment.isIdle) environment.end();
  }
}

export function retire(environments: FunctionEnvironments): void {
  for (const environment of environments.all) environment.retired = true;
  for (const environment of environments.free.splice(0)) if (environment.isIdle) environment.end();
}
