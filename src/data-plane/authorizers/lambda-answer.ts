// What a Lambda authorizer's function returned, read strictly: whatever is not clearly an answer is a failure, never a yes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html

import { compilePolicy, type Policy } from '../../iam-policy/policy-document.ts';
import type { LambdaAuthorizerPlan } from '../../model/http-api-plan.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { type LambdaDecision, lambdaDecision } from './auth-decision.ts';

/** An answer that can be asked about many requests. `decision` is what it stands for where it lets a request pass. */
export type LambdaAnswer =
  | { readonly kind: 'simple'; readonly isAuthorized: boolean; readonly decision: LambdaDecision }
  | { readonly kind: 'policy'; readonly policy: Policy; readonly decision: LambdaDecision };

/** Characters of an answer that are read at all. */
const ANSWER_LENGTH_MAX = 131_072;
/** AWS: the context of a WebSocket authorizer is at most 8 KB; the same here. Seen: quotas of WebSocket APIs. */
const CONTEXT_BYTES_MAX = 8_192;

type JsonObject = Readonly<Record<string, unknown>>;

export function readLambdaAnswer(payload: string, plan: LambdaAuthorizerPlan): LambdaAnswer | Refusal {
  if (payload.length > ANSWER_LENGTH_MAX) return unusable(plan, `it is longer than ${ANSWER_LENGTH_MAX} characters.`);
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return unusable(plan, 'it is no JSON.');
  }
  if (!isObject(answer)) return unusable(plan, 'it is no JSON object.');
  const context = readContext(answer['context'], plan);
  if (typeof context === 'string') return unusable(plan, context);
  return plan.enableSimpleResponses ? readSimple(answer, context.context, plan) : readPolicy(answer, context.context, plan);
}

function readSimple(answer: JsonObject, context: JsonObject | undefined, plan: LambdaAuthorizerPlan): LambdaAnswer | Refusal {
  const { isAuthorized } = answer;
  // AWS: the text "false" is an error, not a no. Seen: second-hand measurements of other emulators.
  if (typeof isAuthorized !== 'boolean') {
    const hint = 'policyDocument' in answer ? ' (a policy is read only without enableSimpleResponses)' : '';
    return unusable(plan, `"isAuthorized" must be true or false${hint}.`);
  }
  const { authorizerId } = plan;
  return { kind: 'simple', isAuthorized, decision: lambdaDecision({ authorizerId, principalId: undefined, context }) };
}

function readPolicy(answer: JsonObject, context: JsonObject | undefined, plan: LambdaAuthorizerPlan): LambdaAnswer | Refusal {
  const { principalId, policyDocument } = answer;
  if (policyDocument === undefined) {
    const hint = 'isAuthorized' in answer ? ' (isAuthorized is read only with enableSimpleResponses)' : '';
    return unusable(plan, `it has no "policyDocument"${hint}.`);
  }
  if (typeof principalId !== 'string' || principalId === '') return unusable(plan, '"principalId" must be text.');
  const policy = compilePolicy(policyDocument, 'identity');
  if (!('statements' in policy)) return unusable(plan, `its policy: ${policy.message} (${policy.path}).`);
  const { authorizerId } = plan;
  return { kind: 'policy', policy, decision: lambdaDecision({ authorizerId, principalId, context }) };
}

/** The context, or what is wrong with it. */
function readContext(value: unknown, plan: LambdaAuthorizerPlan): { readonly context: JsonObject | undefined } | string {
  if (value === undefined || value === null) return { context: undefined };
  if (!isObject(value)) return '"context" must be an object.';
  if (Buffer.byteLength(JSON.stringify(value)) > CONTEXT_BYTES_MAX) return `"context" is larger than ${CONTEXT_BYTES_MAX} bytes.`;
  if (plan.payloadFormatVersion === '1.0') {
    // AWS: text, numbers and booleans only, as on REST APIs; format 2.0 takes any JSON. Seen: developer guide.
    for (const [name, each] of Object.entries(value)) {
      if (typeof each === 'object') return `"context.${name}" must be text, a number or a boolean with payload format 1.0.`;
    }
  }
  return { context: value };
}

function unusable(plan: LambdaAuthorizerPlan, why: string): Refusal {
  return { refused: 'INTERNAL_ERROR', reason: `The answer of the Lambda authorizer "${plan.name}" cannot be used: ${why}` };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
