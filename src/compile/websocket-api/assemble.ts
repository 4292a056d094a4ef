// Plan -> pipeline: turns the plan's data into the objects that serve events. It decides nothing; everything was decided in plan.ts.

import { assembleAccessLog } from '../../data-plane/access-log/access-log.ts';
import { webSocketContextVariable } from '../../data-plane/context-variables/websocket-context-variables.ts';
import { TokenBucket } from '../../data-plane/http-api/throttle.ts';
import { serviceRole } from '../../data-plane/iam/service-role.ts';
import type { BoundMeter, FunctionTarget, Upstreams, WebSocketPorts } from '../../data-plane/ports.ts';
import { apiIdDimension, stageDimensions } from '../../data-plane/telemetry/api-dimensions.ts';
import { EventMetrics } from '../../data-plane/telemetry/event-metrics.ts';
import type { MetricsOwner } from '../../data-plane/telemetry/request-metrics.ts';
import {
  type HandshakeAuthorizer,
  UnservableAuthorizer,
} from '../../data-plane/websocket-api/authorizers/handshake-authorizer.ts';
import { IamAuthorizer } from '../../data-plane/websocket-api/authorizers/iam-authorizer.ts';
import { LambdaAuthorizer } from '../../data-plane/websocket-api/authorizers/lambda-authorizer.ts';
import { ChannelTemplate } from '../../data-plane/websocket-api/channels/channel-template.ts';
import { WebSocketExecutionLog } from '../../data-plane/websocket-api/execution-log.ts';
import { AwsServiceIntegration } from '../../data-plane/websocket-api/integrations/aws-service.ts';
import { HttpIntegration } from '../../data-plane/websocket-api/integrations/http.ts';
import type { Integration } from '../../data-plane/websocket-api/integrations/integration.ts';
import { LambdaIntegration } from '../../data-plane/websocket-api/integrations/lambda.ts';
import { LambdaProxyIntegration } from '../../data-plane/websocket-api/integrations/lambda-proxy.ts';
import { MockIntegration } from '../../data-plane/websocket-api/integrations/mock.ts';
import { UnservableIntegration } from '../../data-plane/websocket-api/integrations/unservable.ts';
import { MessageValidator } from '../../data-plane/websocket-api/message-validator.ts';
import type { RoutePipeline, WebSocketApiPipeline } from '../../data-plane/websocket-api/pipeline.ts';
import type { WebSocketApiPlan, WebSocketRoutePlan } from '../../model/websocket-api-plan.ts';
import { compileSelectionKey } from '../../selection-expression/selection-key.ts';
import { compileSchema } from '../rest-api/schema-compiler.ts';

