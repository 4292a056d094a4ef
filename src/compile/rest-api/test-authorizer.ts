// Asks one authorizer of a REST API as it is defined now: TestInvokeAuthorizer. Planned and assembled for a method and a stage that do
// not exist, with counters and kept results of its own: a test is answered by the authorizer, never by what it said before.
// https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html

import { performance } from 'node:perf_hooks';
import { AuthorizerResults } from '../../data-plane/authorizers/authorizer-results.ts';
import { parseRequestPath } from '../../data-plane/http-api/request-path.ts';
import type { BoundFunction, FunctionPort, FunctionReceiver, FunctionResult, FunctionTarget } from '../../data-plane/ports.ts';
import { type AuthorizerFunctionCall, authorizerLog, authorizerRefusal } from '../../data-plane/rest-api/authorizer-log.ts';
import type { RestLambdaAnswer } from '../../data-plane/rest-api/authorizers/lambda-answer.ts';
import type { Exchange } from '../../data-plane/rest-api/exchange.ts';
import { gatewayResponseDefaults, isRefusal } from '../../data-plane/rest-api/refusal.ts';
import { ResourceTable } from '../../data-plane/rest-api/resource-selection.ts';
import { startTestAuthorization, type TestInvocation } from '../../data-plane/rest-api/test-invocation.ts';
import type { RestApiSnapshot, RestAuthorizer, RestMethod, RestStage } from '../../model/rest-api.ts';
import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import { assembleRestApi } from './assemble.ts';
import { planRestApi, segmentsOf } from './plan.ts';
import type { TestingSurroundings } from './test-invoke.ts';
import { testLog } from './test-log.ts';

export interface TestedAuthorizer {
  readonly snapshot: RestApiSnapshot;
  readonly authorizer: RestAuthorizer;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Values of `context.{name}` among the identity sources. */
  readonly additionalContext: Readonly<Record<string, string>>;
  readonly invocation: Omit<TestInvocation, 'httpMethod'>;
}

export interface AuthorizerAnswer {
  /** What the client would get from the authorizer's refusal; 0 when the authorizer has answered, whatever its policy says. */
  readonly clientStatus: number;
  readonly log: string;
  readonly latencyMs: number;
  readonly principalId?: string;
  /** The policy document, as JSON text. */
  readonly policy?: string;
  /** Of a user pool's token. */
  readonly claims?: Readonly<Record<string, string>>;
}

/** Resolves when the authorizer has answered or its time is up; `invalidPath` when no request could have this path. */
export async function testAuthorizer(
  tested: TestedAuthorizer,
  { surroundings, ports, upstreams }: TestingSurroundings,
): Promise<AuthorizerAnswer | 'invalidPath'> {
  const { target } = tested.invocation;
  if ('refused' in parseRequestPath(target.split('?', 1)[0] as string)) return 'invalidPath';
  // Nothing of a test is limited.
  const counters = new Int32Array(new SharedArrayBuffer(0));
  const plan = planTestAuthorizer(tested, new SlotAllocator(counters), surroundings);
  const functions = new WatchedFunctions(ports.functions);
  const sourceNames = identitySourcesOf(plan);
  return new Promise((resolve) => {
    const exchanges = {
      level: () => 2 as const,
      // The sink hears of exchanges of every kind; this pipeline has one, of this kind.
      record: (exchange: unknown) => resolve(answerOf(exchange as Exchange, functions.call, sourceNames)),
    };
    const restAuthorizerResults = new AuthorizerResults<RestLambdaAnswer>();
    const itsPorts = {
      ...ports,
      functions,
      counters,
      metrics: undefined,
      tracing: undefined,
      exchanges,
      restAuthorizerResults,
      developerHeaders: false,
    };
    const pipeline = assembleRestApi(withContext(plan, tested.additionalContext), itsPorts, upstreams);
    startTestAuthorization(pipeline, { ...tested.invocation, httpMethod: 'GET' });
  });
}

// AWS: what a test calls what is not there; ARNs call the stage by another name. Seen: public logs of TestInvokeAuthorizer.
const STAGE_NAME = 'test-invoke-stage';
const STAGE_NAME_OF_ARNS = 'ESTestInvoke-stage';
const RESOURCE_ID = 'test-invoke-resource-id';

