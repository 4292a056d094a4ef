// CreateDeployment with a stage name: makes the stage, points it at the deployment, or gives it a canary.

import type { CanarySettings, RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { find, keyUnderApi, loadAll, stageKind } from './documents.ts';
import { badRequest, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext } from './service.ts';
import { cacheClusterOf, checkedPercentTraffic, checkedStageName, checkedVariables } from './stage-rules.ts';

export async function deployToStage(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  deploymentId: string,
  input: Input<'CreateDeployment'>,
): Promise<void> {
  const restApiId = input.restApiId ?? '';
  const stageName = checkedStageName(input.stageName);
  const former = await find<RestStage>(transaction, scope, stageKind, restApiId, stageName);
  if (input.canarySettings !== undefined && former === undefined) {
    throw badRequest(
      `Invalid deployment content specified.Stage ${stageName} must already be created before making a canary release deployment`,
    );
  }
  const now = context.timestamp();
  const isCanary = input.canarySettings !== undefined && former !== undefined;
  const stage: RestStage = present({
    ...(former ?? (await newStage(transaction, context, scope, restApiId, stageName, deploymentId, now))),
    ...(isCanary ? { canarySettings: canaryOf(input.canarySettings, deploymentId, context) } : { deploymentId }),
    ...(input.stageDescription ? { description: input.stageDescription } : {}),
    ...(input.variables === undefined ? {} : { variables: checkedVariables(input.variables, context.quotas) as never }),
    ...(input.tracingEnabled === undefined ? {} : { tracingEnabled: input.tracingEnabled }),
    ...(input.cacheClusterEnabled === undefined && input.cacheClusterSize === undefined
      ? {}
      : cacheClusterOf(input.cacheClusterEnabled ?? former?.cacheClusterEnabled ?? false, input.cacheClusterSize)),
    lastUpdatedDate: now,
  });
  await transaction.put(keyUnderApi(scope, stageKind, restApiId, stageName), stage);
}

async function newStage(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  restApiId: string,
  stageName: string,
  deploymentId: string,
  now: string,
): Promise<RestStage> {
  const stages = await loadAll<RestStage>(transaction, scope, stageKind, restApiId);
  if (stages.length >= context.quotas.stagesPerApi) throw quotaReached('Stages');
  return {
    stageName,
    deploymentId,
    ...cacheClusterOf(false, undefined),
    methodSettings: {},
    tracingEnabled: false,
    createdDate: now,
    lastUpdatedDate: now,
  };
}

type SentCanary = NonNullable<Input<'CreateDeployment'>['canarySettings']>;

function canaryOf(sent: SentCanary | undefined, deploymentId: string, context: ServiceContext): CanarySettings {
  return present({
    percentTraffic: checkedPercentTraffic(sent?.percentTraffic ?? 0),
    deploymentId,
    stageVariableOverrides: checkedVariables(sent?.stageVariableOverrides, context.quotas) as never,
    useStageCache: sent?.useStageCache ?? false,
  });
}
