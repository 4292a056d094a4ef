// The REST API that a service file asks for, as plain data in the spelling of API Gateway's operations.

import type { DesiredAccessLog } from './desired-state.ts';
import type { DesiredExecutionLog } from './desired-websocket-api.ts';

export interface DesiredRestApi {
  readonly name: string;
  readonly description?: string;
  readonly endpointType: 'EDGE' | 'REGIONAL' | 'PRIVATE';
  readonly vpcEndpointIds?: readonly string[];
  readonly binaryMediaTypes: readonly string[];
  /** Bytes; absent is no compression. */
  readonly minimumCompressionSize?: number;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly disableExecuteApiEndpoint: boolean;
  /** Resource policy, JSON text. */
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly stageName: string;
  readonly detailedMetricsEnabled: boolean;
  readonly tracingEnabled: boolean;
  readonly accessLog?: DesiredAccessLog;
  readonly executionLog?: DesiredExecutionLog;
  readonly authorizers: readonly DesiredRestAuthorizer[];
  readonly models: readonly DesiredModel[];
  /** Name of the validator of methods that have one. */
  readonly validator?: string;
  readonly gatewayResponses: readonly DesiredGatewayResponse[];
  readonly methods: readonly DesiredRestMethod[];
  readonly usagePlans: readonly DesiredUsagePlan[];
}

export interface DesiredRestAuthorizer {
  readonly name: string;
  readonly type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS';
  readonly providerARNs?: readonly string[];
  readonly authorizerUri?: string;
  readonly identitySource?: string;
  readonly identityValidationExpression?: string;
  readonly authorizerResultTtlInSeconds: number;
}

export interface DesiredModel {
  readonly name: string;
  readonly contentType: string;
  readonly schema: string;
  readonly description?: string;
}

export interface DesiredGatewayResponse {
  readonly responseType: string;
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

export interface DesiredRestMethod {
  /** `/pets/{id}` */
  readonly path: string;
  /** A verb or `ANY`. */
  readonly httpMethod: string;
  readonly authorizationType: 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
  /** A DesiredRestAuthorizer's name. */
  readonly authorizer?: string;
  readonly authorizationScopes?: readonly string[];
  readonly apiKeyRequired: boolean;
  readonly operationName?: string;
  readonly requestParameters?: Readonly<Record<string, boolean>>;
  /** By the API's validator: the body by its models, and parameters that must be there. */
  readonly isValidated?: true;
  /** Content type -> name of a DesiredModel. */
  readonly requestModels?: Readonly<Record<string, string>>;
  readonly methodResponses: readonly DesiredMethodResponse[];
  readonly integration: DesiredRestIntegration;
  /** Name in the service file; absent for what the gateway answers by itself. */
  readonly functionKey?: string;
}

export interface DesiredMethodResponse {
  readonly statusCode: string;
  readonly responseParameters: Readonly<Record<string, boolean>>;
}

export interface DesiredRestIntegration {
  readonly type: 'MOCK' | 'HTTP' | 'HTTP_PROXY' | 'AWS' | 'AWS_PROXY';
  readonly integrationHttpMethod?: string;
  readonly uri?: string;
  readonly connectionType?: 'VPC_LINK';
  readonly connectionId?: string;
  readonly requestParameters?: Readonly<Record<string, string>>;
  readonly requestTemplates?: Readonly<Record<string, string>>;
  readonly passthroughBehavior?: string;
  readonly contentHandling?: string;
  readonly timeoutInMillis?: number;
  readonly responseTransferMode?: 'STREAM';
  readonly integrationResponses: readonly DesiredIntegrationResponse[];
}

export interface DesiredIntegrationResponse {
  readonly statusCode: string;
  /** Empty is the default response. */
  readonly selectionPattern: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
  readonly contentHandling?: string;
}

export interface DesiredApiKey {
  readonly name?: string;
  readonly value?: string;
  readonly description?: string;
  readonly customerId?: string;
  readonly enabled: boolean;
}

export interface DesiredUsagePlan {
  readonly name: string;
  readonly description: string;
  readonly quota?: { readonly limit: number; readonly offset?: number; readonly period: 'DAY' | 'WEEK' | 'MONTH' };
  readonly throttle?: { readonly burstLimit?: number; readonly rateLimit?: number };
  readonly apiKeys: readonly DesiredApiKey[];
}
