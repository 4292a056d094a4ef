// Whether the responses of a method are cached, and what tells its requests apart.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html

import type { RestIntegration, RestMethod, RestResource, RestStage } from '../../model/rest-api.ts';
import type { MethodCachePlan } from '../../model/rest-api-plan.ts';
import { cacheSettingsOf } from './method-settings.ts';

export function planMethodCache(stage: RestStage, resource: RestResource, method: RestMethod): MethodCachePlan | undefined {
  const integration = method.methodIntegration;
  // AWS: what is streamed is not cached. Seen: developer guide, response streaming.
  if (!stage.cacheClusterEnabled || integration === undefined || integration.responseTransferMode === 'STREAM') return undefined;
  const settings = cacheSettingsOf(stage.methodSettings, resource.path, method.httpMethod);
  if (settings === undefined) return undefined;
  return {
    ttlSeconds: settings.cacheTtlInSeconds,
    encrypted: settings.cacheDataEncrypted,
    requireAuthorizationForCacheControl: settings.requireAuthorizationForCacheControl,
    unauthorizedCacheControlHeaderStrategy: settings.unauthorizedCacheControlHeaderStrategy,
    namespace: integration.cacheNamespace,
    keyParameters: integration.cacheKeyParameters.map((parameter) => sourceOf(parameter, integration)).sort(),
  };
}

/** A parameter of the integration request is known by what it is mapped from. */
function sourceOf(parameter: string, { requestParameters = {} }: RestIntegration): string {
  return parameter.startsWith('integration.request.') && Object.hasOwn(requestParameters, parameter)
    ? (requestParameters[parameter] as string)
    : parameter;
}
