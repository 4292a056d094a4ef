// The end of every exchange: it is counted, and its record goes to whoever keeps records. Called once the client has its answer, so
// nothing here makes anybody wait.

import { performance } from 'node:perf_hooks';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import type { FinishedExchange } from './finished-exchange.ts';

/** What a client or a function can make us keep of one text is bounded. */
const TEXT_CHARACTERS_MAX = 4_096;

/** Counts and records the exchange; the second call for the same exchange does nothing. */
export function reportExchange(exchange: FinishedExchange): void {
  if (exchange.reported) return;
  exchange.reported = true;
  const { pipeline } = exchange;
  exchange.totalUs = Math.round((performance.now() - exchange.request.startedAt) * 1000);
  exchange.integrationUs = integrationMicroseconds(exchange);
  pipeline.metrics?.record(exchange);
  exchange.route?.metrics?.record(exchange);
  if (pipeline.exchanges.off !== true) pipeline.exchanges.record(exchange);
  exchange.writeLogs();
}

function integrationMicroseconds(exchange: FinishedExchange): number | undefined {
  if (exchange.integrationStartedAt === 0 || exchange.integrationEndedAt === 0) return undefined;
  return Math.round((exchange.integrationEndedAt - exchange.integrationStartedAt) * 1000);
}

/** The record of a reported exchange, not yet redacted. */
export function toRecord(exchange: FinishedExchange): ExchangeRecord {
  const { pipeline, request, refusal } = exchange;
  const capture = exchange.capture?.forRecord === true ? exchange.capture : undefined;
  const { plan } = pipeline;
  return {
    requestId: exchange.requestId,
    apiId: plan.apiId,
    apiKind: exchange.apiKind,
    ...connectionMember(exchange.connectionId, request.method, exchange.farewell),
    stage: plan.stageName,
    deploymentId: plan.deploymentId,
    at: exchange.at,
    method: exchange.httpMethod ?? request.method,
    path: boundedText(exchange.address.pathWithStage),
    routeKey: exchange.route?.routeKey ?? '',
    status: exchange.status,
    totalUs: exchange.totalUs,
    integrationUs: exchange.integrationUs,
    refusedAt: exchange.refusedAt,
    reason: refusal === undefined ? undefined : boundedText(refusal.reason),
    sourceIp: request.remoteAddress,
    bytesIn: exchange.bytesIn,
    bytesOut: request.bytesOut,
    level: capture === undefined ? 0 : capture.level,
    steps: capture?.steps,
    ...(capture === undefined || capture.templates.length === 0 ? {} : { templates: capture.templates }),
    request: capture?.requestMessage,
    response: capture?.responseMessage,
    integrationRequest: capture?.integrationRequestMessage,
    integrationResponse: capture?.integrationResponseMessage,
  };
}

/** The member `connection` of a record, for events of WebSocket APIs. A handshake's method is the verb of its request. */
export function connectionMember(
  connectionId: string | undefined,
  method: string,
  farewell: FinishedExchange['farewell'],
): Pick<ExchangeRecord, 'connection'> {
  if (connectionId === undefined) return {};
  if (farewell === undefined) {
    return { connection: { eventType: method === 'MESSAGE' || method === 'DISCONNECT' ? method : 'CONNECT', connectionId } };
  }
  return { connection: { eventType: 'DISCONNECT', connectionId, closeCode: farewell.code, closeReason: farewell.reason } };
}

/** The text in memory of its own, cut when it is long: it may be a slice of the request's head and would keep all of it. */
export function boundedText(text: string): string {
  return Buffer.from(text.slice(0, TEXT_CHARACTERS_MAX), 'utf8').toString('utf8');
}
