// One service under `stagegate dev`: what was read last, what runs, and how a change becomes live.

import path from 'node:path';
import { credentialsIn } from '../config/integration-targets.ts';
import { nearestName } from '../config/nearest-name.ts';
import { UserError } from '../config/user-error.ts';
import type { RunningStagegate } from '../stagegate.ts';
import { type AppliedChange, ApplyError, applyDesiredState } from '../templates/apply-desired-state.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import { runningFeatures } from '../templates/running-features.ts';
import { readDotenvFile } from '../templates/serverless-yml/dotenv-file.ts';
import { readServerlessYml, type ServerlessYmlReading } from '../templates/serverless-yml/read-serverless-yml.ts';
import { newInstanceId } from '../templates/serverless-yml/variables.ts';
import type { CommandContext } from './command.ts';
import { renderBuildProblems, renderProblems, renderUserError } from './error-text.ts';
import { type BuildProblem, isInside } from './handler-build.ts';
import { HandlerBuilds } from './handler-builds.ts';
import { handlerFileOf } from './handler-file-of.ts';
import { importGraph, mayConcern } from './import-graph.ts';

/** A build may change any number of files. */
const CHANGED_CODE_KEPT = 20;

/** A service file without errors. */
type Reading = ServerlessYmlReading & { readonly desired: DesiredState };

export class DevSession {
  readonly #context: CommandContext;
  readonly #file: string;
  readonly #instanceId = newInstanceId();
  #running: RunningStagegate | undefined;
  /** What was to be live last, whether AWS took it or not. */
  #wanted: Reading | undefined;
  /** What is live: the last state that was applied without an error. */
  #applied: DesiredState | undefined;
  /** False after an apply that failed half-way: then the next one reads what is really there. */
  #isAppliedInFull = false;
  #files: readonly string[];
  readonly #changedCode = new Set<string>();
  readonly #builds: HandlerBuilds;
  #work: Promise<void> = Promise.resolve();

  constructor(context: CommandContext, file: string) {
    this.#context = context;
    this.#file = file;
    this.#files = [file];
    this.#builds = new HandlerBuilds(path.dirname(file));
  }

  get applied(): DesiredState | undefined {
    return this.#applied;
  }

