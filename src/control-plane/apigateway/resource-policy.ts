// The resource policy of a REST API: checked when it is written, shown as AWS shows it.

import { partitionOf } from '../../aws/arn.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import type { Scope } from '../../model/scope.ts';
import { badRequest } from './refusals.ts';

/** Source: "Amazon API Gateway quotas": length of a resource policy, in characters. */
const POLICY_LENGTH_MAX = 8192;

/** The policy as it is kept: the text that was given. Short resources (`execute-api:/stage/GET/pets`) are allowed and complete the ARN. */
export function checkedPolicy(text: string): string {
  return checkedPolicyText(text, (rest) => `arn:aws:execute-api:us-east-1:000000000000:api/${rest}`);
}

/** The same for a policy whose short resources mean something else. */
export function checkedPolicyText(text: string, whole: (rest: string) => string): string {
  if (text.length > POLICY_LENGTH_MAX) {
    throw badRequest(`Invalid policy document. It must have at most ${POLICY_LENGTH_MAX} characters`);
  }
  const policy = parsePolicy(withWholeArns(text, whole), 'resource');
  if (isFault(policy)) {
    const place = policy.path === '' ? '' : ` (${policy.path})`;
    // AWS: these words. Seen: aws/chalice#2065; cdk-preflight, deployed AWS::ApiGateway::RestApi.
    throw badRequest(
      'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
      `${policy.message}${place}`,
    );
  }
  return text;
}

/** AWS: whole ARNs, one-item lists as their item, and quotes escaped. Seen: recorded UpdateRestApi, test_create_execute_api_vpc_endpoint. */
export function shownPolicy(text: string, scope: Scope, restApiId: string): string {
  const base = `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:${restApiId}`;
  return JSON.stringify(withWholeArns(text, (rest) => `${base}/${rest}`)).slice(1, -1);
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** `execute-api:/rest` as `whole(rest)`, and lists of one item as the item. A text that is no policy comes back as it is. */
export function withWholeArns(text: string, whole: (rest: string) => string): string {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    return text;
  }
  const statements = isObject(document) ? document['Statement'] : undefined;
  if (!isObject(document) || statements === undefined) return text;
  const list = Array.isArray(statements) ? (statements as readonly Json[]) : [statements];
  return JSON.stringify({ ...document, Statement: list.map((statement) => withWholeArnsInside(statement, whole)) });
}

function withWholeArnsInside(statement: Json, whole: (rest: string) => string): Json {
  if (!isObject(statement)) return statement;
  const members = Object.entries(statement).map(([name, value]): [string, Json] => {
    const named = name === 'Resource' || name === 'NotResource' ? eachText(value, (text) => completed(text, whole)) : value;
    return [name, Array.isArray(named) && named.length === 1 ? (named[0] as Json) : named];
  });
  return Object.fromEntries(members);
}

function completed(text: string, whole: (rest: string) => string): string {
  return text.startsWith('execute-api:/') ? whole(text.slice('execute-api:/'.length)) : text;
}

function eachText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? change(item) : item)) : value;
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
