// What a Lambda authorizer's answer means for one request. A kept answer is asked again for every request: a policy is about the
// route and path of this one.
// AWS: kept policies are evaluated anew for each route; a kept simple answer is the same for all. Seen: second-hand measurements.

import type { ConditionContext } from '../../iam-policy/condition.ts';
import { conditionContext, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import type { Policy } from '../../iam-policy/policy-document.ts';
import type { LambdaAuthorizerPlan } from '../../model/http-api-plan.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { Refusal } from '../http-api/refusal.ts';
import type { LambdaDecision } from './auth-decision.ts';
import type { LambdaAnswer } from './lambda-answer.ts';
import { routeArn } from './route-arn.ts';

/** `kept`: the answer was there before this request. */
export function lambdaVerdict(
  answer: LambdaAnswer,
  plan: LambdaAuthorizerPlan,
  exchange: Exchange,
  kept: boolean,
): LambdaDecision | Refusal {
  const about = `The Lambda authorizer "${plan.name}"`;
  const when = kept ? ` Its answer is kept for ${plan.resultTtlSeconds} s.` : '';
  if (answer.kind === 'simple') {
    return answer.isAuthorized ? answer.decision : { refused: 'FORBIDDEN', reason: `${about} said isAuthorized: false.${when}` };
  }
  const resource = routeArn(exchange);
  const decision = evaluatePolicies([answer.policy], {
    principal: { kind: 'anonymous' },
    action: 'execute-api:Invoke',
    resource,
    context: contextFor(answer.policy, exchange),
  });
  if (decision.effect === 'allow') return answer.decision;
  const reason =
    decision.effect === 'explicitDeny'
      ? `${about} returned a policy that denies execute-api:Invoke on ${resource}.${when}`
      : `${about} returned a policy that does not allow execute-api:Invoke on ${resource}.${when}`;
  return { refused: 'FORBIDDEN', reason };
}

const nothing: ConditionContext = new Map();

/** What conditions and policy variables may ask about. Most policies ask nothing. */
function contextFor(policy: Policy, exchange: Exchange): ConditionContext {
  const asks = policy.statements.some(
    ({ conditions, resource }) =>
      conditions.length > 0 || resource?.patterns.some(({ resolved }) => resolved === undefined) === true,
  );
  if (!asks) return nothing;
  const { request, address, at } = exchange;
  return conditionContext({
    'aws:CurrentTime': new Date(at).toISOString(),
    'aws:EpochTime': String(Math.floor(at / 1000)),
    'aws:SourceIp': request.remoteAddress,
    'aws:SecureTransport': String(address.protocol === 'https'),
    'aws:UserAgent': request.headers.get('user-agent'),
    'aws:Referer': request.headers.get('referer'),
  });
}
