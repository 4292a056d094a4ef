// Runs one method of a REST API as it is defined now, deployed or not: TestInvokeMethod. Planned and assembled for a stage that does not
// exist, with counters of its own, so that nothing of it is seen in metrics, throttles or the exchange log.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-test-method.html

import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import type { RestApiPorts, Upstreams } from '../../data-plane/ports.ts';
import type { Exchange } from '../../data-plane/rest-api/exchange.ts';
import { answeredHeaders, executionLog } from '../../data-plane/rest-api/execution-log.ts';
import { startTestInvocation, type TestInvocation, type TestRequest } from '../../data-plane/rest-api/test-invocation.ts';
import type { RestApiSnapshot, RestMethod, RestStage } from '../../model/rest-api.ts';
import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import { assembleRestApi } from './assemble.ts';
import { planRestApi } from './plan.ts';
import { testLog } from './test-log.ts';

export interface TestedMethod {
  readonly snapshot: RestApiSnapshot;
  readonly method: RestMethod;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Who tests: the caller of methods that ask for a signature. */
  readonly signer: CallerCredentials;
  readonly invocation: TestInvocation;
}

export interface TestedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The execution log, as AWS writes it. */
  readonly log: string;
  readonly latencyMs: number;
}

/** What the method is made with: what its deployment would be made with. */
export interface TestingSurroundings {
  readonly surroundings: Surroundings;
  readonly ports: RestApiPorts;
  readonly upstreams: Upstreams;
}

/** Resolves when the method has answered, at the latest when its integration's time is up. */
export function testInvoke(tested: TestedMethod, { surroundings, ports, upstreams }: TestingSurroundings): Promise<TestedAnswer> {
  // Nothing of a test is limited.
  const counters = new Int32Array(new SharedArrayBuffer(0));
  const plan = planTestInvoke(tested, new SlotAllocator(counters), surroundings);
  return new Promise((resolve) => {
    const exchanges = {
      level: () => 2 as const,
      // The sink hears of exchanges of every kind; this pipeline has one, of this kind.
      record: (exchange: unknown) => resolve(answerOf(exchange as Exchange)),
    };
    const pipeline = assembleRestApi(
      plan,
      { ...ports, counters, metrics: undefined, tracing: undefined, exchanges, developerHeaders: false },
      upstreams,
    );
    startTestInvocation(pipeline, tested.invocation, tested.signer);
  });
}

/** AWS: the name of the stage. From memory of the service: `$context.stage` of a test. */
const STAGE_NAME = 'test-invoke-stage';

/**
 * AWS: authorization, API keys, throttles and the resource policy are not asked; a method with AWS_IAM shows the tester as its caller.
 * Seen: developer guide, "Test a method"; public events of tests.
 */
function planTestInvoke(tested: TestedMethod, slots: SlotAllocator, surroundings: Surroundings): RestApiPlan {
  const { authorizerId: _, authorizationScopes: __, ...method } = tested.method;
  const snapshot: RestApiSnapshot = {
    ...tested.snapshot,
    methods: [
      { ...method, authorizationType: method.authorizationType === 'AWS_IAM' ? 'AWS_IAM' : 'NONE', apiKeyRequired: false },
    ],
  };
  const stage: RestStage = {
    ...{ stageName: STAGE_NAME, deploymentId: '', variables: tested.stageVariables, methodSettings: {} },
    ...{ cacheClusterEnabled: false, cacheClusterStatus: 'NOT_AVAILABLE', tracingEnabled: false },
    ...{ createdDate: snapshot.restApi.createdDate, lastUpdatedDate: snapshot.restApi.createdDate },
  };
  const { closedReason: ___, resourcePolicy: ____, ...plan } = planRestApi(snapshot, stage, slots, undefined, surroundings);
  return plan;
}

function answerOf(exchange: Exchange): TestedAnswer {
  const { requestId, status, totalUs } = exchange;
  return {
    status,
    headers: answeredHeaders(exchange),
    // The request is the one that was started above.
    body: (exchange.request as TestRequest).answer.toString('utf8'),
    log: testLog(requestId, executionLog(exchange, true)),
    latencyMs: Math.round(totalUs / 1000),
  };
}
