// An assembled REST API with in-memory neighbours: `new ServedRestApi(restApi({…})).call({ target: '/pets' })`.

import { AuthorizerResults } from '../../data-plane/authorizers/authorizer-results.ts';
import type { InvocationAddress } from '../../data-plane/http-api/exchange.ts';
import { StageCaches } from '../../data-plane/method-cache/stage-caches.ts';
import type { MeterPort, Tracing } from '../../data-plane/ports.ts';
import type { RestLambdaAnswer } from '../../data-plane/rest-api/authorizers/lambda-answer.ts';
import { invoke } from '../../data-plane/rest-api/invoke.ts';
import type { RestApiPipeline } from '../../data-plane/rest-api/pipeline.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { FakePorts, FakeUpstreams } from '../../data-plane/testing/fake-ports.ts';
import type { WebAcls } from '../../data-plane/web-acls.ts';
import { ACCOUNT_LIMITS } from '../http-api/plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { assembleRestApi } from '../rest-api/assemble.ts';
import { planRestApi } from '../rest-api/plan.ts';
import { SlotAllocator } from '../slot-allocator.ts';
import type { BuiltRestApi } from './rest-api-builder.ts';

export class ServedRestApi {
  readonly ports: FakePorts & {
    readonly restAuthorizerResults: AuthorizerResults<RestLambdaAnswer>;
    readonly responseCaches: StageCaches;
    meter?: MeterPort;
  };
  readonly upstreams = new FakeUpstreams();
  readonly pipeline: RestApiPipeline;

  constructor(
    { snapshot, stage }: BuiltRestApi,
    options: {
      surroundings?: Surroundings;
      meter?: MeterPort;
      ports?: Partial<FakePorts>;
      responseCaches?: StageCaches;
      tracing?: Tracing;
      webAcls?: WebAcls;
    } = {},
  ) {
    this.ports = Object.assign(new FakePorts(), {
      restAuthorizerResults: new AuthorizerResults<RestLambdaAnswer>(),
      responseCaches: options.responseCaches ?? new StageCaches(1_000_000),
      ...(options.meter === undefined ? {} : { meter: options.meter }),
      ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
      ...(options.webAcls === undefined ? {} : { webAcls: options.webAcls }),
      ...options.ports,
    });
    const plan = planRestApi(snapshot, stage, new SlotAllocator(this.ports.counters), ACCOUNT_LIMITS, options.surroundings);
    this.pipeline = assembleRestApi(plan, this.ports, this.upstreams);
  }

  /** Sends one request straight into the flow; the stage is put in front of the path as the front door would. */
  call(options: FakeRequestOptions = {}): FakeRequest {
    const request = new FakeRequest(options);
    invoke(this.pipeline, request, this.address(request));
    return request;
  }

  address(request: FakeRequest): InvocationAddress {
    const { stageName, apiId } = this.pipeline.plan;
    const pathWithStage = `/${stageName}${request.path}`;
    return {
      path: request.path,
      pathWithStage,
      pathWithMapping: pathWithStage,
      domainName: request.host,
      domainPrefix: apiId,
      protocol: 'http',
    };
  }

  /** The event of the last call. */
  get lastEvent(): Record<string, unknown> {
    return JSON.parse(this.ports.functions.events.at(-1) as string) as Record<string, unknown>;
  }
}
