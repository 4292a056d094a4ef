// The decision: an explicit deny wins, then an allow, else nothing was said.

import { matchesArnPattern } from './arn-pattern.ts';
import { type ConditionContext, isConditionMet, variableLookup } from './condition.ts';
import type { Policy, Statement } from './policy-document.ts';
import { isPrincipalNamed, type RequestPrincipal } from './principal.ts';
import { matchesPattern, resolveTextPattern } from './text-pattern.ts';

/** What somebody wants to do. */
export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `lambda:InvokeFunction` */
  readonly action: string;
  /** The ARN it is done to. */
  readonly resource: string;
  readonly context: ConditionContext;
}

/** What policies say about a request, and the statement that says it. */
export type Decision =
  | { readonly effect: 'explicitDeny'; readonly statement: Statement }
  | { readonly effect: 'allow'; readonly statement: Statement }
  | { readonly effect: 'implicitDeny'; readonly statement: undefined };

const NOTHING: Decision = { effect: 'implicitDeny', statement: undefined };
/** The statement that an account itself is as good as under. */
const EVERYTHING: Decision = {
  effect: 'allow',
  statement: {
    sid: undefined,
    effect: 'Allow',
    principal: undefined,
    action: { negated: true, patterns: [] },
    resource: undefined,
    conditions: [],
  },
};

/** Evaluates policies of one kind together (all resource policies, or all identity policies). */
export function evaluatePolicies(policies: readonly Policy[], request: AccessRequest): Decision {
  let allowed: Statement | undefined;
  for (const policy of policies) {
    for (const statement of policy.statements) {
      if (allowed !== undefined && statement.effect === 'Allow') continue;
      if (!isStatementAbout(statement, request)) continue;
      if (statement.effect === 'Deny') return { effect: 'explicitDeny', statement };
      allowed = statement;
    }
  }
  return allowed === undefined ? { effect: 'implicitDeny', statement: undefined } : { effect: 'allow', statement: allowed };
}

/** What binds somebody who acts on their own behalf. */
export interface BoundCaller {
  /** Identity policies. Undefined for an account itself: none bind it. */
  readonly policies: readonly Policy[] | undefined;
  /** Each set must allow, too (session policies; permissions boundaries). */
  readonly limits?: readonly (readonly Policy[])[];
}

/**
 * The decision of a caller's own policies: a deny in any of them wins, and every set must allow. An account itself may do
 * everything that its limits allow. AWS: "Policy evaluation logic", IAM user guide.
 */
export function decideForCaller({ policies, limits = [] }: BoundCaller, request: AccessRequest): Decision {
  let allowed: Decision = policies === undefined ? EVERYTHING : evaluatePolicies(policies, request);
  for (const limit of limits) {
    if (allowed.effect === 'explicitDeny') break;
    const decision = evaluatePolicies(limit, request);
    if (decision.effect !== 'allow') allowed = decision.effect === 'explicitDeny' ? decision : NOTHING;
  }
  return allowed;
}

/** A context from plain entries: keys are taken in any case, a single value may stand alone. */
export function conditionContext(entries: Readonly<Record<string, string | readonly string[] | undefined>>): ConditionContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return context;
}

function isStatementAbout(statement: Statement, request: AccessRequest): boolean {
  if (statement.principal !== undefined) {
    const named = isPrincipalNamed(statement.principal.named, request.principal);
    if (named === statement.principal.negated) return false;
  }
  const action = request.action.toLowerCase();
  if (statement.action.patterns.some((pattern) => matchesPattern(pattern, action)) === statement.action.negated) return false;
  if (statement.resource !== undefined) {
    const lookup = variableLookup(request.context);
    const named = statement.resource.patterns.some((pattern) => {
      const resolved = resolveTextPattern(pattern, lookup);
      return resolved !== undefined && matchesArnPattern(resolved, request.resource);
    });
    if (named === statement.resource.negated) return false;
  }
  return statement.conditions.every((condition) => isConditionMet(condition, request.context));
}
