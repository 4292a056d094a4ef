// From stored points to the periods that a caller asks for.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Distribution, Metric } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { merge } from './distribution.ts';
import type { MetricStore } from './metric-store.ts';

export interface PeriodRequest {
  readonly scope: Scope;
  readonly metric: Metric;
  /** Milliseconds; inclusive. */
  readonly from: number;
  /** Milliseconds; exclusive. */
  readonly to: number;
  /** Seconds. */
  readonly period: number;
  /** A moment at which a period begins, milliseconds; the others follow from it. */
  readonly origin: number;
  /** Whether single values are asked for, or their totals will do. */
  readonly withValues: boolean;
  /** Only values of this unit. */
  readonly unit?: string | undefined;
}

/** Periods that have values, oldest first. */
export type Periods = Map<number, Distribution>;

/** Points read in one turn. */
const STEP_POINTS = 2_000;

/** The periods of each unit, in the order in which their first values came. Lets others have their turn in between. */
export async function readPeriods(metrics: MetricStore, request: PeriodRequest): Promise<ReadonlyMap<string, Periods>> {
  const { scope, metric, to, period, origin, withValues } = request;
  const units = new Map<string, Periods>();
  const length = period * 1000;
  let from = request.from;
  for (;;) {
    const points = metrics.read(scope, metric, { from, to, withValues }, STEP_POINTS);
    const full = points.length === STEP_POINTS;
    const last = points.at(-1)?.at ?? 0;
    for (const point of points) {
      // The last moment of a full step may have more points: they are read together with the next ones.
      if (full && point.at === last) continue;
      // AWS: what is known of a minute alone stands in the first of its shorter periods. Seen: recorded alarms of ten seconds.
      if (request.unit !== undefined && point.unit !== request.unit) continue;
      const begin = origin + Math.floor((point.at - origin) / length) * length;
      let periods = units.get(point.unit);
      if (periods === undefined) {
        periods = new Map();
        units.set(point.unit, periods);
      }
      const known = periods.get(begin);
      periods.set(begin, known === undefined ? point.distribution : merge(known, point.distribution));
    }
    if (!full || last === from) return units;
    from = last;
    await nextTurn();
  }
}
