// What `$context.error.*` and the integration's error variables say about a request that the gateway answered itself.

import type { Exchange } from '../http-api/exchange.ts';
import { gatewayAnswers } from '../http-api/refusal.ts';
import type { FunctionResult } from '../ports.ts';

const messages: ReadonlyMap<string, string> = new Map(
  Object.entries(gatewayAnswers).map(([kind, { body }]) => [kind, String((JSON.parse(body) as { message: unknown }).message)]),
);

/** The message in the body that the client got. */
export function errorMessage(exchange: Exchange): string | undefined {
  return exchange.refusal === undefined ? undefined : messages.get(exchange.refusal.refused);
}

// AWS's names of gateway responses. Source: developer guide, gateway response types (of REST APIs; for HTTP APIs which of them are
// used is not documented).
const responseTypes: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'ACCESS_DENIED',
  NOT_FOUND: 'RESOURCE_NOT_FOUND',
  REQUEST_TOO_LARGE: 'REQUEST_TOO_LARGE',
  THROTTLED: 'THROTTLED',
};

export function errorResponseType(exchange: Exchange): string | undefined {
  const { refusal, refusedAt } = exchange;
  if (refusal === undefined) return undefined;
  const known = responseTypes[refusal.refused];
  if (known !== undefined) return known;
  if (refusedAt === 'integration' || refusedAt === 'integrationResponse') {
    return refusal.refused === 'UNAVAILABLE' && exchange.integrationStatus === 0 ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE';
  }
  return exchange.status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX';
}

/** Why the integration gave no answer that could be used. */
export function integrationError(exchange: Exchange): string | undefined {
  if (exchange.integrationError !== undefined) return exchange.integrationError;
  const { refusedAt } = exchange;
  return refusedAt === 'integration' || refusedAt === 'integrationResponse' ? exchange.refusal?.reason : undefined;
}

/** Lambda's own HTTP status for a result; the function's status is another thing. */
export function lambdaStatus(result: FunctionResult): number {
  if (result.kind !== 'refused') return 200;
  return refusalStatus[result.refusal] ?? 500;
}

/** Source: errors of Invoke in the Lambda API reference. */
const refusalStatus: Readonly<Record<string, number>> = {
  ResourceNotFound: 404,
  AccessDenied: 403,
  TooManyRequests: 429,
  RequestTooLarge: 413,
  ResourceNotReady: 502,
  InvalidRequest: 400,
};

/** AWS: these words before the function's own message. Seen: access logs with INTEGRATION_FAILURE that users quote. */
export function functionErrorText(payload: string): string {
  return `Lambda Customer Function Error:${functionErrorMessage(payload) ?? ''}`;
}

/** `errorMessage` of Lambda's error object. A long payload is not parsed for one line of a log. */
export function functionErrorMessage(payload: string): string | undefined {
  if (payload.length > 65_536) return undefined;
  try {
    const { errorMessage: message } = JSON.parse(payload) as { errorMessage?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
