// AWS_IAM routes: the request must be signed with Signature Version 4 for `execute-api`, in its headers or in its query, and the
// signer's policies must allow `execute-api:Invoke` on the route.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html

import { verifySignature } from '../../aws/sigv4.ts';
import { headerValues, type SignedRequest } from '../../aws/sigv4-canonical-request.ts';
import { callerContext, denialText, principalOf } from '../../iam-policy/caller-context.ts';
import { decideForCaller } from '../../iam-policy/evaluate.ts';
import type { CallerCredentials, CallerLookup } from './caller-credentials.ts';

/** Where a signed request arrived. */
export interface SignedRoute {
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{METHOD}/{path}`, built from the route that was matched. */
  readonly routeArn: string;
  /** `execute-api:Invoke` when it is left out. */
  readonly action?: string;
  readonly region: string;
  /** The account of the API. HTTP APIs have no resource policy: nobody from another account gets in. */
  readonly account: string;
  readonly sourceIp: string;
  /** Whether the client spoke TLS. */
  readonly secureTransport: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export type SignedRequestDecision =
  | { readonly allowed: true; readonly caller: CallerCredentials }
  /** `reason` is for the developer. The client is told no more than `Forbidden`. */
  | { readonly allowed: false; readonly reason: string };

/** AWS: a signature is good for five minutes at API Gateway's data plane. Seen: developer guide. */
const CLOCK_SKEW_MS = 5 * 60_000;
const INVOKE = 'execute-api:Invoke';

/** `request.bodyHash` is of the body as it came; the caller has read it whole before. Never throws. */
export function authorizeSignedRequest(request: SignedRequest, route: SignedRoute, callers: CallerLookup): SignedRequestDecision {
  const { region, nowMs, action = INVOKE } = route;
  // The look-up's own object: found once, and the one that the signature was checked against.
  let caller: CallerCredentials | undefined;
  const verdict = verifySignature(request, {
    now: nowMs,
    clockSkewMs: CLOCK_SKEW_MS,
    service: 'execute-api',
    region,
    credentials: (accessKeyId, sessionToken) => {
      caller = callers(accessKeyId, sessionToken);
      return caller;
    },
  });
  if (!verdict.verified) return refused(withoutRequest(verdict.message));
  if (caller === undefined || verdict.key !== caller) return refused('The security token included in the request is invalid.');
  if (caller.account !== route.account) {
    return refused(`${caller.arn} is of another account; an HTTP API lets only its own account in.`);
  }
  const headers = headerValues(request.rawHeaders);
  const decision = decideForCaller(caller, {
    principal: principalOf(caller),
    action,
    resource: route.routeArn,
    context: callerContext(caller, {
      nowMs,
      region,
      sourceIp: route.sourceIp,
      userAgent: headers.get('user-agent')?.[0],
      referer: headers.get('referer')?.[0],
      secureTransport: route.secureTransport,
    }),
  });
  if (decision.effect === 'allow') return { allowed: true, caller };
  return refused(denialText(caller.arn, action, route.routeArn, decision));
}

function refused(reason: string): SignedRequestDecision {
  return { allowed: false, reason };
}

/** AWS's sentences go on with parts of the request and its signature, which a log line must not have. */
function withoutRequest(message: string): string {
  return message.split(/\n| Authorization=/, 1)[0] as string;
}
