// CloudWatch's metrics of a WebSocket API's stage, or of one of its routes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html

import type { MetricPoint } from '../../model/metric.ts';
import type { FinishedExchange } from './finished-exchange.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Counting, MetricsCollector } from './metrics-collector.ts';
import { type MetricsOwner, ofEach, putPoints, shareOf } from './request-metrics.ts';

export class EventMetrics implements Counting {
  readonly #collector: MetricsCollector;
  readonly #owner: MetricsOwner;
  readonly #integrationLatency = new LatencyHistogram();
  #counts = false;
  #connects = 0;
  #messages = 0;
  #events = 0;
  #clientErrors = 0;
  #integrationErrors = 0;
  #executionErrors = 0;

  constructor(collector: MetricsCollector, owner: MetricsOwner) {
    this.#collector = collector;
    this.#owner = owner;
  }

  /** Counts one finished event: a handshake, a message or the end of a connection. */
  record(exchange: FinishedExchange): void {
    this.#begin();
    const { status, integrationStartedAt, integrationUs, refusedAt, request } = exchange;
    this.#events++;
    if (request.method === 'MESSAGE') this.#messages++;
    else if (request.method !== 'DISCONNECT' && refusedAt === undefined) this.#connects++;
    if (integrationUs !== undefined) this.#integrationLatency.add(integrationUs);
    if (refusedAt === 'integration') this.#executionErrors++;
    else if ((exchange.integrationStatus ?? 0) >= 400) this.#integrationErrors++;
    else if (status >= 400 && status < 500 && integrationStartedAt === 0) this.#clientErrors++;
  }

  /** Messages are on their way to clients. */
  sent(messages: number): void {
    if (messages === 0) return;
    this.#begin();
    this.#messages += messages;
  }

  #begin(): void {
    if (this.#counts) return;
    this.#counts = true;
    this.#collector.counts(this);
  }

  take(at: number, into: MetricPoint[]): void {
    this.#counts = false;
    const put = (metricName: string, unit: string, distribution: ReturnType<LatencyHistogram['take']>) =>
      putPoints(into, this.#owner, { at, metricName, unit, distribution });
    if (this.#connects > 0) put('ConnectCount', 'Count', ofEach(1, this.#connects));
    if (this.#messages > 0) put('MessageCount', 'Count', ofEach(1, this.#messages));
    if (this.#events > 0) {
      put('ClientError', 'Count', shareOf(this.#clientErrors, this.#events));
      put('IntegrationError', 'Count', shareOf(this.#integrationErrors, this.#events));
      put('ExecutionError', 'Count', shareOf(this.#executionErrors, this.#events));
    }
    put('IntegrationLatency', 'Milliseconds', this.#integrationLatency.take());
    this.#connects = 0;
    this.#messages = 0;
    this.#events = 0;
    this.#clientErrors = 0;
    this.#integrationErrors = 0;
    this.#executionErrors = 0;
  }

  rest(): void {
    this.#integrationLatency.rest();
  }
}
