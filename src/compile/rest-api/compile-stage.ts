// A stage of a REST API, compiled: its own deployment, and beside it what its canary serves.

import type { RestApiPorts, Upstreams } from '../../data-plane/ports.ts';
import type { RestApiPipeline } from '../../data-plane/rest-api/pipeline.ts';
import type { AccessLogDestination } from '../../model/http-api-plan.ts';
import type { RestApiSnapshot, RestStage } from '../../model/rest-api.ts';
import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import type { AccountLimits } from '../http-api/plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import type { CounterSlots } from '../slot-allocator.ts';
import { assembleRestApi } from './assemble.ts';
import { planRestApi } from './plan.ts';

export interface RestStageWithSnapshots {
  readonly stage: RestStage;
  readonly snapshot: RestApiSnapshot;
  readonly canarySnapshot?: RestApiSnapshot;
}

export interface RestStageSurroundings {
  readonly slots: CounterSlots;
  readonly accountLimits: AccountLimits | undefined;
  readonly surroundings: Surroundings;
  readonly ports: RestApiPorts;
  readonly upstreams: Upstreams;
}

export function compileRestStage(
  { stage, snapshot, canarySnapshot }: RestStageWithSnapshots,
  { slots, accountLimits, surroundings, ports, upstreams }: RestStageSurroundings,
): RestApiPipeline {
  const plan = planRestApi(snapshot, stage, slots, accountLimits, surroundings);
  const { canarySettings } = stage;
  if (canarySettings === undefined || canarySnapshot === undefined) return assembleRestApi(plan, ports, upstreams);
  // AWS: a canary's variables are laid over the stage's. Seen: recorded responses.
  const canaryStage = { ...stage, variables: { ...stage.variables, ...canarySettings.stageVariableOverrides } };
  const canaryPlan = {
    ...planRestApi(canarySnapshot, canaryStage, slots, accountLimits, surroundings),
    isCanary: true,
    ...logsOfCanary(plan),
    ...(canarySettings.useStageCache ? {} : { cacheApart: true as const }),
  };
  return assembleRestApi(plan, ports, upstreams, {
    percentTraffic: canarySettings.percentTraffic,
    pipeline: assembleRestApi(canaryPlan, ports, upstreams),
  });
}

/**
 * AWS: a canary has log groups of its own, named like those of its stage with `/Canary` behind.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
 */
function logsOfCanary({ accessLog, executionLog }: RestApiPlan): Pick<RestApiPlan, 'accessLog' | 'executionLog'> {
  return {
    ...(accessLog === undefined ? {} : { accessLog: { ...accessLog, destination: canaryGroup(accessLog.destination) } }),
    ...(executionLog === undefined ? {} : { executionLog: canaryGroup(executionLog) }),
  };
}

function canaryGroup({ scope, logGroupName }: AccessLogDestination): AccessLogDestination {
  return { scope, logGroupName: `${logGroupName}/Canary` };
}
