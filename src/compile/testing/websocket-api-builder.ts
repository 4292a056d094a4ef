// Builds small WebSocket APIs for tests: `webSocketApi({ $default: { integration: mock() } })` is a snapshot, a stage and everything
// between.

import type { WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { IntegrationResponse, WebSocketIntegration, WebSocketRoute, WebSocketStage } from '../../model/websocket-api.ts';

export interface RouteOptions extends Partial<Omit<WebSocketRoute, 'routeId' | 'routeKey' | 'target'>> {
  readonly integration?: IntegrationOptions;
  /** The route has a route response; then it also has the selection expression. */
  readonly answers?: boolean;
}

export interface IntegrationOptions extends Partial<Omit<WebSocketIntegration, 'integrationId'>> {
  /** By integration response key. */
  readonly responses?: Readonly<Record<string, Partial<IntegrationResponse>>>;
}

export interface WebSocketApiOptions {
  readonly api?: Partial<WebSocketApiSnapshot>;
  readonly stage?: Partial<WebSocketStage>;
}

export interface BuiltWebSocketApi {
  readonly snapshot: WebSocketApiSnapshot;
  readonly stage: WebSocketStage;
}

export function webSocketApi(
  routes: Readonly<Record<string, RouteOptions>>,
  options: WebSocketApiOptions = {},
): BuiltWebSocketApi {
  const integrations: WebSocketIntegration[] = [];
  const integrationResponses: IntegrationResponse[] = [];
  const built = Object.entries(routes).map(([routeKey, { integration, answers, ...route }], index): WebSocketRoute => {
    const integrationId = `i${index}`;
    if (integration !== undefined) {
      const { responses, ...members } = integration;
      integrations.push({
        integrationId,
        integrationType: 'MOCK',
        connectionType: 'INTERNET',
        passthroughBehavior: 'WHEN_NO_MATCH',
        payloadFormatVersion: '1.0',
        timeoutInMillis: 29_000,
        ...members,
      });
      for (const [key, response] of Object.entries(responses ?? {})) {
        const integrationResponseId = `${integrationId}r${integrationResponses.length}`;
        integrationResponses.push({ integrationId, integrationResponseId, integrationResponseKey: key, ...response });
      }
    }
    return {
      routeId: `r${index}`,
      routeKey,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      ...(integration === undefined ? {} : { target: `integrations/${integrationId}` }),
      ...(answers === true ? { routeResponseSelectionExpression: '$default' } : {}),
      ...route,
    };
  });
  const answering = Object.values(routes).map(({ answers }, index) => ({ answers, routeId: `r${index}` }));
  return {
    snapshot: {
      scope: { account: '000000000000', region: 'us-east-1' },
      apiId: 'w1x2y3z4a5',
      apiName: 'chat',
      protocolType: 'WEBSOCKET',
      deploymentId: 'd1',
      apiKeySelectionExpression: '$request.header.x-api-key',
      routeSelectionExpression: '$request.body.action',
      disableExecuteApiEndpoint: false,
      routes: built,
      routeResponses: answering
        .filter(({ answers }) => answers === true)
        .map(({ routeId }) => ({ routeId, routeResponseId: `${routeId}a`, routeResponseKey: '$default' })),
      integrations,
      integrationResponses,
      models: [],
      authorizers: [],
      ...options.api,
    },
    stage: {
      stageName: 'prod',
      autoDeploy: false,
      deploymentId: 'd1',
      defaultRouteSettings: { detailedMetricsEnabled: false, dataTraceEnabled: false, loggingLevel: 'OFF' },
      routeSettings: {},
      stageVariables: {},
      createdDate: '2026-01-01T00:00:00Z',
      lastUpdatedDate: '2026-01-01T00:00:00Z',
      tags: {},
      ...options.stage,
    },
  };
}

/** A MOCK that answers the status its template says. */
export function mock(
  template = '{"statusCode":200}',
  responses: IntegrationOptions['responses'] = { $default: {} },
): IntegrationOptions {
  return {
    integrationType: 'MOCK',
    requestTemplates: { $default: template },
    templateSelectionExpression: '\\$default',
    responses,
  };
}

/** A function behind AWS_PROXY. */
export function lambdaProxy(name = 'chat'): IntegrationOptions {
  return { integrationType: 'AWS_PROXY', integrationMethod: 'POST', integrationUri: invocationUri(name) };
}

export function invocationUri(name: string): string {
  return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}/invocations`;
}
