// Lambda authorizers of REST APIs, TOKEN and REQUEST: a function decides who may call. Its answers are kept by the client's identity for
// as long as the authorizer says, and requests of one identity that come while it runs wait for the same call.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html

import { performance } from 'node:perf_hooks';
import { TimerNode } from '../../../http1/timer-wheel.ts';
import type { RequestAuthorizerPlan, RestApiPlan, TokenAuthorizerPlan } from '../../../model/rest-api-plan.ts';
import { lengthPrefixed, resultKey } from '../../authorizers/authorizer-results.ts';
import type { BoundFunction, FunctionReceiver, FunctionResult, RestApiPorts } from '../../ports.ts';
import type { AuthDecision } from '../auth-decision.ts';
import { Authorizer } from '../authorizer.ts';
import type { Exchange } from '../exchange.ts';
import { answerCrash } from '../gateway-response.ts';
import { methodArn } from '../method-arn.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { type RestLambdaAnswer, readRestLambdaAnswer } from './lambda-answer.ts';
import { lambdaVerdict } from './lambda-verdict.ts';

/** AWS: an authorizer's function has as long as an integration. Seen: developer guide (29 seconds). */
const AUTHORIZER_TIMEOUT_MS = 29_000;

/** AWS: a method's ARN may have so many bytes where a Lambda authorizer is asked; then it is a 414. Seen: developer guide. */
const METHOD_ARN_BYTES_MAX = 1_600;
/** What stands before the path is never longer than the rest. */
const PATH_SURELY_SHORT = 400;

const tooLong: Refusal = {
  refused: 'DEFAULT_4XX',
  status: 414,
  message: 'Request URI too long',
  reason: `The ARN of the method, with the path of the request, is longer than ${METHOD_ARN_BYTES_MAX} bytes.`,
};

type LambdaAuthorizerPlan = TokenAuthorizerPlan | RequestAuthorizerPlan;
type SharedPorts = Pick<RestApiPorts, 'restAuthorizerResults' | 'deadlines'>;

/** What the methods of one authorizer share: its function, and the calls that are under way. One for each authorizer of a stage. */
export class SharedLambdaAuthorizer {
  readonly plan: LambdaAuthorizerPlan;
  readonly #ports: SharedPorts;
  readonly #function: BoundFunction;
  readonly #keyPrefix: string;
  /** By result key. */
  readonly #running = new Map<string, AuthorizerCall>();

  constructor(
    api: Pick<RestApiPlan, 'scope' | 'apiId' | 'stageName'>,
    plan: LambdaAuthorizerPlan,
    boundFunction: BoundFunction,
    ports: SharedPorts,
  ) {
    this.plan = plan;
    this.#ports = ports;
    this.#function = boundFunction;
    const { scope, apiId, stageName } = api;
    this.#keyPrefix = [scope.account, scope.region, apiId, stageName, plan.authorizerId, plan.resultsVersion]
      .map(lengthPrefixed)
      .join('');
  }

