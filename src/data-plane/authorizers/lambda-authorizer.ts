// A Lambda authorizer of type REQUEST: a function decides who may call. Its answers are kept by the client's identity for as long as
// the authorizer says, and requests of one identity that come while it runs wait for the same call.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html

import { performance } from 'node:perf_hooks';
import { TimerNode } from '../../http1/timer-wheel.ts';
import type { HttpApiPlan, LambdaAuthorizerPlan } from '../../model/http-api-plan.ts';
import { answerCrash } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { PayloadFormat } from '../http-api/payload-format.ts';
import { isRefusal, type Refusal } from '../http-api/refusal.ts';
import type { BoundFunction, DataPlanePorts, FunctionReceiver, FunctionResult } from '../ports.ts';
import { type AuthDecision, keptDecision } from './auth-decision.ts';
import { Authorizer } from './authorizer.ts';
import { lengthPrefixed, resultKey } from './authorizer-results.ts';
import { readIdentity } from './identity-source.ts';
import { type LambdaAnswer, readLambdaAnswer } from './lambda-answer.ts';
import { lambdaVerdict } from './lambda-verdict.ts';
import { routeArn } from './route-arn.ts';

/** AWS: an authorizer's function has 10 seconds. Seen: quotas of HTTP APIs. */
export const AUTHORIZER_TIMEOUT_MS = 10_000;

/** What the routes of one authorizer share: its function, and the calls that are under way. One for each authorizer of a stage. */
export class SharedLambdaAuthorizer {
  readonly plan: LambdaAuthorizerPlan;
  readonly #ports: Pick<DataPlanePorts, 'authorizerResults' | 'deadlines'>;
  readonly #function: BoundFunction;
  readonly #keyPrefix: string;
  /** By result key. */
  readonly #running = new Map<string, AuthorizerCall>();

  constructor(
    api: Pick<HttpApiPlan, 'scope' | 'apiId' | 'stageName'>,
    plan: LambdaAuthorizerPlan,
    boundFunction: BoundFunction,
    ports: Pick<DataPlanePorts, 'authorizerResults' | 'deadlines'>,
  ) {
    this.plan = plan;
    this.#ports = ports;
    this.#function = boundFunction;
    const { scope, apiId, stageName } = api;
    const whose = [scope.account, scope.region, apiId, stageName, plan.authorizerId, plan.resultsVersion];
    this.#keyPrefix = whose.map(lengthPrefixed).join('');
  }

