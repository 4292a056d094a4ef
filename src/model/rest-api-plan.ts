// The plan of one (REST API, stage): plain JSON between the snapshot and the functions.
// It is golden-tested, printed by `stagegate explain`, shown in the console and diffed for canaries.

import type { AccessLogDestination, AccessLogPlan, PathSegment, ThrottlePlan, UriPiece } from './http-api-plan.ts';
import type { CredentialsPlan, ServiceRolePlan } from './integration-credentials.ts';
import type { ContentHandling, RestMethodSetting } from './rest-api.ts';
import type { Scope } from './scope.ts';

/** AWS's names of the answers that the gateway makes by itself. */
export type GatewayResponseType =
  | 'ACCESS_DENIED'
  | 'API_CONFIGURATION_ERROR'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'BAD_REQUEST_BODY'
  | 'BAD_REQUEST_PARAMETERS'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX'
  | 'EXPIRED_TOKEN'
  | 'INTEGRATION_FAILURE'
  | 'INTEGRATION_TIMEOUT'
  | 'INVALID_API_KEY'
  | 'INVALID_SIGNATURE'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'QUOTA_EXCEEDED'
  | 'REQUEST_TOO_LARGE'
  | 'RESOURCE_NOT_FOUND'
  | 'THROTTLED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'WAF_FILTERED';

/** What a method's requests leave in the execution log of their stage. */
export interface ExecutionLogSettings {
  /** `ERROR`: failures alone. */
  readonly level: 'ERROR' | 'INFO';
  /** Headers and bodies, too. */
  readonly dataTrace: boolean;
}

/** A customised gateway response. */
export interface GatewayResponsePlan {
  readonly statusCode?: number;
  /** `gatewayresponse.header.X` -> expression. */
  readonly responseParameters: Readonly<Record<string, string>>;
  /** By content type. */
  readonly responseTemplates: Readonly<Record<string, string>>;
}

/** What a method asks of its caller. */
export type RestAuthorizationPlan =
  | { readonly type: 'NONE' }
  | { readonly type: 'AWS_IAM' }
  | TokenAuthorizerPlan
  | RequestAuthorizerPlan
  | CognitoAuthorizerPlan
  /** Fail closed: nobody gets in, and `explain` says why. */
  | { readonly type: 'UNSERVABLE'; readonly reason: string };

interface RestLambdaAuthorizerPlan {
  readonly authorizerId: string;
  readonly name: string;
  readonly functionArn: string;
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  readonly resultTtlSeconds: number;
  /** Changes with everything that makes kept answers wrong. */
  readonly resultsVersion: string;
}

export interface TokenAuthorizerPlan extends RestLambdaAuthorizerPlan {
  readonly type: 'TOKEN';
  /** The header that carries the token. */
  readonly header: string;
  /** Java regular expression that a token must match. */
  readonly identityValidationExpression?: string;
}

export interface RequestAuthorizerPlan extends RestLambdaAuthorizerPlan {
  readonly type: 'REQUEST';
  /** `method.request.header.X`, `method.request.querystring.X`, `stageVariables.X`, `context.X` */
  readonly identitySources: readonly string[];
}

export interface CognitoAuthorizerPlan {
  readonly type: 'COGNITO_USER_POOLS';
  readonly authorizerId: string;
  readonly name: string;
  readonly header: string;
  /** Java regular expression that `aud` must match. */
  readonly identityValidationExpression?: string;
  readonly issuers: readonly string[];
  /** None: an identity token is asked for; otherwise an access token with one of them. */
  readonly scopes: readonly string[];
}

/** What is asked of a request before anything is done for it. */
export interface RequestValidationPlan {
  /** `method.request.header.X` and so on, in AWS's order. */
  readonly requiredParameters: readonly string[];
  /** JSON Schema text by content type; absent when bodies are not validated. */
  readonly bodySchemas?: Readonly<Record<string, string>>;
  /** Model name to the schema text of each model that those refer to. */
  readonly referencedModels?: Readonly<Record<string, string>>;
}

/** One integration response; which one answers is decided by status code or error message. */
export interface IntegrationResponsePlan {
  readonly statusCode: number;
  /** '' is the default response. */
  readonly selectionPattern: string;
  /** `method.response.header.X` -> expression. */
  readonly responseParameters: Readonly<Record<string, string>>;
  /** By content type; null is a template that is there and empty. */
  readonly responseTemplates: Readonly<Record<string, string | null>>;
  /** Of an answer that no mapping gives another; JSON when it is left out. */
  readonly contentType?: string;
  readonly contentHandling?: ContentHandling;
}

/** What integrations with templates have in common. */
interface MappedIntegrationPlan {
  /** `integration.request.header.X` -> expression. */
  readonly requestParameters: Readonly<Record<string, string>>;
  readonly requestTemplates: Readonly<Record<string, string | null>>;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly contentHandling?: ContentHandling;
  readonly responses: readonly IntegrationResponsePlan[];
  readonly timeoutInMillis: number;
}

export interface RestMockPlan extends MappedIntegrationPlan {
  readonly type: 'MOCK';
}

/** Of an integration with responseTransferMode STREAM. */
export interface RestStreamPlan {
  /** How long nothing may come before the answer is broken off. */
  readonly idleTimeoutInMillis: number;
}

