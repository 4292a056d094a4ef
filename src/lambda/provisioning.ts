// Keeps as many environments started as provisioned concurrency asks for, whatever aliases are moved to.

import type { FunctionEntry, VersionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import type { Pool, ProvisionedState } from './pool.ts';

export interface ProvisioningOptions {
  readonly table: FunctionTable;
  readonly pool: Pool;
  readonly notice: (text: string) => void;
}

export class Provisioning {
  readonly #options: ProvisioningOptions;
  /** What the pool was told, by version. */
  readonly #given = new Map<VersionEntry, number>();

  constructor(options: ProvisioningOptions) {
    this.#options = options;
  }

  /** What there is for a qualifier. */
  state(entry: FunctionEntry, qualifier: string): ProvisionedState {
    const target = entry.target(qualifier)?.main;
    return target === undefined ? { allocated: 0, failed: false } : this.#options.pool.provisionedState(target.arn);
  }

  /** What is asked for, over all qualifiers. */
  total(entry: FunctionEntry): number {
    return [...entry.provisioned.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Tells the pool what has changed. */
  apply(entry: FunctionEntry): void {
    if (entry.provisioned.size === 0 && this.#given.size === 0) return;
    const wanted = new Map<VersionEntry, number>();
    for (const [qualifier, count] of entry.provisioned) {
      const version = entry.target(qualifier)?.main;
      // An alias may be moved to $LATEST, which has no environments of its own.
      if (version !== undefined && version !== entry) wanted.set(version, (wanted.get(version) ?? 0) + count);
    }
    for (const [version, given] of [...this.#given]) {
      if (version.function === entry && given > 0 && !wanted.has(version)) this.#give(version, 0);
    }
    for (const [version, count] of wanted) if (this.#given.get(version) !== count) this.#give(version, count);
  }

  #give(version: VersionEntry, count: number): void {
    const { table, pool, notice } = this.#options;
    if (count === 0) this.#given.delete(version);
    else this.#given.set(version, count);
    if (count === 0 || version.version !== undefined) {
      pool.provision(version.arn, version.version, count);
      return;
    }
    // Its code is not on disk yet; it may be asked for something else meanwhile.
    void table
      .prepare(version)
      .then((prepared) => {
        if (typeof prepared === 'string') notice(prepared);
        else if (this.#given.get(version) === count) pool.provision(version.arn, prepared, count);
      })
      .catch((error: unknown) => notice(`The environments of ${version.arn} cannot be started: ${String(error)}`));
  }
}
