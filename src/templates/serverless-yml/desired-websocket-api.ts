// The WebSocket API of a service file as the desired state has it: the websocket events of its functions under the settings of the
// provider.

import type { Place } from '../../config/user-error.ts';
import { WEBSOCKET_API_SUBJECT, WEBSOCKET_STAGE_SUBJECT, webSocketRouteSubject } from '../desired-state.ts';
import type { DesiredWebSocketApi, DesiredWebSocketAuthorizer, DesiredWebSocketRoute } from '../desired-websocket-api.ts';
import { withoutNulls } from './desired-function.ts';
import type { ProviderSettings } from './read-provider.ts';
import type { RestEventNode, RestReading } from './rest-reading.ts';
import { readWebSocketEvent, type WebSocketEvent } from './websocket-event.ts';
import { readWebSocketSettings, type WebSocketSettings } from './websocket-settings.ts';

export interface WebSocketApiOutcome {
  readonly api?: DesiredWebSocketApi;
  /** Keys of the functions that it calls. */
  readonly called: ReadonlySet<string>;
}

/** `leftOut` are the events of functions that are not run. */
export function desiredWebSocketApi(
  provider: ProviderSettings,
  leftOut: readonly RestEventNode[],
  reading: RestReading,
  places: Map<string, Place>,
): WebSocketApiOutcome {
  const { functions, identity, reader } = reading;
  if (functions.every((one) => one.webSocketEvents.length === 0)) {
    for (const name of provider.webSocketApi.keys()) reader.ignore(`provider.${name}`, 'no function has a websocket event');
    return { called: new Set() };
  }
  for (const event of leftOut) refuseOpenDoor(event, reading);
  const settings = readWebSocketSettings(provider, identity, reader);
  const gathering = new Gathering(reading, places);
  for (const one of functions) {
    for (const node of one.webSocketEvents) {
      const event = readWebSocketEvent(node, one, reading);
      if (event !== undefined) gathering.add(event, one.key);
    }
  }
  if (gathering.routes.length === 0) return { called: new Set() };
  const first = gathering.places[0];
  const place = reader.variables.at('provider.websocketsApiRouteSelectionExpression')?.place ?? first;
  if (place !== undefined) places.set(WEBSOCKET_API_SUBJECT, place);
  const logs = reader.variables.at('provider.logs.websocket')?.place ?? place;
  if (logs !== undefined) places.set(WEBSOCKET_STAGE_SUBJECT, logs);
  return { api: apiOf(settings, gathering, provider, reading), called: gathering.called };
}

function apiOf(
  { useProviderTags, ...settings }: WebSocketSettings,
  { authorizers, routes }: Gathering,
  provider: ProviderSettings,
  { identity, known, reader }: RestReading,
): DesiredWebSocketApi {
  const { service, stage } = identity;
  const { format, executionLog, logGroup = `/aws/websocket/${service}-${stage}` } = provider.logs.webSocket ?? {};
  return {
    ...settings,
    tags: useProviderTags ? withoutNulls(reader.textMap(provider.tags, 'provider.tags', known, () => {})) : {},
    stageName: stage,
    ...(format === undefined ? {} : { accessLog: { logGroup, format } }),
    ...(executionLog === undefined ? {} : { executionLog }),
    authorizers,
    routes,
  };
}

/** AWS: without a $connect route everybody may connect. Seen: developer guide. So none is left out. */
function refuseOpenDoor({ node, place }: RestEventNode, { reader }: RestReading): void {
  const routeNode = node.kind === 'map' ? node.entries.get('route')?.node : node;
  const route = routeNode && reader.variables.resolve(routeNode);
  if (route?.kind !== 'scalar' || String(route.value).trim() !== '$connect') return;
  const what = 'The function of $connect is left out; the WebSocket API would let everybody in.';
  const fix = 'Give $connect to a function that runs here, or remove the other websocket events, too.';
  reader.problems.error('SG_UNSUPPORTED', place, what, fix);
}

/** The routes of all events, and what they share. */
class Gathering {
  readonly routes: DesiredWebSocketRoute[] = [];
  readonly authorizers: DesiredWebSocketAuthorizer[] = [];
  readonly places: Place[] = [];
  readonly called = new Set<string>();
  readonly #reading: RestReading;
  readonly #places: Map<string, Place>;

  constructor(reading: RestReading, places: Map<string, Place>) {
    this.#reading = reading;
    this.#places = places;
  }

  add({ route, place, authorizer, authorizerKey }: WebSocketEvent, functionKey: string): void {
    const subject = webSocketRouteSubject(route.routeKey);
    const before = this.#places.get(subject);
    if (before !== undefined) {
      const what = `The WebSocket route ${route.routeKey} is already taken in line ${before.line}.`;
      this.#reading.reader.problems.error('SG_BAD_VALUE', place, what, 'Give each route to one function only.');
      return;
    }
    this.#places.set(subject, place);
    this.places.push(place);
    this.routes.push(route);
    this.called.add(functionKey);
    if (authorizer !== undefined) this.authorizers.push(authorizer);
    if (authorizerKey !== undefined) this.called.add(authorizerKey);
  }
}
