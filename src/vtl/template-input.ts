// What a template is rendered with, and the maps it can override requests and responses through.

import type { JsonObject, JsonValue } from '../json-path/json-value.ts';
import type { Parameters } from './input-object.ts';
import { RequestContext } from './request-context.ts';
import { ContextMap } from './vtl-value.ts';

/** A template that does not name one of these does not read it here either. */
export interface TemplateInput {
  /** As text. */
  readonly body: string;
  readonly parameters: Parameters;
  /** One for the request and the response template: what the first overrides, the second reads. */
  readonly context: RequestContext;
  readonly stageVariables: JsonObject;
}

/** `$context` of a request, from its variables. */
export function templateContext(variables: JsonObject): RequestContext {
  const names = [...variables.keys()].map(String);
  return new RequestContext({
    read(name) {
      const value = variables.get(name);
      return value instanceof Map ? contextMap(value) : value;
    },
    names: () => names,
  });
}

function contextMap(variables: JsonObject): ContextMap {
  const map = new ContextMap();
  for (const [name, value] of variables) map.set(name, value instanceof Map ? contextMap(value) : value);
  return map;
}

export interface RequestOverrides {
  readonly path: ReadonlyMap<string, string>;
  readonly header: ReadonlyMap<string, string>;
  readonly querystring: ReadonlyMap<string, string>;
}

export interface ResponseOverrides {
  readonly header: ReadonlyMap<string, string>;
  /** AWS: anything but a whole number from 100 to 599 is ignored. Seen: recorded answers and LocalStack's account of the service. */
  readonly status: number | undefined;
}

/** What templates have set on `$context.requestOverride`. */
export function requestOverridesOf(context: RequestContext): RequestOverrides {
  const override = context.overridden('requestOverride');
  return { path: texts(override, 'path'), header: texts(override, 'header'), querystring: texts(override, 'querystring') };
}

/** What templates have set on `$context.responseOverride`. */
export function responseOverridesOf(context: RequestContext): ResponseOverrides {
  const override = context.overridden('responseOverride');
  const status = override instanceof Map ? override.get('status') : undefined;
  const text = typeof status === 'number' || typeof status === 'string' ? String(status) : '';
  return { header: texts(override, 'header'), status: /^[1-5][0-9][0-9]$/.test(text) ? Number(text) : undefined };
}

function texts(override: JsonValue | undefined, member: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const values = override instanceof Map ? override.get(member) : undefined;
  if (values instanceof Map) {
    for (const [name, value] of values) {
      const text = overrideText(value);
      if (text !== undefined) found.set(String(name), text);
    }
  }
  return found;
}

/** AWS: a list becomes `a,b`. Seen: recorded answers and LocalStack's account of the service. */
function overrideText(value: JsonValue): string | undefined {
  if (Array.isArray(value)) return value.map((item) => overrideText(item) ?? '').join(',');
  if (value === null || value instanceof Map) return undefined;
  return typeof value === 'object' ? String(value.value) : String(value);
}
