// Snapshot and stage -> plan: every decision that can be made before the first handshake. Pure data in, pure data out, so that
// golden files, `stagegate explain` and the console all see what the gateway will do.

import { partitionOf } from '../../aws/arn.ts';
import { THROTTLE_WORDS } from '../../data-plane/http-api/bucket-limits.ts';
import type { WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { ThrottlePlan } from '../../model/http-api-plan.ts';
import type { WebSocketRoute, WebSocketRouteSettings, WebSocketStage } from '../../model/websocket-api.ts';
import type { WebSocketApiPlan, WebSocketRoutePlan } from '../../model/websocket-api-plan.ts';
import { requestSelection } from '../../selection-expression/selection-scopes.ts';
import { planAccessLog } from '../http-api/access-log-format.ts';
import { ACCOUNT_LIMITS, type AccountLimits, counterKeyPrefix } from '../http-api/plan.ts';
import { nothingAround, type Surroundings } from '../http-api/surroundings.ts';
import type { CounterSlots } from '../slot-allocator.ts';
import { planAuthorization } from './authorization-plan.ts';
import { planIntegration } from './integration-plan.ts';
import { planSelection } from './selection-plan.ts';
import { planValidation } from './validation-plan.ts';

export function planWebSocketApi(
  snapshot: WebSocketApiSnapshot,
  stage: WebSocketStage,
  slots: CounterSlots,
  accountLimits: AccountLimits | undefined,
  surroundings: Surroundings = nothingAround,
): WebSocketApiPlan {
  const { scope, apiId } = snapshot;
  const keyPrefix = counterKeyPrefix(snapshot, stage.stageName);
  const routes = [...snapshot.routes].sort((a, b) => (a.routeKey < b.routeKey ? -1 : 1));
  return {
    scope,
    apiId,
    apiName: snapshot.apiName,
    stageName: stage.stageName,
    deploymentId: snapshot.deploymentId,
    disableExecuteApiEndpoint: snapshot.disableExecuteApiEndpoint,
    stageVariables: stage.stageVariables,
    routeSelection: planSelection(snapshot.routeSelectionExpression, requestSelection),
    apiKeySource: snapshot.apiKeySelectionExpression === '$context.authorizer.usageIdentifierKey' ? 'AUTHORIZER' : 'HEADER',
    ...(accountLimits === undefined ? {} : { accountThrottle: planAccountThrottle(accountLimits) }),
    ...(stage.accessLogSettings === undefined ? {} : { accessLog: planAccessLog(stage.accessLogSettings) }),
    ...(stage.clientCertificateId === undefined ? {} : { clientCertificateId: stage.clientCertificateId }),
    ...planExecutionLog(),
    routes: routes.map(planRoute),
  };

  function planRoute(route: WebSocketRoute): WebSocketRoutePlan {
    const settings = settingsOf(stage, route.routeKey);
    const throttle = planThrottle(settings, route.routeKey);
    const routeArn = executeApiArn(`${stage.stageName}/${route.routeKey}`);
    const integration = planIntegration(snapshot, stage, route, routeArn, surroundings);
    const validation = planValidation(snapshot, route);
    return {
      routeId: route.routeId,
      routeKey: route.routeKey,
      ...(route.operationName === undefined ? {} : { operationName: route.operationName }),
      routeArn,
      authorization: planAuthorization(snapshot, stage, route, executeApiArn),
      apiKeyRequired: route.apiKeyRequired,
      requiredParameters: requiredParametersOf(route),
      ...(throttle === undefined ? {} : { throttle }),
      ...(validation === undefined ? {} : { validation }),
      integration,
      returnsResponse: returnsResponse(snapshot, route),
      ...executionLogSettingsOf(settings),
      detailedMetricsEnabled: settings.detailedMetricsEnabled ?? false,
    };
  }

  /** AWS: `…:{apiId}/{stage}/{routeKey}`. Seen: developer guide, Lambda permissions and IAM policies of WebSocket APIs. */
  function executeApiArn(what: string): string {
    return `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:${apiId}/${what}`;
  }

  /** AWS: named like the groups of REST APIs. Seen: developer guide, which says of them only that they are set up alike. */
  function planExecutionLog(): Pick<WebSocketApiPlan, 'executionLog'> {
    const settings = routes.map(({ routeKey }) => settingsOf(stage, routeKey));
    if (settings.every(({ loggingLevel = 'OFF' }) => loggingLevel === 'OFF')) return {};
    return { executionLog: { scope, logGroupName: `API-Gateway-Execution-Logs_${apiId}/${stage.stageName}` } };
  }

  function planThrottle(settings: WebSocketRouteSettings, routeKey: string): ThrottlePlan | undefined {
    if (settings.throttlingRateLimit === undefined && settings.throttlingBurstLimit === undefined) return undefined;
    return {
      slot: slots.allocate(`${keyPrefix}throttle/${routeKey}`, THROTTLE_WORDS),
      rateLimit: settings.throttlingRateLimit ?? ACCOUNT_LIMITS.rateLimit,
      burstLimit: settings.throttlingBurstLimit ?? ACCOUNT_LIMITS.burstLimit,
    };
  }

  function planAccountThrottle(limits: AccountLimits): ThrottlePlan {
    // APIs of every kind of one account and region take from the same bucket.
    return { slot: slots.allocate(`${scope.account}/${scope.region}//throttle`, THROTTLE_WORDS), ...limits };
  }
}

/** AWS: settings of a route replace the default settings as a whole, as on HTTP APIs. */
function settingsOf(stage: WebSocketStage, routeKey: string): WebSocketRouteSettings {
  return Object.hasOwn(stage.routeSettings, routeKey)
    ? (stage.routeSettings[routeKey] as WebSocketRouteSettings)
    : stage.defaultRouteSettings;
}

function requiredParametersOf({ requestParameters }: WebSocketRoute): readonly string[] {
  return Object.entries(requestParameters ?? {})
    .filter(([, { required }]) => required === true)
    .map(([name]) => name)
    .sort();
}

/** AWS: both are asked for. Seen: serverless#7233. A handshake and its end have no message to answer. */
function returnsResponse({ routeResponses }: WebSocketApiSnapshot, route: WebSocketRoute): boolean {
  return (
    route.routeKey !== '$connect' &&
    route.routeKey !== '$disconnect' &&
    route.routeResponseSelectionExpression !== undefined &&
    routeResponses.some(({ routeId }) => routeId === route.routeId)
  );
}

function executionLogSettingsOf({
  loggingLevel,
  dataTraceEnabled,
}: WebSocketRouteSettings): Pick<WebSocketRoutePlan, 'executionLog'> {
  if (loggingLevel === undefined || loggingLevel === 'OFF') return {};
  return { executionLog: { level: loggingLevel, dataTrace: dataTraceEnabled ?? false } };
}
