// The nouns of a WebSocket API as the control plane keeps them and a deployment freezes them. Member names are AWS's (API Gateway v2
// model); what AWS leaves out of an answer when it was never set is absent here, too.

import type { AccessLogSettings, RouteSettings, Tags } from './http-api.ts';

export interface WebSocketApi {
  readonly apiId: string;
  readonly name: string;
  readonly protocolType: 'WEBSOCKET';
  /** `$request.header.x-api-key` or `$context.authorizer.usageIdentifierKey`. */
  readonly apiKeySelectionExpression: string;
  /** e.g. `$request.body.action` */
  readonly routeSelectionExpression: string;
  readonly disableExecuteApiEndpoint: boolean;
  /** Models are there and no message is validated; absent until it is set. */
  readonly disableSchemaValidation?: boolean;
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly description?: string;
  readonly version?: string;
  /** ISO-8601. */
  readonly createdDate: string;
  readonly tags: Tags;
}

export type WebSocketAuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM';

export interface ParameterConstraints {
  readonly required?: boolean;
}

export interface WebSocketRoute {
  readonly routeId: string;
  /** `$connect`, `$disconnect`, `$default`, or what the route selection expression gives. */
  readonly routeKey: string;
  /** Other than NONE on `$connect` only. */
  readonly authorizationType: WebSocketAuthorizationType;
  readonly authorizerId?: string;
  /** True on `$connect` only. */
  readonly apiKeyRequired: boolean;
  readonly operationName?: string;
  /** `integrations/{integrationId}`; absent when the route has no integration. */
  readonly target?: string;
  readonly modelSelectionExpression?: string;
  /** What the model selection expression gives, or `$default`, -> model name. */
  readonly requestModels?: Readonly<Record<string, string>>;
  /** `route.request.{header|querystring}.{name}` */
  readonly requestParameters?: Readonly<Record<string, ParameterConstraints>>;
  /** `$default`, the only one there is: the route answers, if it also has a route response. */
  readonly routeResponseSelectionExpression?: string;
}

export interface RouteResponse {
  readonly routeId: string;
  readonly routeResponseId: string;
  readonly routeResponseKey: '$default';
  readonly modelSelectionExpression?: string;
  readonly responseModels?: Readonly<Record<string, string>>;
  readonly responseParameters?: Readonly<Record<string, ParameterConstraints>>;
}

export type WebSocketIntegrationType = 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK';

export type ContentHandlingStrategy = 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT';

export interface WebSocketIntegration {
  readonly integrationId: string;
  readonly integrationType: WebSocketIntegrationType;
  readonly connectionType: 'INTERNET' | 'VPC_LINK';
  /** A VPC link of v1. */
  readonly connectionId?: string;
  readonly contentHandlingStrategy?: ContentHandlingStrategy;
  /** As whom a function or service is called: a role, or `arn:aws:iam::*:user/*` for whoever signed the handshake. */
  readonly credentialsArn?: string;
  readonly description?: string;
  readonly integrationMethod?: string;
  readonly integrationUri?: string;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly payloadFormatVersion: '1.0';
  /** `integration.request.{header|querystring|path}.{name}` -> expression. */
  readonly requestParameters?: Readonly<Record<string, string>>;
  /** What the template selection expression gives, or `$default`, -> template. */
  readonly requestTemplates?: Readonly<Record<string, string>>;
  readonly templateSelectionExpression?: string;
  /** Milliseconds, 50..29000. */
  readonly timeoutInMillis: number;
}

export interface IntegrationResponse {
  readonly integrationId: string;
  readonly integrationResponseId: string;
  /** `$default` or a pattern between slashes. */
  readonly integrationResponseKey: string;
  readonly contentHandlingStrategy?: ContentHandlingStrategy;
  /** `method.response.header.{name}` -> expression. A message has no headers; of `$connect` a client sees the subprotocol. */
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string>>;
  readonly templateSelectionExpression?: string;
}

export interface WebSocketModel {
  readonly modelId: string;
  readonly name: string;
  readonly contentType: string;
  readonly description?: string;
  /** JSON Schema draft-04 text. */
  readonly schema: string;
}

export interface WebSocketAuthorizer {
  readonly authorizerId: string;
  readonly name: string;
  readonly authorizerType: 'REQUEST';
  /** An invocation ARN. */
  readonly authorizerUri: string;
  /** The role that the function is called as; absent for API Gateway itself. */
  readonly authorizerCredentialsArn?: string;
  /** `route.request.header.X`, `route.request.querystring.X`, `stageVariables.X`, `context.X`; may be empty. */
  readonly identitySource: readonly string[];
}

/** The `$context` variables that may be an identity source: what is known of a handshake before its authorizer is asked. */
export const handshakeContextVariables = [
  'apiId',
  'connectedAt',
  'connectionId',
  'domainName',
  'eventType',
  'extendedRequestId',
  'identity.sourceIp',
  'identity.userAgent',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'routeKey',
  'stage',
] as const;

export type HandshakeContextVariable = (typeof handshakeContextVariables)[number];

export type LoggingLevel = 'OFF' | 'ERROR' | 'INFO';

export interface WebSocketRouteSettings extends RouteSettings {
  /** Execution logs. */
  readonly loggingLevel?: LoggingLevel;
  /** Execution logs also hold messages. */
  readonly dataTraceEnabled?: boolean;
}

export interface WebSocketStage {
  readonly stageName: string;
  readonly autoDeploy: boolean;
  readonly deploymentId?: string;
  readonly description?: string;
  readonly defaultRouteSettings: WebSocketRouteSettings;
  /** By route key. Unset members mean the service default, they do not inherit. */
  readonly routeSettings: Readonly<Record<string, WebSocketRouteSettings>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly accessLogSettings?: AccessLogSettings;
  /** What https backends are shown that ask for a certificate. */
  readonly clientCertificateId?: string;
  readonly lastDeploymentStatusMessage?: string;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
  readonly tags: Tags;
}
