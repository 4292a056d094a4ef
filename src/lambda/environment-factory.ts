// What an execution environment is made of: its sandbox, what it runs and with which variables, its folders, its channel.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ReadMode } from '../http1/tcp-transport.ts';
import { TimerWheel } from '../http1/timer-wheel.ts';
import { UpstreamPool } from '../http1/upstream-pool.ts';
import { environmentVariables, type FunctionCredentials } from './environment-variables.ts';
import { type EnvironmentOwner, ExecutionEnvironment } from './execution-environment.ts';
import { externalExtensions } from './extension-processes.ts';
import { FramedChannel } from './framed-channel.ts';
import type { LogSource } from './function-log.ts';
import type { FunctionTracing } from './function-tracing.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import type { Isolation } from './isolation.ts';
import { RuntimeApiChannel } from './runtime-api/runtime-api-channel.ts';
import { SandboxApi } from './runtime-api/sandbox-api.ts';
import { planLaunch, usesRuntimeApi } from './runtime-launch.ts';
import type { RuntimeCommands } from './runtimes.ts';

export interface EnvironmentFactoryOptions {
  readonly nodeBinary: string;
  readonly isolation: Isolation;
  readonly commands: RuntimeCommands;
  /** How pipes to functions can be read. */
  readonly readMode: ReadMode;
  /** A private folder (0700) of this process for environments' temporary files. */
  readonly runtimeFolder: string;
  /** Where a function's compiled code is kept between starts; undefined keeps none. One folder per code: what one function writes there, no other runs. */
  readonly compileCacheFolder: (version: FunctionVersion) => string | undefined;
  /** Functions (by name) that a debugger may attach to, with the port of each. */
  readonly inspect: ReadonlyMap<string, number>;
  readonly endpointUrl: () => string | undefined;
  readonly credentials: (version: FunctionVersion) => FunctionCredentials;
  readonly tracing?: FunctionTracing | undefined;
}

export class EnvironmentFactory {
  readonly #options: EnvironmentFactoryOptions;
  /** Of all environments' Runtime APIs. */
  readonly #wheel = new TimerWheel(() => {});
  readonly #upstreams = new UpstreamPool({ wheel: this.#wheel, onFault() {} });
  #folders = 0;

  constructor(options: EnvironmentFactoryOptions) {
    this.#options = options;
  }

  /**
   * An environment that has not been started. Without a first invocation it is for whatever comes; without a spare folder of an environment
   * before it, it has a temporary folder of its own.
   */
  make(
    owner: EnvironmentOwner,
    version: FunctionVersion,
    first: Invocation | undefined,
    spareFolder: string | undefined,
  ): ExecutionEnvironment {
    const { nodeBinary, isolation, commands, readMode, endpointUrl, inspect } = this.#options;
    const temporaryFolder = spareFolder ?? this.#makeFolder();
    const logStreamName = logStream(version);
    const initializationType = first === undefined ? 'provisioned-concurrency' : 'on-demand';
    const sandbox = isolation.sandboxOf(version);
    const cacheFolder = this.#options.compileCacheFolder(version);
    if (cacheFolder !== undefined) mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
    const seen = sandbox.seen({ version, temporaryFolder, cacheFolder });
    const api = new SandboxApi(this.#wheel);
    const inspectPort = inspect.get(version.functionName);
    const credentials = this.#options.credentials(version);
    const environment = new ExecutionEnvironment(
      owner,
      {
        version,
        initializationType,
        logSource: { ...logGroupOf(version), logStreamName },
        variables: environmentVariables({
          version: { ...version, codeFolder: seen.codeFolder, layerFolders: seen.layerFolders },
          logStreamName,
          initializationType,
          temporaryFolder: seen.temporaryFolder,
          nodeBinary,
          endpointUrl: endpointUrl(),
          credentials,
          daemonAddress: this.#options.tracing?.daemonAddress,
        }),
        sandbox,
        launch: planLaunch(version, { nodeBinary, seen, commands, inspectPort }, first?.requestId ?? ''),
        api,
        upstreams: this.#upstreams,
        channel: usesRuntimeApi(version, commands)
          ? new RuntimeApiChannel(version.functionArn, api)
          : new FramedChannel(readMode),
        extensions: externalExtensions(version).map((name) => ({
          name,
          program: `${seen.layerFolders[0]}/extensions/${name}`,
        })),
        temporaryFolder,
        cacheFolder,
        initTimeoutMs: this.#initTimeoutMs(owner, version, first),
        inspectPort,
      },
      first,
    );
    // The other half is for what an invocation still does with them.
    if (credentials.expiresAt !== undefined) {
      environment.goodUntil = performance.now() + (credentials.expiresAt - Date.now()) / 2;
    }
    return environment;
  }

  #initTimeoutMs(owner: EnvironmentOwner, version: FunctionVersion, first: Invocation | undefined): number {
    if (this.#options.inspect.has(version.functionName)) return Number.POSITIVE_INFINITY;
    return first !== undefined && first.initAttempts > 1 ? version.timeoutMs : owner.limits.initTimeoutMs;
  }

  #makeFolder(): string {
    const folder = path.join(this.#options.runtimeFolder, `environment-${++this.#folders}`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }
}

export function removeFolder(folder: string): void {
  void rm(folder, { recursive: true, force: true }).catch(() => {});
}

function logGroupOf({ scope, functionName, logFormat, logGroup }: FunctionVersion): Omit<LogSource, 'logStreamName'> {
  return { scope, functionName, logFormat, logGroupName: logGroup };
}

// AWS: `2026/11/23/[$LATEST]` and 32 hex digits.
function logStream(version: FunctionVersion): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version.version}]${randomBytes(16).toString('hex')}`;
}
