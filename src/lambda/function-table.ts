// Every function of this process in memory, kept true by the store's change feed: an invocation asks no store.

import { realpathSync } from 'node:fs';
import { compilePolicy, type Policy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import type { Scope } from '../model/scope.ts';
import type { Change, Store } from '../store/store.ts';
import type { CodeFolders } from './code-folders.ts';
import { functionArn } from './function-arn.ts';
import {
  codeKey,
  FUNCTION_KIND,
  type FunctionDocument,
  POLICY_KIND,
  type PolicyDocument,
  runtimeVersionArn,
} from './function-document.ts';
import type { FunctionVersion } from './function-version.ts';
import { isZipFault } from './zip-archive.ts';

/** One function, or the place where one of that name would be. Lives as long as the process: bindings point to it. */
export class FunctionEntry {
  readonly scope: Scope;
  readonly name: string;
  readonly arn: string;
  /** Undefined: there is no such function. */
  document: FunctionDocument | undefined;
  /** What environments run; undefined while the code is not on disk. */
  version: FunctionVersion | undefined;
  /** The resource policy; undefined when nobody was allowed anything. */
  policy: Policy | undefined;
  /** Grows when permissions or the function's existence change: answers derived from them are old. */
  generation = 1;

  constructor(scope: Scope, name: string) {
    this.scope = scope;
    this.name = name;
    this.arn = functionArn(scope, name);
  }
}

export interface FunctionTableOptions {
  readonly store: Store;
  readonly code: CodeFolders;
  /** The function runs differently from now on, or (undefined) is gone. */
  readonly onChanged: (entry: FunctionEntry, version: FunctionVersion | undefined) => void;
  /** The function's reserved concurrency is another one now. */
  readonly onReserved: (entry: FunctionEntry, reserved: number | undefined) => void;
}

export class FunctionTable {
  readonly #options: FunctionTableOptions;
  readonly #entries = new Map<string, FunctionEntry>();
  readonly #preparing = new Map<FunctionEntry, Promise<FunctionVersion | string>>();
  #unsubscribe: (() => void) | undefined;

  private constructor(options: FunctionTableOptions) {
    this.#options = options;
  }

  /** Reads what the store has and follows it from then on. */
  static async open(options: FunctionTableOptions): Promise<FunctionTable> {
    const table = new FunctionTable(options);
    table.#unsubscribe = options.store.subscribe((changes) => table.#follow(changes));
    for (const { key, document } of await options.store.scan<FunctionDocument>(FUNCTION_KIND)) {
      table.#setDocument(table.entry(key.scope, key.id), document);
    }
    for (const { key, document } of await options.store.scan<PolicyDocument>(POLICY_KIND)) {
      table.#setPolicy(table.entry(key.scope, key.id), document);
    }
    return table;
  }

  entry(scope: Scope, name: string): FunctionEntry {
    const arn = functionArn(scope, name);
    let entry = this.#entries.get(arn);
    if (entry === undefined) {
      entry = new FunctionEntry({ account: scope.account, region: scope.region }, name);
      this.#entries.set(arn, entry);
    }
    return entry;
  }

  /** Existing functions of a name, in every account and region. */
  named(name: string): readonly FunctionEntry[] {
    return this.all().filter((entry) => entry.name === name);
  }

  all(): readonly FunctionEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.document !== undefined);
  }

  /** Brings the code to disk. The version that runs, or why it cannot. */
  prepare(entry: FunctionEntry): Promise<FunctionVersion | string> {
    const running = this.#preparing.get(entry);
    if (running !== undefined) return running;
    const work = this.#prepare(entry).finally(() => this.#preparing.delete(entry));
    this.#preparing.set(entry, work);
    return work;
  }

  close(): void {
    this.#unsubscribe?.();
  }

  async #follow(changes: readonly Change[]): Promise<void> {
    for (const { key, operation } of changes) {
      if (key.kind === FUNCTION_KIND) {
        const document = operation === 'put' ? await this.#options.store.get<FunctionDocument>(key) : undefined;
        this.#setDocument(this.entry(key.scope, key.id), document);
      } else if (key.kind === POLICY_KIND) {
        const document = operation === 'put' ? await this.#options.store.get<PolicyDocument>(key) : undefined;
        this.#setPolicy(this.entry(key.scope, key.id), document);
      }
    }
  }

  #setDocument(entry: FunctionEntry, document: FunctionDocument | undefined): void {
    const before = entry.document;
    entry.document = document;
    if ((before === undefined) !== (document === undefined)) entry.generation++;
    if (before?.reservedConcurrency !== document?.reservedConcurrency) {
      this.#options.onReserved(entry, document?.reservedConcurrency);
    }
    if (document === undefined) {
      entry.version = undefined;
      this.#options.onChanged(entry, undefined);
      return;
    }
    if (before !== undefined && runsAlike(before, document)) return;
    entry.version = this.#versionOf(entry, document);
    this.#options.onChanged(entry, entry.version);
  }

  #setPolicy(entry: FunctionEntry, document: PolicyDocument | undefined): void {
    entry.generation++;
    entry.policy = undefined;
    if (document === undefined) return;
    const policy = compilePolicy({ Version: '2012-10-17', Id: 'default', Statement: document.statements }, 'resource');
    // AddPermission checks what it stores: a fault here is a damaged store, and then nobody is allowed.
    if (!isFault(policy)) entry.policy = policy;
  }

  /** Undefined when an archive is not on disk yet. */
  #versionOf(entry: FunctionEntry, document: FunctionDocument): FunctionVersion | undefined {
    const { code } = document;
    const folder = code.kind === 'zip' ? this.#options.code.known(code.sha256) : realFolder(code.path);
    return folder === undefined ? undefined : toVersion(entry, document, folder);
  }

  async #prepare(entry: FunctionEntry): Promise<FunctionVersion | string> {
    for (;;) {
      const { document } = entry;
      if (document === undefined) return `There is no function ${entry.arn}.`;
      if (entry.version !== undefined) return entry.version;
      if (document.code.kind === 'zip') {
        const archive = await this.#options.store.getBlob(document.code.sha256);
        if (archive === undefined) return `The code of ${entry.arn} is not in the store.`;
        const folder = await this.#options.code.unpack(
          Buffer.from(archive.buffer, archive.byteOffset, archive.length),
          document.code.sha256,
        );
        if (typeof folder !== 'string')
          return `The code of ${entry.arn} cannot be unpacked: ${isZipFault(folder) ? folder.fault : ''}`;
      }
      // It may have been updated meanwhile.
      if (entry.document === document) entry.version = this.#versionOf(entry, document);
    }
  }
}

