// X-Ray in this process: its operations, the way in for segments, and the sampling rules that traced stages ask.

import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tracing } from '../../data-plane/ports.ts';
import type { Scope } from '../../model/scope.ts';
import { openOrPutAside } from '../../store/side-database.ts';
import type { Change, Store } from '../../store/store.ts';
import { LiveSampling } from './live-sampling.ts';
import { xrayOperations } from './operations.ts';
import { SamplingStatistics } from './sampling-statistics.ts';
import type { Members } from './segment.ts';
import { TraceIntake } from './trace-intake.ts';
import { TraceStore } from './trace-store.ts';
import type { XRayOperations } from './xray-context.ts';

export interface XRayServiceOptions {
  readonly store: Store;
  /** Where the traces are kept (`traces.sqlite`); undefined keeps them in memory. */
  readonly dataDirectory: string | undefined;
  readonly now?: () => number;
  readonly onNotice?: (text: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface XRayService extends Tracing {
  readonly operations: XRayOperations;
  /** The text of a segment document, from outside. */
  recordText(scope: Scope, text: string): void;
  /** Takes changes of sampling rules. */
  apply(changes: readonly Change[]): Promise<void>;
  /** Forgets every trace; rules and groups follow the store. */
  clear(): void;
  /** Keeps what waits, then closes. */
  close(): void;
}

/** A busy gateway that samples every request writes 40 MB of segments a second: what is too much has to go soon. */
const SWEEP_INTERVAL_MS = 5_000;
/** AWS: clients tell every ten seconds how they used their rules. Seen: X-Ray developer guide, "Using sampling rules". */
const REPORT_INTERVAL_MS = 10_000;

/** Opens the trace store. Throws StoreError. */
export async function createXRayService(options: XRayServiceOptions): Promise<XRayService> {
  const { store, dataDirectory, onNotice = () => {}, onError = () => {} } = options;
  const now = options.now ?? Date.now;
  const file = dataDirectory === undefined ? undefined : path.join(dataDirectory, 'traces.sqlite');
  const traces = openOrPutAside((kept) => new TraceStore(kept), { file, what: 'traces', onNotice });
  const intake = new TraceIntake({ traces, onNotice });
  const sampling = new SamplingStatistics(now);
  const live = new LiveSampling({ store, statistics: sampling, now });
  await live.load();
  const said = new Set<string>();
  const keptOnly = (feature: string): void => {
    if (!said.has(feature)) onNotice(`${feature}: kept and not run yet.`);
    said.add(feature);
  };
  const context = { store, traces, now, sampling, keptOnly };
  let closed = false;
  let isSweeping = false;
  const sweep = async (): Promise<void> => {
    if (isSweeping) return;
    isSweeping = true;
    try {
      while (!closed && traces.sweep(now())) await nextTurn();
    } finally {
      isSweeping = false;
    }
  };
  const sweeper = setInterval(() => void sweep().catch(onError), SWEEP_INTERVAL_MS).unref();
  const reporter = setInterval(() => live.report(), REPORT_INTERVAL_MS).unref();
  return {
    operations: xrayOperations(context, () => intake.flush()),
    sample: (request, at) => live.sample(request, at),
    record: (scope, document: Members) => intake.add(scope, document),
    recordText: (scope, text) => intake.add(scope, text),
    apply: (changes) => live.apply(changes),
    clear() {
      intake.clear();
      traces.clear();
      sampling.clear();
    },
    close() {
      clearInterval(sweeper);
      clearInterval(reporter);
      intake.flush();
      closed = true;
      traces.close();
    },
  };
}
