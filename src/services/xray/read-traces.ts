// Reads of traces: summaries by time and filter, whole traces, what services call each other.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import {
  type EntityExpression,
  type FilterExpression,
  matchesFilter,
  parseEntitySelector,
  parseFilterExpression,
} from './filter-expression.ts';
import { namedGroup } from './groups.ts';
import { invalidRequest } from './refusals.ts';
import type { Trace } from './segment.ts';
import { ServiceGraph } from './service-graph.ts';
import { ServiceTimeline } from './service-timeline.ts';
import type { StoredTrace, TraceStore } from './trace-store.ts';
import { durationOf, summarise } from './trace-summary.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

// AWS: Seen: X-Ray API reference and quotas.
const SUMMARY_WINDOW_MS = 24 * 3_600_000;
const GRAPH_WINDOW_MS = 6 * 3_600_000;
const BATCH_MAX = 5;
/** Ours. A page ends when it has so many traces, or when so many were looked at. */
const PAGE = 100;
const LOOKED_AT_MAX = 5_000;
/** Read in one turn: a trace is up to 500 KB. */
const STEP = 10;
/** AWS: the group of all traces. Seen: API reference, CreateGroup. */
const DEFAULT_GROUP = 'Default';

export function readTracesOperations({ store, traces }: XRayContext) {
  /** Gives every trace of the window and group to `add`, oldest first. Throws InvalidRequestException. */
  async function eachTrace(caller: Caller, input: GraphInput, add: (trace: Trace) => void): Promise<void> {
    const scope = scopeOf(caller);
    const { from, to } = windowOf(input, GRAPH_WINDOW_MS);
    const isOfNoGroup = input.GroupARN === undefined && (input.GroupName ?? DEFAULT_GROUP) === DEFAULT_GROUP;
    const filter = isOfNoGroup ? undefined : filterOf((await namedGroup(store, input, scope)).filterExpression);
    for await (const trace of tracesIn(traces, scope, { from, to })) {
      if (filter === undefined || matchesFilter(filter, trace, summarise(trace, caller.account))) add(trace);
    }
  }

  return {
    async GetTraceSummaries(input: Input<'GetTraceSummaries'>, caller: Caller) {
      const { from, to } = windowOf(input, SUMMARY_WINDOW_MS);
      const filter = filterOf(input.FilterExpression);
      const summaries: ReturnType<typeof summarise>[] = [];
      let processed = 0;
      let last: StoredTrace | undefined;
      let isWhole = true;
      for await (const trace of tracesIn(traces, scopeOf(caller), { from, to, after: placeOf(input.NextToken) })) {
        last = trace;
        processed++;
        const summary = summarise(trace, caller.account);
        if (filter === undefined || matchesFilter(filter, trace, summary)) summaries.push(summary);
        isWhole = summaries.length < PAGE && processed < LOOKED_AT_MAX;
        if (!isWhole) break;
      }
      return {
        TraceSummaries: summaries,
        ApproximateTime: input.EndTime,
        TracesProcessedCount: processed,
        ...(!isWhole && last !== undefined && { NextToken: `${last.startedAt}-${last.number}` }),
      };
    },

    async BatchGetTraces(input: Input<'BatchGetTraces'>, caller: Caller) {
      const ids = input.TraceIds ?? [];
      if (ids.length > BATCH_MAX) throw invalidRequest(`At most ${BATCH_MAX} trace ids can be asked for at once.`);
      const found = ids.map((id) => ({ id, trace: traces.find(scopeOf(caller), id) }));
      return {
        Traces: found.flatMap(({ trace }) => (trace === undefined ? [] : [toWire(trace)])),
        UnprocessedTraceIds: found.filter(({ trace }) => trace === undefined).map(({ id }) => id),
      };
    },

    async GetServiceGraph(input: Input<'GetServiceGraph'>, caller: Caller) {
      const graph = new ServiceGraph(caller.account);
      await eachTrace(caller, input, (trace) => graph.add(trace));
      return {
        ...{ StartTime: input.StartTime, EndTime: input.EndTime, ContainsOldGroupVersions: false },
        Services: graph.services(),
      };
    },

    async GetTraceGraph(input: Input<'GetTraceGraph'>, caller: Caller) {
      const found = (input.TraceIds ?? []).flatMap((id) => traces.find(scopeOf(caller), id) ?? []);
      const graph = new ServiceGraph(caller.account);
      for (const trace of found.toSorted((a, b) => a.startedAt - b.startedAt)) graph.add(trace);
      return { Services: graph.services() };
    },

    async GetTimeSeriesServiceStatistics(input: Input<'GetTimeSeriesServiceStatistics'>, caller: Caller) {
      if (input.ForecastStatistics === true)
        throw invalidRequest('There are no forecast statistics here: they belong to insights.');
      const timeline = new ServiceTimeline({
        entity: entityOf(input.EntitySelectorExpression),
        periodSeconds: periodOf(input.Period),
        accountId: caller.account,
        window: { startTime: input.StartTime as Date, endTime: input.EndTime as Date },
      });
      await eachTrace(caller, input, (trace) => timeline.add(trace));
      return { TimeSeriesServiceStatistics: timeline.statistics(), ContainsOldGroupVersions: false };
    },
  } satisfies XRayOperations;
}