  /** Where the answer to this identity is kept; undefined when answers are not kept. */
  keyOf(identity: readonly string[]): string | undefined {
    return this.plan.resultTtlSeconds === 0 ? undefined : resultKey(this.#keyPrefix, identity);
  }

  kept(key: string): LambdaAnswer | undefined {
    return this.#ports.authorizerResults.get(key, performance.now());
  }

  /** True when the exchange now waits for a call that somebody else began. */
  joins(key: string, exchange: Exchange): boolean {
    const call = this.#running.get(key);
    call?.waiting.push(exchange);
    return call !== undefined;
  }

  call(key: string | undefined, event: string, exchange: Exchange): void {
    const call = new AuthorizerCall(this, key, exchange);
    if (key !== undefined) this.#running.set(key, call);
    this.#ports.deadlines.schedule(call, performance.now() + AUTHORIZER_TIMEOUT_MS);
    try {
      this.#function.invoke(event, exchange.traceId, call);
    } catch (error) {
      this.ended(call);
      throw error;
    }
  }

  /** Everybody who waits for the call gets their verdict. */
  conclude(call: AuthorizerCall, result: FunctionResult | 'timeout'): void {
    this.ended(call);
    const answer = result === 'timeout' ? this.#timedOut() : this.#read(result);
    // AWS: failures are never kept. Seen: second-hand measurements of other emulators.
    if (call.key !== undefined && typeof result !== 'string' && result.kind === 'returned' && !isRefusal(answer)) {
      const untilMs = performance.now() + this.plan.resultTtlSeconds * 1000;
      const kept: LambdaAnswer = { ...answer, decision: keptDecision(answer.decision) };
      this.#ports.authorizerResults.keep(call.key, kept, memoryOf(result.payload), untilMs);
    }
    for (const exchange of call.waiting) {
      if (exchange.settled) continue;
      try {
        exchange.onAuthDecision(isRefusal(answer) ? answer : lambdaVerdict(answer, this.plan, exchange, false));
      } catch (error) {
        // The others must not wait for ever because of one.
        answerCrash(exchange, error);
      }
    }
  }

  /** Nobody waits for this call any longer. */
  ended(call: AuthorizerCall): void {
    call.concluded = true;
    this.#ports.deadlines.cancel(call);
    if (call.key !== undefined && this.#running.get(call.key) === call) this.#running.delete(call.key);
  }

  #read(result: FunctionResult): LambdaAnswer | Refusal {
    if (result.kind === 'returned') return readLambdaAnswer(result.payload, this.plan);
    // AWS: whatever keeps the authorizer from answering is a 500. Seen: aws-cdk#18352.
    const reason =
      result.kind === 'functionError'
        ? `The function of the Lambda authorizer "${this.plan.name}" failed: ${result.payload.slice(0, 1_000)}`
        : `Lambda did not run the function of the authorizer "${this.plan.name}" (${result.refusal}): ${result.message}`;
    return { refused: 'INTERNAL_ERROR', reason };
  }

  #timedOut(): Refusal {
    const reason = `The Lambda authorizer "${this.plan.name}" did not answer within ${AUTHORIZER_TIMEOUT_MS} ms.`;
    return { refused: 'INTERNAL_ERROR', reason };
  }
}

/** A compiled policy takes a number for each character, and a context is there as value and as text. */
function memoryOf(payload: string): number {
  return 1_000 + payload.length * 12;
}

/** One call of an authorizer's function, and the requests that wait for it. AWS: the function runs on after the time is over. */
class AuthorizerCall extends TimerNode implements FunctionReceiver {
  readonly key: string | undefined;
  readonly waiting: Exchange[];
  concluded = false;
  readonly #authorizer: SharedLambdaAuthorizer;

  constructor(authorizer: SharedLambdaAuthorizer, key: string | undefined, exchange: Exchange) {
    super();
    this.#authorizer = authorizer;
    this.key = key;
    this.waiting = [exchange];
  }

  onFunctionResult(result: FunctionResult): void {
    if (!this.concluded) this.#authorizer.conclude(this, result);
  }

  override onDeadline(): void {
    if (!this.concluded) this.#authorizer.conclude(this, 'timeout');
  }
}

export class LambdaAuthorizer extends Authorizer {
  readonly #shared: SharedLambdaAuthorizer;
  /** Makes the events of this route. */
  readonly #payloadFormat: PayloadFormat;

  constructor(shared: SharedLambdaAuthorizer, payloadFormat: PayloadFormat) {
    super();
    this.#shared = shared;
    this.#payloadFormat = payloadFormat;
  }

  override decide(exchange: Exchange): AuthDecision | Refusal | undefined {
    const shared = this.#shared;
    const { plan } = shared;
    const identity = readIdentity(plan.identitySources, exchange);
    if ('missing' in identity) {
      // AWS: 401 without calling the function. Seen: developer guide, "Identity sources".
      const reason = `The request has no ${identity.missing.expression}, which the Lambda authorizer "${plan.name}" needs.`;
      return { refused: 'UNAUTHORIZED', reason };
    }
    const key = shared.keyOf(identity);
    if (key !== undefined) {
      const answer = shared.kept(key);
      if (answer !== undefined) return lambdaVerdict(answer, plan, exchange, true);
      if (shared.joins(key, exchange)) return undefined;
    }
    shared.call(key, this.#payloadFormat.buildAuthorizerEvent(exchange, routeArn(exchange), identity), exchange);
    return undefined;
  }
}
