// The errors of API Gateway v2 in AWS's words.

import { AwsError } from '../../aws/aws-error.ts';

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message);
}

const ofProxies =
  'are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.';

/**
 * What an HTTP API is told that is asked for the nouns of WebSocket APIs.
 * AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-model-websocket-only, pf-apigwv2-route-response-websocket-only and
 * pf-apigwv2-integration-response-websocket-only.
 */
export const ofWebSocketApis = {
  IntegrationResponses: `IntegrationResponses ${ofProxies}`,
  Models: 'Currently, Models are not permitted for APIs with a protocol type of HTTP',
  RouteResponses: `RouteResponses ${ofProxies}`,
} as const;

export type ResourceType =
  | 'Api'
  | 'ApiMapping'
  | 'Authorizer'
  | 'Deployment'
  | 'DomainName'
  | 'Integration'
  | 'IntegrationResponse'
  | 'Model'
  | 'Portal'
  | 'PortalProduct'
  | 'Resource'
  | 'Route'
  | 'RouteResponse'
  | 'RouteSettings'
  | 'RoutingRule'
  | 'Stage'
  | 'VpcLink';

export function notFound(resourceType: ResourceType, message: string): AwsError {
  return new AwsError('NotFoundException', message, { fields: { ResourceType: resourceType } });
}

/**
 * A quota is used up.
 * AWS: status 429 and this sentence. Seen: anomalyco/ion#557 (for authorizers, there under the name ConflictException).
 */
export function quotaReached(
  noun:
    | 'ApiMappings'
    | 'Apis'
    | 'Authorizers'
    | 'DomainNames'
    | 'IntegrationResponses'
    | 'Integrations'
    | 'Routes'
    | 'RoutingRules'
    | 'Stages'
    | 'VpcLinks',
): AwsError {
  const isOfAccount = noun === 'Apis' || noun === 'DomainNames' || noun === 'VpcLinks';
  const where = isOfAccount ? 'account' : noun === 'ApiMappings' || noun === 'RoutingRules' ? 'domain name' : 'API';
  return new AwsError(
    'TooManyRequestsException',
    `Maximum number of ${noun} for this ${where} has been reached. Please contact AWS if you need additional ${noun}.`,
    { fields: { LimitType: noun } },
  );
}
