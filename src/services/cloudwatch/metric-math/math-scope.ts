// What an expression can see of the request it stands in.

import type { MathSearch } from './expression.ts';
import type { MathValue, TimeSeries } from './values.ts';

export interface MathScope {
  /** Value of the query with this id; undefined when the request has no such id. */
  valueOf(id: string): MathValue | undefined;
  /** All metric (not expression) queries of the request, in its order: what `METRICS()` means. */
  metrics(): readonly TimeSeries[];
  /** The series of all metrics a SEARCH of the expression finds; `referencedIds` tells its searches beforehand. */
  search(search: MathSearch): readonly TimeSeries[];
  /** Seconds: the period of the expression. */
  readonly period: number;
  /** ms since the epoch; the first slot is the first whole period that begins at or after it. */
  readonly startTime: number;
  /** ms since the epoch, exclusive. */
  readonly endTime: number;
}
