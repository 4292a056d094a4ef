// In whose name a function is invoked when an integration passes its caller's credentials on.

import type { CredentialsPlan } from '../../../model/integration-credentials.ts';
import type { FunctionCaller } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { sourceIp } from '../request-conditions.ts';

/** Undefined when API Gateway itself or a role invokes; then, and where nobody has signed, no caller is passed on. */
export function functionCaller(credentials: CredentialsPlan | undefined, exchange: Exchange): FunctionCaller | undefined {
  const signer = credentials?.type === 'caller' ? exchange.decision?.signer : undefined;
  if (signer === undefined) return undefined;
  const { request, address, at, pipeline } = exchange;
  return {
    credentials: signer,
    request: {
      nowMs: at,
      region: pipeline.plan.scope.region,
      sourceIp: sourceIp(exchange),
      userAgent: request.headers.get('user-agent'),
      referer: request.headers.get('referer'),
      secureTransport: address.protocol === 'https',
    },
  };
}

/** A test has no signer: nobody is asked who may call. */
export const withoutSigner = "The integration passes its caller's credentials on, and nobody has signed the request.";