  /** A decision or refusal when an answer is kept; otherwise the exchange waits for a call. */
  ask(identity: readonly string[], event: () => string, exchange: Exchange): AuthDecision | Refusal | undefined {
    if (exchange.address.path.length > PATH_SURELY_SHORT && methodArn(exchange).length > METHOD_ARN_BYTES_MAX) return tooLong;
    const { resultTtlSeconds } = this.plan;
    const key = resultTtlSeconds === 0 || identity.length === 0 ? undefined : resultKey(this.#keyPrefix, identity);
    if (key !== undefined) {
      const kept = this.#ports.restAuthorizerResults.get(key, performance.now());
      if (kept !== undefined) return lambdaVerdict(kept, this.plan, exchange);
      const running = this.#running.get(key);
      if (running !== undefined) {
        running.waiting.push(exchange);
        return undefined;
      }
    }
    const call = new AuthorizerCall(this, key, exchange);
    if (key !== undefined) this.#running.set(key, call);
    this.#ports.deadlines.schedule(call, performance.now() + AUTHORIZER_TIMEOUT_MS);
    try {
      this.#function.invoke(event(), exchange.traceId, call);
    } catch (error) {
      this.#ended(call);
      throw error;
    }
    return undefined;
  }

  /** Everybody who waits for the call gets their verdict. */
  conclude(call: AuthorizerCall, result: FunctionResult | 'timeout'): void {
    this.#ended(call);
    const { requestId } = call;
    const told = { latencyMs: Math.round(performance.now() - call.startedAt), requestId };
    const answer = result === 'timeout' ? this.#failed('did not answer in time') : this.#read(result);
    if (call.key !== undefined && result !== 'timeout' && result.kind === 'returned' && !isRefusal(answer)) {
      const untilMs = performance.now() + this.plan.resultTtlSeconds * 1000;
      // A compiled policy takes a number for each character, and a context is there as value and as text.
      this.#ports.restAuthorizerResults.keep(call.key, answer, 1_000 + result.payload.length * 12, untilMs);
    }
    for (const exchange of call.waiting) {
      if (exchange.settled) continue;
      try {
        exchange.onAuthDecision(isRefusal(answer) ? answer : lambdaVerdict(answer, this.plan, exchange, told));
      } catch (error) {
        // The others must not wait for ever because of one.
        answerCrash(exchange, error);
      }
    }
  }

  #ended(call: AuthorizerCall): void {
    call.concluded = true;
    this.#ports.deadlines.cancel(call);
    if (call.key !== undefined && this.#running.get(call.key) === call) this.#running.delete(call.key);
  }

  #read(result: FunctionResult): RestLambdaAnswer | Refusal {
    const { name } = this.plan;
    if (result.kind === 'refused') {
      const reason = `Lambda did not run the function of the authorizer "${name}" (${result.refusal}): ${result.message}`;
      return { refused: 'AUTHORIZER_CONFIGURATION_ERROR', reason };
    }
    if (result.kind === 'functionError') {
      // AWS: a function that fails with this very message says no. Seen: developer guide.
      if (errorMessageOf(result.payload) === 'Unauthorized') {
        return { refused: 'UNAUTHORIZED', reason: `The function of the Lambda authorizer "${name}" failed with "Unauthorized".` };
      }
      return this.#failed(`failed: ${result.payload.slice(0, 1_000)}`);
    }
    const answer = readRestLambdaAnswer(result.payload);
    if (typeof answer !== 'string') return answer;
    return {
      refused: 'AUTHORIZER_CONFIGURATION_ERROR',
      reason: `The answer of the Lambda authorizer "${name}" cannot be used: ${answer}`,
    };
  }

  /** AWS: 500, `{"message":null}` and this name. Seen: public reports. */
  #failed(what: string): Refusal {
    const reason = `The function of the Lambda authorizer "${this.plan.name}" ${what}`;
    return { refused: 'AUTHORIZER_FAILURE', errorType: 'AuthorizerConfigurationException', reason };
  }
}

function errorMessageOf(payload: string): unknown {
  try {
    return (JSON.parse(payload) as { readonly errorMessage?: unknown } | null)?.errorMessage;
  } catch {
    return undefined;
  }
}

/** One call of an authorizer's function, and the requests that wait for it. AWS: the function runs on after the time is over. */
class AuthorizerCall extends TimerNode implements FunctionReceiver {
  readonly key: string | undefined;
  readonly waiting: Exchange[];
  readonly startedAt = performance.now();
  concluded = false;
  requestId: string | undefined = undefined;
  readonly #authorizer: SharedLambdaAuthorizer;

  constructor(authorizer: SharedLambdaAuthorizer, key: string | undefined, exchange: Exchange) {
    super();
    this.#authorizer = authorizer;
    this.key = key;
    this.waiting = [exchange];
  }

  onFunctionRequest(requestId: string): void {
    this.requestId = requestId;
  }

  onFunctionResult(result: FunctionResult): void {
    if (!this.concluded) this.#authorizer.conclude(this, result);
  }

  override onDeadline(): void {
    if (!this.concluded) this.#authorizer.conclude(this, 'timeout');
  }
}

/** Asks a shared authorizer for one method. */
export abstract class LambdaAuthorizer extends Authorizer {
  protected readonly shared: SharedLambdaAuthorizer;

  constructor(shared: SharedLambdaAuthorizer) {
    super();
    this.shared = shared;
  }
}

/** AWS: 401 without calling the function. Seen: developer guide, "Identity sources". */
export function withoutIdentity(name: string, source: string): Refusal {
  return { refused: 'UNAUTHORIZED', reason: `The request has no ${source}, which the authorizer "${name}" needs.` };
}
