// Snapshot and stage -> plan: every decision that can be made before the first request. Pure data in, pure data out, so that
// golden files, `stagegate explain` and the console all see what the gateway will do.

import { THROTTLE_WORDS } from '../../data-plane/http-api/bucket-limits.ts';
import type { PathSegment, ThrottlePlan } from '../../model/http-api-plan.ts';
import type { RestApi, RestApiSnapshot, RestMethod, RestResource, RestStage } from '../../model/rest-api.ts';
import type { GatewayResponsePlan, GatewayResponseType, RestApiPlan, RestMethodPlan } from '../../model/rest-api-plan.ts';
import { planAccessLog } from '../http-api/access-log-format.ts';
import { ACCOUNT_LIMITS, type AccountLimits } from '../http-api/plan.ts';
import { nothingAround, type Surroundings } from '../http-api/surroundings.ts';
import type { CounterSlots } from '../slot-allocator.ts';
import { planAuthorization } from './authorization-plan.ts';
import { planIntegration } from './integration-plan.ts';
import { planMethodCache } from './method-cache-plan.ts';
import { executionLogSettingsOf, hasDetailedMetrics, throttleSettingsOf } from './method-settings.ts';
import { planResourcePolicy } from './resource-policy-plan.ts';
import { planValidation } from './validation-plan.ts';

/** The prefix of every counter key of an API, or of one of its stages: what `SlotAllocator.release` takes. */
export function counterKeyPrefix(scope: RestApiSnapshot['scope'], restApiId: string, stageName?: string): string {
  const api = `${scope.account}/${scope.region}/${restApiId}/`;
  return stageName === undefined ? api : `${api}${stageName}/`;
}

export function planRestApi(
  snapshot: RestApiSnapshot,
  stage: RestStage,
  slots: CounterSlots,
  accountLimits: AccountLimits | undefined,
  surroundings: Surroundings = nothingAround,
): RestApiPlan {
  const { scope, restApi } = snapshot;
  const keyPrefix = counterKeyPrefix(scope, restApi.id, stage.stageName);
  const resources = new Map(snapshot.resources.map((resource) => [resource.id, resource]));
  const methods = snapshot.methods
    .flatMap((method) => {
      const resource = resources.get(method.resourceId);
      return resource === undefined ? [] : [{ resource, method }];
    })
    .sort((a, b) => compareText(a.resource.path, b.resource.path) || compareText(a.method.httpMethod, b.method.httpMethod));
  return {
    scope,
    apiId: restApi.id,
    apiName: restApi.name,
    stageName: stage.stageName,
    deploymentId: snapshot.deploymentId,
    disableExecuteApiEndpoint: restApi.disableExecuteApiEndpoint,
    ...planPrivateApi(restApi),
    stageVariables: stage.variables ?? {},
    ...(stage.canarySettings === undefined ? {} : { isCanary: false }),
    apiKeySource: restApi.apiKeySource,
    binaryMediaTypes: restApi.binaryMediaTypes ?? [],
    ...(restApi.minimumCompressionSize === undefined ? {} : { minimumCompressionSize: restApi.minimumCompressionSize }),
    ...planResourcePolicy(snapshot, stage),
    gatewayResponses: planGatewayResponses(snapshot),
    ...(accountLimits === undefined ? {} : { accountThrottle: planAccountThrottle(accountLimits) }),
    ...planAccessLogOf(stage),
    ...planExecutionLog(snapshot, stage),
    ...(stage.tracingEnabled ? { tracing: true as const } : {}),
    ...(stage.cacheClusterEnabled ? { cacheClusterSize: stage.cacheClusterSize ?? '0.5' } : {}),
    ...(stage.clientCertificateId === undefined ? {} : { clientCertificateId: stage.clientCertificateId }),
    methods: methods.map(({ resource, method }) => planMethod(resource, method)),
  };

  function planMethod(resource: RestResource, method: RestMethod): RestMethodPlan {
    const throttle = planThrottle(resource, method);
    const validation = planValidation(snapshot, method);
    const executionLog = executionLogSettingsOf(stage.methodSettings, resource.path, method.httpMethod);
    const cache = planMethodCache(stage, resource, method);
    return {
      resourceId: resource.id,
      resourcePath: resource.path,
      segments: segmentsOf(resource.path),
      httpMethod: method.httpMethod,
      ...(method.operationName === undefined ? {} : { operationName: method.operationName }),
      authorization: planAuthorization(snapshot, stage, method, surroundings),
      apiKeyRequired: method.apiKeyRequired,
      ...(throttle === undefined ? {} : { throttle }),
      ...(validation === undefined ? {} : { validation }),
      ...(executionLog === undefined ? {} : { executionLog }),
      ...(hasDetailedMetrics(stage.methodSettings, resource.path, method.httpMethod) ? { detailedMetrics: true as const } : {}),
      ...(cache === undefined ? {} : { cache }),
      integration: planIntegration(snapshot, stage, resource, method, surroundings),
    };
  }

  function planThrottle(resource: RestResource, method: RestMethod): ThrottlePlan | undefined {
    const settings = throttleSettingsOf(stage.methodSettings, resource.path, method.httpMethod);
    if (settings === undefined) return undefined;
    const slot = slots.allocate(`${keyPrefix}throttle/${method.httpMethod} ${resource.path}`, THROTTLE_WORDS);
    return {
      slot,
      rateLimit: settings.rateLimit ?? ACCOUNT_LIMITS.rateLimit,
      burstLimit: settings.burstLimit ?? ACCOUNT_LIMITS.burstLimit,
    };
  }

  function planAccountThrottle(limits: AccountLimits): ThrottlePlan {
    // HTTP and REST APIs of one account and region take from the same bucket.
    return { slot: slots.allocate(`${scope.account}/${scope.region}//throttle`, THROTTLE_WORDS), ...limits };
  }
}

