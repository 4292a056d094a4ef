// The part of an execution log that is about the authorizer: who came, what the function was asked and what it said. The lines carry
// neither request id nor date, like those of execution-log.ts.
// AWS: these lines. Seen: public logs of TestInvokeAuthorizer, 2016 to 2024; what a user pool authorizer writes is from memory.

import { boundedText } from '../telemetry/exchange-report.ts';
import { readRestLambdaAnswer } from './authorizers/lambda-answer.ts';
import type { Exchange } from './exchange.ts';
import { type ExecutionLogLine, masked } from './execution-log.ts';
import { compileRequestValue } from './parameter-values.ts';
import { gatewayResponseDefaults, type Refusal } from './refusal.ts';

/** One call of an authorizer's function. */
export interface AuthorizerFunctionCall {
  readonly functionArn: string;
  /** JSON text. */
  readonly event: string;
  /** What it answered, or AWS's error object, as JSON text; undefined when Lambda did not run it or it took too long. */
  readonly payload: string | undefined;
  /** Lambda refused for want of a permission. */
  readonly denied: boolean;
}

/** AWS: what is longer is cut, with a mark. Seen: public logs. */
const TEXT_MAX = 1_024;

/**
 * `call` is undefined when no function was asked. `sourceNames` are what the identity sources are called, where their plan has
 * other expressions in place of them.
 */
export function authorizerLog(
  exchange: Exchange,
  call: AuthorizerFunctionCall | undefined,
  sourceNames?: readonly string[],
): readonly ExecutionLogLine[] {
  const { requestId, at, method } = exchange;
  const authorization = method?.plan.authorization;
  const id = authorization !== undefined && 'authorizerId' in authorization ? authorization.authorizerId : '';
  const first = [
    `Starting authorizer: ${id} for request: ${requestId}`,
    `Incoming identity: ${identityText(exchange, sourceNames)}`,
  ];
  if (call !== undefined) {
    const region = call.functionArn.split(':')[3] ?? '';
    const uri = `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${call.functionArn}/invocations`;
    first.push(
      `Endpoint request URI: ${uri}`,
      'Endpoint request headers: {}',
      `Endpoint request body after transformations: ${cut(call.event)}`,
      `Sending request to ${uri}`,
    );
  }
  const end = at + Math.round(exchange.totalUs / 1000);
  return [
    ...first.map((text) => ({ at, text })),
    ...[...answerLines(call), ...endLines(exchange, call)].map((text) => ({ at: end, text })),
  ];
}

/** What authorized the exchange, or kept it out: a policy that denies is an answer like any other, and no failure of the authorizer. */
export function authorizerRefusal(
  { refusal, decision }: Exchange,
  call: AuthorizerFunctionCall | undefined,
): Refusal | undefined {
  const hasAnswered = call?.payload !== undefined && typeof readRestLambdaAnswer(call.payload) !== 'string';
  return hasAnswered || decision !== undefined ? undefined : refusal;
}

function answerLines(call: AuthorizerFunctionCall | undefined): string[] {
  if (call?.payload === undefined || errorMessageOf(call.payload) === 'Unauthorized') return [];
  return [`Authorizer result body before parsing: ${cut(call.payload)}`];
}

function endLines(exchange: Exchange, call: AuthorizerFunctionCall | undefined): string[] {
  const refusal = authorizerRefusal(exchange, call);
  if (refusal === undefined) {
    const principal = call?.payload === undefined ? undefined : (parsed(call.payload)?.['principalId'] as string);
    const valid = principal === undefined ? [] : [`Using valid authorizer policy for principal: ${masked(principal)}`];
    return [...valid, 'Successfully completed authorizer execution'];
  }
  if (refusal.refused === 'UNAUTHORIZED') return [`Unauthorized request: ${exchange.requestId}`, 'Unauthorized'];
  const name = refusal.errorType ?? gatewayResponseDefaults[refusal.refused].errorType;
  return [`Execution failed due to configuration error: ${faultOf(refusal, call)}`, name];
}

function faultOf(refusal: Refusal, call: AuthorizerFunctionCall | undefined): string {
  if (call?.denied === true) return 'Invalid permissions on Lambda function';
  if (call?.payload === undefined) return boundedText(refusal.reason);
  const answer = parsed(call.payload);
  // AWS: an answer that is null has no policy that could be parsed.
  if (answer === undefined) return 'Could not parse policy';
  const stranger = Object.keys(answer).find((name) => !answerMembers.has(name));
  if (stranger === undefined) return boundedText(refusal.reason);
  return `Invalid JSON in response: Unrecognized field "${boundedText(stranger)}" , not marked as ignorable`;
}

const answerMembers: ReadonlySet<string> = new Set(['principalId', 'policyDocument', 'context', 'usageIdentifierKey']);

/** A token for authorizers with one header; `{method.request.header.A=…, …}` for those with sources. */
function identityText(exchange: Exchange, sourceNames: readonly string[] | undefined): string {
  const authorization = exchange.method?.plan.authorization;
  switch (authorization?.type) {
    case 'TOKEN':
    case 'COGNITO_USER_POOLS':
      return masked(exchange.request.headers.get(authorization.header.toLowerCase()) ?? '');
    case 'REQUEST': {
      const sources = authorization.identitySources.map((expression, i) => {
        const value = compileRequestValue(expression)?.(exchange);
        return `${sourceNames?.[i] ?? expression}=${typeof value === 'string' ? masked(value) : ''}`;
      });
      return `{${sources.join(', ')}}`;
    }
    default:
      return '';
  }
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)} [TRUNCATED]`;
}

function errorMessageOf(payload: string): unknown {
  return parsed(payload)?.['errorMessage'];
}

function parsed(payload: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(payload) as unknown;
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
