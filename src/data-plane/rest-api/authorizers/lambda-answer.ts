// What the function of a REST API's Lambda authorizer returned, read strictly: whatever is not clearly an answer is a failure, never a
// yes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html

import { compilePolicy, type Policy } from '../../../iam-policy/policy-document.ts';

/** An answer that can be asked about many requests. */
export interface RestLambdaAnswer {
  readonly principalId: string;
  readonly policy: Policy;
  readonly context: Readonly<Record<string, unknown>> | undefined;
  readonly usageIdentifierKey: string | undefined;
}

/** Characters of an answer that are read at all. */
const ANSWER_LENGTH_MAX = 131_072;

type JsonObject = Readonly<Record<string, unknown>>;

/** The answer, or what is wrong with it. */
export function readRestLambdaAnswer(payload: string): RestLambdaAnswer | string {
  if (payload.length > ANSWER_LENGTH_MAX) return `it is longer than ${ANSWER_LENGTH_MAX} characters.`;
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return 'it is no JSON.';
  }
  if (!isObject(answer)) return 'it is no JSON object.';
  const { principalId, policyDocument, context, usageIdentifierKey } = answer;
  if (typeof principalId !== 'string' || principalId === '') return '"principalId" must be text.';
  if (policyDocument === undefined) return 'it has no "policyDocument".';
  const policy = compilePolicy(policyDocument, 'identity');
  if (!('statements' in policy)) return `its policy: ${policy.message} (${policy.path}).`;
  if (context !== undefined && context !== null && !isObject(context)) return '"context" must be an object.';
  for (const [name, value] of Object.entries(context ?? {})) {
    // AWS: text, numbers and booleans only. Seen: developer guide.
    if (typeof value === 'object' && value !== null) return `"context.${name}" must be text, a number or a boolean.`;
  }
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== 'string') {
    return '"usageIdentifierKey" must be text.';
  }
  return { principalId, policy, context: context ?? undefined, usageIdentifierKey: usageIdentifierKey ?? undefined };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
