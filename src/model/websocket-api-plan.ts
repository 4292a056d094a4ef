// The plan of one (WebSocket API, stage): plain JSON between the snapshot and the functions.
// It is golden-tested, printed by `stagegate explain` and shown in the console.

import type { AccessLogDestination, AccessLogPlan, IdentitySourcePlan, ThrottlePlan, UnservablePlan } from './http-api-plan.ts';
import type { CredentialsPlan, ServiceRolePlan } from './integration-credentials.ts';
import type { ExecutionLogSettings, HttpTargetPlan, ServiceTargetPlan } from './rest-api-plan.ts';
import type { Scope } from './scope.ts';
import type { SelectionExpression } from './selection-expression.ts';
import type { ContentHandlingStrategy, HandshakeContextVariable } from './websocket-api.ts';

/** Where an authorizer finds one part of a client's identity, in the handshake. `expression` is AWS's spelling, for messages. */
export type HandshakeIdentitySourcePlan =
  | Exclude<IdentitySourcePlan, { readonly kind: 'context' }>
  | { readonly kind: 'context'; readonly name: HandshakeContextVariable; readonly expression: string };

/** A Lambda authorizer. It is asked once for each connection; what it says is remembered with the connection. */
export interface WebSocketAuthorizerPlan {
  readonly type: 'REQUEST';
  readonly authorizerId: string;
  readonly name: string;
  readonly functionArn: string;
  /** What the function's resource policy is asked about (`aws:SourceArn`). */
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
  /** All of them must be there, or the handshake is refused without a call. */
  readonly identitySources: readonly HandshakeIdentitySourcePlan[];
}

/** What a handshake asks of its caller; every route but `$connect` has NONE. */
export type WebSocketAuthorizationPlan =
  | { readonly type: 'NONE' }
  | { readonly type: 'AWS_IAM' }
  | WebSocketAuthorizerPlan
  /** Fail closed: nobody gets in, and `explain` says why. */
  | { readonly type: 'UNSERVABLE'; readonly reason: string };

/** Which model a message must fit. */
export interface MessageValidationPlan {
  readonly modelSelection: SelectionExpression;
  /** JSON Schema text by key; a key that is not here takes `$default`, and without one no message fits. */
  readonly schemas: Readonly<Record<string, string>>;
  /** Model name to the schema text of each model that those refer to. */
  readonly referencedModels?: Readonly<Record<string, string>>;
}

/** One integration response. In the order of their keys: the first whose pattern matches answers. */
export interface WebSocketIntegrationResponsePlan {
  readonly integrationResponseId: string;
  /** A Java pattern, matched with the status code or a function's errorMessage; '' is `$default`. */
  readonly selectionPattern: string;
  /** `method.response.header.X` -> expression. */
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly templateSelection: SelectionExpression;
  /** By what the template selection gives; a key that is not here takes `$default`, and without one the body passes as it is. */
  readonly responseTemplates: Readonly<Record<string, string>>;
  readonly contentHandling?: ContentHandlingStrategy;
}

interface WebSocketIntegrationBase {
  readonly integrationId: string;
  /** Of messages on their way to the integration. */
  readonly contentHandling?: ContentHandlingStrategy;
  readonly timeoutInMillis: number;
}

/** What integrations that are no proxies have in common. */
export interface MappedWebSocketPlan extends WebSocketIntegrationBase {
  /** `integration.request.header.X` -> expression. */
  readonly requestParameters: Readonly<Record<string, string>>;
  readonly templateSelection: SelectionExpression;
  /** By what the template selection gives; a key that is not here takes `$default`. */
  readonly requestTemplates: Readonly<Record<string, string>>;
  /** What the route asks of channels: ours, and no request template. */
  readonly channelsTemplate?: string;
  /** What happens to a message that no template is for. */
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly WebSocketIntegrationResponsePlan[];
}

export interface WebSocketMockPlan extends MappedWebSocketPlan {
  readonly type: 'MOCK';
}

export interface WebSocketHttpPlan extends MappedWebSocketPlan, HttpTargetPlan {
  readonly type: 'HTTP';
}

export interface WebSocketHttpProxyPlan extends WebSocketIntegrationBase, HttpTargetPlan {
  readonly type: 'HTTP_PROXY';
  readonly requestParameters: Readonly<Record<string, string>>;
}

export interface WebSocketLambdaProxyPlan extends WebSocketIntegrationBase {
  readonly type: 'AWS_PROXY';
  /** Function ARN, perhaps with `:qualifier`; stage variables are already put in. */
  readonly functionArn: string;
  /** What the function's resource policy is asked about (`aws:SourceArn`). */
  readonly sourceArn: string;
  /** Absent: the function's resource policy is asked about API Gateway. */
  readonly credentials?: CredentialsPlan;
}

/** A function behind templates: its responses are selected by errorMessage, those of all others by status code. */
export interface WebSocketLambdaPlan extends MappedWebSocketPlan {
  readonly type: 'AWS_LAMBDA';
  readonly functionArn: string;
  readonly sourceArn: string;
  readonly credentials?: CredentialsPlan;
}

export interface WebSocketServicePlan extends MappedWebSocketPlan, ServiceTargetPlan {
  readonly type: 'AWS_SERVICE';
  /** Calls are signed with the keys of whoever signed the handshake, not with the gateway's. */
  readonly asCaller?: true;
  /** Absent: the caller's credentials are passed on, or nobody is named. */
  readonly role?: ServiceRolePlan;
}

export type WebSocketIntegrationPlan =
  | WebSocketMockPlan
  | WebSocketHttpPlan
  | WebSocketHttpProxyPlan
  | WebSocketLambdaProxyPlan
  | WebSocketLambdaPlan
  | WebSocketServicePlan
  | UnservablePlan;

export interface WebSocketRoutePlan {
  readonly routeId: string;
  readonly routeKey: string;
  readonly operationName?: string;
  /** `arn:…:execute-api:{region}:{account}:{apiId}/{stage}/{routeKey}`: what an authorizer's policy and IAM are asked about. */
  readonly routeArn: string;
  readonly authorization: WebSocketAuthorizationPlan;
  readonly apiKeyRequired: boolean;
  /** `route.request.header.X` and `route.request.querystring.X` that a handshake must have, in AWS's order. */
  readonly requiredParameters: readonly string[];
  readonly throttle?: ThrottlePlan;
  /** Absent: messages are not validated. */
  readonly validation?: MessageValidationPlan;
  readonly integration: WebSocketIntegrationPlan;
  /** Two-way: what the integration gives back is sent to the client. */
  readonly returnsResponse: boolean;
  /** Absent: nothing is logged. */
  readonly executionLog?: ExecutionLogSettings;
  readonly detailedMetricsEnabled: boolean;
}

export interface WebSocketApiPlan {
  readonly scope: Scope;
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routeSelection: SelectionExpression;
  /** Where the key of a handshake is found when `$connect` requires one. */
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  /** The bucket that every API of the account and region shares; absent when the operator lifted it. */
  readonly accountThrottle?: ThrottlePlan;
  readonly accessLog?: AccessLogPlan;
  /** Where the routes that have an execution log write it. */
  readonly executionLog?: AccessLogDestination;
  /** What https backends are shown; the key is no part of the plan. */
  readonly clientCertificateId?: string;
  /** By route key; `$connect` and `$disconnect` are there only if the API has them. */
  readonly routes: readonly WebSocketRoutePlan[];
}
