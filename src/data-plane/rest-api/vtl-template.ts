// Mapping templates as functions: VTL over one request. The request's and the response's template share one `$context`, so that what the
// first overrides is there for the second.

import type { JsonObject, JsonValue } from '../../json-path/json-value.ts';
import type { TemplateRecord } from '../../model/exchange-record.ts';
import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import { BorrowedMap } from '../../vtl/borrowed-map.ts';
import type { Parameters } from '../../vtl/input-object.ts';
import type { RequestContext } from '../../vtl/request-context.ts';
import { compileTemplate, type Template, type TracedRendering } from '../../vtl/template.ts';
import { requestOverridesOf, responseOverridesOf, type TemplateInput } from '../../vtl/template-input.ts';
import type { TraceLine } from '../../vtl/template-trace.ts';
import { templateContextOf } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { MappingTemplate, Rendered, TemplateCompiler } from './mapping-template.ts';
import { misconfigured, type Refusal } from './refusal.ts';

/** Of one template, in a record. */
const TRACED_LINES_MAX = 200;
const TRACED_SOURCE_MAX = 200;

export const compileMappingTemplate: TemplateCompiler = (text) =>
  // Most templates of mocks have nothing to compute.
  /[$#\\]/.test(text) ? new VtlTemplate(text) : new FixedTemplate(text);

class FixedTemplate implements MappingTemplate {
  readonly #rendered: Rendered;

  constructor(text: string) {
    this.#rendered = { text, requestOverride: undefined, responseOverride: undefined };
  }

  render(): Rendered {
    return this.#rendered;
  }
}

/**
 * Its functions are made when it is rendered first: of thousands that are deployed most are not used for hours, and those functions
 * are most of a stage's memory. A template with a fault never gets here: it is refused where it is written.
 */
class VtlTemplate implements MappingTemplate {
  readonly #text: string;
  #compiled: Template | Refusal | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  render(exchange: Exchange, body: string, stage: 'integrationRequest' | 'integrationResponse'): Rendered | Refusal {
    this.#compiled ??= compiled(this.#text);
    const template = this.#compiled;
    if ('refused' in template) return template;
    const input = new ExchangeInput(exchange, body);
    const rendered =
      exchange.capture?.tracesTemplates === true ? traced(template, input, exchange, stage) : template.render(input);
    if (rendered.fault !== undefined) {
      const { message, line, column } = rendered.fault;
      return misconfigured(`The mapping template failed (line ${line}, column ${column}): ${message}`);
    }
    const context = exchange.templateContext;
    const overrides = context === undefined || context.overrides.length === 0 ? undefined : context;
    return {
      text: rendered.output,
      requestOverride: overrides === undefined ? undefined : requestOverridesOf(overrides),
      responseOverride: overrides === undefined ? undefined : responseOverridesOf(overrides),
    };
  }
}

/** As render, slower: what each line did is kept with the exchange. */
function traced(
  template: Template,
  input: TemplateInput,
  { capture }: Exchange,
  stage: TemplateRecord['stage'],
): TracedRendering {
  const rendered = template.trace(input);
  capture?.templates.push({ stage, ...linesOf(template.source, rendered.trace) });
  return rendered;
}

/** The template's lines and what each did. */
export function linesOf(source: string, trace: readonly TraceLine[]): Omit<TemplateRecord, 'stage'> {
  const texts = source.split('\n');
  const lines = trace
    .slice(0, TRACED_LINES_MAX)
    .map(([line, value, runs]) => ({ line, source: (texts[line - 1] ?? '').slice(0, TRACED_SOURCE_MAX), runs, value }));
  return trace.length > lines.length ? { lines, truncated: true } : { lines };
}

/** What an older version took, or a store that somebody edited, may still not compile: then every request that needs it is refused. */
function compiled(text: string): Template | Refusal {
  const { template, fault } = compileTemplate(text);
  if (fault === undefined) return template;
  return misconfigured(`The mapping template cannot be compiled (line ${fault.line}, column ${fault.column}): ${fault.message}`);
}

/** What one rendering reads: made when the template asks for it, and the same afterwards, with what the template changed in it. */
class ExchangeInput implements TemplateInput, Parameters {
  readonly body: string;
  readonly #exchange: Exchange;
  #path: JsonObject | undefined;
  #querystring: JsonObject | undefined;
  #header: JsonObject | undefined;

  constructor(exchange: Exchange, body: string) {
    this.#exchange = exchange;
    this.body = body;
  }

  get parameters(): Parameters {
    return this;
  }

  get context(): RequestContext {
    this.#exchange.templateContext ??= templateContextOf(this.#exchange);
    return this.#exchange.templateContext;
  }

  get stageVariables(): JsonObject {
    return new BorrowedMap(stageVariablesOf(this.#exchange.pipeline.plan));
  }

  /** Out of the maps once there are some: a template may have changed them. */
  value(name: string): JsonValue | undefined {
    const exchange = this.#exchange;
    const path = this.#path === undefined ? pathParameter(exchange, name) : this.#path.get(name);
    const query = path ?? (this.#querystring === undefined ? exchange.fields.lastQueryValue(name) : this.#querystring.get(name));
    return query ?? (this.#header === undefined ? exchange.fields.lastHeaders : this.#header).get(name);
  }

  get path(): JsonObject {
    if (this.#path !== undefined) return this.#path;
    this.#path = new Map();
    for (const { name, value } of this.#exchange.pathParameters) this.#path.set(name, value);
    return this.#path;
  }

  get querystring(): JsonObject {
    this.#querystring ??= new BorrowedMap(this.#exchange.fields.lastQuery);
    return this.#querystring;
  }

  get header(): JsonObject {
    this.#header ??= new BorrowedMap(this.#exchange.fields.lastHeaders);
    return this.#header;
  }
}

function pathParameter({ pathParameters }: Exchange, name: string): string | undefined {
  for (const parameter of pathParameters) if (parameter.name === name) return parameter.value;
  return undefined;
}

const variableMaps = new WeakMap<RestApiPlan, ReadonlyMap<string, string>>();

function stageVariablesOf(plan: RestApiPlan): ReadonlyMap<string, string> {
  let variables = variableMaps.get(plan);
  if (variables === undefined) {
    variables = new Map(Object.entries(plan.stageVariables));
    variableMaps.set(plan, variables);
  }
  return variables;
}
