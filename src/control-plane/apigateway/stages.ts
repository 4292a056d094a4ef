// Stage: CreateStage, GetStage, GetStages, UpdateStage, DeleteStage, FlushStageCache, FlushStageAuthorizersCache.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html

import type { Caller } from '../../aws/operations.ts';
import type { RestDeployment, RestStage } from '../../model/rest-api.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { applyPatch } from '../patch/patch-table.ts';
import { checkAccessLogSettings } from './access-log-rules.ts';
import { assertNotMapped } from './base-path-mappings.ts';
import { loadClientCertificate } from './client-certificates.ts';
import {
  deploymentKind,
  documentationVersionKind,
  find,
  keyUnderApi,
  loadAll,
  loadRestApi,
  loadStage,
  stageKind,
} from './documents.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { toStageOutput } from './stage-output.ts';
import { stagePatch } from './stage-patch.ts';
import {
  assertNotTooManyVariables,
  cacheClusterOf,
  checkedPercentTraffic,
  checkedStageName,
  checkedVariables,
} from './stage-rules.ts';
import { takeOutOfUsagePlans } from './usage-documents.ts';

export function stageOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateStage(input: Input<'CreateStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const stageName = checkedStageName(input.stageName);
      if (!input.deploymentId) throw badRequest('DeploymentId cannot be empty');
      const deploymentId = input.deploymentId;
      const tags = newTags(input.tags, context.quotas);
      const { canarySettings: canary } = input;
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        const stages = await loadAll<RestStage>(transaction, scope, stageKind, id);
        if (stages.some((stage) => stage.stageName === stageName)) throw conflict('Stage already exists');
        if (stages.length >= context.quotas.stagesPerApi) throw quotaReached('Stages');
        const now = context.timestamp();
        const stage: RestStage = present({
          stageName,
          deploymentId,
          description: input.description || undefined,
          ...cacheClusterOf(input.cacheClusterEnabled ?? false, input.cacheClusterSize),
          methodSettings: {},
          variables: checkedVariables(input.variables, context.quotas),
          documentationVersion: input.documentationVersion || undefined,
          canarySettings:
            canary &&
            present({
              percentTraffic: checkedPercentTraffic(canary.percentTraffic ?? 0),
              deploymentId: canary.deploymentId ?? deploymentId,
              stageVariableOverrides: checkedVariables(canary.stageVariableOverrides, context.quotas) as never,
              useStageCache: canary.useStageCache ?? false,
            }),
          tracingEnabled: input.tracingEnabled ?? false,
          tags: Object.keys(tags).length === 0 ? undefined : tags,
          createdDate: now,
          lastUpdatedDate: now,
        });
        const deployments = await loadAll<RestDeployment>(transaction, scope, deploymentKind, id);
        assertDeployed(stage, deployments);
        const version = stage.documentationVersion;
        if (version !== undefined)
          await assertDocumented(version, find(transaction, scope, documentationVersionKind, id, version));
        await transaction.put(keyUnderApi(scope, stageKind, id, stageName), stage);
        return toStageOutput(stage);
      });
    },

    async GetStage(input: Input<'GetStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const stage = await loadStage(store, scope, input.restApiId, input.stageName);
      return toStageOutput(stage, context.webAcls.ofStage(scope, input.restApiId ?? '', stage.stageName));
    },

    /** AWS: all of them, never in pages. */
    async GetStages(input: Input<'GetStages'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const stages = await loadAll<RestStage>(store, scope, stageKind, id);
      const wanted = stages.filter(({ deploymentId }) => !input.deploymentId || deploymentId === input.deploymentId);
      return { item: wanted.map((stage) => toStageOutput(stage, context.webAcls.ofStage(scope, id, stage.stageName))) };
    },

    async UpdateStage(input: Input<'UpdateStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const former = await loadStage(transaction, scope, restApiId, input.stageName);
        const deployments = await loadAll<RestDeployment>(transaction, scope, deploymentKind, restApiId);
        const patched = applyPatch(stagePatch, former, input.patchOperations);
        assertDeployed(patched, deployments);
        checkAccessLogSettings(patched, former, scope);
        // Their names and values were checked one by one.
        assertNotTooManyVariables(patched.variables, context.quotas);
        assertNotTooManyVariables(patched.canarySettings?.stageVariableOverrides, context.quotas);
        const version = patched.documentationVersion;
        if (version !== undefined && version !== former.documentationVersion) {
          await assertDocumented(version, find(transaction, scope, documentationVersionKind, restApiId, version));
        }
        const { clientCertificateId } = patched;
        if (clientCertificateId !== undefined && clientCertificateId !== former.clientCertificateId) {
          await loadClientCertificate(transaction, scope, clientCertificateId);
        }
        const stage: RestStage = { ...patched, lastUpdatedDate: context.timestamp() };
        await transaction.put(keyUnderApi(scope, stageKind, restApiId, stage.stageName), stage);
        return toStageOutput(stage, context.webAcls.ofStage(scope, restApiId, stage.stageName));
      });
    },

    async DeleteStage(input: Input<'DeleteStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { stageName } = await loadStage(transaction, scope, input.restApiId, input.stageName);
        await assertNotMapped(transaction, scope, input.restApiId ?? '', stageName);
        await transaction.delete(keyUnderApi(scope, stageKind, input.restApiId ?? '', stageName));
        await takeOutOfUsagePlans(transaction, scope, input.restApiId ?? '', stageName);
        await context.webAcls.forgetStages(transaction, scope, input.restApiId ?? '', stageName);
        return {};
      });
    },

    async FlushStageCache(input: Input<'FlushStageCache'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { stageName } = await loadStage(store, scope, input.restApiId, input.stageName);
      await context.caches.flushResponses(scope, input.restApiId ?? '', stageName);
      return {};
    },

    async FlushStageAuthorizersCache(input: Input<'FlushStageAuthorizersCache'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const stage = await loadStage(transaction, scope, input.restApiId, input.stageName);
        const flushed: RestStage = { ...stage, authorizersCacheFlushes: (stage.authorizersCacheFlushes ?? 0) + 1 };
        await transaction.put(keyUnderApi(scope, stageKind, input.restApiId ?? '', stage.stageName), flushed);
        return {};
      });
    },
  } satisfies V1Operations;
}

/** AWS: these words, of the canary, too. Seen: recorded answer, test_update_stage_canary_deployment_validation. */
function assertDeployed(stage: RestStage, deployments: readonly RestDeployment[]): void {
  const ids = new Set(deployments.map(({ id }) => id));
  const used = [stage.deploymentId, stage.canarySettings?.deploymentId];
  if (used.some((id) => id !== undefined && !ids.has(id))) throw badRequest('Deployment id does not exist');
}

async function assertDocumented(version: string, found: Promise<unknown>): Promise<void> {
  if ((await found) === undefined) throw notFound(`Invalid Documentation version specified: ${version}`);
}
