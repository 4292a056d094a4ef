// All handler files of a service that are bundled: one build for each, however many functions it has. esbuild is loaded
// with the first of them, so that services without TypeScript start and stay as light as before.

import path from 'node:path';
import type { DesiredFunction, DesiredState } from '../templates/desired-state.ts';
import { type BuildProblem, HandlerBuild, isInside } from './handler-build.ts';

export interface BuildsOutcome {
  /** Keys of the functions whose code is another now. */
  readonly changed: ReadonlySet<string>;
  readonly problems: readonly BuildProblem[];
}

export class HandlerBuilds {
  readonly #folder: string;
  #builds = new Map<string, HandlerBuild>();
  #byFunction = new Map<string, HandlerBuild>();

  /** `folder` is the service's, absolute. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds what has not been built with these settings; the state with the code folders of what is bundled. */
  async prepare(desired: DesiredState): Promise<{ readonly desired: DesiredState } & BuildsOutcome> {
    const { bundler } = desired;
    const bundled = desired.functions.filter((one) => one.bundle !== undefined);
    const before = this.#builds;
    const builds = new Map<string, HandlerBuild>();
    const fresh: HandlerBuild[] = [];
    this.#byFunction = new Map();
    if (bundler !== undefined) {
      for (const { key, bundle } of bundled) {
        if (bundle === undefined) continue;
        const id = JSON.stringify([bundle, bundler]);
        let build = builds.get(id) ?? before.get(id);
        if (build === undefined) {
          const name = bundle.entry.replace(/[^A-Za-z0-9_-]/g, '_');
          const folder = path.join(this.#folder, '.stagegate', 'build', `${desired.service}-${desired.stage}`, name);
          build = new HandlerBuild(this.#folder, folder, bundle, bundler);
          fresh.push(build);
        }
        builds.set(id, build);
        this.#byFunction.set(key, build);
      }
    }
    this.#builds = builds;
    await Promise.all([...before].filter(([id]) => !builds.has(id)).map(([, build]) => build.close()));
    const outcome = await this.#run(fresh);
    const functions = desired.functions.map((one) => {
      const build = this.#byFunction.get(one.key);
      return build === undefined ? one : withCode(one, build.codeFolder, bundler?.sourceMaps === true);
    });
    return { desired: { ...desired, functions }, ...outcome };
  }

  /** Builds again what these files are part of. */
  rebuild(files: ReadonlySet<string>): Promise<BuildsOutcome> {
    return this.#run([...this.#builds.values()].filter((build) => build.isTouchedBy(files)));
  }

  /** Files that builds are made of and that lie outside the service folder; packages are left out. */
  get filesOutside(): readonly string[] {
    const files = [...this.#builds.values()].flatMap((build) => [...build.inputs, ...build.configuration]);
    return [...new Set(files)].filter((file) => !isInside(this.#folder, file) && !/[\\/]node_modules[\\/]/.test(file));
  }

  /** True when a bundled function is made of the file. */
  has(file: string): boolean {
    return [...this.#builds.values()].some((build) => build.inputs.has(file) || build.configuration.includes(file));
  }

  /** Whether a bundled function may read one of these files, none of which is built into it, while it runs. */
  mayRead(functionKey: string, files: readonly string[]): boolean {
    const build = this.#byFunction.get(functionKey);
    return build !== undefined && files.some((file) => build.mayRead(file));
  }

  isBundled(functionKey: string): boolean {
    return this.#byFunction.has(functionKey);
  }

  /** Why a function serves its last good build, or none. */
  failureOf(functionKey: string): BuildProblem | undefined {
    return this.#byFunction.get(functionKey)?.failure[0];
  }

  async close(): Promise<void> {
    if (this.#builds.size === 0) return;
    await Promise.all([...this.#builds.values()].map((build) => build.close()));
    this.#builds = new Map();
    await (await import('esbuild')).stop();
  }

  async #run(builds: readonly HandlerBuild[]): Promise<BuildsOutcome> {
    const outcomes = await Promise.all(builds.map(async (build) => ({ build, ...(await build.build()) })));
    const changedBuilds = new Set(outcomes.filter(({ changed }) => changed).map(({ build }) => build));
    return {
      changed: new Set([...this.#byFunction].filter(([, build]) => changedBuilds.has(build)).map(([key]) => key)),
      problems: outcomes.flatMap(({ problems }) => problems),
    };
  }
}

/** As Serverless Framework does it: the option of Node stands in the function's environment. */
function withCode(one: DesiredFunction, codeFolder: string, sourceMaps: boolean): DesiredFunction {
  const before = one.environment['NODE_OPTIONS'];
  const NODE_OPTIONS = [...(before === undefined ? [] : [before]), '--enable-source-maps'].join(' ');
  return { ...one, codeFolder, environment: sourceMaps ? { ...one.environment, NODE_OPTIONS } : one.environment };
}
