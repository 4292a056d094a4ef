// Deployment: CreateDeployment, GetDeployment, GetDeployments, UpdateDeployment, DeleteDeployment.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments.html

import type { Caller } from '../../aws/operations.ts';
import {
  type AnyStage,
  deploymentKind,
  keyUnderApi,
  loadAll,
  loadApi,
  loadDeployment,
  loadStage,
  type StoredDeployment,
  snapshotKind,
  stageKind,
} from './documents.ts';
import { freezeDeployment, noRoutesMessage } from './freeze-deployment.ts';
import { assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function deploymentOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** With `StageName`, the stage points at the new deployment in the same step. */
    async CreateDeployment(input: Input<'CreateDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('Description', input.Description, 0, 1024);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const stage = input.StageName === undefined ? undefined : await loadStage(transaction, scope, api.apiId, input.StageName);
        if (stage?.autoDeploy === true) {
          throw badRequest(`Deployments cannot be made by hand for stage ${stage.stageName}: it has autoDeploy enabled`);
        }
        const description = updatedText(input.Description, undefined);
        const deployment = await freezeDeployment(transaction, context, scope, api, { autoDeployed: false, description });
        if (deployment === undefined) throw badRequest(noRoutesMessage[api.protocolType]);
        if (stage !== undefined) {
          const updated: AnyStage = present({
            ...stage,
            deploymentId: deployment.deploymentId,
            lastDeploymentStatusMessage: undefined,
            lastUpdatedDate: context.timestamp(),
          });
          await transaction.put(keyUnderApi(scope, stageKind, api.apiId, stage.stageName), updated);
        }
        return toDeploymentOutput(deployment);
      });
    },

    async GetDeployment(input: Input<'GetDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toDeploymentOutput(await loadDeployment(store, scope, apiId, input.DeploymentId));
    },

    async GetDeployments(input: Input<'GetDeployments'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetDeployments', scope.account, scope.region, apiId];
      const page = await store.list<StoredDeployment>(scope, deploymentKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toDeploymentOutput), NextToken: nextToken(page, list) });
    },

    /** The description is all that can change; what was frozen stays as it is. */
    async UpdateDeployment(input: Input<'UpdateDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('Description', input.Description, 0, 1024);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadDeployment(transaction, scope, apiId, input.DeploymentId);
        const deployment: StoredDeployment = present({
          ...former,
          description: updatedText(input.Description, former.description),
        });
        await transaction.put(keyUnderApi(scope, deploymentKind, apiId, deployment.deploymentId), deployment);
        return toDeploymentOutput(deployment);
      });
    },

    async DeleteDeployment(input: Input<'DeleteDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { deploymentId } = await loadDeployment(transaction, scope, apiId, input.DeploymentId);
        const stages = await loadAll<AnyStage>(transaction, scope, stageKind, apiId);
        if (stages.some((stage) => stage.deploymentId === deploymentId)) {
          // REST APIs are recorded with these words; for HTTP APIs they are an analogy.
          throw badRequest('Active stages pointing to this deployment must be moved or deleted');
        }
        await transaction.delete(keyUnderApi(scope, deploymentKind, apiId, deploymentId));
        await transaction.delete(keyUnderApi(scope, snapshotKind, apiId, deploymentId));
        return {};
      });
    },
  } satisfies V2Operations;
}

function toDeploymentOutput(deployment: StoredDeployment) {
  return present({
    AutoDeployed: deployment.autoDeployed,
    CreatedDate: new Date(deployment.createdDate),
    DeploymentId: deployment.deploymentId,
    DeploymentStatus: deployment.deploymentStatus,
    Description: deployment.description,
  });
}
