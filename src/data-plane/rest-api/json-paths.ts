// The JSON paths of parameter mappings (`method.request.body.a.b[0]`): one value of a body, as text.

import { parseJsonPath, selectJson } from '../../parameter-mapping/json-path.ts';
import { type Payload, textOf } from './payload.ts';

/** `text` is undefined when the path leads to nothing, or to null. */
export interface Selected {
  readonly text: string | undefined;
}

/** Undefined when the body is no JSON. AWS: an empty body is read as `{}`. */
export type JsonPathReader = (body: Payload) => Selected | undefined;

const nothing: Selected = { text: undefined };

/** `path` is written without `$.` in front. Undefined when it is no path. */
export function compileJsonPath(path: string): JsonPathReader | undefined {
  const steps = parseJsonPath(path.startsWith('[') || path === '' ? path : `.${path}`);
  if (steps === undefined) return undefined;
  return (body) => {
    if (body.length === 0) return nothing;
    let json: unknown;
    try {
      json = JSON.parse(textOf(body));
    } catch {
      return undefined;
    }
    const value = selectJson(json, steps);
    if (value === undefined || value === null) return nothing;
    return { text: typeof value === 'string' ? value : JSON.stringify(value) };
  };
}