  /** Files of functions that were changed since the start, the latest first, absolute. */
  get changedCode(): readonly string[] {
    return [...this.#changedCode].reverse();
  }

  /** The service file, what it includes, and what bundled functions are made of outside the folder; absolute. */
  get watchedFiles(): readonly string[] {
    return [...this.#files, ...this.#builds.filesOutside];
  }

  /** Why a function (by its key) serves an older build than its files say; undefined when it does not. */
  buildFailureOf(functionKey: string): BuildProblem | undefined {
    return this.#builds.failureOf(functionKey);
  }

  close(): Promise<void> {
    return this.#builds.close();
  }

  /** Reads the service file and prints its problems; undefined when there are errors. */
  read(): Reading | undefined {
    const { values, given, environment, err, workingDirectory } = this.#context;
    const options = new Map<string, string>();
    if (given.has('stage') && values.stage !== undefined) options.set('stage', values.stage);
    if (given.has('region') && values.region !== undefined) options.set('region', values.region);
    const envFile = values.envFile === undefined ? undefined : path.resolve(workingDirectory, values.envFile);
    const reading = readServerlessYml({
      file: this.#file,
      environment: envFile === undefined ? environment : { ...readEnvFile(envFile, environment), ...environment },
      options,
      params: values.param,
      accountId: values.accountId,
      instanceId: this.#instanceId,
      lenient: values.lenient,
      nearestName,
      features: { ...runningFeatures, resultTargets: credentialsIn(environment) !== undefined },
    });
    this.#files = envFile === undefined ? reading.files : [...reading.files, envFile];
    if (reading.problems.length > 0) err.line(renderProblems(reading.problems, err, workingDirectory));
    return reading.desired === undefined ? undefined : { ...reading, desired: reading.desired };
  }

  /** Makes a reading live. Throws UserError when an AWS operation refuses it. */
  apply(running: RunningStagegate, reading: Reading): Promise<readonly AppliedChange[]> {
    return this.#inTurn(() => this.#apply(running, reading));
  }

  async #apply(running: RunningStagegate, reading: Reading): Promise<readonly AppliedChange[]> {
    this.#running = running;
    this.#wanted = reading;
    const { err, workingDirectory } = this.#context;
    const { desired, problems } = await this.#builds.prepare(reading.desired);
    if (problems.length > 0) err.line(renderBuildProblems(problems, err, workingDirectory));
    try {
      const result = await applyDesiredState(
        (...call) => this.#call(running, ...call),
        desired,
        this.#isAppliedInFull ? this.#applied : undefined,
      );
      this.#applied = desired;
      this.#isAppliedInFull = true;
      return result.changes;
    } catch (error) {
      this.#isAppliedInFull = false;
      if (!(error instanceof ApplyError)) throw error;
      const place = error.placeIn(reading.places);
      throw new UserError('SG_APPLY', `${error.operation} was refused: ${error.awsCode}: ${error.message}`, {
        // What this machine lacks is told by the operation itself; AWS would have it.
        fix: /this machine/.test(error.message)
          ? 'Put right on this machine what the message names, then start again.'
          : 'Change the service file so that AWS would take it.',
        ...(place === undefined ? {} : { place }),
        cause: error,
      });
    }
  }

  /** Takes changed files, one after the other; resolves when they are live or were refused. */
  reload(changed: ReadonlySet<string>): Promise<void> {
    return this.#inTurn(() => this.#reload(changed));
  }

  /** Makes the service live again after everything was forgotten. Throws UserError when an AWS operation refuses it. */
  reapply(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running === undefined || this.#wanted === undefined) return;
      this.#isAppliedInFull = false;
      await this.#apply(this.#running, this.#wanted);
    });
  }

  /** One piece of work after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  async #reload(changed: ReadonlySet<string>): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { out, err, workingDirectory } = this.#context;
    const startedAt = performance.now();
    const took = () => out.paint('dim', `in ${Math.max(1, Math.round(performance.now() - startedAt))} ms`);
    const layers = (this.#applied?.layers ?? []).flatMap((layer) => (layer.folder === undefined ? [] : [layer.folder]));
    const inLayer = [...changed].some((file) => layers.some((layer) => isInside(layer, file)));
    // What is published of a layer depends on its files: everything is compared with what is there.
    if (inLayer) this.#isAppliedInFull = false;
    const inDefinition = inLayer || [...changed].some((file) => this.#files.includes(file));
    const code = [...changed].filter((file) => !this.#files.includes(file));
    for (const file of code) {
      this.#changedCode.delete(file);
      this.#changedCode.add(file);
      if (this.#changedCode.size > CHANGED_CODE_KEPT) this.#changedCode.delete([...this.#changedCode][0]!);
    }
    try {
      const reloaded = code.length === 0 ? [] : await this.#codeChanged(running, new Set(code));
      if (!inDefinition) {
        const what = describeFiles(changed, this.#context.workingDirectory);
        if (reloaded.length > 0) out.line(`reloaded ${took()}: ${what}${this.#describeReloaded(reloaded)}`);
        return;
      }
      const before = this.#applied;
      const reading = this.read();
      if (reading === undefined) {
        err.line('The service goes on as it was before this change.');
        return;
      }
      if (before !== undefined && reading.desired.region !== before.region) {
        err.line(`The region is now ${reading.desired.region}; end stagegate dev and start it again to move there.`);
        return;
      }
      const changes = await this.#apply(running, reading);
      out.line(`reloaded ${took()}: ${describeChanges(changes)}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      err.line(renderUserError(error, err, workingDirectory));
    }
  }

  /** Ends the environments of the functions that the files concern, and of no others; their keys. */
  async #codeChanged(running: RunningStagegate, files: ReadonlySet<string>): Promise<readonly string[]> {
    const { err, workingDirectory } = this.#context;
    const state = this.#applied;
    if (state === undefined) return [];
    const built = await this.#builds.rebuild(files);
    if (built.problems.length > 0) err.line(renderBuildProblems(built.problems, err, workingDirectory));
    // What only bundled functions are made of concerns those alone; everything else they see through links.
    const others = [...files].filter((file) => !this.#builds.has(file));
    const concerned = state.functions.filter((one) => {
      if (this.#builds.isBundled(one.key)) return built.changed.has(one.key) || this.#builds.mayRead(one.key, others);
      const entry = handlerFileOf(state.folder, one.handler);
      if (entry === undefined) return true;
      const graph = importGraph(entry);
      return [...files].some((file) => mayConcern(graph, file));
    });
    for (const one of concerned) running.functionCodeChanged(one.functionName);
    return concerned.map((one) => one.key);
  }

  /** Names the functions when they are not all of them. */
  #describeReloaded(keys: readonly string[]): string {
    const all = this.#applied?.functions.length ?? 0;
    if (keys.length === all) return '';
    return keys.length <= 3 ? ` (${keys.join(', ')})` : ` (${keys.length} of ${all} functions)`;
  }

  async #call(running: RunningStagegate, service: string, operation: string, input: Readonly<Record<string, unknown>>) {
    const { values, err } = this.#context;
    const startedAt = performance.now();
    try {
      return await running.call(service, operation, input);
    } finally {
      if (values.verbose) err.line(err.paint('dim', `${service} ${operation} ${(performance.now() - startedAt).toFixed(1)} ms`));
    }
  }
}

/** Throws UserError: a file that was named must be there. */
function readEnvFile(file: string, environment: CommandContext['environment']): CommandContext['environment'] {
  try {
    return readDotenvFile(file, environment);
  } catch (error) {
    throw new UserError('SG_BAD_OPTION', `--env-file: ${(error as Error).message}`, {
      fix: 'Check the path; it begins in the working directory.',
      cause: error,
    });
  }
}

/** `2 routes created, function hello updated`. */
export function describeChanges(changes: readonly AppliedChange[]): string {
  if (changes.length === 0) return 'nothing changed';
  const groups = new Map<string, AppliedChange[]>();
  for (const change of changes) {
    if (change.noun === 'permission' || change.noun === 'integration') continue;
    const key = `${change.noun} ${change.action}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  if (groups.size === 0) return 'integrations updated';
  return [...groups.values()]
    .map((group) => {
      const { noun, action, name } = group[0]!;
      if (group.length <= 3) return `${noun} ${[...new Set(group.map((change) => change.name))].join(', ')} ${action}`;
      return `${group.length} ${noun}s ${action} (${name}, ...)`;
    })
    .join('; ');
}

function describeFiles(files: ReadonlySet<string>, workingDirectory: string): string {
  const names = [...files].map((file) =>
    file.startsWith(`${workingDirectory}/`) ? file.slice(workingDirectory.length + 1) : file,
  );
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more files`;
}