function toVersion(entry: FunctionEntry, document: FunctionDocument, codeFolder: string): FunctionVersion {
  const { logging } = document;
  return {
    scope: entry.scope,
    functionName: entry.name,
    functionArn: entry.arn,
    version: '$LATEST',
    runtime: document.runtime,
    runtimeVersionArn: runtimeVersionArn(entry.scope, document.runtime),
    handler: document.handler,
    memoryMb: document.memoryMb,
    timeoutMs: document.timeoutSeconds * 1000,
    ephemeralStorageMb: document.ephemeralStorageMb,
    environment: document.variables ?? {},
    logFormat: logging.logFormat,
    applicationLogLevel: logging.applicationLogLevel,
    systemLogLevel: logging.systemLogLevel,
    logGroup: logging.logGroup,
    codeFolder,
    layerFolders: [],
    codeKind: document.code.kind,
    codeKey: codeKey(document.code),
  };
}

/** Whether an environment of the one can go on serving the other. */
function runsAlike(before: FunctionDocument, after: FunctionDocument): boolean {
  return JSON.stringify(runningPart(before)) === JSON.stringify(runningPart(after));
}

function runningPart(document: FunctionDocument): unknown {
  const { code, runtime, handler, timeoutSeconds, memoryMb, variables, ephemeralStorageMb, logging, lastModified } = document;
  // AWS: every update, even one that changes nothing, is followed by cold starts; only updates set lastModified.
  return [code, runtime, handler, timeoutSeconds, memoryMb, variables, ephemeralStorageMb, logging, lastModified];
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // It may come back; an environment that cannot start in it says so.
    return folder;
  }
}
