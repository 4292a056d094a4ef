// The plan of one (HTTP API, stage): plain JSON between the snapshot and the functions.
// It is golden-tested, printed by `stagegate explain`, shown in the console and diffed for canaries.

import type { AuthorizationType, CorsConfiguration } from './http-api.ts';
import type { CredentialsPlan, ServiceRolePlan } from './integration-credentials.ts';
import type { IntegrationSubtype } from './integration-subtypes.ts';
import type { ParameterChange, ParameterValue } from './parameter-mapping.ts';
import type { Scope } from './scope.ts';

/** One segment of a route's path: `/pets/{id}/{proxy+}` is literal, variable, greedy. */
export type PathSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

/** A token bucket; `slot` indexes the shared counters buffer and is assigned at compile time. */
export interface ThrottlePlan {
  readonly slot: number;
  /** Requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** Parameter mapping. What the entries of one integration do does not depend on the order in which they were written. */
interface MappedPlan {
  readonly requestParameters?: readonly ParameterChange[];
  /** By the status code that the integration answers. */
  readonly responseParameters?: Readonly<Record<string, readonly ParameterChange[]>>;
}

export interface LambdaProxyPlan extends MappedPlan {
  readonly type: 'AWS_PROXY';
  readonly integrationId: string;
  /** Function ARN, perhaps with `:qualifier`; stage variables are already put in. */
  readonly functionArn: string;
  readonly payloadFormatVersion: '1.0' | '2.0';
  /** What the function's resource policy is asked about (`aws:SourceArn`). */
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  readonly timeoutInMillis: number;
}

/** A piece of an HTTP_PROXY URI: text, or the value of a path variable. */
export type UriPiece = string | { readonly pathVariable: string };

export interface HttpProxyPlan extends MappedPlan {
  readonly type: 'HTTP_PROXY';
  readonly integrationId: string;
  readonly protocol: 'http' | 'https';
  /** May hold path variables; then the origin is known per request only. */
  readonly host: readonly UriPiece[];
  readonly port: number;
  readonly path: readonly UriPiece[];
  /** The URI's own query string without `?`; nothing when it has none. */
  readonly query: readonly UriPiece[];
  /** `undefined` passes the client's method on (integrationMethod ANY). */
  readonly method?: string;
  /**
   * A private integration: the path is the request's own with the stage in front. With a server name it is called over TLS and its
   * certificate must be for that name.
   */
  readonly private?: { readonly serverName?: string };
  /** AWS: on the `$default` route the full request path is appended to the URI. */
  readonly appendRequestPath: boolean;
  readonly timeoutInMillis: number;
}

/** One operation of an AWS service. */
export interface AwsServicePlan {
  readonly type: 'AWS_SERVICE';
  readonly integrationId: string;
  readonly subtype: IntegrationSubtype;
  /** Calls are signed with the keys of whoever signed the request, not with the gateway's. */
  readonly asCaller?: true;
  /** Absent: the caller's credentials are passed on, or nobody is named. */
  readonly role?: ServiceRolePlan;
  /** Base URL; `{region}` stands for the region that the request is for. */
  readonly endpoint: string;
  readonly region: ParameterValue;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly responseParameters?: Readonly<Record<string, readonly ParameterChange[]>>;
  readonly timeoutInMillis: number;
}

/** A route whose integration cannot be called: it answers 500, and `explain` says why. */
export interface UnservablePlan {
  readonly type: 'UNSERVABLE';
  readonly reason: string;
  /** Nothing is wrong with the definition: the operator has to say something, as the reason tells. */
  readonly waitsForOperator?: true;
}

export type IntegrationPlan = LambdaProxyPlan | HttpProxyPlan | AwsServicePlan | UnservablePlan;

/** Where an authorizer finds one part of a client's identity. `expression` is AWS's spelling, for messages. */
export type IdentitySourcePlan =
  /** `name` is in lower case. */
  | { readonly kind: 'header'; readonly name: string; readonly expression: string }
  | { readonly kind: 'querystring'; readonly name: string; readonly expression: string }
  | { readonly kind: 'context'; readonly name: string; readonly expression: string }
  /** The value is the stage's; absent when the stage does not set it: then nobody is let in. */
  | { readonly kind: 'stageVariable'; readonly value?: string; readonly expression: string };

export interface LambdaAuthorizerPlan {
  readonly type: 'REQUEST';
  readonly authorizerId: string;
  readonly name: string;
  readonly functionArn: string;
  /** What the function's resource policy is asked about (`aws:SourceArn`). */
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  readonly payloadFormatVersion: '1.0' | '2.0';
  /** `{"isAuthorized": …}` instead of an IAM policy. */
  readonly enableSimpleResponses: boolean;
  readonly identitySources: readonly IdentitySourcePlan[];
  /** 0 keeps nothing. */
  readonly resultTtlSeconds: number;
  /** Changes with everything that makes former results invalid: kept results are found under it. */
  readonly resultsVersion: string;
}

export interface JwtAuthorizerPlan {
  readonly type: 'JWT';
  readonly authorizerId: string;
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly identitySource: IdentitySourcePlan;
  /** A token must hold one of these; empty: any valid token will do. */
  readonly scopes: readonly string[];
}

/** Whoever signed the request and may `execute-api:Invoke` the route. */
export interface IamAuthorizerPlan {
  readonly type: 'AWS_IAM';
}

/** A route whose authorization cannot be enforced: it answers 500 to everybody, and `explain` says why. */
export interface UnservableAuthorizerPlan {
  readonly type: 'UNSERVABLE';
  readonly reason: string;
}

export type AuthorizerPlan = LambdaAuthorizerPlan | JwtAuthorizerPlan | IamAuthorizerPlan | UnservableAuthorizerPlan;

export interface RoutePlan {
  readonly routeId: string;
  readonly routeKey: string;
  /** `ANY`, a verb, or `$default` (matches whatever is left). */
  readonly method: string;
  readonly segments: readonly PathSegment[];
  readonly authorizationType: AuthorizationType;
  /** Absent when, and only when, authorizationType is NONE: a route without either does not compile. */
  readonly authorizer?: AuthorizerPlan;
  readonly throttle?: ThrottlePlan;
  readonly integration: IntegrationPlan;
  readonly detailedMetricsEnabled: boolean;
}

/** A piece of a log format: text, or the name of a `$context` variable (`identity.sourceIp`). */
export type AccessLogPiece = string | { readonly variable: string };

export interface AccessLogFormat {
  /** How values are written so that they stay values: the format's first character tells. */
  readonly escaping: 'json' | 'xml' | 'text';
  readonly pieces: readonly AccessLogPiece[];
}

export interface AccessLogDestination {
  readonly scope: Scope;
  readonly logGroupName: string;
}

export interface AccessLogPlan {
  readonly destination: AccessLogDestination;
  readonly format: AccessLogFormat;
}

export interface HttpApiPlan {
  readonly scope: Scope;
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly corsConfiguration?: CorsConfiguration;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** The bucket that every route of the account and region shares, asked after the route's own; absent when the operator lifted it. */
  readonly accountThrottle?: ThrottlePlan;
  readonly accessLog?: AccessLogPlan;
  /** Most specific first; the order is the priority. */
  readonly routes: readonly RoutePlan[];
}
