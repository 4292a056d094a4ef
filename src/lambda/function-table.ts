// Every function of this process in memory, kept true by the store's change feed: an invocation asks no store.

import { realpathSync } from 'node:fs';
import { compilePolicy, type Policy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import type { Scope } from '../model/scope.ts';
import type { Change, DocumentKey, Store } from '../store/store.ts';
import { ALIAS_KIND, type AliasDocument } from './alias-document.ts';
import type { CodeFolders } from './code-folders.ts';
import { EVENT_INVOKE_CONFIG_KIND, type EventInvokeConfigDocument } from './event-invoke-config.ts';
import {
  codeKey,
  FUNCTION_KIND,
  type FunctionDocument,
  POLICY_KIND,
  type PolicyDocument,
  QUALIFIED_POLICY_KIND,
  runtimeVersionArn,
  VERSION_KIND,
} from './function-document.ts';
import { FunctionEntry, type VersionEntry } from './function-entry.ts';
import type { FunctionTracing } from './function-tracing.ts';
import type { FunctionVersion } from './function-version.ts';
import type { LayerFolders } from './layer-folders.ts';
import { PROVISIONED_CONCURRENCY_KIND, type ProvisionedConcurrencyDocument } from './provisioned-concurrency-document.ts';
import { isZipFault } from './zip-archive.ts';

export interface FunctionTableOptions {
  readonly store: Store;
  readonly code: CodeFolders;
  readonly layers: LayerFolders;
  /** What runs is another from now on, or (undefined) is gone. */
  readonly onChanged: (entry: VersionEntry, version: FunctionVersion | undefined) => void;
  /** What versions and aliases there are, or what is provisioned for them, may be another now. */
  readonly onTargets: (entry: FunctionEntry) => void;
  /** The function's reserved concurrency is another one now. */
  readonly onReserved: (entry: FunctionEntry, reserved: number | undefined) => void;
  readonly tracing?: FunctionTracing | undefined;
}

/** Takes a document of one kind into the table; undefined: it is gone. */
type Take = (table: FunctionTable, key: DocumentKey, document: unknown) => void;

export class FunctionTable {
  readonly #options: FunctionTableOptions;
  readonly #entries = new Map<string, FunctionEntry>();
  readonly #preparing = new Map<VersionEntry, Promise<FunctionVersion | string>>();
  #unsubscribe: (() => void) | undefined;

  /** What the table is made of: document kinds, and where each goes. */
  static readonly #kinds: Readonly<Record<string, Take>> = {
    [FUNCTION_KIND]: (table, { scope, id }, document) =>
      table.#setFunction(table.entry(scope, id), document as FunctionDocument | undefined),
    [VERSION_KIND]: (table, { scope, parent, id }, document) =>
      table.#setDocument(table.entry(scope, parent).published(String(Number(id))), document as FunctionDocument | undefined),
    [ALIAS_KIND]: (table, { scope, parent, id }, document) =>
      table.entry(scope, parent).setAlias(id, document as AliasDocument | undefined),
    [EVENT_INVOKE_CONFIG_KIND]: (table, { scope, parent, id }, document) =>
      table.entry(scope, parent).setEventInvokeConfig(id, document as EventInvokeConfigDocument | undefined),
    [PROVISIONED_CONCURRENCY_KIND]: (table, { scope, parent, id }, document) => {
      const { provisioned } = table.entry(scope, parent);
      if (document === undefined) provisioned.delete(id);
      else provisioned.set(id, (document as ProvisionedConcurrencyDocument).requested);
    },
    [POLICY_KIND]: (table, { scope, id }, document) =>
      table.entry(scope, id).setPolicy(undefined, toPolicy(document as PolicyDocument | undefined)),
    [QUALIFIED_POLICY_KIND]: (table, { scope, parent, id }, document) =>
      table.entry(scope, parent).setPolicy(id, toPolicy(document as PolicyDocument | undefined)),
  };

  private constructor(options: FunctionTableOptions) {
    this.#options = options;
  }

  /** Reads what the store has and follows it from then on. */
  static async open(options: FunctionTableOptions): Promise<FunctionTable> {
    const table = new FunctionTable(options);
    table.#unsubscribe = options.store.subscribe((changes) => table.#follow(changes));
    for (const [kind, take] of Object.entries(FunctionTable.#kinds)) {
      for (const { key, document } of await options.store.scan(kind)) take(table, key, document);
    }
    return table;
  }

  entry(scope: Scope, name: string): FunctionEntry {
    const key = `${scope.account}:${scope.region}:${name}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = new FunctionEntry({ account: scope.account, region: scope.region }, name, this.#options.tracing);
      this.#entries.set(key, entry);
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

  /** Every function's `$LATEST` and every published version. */
  everything(): readonly FunctionDocument[] {
    return [...this.#entries.values()].flatMap((entry) => entry.documents());
  }

  /** Brings the code to disk. The version that runs, or why it cannot. */
  prepare(entry: VersionEntry): Promise<FunctionVersion | string> {
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
    const touched = new Set<FunctionEntry>();
    for (const { key, operation } of changes) {
      const take = FunctionTable.#kinds[key.kind];
      if (take === undefined) continue;
      take(this, key, operation === 'put' ? await this.#options.store.get(key) : undefined);
      touched.add(this.entry(key.scope, key.parent === '' ? key.id : key.parent));
    }
    for (const entry of touched) this.#options.onTargets(entry);
  }

  #setFunction(entry: FunctionEntry, document: FunctionDocument | undefined): void {
    const before = entry.document;
    if (before?.reservedConcurrency !== document?.reservedConcurrency) {
      this.#options.onReserved(entry, document?.reservedConcurrency);
    }
    this.#setDocument(entry, document);
  }

  #setDocument(entry: VersionEntry, document: FunctionDocument | undefined): void {
    const before = entry.document;
    entry.document = document;
    if ((before === undefined) !== (document === undefined)) entry.function.generation++;
    if (document === undefined) {
      entry.version = undefined;
      this.#options.onChanged(entry, undefined);
      return;
    }
    if (before !== undefined && runsAlike(before, document)) return;
    entry.version = this.#versionOf(entry, document);
    this.#options.onChanged(entry, entry.version);
  }

  /** Undefined when an archive is not on disk yet. */
  #versionOf(entry: VersionEntry, document: FunctionDocument): FunctionVersion | undefined {
    const { code } = document;
    const folder = code.kind === 'zip' ? this.#options.code.known(code.sha256) : realFolder(code.path);
    const layers = layerDigests(document);
    const layerFolder = layers.length === 0 ? undefined : this.#options.layers.known(layers);
    if (folder === undefined || (layers.length > 0 && layerFolder === undefined)) return undefined;
    return toVersion(entry, document, folder, layerFolder);
  }

  async #prepare(entry: VersionEntry): Promise<FunctionVersion | string> {
    for (;;) {
      const { document } = entry;
      if (document === undefined) return `There is no function ${entry.arn}.`;
      if (entry.version !== undefined) return entry.version;
      if (document.code.kind === 'zip') {
        const fault = await this.#unpack(document.code.sha256);
        if (fault !== undefined) return `The code of ${entry.arn} ${fault}`;
      }
      const layers = layerDigests(document);
      for (const sha256 of layers) {
        const fault = await this.#unpack(sha256);
        if (fault !== undefined) return `A layer of ${entry.arn} ${fault}`;
      }
      if (layers.length > 0) await this.#options.layers.merge(layers);
      // It may have been updated meanwhile.
      if (entry.document === document) entry.version = this.#versionOf(entry, document);
    }
  }

  /** Why the archive is not on disk; undefined when it is. */
  async #unpack(sha256: string): Promise<string | undefined> {
    const archive = await this.#options.store.getBlob(sha256);
    if (archive === undefined) return 'is not in the store.';
    const folder = await this.#options.code.unpack(Buffer.from(archive.buffer, archive.byteOffset, archive.length), sha256);
    return typeof folder === 'string' ? undefined : `cannot be unpacked: ${isZipFault(folder) ? folder.fault : ''}`;
  }
}

/** The digests of its layers, in their order. */
export function layerDigests({ layers }: FunctionDocument): readonly string[] {
  return (layers ?? []).map(({ sha256 }) => sha256);
}

function toPolicy(document: PolicyDocument | undefined): Policy | undefined {
  if (document === undefined) return undefined;
  const policy = compilePolicy({ Version: '2012-10-17', Id: 'default', Statement: document.statements }, 'resource');
  // AddPermission checks what it stores: a fault here is a damaged store, and then nobody is allowed.
  return isFault(policy) ? undefined : policy;
}

function toVersion(
  entry: VersionEntry,
  document: FunctionDocument,
  codeFolder: string,
  layerFolder: string | undefined,
): FunctionVersion {
  const { logging } = document;
  const { scope, name, arn } = entry.function;
  return {
    scope,
    functionName: name,
    functionArn: arn,
    versionArn: entry.arn,
    version: entry.number,
    roleArn: document.role,
    runtime: document.runtime,
    runtimeVersionArn: runtimeVersionArn(scope, document.runtime),
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
    layerFolders: layerFolder === undefined ? [] : [layerFolder],
    codeKind: document.code.kind,
    codeKey: codeKey(document.code),
  };
}

/** Whether an environment of the one can go on serving the other. */
function runsAlike(before: FunctionDocument, after: FunctionDocument): boolean {
  return JSON.stringify(runningPart(before)) === JSON.stringify(runningPart(after));
}

function runningPart(document: FunctionDocument): unknown {
  const { code, role, runtime, handler, timeoutSeconds, memoryMb, variables, ephemeralStorageMb, logging, layers, lastModified } =
    document;
  // AWS: every update, even one that changes nothing, is followed by cold starts; only updates set lastModified.
  return [code, role, runtime, handler, timeoutSeconds, memoryMb, variables, ephemeralStorageMb, logging, layers, lastModified];
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // It may come back; an environment that cannot start in it says so.
    return folder;
  }
}