/** The pipeline is frozen: an event that began in it ends in it, whatever is deployed meanwhile. */
export function assembleWebSocketApi(plan: WebSocketApiPlan, ports: WebSocketPorts, upstreams: Upstreams): WebSocketApiPipeline {
  const routes = plan.routes.map(assembleRoute);
  const routeOf = (key: string) => routes.find(({ routeKey }) => routeKey === key);
  const ofMessages = routes.filter(({ routeKey }) => routeKey !== '$connect' && routeKey !== '$disconnect');
  return Object.freeze({
    plan,
    connectRoute: routeOf('$connect'),
    disconnectRoute: routeOf('$disconnect'),
    routes: new Map(ofMessages.map((route) => [route.routeKey, route])),
    defaultRoute: routeOf('$default'),
    selectRoute: compileSelectionKey(plan.routeSelection),
    accountThrottle: plan.accountThrottle && new TokenBucket(ports.counters, plan.accountThrottle, 'the account'),
    metrics: assembleMetrics(stageDimensions(apiIdDimension(plan.apiId), plan.stageName)),
    exchanges: ports.exchanges,
    deadlines: ports.deadlines,
    accessLog: assembleAccessLog(plan, ports.stageLogs, webSocketContextVariable),
    executionLog: assembleExecutionLog(),
    tracesData: plan.routes.some(({ executionLog }) => executionLog?.dataTrace === true),
    connections: ports.connections,
    channels: ports.channels,
    journal: ports.journal,
    departures: ports.departures,
    callers: ports.callers,
  });

  function assembleExecutionLog(): WebSocketExecutionLog | undefined {
    if (plan.executionLog === undefined) return undefined;
    if (ports.stageLogs === undefined) throw new Error('There is nowhere to write execution logs to.');
    return new WebSocketExecutionLog(ports.stageLogs.open(plan.executionLog));
  }

  function assembleRoute(route: WebSocketRoutePlan): RoutePipeline {
    return Object.freeze({
      plan: route,
      routeKey: route.routeKey,
      authorizer: assembleAuthorizer(route),
      meter: route.apiKeyRequired ? assembleMeter(route) : undefined,
      throttle: route.throttle && new TokenBucket(ports.counters, route.throttle, `the route "${route.routeKey}"`),
      validator: route.validation && new MessageValidator(route.validation, compileSchema),
      integration: assembleIntegration(route),
      channels: assembleChannels(route),
      metrics: route.detailedMetricsEnabled ? assembleRouteMetrics(route) : undefined,
    });
  }

  function assembleMetrics(dimensionSets: MetricsOwner['dimensionSets']): EventMetrics | undefined {
    return ports.metrics && new EventMetrics(ports.metrics, { scope: plan.scope, dimensionSets });
  }

  function assembleRouteMetrics({ routeKey }: WebSocketRoutePlan): EventMetrics | undefined {
    const stage = { name: 'Stage', value: plan.stageName };
    return assembleMetrics([[apiIdDimension(plan.apiId), stage, { name: 'Route', value: routeKey }]]);
  }

  /** Default deny: a route without authorizer compiles only when it says that it wants none. */
  function assembleAuthorizer({ authorization, routeArn }: WebSocketRoutePlan): HandshakeAuthorizer | undefined {
    switch (authorization.type) {
      case 'NONE':
        return undefined;
      case 'AWS_IAM':
        return ports.callers === undefined
          ? new UnservableAuthorizer('AWS_IAM is not served: nothing here knows access keys.')
          : new IamAuthorizer(ports.callers, routeArn);
      case 'REQUEST':
        return new LambdaAuthorizer(authorization, routeArn, bind(authorization), ports.deadlines);
      case 'UNSERVABLE':
        return new UnservableAuthorizer(authorization.reason);
    }
  }

  function assembleMeter({ routeKey }: WebSocketRoutePlan): BoundMeter {
    const { scope, apiId, stageName } = plan;
    return ports.meter?.bind({ scope, apiId, stageName, resourcePath: routeKey, httpMethod: '' }) ?? nobodyMeters;
  }

  function assembleChannels({ integration }: WebSocketRoutePlan): ChannelTemplate | undefined {
    const text = 'channelsTemplate' in integration ? integration.channelsTemplate : undefined;
    return text === undefined ? undefined : new ChannelTemplate(text);
  }

  function assembleIntegration({ integration }: WebSocketRoutePlan): Integration {
    switch (integration.type) {
      case 'AWS_PROXY':
        return new LambdaProxyIntegration(integration, bind(integration), ports.deadlines);
      case 'MOCK':
        return new MockIntegration(integration);
      case 'HTTP':
      case 'HTTP_PROXY':
        return new HttpIntegration(integration, plan.apiId, upstreams, ports.clientCertificate);
      case 'AWS_LAMBDA':
        return new LambdaIntegration(integration, bind(integration), ports.deadlines);
      case 'AWS_SERVICE': {
        if (ports.awsCredentials === undefined && integration.asCaller !== true)
          throw new Error(`${integration.service} was planned without keys to sign its calls.`);
        const role = serviceRole(integration.role, plan.scope.account, ports.roles);
        return new AwsServiceIntegration(integration, plan.apiId, upstreams, ports.awsCredentials, role);
      }
      case 'UNSERVABLE':
        return new UnservableIntegration(integration.reason);
    }
  }

  function bind({ functionArn, sourceArn, credentials }: Omit<FunctionTarget, 'scope'>) {
    return ports.functions.bind({ scope: plan.scope, functionArn, sourceArn, credentials });
  }
}

/** Fail closed: a $connect that requires a key is open to nobody where no key can be checked. */
const nobodyMeters: BoundMeter = {
  take: () => ({ kind: 'refused', refused: 'INVALID_API_KEY', reason: 'API keys are not checked here, so nobody has one.' }),
};
