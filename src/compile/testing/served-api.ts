// An assembled HTTP API with in-memory neighbours: `serve(httpApi({…}))` and then `.call({ target: '/pets' })`.

import type { AuthorizerResults } from '../../data-plane/authorizers/authorizer-results.ts';
import type { InvocationAddress } from '../../data-plane/http-api/exchange.ts';
import { invoke } from '../../data-plane/http-api/invoke.ts';
import type { HttpApiPipeline } from '../../data-plane/http-api/pipeline.ts';
import type { CallerLookup } from '../../data-plane/iam/caller-credentials.ts';
import type { StageLogs } from '../../data-plane/ports.ts';
import { FakeRequest, type FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import { FakePorts, FakeUpstreams } from '../../data-plane/testing/fake-ports.ts';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Stage } from '../../model/http-api.ts';
import { assembleHttpApi } from '../http-api/assemble.ts';
import { ACCOUNT_LIMITS, planHttpApi } from '../http-api/plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { SlotAllocator } from '../slot-allocator.ts';

export class ServedApi {
  readonly ports = new FakePorts();
  readonly upstreams = new FakeUpstreams();
  readonly pipeline: HttpApiPipeline;

  constructor(
    api: { readonly snapshot: HttpApiSnapshot; readonly stage: Stage },
    options: {
      developerHeaders?: boolean;
      surroundings?: Surroundings;
      authorizerResults?: AuthorizerResults;
      callers?: CallerLookup;
      everyStage?: StageLogs['ofEveryStage'];
    } = {},
  ) {
    this.ports.developerHeaders = options.developerHeaders ?? false;
    if (options.authorizerResults !== undefined) this.ports.authorizerResults = options.authorizerResults;
    this.ports.stageLogs.ofEveryStage = options.everyStage;
    if (options.callers !== undefined) this.ports.callers = options.callers;
    const slots = new SlotAllocator(this.ports.counters);
    const plan = planHttpApi(api.snapshot, api.stage, slots, ACCOUNT_LIMITS, options.surroundings);
    this.pipeline = assembleHttpApi(plan, this.ports, this.upstreams);
  }

  /** Sends one request straight into the flow; the stage is put in front of the path as the front door would. */
  call(options: FakeRequestOptions = {}): FakeRequest {
    const request = new FakeRequest(options);
    invoke(this.pipeline, request, this.address(request));
    return request;
  }

  address(request: FakeRequest): InvocationAddress {
    const { stageName, apiId } = this.pipeline.plan;
    const pathWithStage = stageName === '$default' ? request.path : `/${stageName}${request.path}`;
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
