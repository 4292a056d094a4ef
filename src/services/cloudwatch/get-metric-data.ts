// GetMetricData: many metrics at once, expressions over them, page by page.

import type { Caller } from '../../aws/operations.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { fillLabel } from './labels.ts';
import { type MetricQuery, readMetricQueries } from './metric-queries.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { type AnsweredSeries, QueryAnswers } from './query-answers.ts';
import { invalidValue } from './refusals.ts';

/** AWS: Seen: API reference, GetMetricData. */
const DATAPOINTS_MAX = 100_800;

export function getMetricDataOperations({ metrics, now }: CloudWatchContext) {
  return {
    async GetMetricData(input: Input<'GetMetricData'>, caller: Caller) {
      const start = (input.StartTime as Date).getTime();
      const end = (input.EndTime as Date).getTime();
      if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
      const queries = readMetricQueries(input.MetricDataQueries ?? []);
      const { MaxDatapoints: asked = DATAPOINTS_MAX, ScanBy: scanBy = 'TimestampDescending', LabelOptions: options } = input;
      if (asked < 1 || asked > DATAPOINTS_MAX) {
        throw invalidValue(`The parameter MaxDatapoints must be between 1 and ${DATAPOINTS_MAX}.`);
      }
      const question = [JSON.stringify(input.MetricDataQueries), `${start}`, `${end}`, scanBy];
      const answers = new QueryAnswers({ metrics, scope: scopeOf(caller), queries, start, end, now: now() });
      const page = new Page(fromPageToken(input.NextToken, question) ?? 0, asked);
      for (const query of queries) {
        if (!query.returned) continue;
        for (const series of await answers.of(query)) page.add(toResult(query, series, { scanBy, timezone: options?.Timezone }));
        if (page.isFull) break;
      }
      return {
        MetricDataResults: page.results,
        ...(page.isFull && { NextToken: toPageToken(question, page.next) }),
        Messages: [],
      };
    },
  } satisfies CloudWatchOperations;
}

interface Result {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: Date[];
  readonly Values: number[];
  readonly StatusCode: 'Complete' | 'PartialData';
  readonly Messages?: { Code: string; Value: string }[];
}

function toResult(
  query: MetricQuery,
  answered: AnsweredSeries,
  { scanBy, timezone }: { scanBy: string; timezone: string | undefined },
): Result {
  const { series, messages } = answered;
  const newestFirst = scanBy === 'TimestampDescending';
  const times = newestFirst ? series.times.toReversed() : series.times;
  return {
    Id: query.id,
    Label: fillLabel(query, answered, timezone),
    Timestamps: times.map((time) => new Date(time)),
    Values: newestFirst ? series.values.toReversed() : [...series.values],
    StatusCode: 'Complete',
    ...(messages.length > 0 && { Messages: [...messages] }),
  };
}

/** What fits on the page that begins after `from` datapoints. */
class Page {
  readonly results: Result[] = [];
  readonly #from: number;
  readonly #size: number;
  /** Datapoints seen so far, those of earlier pages too. */
  #seen = 0;
  #full = false;

  constructor(from: number, size: number) {
    this.#from = from;
    this.#size = size;
  }

  /** Whether there was more than fits. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Where the next page begins. */
  get next(): number {
    return this.#from + this.#size;
  }

  add(result: Result): void {
    const begin = Math.max(0, this.#from - this.#seen);
    const end = this.#from + this.#size - this.#seen;
    const length = result.Values.length;
    this.#seen += length;
    // Of an earlier page. Series without values are on the first.
    if (length === 0 ? this.#from > 0 : begin >= length) return;
    if (end < length) this.#full = true;
    if (end <= 0 && length > 0) return;
    this.results.push({
      ...result,
      Timestamps: result.Timestamps.slice(begin, end),
      Values: result.Values.slice(begin, end),
      StatusCode: end < length ? 'PartialData' : 'Complete',
    });
  }
}
