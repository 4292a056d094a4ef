// What telemetry reads of an exchange, whatever kind of API it went through. Both kinds have their own Exchange, which is one of these.

import type { ExchangeRecord, StageName } from '../../model/exchange-record.ts';
import type { ExchangeSink } from '../ports.ts';
import type { Capture } from './capture.ts';

export interface ExchangeMetrics {
  /** Counts one finished exchange. */
  record(exchange: FinishedExchange): void;
}

/** What is the same for every exchange of one pipeline. */
export interface ReportedPipeline {
  readonly plan: { readonly apiId: string; readonly stageName: string; readonly deploymentId: string };
  /** What counts the stage's requests; undefined where nobody does. */
  readonly metrics: ExchangeMetrics | undefined;
  readonly exchanges: ExchangeSink;
  /** Bodies are captured whoever else asks for them: an execution log shows them. */
  readonly tracesData?: boolean;
}

/** What is read of the request itself; a ServerRequest is one. */
export interface ReportedRequest {
  /** The verb; of events of WebSocket APIs their type. */
  readonly method: string;
  /** performance.now() of its first byte. */
  readonly startedAt: number;
  readonly remoteAddress: string;
  readonly bytesOut: number;
}

export interface FinishedExchange {
  readonly apiKind: ExchangeRecord['apiKind'];
  /** Of events of WebSocket APIs: which connection, and how it ended. */
  readonly connectionId?: string | undefined;
  readonly farewell?: { readonly code: number; readonly reason: string } | undefined;
  readonly pipeline: ReportedPipeline;
  readonly request: ReportedRequest;
  /** The verb it was routed as, where that may be another than the request line's. */
  readonly httpMethod?: string;
  readonly address: { readonly pathWithStage: string };
  readonly requestId: string;
  readonly at: number;
  /** `metrics`: of the method or route itself, where detailed metrics are on. */
  readonly route: { readonly routeKey: string; readonly metrics?: ExchangeMetrics | undefined } | undefined;
  readonly status: number;
  readonly refusal: { readonly reason: string } | undefined;
  readonly refusedAt: StageName | undefined;
  readonly bytesIn: number;
  /** What the stage's cache had; undefined when it was not asked. */
  readonly cacheLookup?: 'hit' | 'miss' | undefined;
  /** What the integration answered; 0 without an answer. */
  readonly integrationStatus?: number;
  readonly integrationStartedAt: number;
  readonly integrationEndedAt: number;
  readonly capture: Capture | undefined;
  /** True once it was counted and recorded; then the times are known. */
  reported: boolean;
  totalUs: number;
  integrationUs: number | undefined;
  /** Writes what the stage's logs say of it, when it has any. */
  writeLogs(): void;
}
