// A function in memory: what runs as `$LATEST`, its published versions, its aliases, and who may invoke each.

import type { Policy } from '../iam-policy/policy-document.ts';
import type { Scope } from '../model/scope.ts';
import type { AliasDocument } from './alias-document.ts';
import type { EventInvokeConfigDocument } from './event-invoke-config.ts';
import { functionArn } from './function-arn.ts';
import type { FunctionDocument } from './function-document.ts';
import { functionTrace, lineageOf } from './function-trace.ts';
import type { FunctionTracing } from './function-tracing.ts';
import type { FunctionVersion } from './function-version.ts';

/** Something that runs: `$LATEST` or a published version, or the place where one would be. */
export interface VersionEntry {
  readonly function: FunctionEntry;
  /** `$LATEST` or the version's number. */
  readonly number: string;
  /** Unqualified for `$LATEST`. */
  readonly arn: string;
  /** Undefined: there is none. */
  document: FunctionDocument | undefined;
  /** What environments run; undefined while the code is not on disk. */
  version: FunctionVersion | undefined;
}

/** What a qualifier leads to. */
export interface InvocationTarget {
  readonly main: VersionEntry;
  /** An alias with weights: `share` of the invocations go to the other one. */
  readonly other: VersionEntry | undefined;
  readonly share: number;
}

/** One function, or the place where one of that name would be. Lives as long as the process: bindings point to it. */
export class FunctionEntry implements VersionEntry {
  readonly scope: Scope;
  readonly name: string;
  readonly arn: string;
  /** What stands for it in trace headers. */
  readonly lineage: string;
  readonly function = this;
  readonly number = '$LATEST';
  document: FunctionDocument | undefined;
  version: FunctionVersion | undefined;
  /** Grows when permissions, aliases or the existence of something that runs change: answers derived from them are old. */
  generation = 1;
  readonly #published = new Map<string, VersionEntry>();
  readonly #aliases = new Map<string, AliasDocument>();
  /** By qualifier; that of the function itself by ''. */
  readonly #policies = new Map<string, Policy>();

  /** Provisioned concurrency that is asked for, by qualifier. */
  readonly provisioned = new Map<string, number>();
  /** Whether X-Ray takes an invocation about which nobody decided. */
  readonly #isTaken: (() => boolean) | undefined;
  readonly #eventInvokeConfigs = new Map<string, EventInvokeConfigDocument>();

  constructor(scope: Scope, name: string, tracing?: FunctionTracing) {
    this.scope = scope;
    this.name = name;
    this.arn = functionArn(scope, name);
    this.lineage = lineageOf(this.arn);
    this.#isTaken = tracing && (() => tracing.takes(this.arn));
  }

  /** The trace header of an invocation, of what its caller brought. */
  traceOf(received: string): string {
    return functionTrace(received, this.lineage, this.document?.tracingMode === 'Active' ? this.#isTaken : undefined);
  }

  /** The place of a published version. */
  published(number: string): VersionEntry {
    let entry = this.#published.get(number);
    if (entry === undefined) {
      entry = { function: this, number, arn: `${this.arn}:${number}`, document: undefined, version: undefined };
      this.#published.set(number, entry);
    }
    return entry;
  }

  /** `$LATEST` and the published versions that there are. */
  documents(): readonly FunctionDocument[] {
    return [this, ...this.#published.values()].flatMap(({ document }) => document ?? []);
  }

  setAlias(alias: string, document: AliasDocument | undefined): void {
    this.generation++;
    if (document === undefined) this.#aliases.delete(alias);
    else this.#aliases.set(alias, document);
  }

  setPolicy(qualifier: string | undefined, policy: Policy | undefined): void {
    this.generation++;
    if (policy === undefined) this.#policies.delete(qualifier ?? '');
    else this.#policies.set(qualifier ?? '', policy);
  }

  /** The resource policy of a qualifier; undefined when nobody was allowed anything. `$LATEST` has none of its own. */
  policy(qualifier: string | undefined): Policy | undefined {
    return this.#policies.get(qualifier === undefined || qualifier === '$LATEST' ? '' : qualifier);
  }

  setEventInvokeConfig(qualifier: string, config: EventInvokeConfigDocument | undefined): void {
    if (config === undefined) this.#eventInvokeConfigs.delete(qualifier);
    else this.#eventInvokeConfigs.set(qualifier, config);
  }

  /** What holds for asynchronous invocations by a qualifier; undefined when AWS's defaults do. */
  eventInvokeConfig(qualifier: string | undefined): EventInvokeConfigDocument | undefined {
    return this.#eventInvokeConfigs.get(qualifier ?? '$LATEST');
  }

  /** What runs for a qualifier; undefined when there is nothing. */
  target(qualifier: string | undefined): InvocationTarget | undefined {
    const alias = qualifier === undefined ? undefined : this.#aliases.get(qualifier);
    if (alias === undefined) {
      const main = this.#version(qualifier ?? '$LATEST');
      return main && { main, other: undefined, share: 0 };
    }
    const main = this.#version(alias.functionVersion);
    const { additional } = alias;
    return main && { main, other: additional && this.#version(additional.version), share: additional?.weight ?? 0 };
  }

  #version(number: string): VersionEntry | undefined {
    const entry = number === '$LATEST' ? this : this.#published.get(number);
    return entry?.document === undefined ? undefined : entry;
  }
}

/** The version that one invocation gets; `random` is from 0 up to but not including 1. */
export function chooseVersion({ main, other, share }: InvocationTarget, random: () => number): VersionEntry {
  return other !== undefined && random() < share ? other : main;
}
