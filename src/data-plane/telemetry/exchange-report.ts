// The end of every exchange: it is counted, and its record goes to whoever keeps records. Called once the client has its answer, so
// nothing here makes anybody wait.

import type { ExchangeRecord } from '../../model/exchange-record.ts';
import type { Exchange } from '../http-api/exchange.ts';

/** Counts and records the exchange; the second call for the same exchange does nothing. */
export function reportExchange(exchange: Exchange): void {
  if (exchange.reported) return;
  exchange.reported = true;
  const { pipeline } = exchange;
  const totalUs = Math.round((performance.now() - exchange.request.startedAt) * 1000);
  const integrationUs = integrationMicroseconds(exchange);
  pipeline.metrics.record(exchange.status, totalUs, integrationUs);
  if (pipeline.exchanges.off === true) return;
  pipeline.exchanges.record(toRecord(exchange, totalUs, integrationUs));
}

function integrationMicroseconds(exchange: Exchange): number | undefined {
  if (exchange.integrationStartedAt === 0 || exchange.integrationEndedAt === 0) return undefined;
  return Math.round((exchange.integrationEndedAt - exchange.integrationStartedAt) * 1000);
}

function toRecord(exchange: Exchange, totalUs: number, integrationUs: number | undefined): ExchangeRecord {
  const { pipeline, request, capture, refusal } = exchange;
  const { plan } = pipeline;
  return {
    requestId: exchange.requestId,
    apiId: plan.apiId,
    apiKind: 'http-api',
    stage: plan.stageName,
    deploymentId: plan.deploymentId,
    at: exchange.at,
    method: request.method,
    path: detached(exchange.address.pathWithStage),
    routeKey: exchange.route?.routeKey ?? '',
    status: exchange.status,
    totalUs,
    integrationUs,
    refusedAt: exchange.refusedAt,
    reason: refusal === undefined ? undefined : detached(refusal.reason),
    sourceIp: request.remoteAddress,
    bytesIn: request.headBytes + (exchange.bodyBytes ?? request.body.length ?? 0),
    bytesOut: request.bytesOut,
    level: capture === undefined ? 0 : capture.level,
    steps: capture?.steps,
    request: capture?.requestMessage,
    response: capture?.responseMessage,
    integrationRequest: capture?.integrationRequestMessage,
    integrationResponse: capture?.integrationResponseMessage,
  };
}

/** Longer texts may be slices of the request's head; a record that is kept must not keep the head. */
function detached(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8');
}
