// Stage: CreateStage, GetStage, GetStages, UpdateStage, DeleteStage, DeleteRouteSettings, DeleteAccessLogSettings.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { loadClientCertificate } from '../apigateway/client-certificates.ts';
import { toAccessLogSettingsOutput, updatedAccessLogSettings } from './access-log-settings.ts';
import { assertNotMapped } from './api-mappings.ts';
import { deployStage } from './auto-deploy.ts';
import {
  type AnyApi,
  type AnyRoute,
  type AnyStage,
  keyUnderApi,
  loadAll,
  loadApi,
  loadDeployment,
  loadStage,
  routeKind,
  stageKind,
} from './documents.ts';
import { assertAbsent, assertLength, updatedText } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import {
  firstRouteSettings,
  toRouteSettingsOutput,
  unknownRouteSettings,
  updatedRouteSettings,
  updatedSettingsByRoute,
  updatedStageVariables,
} from './stage-settings.ts';
import { newTags } from './tag-rules.ts';

export function stageOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateStage(input: Input<'CreateStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('Description', input.Description, 0, 1024);
      const autoDeploy = input.AutoDeploy === true;
      if (autoDeploy && hasText(input.DeploymentId)) throw deploymentOfAutoDeploy(input.StageName);
      const tags = newTags(input.Tags, context.quotas);
      return store.transact(async (transaction) => {
        const { apiId, protocolType } = await loadApi(transaction, scope, input.ApiId);
        const stageName = checkedStageName(input.StageName, protocolType);
        const certificate = await checkedCertificate(transaction, scope, input, undefined, protocolType);
        const stages = await loadAll<AnyStage>(transaction, scope, stageKind, apiId);
        if (stages.some((stage) => stage.stageName === stageName)) throw conflict('Stage already exists');
        if (stages.length >= context.quotas.stagesPerApi) throw quotaReached('Stages');
        if (hasText(input.DeploymentId)) await loadDeployment(transaction, scope, apiId, input.DeploymentId);
        const routes = await loadAll<AnyRoute>(transaction, scope, routeKind, apiId);
        const now = context.timestamp();
        const stage: AnyStage = present({
          stageName,
          autoDeploy,
          deploymentId: hasText(input.DeploymentId) ? input.DeploymentId : undefined,
          description: updatedText(input.Description, undefined),
          defaultRouteSettings: updatedRouteSettings(input.DefaultRouteSettings, firstRouteSettings(protocolType), protocolType),
          routeSettings: updatedSettingsByRoute(input.RouteSettings, {}, routes, protocolType),
          stageVariables: updatedStageVariables(input.StageVariables, {}, context.quotas),
          accessLogSettings: updatedAccessLogSettings(input.AccessLogSettings, undefined, scope),
          ...certificate,
          createdDate: now,
          lastUpdatedDate: now,
          tags,
        });
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stageName), stage);
        if (autoDeploy) await deployStage(transaction, context, scope, apiId, stage);
        // AWS: the answer does not have the automatic deployment yet, a later GetStage has. Seen: aws-cli examples, create-stage.
        return toStageOutput(stage);
      });
    },

    async GetStage(input: Input<'GetStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toStageOutput(await loadStage(store, scope, apiId, input.StageName));
    },

    async GetStages(input: Input<'GetStages'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetStages', scope.account, scope.region, apiId];
      const page = await store.list<AnyStage>(scope, stageKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toStageOutput), NextToken: nextToken(page, list) });
    },

    async UpdateStage(input: Input<'UpdateStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('Description', input.Description, 0, 1024);
      return store.transact(async (transaction) => {
        const { apiId, protocolType } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadStage(transaction, scope, apiId, input.StageName);
        const certificate = await checkedCertificate(transaction, scope, input, former, protocolType);
        const autoDeploy = input.AutoDeploy ?? former.autoDeploy;
        const chosen = hasText(input.DeploymentId) ? input.DeploymentId : undefined;
        if (chosen !== undefined) {
          // AWS: refused. Seen: aws-controllers-k8s/apigatewayv2-controller#15 leaves the id out for that reason.
          if (autoDeploy) throw deploymentOfAutoDeploy(input.StageName);
          await loadDeployment(transaction, scope, apiId, chosen);
        }
        const routes = await loadAll<AnyRoute>(transaction, scope, routeKind, apiId);
        const stage: AnyStage = present({
          ...former,
          autoDeploy,
          deploymentId: chosen ?? former.deploymentId,
          // The message is about the deployment the stage had before.
          lastDeploymentStatusMessage: chosen === undefined ? former.lastDeploymentStatusMessage : undefined,
          description: updatedText(input.Description, former.description),
          defaultRouteSettings: updatedRouteSettings(input.DefaultRouteSettings, former.defaultRouteSettings, protocolType),
          routeSettings: updatedSettingsByRoute(input.RouteSettings, former.routeSettings, routes, protocolType),
          stageVariables: updatedStageVariables(input.StageVariables, former.stageVariables, context.quotas),
          accessLogSettings: updatedAccessLogSettings(input.AccessLogSettings, former.accessLogSettings, scope),
          ...certificate,
          lastUpdatedDate: context.timestamp(),
        });
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), stage);
        if (autoDeploy && !former.autoDeploy) await deployStage(transaction, context, scope, apiId, stage);
        return toStageOutput(await loadStage(transaction, scope, apiId, stage.stageName));
      });
    },

    async DeleteStage(input: Input<'DeleteStage'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { stageName } = await loadStage(transaction, scope, apiId, input.StageName);
        await assertNotMapped(transaction, scope, apiId, stageName);
        await transaction.delete(keyUnderApi(scope, stageKind, apiId, stageName));
        return {};
      });
    },

    async DeleteRouteSettings(input: Input<'DeleteRouteSettings'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadStage(transaction, scope, apiId, input.StageName);
        const settings = new Map(Object.entries(former.routeSettings));
        if (!settings.delete(input.RouteKey ?? '')) throw unknownRouteSettings(input.RouteKey);
        const stage: AnyStage = { ...former, routeSettings: Object.fromEntries(settings), lastUpdatedDate: context.timestamp() };
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), stage);
        return {};
      });
    },

    async DeleteAccessLogSettings(input: Input<'DeleteAccessLogSettings'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadStage(transaction, scope, apiId, input.StageName);
        if (former.accessLogSettings === undefined) return {};
        const { accessLogSettings: _, ...stage } = former;
        const changed: AnyStage = { ...stage, lastUpdatedDate: context.timestamp() };
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), changed);
        return {};
      });
    },
  } satisfies V2Operations;
}

