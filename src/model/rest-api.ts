// The nouns of a REST API as the control plane keeps them and a deployment freezes them. Member names are AWS's (API Gateway model,
// version 2015-07-09); what AWS leaves out of an answer when it was never set is absent here, too.

import type { Scope } from './scope.ts';

export type EndpointType = 'EDGE' | 'REGIONAL' | 'PRIVATE';

export interface EndpointConfiguration {
  readonly types: readonly EndpointType[];
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly vpcEndpointIds?: readonly string[];
}

export interface RestApi {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** ISO-8601; answered as epoch seconds. */
  readonly createdDate: string;
  readonly version?: string;
  readonly binaryMediaTypes?: readonly string[];
  /** Bytes; absent is no compression. */
  readonly minimumCompressionSize?: number;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly endpointConfiguration: EndpointConfiguration;
  /** Resource policy, JSON text as it was given. */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly disableExecuteApiEndpoint: boolean;
  readonly rootResourceId: string;
  readonly securityPolicy?: string;
  readonly endpointAccessMode?: string;
}

export interface RestResource {
  readonly id: string;
  /** Absent on the root. */
  readonly parentId?: string;
  readonly pathPart?: string;
  /** `/pets/{id}` */
  readonly path: string;
}

export type RestAuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';

export interface RestMethod {
  readonly resourceId: string;
  /** A verb or `ANY`. */
  readonly httpMethod: string;
  readonly authorizationType: RestAuthorizationType;
  readonly authorizerId?: string;
  readonly authorizationScopes?: readonly string[];
  readonly apiKeyRequired: boolean;
  readonly requestValidatorId?: string;
  readonly operationName?: string;
  /** `method.request.{header|path|querystring}.{name}` -> required. */
  readonly requestParameters?: Readonly<Record<string, boolean>>;
  /** Content type -> model name. */
  readonly requestModels?: Readonly<Record<string, string>>;
  /** By status code. */
  readonly methodResponses: Readonly<Record<string, RestMethodResponse>>;
  readonly methodIntegration?: RestIntegration;
}

export interface RestMethodResponse {
  readonly statusCode: string;
  readonly responseParameters?: Readonly<Record<string, boolean>>;
  readonly responseModels?: Readonly<Record<string, string>>;
}

export type RestIntegrationType = 'MOCK' | 'HTTP' | 'HTTP_PROXY' | 'AWS' | 'AWS_PROXY';
export type ContentHandling = 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT';

export interface RestIntegration {
  readonly type: RestIntegrationType;
  readonly httpMethod?: string;
  readonly uri?: string;
  readonly connectionType?: 'INTERNET' | 'VPC_LINK';
  readonly connectionId?: string;
  readonly credentials?: string;
  readonly requestParameters?: Readonly<Record<string, string>>;
  /** By content type; `null` is a template that is there and empty. */
  readonly requestTemplates?: Readonly<Record<string, string | null>>;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly contentHandling?: ContentHandling;
  readonly timeoutInMillis: number;
  readonly cacheNamespace: string;
  readonly cacheKeyParameters: readonly string[];
  /** By status code. */
  readonly integrationResponses?: Readonly<Record<string, RestIntegrationResponse>>;
  readonly tlsConfig?: { readonly insecureSkipVerification?: boolean };
  readonly responseTransferMode?: 'BUFFERED' | 'STREAM';
  readonly integrationTarget?: string;
}

export interface RestIntegrationResponse {
  readonly statusCode: string;
  /** Java regular expression, matched from the start; absent or '' is the default response. */
  readonly selectionPattern?: string;
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string | null>>;
  readonly contentHandling?: ContentHandling;
}

export interface RestModel {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** JSON Schema draft-04 text. */
  readonly schema?: string;
  readonly contentType: string;
}

export interface RequestValidator {
  readonly id: string;
  readonly name: string;
  readonly validateRequestBody: boolean;
  readonly validateRequestParameters: boolean;
}

