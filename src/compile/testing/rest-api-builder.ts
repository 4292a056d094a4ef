// Builds small REST APIs for tests: `restApi({ 'GET /pets/{id}': { integration: mock() } })` is a snapshot, a stage and everything
// between.

import type {
  RequestValidator,
  RestApi,
  RestApiSnapshot,
  RestAuthorizer,
  RestGatewayResponse,
  RestIntegration,
  RestIntegrationResponse,
  RestMethod,
  RestModel,
  RestResource,
  RestStage,
} from '../../model/rest-api.ts';

export interface MethodOptions extends Partial<Omit<RestMethod, 'resourceId' | 'httpMethod' | 'methodIntegration'>> {
  readonly integration?: RestIntegration;
}

export interface RestApiOptions {
  readonly api?: Partial<RestApi>;
  readonly stage?: Partial<RestStage>;
  readonly models?: readonly RestModel[];
  readonly requestValidators?: readonly RequestValidator[];
  readonly authorizers?: readonly RestAuthorizer[];
  readonly gatewayResponses?: readonly RestGatewayResponse[];
}

export interface BuiltRestApi {
  readonly snapshot: RestApiSnapshot;
  readonly stage: RestStage;
}

export function restApi(methods: Readonly<Record<string, MethodOptions>>, options: RestApiOptions = {}): BuiltRestApi {
  const resources: RestResource[] = [{ id: 'root', path: '/' }];
  const idOf = (path: string): string => {
    const known = resources.find((resource) => resource.path === path);
    if (known !== undefined) return known.id;
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const parentId = idOf(parent);
    const resource = { id: `r${resources.length}`, parentId, pathPart: path.slice(path.lastIndexOf('/') + 1), path };
    resources.push(resource);
    return resource.id;
  };
  const restMethods = Object.entries(methods).map(([key, { integration, ...method }]): RestMethod => {
    const [httpMethod = '', path = ''] = key.split(' ');
    const statuses = Object.keys(integration?.integrationResponses ?? {});
    return {
      resourceId: idOf(path),
      httpMethod,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      methodResponses: Object.fromEntries(statuses.map((statusCode) => [statusCode, { statusCode }])),
      ...method,
      ...(integration === undefined ? {} : { methodIntegration: integration }),
    };
  });
  const snapshot: RestApiSnapshot = {
    scope: { account: '000000000000', region: 'us-east-1' },
    deploymentId: 'd1e2f3',
    restApi: {
      id: 'a1b2c3',
      name: 'pets',
      createdDate: '2026-11-23T00:00:00.000Z',
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: false,
      rootResourceId: 'root',
      ...options.api,
    },
    resources,
    methods: restMethods,
    models: options.models ?? [],
    requestValidators: options.requestValidators ?? [],
    authorizers: options.authorizers ?? [],
    gatewayResponses: options.gatewayResponses ?? [],
  };
  const stage: RestStage = {
    stageName: 'prod',
    deploymentId: 'd1e2f3',
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    tracingEnabled: false,
    createdDate: '2026-11-23T00:00:00.000Z',
    lastUpdatedDate: '2026-11-23T00:00:00.000Z',
    ...options.stage,
  };
  return { snapshot, stage };
}

type IntegrationOptions = Partial<Omit<RestIntegration, 'integrationResponses'>> & {
  readonly responses?: Readonly<Record<string, Partial<RestIntegrationResponse>>>;
};

function integration(type: RestIntegration['type'], { responses, ...options }: IntegrationOptions): RestIntegration {
  return {
    type,
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: 'root',
    cacheKeyParameters: [],
    ...options,
    ...(responses === undefined
      ? {}
      : {
          integrationResponses: Object.fromEntries(
            Object.entries(responses).map(([statusCode, response]) => [statusCode, { statusCode, ...response }]),
          ),
        }),
  };
}

/** Answers 200 unless told otherwise. */
export function mock(options: IntegrationOptions = {}): RestIntegration {
  return integration('MOCK', {
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { 200: {} },
    ...options,
  });
}

export function http(uri: string, options: IntegrationOptions = {}): RestIntegration {
  return integration('HTTP', { uri, httpMethod: 'GET', connectionType: 'INTERNET', responses: { 200: {} }, ...options });
}

export function httpProxy(uri: string, options: IntegrationOptions = {}): RestIntegration {
  return integration('HTTP_PROXY', { uri, httpMethod: 'ANY', connectionType: 'INTERNET', ...options });
}

const FUNCTION_URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:hello/invocations';

export function lambdaProxy(options: IntegrationOptions = {}): RestIntegration {
  return integration('AWS_PROXY', { uri: FUNCTION_URI, httpMethod: 'POST', ...options });
}

/** Lambda custom integration, or any other AWS service with a `uri` of its own. */
export function aws(options: IntegrationOptions = {}): RestIntegration {
  return integration('AWS', { uri: FUNCTION_URI, httpMethod: 'POST', responses: { 200: {} }, ...options });
}