/** Stage names. Source: developer guide, "Stages for HTTP APIs", and API reference, Stage. A WebSocket API has no `$default` stage. */
function checkedStageName(stageName: string | undefined, protocolType: AnyApi['protocolType']): string {
  if (stageName !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(stageName)) return stageName;
  if (stageName === '$default' && protocolType === 'HTTP') return stageName;
  // AWS: these words, which do not name the hyphen that is taken. Seen: cdk-preflight's deployed cases, pf-apigwv2-stage-name-charset.
  throw badRequest('Stage name only allows a-zA-Z0-9_');
}

/** Of WebSocket APIs only; it must be there. An empty id takes it away. */
async function checkedCertificate(
  reader: Reader,
  scope: Scope,
  { ClientCertificateId }: Input<'CreateStage'> | Input<'UpdateStage'>,
  former: AnyStage | undefined,
  protocolType: AnyApi['protocolType'],
): Promise<{ readonly clientCertificateId: string | undefined } | undefined> {
  if (protocolType === 'HTTP') {
    assertAbsent({ ClientCertificateId });
    return undefined;
  }
  if (hasText(ClientCertificateId)) await loadClientCertificate(reader, scope, ClientCertificateId);
  const kept = former !== undefined && 'clientCertificateId' in former ? former.clientCertificateId : undefined;
  return { clientCertificateId: updatedText(ClientCertificateId, kept) };
}

/** AWS: how the sentence begins and ends. Seen: go-to-k/cdk-real-drift#257; what is between is ours. */
function deploymentOfAutoDeploy(stageName: string | undefined): Error {
  return badRequest(`Deployment ID cannot be set on stage ${stageName} because AutoDeploy is enabled`);
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function toStageOutput(stage: AnyStage) {
  return present({
    AccessLogSettings: toAccessLogSettingsOutput(stage.accessLogSettings),
    ApiGatewayManaged: 'apiGatewayManaged' in stage ? stage.apiGatewayManaged : undefined,
    // AWS: absent when false. Seen: aws-cli examples, create-stage.
    AutoDeploy: stage.autoDeploy ? true : undefined,
    ClientCertificateId: 'clientCertificateId' in stage ? stage.clientCertificateId : undefined,
    CreatedDate: new Date(stage.createdDate),
    DefaultRouteSettings: toRouteSettingsOutput(stage.defaultRouteSettings),
    DeploymentId: stage.deploymentId,
    Description: stage.description,
    LastDeploymentStatusMessage: stage.lastDeploymentStatusMessage,
    LastUpdatedDate: new Date(stage.lastUpdatedDate),
    RouteSettings: Object.fromEntries(
      Object.entries(stage.routeSettings).map(([routeKey, settings]) => [routeKey, toRouteSettingsOutput(settings)]),
    ),
    StageName: stage.stageName,
    StageVariables: { ...stage.stageVariables },
    Tags: { ...stage.tags },
  });
}
