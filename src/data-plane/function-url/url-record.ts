// What is kept of a request to a function URL, in the same log as requests to APIs.

import type { ServerRequest } from '../../http1/message.ts';
import type { ExchangeRecord, StageName } from '../../model/exchange-record.ts';
import type { FunctionUrl } from '../ports.ts';
import type { Capture } from '../telemetry/capture.ts';
import { boundedText } from '../telemetry/exchange-report.ts';

/** Takes records of requests to function URLs; telemetry's ExchangeLog is one. */
export interface UrlRecords {
  level(apiId: string, stageName: string): 0 | 1 | 2;
  add(record: ExchangeRecord): void;
}

/** Function URLs have no stages; events say this. */
export const URL_STAGE = '$default';

/** What was found out about one request. Times are `performance.now()`; 0 is not yet. */
export interface UrlFacts {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly path: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly invokedAt: number;
  readonly answeredAt: number;
  readonly refusedAt: StageName | undefined;
  readonly reason: string | undefined;
}

export function urlRecord(
  url: FunctionUrl,
  request: ServerRequest,
  facts: UrlFacts,
  capture: Capture | undefined,
): ExchangeRecord {
  const { invokedAt, answeredAt, refusedAt, reason } = facts;
  return {
    requestId: facts.requestId,
    apiId: url.urlId,
    apiKind: 'function-url',
    functionName: url.functionName,
    stage: URL_STAGE,
    deploymentId: '',
    at: facts.at,
    method: request.method,
    path: boundedText(facts.path),
    routeKey: '',
    status: facts.status,
    totalUs: microseconds(performance.now() - request.startedAt),
    ...(invokedAt > 0 && answeredAt > 0 && { integrationUs: microseconds(answeredAt - invokedAt) }),
    ...(refusedAt !== undefined && { refusedAt }),
    ...(reason !== undefined && { reason: boundedText(reason) }),
    sourceIp: request.remoteAddress,
    bytesIn: request.headBytes + facts.bodyBytes,
    bytesOut: request.bytesOut,
    level: capture === undefined ? 0 : capture.level,
    ...(capture !== undefined && {
      steps: capture.steps,
      request: capture.requestMessage,
      response: capture.responseMessage,
      ...(capture.integrationRequestMessage && { integrationRequest: capture.integrationRequestMessage }),
      ...(capture.integrationResponseMessage && { integrationResponse: capture.integrationResponseMessage }),
    }),
  };
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
