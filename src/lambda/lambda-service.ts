// Lambda in this process: its operations, the functions the data plane calls, their logs.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RoleLookup } from '../data-plane/iam/role-lookup.ts';
import type { FunctionPort, FunctionUrlPort } from '../data-plane/ports.ts';
import { probeReadMode } from '../http1/tcp-transport.ts';
import type { FunctionLogLine } from '../model/function-log-line.ts';
import type { Scope } from '../model/scope.ts';
import type { Store } from '../store/store.ts';
import { CodeFolders } from './code-folders.ts';
import { CodeLocations } from './code-location.ts';
import type { FunctionCredentials } from './environment-variables.ts';
import { EventQueue } from './event-queue.ts';
import { createFunctionPort } from './function-binding.ts';
import { codeKey } from './function-document.ts';
import { FunctionLog, type LogSource } from './function-log.ts';
import type { FunctionMetrics } from './function-metrics.ts';
import { FunctionTable, layerDigests } from './function-table.ts';
import type { FunctionTracing } from './function-tracing.ts';
import { FunctionUrlTable } from './function-url-table.ts';
import type { FunctionVersion } from './function-version.ts';
import { Interpreters } from './interpreters.ts';
import { type IsolationTier, probeIsolation } from './isolation.ts';
import type { LambdaContext } from './lambda-context.ts';
import { LayerFolders } from './layer-folders.ts';
import { defaultLambdaLimits, type LambdaLimits } from './limits.ts';
import { type LambdaOperations, lambdaOperations } from './operations.ts';
import { Pool, type PoolStats } from './pool.ts';
import { Provisioning } from './provisioning.ts';
import { type ResultTargetOptions, ResultTargets } from './result-targets.ts';
import { RUNTIME_FOLDER_PREFIX, sweepRuntimeFolders } from './runtime-folders.ts';
import type { RuntimeCommands } from './runtimes.ts';
import { settleUnfinished } from './settling.ts';

export interface LambdaServiceOptions {
  readonly store: Store;
  /** Where unpacked code is kept; undefined keeps it in a temporary folder that goes with the service. */
  readonly dataDirectory: string | undefined;
  /** Where functions find AWS, and the base of GetFunction's download links; asked at each start of an environment; '' is not known yet. */
  readonly endpointUrl: () => string | undefined;
  /** The address of a function URL, as operations show it; AWS's form when left out. */
  readonly functionUrl?: (scope: Scope, urlId: string) => string;
  /** Folders may be functions (development). */
  readonly allowFolders: boolean;
  /** Keys of the SDK inside a function, asked at each start of an environment; `test`/`test` when left out or undefined. */
  readonly credentials?: (version: FunctionVersion) => FunctionCredentials | undefined;
  /** Functions (by name) that a debugger may attach to, with the port of each. */
  readonly inspect?: ReadonlyMap<string, number>;
  /** The Node that runs functions; this process's own when left out. */
  readonly nodeBinary?: string;
  /** Commands that speak the Runtime API, for runtimes that do not run here by themselves (`java21`, `dotnet8`, …). */
  readonly runtimes?: Readonly<Record<string, readonly string[]>>;
  /** `auto` when left out: the highest tier that works here. A notice says when it is less than asked for, and why. */
  readonly isolation?: IsolationTier | 'auto';
  readonly limits?: Partial<LambdaLimits>;
  /** Roles that integrations of APIs name as their credentials; without it none is known. */
  readonly roles?: RoleLookup;
  /** How queues, topics and buses outside are reached; without it nothing is sent to them. */
  readonly results?: ResultTargetOptions;
  /** Every line of every function's log, as it is written. Must not throw. */
  readonly onLog?: (line: FunctionLogLine, source: LogSource) => void;
  /** Who counts invocations. */
  readonly metrics?: FunctionMetrics;
  /** Who traces them. */
  readonly tracing?: FunctionTracing;
  /** Something a user should know; the same text is given once. */
  readonly onNotice?: (text: string) => void;
}

export interface LambdaStats extends PoolStats {
  readonly functions: number;
  readonly queuedEvents: number;
  readonly isolation: IsolationTier;
}

export interface LambdaService {
  readonly operations: LambdaOperations;
  /** What the data plane binds routes to. */
  readonly functions: FunctionPort;
  /** The function URLs, for whoever serves them. */
  readonly functionUrls: FunctionUrlPort;
  /** Recent log lines, oldest first: of one function, or at or after a time (epoch ms). */
  logs(functionName?: string, since?: number): readonly FunctionLogLine[];
  /** A function's folder has changed: its idle environments go, busy ones finish first. */
  functionCodeChanged(functionName: string): void;
  /** The archive behind a download link of GetFunction; the query of CODE_LOCATION_PATH. */
  downloadCode(query: string): Promise<Uint8Array | undefined>;
  stats(): LambdaStats;
  /** Forgets log lines and asynchronous events. Functions follow the store: one that is gone has no environments any more. */
  clear(): void;
  /** Invocations at work get `graceMs` to finish; then every process is ended. */
  close(graceMs?: number): Promise<void>;
}

