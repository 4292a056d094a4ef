// Who signed a request to a function URL with AuthType AWS_IAM: Signature Version 4 for `lambda`, in its headers or in its query.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

import { readScope, verifySignature } from '../../aws/sigv4.ts';
import { hashBody } from '../../aws/sigv4-canonical-request.ts';
import type { ServerRequest } from '../../http1/message.ts';
import type { CallerCredentials, CallerLookup } from '../iam/caller-credentials.ts';

/** AWS: five minutes. Seen: Signature Version 4. */
const CLOCK_SKEW_MS = 300_000;

export interface UrlCallerOptions {
  readonly callers: CallerLookup;
  /** A key that nobody has then stands for this account, unverified, as on the control plane. Undefined refuses such keys. */
  readonly openAccount: string | undefined;
}

/** The caller, or why there is none (for the developer). Never throws. */
export type ReadUrlCaller = (request: ServerRequest, body: Buffer, region: string) => CallerCredentials | string;

export function createUrlCallerReader({ callers, openAccount }: UrlCallerOptions): ReadUrlCaller {
  return (request, body, region) => {
    // The look-up's own object: found once, and the one that the signature was checked against.
    let caller: CallerCredentials | undefined;
    const verdict = verifySignature(
      // What was signed is the path as it was sent, also in the path form.
      {
        method: request.method,
        path: request.path,
        query: request.query,
        rawHeaders: request.headers.raw,
        bodyHash: hashBody(body),
      },
      {
        now: Date.now(),
        clockSkewMs: CLOCK_SKEW_MS,
        service: 'lambda',
        region,
        credentials: (accessKeyId, sessionToken) => {
          caller = callers(accessKeyId, sessionToken);
          return caller;
        },
      },
    );
    if (verdict.verified && caller !== undefined && verdict.key === caller) return caller;
    if (openAccount !== undefined && caller === undefined) {
      const scope = readScope(request.headers.raw, request.query);
      if (scope !== undefined) return accountItself(openAccount, scope.accessKeyId);
    }
    // AWS's sentences go on with parts of the request and its signature, which a log line must not have.
    return verdict.verified ? 'The key is unknown.' : (verdict.message.split(/\n| Authorization=/, 1)[0] as string);
  };
}

function accountItself(account: string, accessKeyId: string): CallerCredentials {
  return {
    accessKeyId,
    secretAccessKey: '',
    account,
    arn: `arn:aws:iam::${account}:root`,
    userId: account,
    userName: undefined,
    tags: [],
    policies: undefined,
  };
}
