// The properties of a serverless.yml that are about its REST API and its WebSocket API, and what Stagegate does with each.
// Source: Serverless Framework, "Serverless.yml Reference", versions 3 and 4.

import { enforced, ignored, LENIENT, NO_ROLE, OWN_API, type PropertyTable, refused } from './property-treatment.ts';

/** `http` events, when they are a map. */
export const httpEventProperties: PropertyTable = {
  path: enforced,
  method: enforced,
  cors: enforced,
  private: enforced,
  authorizer: enforced,
  integration: enforced,
  request: enforced,
  response: enforced,
  async: enforced,
  timeoutInMillis: enforced,
  operationId: enforced,
  connectionType: enforced,
  connectionId: enforced,
  documentation: ignored('it only documents the method'),
  caching: refused(
    'what serverless-api-gateway-caching adds to a service is not read; stages cache by their own settings',
    LENIENT,
  ),
};

export const httpRequestProperties: PropertyTable = {
  parameters: enforced,
  schemas: enforced,
  // The spelling of version 2.
  schema: enforced,
  template: enforced,
  passThrough: enforced,
  contentHandling: enforced,
  uri: enforced,
  method: enforced,
};

export const httpResponseProperties: PropertyTable = {
  headers: enforced,
  template: enforced,
  statusCodes: enforced,
  contentHandling: enforced,
  transferMode: enforced,
};

/** `authorizer` of an http event, when it is a map. */
export const httpAuthorizerProperties: PropertyTable = {
  name: enforced,
  arn: enforced,
  type: enforced,
  identitySource: enforced,
  resultTtlInSeconds: enforced,
  identityValidationExpression: enforced,
  scopes: enforced,
  managedExternally: ignored('the permission of the function is made in any case'),
  claims: enforced,
  authorizerId: enforced,
};

export const httpCorsProperties: PropertyTable = {
  origin: enforced,
  origins: enforced,
  headers: enforced,
  methods: enforced,
  allowCredentials: enforced,
  maxAge: enforced,
  cacheControl: enforced,
};

/** `provider.apiGateway`. */
export const restApiProperties: PropertyTable = {
  apiKeys: enforced,
  apiKeySourceType: enforced,
  usagePlan: enforced,
  resourcePolicy: enforced,
  minimumCompressionSize: enforced,
  binaryMediaTypes: enforced,
  request: enforced,
  disableDefaultEndpoint: enforced,
  metrics: enforced,
  shouldStartNameWithService: enforced,
  description: enforced,
  timeoutInMillis: enforced,
  stage: enforced,
  endpoint: enforced,
  websocketApiId: ignored(OWN_API),
  restApiId: ignored(OWN_API),
  restApiRootResourceId: ignored(OWN_API),
  restApiResources: ignored(OWN_API),
};

/** `provider.apiGateway.endpoint`. */
export const restApiEndpointProperties: PropertyTable = {
  disable: enforced,
  securityPolicy: ignored('it is about the TLS of the end point on AWS'),
  accessMode: ignored('it is about the TLS of the end point on AWS'),
};

export const apiKeyProperties: PropertyTable = {
  name: enforced,
  value: enforced,
  description: enforced,
  customerId: enforced,
  enabled: enforced,
};

export const usagePlanProperties: PropertyTable = { quota: enforced, throttle: enforced };
export const usagePlanQuotaProperties: PropertyTable = { limit: enforced, offset: enforced, period: enforced };
export const usagePlanThrottleProperties: PropertyTable = { burstLimit: enforced, rateLimit: enforced };

/** `provider.websocket`. */
export const webSocketProperties: PropertyTable = { useProviderTags: enforced };

/** `provider.logs.websocket`, when it is a map. */
export const webSocketLogProperties: PropertyTable = {
  accessLogging: enforced,
  executionLogging: enforced,
  format: enforced,
  level: enforced,
  fullExecutionData: enforced,
  logGroup: enforced,
};

/** `provider.logs.restApi`, when it is a map. */
export const restApiLogProperties: PropertyTable = {
  ...webSocketLogProperties,
  role: ignored(NO_ROLE),
  roleManagedExternally: ignored(NO_ROLE),
};

/** `websocket` events, when they are a map. */
export const webSocketEventProperties: PropertyTable = {
  route: enforced,
  routeResponseSelectionExpression: enforced,
  authorizer: enforced,
};

/** `authorizer` of a websocket event, when it is a map. */
export const webSocketAuthorizerProperties: PropertyTable = {
  name: enforced,
  arn: enforced,
  identitySource: enforced,
};
