// What a deployment freezes. Stage settings stay outside: AWS applies them without a redeploy.

import type { Authorizer, CorsConfiguration, Integration, Route } from './http-api.ts';
import type { Scope } from './scope.ts';
import type {
  IntegrationResponse,
  RouteResponse,
  WebSocketApi,
  WebSocketAuthorizer,
  WebSocketIntegration,
  WebSocketModel,
  WebSocketRoute,
} from './websocket-api.ts';

/** An immutable copy of one HTTP API's definition, taken by CreateDeployment or by auto-deploy. */
export interface HttpApiSnapshot {
  readonly scope: Scope;
  readonly apiId: string;
  /** Absent: that of a WebSocket API has it. */
  readonly protocolType?: undefined;
  readonly deploymentId: string;
  readonly apiName: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly corsConfiguration?: CorsConfiguration;
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  /** Absent in deployments that were made before there were authorizers. */
  readonly authorizers?: readonly Authorizer[];
}

/** The same of one WebSocket API. */
export interface WebSocketApiSnapshot
  extends Pick<
    WebSocketApi,
    | 'apiId'
    | 'protocolType'
    | 'apiKeySelectionExpression'
    | 'routeSelectionExpression'
    | 'disableExecuteApiEndpoint'
    | 'disableSchemaValidation'
  > {
  readonly scope: Scope;
  readonly deploymentId: string;
  readonly apiName: string;
  readonly routes: readonly WebSocketRoute[];
  readonly routeResponses: readonly RouteResponse[];
  readonly integrations: readonly WebSocketIntegration[];
  readonly integrationResponses: readonly IntegrationResponse[];
  readonly models: readonly WebSocketModel[];
  readonly authorizers: readonly WebSocketAuthorizer[];
}
