// The nouns of an HTTP API as the control plane keeps them. Member names are AWS's (API Gateway v2 model).

import type { IntegrationSubtype } from './integration-subtypes.ts';

export type Tags = Readonly<Record<string, string>>;

/** CORS answers of an HTTP API. Source: API Gateway v2 model, `Cors`. */
export interface CorsConfiguration {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds, -1..86400. */
  readonly maxAge?: number;
}

export interface Api {
  readonly apiId: string;
  readonly name: string;
  readonly protocolType: 'HTTP';
  readonly apiKeySelectionExpression: string;
  readonly routeSelectionExpression: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly corsConfiguration?: CorsConfiguration;
  readonly description?: string;
  readonly version?: string;
  readonly apiGatewayManaged?: boolean;
  /** What the last import of an OpenAPI document ignored, and what it warned about. */
  readonly importInfo?: readonly string[];
  readonly warnings?: readonly string[];
  /** ISO-8601. */
  readonly createdDate: string;
  readonly tags: Tags;
}

export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'JWT';

export interface Route {
  readonly routeId: string;
  /** `METHOD /path`, `ANY /path` or `$default`. */
  readonly routeKey: string;
  readonly authorizationType: AuthorizationType;
  readonly authorizationScopes?: readonly string[];
  readonly authorizerId?: string;
  readonly apiKeyRequired: boolean;
  readonly operationName?: string;
  /** `integrations/{integrationId}`; absent when the route has no integration. */
  readonly target?: string;
  readonly apiGatewayManaged?: boolean;
}

interface IntegrationBase {
  readonly integrationId: string;
  readonly connectionType: 'INTERNET' | 'VPC_LINK';
  readonly connectionId?: string;
  /** As whom a function or service is called: a role, or `arn:aws:iam::*:user/*` for whoever signed the request. */
  readonly credentialsArn?: string;
  readonly description?: string;
  /** Parameter mapping; for AWS services the service's parameters. */
  readonly requestParameters?: Readonly<Record<string, string>>;
  readonly responseParameters?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Milliseconds, 50..30000. */
  readonly timeoutInMillis: number;
  readonly tlsConfig?: { readonly serverNameToVerify?: string };
  readonly apiGatewayManaged?: boolean;
}

export interface LambdaProxyIntegration extends IntegrationBase {
  readonly integrationType: 'AWS_PROXY';
  readonly integrationSubtype?: undefined;
  readonly integrationMethod: 'POST';
  /** A function ARN, or the invocation ARN around one. */
  readonly integrationUri: string;
  readonly payloadFormatVersion: '1.0' | '2.0';
}

/** One operation of an AWS service. */
export interface ServiceIntegration extends IntegrationBase {
  readonly integrationType: 'AWS_PROXY';
  readonly integrationSubtype: IntegrationSubtype;
  readonly credentialsArn: string;
  readonly payloadFormatVersion: '1.0';
}

export interface HttpProxyIntegration extends IntegrationBase {
  readonly integrationType: 'HTTP_PROXY';
  /** `ANY` passes the client's method on. */
  readonly integrationMethod: string;
  /** A URL; behind a VPC link the ARN of a load balancer's listener or of a Cloud Map service. */
  readonly integrationUri: string;
  readonly payloadFormatVersion: '1.0';
}

export type Integration = LambdaProxyIntegration | ServiceIntegration | HttpProxyIntegration;

interface AuthorizerBase {
  readonly authorizerId: string;
  readonly name: string;
  /** Where credentials are looked for, e.g. `$request.header.Authorization`. */
  readonly identitySource: readonly string[];
}

export interface LambdaAuthorizer extends AuthorizerBase {
  readonly authorizerType: 'REQUEST';
  readonly authorizerPayloadFormatVersion: '1.0' | '2.0';
  /** Seconds, 0..3600; absent and 0 keep nothing. */
  readonly authorizerResultTtlInSeconds?: number;
  /** An invocation ARN. */
  readonly authorizerUri: string;
  /** The role that the function is called as; absent for API Gateway itself. */
  readonly authorizerCredentialsArn?: string;
  readonly enableSimpleResponses?: boolean;
}

export interface JwtAuthorizer extends AuthorizerBase {
  readonly authorizerType: 'JWT';
  readonly jwtConfiguration: { readonly audience: readonly string[]; readonly issuer: string };
}

export type Authorizer = LambdaAuthorizer | JwtAuthorizer;

export interface RouteSettings {
  readonly detailedMetricsEnabled?: boolean;
  /** Requests that may burst; an integer. */
  readonly throttlingBurstLimit?: number;
  /** Requests a second; may be fractional. */
  readonly throttlingRateLimit?: number;
}

/** Where a stage writes a line for each request, and what stands in it. */
export interface AccessLogSettings {
  /** The ARN of a log group, without `:*`. */
  readonly destinationArn: string;
  /** One line of text with `$context` variables. */
  readonly format: string;
}

export interface Stage {
  /** `$default` or a name that is the first path segment. */
  readonly stageName: string;
  readonly autoDeploy: boolean;
  readonly deploymentId?: string;
  readonly description?: string;
  readonly defaultRouteSettings: RouteSettings;
  /** By route key. Unset members mean the service default, they do not inherit. */
  readonly routeSettings: Readonly<Record<string, RouteSettings>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly accessLogSettings?: AccessLogSettings;
  readonly lastDeploymentStatusMessage?: string;
  /** How often ResetAuthorizersCache was called: results kept before the last time are not used any more. */
  readonly authorizersCacheResets?: number;
  readonly apiGatewayManaged?: boolean;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
  readonly tags: Tags;
}

/** A VPC link V2. */
export interface VpcLink {
  readonly vpcLinkId: string;
  readonly name: string;
  readonly securityGroupIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly createdDate: string;
  readonly tags: Tags;
}

export interface Deployment {
  readonly deploymentId: string;
  readonly autoDeployed: boolean;
  readonly deploymentStatus: 'DEPLOYED' | 'PENDING' | 'FAILED';
  readonly description?: string;
  readonly createdDate: string;
}
