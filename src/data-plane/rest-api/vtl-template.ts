// Mapping templates as functions: VTL over one request. The request's and the response's template share one `$context`, so that what the
// first overrides is there for the second.

import type { JsonObject } from '../../json-path/json-value.ts';
import { compileTemplate } from '../../vtl/template.ts';
import { requestOverridesOf, responseOverridesOf, templateContext } from '../../vtl/template-input.ts';
import { contextObject } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { MappingTemplate, Rendered, TemplateCompiler } from './mapping-template.ts';
import { misconfigured, type Refusal } from './refusal.ts';

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
  readonly #template: Extract<ReturnType<typeof compileTemplate>, { readonly fault?: undefined }>['template'];

  constructor(template: Extract<ReturnType<typeof compileTemplate>, { readonly fault?: undefined }>['template']) {
    this.#template = template;
  }

  render(exchange: Exchange, body: string): Rendered | Refusal {
    exchange.templateContext ??= templateContext(contextObject(exchange));
    const context = exchange.templateContext;
    const rendered = this.#template.render({
      body,
      parameters: {
        path: new Map(exchange.pathParameters.map(({ name, value }) => [name, value])),
        querystring: lastValues(exchange.fields.query),
        header: lastValues(exchange.fields.headers),
      },
      context,
      // A copy: templates may change it.
      stageVariables: new Map(Object.entries(exchange.pipeline.plan.stageVariables)),
    });
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
}

/** AWS: of several values the last. Seen: recorded requests. */
function lastValues(values: ReadonlyMap<string, readonly string[]>): JsonObject {
  const last: JsonObject = new Map();
  for (const [name, all] of values) last.set(name, all.at(-1) ?? '');
  return last;
}