export interface RestAuthorizer {
  readonly id: string;
  readonly name: string;
  readonly type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS';
  readonly providerARNs?: readonly string[];
  readonly authType?: string;
  readonly authorizerUri?: string;
  readonly authorizerCredentials?: string;
  readonly identitySource?: string;
  readonly identityValidationExpression?: string;
  /** Seconds; absent is AWS's default of 300. */
  readonly authorizerResultTtlInSeconds?: number;
}

/** A customised gateway response; what is not customised is not kept. */
export interface RestGatewayResponse {
  readonly responseType: string;
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

export interface RestDeployment {
  readonly id: string;
  readonly description?: string;
  readonly createdDate: string;
  /** path -> verb -> what was deployed. */
  readonly apiSummary: Readonly<
    Record<string, Readonly<Record<string, { readonly authorizationType: string; readonly apiKeyRequired: boolean }>>>
  >;
}

/** Settings of `{path}/{VERB}` (`~1` for `/`) or of all methods (`*` + `/*`). */
export interface RestMethodSetting {
  readonly metricsEnabled: boolean;
  readonly loggingLevel: 'OFF' | 'ERROR' | 'INFO';
  /** True when the level was asked for: only then an answer shows it. */
  readonly loggingLevelChosen?: boolean;
  readonly dataTraceEnabled: boolean;
  /** -1: not set. */
  readonly throttlingBurstLimit: number;
  readonly throttlingRateLimit: number;
  readonly cachingEnabled: boolean;
  readonly cacheTtlInSeconds: number;
  readonly cacheDataEncrypted: boolean;
  readonly requireAuthorizationForCacheControl: boolean;
  readonly unauthorizedCacheControlHeaderStrategy:
    | 'FAIL_WITH_403'
    | 'SUCCEED_WITH_RESPONSE_HEADER'
    | 'SUCCEED_WITHOUT_RESPONSE_HEADER';
}

export interface CanarySettings {
  /** 0..100 */
  readonly percentTraffic: number;
  readonly deploymentId: string;
  readonly stageVariableOverrides?: Readonly<Record<string, string>>;
  readonly useStageCache: boolean;
}

export interface RestStage {
  readonly stageName: string;
  readonly deploymentId: string;
  readonly clientCertificateId?: string;
  readonly description?: string;
  readonly cacheClusterEnabled: boolean;
  readonly cacheClusterSize?: string;
  readonly cacheClusterStatus: string;
  readonly methodSettings: Readonly<Record<string, RestMethodSetting>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly documentationVersion?: string;
  readonly accessLogSettings?: { readonly format?: string; readonly destinationArn?: string };
  readonly canarySettings?: CanarySettings;
  readonly tracingEnabled: boolean;
  /** How often FlushStageAuthorizersCache was called: answers kept before the last time are not used any more. */
  readonly authorizersCacheFlushes?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
}

export interface ThrottleSettings {
  readonly burstLimit?: number;
  readonly rateLimit?: number;
}

export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** `throttle`: by `{path}/{VERB}`. */
  readonly apiStages: readonly {
    readonly apiId: string;
    readonly stage: string;
    readonly throttle?: Readonly<Record<string, ThrottleSettings>>;
  }[];
  readonly throttle?: ThrottleSettings;
  readonly quota?: { readonly limit: number; readonly offset: number; readonly period: 'DAY' | 'WEEK' | 'MONTH' };
  readonly productCode?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The value is kept apart, as a hash for look-ups and encrypted for `includeValue`. */
export interface ApiKey {
  readonly id: string;
  readonly name?: string;
  readonly customerId?: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
  readonly stageKeys: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** An immutable copy of one REST API's definition, taken by CreateDeployment. Stage settings stay outside: AWS applies them at once. */
export interface RestApiSnapshot {
  readonly scope: Scope;
  readonly deploymentId: string;
  readonly restApi: RestApi;
  readonly resources: readonly RestResource[];
  readonly methods: readonly RestMethod[];
  readonly models: readonly RestModel[];
  readonly requestValidators: readonly RequestValidator[];
  readonly authorizers: readonly RestAuthorizer[];
  readonly gatewayResponses: readonly RestGatewayResponse[];
}
