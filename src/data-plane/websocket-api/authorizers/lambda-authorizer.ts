// A Lambda authorizer of $connect: a function decides who may connect, with a policy about the route. AWS: REQUEST alone, and nothing is
// kept of its answers but with the connection.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html

import { performance } from 'node:perf_hooks';
import { TimerNode } from '../../../http1/timer-wheel.ts';
import { conditionContext, evaluatePolicies } from '../../../iam-policy/evaluate.ts';
import type { HandshakeIdentitySourcePlan, WebSocketAuthorizerPlan } from '../../../model/websocket-api-plan.ts';
import type { BoundFunction, Deadlines, FunctionReceiver, FunctionResult } from '../../ports.ts';
import { type RestLambdaAnswer, readRestLambdaAnswer } from '../../rest-api/authorizers/lambda-answer.ts';
import type { ConnectEvent } from '../connect-event.ts';
import { authorizerEvent } from '../lambda-event.ts';
import type { Refusal } from '../refusal.ts';
import { HandshakeAuthorizer, type HandshakeIdentity } from './handshake-authorizer.ts';

/** AWS: as long as an integration. Seen: developer guide (29 seconds). */
const AUTHORIZER_TIMEOUT_MS = 29_000;
/** AWS: bytes of an authorizer's answer. Seen: WebSocket API quotas. */
const ANSWER_BYTES_MAX = 8_192;

export class LambdaAuthorizer extends HandshakeAuthorizer {
  readonly plan: WebSocketAuthorizerPlan;
  readonly #routeArn: string;
  readonly #function: BoundFunction;
  readonly #deadlines: Deadlines;

  constructor(plan: WebSocketAuthorizerPlan, routeArn: string, boundFunction: BoundFunction, deadlines: Deadlines) {
    super();
    this.plan = plan;
    this.#routeArn = routeArn;
    this.#function = boundFunction;
    this.#deadlines = deadlines;
  }

  override decide(event: ConnectEvent): void {
    const missing = this.plan.identitySources.find((source) => !isThere(event, source));
    if (missing !== undefined) {
      // AWS: 401 without a call. Seen: developer guide.
      const reason = `The handshake has no ${missing.expression}, which the authorizer "${this.plan.name}" needs.`;
      event.onIdentity({ refused: 'UNAUTHORIZED', reason });
      return;
    }
    const call = new AuthorizerCall(this, event);
    this.#deadlines.schedule(call, performance.now() + AUTHORIZER_TIMEOUT_MS);
    this.#function.invoke(authorizerEvent(event, this.#routeArn), event.traceId, call);
  }

  conclude(call: AuthorizerCall, result: FunctionResult | 'timeout'): void {
    this.#deadlines.cancel(call);
    const latencyMs = Math.round(performance.now() - call.startedAt);
    call.event.onIdentity(
      result === 'timeout' ? this.#failed('did not answer in time') : this.#judge(call.event, result, latencyMs),
    );
  }

  #judge(event: ConnectEvent, result: FunctionResult, latencyMs: number): HandshakeIdentity | Refusal {
    const { name } = this.plan;
    if (result.kind === 'refused') return this.#failed(`was not run by Lambda (${result.refusal}): ${result.message}`);
    if (result.kind === 'functionError') {
      // AWS: a function that fails with this very message says no. Seen: developer guide.
      return /"errorMessage":\s*"Unauthorized"/.test(result.payload)
        ? { refused: 'UNAUTHORIZED', reason: `The function of the Lambda authorizer "${name}" failed with "Unauthorized".` }
        : this.#failed(`failed: ${result.payload.slice(0, 1_000)}`);
    }
    if (Buffer.byteLength(result.payload) > ANSWER_BYTES_MAX) return this.#failed('answered with more than 8 KB');
    const answer = readRestLambdaAnswer(result.payload);
    if (typeof answer === 'string') return this.#failed(`gave an answer that cannot be used: ${answer}`);
    return this.#allowed(event, answer, latencyMs);
  }

  #allowed(event: ConnectEvent, answer: RestLambdaAnswer, latencyMs: number): HandshakeIdentity | Refusal {
    const { serverRequest: request, at, handshakeAddress } = event;
    const { effect } = evaluatePolicies([answer.policy], {
      principal: { kind: 'anonymous' },
      action: 'execute-api:Invoke',
      resource: this.#routeArn,
      context: conditionContext({
        'aws:CurrentTime': new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
        'aws:EpochTime': String(Math.floor(at / 1000)),
        'aws:SourceIp': request.remoteAddress,
        'aws:SecureTransport': String(handshakeAddress.protocol === 'https'),
        'aws:UserAgent': request.headers.get('user-agent'),
        'aws:Referer': request.headers.get('referer'),
      }),
    });
    if (effect !== 'allow') {
      const what = effect === 'explicitDeny' ? 'denies' : 'does not allow';
      return {
        refused: 'FORBIDDEN',
        reason: `The Lambda authorizer "${this.plan.name}" returned a policy that ${what} execute-api:Invoke on ${this.#routeArn}.`,
      };
    }
    const { principalId, context, usageIdentifierKey } = answer;
    const members = Object.entries(context ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
    return {
      // AWS: later events repeat it. Seen: recorded events.
      authorizer: { ...Object.fromEntries(members), principalId, integrationLatency: latencyMs },
      signer: undefined,
      usageIdentifierKey,
      finding: {
        authorizationType: 'CUSTOM',
        authorizerId: this.plan.authorizerId,
        principalId,
        context: Object.keys(context ?? {}),
      },
    };
  }

  #failed(what: string): Refusal {
    return { refused: 'AUTHORIZER_FAILURE', reason: `The function of the Lambda authorizer "${this.plan.name}" ${what}.` };
  }
}

function isThere(event: ConnectEvent, source: HandshakeIdentitySourcePlan): boolean {
  switch (source.kind) {
    case 'header':
      return event.fields.header(source.name)?.some((value) => value !== '') === true;
    case 'querystring':
      return event.fields.query.get(source.name)?.some((value) => value !== '') === true;
    case 'stageVariable':
      return (source.value ?? '') !== '';
    case 'context':
      return (event.context(source.name) ?? '') !== '';
  }
}

/** One call of an authorizer's function. AWS: the function runs on after the time is over. */
class AuthorizerCall extends TimerNode implements FunctionReceiver {
  readonly event: ConnectEvent;
  readonly startedAt = performance.now();
  readonly #authorizer: LambdaAuthorizer;
  #concluded = false;

  constructor(authorizer: LambdaAuthorizer, event: ConnectEvent) {
    super();
    this.#authorizer = authorizer;
    this.event = event;
  }

  onFunctionResult(result: FunctionResult): void {
    this.#conclude(result);
  }

  override onDeadline(): void {
    this.#conclude('timeout');
  }

  #conclude(result: FunctionResult | 'timeout'): void {
    if (this.#concluded) return;
    this.#concluded = true;
    try {
      this.#authorizer.conclude(this, result);
    } catch (error) {
      this.event.crash(error);
    }
  }
}
