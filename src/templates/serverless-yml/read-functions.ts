// The `functions` section and its httpApi, http and websocket events.

import type { Place } from '../../config/user-error.ts';
import type { DesiredArtifact, DesiredLogging, DesiredUrl } from '../desired-state.ts';
import { isNull, type MapEntry, type TemplateNode } from '../template-node.ts';
import { type Authorizers, readEventAuthorizer } from './authorizers.ts';
import type { BundlerReading } from './bundler-settings.ts';
import { readFunctionUrl } from './function-extras.ts';
import { type HandlerFile, readHandlerFile } from './handler-file.ts';
import { type HttpApiEvent, readEventObject, readEventText } from './http-api-event.ts';
import { readRetention } from './log-retention.ts';
import { readFunctionLogs } from './log-settings.ts';
import { readArtifact } from './package-artifact.ts';
import type { PropertyReader } from './property-reader.ts';
import { functionProperties, httpApiEventProperties, otherEvents } from './property-tables.ts';
import { readPayload } from './read-provider.ts';
import type { RestEventNode } from './rest-reading.ts';
import { mayBeProtected } from './route-protection.ts';
import { checkOtherHandler, isOtherRuntime, readRuntime, runsHere } from './runtime.ts';
import { readMode } from './tracing.ts';

export interface FunctionSettings {
  readonly key: string;
  readonly place: Place;
  readonly name?: { readonly text: string; readonly place: Place };
  readonly handler: string;
  readonly file: HandlerFile;
  readonly runtime?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly description?: string;
  readonly tracesActively?: boolean;
  readonly environment?: TemplateNode;
  readonly tags?: TemplateNode;
  /** Environments at most; 0 lets nobody in. */
  readonly reservedConcurrency?: number;
  readonly logging?: DesiredLogging;
  readonly logRetentionInDays?: number;
  readonly url?: DesiredUrl;
  readonly layers?: TemplateNode;
  readonly artifact?: DesiredArtifact;
  /** `destinations`, `maximumRetryAttempts`, `maximumEventAge`. */
  readonly eventSettings: ReadonlyMap<string, TemplateNode>;
  readonly payload?: '1.0' | '2.0';
  readonly routes: readonly HttpApiEvent[];
  readonly restEvents: readonly RestEventNode[];
  readonly webSocketEvents: readonly RestEventNode[];
}

export interface FunctionsSurroundings {
  /** Of the service file, absolute. */
  readonly folder: string;
  /** The provider's. */
  readonly runtime: string | undefined;
  readonly bundler: BundlerReading;
  readonly authorizers: Authorizers;
  /** The service's, for functions without one of their own. */
  readonly artifact: DesiredArtifact | undefined;
}

export interface FunctionsReading {
  /** The functions that can be run; the others have problems noted. */
  readonly functions: readonly FunctionSettings[];
  /** Routes of all functions that --lenient leaves out because they would be open. */
  readonly protectedRoutes: readonly HttpApiEvent[];
  /** websocket events of the functions that cannot be run. */
  readonly webSocketEventsLeftOut: readonly RestEventNode[];
}

export function readFunctions(
  node: TemplateNode | undefined,
  surroundings: FunctionsSurroundings,
  reader: PropertyReader,
): FunctionsReading {
  const functions: FunctionSettings[] = [];
  const protectedRoutes: HttpApiEvent[] = [];
  const webSocketEvents: RestEventNode[] = [];
  for (const entry of functionEntries(node, reader)) {
    if (!/^[A-Za-z0-9_-]+$/.test(entry.key)) {
      reader.problems.error(
        'SG_BAD_VALUE',
        entry.keyPlace,
        `${JSON.stringify(entry.key)} is no name for a function.`,
        'Use letters, digits, - and _.',
      );
      continue;
    }
    const value = reader.variables.resolve(entry.node);
    if (value === undefined) continue;
    if (isNull(value)) {
      // A variable may leave a function out; a name with nothing below it is a mistake.
      if (isNull(entry.node)) noHandler(entry, reader);
      continue;
    }
    const one = readFunction(entry, value, surroundings, reader, (events) => {
      protectedRoutes.push(...events.routes.filter((event) => event.protected === true));
      webSocketEvents.push(...events.webSocketEvents);
    });
    if (one !== undefined) functions.push(one);
  }
  const served = new Set(functions.flatMap((one) => one.webSocketEvents));
  return { functions, protectedRoutes, webSocketEventsLeftOut: webSocketEvents.filter((event) => !served.has(event)) };
}

