// How often a service, a connection or all clients asked, how long it took and how it ended, period by period.
// https://docs.aws.amazon.com/xray/latest/api/API_GetTimeSeriesServiceStatistics.html

import type { TimeSeriesServiceStatistics } from '@aws-sdk/client-xray';
import { type EntityExpression, isOfEntity } from './filter-expression.ts';
import { RequestStatistics } from './request-statistics.ts';
import type { Trace } from './segment.ts';
import { dateOf, servedRequests } from './served-requests.ts';
import { accountOf, type ServiceNode } from './service-node.ts';

export interface TimelineOptions {
  /**
   * AWS: without an entity the statistics are those of edges; whose they are is not told, here they are those of the clients.
   */
  readonly entity: EntityExpression | undefined;
  readonly periodSeconds: number;
  readonly accountId: string;
  /** Both ends belong to it. */
  readonly window: { readonly startTime: Date; readonly endTime: Date };
}

export class ServiceTimeline {
  readonly #options: TimelineOptions;
  readonly #periods = new Map<number, RequestStatistics>();

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  add(trace: Trace): void {
    const { entity, periodSeconds, accountId, window } = this.#options;
    const requests = servedRequests(trace);
    const scope = { requests: () => requests, accountIdOf: (node: ServiceNode) => accountOf(node, accountId) };
    for (const request of requests) {
      if (entity === undefined ? !request.isRoot : !isOfEntity(entity, request, scope)) continue;
      const span = entity?.kind === 'service' ? request.span : request.call;
      const startedAt = dateOf(span.startTime);
      if (startedAt < window.startTime || startedAt > window.endTime) continue;
      const periodMs = periodSeconds * 1000;
      const period = Math.floor(startedAt.getTime() / periodMs) * periodMs;
      const statistics = this.#periods.get(period) ?? new RequestStatistics();
      statistics.add(span);
      this.#periods.set(period, statistics);
    }
  }

  /** Periods without requests are left out. */
  statistics(): TimeSeriesServiceStatistics[] {
    const isService = this.#options.entity?.kind === 'service';
    return [...this.#periods]
      .sort(([a], [b]) => a - b)
      .map(([period, statistics]) => ({
        Timestamp: new Date(period),
        ...(isService ? { ServiceSummaryStatistics: statistics.summary() } : { EdgeSummaryStatistics: statistics.summary() }),
        ResponseTimeHistogram: statistics.responseTimes,
      }));
  }
}
