// `$input`: the body and the parameters of what the template maps.

import { compileJsonPath, type JsonPath } from '../json-path/json-path.ts';
import type { JsonObject, JsonValue } from '../json-path/json-value.ts';
import { parseJson } from '../json-path/parse-json.ts';
import { defaultReadLimits } from '../json-path/path-run.ts';
import { printJson } from '../json-path/print-json.ts';
import { HostObject } from './members.ts';
import { failed, methodTable } from './methods/method-table.ts';
import { COMPILE_STEPS, type Run } from './run.ts';
import { TemplateStop } from './template-fault.ts';
import type { Value } from './vtl-value.ts';

/** What `$input.params()` gives. */
export interface Parameters {
  readonly path: JsonObject;
  readonly querystring: JsonObject;
  readonly header: JsonObject;
  /** As one of the maps has it, the path's first; without making maps that nobody asked for. */
  value?(name: string): JsonValue | undefined;
}

const inputMethods = methodTable<InputObject>({
  'path(s)': (self, [path], run) => self.read(path, run),
  'json(s)': (self, [path], run) => {
    if (path === '$' && self.isUnreadEmpty) return run.made('{}');
    const value = self.read(path, run);
    // AWS: null and what is not there are an empty text. Seen: recorded answers and LocalStack's account of the service.
    if (value === null || value === undefined) return '""';
    return run.made(printJson(value as JsonValue, run));
  },
  'params()': (self) => self.parameters(),
  'params(s)': (self, [name]) => self.parameter(name),
  'getBody()': (self) => self.body,
});

export class InputObject extends HostObject {
  readonly methods = inputMethods;
  readonly className = 'java.lang.Object';
  readonly body: string;
  readonly #parameters: Parameters;
  #document: JsonValue | undefined;
  #parameterMap: JsonObject | undefined;

  constructor(body: string, parameters: Parameters) {
    super();
    // AWS: an empty body reads as an empty object. Seen: recorded answers and LocalStack's account of the service.
    this.body = body === '' ? '{}' : body;
    this.#parameters = parameters;
  }

  /** There is no body, and nothing was read of it that a template may have changed. */
  get isUnreadEmpty(): boolean {
    return this.#document === undefined && this.body === '{}';
  }

  property(name: string): Value {
    return name === 'body' ? this.body : undefined;
  }

  override toString(): string {
    return '';
  }

  read(text: string, run: Run): Value {
    const path = pathOf(text, run);
    const result = path.read(this.#read(run), defaultReadLimits, run);
    if (result.found) return result.value;
    if (result.exceeded !== undefined) throw new TemplateStop('budget', result.reason, -1, 'steps');
    return result.suppressed;
  }

  /** A body that is no JSON at all has nothing at any path. */
  #read(run: Run): JsonValue {
    if (this.#document === undefined) {
      run.step(this.body.length >> 4);
      const parsed = parseJson(this.body, 'ignored');
      this.#document = parsed.fault === undefined ? parsed.value : null;
    }
    return this.#document;
  }

  parameters(): JsonObject {
    this.#parameterMap ??= new Map<unknown, JsonValue>([
      ['path', this.#parameters.path],
      ['querystring', this.#parameters.querystring],
      ['header', this.#parameters.header],
    ]);
    return this.#parameterMap;
  }

  parameter(name: string): Value {
    const parameters = this.#parameters;
    const found = parameters.value === undefined ? valueIn(parameters, name) : parameters.value(name);
    return found ?? headerInAnyCase(parameters.header, name) ?? '';
  }
}

function valueIn({ path, querystring, header }: Parameters, name: string): JsonValue | undefined {
  return path.get(name) ?? querystring.get(name) ?? header.get(name);
}

/**
 * Many clients write every name in lower case, and templates name headers as people do: what is not there in this spelling is looked for
 * in any, as parameter mappings do.
 */
function headerInAnyCase(header: JsonObject, name: string): JsonValue | undefined {
  const lower = name.toLowerCase();
  for (const [received, value] of header) if (String(received).toLowerCase() === lower) return value;
  return undefined;
}

/** Compiled paths of all templates; almost all are constants. */
const paths = new Map<string, JsonPath>();
const PATHS_MAX = 500;

function pathOf(text: string, run: Run): JsonPath {
  const known = paths.get(text);
  if (known !== undefined) return known;
  run.step(COMPILE_STEPS);
  const compiled = compileJsonPath(text);
  if (compiled.fault !== undefined) {
    const where = `position ${compiled.fault.position} of ${JSON.stringify(text.slice(0, 60))}`;
    throw failed(`The JSONPath is not valid at ${where}: ${compiled.fault.message}`);
  }
  if (paths.size >= PATHS_MAX) paths.clear();
  paths.set(text, compiled.path);
  return compiled.path;
}
