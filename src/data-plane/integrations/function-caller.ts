// In whose name a function or a service is called when an integration of an HTTP API passes its caller's credentials on.

import type { CredentialsPlan } from '../../model/integration-credentials.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';
import type { FunctionCaller } from '../ports.ts';

/** Whoever signed the request; undefined on routes that ask for no signature. */
export function signerOf({ decision }: Exchange): CallerCredentials | undefined {
  return decision?.authorizationType === 'AWS_IAM' ? decision.signer : undefined;
}

/** Undefined when API Gateway itself or a role invokes; then, and where nobody has signed, no caller is passed on. */
export function functionCaller(credentials: CredentialsPlan | undefined, exchange: Exchange): FunctionCaller | undefined {
  const signer = credentials?.type === 'caller' ? signerOf(exchange) : undefined;
  if (signer === undefined) return undefined;
  const { request, address, at, pipeline } = exchange;
  return {
    credentials: signer,
    request: {
      nowMs: at,
      region: pipeline.plan.scope.region,
      sourceIp: request.remoteAddress,
      userAgent: request.headers.get('user-agent'),
      referer: request.headers.get('referer'),
      secureTransport: address.protocol === 'https',
    },
  };
}