/** A map, or a list of maps (one per included file). */
function functionEntries(node: TemplateNode | undefined, reader: PropertyReader): readonly MapEntry[] {
  if (node === undefined) return [];
  const maps = node.kind === 'list' ? node.items.map((item) => reader.variables.resolve(item)) : [node];
  return maps.flatMap((map) =>
    map === undefined || isNull(map)
      ? []
      : [...(reader.map(map, 'functions', 'hello: { handler: handler.hello }')?.entries.values() ?? [])],
  );
}

function readFunction(
  entry: MapEntry,
  value: TemplateNode,
  surroundings: FunctionsSurroundings,
  reader: PropertyReader,
  tell: (events: FunctionEvents) => void,
): FunctionSettings | undefined {
  const where = `functions.${entry.key}`;
  if (value.kind !== 'map' && Object.hasOwn(functionProperties, entry.key)) {
    const what = `${entry.key} stands beside the functions, not in one.`;
    const fix = `Indent ${entry.key} further than the name of its function.`;
    reader.problems.error('SG_BAD_VALUE', entry.keyPlace, what, fix);
    return undefined;
  }
  const map = reader.map(value, where, '{ handler: handler.hello }');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, functionProperties, where, 'functions.*');
  const artifact =
    readArtifact(properties.get('package'), `${where}.package`, surroundings.folder, reader) ?? surroundings.artifact;
  const httpApi = reader.map(properties.get('httpApi'), `${where}.httpApi`, "{ payload: '1.0' }");
  const httpApiSettings = httpApi && reader.properties(httpApi, { payload: { kind: 'enforced' } }, `${where}.httpApi`);
  const handlerNode = properties.get('handler');
  const handler = reader.text(handlerNode, `${where}.handler`, 'handler.hello');
  if (handlerNode === undefined && !map.entries.has('image')) noHandler(entry, reader);
  const nameNode = properties.get('name');
  const name = reader.text(nameNode, `${where}.name`, 'my-function');
  const events = readEvents(properties.get('events'), where, surroundings.authorizers, reader);
  tell(events);
  const settings = {
    key: entry.key,
    place: entry.keyPlace,
    ...(name === undefined || nameNode === undefined ? {} : { name: { text: name, place: nameNode.place } }),
    runtime: readRuntime(properties.get('runtime'), `${where}.runtime`, reader),
    timeout: reader.integer(properties.get('timeout'), `${where}.timeout`, 1, 900),
    memorySize: reader.integer(properties.get('memorySize'), `${where}.memorySize`, 128, 10240),
    description: reader.text(properties.get('description'), `${where}.description`, 'Lists the orders'),
    tracesActively: readMode(properties.get('tracing'), `${where}.tracing`, reader),
    environment: properties.get('environment'),
    tags: properties.get('tags'),
    url: readFunctionUrl(properties.get('url'), `${where}.url`, reader),
    layers: properties.get('layers'),
    artifact,
    eventSettings: properties,
    reservedConcurrency: reader.integer(properties.get('reservedConcurrency'), `${where}.reservedConcurrency`, 0, 100_000),
    logging: readFunctionLogs(properties.get('logs'), `${where}.logs`, reader),
    logRetentionInDays: readRetention(properties.get('logRetentionInDays'), `${where}.logRetentionInDays`, reader),
    payload: readPayload(httpApiSettings?.get('payload'), `${where}.httpApi.payload`, reader),
    routes: events.routes.filter((event) => event.protected !== true),
    restEvents: events.restEvents,
    webSocketEvents: events.webSocketEvents,
  };
  const runtime = settings.runtime ?? surroundings.runtime;
  if (handler === undefined || handlerNode === undefined) return undefined;
  // One that does not run is left out, or an error was noted.
  if (runtime !== undefined && isOtherRuntime(runtime)) {
    if (!runsHere(runtime, reader.features)) return undefined;
    // What a handler names there is for that runtime to say.
    checkOtherHandler(
      handler,
      handlerNode.place,
      where,
      { folder: surroundings.folder, runtime, isPacked: artifact !== undefined || namesArtifact(properties.get('package')) },
      reader,
    );
    return { ...settings, handler, file: {} };
  }
  if (artifact !== undefined) return { ...settings, handler, file: {} };
  const file = readHandlerFile(handler, handlerNode.place, where, surroundings, reader);
  return file === undefined ? undefined : { ...settings, handler, file };
}

/** Also one that is not there: that was said where it stands. */
function namesArtifact(node: TemplateNode | undefined): boolean {
  return node?.kind === 'map' && node.entries.has('artifact');
}

function noHandler({ key, keyPlace }: MapEntry, reader: PropertyReader): void {
  const fix = 'Add handler: FILE.EXPORT, e.g. handler.hello.';
  reader.problems.error('SG_BAD_VALUE', keyPlace, `functions.${key} has no handler.`, fix);
}

