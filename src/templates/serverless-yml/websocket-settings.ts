// What `provider` says about the WebSocket API: websocketsApiName and its like, websocket, logs.websocket.
// Source: Serverless Framework, guide "Websocket", and its reference of serverless.yml.

import type { DesiredExecutionLog } from '../desired-websocket-api.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';
import { restApiProperties, webSocketLogProperties, webSocketProperties } from './property-tables.ts';
import type { ProviderSettings } from './read-provider.ts';
import type { Identity } from './service-identity.ts';

export interface WebSocketLogs {
  /** Of the access log; absent when there is none. */
  readonly format?: string;
  /** Of the access log, where it is not the usual one. */
  readonly logGroup?: string;
  readonly executionLog?: DesiredExecutionLog;
}

export interface WebSocketSettings {
  readonly name: string;
  readonly description: string;
  readonly routeSelectionExpression: string;
  readonly useProviderTags: boolean;
}

// AWS: nothing; what Serverless Framework writes when the file does not say.
const DEFAULT_DESCRIPTION = 'Serverless Websockets';
const DEFAULT_SELECTION = '$request.body.action';
const DEFAULT_FORMAT = [
  '$context.identity.sourceIp',
  '$context.identity.caller',
  '$context.identity.user',
  '[$context.requestTime]',
  '"$context.eventType $context.routeKey $context.connectionId"',
  '$context.requestId',
].join(' ');

/** `provider.logs.websocket`: true, or a map whose switches are on unless they are false. */
export function readWebSocketLogs(node: TemplateNode | undefined, reader: PropertyReader): WebSocketLogs | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'false') return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'true') {
    return { format: DEFAULT_FORMAT, executionLog: { level: 'INFO', dataTrace: true } };
  }
  const path = 'provider.logs.websocket';
  const map = reader.map(node, path, 'true');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, webSocketLogProperties, path);
  const isOn = (name: string) => reader.boolean(properties.get(name), `${path}.${name}`) ?? true;
  const format = reader.text(properties.get('format'), `${path}.format`, '$context.requestId $context.connectionId');
  const levelNode = properties.get('level');
  const level = levelNode === undefined ? 'INFO' : reader.text(levelNode, `${path}.level`, 'INFO');
  if (levelNode !== undefined && level !== undefined && level !== 'INFO' && level !== 'ERROR') {
    reader.wrong(levelNode, `${path}.level`, 'INFO or ERROR', 'Use one of these; executionLogging: false turns the log off.');
  }
  const dataTrace = isOn('fullExecutionData');
  const logGroup = reader.text(properties.get('logGroup'), `${path}.logGroup`, '/chat/websocket');
  return {
    ...(logGroup === undefined ? {} : { logGroup }),
    ...(isOn('accessLogging') ? { format: format ?? DEFAULT_FORMAT } : {}),
    ...(isOn('executionLogging') ? { executionLog: { level: level === 'ERROR' ? 'ERROR' : 'INFO', dataTrace } } : {}),
  };
}

export function readWebSocketSettings(
  { webSocketApi: properties, restApi }: ProviderSettings,
  { service, stage }: Identity,
  reader: PropertyReader,
): WebSocketSettings {
  noteOtherApi(restApi.get('apiGateway'), reader);
  const text = (name: string, example: string) => reader.text(properties.get(name), `provider.${name}`, example);
  const map = reader.map(properties.get('websocket'), 'provider.websocket', '{ useProviderTags: true }');
  const more = map === undefined ? undefined : reader.properties(map, webSocketProperties, 'provider.websocket');
  return {
    name: text('websocketsApiName', 'chat') ?? `${stage}-${service}-websockets`,
    description: text('websocketsDescription', 'Chat') ?? DEFAULT_DESCRIPTION,
    routeSelectionExpression: text('websocketsApiRouteSelectionExpression', DEFAULT_SELECTION) ?? DEFAULT_SELECTION,
    useProviderTags: reader.boolean(more?.get('useProviderTags'), 'provider.websocket.useProviderTags') ?? false,
  };
}

/** The rest of `provider.apiGateway` is read with the http events, and there may be none. */
function noteOtherApi(node: TemplateNode | undefined, reader: PropertyReader): void {
  const entry = node?.kind === 'map' ? node.entries.get('websocketApiId') : undefined;
  if (node?.kind !== 'map' || entry === undefined) return;
  const alone = { ...node, entries: new Map([[entry.key, entry]]) };
  reader.properties(alone, restApiProperties, 'provider.apiGateway');
}
