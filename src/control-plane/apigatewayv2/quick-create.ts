// Quick create: CreateApi with a target makes the API, one integration, one route and an automatically deployed $default stage.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html

import type { Api, Integration, Route, Stage } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { checkCredentials } from '../apigateway/integration-rules.ts';
import { deployStage } from './auto-deploy.ts';
import { integrationKind, keyUnderApi, loadAll, routeKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { checkedFunctionUri, checkedHttpUri, typeOfTarget } from './integration-uri.ts';
import { updatedText } from './member-rules.ts';
import { badRequest, conflict } from './refusals.ts';
import { checkedRouteKey } from './route-key.ts';
import { type Input, present, type ServiceContext } from './service.ts';

type QuickCreateMembers = Pick<Input<'CreateApi'>, 'Target' | 'RouteKey' | 'CredentialsArn'>;

export async function quickCreate(
  transaction: Transaction,
  context: ServiceContext,
  scope: Scope,
  api: Api,
  { Target, RouteKey, CredentialsArn }: QuickCreateMembers,
): Promise<void> {
  const { apiId } = api;
  if (Target === undefined) {
    if (RouteKey !== undefined) throw badRequest('RouteKey is part of quick create and needs a Target');
    if (CredentialsArn) throw badRequest('CredentialsArn is part of quick create and needs a Target');
    return;
  }
  const integrationId = await newIdentifier(transaction, 'integration', (id) => keyUnderApi(scope, integrationKind, apiId, id));
  const integration = managedIntegration(integrationId, Target, updatedText(CredentialsArn, undefined));
  await transaction.put(keyUnderApi(scope, integrationKind, apiId, integrationId), integration);
  const routeId = await newIdentifier(transaction, 'route', (id) => keyUnderApi(scope, routeKind, apiId, id));
  const route: Route = {
    routeId,
    routeKey: checkedRouteKey(RouteKey ?? '$default'),
    authorizationType: 'NONE',
    apiKeyRequired: false,
    target: `integrations/${integrationId}`,
    apiGatewayManaged: true,
  };
  await transaction.put(keyUnderApi(scope, routeKind, apiId, routeId), route);
  const now = context.timestamp();
  const stage: Stage = {
    stageName: '$default',
    autoDeploy: true,
    defaultRouteSettings: { detailedMetricsEnabled: false },
    routeSettings: {},
    stageVariables: {},
    apiGatewayManaged: true,
    createdDate: now,
    lastUpdatedDate: now,
    tags: {},
  };
  await deployStage(transaction, context, scope, apiId, stage);
}

/** UpdateApi may change the target, its credentials and the route key of what quick create made; it makes nothing new. */
export async function changeQuickCreated(
  transaction: Transaction,
  scope: Scope,
  apiId: string,
  { Target, RouteKey, CredentialsArn }: QuickCreateMembers,
): Promise<void> {
  if (Target !== undefined || CredentialsArn) {
    const integrations = await loadAll<Integration>(transaction, scope, integrationKind, apiId);
    const former = integrations.find((integration) => integration.apiGatewayManaged === true);
    if (former === undefined) {
      const member = Target === undefined ? 'CredentialsArn' : 'Target';
      throw badRequest(`${member} can be updated only on an API that was made by quick create`);
    }
    const { integrationId } = former;
    const target = Target ?? ('integrationUri' in former ? former.integrationUri : '');
    const credentialsArn = updatedText(CredentialsArn, former.credentialsArn);
    const key = keyUnderApi(scope, integrationKind, apiId, integrationId);
    await transaction.put(key, managedIntegration(integrationId, target, credentialsArn));
  }
  if (RouteKey !== undefined) {
    const routes = await loadAll<Route>(transaction, scope, routeKind, apiId);
    const former = routes.find((route) => route.apiGatewayManaged === true);
    if (former === undefined) throw badRequest('RouteKey can be updated only on an API that was made by quick create');
    const routeKey = checkedRouteKey(RouteKey);
    if (routes.some((route) => route.routeKey === routeKey && route.routeId !== former.routeId)) {
      throw conflict(`Route with key ${routeKey} already exists for this API`);
    }
    await transaction.put(keyUnderApi(scope, routeKind, apiId, former.routeId), { ...former, routeKey });
  }
}

function managedIntegration(integrationId: string, target: string, credentialsArn: string | undefined): Integration {
  if (credentialsArn !== undefined) checkCredentials(credentialsArn);
  const shared = present({
    integrationId,
    connectionType: 'INTERNET' as const,
    credentialsArn,
    timeoutInMillis: 30_000,
    apiGatewayManaged: true,
  });
  if (typeOfTarget(target) === 'HTTP_PROXY') {
    const integrationUri = checkedHttpUri(target);
    return { ...shared, integrationType: 'HTTP_PROXY', integrationMethod: 'ANY', integrationUri, payloadFormatVersion: '1.0' };
  }
  const integrationUri = checkedFunctionUri(target);
  return { ...shared, integrationType: 'AWS_PROXY', integrationMethod: 'POST', integrationUri, payloadFormatVersion: '2.0' };
}
