// Mapping templates of WebSocket APIs: which one a selection expression chooses, and what it makes of a message or of an answer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html

import type { JsonObject } from '../../json-path/json-value.ts';
import type { SelectionExpression } from '../../model/selection-expression.ts';
import { compileSelectionKey, type SelectionKey, type SelectionView } from '../../selection-expression/selection-key.ts';
import type { RequestContext } from '../../vtl/request-context.ts';
import { compileTemplate, type Template, type TracedRendering } from '../../vtl/template.ts';
import { type TemplateInput, templateContext } from '../../vtl/template-input.ts';
import { linesOf } from '../rest-api/vtl-template.ts';
import { templateContextOf } from './event-context.ts';
import type { Refusal } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

/** Whose template it is. */
export type TemplateStage = 'integrationRequest' | 'integrationResponse';

export interface MessageTemplate {
  /** `body` is the text that `$input` reads. */
  render(event: WebSocketEvent, body: string, stage: TemplateStage): string | Refusal;
}

/** `{ template: undefined }`: the body passes as it is. */
export interface ChosenTemplate {
  readonly template: MessageTemplate | undefined;
}

export class MappingTemplates {
  readonly #byKey = new Map<string, ChosenTemplate>();
  /** When the expression says the same of every event. */
  readonly #constant: { readonly chosen: ChosenTemplate | undefined } | undefined;
  readonly #select: SelectionKey;

  constructor(templates: Readonly<Record<string, string>>, selection: SelectionExpression) {
    for (const [key, text] of Object.entries(templates)) {
      // AWS: an empty template passes the body on. By analogy with REST APIs.
      this.#byKey.set(key, { template: text.trim() === '' ? undefined : compileMessageTemplate(text) });
    }
    this.#select = compileSelectionKey(selection);
    const isConstant = this.#byKey.size === 0 || selection.every((piece) => typeof piece === 'string');
    this.#constant = isConstant ? { chosen: this.#find(selection.join('')) } : undefined;
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Undefined when no template is for this key, and there is no `$default`. */
  choose(view: SelectionView): ChosenTemplate | undefined {
    return this.#constant === undefined ? this.#find(this.#select(view) ?? '') : this.#constant.chosen;
  }

  #find(key: string): ChosenTemplate | undefined {
    return this.#byKey.get(key) ?? this.#byKey.get('$default');
  }
}

export function compileMessageTemplate(text: string): MessageTemplate {
  const trimmed = text.trim();
  if (!/[$#\\]/.test(trimmed)) return { render: () => trimmed };
  // AWS: an empty body reads as an empty object. Seen: recorded answers of REST APIs.
  if (/^\$(?:input\.body|\{input\.body\})$/.test(trimmed)) return { render: (_, body) => (body === '' ? '{}' : body) };
  const compiled = compileTemplate(text);
  if (compiled.fault === undefined) return new VtlTemplate(compiled.template);
  const { message, line, column } = compiled.fault;
  const reason = `The mapping template cannot be compiled (line ${line}, column ${column}): ${message}`;
  return { render: () => ({ refused: 'API_CONFIGURATION_ERROR', reason }) };
}

class VtlTemplate implements MessageTemplate {
  readonly #template: Template;
  /** What a template never names it cannot reach, and nobody has to make. */
  readonly #reads: { readonly context: boolean; readonly params: boolean; readonly stageVariables: boolean };

  constructor(template: Template) {
    this.#template = template;
    const { source } = template;
    // Its text is known at run time only.
    const evaluates = source.includes('evaluate');
    const names = (name: string): boolean => evaluates || source.includes(name);
    this.#reads = { context: names('context'), params: names('params'), stageVariables: names('stageVariables') };
  }

  render(event: WebSocketEvent, body: string, stage: TemplateStage): string | Refusal {
    const input = this.#input(event, body);
    const { capture } = event;
    const rendered = capture?.tracesTemplates === true ? this.#trace(input, event, stage) : this.#template.render(input);
    if (rendered.fault === undefined) return rendered.output;
    const { message, line, column } = rendered.fault;
    const reason = `The mapping template failed (line ${line}, column ${column}): ${message}`;
    return { refused: 'API_CONFIGURATION_ERROR', reason };
  }

  #input(event: WebSocketEvent, body: string): TemplateInput {
    const { context, params, stageVariables } = this.#reads;
    return {
      body,
      parameters: params ? parametersOf(event) : noParameters,
      context: context ? contextOf(event) : noContext,
      // A copy: templates may change it.
      stageVariables: stageVariables ? new Map(Object.entries(event.pipeline.plan.stageVariables)) : nothing,
    };
  }

  #trace(input: TemplateInput, { capture }: WebSocketEvent, stage: TemplateStage): TracedRendering {
    const traced = this.#template.trace(input);
    capture?.templates.push({ stage, ...linesOf(this.#template.source, traced.trace) });
    return traced;
  }
}

// Shared by every rendering that cannot reach them.
const nothing: JsonObject = new Map();
const noParameters = { path: nothing, querystring: nothing, header: nothing };
const noContext = templateContext(nothing);

/** One for each event: what its request template sets there, its response template sees. */
function contextOf(event: WebSocketEvent): RequestContext {
  event.templateContext ??= templateContextOf(event);
  return event.templateContext;
}

/** A handshake has them; messages have none. */
function parametersOf({ fields }: WebSocketEvent): TemplateInput['parameters'] {
  return { path: new Map(), querystring: lastValues(fields?.query), header: lastValues(fields?.headers) };
}

function lastValues(values: ReadonlyMap<string, readonly string[]> | undefined): JsonObject {
  const last: JsonObject = new Map();
  for (const [name, all] of values ?? []) last.set(name, all.at(-1) ?? '');
  return last;
}