/** Where an HTTP integration's requests go. */
export interface HttpTargetPlan {
  /** Absent passes the client's method on. */
  readonly method?: string;
  readonly protocol: 'http' | 'https';
  readonly host: readonly UriPiece[];
  readonly port: number;
  readonly path: readonly UriPiece[];
  /** Without `?`. */
  readonly query: readonly UriPiece[];
  /** Through a VPC link: where the operator said that it leads. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  readonly insecureSkipVerification: boolean;
}

export interface RestHttpPlan extends MappedIntegrationPlan, HttpTargetPlan {
  readonly type: 'HTTP' | 'HTTP_PROXY';
  /** HTTP_PROXY only. Absent: the answer is gathered before it is sent. */
  readonly stream?: RestStreamPlan;
}

export interface RestLambdaProxyPlan {
  readonly type: 'AWS_PROXY';
  readonly functionArn: string;
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  readonly timeoutInMillis: number;
  /** Absent: the answer is gathered before it is sent. */
  readonly stream?: RestStreamPlan;
}

export interface RestLambdaPlan extends MappedIntegrationPlan {
  readonly type: 'AWS_LAMBDA';
  readonly functionArn: string;
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  /** With what Lambda is called, where it is not POST. */
  readonly httpMethod?: string;
}

/** Which action of which AWS service is called. */
export interface ServiceTargetPlan {
  readonly method?: string;
  /** What calls are signed for. */
  readonly service: string;
  readonly region: string;
  /** Base URL. */
  readonly endpoint: string;
  readonly path: readonly UriPiece[];
  readonly query: readonly UriPiece[];
  /** Sent as X-Amz-Target unless the integration maps one. */
  readonly target?: string;
  readonly contentType?: string;
}

export interface RestServicePlan extends MappedIntegrationPlan, ServiceTargetPlan {
  readonly type: 'AWS_SERVICE';
  /** Calls are signed with the keys of whoever signed the request, not with the gateway's. */
  readonly asCaller?: true;
  /** Absent: the caller's credentials are passed on, or nobody is named. */
  readonly role?: ServiceRolePlan;
}

/** A method whose integration cannot be called: it answers 500, and `explain` says why. */
export interface RestUnservablePlan {
  readonly type: 'UNSERVABLE';
  readonly reason: string;
  readonly waitsForOperator?: true;
}

export type RestIntegrationPlan =
  | RestMockPlan
  | RestHttpPlan
  | RestLambdaProxyPlan
  | RestLambdaPlan
  | RestServicePlan
  | RestUnservablePlan;

/** The responses of a method are kept in its stage's cache. */
export interface MethodCachePlan
  extends Pick<RestMethodSetting, 'requireAuthorizationForCacheControl' | 'unauthorizedCacheControlHeaderStrategy'> {
  readonly ttlSeconds: number;
  readonly encrypted: boolean;
  readonly namespace: string;
  /** `method.request.querystring.X` and so on, in the order of their names: requests with the same values share a response. */
  readonly keyParameters: readonly string[];
}

export interface RestMethodPlan {
  readonly resourceId: string;
  /** `/pets/{id}` */
  readonly resourcePath: string;
  readonly segments: readonly PathSegment[];
  /** A verb or `ANY`. */
  readonly httpMethod: string;
  readonly operationName?: string;
  readonly authorization: RestAuthorizationPlan;
  readonly apiKeyRequired: boolean;
  readonly throttle?: ThrottlePlan;
  readonly validation?: RequestValidationPlan;
  readonly executionLog?: ExecutionLogSettings;
  /** Its requests are counted by themselves, too. */
  readonly detailedMetrics?: true;
  readonly cache?: MethodCachePlan;
  readonly integration: RestIntegrationPlan;
}

export interface RestApiPlan {
  readonly scope: Scope;
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  /** What method ARNs call the stage, where they call it by another name. */
  readonly stageNameOfArns?: string;
  readonly deploymentId: string;
  readonly disableExecuteApiEndpoint: boolean;
  /** Reached through VPC endpoints alone; by a host of its own through those that are named. */
  readonly privateApi?: { readonly vpcEndpointIds: readonly string[] };
  readonly stageVariables: Readonly<Record<string, string>>;
  /** The stage shares its requests with a canary, so that events say which of the two answered. */
  readonly isCanary?: boolean;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly binaryMediaTypes: readonly string[];
  /** Bytes; absent: responses are not compressed. */
  readonly minimumCompressionSize?: number;
  /** Policy text; shorthand resources are written out. */
  readonly resourcePolicy?: string;
  /** A private API without a policy lets nobody in. */
  readonly closedReason?: string;
  readonly gatewayResponses: Readonly<Partial<Record<GatewayResponseType, GatewayResponsePlan>>>;
  readonly accountThrottle?: ThrottlePlan;
  readonly accessLog?: AccessLogPlan;
  /** Where the methods that have an execution log write it. */
  readonly executionLog?: AccessLogDestination;
  /** X-Ray: the stage decides which requests are sampled. Absent: what the client says goes on. */
  readonly tracing?: true;
  /** The stage has a cache cluster, of this size in gigabytes. */
  readonly cacheClusterSize?: string;
  /** A canary that keeps its responses apart from those of its stage. */
  readonly cacheApart?: true;
  /** What https backends are shown; the key is no part of the plan. */
  readonly clientCertificateId?: string;
  readonly methods: readonly RestMethodPlan[];
}
