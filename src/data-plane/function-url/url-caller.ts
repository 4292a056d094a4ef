// Who signed a request to a function URL with AuthType AWS_IAM.

import type { AccessKey } from '../../aws/authentication.ts';
import { readScope, verifySignature } from '../../aws/sigv4.ts';
import { hashBody } from '../../aws/sigv4-canonical-request.ts';
import type { ServerRequest } from '../../http1/message.ts';
import type { UrlCaller } from '../ports.ts';

/** AWS: five minutes. Seen: Signature Version 4. */
const CLOCK_SKEW_MS = 300_000;

export interface UrlCallerOptions {
  /** Undefined takes any key, as the control plane then does. */
  readonly credentials: ((accessKeyId: string) => AccessKey | undefined) | undefined;
  readonly accountId: string;
}

/** The caller, or undefined when the request is not signed, or not well. */
export type ReadUrlCaller = (request: ServerRequest, body: Buffer, region: string) => UrlCaller | undefined;

export function createUrlCallerReader({ credentials, accountId }: UrlCallerOptions): ReadUrlCaller {
  const callerOf = (accessKeyId: string, account: string): UrlCaller => ({
    account,
    arn: `arn:aws:iam::${account}:root`,
    accessKeyId,
  });
  return (request, body, region) => {
    if (credentials === undefined) {
      const scope = readScope(request.headers.raw, request.query);
      return scope && callerOf(scope.accessKeyId, accountId);
    }
    const verdict = verifySignature(
      // What was signed is the path as it was sent, also in the path form.
      {
        method: request.method,
        path: request.path,
        query: request.query,
        rawHeaders: request.headers.raw,
        bodyHash: hashBody(body),
      },
      { now: Date.now(), credentials, clockSkewMs: CLOCK_SKEW_MS, service: 'lambda', region },
    );
    return verdict.verified ? callerOf(verdict.scope.accessKeyId, verdict.key.account ?? accountId) : undefined;
  };
}