interface GraphInput {
  readonly StartTime?: Date | undefined;
  readonly EndTime?: Date | undefined;
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

/** Seconds. AWS: which are allowed, and what is taken without one, is not told. */
function periodOf(period = 60): number {
  if (period < 1) throw invalidRequest('Period must be at least 1.');
  return period;
}

function toWire(trace: StoredTrace) {
  return {
    Id: trace.id,
    Duration: durationOf(trace),
    LimitExceeded: trace.isCut,
    Segments: trace.segments.map(({ id }) => ({ Id: id, Document: trace.documents.get(id) ?? '' })),
  };
}

/** Lets others have their turn in between. */
async function* tracesIn(
  traces: TraceStore,
  scope: Scope,
  { from, to, after: begin }: { readonly from: number; readonly to: number; readonly after?: Place | undefined },
): AsyncGenerator<StoredTrace> {
  let after = begin;
  for (;;) {
    const step = traces.within(scope, { from, to, after, limit: STEP });
    yield* step;
    const last = step.at(-1);
    if (last === undefined || step.length < STEP) return;
    after = last;
    await nextTurn();
  }
}

interface Place {
  readonly startedAt: number;
  readonly number: number;
}

function placeOf(token: string | undefined): Place | undefined {
  if (token === undefined) return undefined;
  const [, startedAt, number] = /^(\d{1,16})-(\d{1,16})$/.exec(token) ?? [];
  if (startedAt === undefined || number === undefined) throw invalidRequest('Invalid NextToken.');
  return { startedAt: Number(startedAt), number: Number(number) };
}

function windowOf(
  { StartTime, EndTime }: { readonly StartTime?: Date | undefined; readonly EndTime?: Date | undefined },
  longest: number,
): { readonly from: number; readonly to: number } {
  const from = StartTime?.getTime() ?? Number.NaN;
  const to = EndTime?.getTime() ?? Number.NaN;
  if (!(from < to)) throw invalidRequest('StartTime must be before EndTime.');
  if (to - from > longest)
    throw invalidRequest(`The time between StartTime and EndTime must not be longer than ${longest / 3_600_000} hours.`);
  return { from, to };
}

function filterOf(text: string | undefined): FilterExpression | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const filter = parseFilterExpression(text);
  if (filter.kind === 'problem') throw invalidRequest(`Invalid filter expression: ${filter.message}`);
  return filter;
}

function entityOf(text: string | undefined): EntityExpression | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const entity = parseEntitySelector(text);
  if (entity.kind === 'problem') throw invalidRequest(`Invalid entity selector: ${entity.message}`);
  return entity;
}
