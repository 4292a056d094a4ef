// What access logs of REST APIs say about the phases of authorization: AWS_IAM authenticates, an authorizer says who it is, and then it
// is decided whether that one may.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
// AWS: which phase is there for which kind of method. Seen: AWS Compute Blog, "enhanced observability variables". How long they took is
// known of authorizers alone.

import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import { callerOf } from '../rest-api/context.ts';
import type { Exchange } from '../rest-api/exchange.ts';
import { gatewayResponseDefaults, type Refusal } from '../rest-api/refusal.ts';
import type { LogVariable } from './log-line.ts';

type Phase = 'authenticate' | 'authorizer' | 'authorize';
type RestVariable = LogVariable<Exchange, RestApiPlan>;

interface PhaseResult {
  readonly status: string;
  readonly error: string | undefined;
}

const passed: PhaseResult = { status: '200', error: undefined };

export const restAuthorizationVariables: readonly (readonly [string, RestVariable])[] = [
  ...(['authenticate', 'authorizer', 'authorize'] as const).flatMap((phase) => [
    [`${phase}.status`, { kind: 'plain', of: (exchange: Exchange) => resultOf(exchange, phase)?.status }] as const,
    [`${phase}.error`, { kind: 'text', of: (exchange: Exchange) => resultOf(exchange, phase)?.error }] as const,
  ]),
  ['authorizer.integrationStatus', { kind: 'plain', of: (exchange) => (isAnswered(exchange) ? '200' : undefined) }],
  ['authorizer.requestId', { kind: 'plain', of: (exchange) => callerOf(exchange)?.integrationRequestId }],
];

function isAnswered(exchange: Exchange): boolean {
  return callerOf(exchange)?.integrationLatencyMs !== undefined;
}

/** Undefined: the request has no such phase, or did not come to it. */
function resultOf({ method, decision, refusedAt, refusal, isBarred }: Exchange, phase: Phase): PhaseResult | undefined {
  if (method === undefined) return undefined;
  const signs = method.plan.authorization.type === 'AWS_IAM';
  if (method.plan.authorization.type === 'NONE' || (phase === 'authenticate' && !signs) || (phase === 'authorizer' && signs)) {
    return undefined;
  }
  if (phase === 'authorize' && method.plan.authorization.type === 'COGNITO_USER_POOLS') return undefined;
  if (decision !== undefined) return passed;
  if (refusal === undefined || (refusedAt !== 'authorize' && refusedAt !== 'resourcePolicy')) return undefined;
  const isDenied = refusal.refused === 'ACCESS_DENIED';
  if (phase === 'authorize') return isDenied ? failed(refusal) : undefined;
  if (isBarred) return undefined;
  // Who is known may still not be let in.
  return isDenied ? passed : failed(refusal);
}

function failed(refusal: Refusal): PhaseResult {
  return { status: String(refusal.status ?? gatewayResponseDefaults[refusal.refused].status), error: refusal.reason };
}
