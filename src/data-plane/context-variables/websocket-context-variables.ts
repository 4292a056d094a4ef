// Every `$context` variable in the access logs of WebSocket APIs. What templates and selection expressions may read, too, is read the same
// way (websocket-api/event-context.ts). A name that is not here, or has no value, is `-`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html

import type { WebSocketApiPlan } from '../../model/websocket-api-plan.ts';
import { contextNames, contextText } from '../websocket-api/event-context.ts';
import type { WebSocketEvent } from '../websocket-api/websocket-event.ts';
import { endpointRequestId } from './endpoint-request-id.ts';
import type { LogVariable } from './log-line.ts';

type WebSocketVariable = LogVariable<WebSocketEvent, WebSocketApiPlan>;

const failure: WebSocketVariable = { kind: 'text', of: integrationError };
const integrationLatency: WebSocketVariable = { kind: 'plain', of: (event) => milliseconds(event.integrationUs) };
const endpointRequest: WebSocketVariable = { kind: 'wire', of: endpointRequestId };
const endpointStatus: WebSocketVariable = {
  kind: 'plain',
  of: ({ integrationStatus }) => (integrationStatus === 0 ? undefined : String(integrationStatus)),
};
const authorizerError: WebSocketVariable = {
  kind: 'text',
  of: ({ refusedAt, refusal }) => (refusedAt === 'authorize' ? refusal?.reason : undefined),
};

const ofLogs: ReadonlyMap<string, WebSocketVariable> = new Map<string, WebSocketVariable>([
  ['accountId', { kind: 'constant', of: (plan) => plan.scope.account }],
  ['apiId', { kind: 'constant', of: (plan) => plan.apiId }],
  ['stage', { kind: 'constant', of: (plan) => plan.stageName }],
  ['authorize.error', authorizerError],
  ['authorizer.error', authorizerError],
  ['awsEndpointRequestId', endpointRequest],
  ['error.messageString', { kind: 'quoted', of: (event) => contextText(event, 'error.message') }],
  ['integration.error', failure],
  ['integration.latency', integrationLatency],
  ['integration.requestId', endpointRequest],
  ['integration.status', endpointStatus],
  ['integrationErrorMessage', failure],
  ['integrationLatency', integrationLatency],
  ['integrationStatus', endpointStatus],
  ['responseLatency', { kind: 'plain', of: (event) => milliseconds(event.totalUs) }],
  ['responseLength', { kind: 'plain', of: (event) => String(event.request.bytesOut) }],
]);

const ofTemplates: ReadonlySet<string> = new Set(contextNames);
/** What clients send comes as latin1, one character for each byte. */
const fromTheWire: ReadonlySet<string> = new Set(['domainName', 'identity.apiKey', 'identity.userAgent']);

/** The variable behind `$context.{name}`; undefined for a name that has never a value here. */
export function webSocketContextVariable(name: string): WebSocketVariable | undefined {
  const known = ofLogs.get(name);
  if (known !== undefined) return known;
  if (!ofTemplates.has(name) && !name.startsWith('authorizer.')) return undefined;
  return { kind: fromTheWire.has(name) ? 'wire' : 'text', of: (event: WebSocketEvent) => contextText(event, name) };
}

function integrationError({ integrationError: given, refusedAt, refusal }: WebSocketEvent): string | undefined {
  if (given !== undefined) return given;
  return refusedAt === 'integration' || refusedAt === 'integrationResponse' ? refusal?.reason : undefined;
}

function milliseconds(microseconds: number | undefined): string | undefined {
  return microseconds === undefined ? undefined : String(Math.round(microseconds / 1000));
}