/** Starts Lambda over a store. No process runs until a function is invoked, but for provisioned concurrency. */
export async function createLambdaService(options: LambdaServiceOptions): Promise<LambdaService> {
  const limits: LambdaLimits = { ...defaultLambdaLimits(), ...options.limits };
  const notice = onceEach(options.onNotice ?? (() => {}));
  sweepRuntimeFolders(tmpdir());
  const runtimeFolder = mkdtempSync(path.join(tmpdir(), `${RUNTIME_FOLDER_PREFIX}${process.pid}-`));
  chmodSync(runtimeFolder, 0o700);
  const forget = (): void => rmSync(runtimeFolder, { recursive: true, force: true });
  process.once('exit', forget);
  const { dataDirectory } = options;
  const endpointUrl = (): string | undefined => options.endpointUrl() || undefined;
  const code = await CodeFolders.open(path.join(dataDirectory ?? runtimeFolder, 'code'));
  const layers = await LayerFolders.open(path.join(dataDirectory ?? runtimeFolder, 'layers'), code);
  const log = new FunctionLog(limits.logBytesMax, options.onLog ?? (() => {}));
  const cacheFolder = dataDirectory ?? runtimeFolder;
  const isolation = await probeIsolation(options.isolation ?? 'auto', dataDirectory);
  if (isolation.tier === 'process' && isolation.reason !== undefined) {
    notice(`Functions run without a process namespace of their own (${isolation.reason}): run only functions you trust.`);
  } else if (isolation.reason !== undefined) {
    notice(`Functions run without a file system of their own (${isolation.reason}): they can read what this user can.`);
  }
  const commands: RuntimeCommands = { own: options.runtimes ?? {}, interpreters: new Interpreters() };
  const pool = new Pool({
    limits,
    log,
    metrics: options.metrics,
    tracing: options.tracing,
    isolation,
    commands,
    readMode: await probeReadMode(),
    nodeBinary: options.nodeBinary ?? process.execPath,
    runtimeFolder,
    inspect: options.inspect ?? new Map(),
    // A folder's code changes all the time: what was compiled of it is not kept beyond this process.
    compileCacheFolder: ({ codeKind, codeKey }) =>
      path.join(codeKind === 'folder' ? runtimeFolder : cacheFolder, 'compile-cache', codeKey),
    endpointUrl,
    credentials: (version) => options.credentials?.(version) ?? { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let provisioning: Provisioning | undefined;
  const table = await FunctionTable.open({
    tracing: options.tracing,
    store: options.store,
    code,
    layers,
    onChanged(entry, version) {
      if (version === undefined) pool.retire(entry.arn);
      else pool.replace(version);
    },
    onTargets: (entry) => provisioning?.apply(entry),
    onReserved: (entry, reserved) => pool.reserve(entry.arn, reserved),
  });
  const used = table.everything();
  await layers.prune(used.map(layerDigests));
  await code.prune(
    new Set(
      used.flatMap((document) => [...(document.code.kind === 'zip' ? [document.code.sha256] : []), ...layerDigests(document)]),
    ),
  );
  await pruneFolders(path.join(cacheFolder, 'compile-cache'), new Set(used.map((document) => codeKey(document.code))));
  const results = new ResultTargets(options.results);
  const events = await EventQueue.open({
    results,
    store: options.store,
    table,
    pool,
    limits,
    isDurable: dataDirectory !== undefined,
    notice,
  });
  provisioning = new Provisioning({ table, pool, notice });
  for (const entry of table.all()) provisioning.apply(entry);
  const functionUrls = await FunctionUrlTable.open(options.store, table, pool);
  const background = new Set<Promise<unknown>>();
  const context: LambdaContext = {
    store: options.store,
    code,
    codeLocations: new CodeLocations(options.store, endpointUrl),
    table,
    pool,
    events,
    provisioning,
    results,
    limits,
    commands,
    allowFolders: options.allowFolders,
    functionUrl: options.functionUrl ?? ((scope, urlId) => `https://${urlId}.lambda-url.${scope.region}.on.aws/`),
    notice,
    background(work) {
      background.add(work);
      void work.finally(() => background.delete(work));
    },
  };
  settleUnfinished(context);
  let closing: Promise<void> | undefined;
  return {
    operations: lambdaOperations(context),
    functions: createFunctionPort({ table, pool, events, roles: options.roles }),
    functionUrls,
    logs: (functionName, since) => log.lines(functionName, since),
    functionCodeChanged(functionName) {
      for (const entry of table.named(functionName)) pool.retire(entry.arn);
    },
    downloadCode: (query) => context.codeLocations.download(query),
    stats: () => ({ ...pool.stats(), functions: table.all().length, queuedEvents: events.size, isolation: isolation.tier }),
    clear() {
      log.clear();
      events.clear();
    },
    close(graceMs = 0) {
      closing ??= (async () => {
        events.stop();
        await Promise.allSettled([...background]);
        functionUrls.close();
        table.close();
        await pool.close(graceMs);
        await events.close();
        if (dataDirectory === undefined) {
          await layers.prune([]);
          await code.remove();
        }
        await rm(runtimeFolder, { recursive: true, force: true });
        process.off('exit', forget);
      })();
      return closing;
    },
  };
}

/** Removes the folders in a folder whose names are not kept. */
async function pruneFolders(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!keep.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Passes each text on the first time; remembers a bounded number of them. */
function onceEach(report: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text) || told.size >= 1000) return;
    told.add(text);
    report(text);
  };
}
