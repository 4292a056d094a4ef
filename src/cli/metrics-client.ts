// CloudWatch's metrics of a running Stagegate as `stagegate metrics` asks for them.

import { UserError } from '../config/user-error.ts';
import { callAws } from './aws-call.ts';
import type { CommandContext } from './command.ts';
import { findControl } from './control-client.ts';

export interface MetricOwner {
  readonly namespace: 'AWS/ApiGateway' | 'AWS/Lambda';
  /** `ApiName`, `Stage`, … in the order in which CloudWatch lists them. */
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface AskedStatistic {
  readonly owner: MetricOwner;
  readonly metricName: string;
  readonly stat: string;
  /** Seconds. */
  readonly period: number;
}

/** Times in milliseconds, oldest first. */
export interface Points {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** AWS: as many as one call takes. */
const QUERIES = 500;

type WireDimension = { readonly Name: string; readonly Value: string };

export class MetricsClient {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Whoever has the metric. */
  async owners(namespace: MetricOwner['namespace'], metricName: string): Promise<readonly MetricOwner[]> {
    const owners: MetricOwner[] = [];
    let token: string | undefined;
    do {
      const answer = (await this.#call('ListMetrics', {
        ...{ Namespace: namespace, MetricName: metricName },
        ...(token === undefined ? {} : { NextToken: token }),
      })) as { Metrics: readonly { Dimensions: readonly WireDimension[] }[]; NextToken?: string };
      for (const { Dimensions } of answer.Metrics) {
        owners.push({ namespace, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) });
      }
      token = answer.NextToken;
    } while (token !== undefined);
    return owners;
  }

  /** Each statistic's points within a time, in the order in which they are asked for. */
  async statistics(asked: readonly AskedStatistic[], from: number, to: number): Promise<readonly Points[]> {
    const all: Points[] = [];
    for (let index = 0; index < asked.length; index += QUERIES) {
      const part = asked.slice(index, index + QUERIES);
      const byId = new Map<string, { Timestamps: number[]; Values: number[] }>();
      let token: string | undefined;
      do {
        const answer = (await this.#call('GetMetricData', {
          MetricDataQueries: part.map(toQuery),
          ...{ StartTime: from / 1000, EndTime: to / 1000, ScanBy: 'TimestampAscending' },
          ...(token === undefined ? {} : { NextToken: token }),
        })) as { MetricDataResults: { Id: string; Timestamps: number[]; Values: number[] }[]; NextToken?: string };
        for (const { Id, Timestamps, Values } of answer.MetricDataResults) {
          const known = byId.get(Id);
          known?.Timestamps.push(...Timestamps);
          known?.Values.push(...Values);
          if (known === undefined) byId.set(Id, { Timestamps, Values });
        }
        token = answer.NextToken;
      } while (token !== undefined);
      all.push(
        ...part.map((_, at) => {
          const found = byId.get(`q${at}`);
          return { times: (found?.Timestamps ?? []).map((seconds) => seconds * 1000), values: found?.Values ?? [] };
        }),
      );
    }
    return all;
  }

  /** Alarms that are in ALARM now, of both kinds. */
  async alarms(): Promise<readonly { readonly AlarmName: string; readonly StateReason: string }[]> {
    const answer = (await this.#call('DescribeAlarms', {
      ...{ StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 },
    })) as Record<'MetricAlarms' | 'CompositeAlarms', { AlarmName: string; StateReason: string }[]>;
    return [...answer.CompositeAlarms, ...answer.MetricAlarms];
  }

  /** Percentiles of all that was measured within a time; undefined for one that nobody knows. */
  async percentiles(
    { namespace, dimensions }: MetricOwner,
    metricName: string,
    names: readonly string[],
    from: number,
    to: number,
  ): Promise<readonly (number | undefined)[]> {
    const answer = (await this.#call('GetMetricStatistics', {
      ...{ Namespace: namespace, MetricName: metricName, Dimensions: toWire(dimensions) },
      // One period from beginning to end: no percentile can be made of others.
      ...{ StartTime: from / 1000, EndTime: to / 1000, Period: Math.ceil((to - from) / 60_000) * 60 },
      ExtendedStatistics: names,
    })) as { Datapoints: readonly { ExtendedStatistics?: Readonly<Record<string, number>> }[] };
    const found = answer.Datapoints[0]?.ExtendedStatistics ?? {};
    return names.map((name) => found[name]);
  }

  /** Names of HTTP and WebSocket APIs, which are counted by their ids. */
  async apiNames(): Promise<ReadonlyMap<string, string>> {
    const answer = await callAws(this.#context, findControl(this.#context), {
      ...{ service: 'apigateway', method: 'GET', path: '/v2/apis', query: 'maxResults=500' },
    });
    if (answer.status !== 200) return new Map();
    const { items = [] } = JSON.parse(answer.body.toString('utf8')) as { items?: { apiId: string; name: string }[] };
    return new Map(items.map(({ apiId, name }) => [apiId, name]));
  }

  async #call(operation: string, input: object): Promise<unknown> {
    const answer = await callAws(this.#context, findControl(this.#context), {
      ...{ service: 'monitoring', method: 'POST', path: '/', body: Buffer.from(JSON.stringify(input)) },
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
      },
    });
    const text = answer.body.toString('utf8');
    if (answer.status === 200) return JSON.parse(text);
    const { message = text } = JSON.parse(text) as { message?: string };
    if (answer.status === 401 || answer.status === 403) {
      throw new UserError('SG_NOT_ALLOWED', `The call was refused: ${message}`, {
        fix: 'Name the data folder with --data (it holds credentials.json), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      });
    }
    throw new UserError('SG_CONTROL_ANSWER', `${operation} was refused with ${answer.status}: ${message}`, {
      fix: 'See the terminal of the running Stagegate.',
    });
  }
}

function toQuery({ owner, metricName, stat, period }: AskedStatistic, index: number) {
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: { Namespace: owner.namespace, MetricName: metricName, Dimensions: toWire(owner.dimensions) },
      ...{ Period: period, Stat: stat },
    },
  };
}

function toWire(dimensions: MetricOwner['dimensions']): WireDimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
