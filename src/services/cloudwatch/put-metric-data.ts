// PutMetricData: values that callers measured themselves.

import type { Caller } from '../../aws/operations.ts';
import type { Distribution, MetricPoint } from '../../model/metric.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf, toMetric } from './cloudwatch-context.ts';
import { distributionOf } from './distribution.ts';
import { invalidCombination, invalidValue, missing } from './refusals.ts';

// AWS: Seen: API reference, PutMetricData and MetricDatum.
const DATA_MAX = 1_000;
const VALUES_MAX = 150;
const VALUE_MAX = 2 ** 360;
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;

type Datum = NonNullable<Input<'PutMetricData'>['MetricData']>[number];

export function putMetricDataOperations({ metrics, now }: CloudWatchContext) {
  return {
    async PutMetricData(input: Input<'PutMetricData'>, caller: Caller) {
      const { Namespace: namespace = '', MetricData: data = [], EntityMetricData: entities = [] } = input;
      // AWS: this beginning is the services' own. Seen: API reference, PutMetricData.
      if (namespace.startsWith('AWS/')) throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
      // Whose they are is not kept: entities are for pages of the AWS console.
      const all = [
        ...data.map((datum, index) => ({ datum, path: `MetricData.member.${index + 1}` })),
        ...entities.flatMap((entity, at) =>
          (entity.MetricData ?? []).map((datum, index) => ({
            datum,
            path: `EntityMetricData.member.${at + 1}.MetricData.member.${index + 1}`,
          })),
        ),
      ];
      if (all.length === 0) throw missing('MetricData');
      if (all.length > DATA_MAX) {
        throw invalidValue(`The collection MetricData must not have a size greater than ${DATA_MAX}.`);
      }
      const scope = scopeOf(caller);
      const arrivedAt = now();
      metrics.add(
        all.map(({ datum, path }): MetricPoint => {
          const resolution = resolutionOf(datum, path);
          const at = timeOf(datum, path, arrivedAt);
          return {
            ...{ scope, at, resolution, metric: toMetric(namespace, datum.MetricName, datum.Dimensions) },
            unit: datum.Unit ?? 'None',
            distribution: valuesOf(datum, path),
          };
        }),
      );
      return {};
    },
  } satisfies CloudWatchOperations;
}

function resolutionOf({ StorageResolution: resolution = 60 }: Datum, path: string): 1 | 60 {
  if (resolution === 1 || resolution === 60) return resolution;
  throw invalidValue(`The parameter ${path}.StorageResolution must be 1 or 60.`);
}

function timeOf({ Timestamp: timestamp }: Datum, path: string, arrivedAt: number): number {
  if (timestamp === undefined) return arrivedAt;
  const at = timestamp.getTime();
  if (at < arrivedAt - OLDEST_MS) {
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time within the past two weeks.`);
  }
  if (at > arrivedAt + NEWEST_MS) {
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`);
  }
  return at;
}

function valuesOf(datum: Datum, path: string): Distribution {
  const { Value: value, Values: values, Counts: counts, StatisticValues: statistics } = datum;
  const given = [
    value !== undefined && 'Value',
    values !== undefined && values.length > 0 && 'Values',
    statistics !== undefined && 'StatisticValues',
  ].filter((name) => name !== false);
  const [first, second] = given;
  if (first === undefined) throw missing(`${path}.Value`);
  if (second !== undefined) {
    throw invalidCombination(
      `The parameters ${path}.${first} and ${path}.${second} are mutually exclusive and you have specified both.`,
    );
  }
  if (value !== undefined) return distributionOf([checked(value, `${path}.Value`)], [1]);
  if (values !== undefined && values.length > 0) return listOf(values, counts, path);
  return setOf(statistics as NonNullable<typeof statistics>, `${path}.StatisticValues`);
}

function listOf(values: readonly number[], counts: readonly number[] | undefined, path: string): Distribution {
  if (counts !== undefined && counts.length > 0 && counts.length !== values.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  if (values.length > VALUES_MAX) {
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${VALUES_MAX}.`);
  }
  const times = values.map((_, index) => {
    const count = counts?.[index] ?? 1;
    if (count > 0 && Number.isFinite(count)) return count;
    throw invalidValue(`The value ${count} for parameter ${path}.Counts.member.${index + 1} is invalid.`);
  });
  return distributionOf(
    values.map((each, index) => checked(each, `${path}.Values.member.${index + 1}`)),
    times,
  );
}

function setOf(set: NonNullable<Datum['StatisticValues']>, path: string): Distribution {
  const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = set;
  const sampleCount = checked(SampleCount, `${path}.SampleCount`);
  if (sampleCount <= 0) throw invalidValue(`The value ${sampleCount} for parameter ${path}.SampleCount is invalid.`);
  const minimum = checked(Minimum, `${path}.Minimum`);
  const maximum = checked(Maximum, `${path}.Maximum`);
  if (minimum > maximum) {
    throw invalidValue(`The parameter ${path}.Minimum must not be greater than the parameter ${path}.Maximum.`);
  }
  return { sampleCount, sum: checked(Sum, `${path}.Sum`), minimum, maximum };
}

function checked(value: number, path: string): number {
  if (Number.isFinite(value) && Math.abs(value) <= VALUE_MAX) return value;
  throw invalidValue(`The value ${value} for parameter ${path} is invalid.`);
}
