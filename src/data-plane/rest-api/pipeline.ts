// The machine that a plan becomes: what invoke() runs through for every request of one (REST API, stage). Slots that are undefined
// are stages this API or method does not have.

import type { RestApiPlan, RestMethodPlan } from '../../model/rest-api-plan.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { TokenBucket } from '../http-api/throttle.ts';
import type { BoundMeter, Deadlines, ExchangeSink } from '../ports.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { StageTracer } from '../telemetry/stage-tracer.ts';
import type { StageWebAcl } from '../web-acls.ts';
import type { Authorizer } from './authorizer.ts';
import type { BinaryMediaTypes } from './content-handling.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayResponses } from './gateway-responses.ts';
import type { Integration } from './integrations/integration.ts';
import type { RequestValidator } from './method-request.ts';
import type { Refusal } from './refusal.ts';
import type { ResourcePolicy } from './resource-policy.ts';
import type { ResourceTable } from './resource-selection.ts';
import type { ResponseCache } from './response-cache.ts';
import type { StageExecutionLog } from './stage-execution-log.ts';

export interface MethodPipeline {
  readonly plan: RestMethodPlan;
  /** `GET /pets/{id}` */
  readonly routeKey: string;
  /** Undefined only for methods that ask for no authorization. */
  readonly authorizer: Authorizer | undefined;
  /** Undefined when no API key is required. */
  readonly meter: BoundMeter | undefined;
  readonly throttle: TokenBucket | undefined;
  readonly validator: RequestValidator | undefined;
  readonly cache: ResponseCache | undefined;
  readonly integration: Integration;
  /** Where detailed metrics are on. */
  readonly metrics: RequestMetrics | undefined;
}

/** A canary of a stage: what it serves, and how much of the traffic. */
export interface Canary {
  /** 0 to 100 */
  readonly percentTraffic: number;
  readonly pipeline: RestApiPipeline;
}

export interface RestApiPipeline {
  readonly plan: RestApiPlan;
  /** The part of the traffic that another pipeline answers. */
  readonly canary: Canary | undefined;
  readonly resources: ResourceTable<MethodPipeline>;
  readonly webAcl: StageWebAcl | undefined;
  /** Nobody gets in, whoever asks. */
  readonly closed: Refusal | undefined;
  readonly resourcePolicy: ResourcePolicy | undefined;
  readonly accountThrottle: TokenBucket | undefined;
  readonly gatewayResponses: GatewayResponses;
  readonly binaryMediaTypes: BinaryMediaTypes;
  readonly metrics: RequestMetrics | undefined;
  readonly exchanges: ExchangeSink;
  readonly deadlines: Deadlines;
  readonly accessLog: AccessLog<Exchange> | undefined;
  readonly executionLog: StageExecutionLog | undefined;
  readonly tracesData: boolean;
  /** Of a stage that traces. */
  readonly tracer: StageTracer | undefined;
  /** Refusals carry `x-stagegate-request`. */
  readonly developerHeaders: boolean;
}
