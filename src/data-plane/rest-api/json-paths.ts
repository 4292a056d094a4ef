// The JSON paths of parameter mappings (`method.request.body.a.b[0]`): what one finds in a body, as text.

import { compileJsonPath as compilePath } from '../../json-path/json-path.ts';
import { parseJson } from '../../json-path/parse-json.ts';
import { printJson } from '../../json-path/print-json.ts';
import { parseJsonPath, selectJson } from '../../parameter-mapping/json-path.ts';
import { type Payload, textOf } from './payload.ts';

/** `text` is undefined when the path leads to nothing, or to null. */
export interface Selected {
  readonly text: string | undefined;
}

/** Undefined when the body is no JSON. AWS: an empty body is read as `{}`. */
export type JsonPathReader = (body: Payload) => Selected | undefined;

const nothing: Selected = { text: undefined };

/** `path` is what follows `body`, with its dot or bracket. Undefined when it is no path. */
export function compileJsonPath(path: string): JsonPathReader | undefined {
  const compiled = compilePath(`$${path}`).path;
  if (compiled === undefined) return undefined;
  // Without filters and `..`, texts are found where the engine's own parser puts them; it is several times faster.
  const steps = parseJsonPath(path);
  return (body) => {
    if (body.length === 0) return nothing;
    const source = textOf(body);
    let json: unknown;
    try {
      json = JSON.parse(source);
    } catch {
      return undefined;
    }
    if (steps !== undefined) {
      const value = selectJson(json, steps);
      if (value === undefined || value === null) return nothing;
      if (typeof value === 'string') return { text: value };
      if (typeof value === 'boolean') return { text: String(value) };
    }
    // Numbers keep the digits they were written with, alone and in lists and objects.
    const parsed = parseJson(source);
    if (parsed.fault !== undefined) return undefined;
    const { found, value } = { value: null, ...compiled.read(parsed.value) };
    if (!found || value === null) return nothing;
    return { text: typeof value === 'string' ? value : printJson(value) };
  };
}
