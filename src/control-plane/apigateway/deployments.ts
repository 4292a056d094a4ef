// Deployment: CreateDeployment, GetDeployment, GetDeployments, UpdateDeployment, DeleteDeployment.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html

import type { Caller } from '../../aws/operations.ts';
import type { RestDeployment, RestStage } from '../../model/rest-api.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { deployToStage } from './deploy-to-stage.ts';
import { deploymentKind, keyUnderApi, loadAll, loadDeployment, loadRestApi, snapshotKind, stageKind } from './documents.ts';
import { freezeDeployment } from './freeze-deployment.ts';
import { pageOf } from './paging.ts';
import { badRequest } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function deploymentOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** With `stageName`, the stage is made or points at the new deployment in the same step; with `canarySettings`, its canary does. */
    async CreateDeployment(input: Input<'CreateDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const restApi = await loadRestApi(transaction, scope, input.restApiId);
        if (input.canarySettings !== undefined && !input.stageName) {
          // AWS: without a space after the full stop, and Java's null. Seen: recorded answer, test_create_canary_deployment_validation.
          throw badRequest(
            `Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is ${input.stageName ?? 'null'}`,
          );
        }
        const deployment = await freezeDeployment(transaction, context, scope, restApi, input.description);
        if (input.stageName) await deployToStage(transaction, context, scope, deployment.id, input);
        return toDeploymentOutput(deployment, false);
      });
    },

    async GetDeployment(input: Input<'GetDeployment'>, caller: Caller) {
      const deployment = await loadDeployment(store, scopeOf(caller), input.restApiId, input.deploymentId);
      return toDeploymentOutput(deployment, embedsSummary(input.embed));
    },

    async GetDeployments(input: Input<'GetDeployments'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const deployments = await loadAll<RestDeployment>(store, scope, deploymentKind, id);
      const list = ['GetDeployments', scope.account, scope.region, id];
      const page = pageOf(deployments, (deployment) => deployment.id, input, list);
      return present({
        items: page.items.map((deployment) => toDeploymentOutput(deployment, false)),
        position: page.position,
      });
    },

    /** The description is all that can change; what was frozen stays as it is. */
    async UpdateDeployment(input: Input<'UpdateDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadDeployment(transaction, scope, input.restApiId, input.deploymentId);
        const deployment = applyPatch(deploymentPatch, former, input.patchOperations);
        await transaction.put(keyUnderApi(scope, deploymentKind, input.restApiId ?? '', deployment.id), deployment);
        return toDeploymentOutput(deployment, false);
      });
    },

    async DeleteDeployment(input: Input<'DeleteDeployment'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const { id } = await loadDeployment(transaction, scope, restApiId, input.deploymentId);
        const stages = await loadAll<RestStage>(transaction, scope, stageKind, restApiId);
        if (stages.some(({ deploymentId, canarySettings }) => deploymentId === id || canarySettings?.deploymentId === id)) {
          throw badRequest('Active stages pointing to this deployment must be moved or deleted');
        }
        await transaction.delete(keyUnderApi(scope, deploymentKind, restApiId, id));
        await transaction.delete(keyUnderApi(scope, snapshotKind, restApiId, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const deploymentPatch: PatchTable<RestDeployment> = { manner: 'plain', rows: [textRow('description')] };

function embedsSummary(embed: readonly string[] | undefined): boolean {
  if (embed === undefined || embed.length === 0) return false;
  // AWS: `apisummary` is all that can be embedded. Seen: API reference, GetDeployment.
  if (embed.every((name) => name.toLowerCase() === 'apisummary')) return true;
  throw badRequest(`Invalid embed parameter specified: [${embed.join(', ')}]`);
}

function toDeploymentOutput(deployment: RestDeployment, embedsApiSummary: boolean) {
  const summary = Object.entries(deployment.apiSummary).map(([path, verbs]) => [path, { ...verbs }] as const);
  return present({
    id: deployment.id,
    description: deployment.description,
    createdDate: new Date(deployment.createdDate),
    apiSummary: embedsApiSummary ? Object.fromEntries(summary) : undefined,
  });
}
