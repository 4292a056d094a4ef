// What `provider` says about the WebSocket API: websocketsApiName and its like, websocket.
// Source: Serverless Framework, guide "Websocket", and its reference of serverless.yml.

import type { TemplateNode } from '../template-node.ts';
import { restApiProperties, webSocketProperties } from './api-property-tables.ts';
import type { PropertyReader } from './property-reader.ts';
import type { ProviderSettings } from './read-provider.ts';
import type { Identity } from './service-identity.ts';

export interface WebSocketSettings {
  readonly name: string;
  readonly description: string;
  readonly routeSelectionExpression: string;
  readonly useProviderTags: boolean;
}

// AWS: nothing; what Serverless Framework writes when the file does not say.
const DEFAULT_DESCRIPTION = 'Serverless Websockets';
const DEFAULT_SELECTION = '$request.body.action';

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
