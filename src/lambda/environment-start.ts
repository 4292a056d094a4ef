// What an execution environment is started with.

import type { Upstreams } from '../data-plane/ports.ts';
import type { ExternalExtension } from './environment-extensions.ts';
import type { InitializationType } from './environment-variables.ts';
import type { LogSource } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Sandbox } from './isolation.ts';
import type { SandboxApi } from './runtime-api/sandbox-api.ts';
import type { RuntimeChannel } from './runtime-channel.ts';
import type { LaunchFault, RuntimeLaunch } from './runtime-launch.ts';

export interface EnvironmentStart {
  readonly version: FunctionVersion;
  readonly initializationType: InitializationType;
  readonly logSource: LogSource;
  readonly variables: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  /** What to run; or why there is nothing to run. */
  readonly launch: RuntimeLaunch | LaunchFault | Promise<RuntimeLaunch | LaunchFault>;
  readonly channel: RuntimeChannel;
  /** Where its processes find Lambda's own APIs. */
  readonly api: SandboxApi;
  /** Brings telemetry to extensions. */
  readonly upstreams: Upstreams;
  /** External extensions and where the environment finds their programs. */
  readonly extensions: readonly ExternalExtension[];
  readonly temporaryFolder: string;
  /** Where what was compiled is kept; undefined keeps nothing. */
  readonly cacheFolder: string | undefined;
  /** AWS: a start that timed out is tried again within the function's own timeout. Seen: Lambda guide, "Init phase". */
  readonly initTimeoutMs: number;
  /** A debugger may attach here (127.0.0.1); then no timeout ends an invocation. */
  readonly inspectPort: number | undefined;
}
