// Builds small HTTP APIs for tests: `httpApi({ 'GET /pets': lambda() })` is a snapshot, a stage and everything between.

import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type {
  AccessLogSettings,
  Authorizer,
  CorsConfiguration,
  HttpProxyIntegration,
  Integration,
  JwtAuthorizer,
  LambdaAuthorizer,
  LambdaProxyIntegration,
  Route,
  RouteSettings,
  ServiceIntegration,
  Stage,
} from '../../model/http-api.ts';

export interface HttpApiOptions {
  readonly apiId?: string;
  readonly stageName?: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly cors?: CorsConfiguration;
  readonly defaultRouteSettings?: RouteSettings;
  readonly routeSettings?: Readonly<Record<string, RouteSettings>>;
  readonly disableExecuteApiEndpoint?: boolean;
  readonly region?: string;
  readonly authorizers?: readonly Authorizer[];
  /** By route key: `{ 'GET /a': 'edge' }` guards a route with the authorizer of that name. */
  readonly guards?: Readonly<Record<string, string>>;
  /** By route key. */
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
  readonly authorizersCacheResets?: number;
  /** The format of the stage's access log. */
  readonly accessLogFormat?: string;
}

type IntegrationOptions = Partial<Omit<LambdaProxyIntegration | HttpProxyIntegration, 'integrationId' | 'integrationType'>>;

export function httpApi(
  routes: Readonly<Record<string, Integration | undefined>>,
  options: HttpApiOptions = {},
): { readonly snapshot: HttpApiSnapshot; readonly stage: Stage } {
  const integrations = new Map<string, Integration>();
  const routeList: Route[] = [];
  for (const [routeKey, integration] of Object.entries(routes)) {
    const id = `r${routeList.length + 1}`;
    const integrationId = integration === undefined ? undefined : integration.integrationId || `i${routeList.length + 1}`;
    if (integration !== undefined && integrationId !== undefined)
      integrations.set(integrationId, { ...integration, integrationId });
    routeList.push({
      routeId: id,
      routeKey,
      ...authorizationOf(routeKey, options),
      apiKeyRequired: false,
      ...(integrationId === undefined ? {} : { target: `integrations/${integrationId}` }),
    });
  }
  const snapshot: HttpApiSnapshot = {
    scope: { account: '000000000000', region: options.region ?? 'us-east-1' },
    apiId: options.apiId ?? 'a1b2c3',
    deploymentId: 'd1e2f3',
    apiName: 'pets',
    disableExecuteApiEndpoint: options.disableExecuteApiEndpoint ?? false,
    ...(options.cors === undefined ? {} : { corsConfiguration: options.cors }),
    routes: routeList,
    integrations: [...integrations.values()],
    ...(options.authorizers === undefined ? {} : { authorizers: options.authorizers }),
  };
  const stage: Stage = {
    stageName: options.stageName ?? '$default',
    autoDeploy: true,
    defaultRouteSettings: options.defaultRouteSettings ?? {},
    routeSettings: options.routeSettings ?? {},
    stageVariables: options.stageVariables ?? {},
    ...(options.authorizersCacheResets === undefined ? {} : { authorizersCacheResets: options.authorizersCacheResets }),
    ...(options.accessLogFormat === undefined ? {} : { accessLogSettings: accessLogSettings(options.accessLogFormat) }),
    createdDate: '2026-11-23T00:00:00.000Z',
    lastUpdatedDate: '2026-11-23T00:00:00.000Z',
    tags: {},
  };
  return { snapshot, stage };
}

function authorizationOf(
  routeKey: string,
  { authorizers = [], guards = {}, scopes = {} }: HttpApiOptions,
): Pick<Route, 'authorizationType' | 'authorizerId' | 'authorizationScopes'> {
  const name = guards[routeKey];
  if (name === undefined) return { authorizationType: 'NONE' };
  const authorizer = authorizers.find((each) => each.name === name);
  return {
    authorizationType: authorizer?.authorizerType === 'JWT' ? 'JWT' : 'CUSTOM',
    ...(authorizer === undefined ? {} : { authorizerId: authorizer.authorizerId }),
    ...(scopes[routeKey] === undefined ? {} : { authorizationScopes: scopes[routeKey] }),
  };
}

/** A Lambda authorizer that keeps nothing and looks at the Authorization header. */
export function lambdaAuthorizer(name: string, options: Partial<LambdaAuthorizer> = {}): LambdaAuthorizer {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:guard';
  return {
    authorizerId: `${name}-id`,
    name,
    authorizerType: 'REQUEST',
    authorizerPayloadFormatVersion: '2.0',
    authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    enableSimpleResponses: true,
    identitySource: ['$request.header.Authorization'],
    ...options,
  };
}

export function jwtAuthorizer(name: string, options: Partial<JwtAuthorizer> = {}): JwtAuthorizer {
  return {
    authorizerId: `${name}-id`,
    name,
    authorizerType: 'JWT',
    identitySource: ['$request.header.Authorization'],
    jwtConfiguration: { issuer: 'https://issuer.example', audience: ['client-1'] },
    ...options,
  };
}

function accessLogSettings(format: string): AccessLogSettings {
  return { destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/apigw/access', format };
}

/** A Lambda proxy integration, payload format 2.0. */
export function lambda(options: IntegrationOptions & { readonly payloadFormatVersion?: '1.0' | '2.0' } = {}): Integration {
  return {
    integrationId: '',
    integrationType: 'AWS_PROXY',
    integrationMethod: 'POST',
    connectionType: 'INTERNET',
    integrationUri: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
    timeoutInMillis: 30_000,
    ...options,
    payloadFormatVersion: options.payloadFormatVersion ?? '2.0',
  } as Integration;
}

/** An HTTP proxy integration that passes the method on. */
export function httpProxy(integrationUri: string, options: IntegrationOptions = {}): Integration {
  return {
    integrationId: '',
    integrationType: 'HTTP_PROXY',
    integrationMethod: 'ANY',
    connectionType: 'INTERNET',
    integrationUri,
    payloadFormatVersion: '1.0',
    timeoutInMillis: 30_000,
    ...options,
  } as Integration;
}

/** An AWS service integration. */
export function service(
  integrationSubtype: ServiceIntegration['integrationSubtype'],
  requestParameters: Readonly<Record<string, string>>,
  options: Partial<ServiceIntegration> = {},
): Integration {
  return {
    integrationId: '',
    integrationType: 'AWS_PROXY',
    integrationSubtype,
    connectionType: 'INTERNET',
    credentialsArn: 'arn:aws:iam::000000000000:role/api',
    payloadFormatVersion: '1.0',
    timeoutInMillis: 30_000,
    requestParameters,
    ...options,
  };
}
