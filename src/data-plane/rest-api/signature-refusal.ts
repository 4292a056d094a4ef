// What a REST API answers to a signature that is none, or not good: the failure of Signature Version 4 as a gateway response.

import { type SignatureFailure, type SignatureFailureKind, unreadableSignature } from '../../aws/sigv4.ts';
import type { ServerRequest } from '../../http1/message.ts';
import type { GatewayResponseType } from '../../model/rest-api-plan.ts';
import type { Refusal } from './refusal.ts';

/**
 * AWS: which gateway response a bad signature gets, and under what name. Seen: second-hand measurements (INVALID_SIGNATURE also for a
 * clock that is off), public reports (DEFAULT_4XX for an Authorization header that is none).
 */
const refusals: Readonly<Record<SignatureFailureKind, { readonly refused: GatewayResponseType; readonly errorType?: string }>> = {
  missing: { refused: 'MISSING_AUTHENTICATION_TOKEN' },
  incomplete: { refused: 'DEFAULT_4XX', errorType: 'IncompleteSignatureException' },
  unknownKey: { refused: 'ACCESS_DENIED', errorType: 'UnrecognizedClientException' },
  mismatch: { refused: 'INVALID_SIGNATURE' },
  expired: { refused: 'INVALID_SIGNATURE' },
  tokenExpired: { refused: 'EXPIRED_TOKEN' },
};

export function signatureRefusal({ kind, message }: SignatureFailure): Refusal {
  const { refused, errorType } = refusals[kind];
  // AWS's sentences go on with parts of the request and its signature, which a log line must not have.
  const reason = message.split(/\n| Authorization=| \(hashed/, 1)[0] as string;
  const body403 = refused === 'ACCESS_DENIED' ? { body: JSON.stringify({ message }) } : {};
  return { refused, message, reason, status: 403, ...body403, ...(errorType === undefined ? {} : { errorType }) };
}

/** The refusal of an Authorization header that cannot be read as a signature; undefined when it can, or there is none. */
export function unsignedRefusal({ headers, query }: Pick<ServerRequest, 'headers' | 'query'>): Refusal | undefined {
  if (headers.get('authorization') === undefined) return undefined;
  const failure = unreadableSignature(headers.raw, query);
  return failure && signatureRefusal(failure);
}
