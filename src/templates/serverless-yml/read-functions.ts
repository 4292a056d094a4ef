// The `functions` section and its httpApi events.

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../config/user-error.ts';
import { isNull, type MapEntry, type TemplateNode } from '../template-node.ts';
import { type HttpApiEvent, readEventObject, readEventText } from './http-api-event.ts';
import type { PropertyReader } from './property-reader.ts';
import { functionProperties, httpApiEventProperties, otherEvents, packageProperties } from './property-tables.ts';
import { readPayload } from './read-provider.ts';
import { mayBeProtected } from './route-protection.ts';
import { readRuntime } from './runtime.ts';

export interface FunctionSettings {
  readonly key: string;
  readonly place: Place;
  readonly name?: { readonly text: string; readonly place: Place };
  readonly handler: string;
  readonly runtime?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly description?: string;
  readonly environment?: TemplateNode;
  readonly tags?: TemplateNode;
  readonly payload?: '1.0' | '2.0';
  readonly routes: readonly HttpApiEvent[];
}

export interface FunctionsReading {
  /** The functions that can be run; the others have problems noted. */
  readonly functions: readonly FunctionSettings[];
  /** Routes of all functions that --lenient leaves out because they would be open. */
  readonly protectedRoutes: readonly HttpApiEvent[];
}

export function readFunctions(node: TemplateNode | undefined, folder: string, reader: PropertyReader): FunctionsReading {
  const functions: FunctionSettings[] = [];
  const protectedRoutes: HttpApiEvent[] = [];
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
    if (value === undefined || isNull(value)) continue;
    const one = readFunction(entry, value, folder, reader, protectedRoutes);
    if (one !== undefined) functions.push(one);
  }
  return { functions, protectedRoutes };
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
  folder: string,
  reader: PropertyReader,
  protectedRoutes: HttpApiEvent[],
): FunctionSettings | undefined {
  const where = `functions.${entry.key}`;
  const map = reader.map(value, where, '{ handler: handler.hello }');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, functionProperties, where, 'functions.*');
  const packaging = properties.get('package');
  if (packaging?.kind === 'map') reader.properties(packaging, packageProperties, `${where}.package`, 'functions.*.package');
  const httpApi = reader.map(properties.get('httpApi'), `${where}.httpApi`, "{ payload: '1.0' }");
  const httpApiSettings = httpApi && reader.properties(httpApi, { payload: { kind: 'enforced' } }, `${where}.httpApi`);
  const handlerNode = properties.get('handler');
  const handler = reader.text(handlerNode, `${where}.handler`, 'handler.hello');
  if (handlerNode === undefined && !map.entries.has('image')) {
    reader.problems.error(
      'SG_BAD_VALUE',
      entry.keyPlace,
      `${where} has no handler.`,
      'Add handler: FILE.EXPORT, e.g. handler.hello.',
    );
  }
  const nameNode = properties.get('name');
  const name = reader.text(nameNode, `${where}.name`, 'my-function');
  const events = readEvents(properties.get('events'), where, reader);
  protectedRoutes.push(...events.filter((event) => event.protected === true));
  const settings = {
    key: entry.key,
    place: entry.keyPlace,
    ...(name === undefined || nameNode === undefined ? {} : { name: { text: name, place: nameNode.place } }),
    runtime: readRuntime(properties.get('runtime'), `${where}.runtime`, reader),
    timeout: reader.integer(properties.get('timeout'), `${where}.timeout`, 1, 900),
    memorySize: reader.integer(properties.get('memorySize'), `${where}.memorySize`, 128, 10240),
    description: reader.text(properties.get('description'), `${where}.description`, 'Lists the orders'),
    environment: properties.get('environment'),
    tags: properties.get('tags'),
    payload: readPayload(httpApiSettings?.get('payload'), `${where}.httpApi.payload`, reader),
    routes: events.filter((event) => event.protected !== true),
  };
  if (handler === undefined || handlerNode === undefined || !checkHandler(handler, handlerNode.place, where, folder, reader)) {
    return undefined;
  }
  return { ...settings, handler };
}

function checkHandler(handler: string, place: Place, where: string, folder: string, reader: PropertyReader): boolean {
  const at = handler.indexOf('.', handler.lastIndexOf('/') + 1);
  if (at < 0 || at === handler.length - 1 || /\s/.test(handler) || handler.length > 128) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler is ${JSON.stringify(handler)}, which names no export of a file.`,
      'Write FILE.EXPORT, e.g. src/orders.list for the export list of src/orders.js.',
    );
    return false;
  }
  const file = path.resolve(folder, handler.slice(0, at));
  if (!['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'].some((extension) => existsSync(file + extension))) {
    reader.problems.warning(
      'SG_BAD_VALUE',
      place,
      `${where}.handler: there is no file ${handler.slice(0, at)}.js (or .mjs, .cjs); the function will fail when it is called.`,
      'Correct the path (it begins in the folder of the service file), or build the file.',
    );
  }
  return true;
}

function readEvents(node: TemplateNode | undefined, where: string, reader: PropertyReader): readonly HttpApiEvent[] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    reader.wrong(node, `${where}.events`, 'a list', "For example: events: [{ httpApi: 'GET /hello' }]");
    return [];
  }
  const routes: HttpApiEvent[] = [];
  for (const item of node.items) {
    const event = reader.variables.resolve(item);
    if (event === undefined || isNull(event)) continue;
    if (event.kind !== 'map') {
      reader.wrong(event, `${where}.events`, 'a list of events', "For example: - httpApi: 'GET /hello'");
      continue;
    }
    for (const { key, keyPlace, node: value } of event.entries.values()) {
      if (key === 'httpApi') {
        const route = readHttpApiEvent(value, keyPlace, where, reader);
        if (route !== undefined) routes.push(route);
      } else if (Object.hasOwn(otherEvents, key)) {
        reader.problems.unsupported(
          keyPlace,
          `${where} is to be called by ${otherEvents[key]}, which does not exist here yet.`,
          key === 'http'
            ? 'Use an httpApi event, remove it for local runs, or run with --lenient to leave it out.'
            : 'Remove it for local runs, or run with --lenient to leave it out.',
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
  return routes;
}

function readHttpApiEvent(raw: TemplateNode, keyPlace: Place, where: string, reader: PropertyReader): HttpApiEvent | undefined {
  const value = reader.variables.resolve(raw);
  if (value === undefined) return undefined;
  if (value.kind === 'scalar' && typeof value.value === 'string') return readEventText(value.value, value.place, reader.problems);
  if (value.kind === 'map') {
    const properties = reader.properties(value, httpApiEventProperties, `${where}.events.httpApi`, 'functions.*.events.httpApi');
    const event = readEventObject(keyPlace, properties.get('method'), properties.get('path'), reader.problems);
    const timeoutNode = properties.get('timeout');
    if (event === undefined) return undefined;
    return {
      ...event,
      ...(timeoutNode === undefined ? {} : { timeoutNode }),
      ...(mayBeProtected(value) ? { protected: true as const } : {}),
    };
  }
  return reader.wrong(value, `${where}.events.httpApi`, 'a route', "Write '*', 'GET /path', or an object with method and path.");
}