function planTestAuthorizer(tested: TestedAuthorizer, slots: SlotAllocator, surroundings: Surroundings): RestApiPlan {
  const { snapshot, authorizer, stageVariables } = tested;
  const resource = { id: RESOURCE_ID, path: resourcePathOf(tested) };
  const method: RestMethod = {
    ...{ resourceId: RESOURCE_ID, httpMethod: 'GET', apiKeyRequired: false, methodResponses: {} },
    authorizationType: authorizer.type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM',
    authorizerId: authorizer.id,
    methodIntegration: nothingBehind,
  };
  const stage: RestStage = {
    ...{ stageName: STAGE_NAME, deploymentId: '', variables: stageVariables, methodSettings: {} },
    ...{ cacheClusterEnabled: false, cacheClusterStatus: 'NOT_AVAILABLE', tracingEnabled: false },
    ...{ createdDate: snapshot.restApi.createdDate, lastUpdatedDate: snapshot.restApi.createdDate },
  };
  const itsSnapshot = { ...snapshot, authorizers: [authorizer], resources: [resource], methods: [method] };
  const { closedReason: _, resourcePolicy: __, ...plan } = planRestApi(itsSnapshot, stage, slots, undefined, surroundings);
  return { ...plan, stageNameOfArns: STAGE_NAME_OF_ARNS };
}

function identitySourcesOf({ methods }: RestApiPlan): readonly string[] | undefined {
  const [authorization] = methods.map((method) => method.authorization);
  return authorization?.type === 'REQUEST' ? authorization.identitySources : undefined;
}

/** The test ends with the authorizer's answer; this is what comes then. */
const nothingBehind: NonNullable<RestMethod['methodIntegration']> = {
  type: 'MOCK',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  passthroughBehavior: 'WHEN_NO_MATCH',
  timeoutInMillis: 29_000,
  cacheNamespace: RESOURCE_ID,
  cacheKeyParameters: [],
  integrationResponses: {},
};

/** The resource of the API that the path would lead to, for its path parameters. */
function resourcePathOf({ snapshot, invocation }: TestedAuthorizer): string {
  const methods = snapshot.resources.map(({ path }) => ({
    routeKey: path,
    plan: { httpMethod: 'ANY', segments: segmentsOf(path) },
  }));
  const found = new ResourceTable(methods).select('GET', invocation.target.split('?', 1)[0] as string);
  return isRefusal(found) ? '/' : found.method.routeKey;
}

/** The additional context has a value for some identity sources. */
function withContext(plan: RestApiPlan, context: Readonly<Record<string, string>>): RestApiPlan {
  const withValue = (source: string): string => {
    const name = source.startsWith('context.') ? source.slice('context.'.length) : undefined;
    return name !== undefined && Object.hasOwn(context, name) ? `'${context[name]}'` : source;
  };
  const methods = plan.methods.map((method) => {
    const { authorization } = method;
    if (authorization.type !== 'REQUEST') return method;
    return { ...method, authorization: { ...authorization, identitySources: authorization.identitySources.map(withValue) } };
  });
  return { ...plan, methods };
}

function answerOf(exchange: Exchange, call: WatchedCall | undefined, sourceNames?: readonly string[]): AuthorizerAnswer {
  const refusal = authorizerRefusal(exchange, call);
  const answer =
    refusal === undefined && call?.payload !== undefined
      ? // Read before: it is an answer with these members.
        (JSON.parse(call.payload) as { readonly principalId: string; readonly policyDocument: unknown })
      : undefined;
  const { decision } = exchange;
  return {
    clientStatus: refusal === undefined ? 0 : (refusal.status ?? gatewayResponseDefaults[refusal.refused].status),
    log: testLog(exchange.requestId, authorizerLog(exchange, call, sourceNames)),
    latencyMs: Math.round(call?.latencyMs ?? exchange.totalUs / 1000),
    ...(answer === undefined ? {} : { principalId: answer.principalId, policy: JSON.stringify(answer.policyDocument) }),
    ...(decision?.claims === undefined ? {} : { claims: decision.claims }),
  };
}

type WatchedCall = AuthorizerFunctionCall & { readonly latencyMs: number };

/** The functions of a test, of which one is asked at most once: what it was asked and what it said. */
class WatchedFunctions implements FunctionPort {
  call: WatchedCall | undefined = undefined;
  readonly #functions: FunctionPort;

  constructor(functions: FunctionPort) {
    this.#functions = functions;
  }

  bind(target: FunctionTarget): BoundFunction {
    const bound = this.#functions.bind(target);
    return {
      invoke: (event, traceId, receiver) => {
        const startedAt = performance.now();
        const asked = { functionArn: target.functionArn, event };
        this.call = { ...asked, payload: undefined, denied: false, latencyMs: 0 };
        const watching: FunctionReceiver = {
          onFunctionRequest: (requestId, trace) => receiver.onFunctionRequest?.(requestId, trace),
          onFunctionResult: (result) => {
            this.call = { ...asked, ...outcomeOf(result), latencyMs: performance.now() - startedAt };
            receiver.onFunctionResult(result);
          },
        };
        bound.invoke(event, traceId, watching);
      },
      enqueue: (event, receiver) => bound.enqueue(event, receiver),
    };
  }
}

function outcomeOf(result: FunctionResult): Pick<AuthorizerFunctionCall, 'payload' | 'denied'> {
  return result.kind === 'refused'
    ? { payload: undefined, denied: result.refusal === 'AccessDenied' }
    : { payload: result.payload, denied: false };
}
