// ListMetrics: which metrics there are.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../aws/operations.ts';
import type { Dimension } from '../../model/metric.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';

// AWS: Seen: API reference, ListMetrics.
const PAGE = 500;
const RECENT_MS = 14 * 86_400_000;
const RECENTLY_ACTIVE_MS = 3 * 3_600_000;
/** Metrics looked through in one turn. */
const STEP = 2_000;

type Filter = NonNullable<Input<'ListMetrics'>['Dimensions']>[number];

export function listMetricsOperations({ metrics, now }: CloudWatchContext) {
  return {
    async ListMetrics(input: Input<'ListMetrics'>, caller: Caller) {
      const { Namespace: namespace, MetricName: metricName, Dimensions: filters = [], RecentlyActive: recently } = input;
      const list = [namespace ?? '', metricName ?? '', JSON.stringify(filters), recently ?? ''];
      let after = fromPageToken(input.NextToken, list) ?? 0;
      const since = now() - (recently === undefined ? RECENT_MS : RECENTLY_ACTIVE_MS);
      const found: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] }[] = [];
      for (;;) {
        const step = metrics.list(scopeOf(caller), { namespace, metricName, since, after, limit: STEP });
        for (const metric of step) {
          if (!filters.every((filter) => fits(metric.dimensions, filter))) {
            after = metric.number;
            continue;
          }
          if (found.length === PAGE) return { Metrics: found, NextToken: toPageToken(list, after) };
          after = metric.number;
          found.push({
            Namespace: metric.namespace,
            MetricName: metric.metricName,
            Dimensions: metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
          });
        }
        if (step.length < STEP) return { Metrics: found };
        await nextTurn();
      }
    },
  } satisfies CloudWatchOperations;
}

/** AWS: a filter without a value takes any. Seen: API reference, DimensionFilter. */
function fits(dimensions: readonly Dimension[], { Name, Value }: Filter): boolean {
  return dimensions.some(({ name, value }) => name === Name && (Value === undefined || value === Value));
}
