// What a Lambda authorizer's answer means for one request. A kept answer is asked again for every request: a policy is about the method
// and path of this one.

import { conditionContext, evaluatePolicies } from '../../../iam-policy/evaluate.ts';
import { type AuthDecision, lambdaCaller, lambdaDecision } from '../auth-decision.ts';
import type { Exchange } from '../exchange.ts';
import { methodArn } from '../method-arn.ts';
import type { Refusal } from '../refusal.ts';
import { requestConditions } from '../request-conditions.ts';
import { denialEnd } from '../resource-policy.ts';
import type { RestLambdaAnswer } from './lambda-answer.ts';

/** What the call of the function took, and Lambda's id of it. */
export interface VerdictCall {
  readonly latencyMs: number;
  readonly requestId: string | undefined;
}

const kept: VerdictCall = { latencyMs: 0, requestId: undefined };

/** `call` is left out for an answer that was kept. */
export function lambdaVerdict(
  answer: RestLambdaAnswer,
  authorizer: { readonly authorizerId: string; readonly name: string },
  exchange: Exchange,
  { latencyMs, requestId }: VerdictCall = kept,
): AuthDecision | Refusal {
  const resource = methodArn(exchange);
  const { effect } = evaluatePolicies([answer.policy], {
    principal: { kind: 'anonymous' },
    action: 'execute-api:Invoke',
    resource,
    context: conditionContext(requestConditions(exchange)),
  });
  const { principalId, context, usageIdentifierKey } = answer;
  const caller = { principalId, context, integrationLatencyMs: latencyMs, integrationRequestId: requestId };
  const about = `The Lambda authorizer "${authorizer.name}" returned a policy that`;
  if (effect === 'explicitDeny') {
    return {
      refused: 'ACCESS_DENIED',
      message: notAuthorized(true),
      reason: `${about} denies execute-api:Invoke on ${resource}.`,
      // AWS: what it says of the caller is there for the gateway response and the access log. Seen: developer guide, gateway responses
      // with `$context.authorizer.*`.
      caller: lambdaCaller(caller),
    };
  }
  const members = { ...caller, authorizerId: authorizer.authorizerId, usageIdentifierKey };
  if (effect === 'allow') return lambdaDecision(members);
  const silent: Refusal = {
    refused: 'ACCESS_DENIED',
    message: notAuthorized(false),
    reason: `${about} does not allow execute-api:Invoke on ${resource}.`,
  };
  return lambdaDecision({ ...members, unlessAllowed: silent });
}

/** AWS: the newer of two wordings. Seen: public reports. */
function notAuthorized(explicit: boolean): string {
  return `User is not authorized to access this resource ${denialEnd(explicit, 'identity')}`;
}
