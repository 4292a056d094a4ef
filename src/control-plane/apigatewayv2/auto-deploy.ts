// Stages with autoDeploy follow every change of their API's definition. AWS does this some seconds later; here it is part of the
// change itself, so that a change that was acknowledged is live.

import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import {
  type AnyStage,
  deploymentKind,
  keyUnderApi,
  loadAll,
  loadApi,
  type StoredDeployment,
  snapshotKind,
  stageKind,
} from './documents.ts';
import { freezeDeployment, noRoutesMessage } from './freeze-deployment.ts';
import { present, type ServiceContext } from './service.ts';

/** AWS: these words. Seen: aws-cli examples, apigatewayv2 get-deployment. */
const automaticDescription = 'Automatic deployment triggered by changes to the Api configuration';

/** To be called in the transaction of every change to an API, its routes or its integrations. */
export async function deployAutomatically(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  apiId: string,
): Promise<void> {
  if (context.holdsDeployments === true) return;
  const stages = await loadAll<AnyStage>(transaction, scope, stageKind, apiId);
  const following = stages.filter((stage) => stage.autoDeploy);
  if (following.length === 0) return;
  for (const stage of following) await deployStage(transaction, context, scope, apiId, stage);
  await dropOldDeployments(transaction, context, scope, apiId);
}

/** Deploys one stage now. The stage as it is afterwards is in the store. */
export async function deployStage(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  apiId: string,
  stage: AnyStage,
): Promise<void> {
  const api = await loadApi(transaction, scope, apiId);
  const request = { autoDeployed: true, description: automaticDescription };
  const deployment = await freezeDeployment(transaction, context, scope, api, request);
  // An automatic deployment that cannot be made leaves the former one in place and says why.
  const outcome =
    deployment === undefined
      ? { lastDeploymentStatusMessage: noRoutesMessage[api.protocolType] }
      : {
          deploymentId: deployment.deploymentId,
          // AWS: these words. Seen: aws-cli examples, apigatewayv2 get-stage.
          lastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment.deploymentId}'`,
        };
  const updated: AnyStage = present({ ...stage, ...outcome, lastUpdatedDate: context.timestamp() });
  await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), updated);
}

/** Keeps the newest automatic deployments and those that a stage points at. */
async function dropOldDeployments(transaction: Transaction, context: ServiceContext, scope: Scope, apiId: string): Promise<void> {
  const deployments = await loadAll<StoredDeployment>(transaction, scope, deploymentKind, apiId);
  const automatic = deployments.filter((each) => each.autoDeployed).sort((left, right) => right.ordinal - left.ordinal);
  const surplus = automatic.slice(context.quotas.automaticDeploymentsKept);
  if (surplus.length === 0) return;
  const stages = await loadAll<AnyStage>(transaction, scope, stageKind, apiId);
  const used = new Set(stages.map((stage) => stage.deploymentId));
  for (const { deploymentId } of surplus) {
    if (used.has(deploymentId)) continue;
    await transaction.delete(keyUnderApi(scope, deploymentKind, apiId, deploymentId));
    await transaction.delete(keyUnderApi(scope, snapshotKind, apiId, deploymentId));
  }
}