interface FunctionEvents {
  readonly routes: readonly HttpApiEvent[];
  readonly restEvents: readonly RestEventNode[];
  readonly webSocketEvents: readonly RestEventNode[];
}

function readEvents(
  node: TemplateNode | undefined,
  where: string,
  authorizers: Authorizers,
  reader: PropertyReader,
): FunctionEvents {
  const routes: HttpApiEvent[] = [];
  const restEvents: RestEventNode[] = [];
  const webSocketEvents: RestEventNode[] = [];
  const events = { routes, restEvents, webSocketEvents };
  if (node === undefined) return events;
  if (node.kind !== 'list') {
    reader.wrong(node, `${where}.events`, 'a list', "Put a - before each event, e.g. - httpApi: 'GET /hello'");
    return events;
  }
  for (const item of node.items) {
    const event = reader.variables.resolve(item);
    if (event === undefined || isNull(event)) continue;
    if (event.kind !== 'map') {
      reader.wrong(event, `${where}.events`, 'a list of events', "For example: - httpApi: 'GET /hello'");
      continue;
    }
    for (const { key, keyPlace, node: value } of event.entries.values()) {
      const isRest = key === 'http' && reader.features.restApis;
      const isWebSocket = key === 'websocket' && reader.features.webSocketApis;
      if ((key === 'httpApi' || isRest || isWebSocket) && isNull(value) && event.entries.size > 1) {
        const what = `This ${key} event is empty: what belongs to it stands beside it.`;
        const parts = isWebSocket ? 'route' : 'method and path';
        reader.problems.error('SG_BAD_VALUE', keyPlace, what, `Indent ${parts} further than ${key}.`);
        break;
      }
      if (key === 'httpApi') {
        const route = readHttpApiEvent(value, keyPlace, where, authorizers, reader);
        if (route !== undefined) routes.push(route);
      } else if (isRest || isWebSocket) {
        const inner = reader.variables.resolve(value);
        if (inner !== undefined) (isRest ? restEvents : webSocketEvents).push({ node: inner, place: keyPlace });
      } else if (Object.hasOwn(otherEvents, key)) {
        reader.problems.unsupported(
          keyPlace,
          `${where} is to be called by ${otherEvents[key]}, which does not exist here yet.`,
          key === 'http'
            ? 'Use an httpApi event, remove it for local runs, or run with --lenient to leave it out.'
            : otherWay(key, where.slice('functions.'.length)),
        );
      } else {
        const known = ['httpApi', ...Object.keys(otherEvents)];
        reader.problems.unknown(
          keyPlace,
          `There is no event ${key}.`,
          reader.suggestion(key, known, 'The event for HTTP APIs is httpApi.'),
        );
      }
    }
  }
  return events;
}

/** What the function does can be seen all the same. */
function otherWay(event: string, functionKey: string): string {
  const sample = ['schedule', 's3', 'sns', 'sqs'].includes(event) ? ` --sample ${event}` : '';
  const call = `stagegate invoke ${functionKey}${sample}`;
  return `Remove it for local runs, or run with --lenient to leave it out and call the function by hand: ${call}.`;
}

function readHttpApiEvent(
  raw: TemplateNode,
  keyPlace: Place,
  where: string,
  authorizers: Authorizers,
  reader: PropertyReader,
): HttpApiEvent | undefined {
  const value = reader.variables.resolve(raw);
  if (value === undefined) return undefined;
  if (value.kind === 'scalar' && typeof value.value === 'string') return readEventText(value.value, value.place, reader.problems);
  if (value.kind === 'map') {
    const properties = reader.properties(value, httpApiEventProperties, `${where}.events.httpApi`, 'functions.*.events.httpApi');
    const event = readEventObject(keyPlace, properties.get('method'), properties.get('path'), reader.problems);
    const timeoutNode = properties.get('timeout');
    const guard = value.entries.get('authorizer');
    const authorization = readEventAuthorizer(
      guard?.node,
      guard?.keyPlace ?? keyPlace,
      `${where}.events.httpApi.authorizer`,
      authorizers,
      reader,
    );
    if (event === undefined) return undefined;
    return {
      ...event,
      ...(timeoutNode === undefined ? {} : { timeoutNode }),
      ...(authorization === undefined || authorization === 'refused' ? {} : { authorization }),
      ...(authorization === 'refused' || mayBeProtected(value) ? { protected: true as const } : {}),
    };
  }
  return reader.wrong(value, `${where}.events.httpApi`, 'a route', "Write '*', 'GET /path', or an object with method and path.");
}
