// Mapping templates as functions: VTL over one request. The request's and the response's template share one `$context`, so that what the
// first overrides is there for the second.

import type { JsonObject } from '../../json-path/json-value.ts';
import type { TemplateRecord } from '../../model/exchange-record.ts';
import { compileTemplate, type Template, type TracedRendering } from '../../vtl/template.ts';
import { requestOverridesOf, responseOverridesOf, type TemplateInput, templateContext } from '../../vtl/template-input.ts';
import type { TraceLine } from '../../vtl/template-trace.ts';
import { contextObject } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { MappingTemplate, Rendered, TemplateCompiler } from './mapping-template.ts';
import { misconfigured, type Refusal } from './refusal.ts';

/** Of one template, in a record. */
const TRACED_LINES_MAX = 200;
const TRACED_SOURCE_MAX = 200;

export const compileMappingTemplate: TemplateCompiler = (text) => {
  // Most templates of mocks have nothing to compute.
  if (!/[$#\\]/.test(text)) return new FixedTemplate(text);
  const compiled = compileTemplate(text);
  if (compiled.fault === undefined) return new VtlTemplate(compiled.template);
  const { message, line, column } = compiled.fault;
  const refusal = misconfigured(`The mapping template cannot be compiled (line ${line}, column ${column}): ${message}`);
  return { render: () => refusal };
};

class FixedTemplate implements MappingTemplate {
  readonly #rendered: Rendered;

  constructor(text: string) {
    this.#rendered = { text, requestOverride: undefined, responseOverride: undefined };
  }

  render(): Rendered {
    return this.#rendered;
  }
}

class VtlTemplate implements MappingTemplate {
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  render(exchange: Exchange, body: string, stage: 'integrationRequest' | 'integrationResponse'): Rendered | Refusal {
    exchange.templateContext ??= templateContext(contextObject(exchange));
    const context = exchange.templateContext;
    const input = {
      body,
      parameters: {
        path: new Map(exchange.pathParameters.map(({ name, value }) => [name, value])),
        querystring: lastValues(exchange.fields.query),
        header: lastValues(exchange.fields.headers),
      },
      context,
      // A copy: templates may change it.
      stageVariables: new Map(Object.entries(exchange.pipeline.plan.stageVariables)),
    };
    const rendered =
      exchange.capture?.tracesTemplates === true ? this.#trace(input, exchange, stage) : this.#template.render(input);
    if (rendered.fault !== undefined) {
      const { message, line, column } = rendered.fault;
      return misconfigured(`The mapping template failed (line ${line}, column ${column}): ${message}`);
    }
    return {
      text: rendered.output,
      requestOverride: requestOverridesOf(context),
      responseOverride: responseOverridesOf(context),
    };
  }

  /** As render, slower: what each line did is kept with the exchange. */
  #trace(input: TemplateInput, { capture }: Exchange, stage: TemplateRecord['stage']): TracedRendering {
    const traced = this.#template.trace(input);
    capture?.templates.push({ stage, ...linesOf(this.#template.source, traced.trace) });
    return traced;
  }
}

/** The template's lines and what each did. */
export function linesOf(source: string, trace: readonly TraceLine[]): Omit<TemplateRecord, 'stage'> {
  const texts = source.split('\n');
  const lines = trace
    .slice(0, TRACED_LINES_MAX)
    .map(([line, value, runs]) => ({ line, source: (texts[line - 1] ?? '').slice(0, TRACED_SOURCE_MAX), runs, value }));
  return trace.length > lines.length ? { lines, truncated: true } : { lines };
}

/** AWS: of several values the last. Seen: recorded requests. */
function lastValues(values: ReadonlyMap<string, readonly string[]>): JsonObject {
  const last: JsonObject = new Map();
  for (const [name, all] of values) last.set(name, all.at(-1) ?? '');
  return last;
}
