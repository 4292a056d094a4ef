// The extensions of one execution environment as a whole: their processes, their API, their telemetry, and their end.

import type { Upstreams } from '../data-plane/ports.ts';
import { ExtensionProcess } from './extension-processes.ts';
import type { FunctionVersion } from './function-version.ts';
import { type ExtensionListener, Extensions, type ShutdownReason } from './runtime-api/extensions.ts';
import type { SandboxApi } from './runtime-api/sandbox-api.ts';
import { Telemetry } from './runtime-api/telemetry.ts';

export interface ExternalExtension {
  readonly name: string;
  /** Where the environment finds its program. */
  readonly program: string;
}

export interface EnvironmentExtensionsOptions {
  readonly version: FunctionVersion;
  readonly external: readonly ExternalExtension[];
  readonly api: SandboxApi;
  readonly upstreams: Upstreams;
  readonly listener: ExtensionListener;
  readonly processStarted: (group: number) => void;
  readonly processEnded: (group: number) => void;
}

export class EnvironmentExtensions {
  readonly telemetry: Telemetry;
  readonly registry: Extensions;
  readonly #options: EnvironmentExtensionsOptions;
  #processes: ExtensionProcess[] = [];

  constructor(options: EnvironmentExtensionsOptions) {
    const { version, external, api, upstreams, listener } = options;
    this.#options = options;
    this.registry = new Extensions(
      version,
      external.map(({ name }) => name),
    );
    this.telemetry = new Telemetry(upstreams, this.registry);
    api.add(this.registry.route);
    api.add(this.telemetry.route);
    this.registry.open(listener);
  }

  /** Starts the external ones. `wrap` puts a program into the function's sandbox. */
  start(
    wrap: (program: string) => readonly string[],
    variables: Readonly<Record<string, string>>,
    onLine: (text: string) => void,
  ): void {
    const { external, version, api, processStarted } = this.#options;
    for (const { name, program } of external) {
      const extension = new ExtensionProcess({
        command: wrap(program),
        variables,
        cwd: version.codeFolder,
        onLine,
        onEnded: (code, signal) => this.registry.ended(name, code, signal),
      });
      this.#processes.push(extension);
      if (extension.pid === undefined) continue;
      api.admit(extension.pid);
      processStarted(extension.pid);
    }
  }

  /** External extensions hear why, and have two seconds. The runtime is gone by then. */
  end(reason: ShutdownReason): void {
    const processes = this.#processes;
    this.#processes = [];
    this.telemetry.close();
    if (processes.length === 0) {
      this.#close();
      return;
    }
    this.registry.shutdown(reason);
    const finish = (): void => {
      clearTimeout(timer);
      for (const extension of processes) {
        extension.kill();
        if (extension.pid !== undefined) this.#options.processEnded(extension.pid);
      }
      this.#close();
    };
    const timer = setTimeout(finish, this.registry.shutdownMs);
    void Promise.all(processes.map(({ over }) => over)).then(finish);
  }

  #close(): void {
    this.registry.close();
    this.#options.api.close();
  }
}
