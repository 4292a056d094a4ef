// Whether a caller may do something with a function: its own policies and the function's resource policy together.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { type CallerFacts, denialText, principalOf } from '../iam-policy/caller-context.ts';
import type { ConditionContext } from '../iam-policy/condition.ts';
import { type AccessRequest, type BoundCaller, decideForCaller, evaluatePolicies } from '../iam-policy/evaluate.ts';
import type { Policy } from '../iam-policy/policy-document.ts';

/** A function, an alias or a version, as access is asked about it. */
export interface AccessedFunction {
  /** Of the function. */
  readonly account: string;
  /** Qualified for an alias or a version. */
  readonly functionArn: string;
  /** The resource policy of the function, the alias or the version. */
  readonly policy: Policy | undefined;
}

/**
 * Why the caller may not, for the developer; undefined when it may. AWS: of the function's own account either policy is enough, of
 * another account both must allow; a deny in either wins, and the policies of a session bind in any case. Seen: Lambda guide, "Control
 * access to Lambda function URLs"; IAM guide, policy evaluation.
 */
export function refusalOfCaller(
  { account, functionArn, policy }: AccessedFunction,
  action: string,
  caller: CallerFacts & BoundCaller,
  context: ConditionContext,
): string | undefined {
  const asked: AccessRequest = { principal: principalOf(caller), action, resource: functionArn, context };
  const own = decideForCaller(caller, asked);
  const resource = evaluatePolicies(policy === undefined ? [] : [policy], asked);
  if (own.effect === 'explicitDeny') return denialText(caller.arn, action, functionArn, own);
  const limits = decideForCaller({ ...caller, policies: undefined }, asked);
  const byResource = resource.effect === 'allow' && limits.effect === 'allow';
  const allowed = caller.account === account ? own.effect === 'allow' || byResource : own.effect === 'allow' && byResource;
  if (allowed && resource.effect !== 'explicitDeny') return undefined;
  if (own.effect === 'allow') return `The resource policy of ${functionArn} does not let ${caller.arn} ${action}.`;
  return denialText(caller.arn, action, functionArn, own);
}
