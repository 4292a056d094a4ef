// `request` of http events: parameters, templates, schemas, passThrough.
// Source: Serverless Framework, guide "REST API", "Request Parameters", "Request Schema Validators", "Request templates".

import type { DesiredModel, DesiredRestIntegration } from '../desired-rest-api.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { httpRequestProperties } from './api-property-tables.ts';
import { plainValue } from './plain-value.ts';
import type { Properties } from './property-reader.ts';
import type { RestReading } from './rest-reading.ts';

export interface RestRequest {
  /** Some parameter must be there. */
  readonly isParameterRequired?: boolean;
  /** `method.request.querystring.page` -> required. */
  readonly parameters?: Readonly<Record<string, boolean>>;
  /** `integration.request.querystring.page` -> where it comes from. */
  readonly mappings?: Readonly<Record<string, string>>;
  /** Null takes a default template away. */
  readonly templates?: Readonly<Record<string, string | null>>;
  readonly models?: Readonly<Record<string, DesiredModel>>;
  readonly passThrough?: string;
  readonly contentHandling?: string;
  readonly uri?: string;
  readonly method?: string;
}

/** Models that the service file defines once and events name. */
export type NamedModels = ReadonlyMap<string, DesiredModel>;

const PLACES: Readonly<Record<string, string>> = { querystrings: 'querystring', headers: 'header', paths: 'path' };
const PASS_THROUGH = ['NEVER', 'WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES'];
export const CONTENT_HANDLING = ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'];

/** `method` and `path` name the models that stand in the event itself. */
export function readRestRequest(
  node: TemplateNode | undefined,
  where: string,
  route: { readonly httpMethod: string; readonly path: string },
  named: NamedModels,
  reading: RestReading,
): RestRequest {
  const { reader } = reading;
  const map = reader.map(node, where, '{ parameters: { querystrings: { page: true } } }');
  if (map === undefined) return {};
  const properties = reader.properties(map, httpRequestProperties, where, 'functions.*.events.http.request');
  const models = readModels(properties.get('schemas') ?? properties.get('schema'), `${where}.schemas`, route, named, reading);
  const uri = properties.get('uri') && plainValue(properties.get('uri')!, reading.known, reader);
  return {
    ...readParameters(properties.get('parameters'), `${where}.parameters`, reading),
    ...defined(
      'templates',
      readTemplates(properties.get('template'), `${where}.template`, reading, (text) => text),
    ),
    ...defined('models', models),
    ...defined('passThrough', oneOf(properties, 'passThrough', PASS_THROUGH, where, reading)),
    ...defined('contentHandling', oneOf(properties, 'contentHandling', CONTENT_HANDLING, where, reading)),
    ...defined('uri', uri === undefined ? undefined : String(uri)),
    ...defined('method', reader.text(properties.get('method'), `${where}.method`, 'GET')?.toUpperCase()),
  };
}

function readParameters(node: TemplateNode | undefined, where: string, { reader }: RestReading) {
  const map = reader.map(node, where, '{ querystrings: { page: true } }');
  if (map === undefined) return {};
  const parameters: Record<string, boolean> = {};
  const mappings: Record<string, string> = {};
  for (const { key, keyPlace, node: group } of map.entries.values()) {
    const place = PLACES[key];
    if (place === undefined) {
      reader.problems.unknown(
        keyPlace,
        `The property ${where}.${key} does not exist.`,
        reader.suggestion(key, Object.keys(PLACES), 'Use querystrings, headers or paths.'),
      );
      continue;
    }
    const entries = reader.map(reader.variables.resolve(group), `${where}.${key}`, '{ page: true }');
    for (const { key: name, node: raw } of entries?.entries.values() ?? []) {
      const value = reader.variables.resolve(raw);
      if (value === undefined) continue;
      const inner = value.kind === 'map' ? value.entries : undefined;
      const required = inner === undefined ? value : inner.get('required')?.node;
      const source = inner?.get('mappedValue')?.node;
      const parameter = `method.request.${place}.${name}`;
      // A map that does not say is of a parameter that must be there.
      parameters[parameter] = reader.boolean(required, `${where}.${key}.${name}`) ?? inner !== undefined;
      const mapped = reader.text(source, `${where}.${key}.${name}.mappedValue`, 'context.authorizer.user');
      mappings[`integration.request.${place}.${name}`] = mapped ?? parameter;
    }
  }
  return { parameters, mappings, isParameterRequired: Object.values(parameters).includes(true) };
}