function planPrivateApi({ endpointConfiguration: { types, vpcEndpointIds = [] } }: RestApi): Pick<RestApiPlan, 'privateApi'> {
  return types.includes('PRIVATE') ? { privateApi: { vpcEndpointIds } } : {};
}

function planGatewayResponses({ gatewayResponses }: RestApiSnapshot): RestApiPlan['gatewayResponses'] {
  const plans: Partial<Record<GatewayResponseType, GatewayResponsePlan>> = {};
  for (const { responseType, statusCode, responseParameters, responseTemplates } of gatewayResponses) {
    plans[responseType as GatewayResponseType] = {
      ...(statusCode === undefined ? {} : { statusCode: Number(statusCode) }),
      responseParameters,
      responseTemplates,
    };
  }
  return plans;
}

/** AWS takes a destination without a format. Nothing says what a line of it would hold, so there is none. */
function planAccessLogOf({ accessLogSettings: { destinationArn, format } = {} }: RestStage): Pick<RestApiPlan, 'accessLog'> {
  return destinationArn === undefined || format === undefined ? {} : { accessLog: planAccessLog({ destinationArn, format }) };
}

/** AWS: the group's name. Seen: developer guide; https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function planExecutionLog({ scope, restApi }: RestApiSnapshot, stage: RestStage): Pick<RestApiPlan, 'executionLog'> {
  if (!Object.values(stage.methodSettings).some(({ loggingLevel }) => loggingLevel !== 'OFF')) return {};
  return { executionLog: { scope, logGroupName: `API-Gateway-Execution-Logs_${restApi.id}/${stage.stageName}` } };
}

/** `/pets/{id}/{proxy+}` as data. */
export function segmentsOf(path: string): readonly PathSegment[] {
  const text = path.replace(/^\//, '');
  return text === '' ? [] : text.split('/').map(toSegment);
}

function toSegment(text: string): PathSegment {
  if (!text.startsWith('{') || !text.endsWith('}')) return { kind: 'literal', text };
  if (text.endsWith('+}')) return { kind: 'greedy', name: text.slice(1, -2) };
  return { kind: 'variable', name: text.slice(1, -1) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
