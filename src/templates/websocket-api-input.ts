// What the WebSocket API of a desired state is as input of API Gateway v2 operations, and whether what is there is that.

import { isDeepStrictEqual } from 'node:util';
import type { DesiredState } from './desired-state.ts';
import type { DesiredWebSocketApi, DesiredWebSocketAuthorizer, DesiredWebSocketRoute } from './desired-websocket-api.ts';
import { accessLogInput, withoutStar } from './http-api-input.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** How API Gateway names a function that it is to call. */
function invocationUri(functionArn: string, { region }: DesiredState): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

export function webSocketIntegrationInput(functionName: string, desired: DesiredState): Answer {
  const functionArn = `arn:aws:lambda:${desired.region}:${desired.account}:function:${functionName}`;
  return { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(functionArn, desired) };
}

export function webSocketAuthorizerInput(
  { name, functionArn, identitySource }: DesiredWebSocketAuthorizer,
  desired: DesiredState,
): Answer {
  return {
    Name: name,
    AuthorizerType: 'REQUEST',
    AuthorizerUri: invocationUri(functionArn, desired),
    IdentitySource: identitySource,
  };
}

/** Everything is said, so that an update takes back what an earlier version of the file asked for. */
export function webSocketRouteInput(
  route: DesiredWebSocketRoute,
  integrations: ReadonlyMap<string, string>,
  authorizers: ReadonlyMap<string, string>,
): Answer {
  return {
    Target: `integrations/${integrations.get(route.functionName)}`,
    ...(route.authorizer === undefined
      ? { AuthorizationType: 'NONE' }
      : { AuthorizationType: 'CUSTOM', AuthorizerId: authorizers.get(route.authorizer) }),
    RouteResponseSelectionExpression: route.returnsResponse ? '$default' : '',
  };
}

export function isWebSocketRoute(found: Answer, wanted: Answer): boolean {
  return ['Target', 'AuthorizationType', 'AuthorizerId', 'RouteResponseSelectionExpression'].every((name) => {
    const nothing = name === 'AuthorizationType' ? 'NONE' : '';
    return (found[name] ?? nothing) === (wanted[name] ?? nothing);
  });
}

/** Of the stage: what is not frozen with a deployment. */
export function webSocketStageInput(api: DesiredWebSocketApi, desired: DesiredState): Answer {
  const accessLog = accessLogInput(api, desired);
  const { level = 'OFF', dataTrace = false } = api.executionLog ?? {};
  return {
    Description: api.description,
    DefaultRouteSettings: { DataTraceEnabled: dataTrace, LoggingLevel: level },
    ...(accessLog === undefined ? {} : { AccessLogSettings: accessLog }),
  };
}

/** The members of `wanted` that the stage has otherwise. What is not said of the route settings may be anything. */
export function stageChanges(found: Answer, wanted: Answer): Answer {
  const changes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (!isDeepStrictEqual(comparable(found[name], value), comparable(value, value))) changes[name] = value;
  }
  return changes;
}

/** The members that `like` has; ARNs of log groups may end in `:*`. */
function comparable(value: unknown, like: unknown): unknown {
  if (typeof like !== 'object' || like === null) return typeof value === 'string' ? withoutStar(value) : value;
  const members = (value ?? {}) as Answer;
  return Object.fromEntries(Object.keys(like).map((name) => [name, comparable(members[name], (like as Answer)[name])]));
}