/** Content type -> template; texts only, and what `of` makes of each, null included. */
export function readTemplates<T>(
  node: TemplateNode | undefined,
  where: string,
  { reader, known }: RestReading,
  of: (text: string | null) => T,
): Record<string, T> | undefined {
  const map = reader.map(node, where, "{ application/json: '{}' }");
  if (map === undefined) return undefined;
  const templates: Record<string, T> = {};
  for (const [type, text] of reader.textMap(map, where, known, () => {})) templates[type] = of(text);
  return templates;
}

function readModels(
  node: TemplateNode | undefined,
  where: string,
  { httpMethod, path }: { readonly httpMethod: string; readonly path: string },
  named: NamedModels,
  reading: RestReading,
): Record<string, DesiredModel> | undefined {
  const { reader } = reading;
  const map = reader.map(node, where, '{ application/json: { type: object } }');
  if (map === undefined) return undefined;
  const models: Record<string, DesiredModel> = {};
  for (const { key: contentType, node: raw } of map.entries.values()) {
    const value = reader.variables.resolve(raw);
    if (value === undefined || isVacant(value)) continue;
    if (value.kind === 'scalar' && !String(value.value).trim().startsWith('{')) {
      const name = String(value.value);
      const model = named.get(name);
      if (model !== undefined) models[contentType] = model;
      else {
        const what = `${where} names the schema ${name}, which provider.apiGateway.request.schemas does not have.`;
        reader.problems.error('SG_BAD_VALUE', value.place, what, reader.suggestion(name, named.keys(), 'Add it there.'));
      }
      continue;
    }
    const words = [httpMethod, ...path.split('/'), contentType].map(toWord).join('');
    const model = readModel(value, `${words}Model`, contentType, `${where}.${contentType}`, reading);
    if (model !== undefined) models[contentType] = model;
  }
  return models;
}

/** A schema alone, or `{ schema, name, description }`. */
export function readModel(
  value: TemplateNode,
  name: string,
  contentType: string,
  where: string,
  reading: RestReading,
): DesiredModel | undefined {
  const { reader, known } = reading;
  const wrapped = value.kind === 'map' && value.entries.has('schema') ? value.entries : undefined;
  const schema = plainValue(wrapped?.get('schema')?.node ?? value, known, reader);
  if (schema === undefined) return undefined;
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const own = reader.text(wrapped?.get('name')?.node, `${where}.name`, 'Order');
  const description = reader.text(wrapped?.get('description')?.node, `${where}.description`, 'An order');
  return {
    name: own ?? name,
    contentType,
    schema: text,
    ...(description === undefined ? {} : { description }),
  };
}

/** AWS: names of models are letters and digits. */
export function toWord(text: string): string {
  const letters = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');
  return letters.map((part) => `${part[0]!.toUpperCase()}${part.slice(1)}`).join('');
}

/** A word of a list, in any case. */
export function oneOf(
  properties: Properties,
  name: string,
  words: readonly string[],
  where: string,
  { reader }: RestReading,
): string | undefined {
  const node = properties.get(name);
  if (node === undefined) return undefined;
  const text = node.kind === 'scalar' ? String(node.value).toUpperCase() : '';
  return words.includes(text) ? text : reader.wrong(node, `${where}.${name}`, `one of ${words.join(', ')}`, 'Use one of these.');
}

export function defined<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };
}

/** What the request says about the integration, of any type but the proxies; `defaults` are templates that it may take away. */
export function requestOfIntegration(
  request: RestRequest,
  defaults?: Readonly<Record<string, string>>,
): Partial<DesiredRestIntegration> {
  const templates = Object.entries({ ...defaults, ...request.templates }).filter(
    (one): one is [string, string] => one[1] !== null,
  );
  // AWS: WHEN_NO_MATCH if nothing is said. With default templates Serverless Framework says NEVER.
  const passThrough = request.passThrough ?? (defaults === undefined ? undefined : 'NEVER');
  return {
    ...(templates.length === 0 ? {} : { requestTemplates: Object.fromEntries(templates) }),
    ...defined('contentHandling', request.contentHandling),
    ...defined('passthroughBehavior', passThrough),
  };
}
