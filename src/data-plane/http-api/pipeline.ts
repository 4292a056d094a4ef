// The machine that a plan becomes: what invoke() runs through for every request of one (HTTP API, stage). Slots that are undefined
// are stages this API or route does not have.

import type { HttpApiPlan, RoutePlan } from '../../model/http-api-plan.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { Authorizer } from '../authorizers/authorizer.ts';
import type { Integration } from '../integrations/integration.ts';
import type { Deadlines, ExchangeSink } from '../ports.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { CorsPolicy } from './cors.ts';
import type { Exchange } from './exchange.ts';
import type { RouteTable, SelectableRoute } from './route-selection.ts';
import type { TokenBucket } from './throttle.ts';

export interface RoutePipeline extends SelectableRoute {
  readonly plan: RoutePlan;
  /** Undefined only where the plan's authorizationType is NONE. */
  readonly authorizer: Authorizer | undefined;
  readonly throttle: TokenBucket | undefined;
  readonly integration: Integration;
  /** Where detailed metrics are on. */
  readonly metrics: RequestMetrics | undefined;
}

export interface HttpApiPipeline {
  readonly plan: HttpApiPlan;
  readonly cors: CorsPolicy | undefined;
  readonly routes: RouteTable<RoutePipeline>;
  readonly accountThrottle: TokenBucket | undefined;
  readonly metrics: RequestMetrics | undefined;
  readonly exchanges: ExchangeSink;
  readonly accessLog: AccessLog<Exchange> | undefined;
  readonly deadlines: Deadlines;
  /** Refusals carry `x-stagegate-request`. */
  readonly developerHeaders: boolean;
}
