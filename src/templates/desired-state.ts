// What a service file asks for, as plain data: the functions, the APIs and how they hang together. Every template
// format is read into this, and apply-desired-state.ts makes it so.

import type { CorsConfiguration } from '../model/http-api.ts';
import type { BundlerSettings, DesiredBundle } from './bundle.ts';
import type { DesiredRestApi } from './desired-rest-api.ts';
import type { DesiredWebSocketApi } from './desired-websocket-api.ts';

/** Stands for the API itself where function names and route keys stand for functions and routes. */
export const API_SUBJECT = 'api';

/** The same for the REST API; its methods are `http GET /pets`. */
export const REST_API_SUBJECT = 'rest-api';
export const methodSubject = (httpMethod: string, path: string): string => `http ${httpMethod} ${path}`;
/** What its methods share: authorizers, models and gateway responses. */
export const authorizerSubject = (name: string): string => `http authorizer ${name}`;
export const modelSubject = (name: string): string => `http model ${name}`;
export const gatewayResponseSubject = (responseType: string): string => `http response ${responseType}`;

/** The same for the WebSocket API; its routes are `websocket sendmessage`. */
export const WEBSOCKET_API_SUBJECT = 'websocket-api';
/** Its stage: what is logged. */
export const WEBSOCKET_STAGE_SUBJECT = 'websocket-api stage';
export const webSocketRouteSubject = (routeKey: string): string => `websocket ${routeKey}`;

export interface DesiredFunction {
  /** The name in the service file. */
  readonly key: string;
  /** The name on AWS. */
  readonly functionName: string;
  readonly runtime: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly description?: string;
  /** X-Ray: it samples its invocations itself; absent leaves that to its callers. */
  readonly tracesActively?: true;
  readonly tags: Readonly<Record<string, string>>;
  /** Environments at most; absent means that nothing is reserved. */
  readonly reservedConcurrency?: number;
  /** Absent means Lambda's own: text, in the function's own group. */
  readonly logging?: DesiredLogging;
  readonly url?: DesiredUrl;
  readonly permissions?: readonly DesiredPermission[];
  /** ARNs, and references to layers of the state. */
  readonly layers?: readonly string[];
  readonly eventSettings?: DesiredEventSettings;
  /** Where asynchronous events go that failed: a topic or a queue. */
  readonly deadLetterArn?: string;
  /** The code is this archive, not the folder. */
  readonly artifact?: DesiredArtifact;
  /** The handler is source that is bundled first. */
  readonly bundle?: DesiredBundle;
  /** Absolute; where the code lies when that is not the service folder: a bundle's output. */
  readonly codeFolder?: string;
  /** An API calls it, so the API gets the permission. */
  readonly calledByApi: boolean;
  /** The same for the REST API. */
  readonly calledByRestApi?: true;
  /** The same for the WebSocket API. */
  readonly calledByWebSocketApi?: true;
}

export interface UrlCors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
}

export interface DesiredUrl {
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors?: UrlCors;
}

/** A permission on a function that a resource of the file gives. */
export interface DesiredPermission {
  readonly logicalId: string;
  /** Of AddPermission, in AWS's spelling. */
  readonly members: Readonly<Record<string, string>>;
}

export interface DesiredLogGroup {
  readonly name: string;
  readonly retentionInDays?: number;
}

/** Of asynchronous invocations. */
export interface DesiredEventSettings {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  /** ARNs. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

export interface DesiredArtifact {
  /** Absolute. */
  readonly file: string;
  /** Base64, as Lambda tells it. */
  readonly sha256: string;
}

export interface DesiredLayer {
  /** In the service file. */
  readonly key: string;
  readonly name: string;
  /** Absolute; absent when it is an archive. */
  readonly folder?: string;
  readonly artifact?: DesiredArtifact;
  readonly description?: string;
  readonly licenseInfo?: string;
  readonly compatibleRuntimes?: readonly string[];
}

/** As Lambda's LoggingConfig, in its spelling but for the case of the first letters. */
export interface DesiredLogging {
  readonly logFormat: 'JSON' | 'Text';
  readonly applicationLogLevel?: string;
  readonly systemLogLevel?: string;
  readonly logGroup?: string;
}

export interface DesiredIntegration {
  /** Names it within this state. */
  readonly key: string;
  readonly functionName: string;
  readonly payloadFormatVersion: '1.0' | '2.0';
  /** 50..30000. */
  readonly timeoutInMillis: number;
}

export interface DesiredRoute {
  readonly routeKey: string;
  /** A DesiredIntegration's key. */
  readonly integration: string;
  /** Absent lets everybody in. */
  readonly authorization?: DesiredAuthorization;
}

export interface DesiredAuthorization {
  readonly type: 'JWT' | 'CUSTOM' | 'AWS_IAM';
  /** A DesiredAuthorizer's name. */
  readonly authorizer?: string;
  readonly scopes?: readonly string[];
}

export type DesiredAuthorizer =
  | {
      readonly type: 'JWT';
      readonly name: string;
      readonly identitySource: readonly string[];
      readonly issuer: string;
      readonly audience: readonly string[];
    }
  | {
      readonly type: 'REQUEST';
      readonly name: string;
      readonly identitySource: readonly string[];
      readonly functionArn: string;
      readonly payloadFormatVersion: '1.0' | '2.0';
      readonly resultTtlInSeconds?: number;
      readonly enableSimpleResponses?: boolean;
    };

export interface DesiredAccessLog {
  readonly logGroup: string;
  readonly format: string;
  readonly retentionInDays?: number;
}

export interface DesiredHttpApi {
  readonly name: string;
  readonly description?: string;
  readonly corsConfiguration?: CorsConfiguration;
  readonly disableExecuteApiEndpoint: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly stageName: '$default';
  readonly detailedMetricsEnabled: boolean;
  readonly accessLog?: DesiredAccessLog;
  readonly authorizers: readonly DesiredAuthorizer[];
  readonly integrations: readonly DesiredIntegration[];
  readonly routes: readonly DesiredRoute[];
}

export interface DesiredState {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  /** Absolute; the functions' code is here. */
  readonly folder: string;
  /** Of the service's API, whether it has one now or not: an earlier version may have had it. */
  readonly apiId: string;
  /** The same for its REST API. */
  readonly restApiId: string;
  /** The same for its WebSocket API. */
  readonly webSocketApiId: string;
  readonly functions: readonly DesiredFunction[];
  readonly layers: readonly DesiredLayer[];
  readonly logGroups: readonly DesiredLogGroup[];
  /** Present when a function is bundled. */
  readonly bundler?: BundlerSettings;
  readonly api?: DesiredHttpApi;
  readonly restApi?: DesiredRestApi;
  readonly webSocketApi?: DesiredWebSocketApi;
}
