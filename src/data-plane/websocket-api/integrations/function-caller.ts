// In whose name a function or a service is called when an integration of a WebSocket API passes its caller's credentials on: that of
// whoever signed the handshake, with the policies of this moment. A key that was deleted, or is over, calls nothing any more.

import type { CredentialsPlan } from '../../../model/integration-credentials.ts';
import type { CallerCredentials } from '../../iam/caller-credentials.ts';
import type { FunctionCaller } from '../../ports.ts';
import type { WebSocketEvent } from '../websocket-event.ts';

/** Undefined when nobody signed the handshake, and when the signer's key is not good any more. */
export function signerOf({ facts, signing, pipeline, at }: WebSocketEvent): CallerCredentials | undefined {
  if (facts.signer === undefined) return undefined;
  const signer = pipeline.callers?.(facts.signer.accessKey, signing?.sessionToken);
  return signer?.expiresAt !== undefined && at >= signer.expiresAt ? undefined : signer;
}

/** Undefined when API Gateway itself or a role invokes; then, and where there is no signer, no caller is passed on. */
export function functionCaller(credentials: CredentialsPlan | undefined, event: WebSocketEvent): FunctionCaller | undefined {
  const signer = credentials?.type === 'caller' ? signerOf(event) : undefined;
  if (signer === undefined) return undefined;
  const { facts, at, signing, pipeline } = event;
  return {
    credentials: signer,
    request: {
      nowMs: at,
      region: pipeline.plan.scope.region,
      sourceIp: facts.sourceIp,
      userAgent: facts.userAgent,
      referer: event.fields?.header('referer')?.at(-1),
      secureTransport: signing?.secureTransport ?? false,
    },
  };
}

export const withoutSigner =
  "The integration passes its caller's credentials on: nobody signed the handshake, or the signer's key is not good any more.";
