// GetMetricStatistics: one metric, several statistics of each period.

import type { Caller } from '../../aws/operations.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf, toMetric } from './cloudwatch-context.ts';
import { readPeriods } from './periods.ts';
import { invalidCombination, invalidValue, missing } from './refusals.ts';
import { compileStatistic, type Statistic } from './statistic.ts';

/** AWS: Seen: recorded answers. */
const DATAPOINTS_MAX = 1_440;

const MEMBERS = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'];

export function getMetricStatisticsOperations({ metrics }: CloudWatchContext) {
  return {
    async GetMetricStatistics(input: Input<'GetMetricStatistics'>, caller: Caller) {
      const { Statistics: plain = [], ExtendedStatistics: extended = [], Period: period = 60, Unit: unit } = input;
      const start = (input.StartTime as Date).getTime();
      const end = (input.EndTime as Date).getTime();
      if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
      if (plain.length === 0 && extended.length === 0) {
        throw missing('Statistics');
      }
      if (![1, 5, 10, 20, 30].includes(period) && period % 60 !== 0) {
        throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
      }
      const asked = Math.ceil((end - start) / (period * 1000));
      if (asked > DATAPOINTS_MAX) {
        throw invalidCombination(
          `You have requested up to ${asked} datapoints, which exceeds the limit of ${DATAPOINTS_MAX}. ` +
            'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
        );
      }
      const named = plain.map((name) => [name, compileStatistic(name)] as const);
      const percentiles = extended.map((name) => [name, compileStatistic(name)] as const);
      for (const [name, statistic] of [...named, ...percentiles]) {
        if (statistic === undefined || (extended.includes(name) && MEMBERS.includes(name))) {
          throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`);
        }
      }
      // AWS: periods are counted from the start, which is a whole minute; of short ones a whole second.
      // Seen: API reference, GetMetricStatistics.
      const from = roundedDown(start, period < 60 ? 1_000 : 60_000);
      const units = await readPeriods(metrics, {
        scope: scopeOf(caller),
        metric: toMetric(input.Namespace, input.MetricName, input.Dimensions),
        ...{ from, to: end, origin: from },
        period,
        withValues: extended.length > 0,
        unit,
      });
      const datapoints = [...units].flatMap(([itsUnit, periods]) =>
        [...periods].map(([begin, distribution]) => {
          const values = named.map(([name, statistic]) => [name, (statistic as Statistic)(distribution)]);
          const shares = percentiles
            .map(([name, statistic]) => [name, (statistic as Statistic)(distribution)] as const)
            .filter(([, value]) => value !== undefined);
          return {
            Timestamp: new Date(begin),
            ...Object.fromEntries(values),
            ...(shares.length > 0 && { ExtendedStatistics: Object.fromEntries(shares) }),
            Unit: itsUnit as 'None',
          };
        }),
      );
      return {
        Label: input.MetricName,
        Datapoints: datapoints.sort((a, b) => a.Timestamp.getTime() - b.Timestamp.getTime()),
      };
    },
  } satisfies CloudWatchOperations;
}

function roundedDown(time: number, to: number): number {
  return Math.floor(time / to) * to;
}
