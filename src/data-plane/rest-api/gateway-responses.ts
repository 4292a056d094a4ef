// The customised gateway responses of one API, compiled.
// AWS: a type's own response is used alone (a status it does not set is the type's default); a type without one uses DEFAULT_4XX or
// DEFAULT_5XX, with their status; then the built-in answer. Seen: second-hand measurements of AWS, LocalStack.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { GatewayResponsePlan, GatewayResponseType } from '../../model/rest-api-plan.ts';
import { contextReader } from './context.ts';
import type { Exchange } from './exchange.ts';
import { compileRequestValue, type ParameterReader, stageVariable } from './parameter-values.ts';
import { gatewayResponseDefaults } from './refusal.ts';

export interface CustomResponse {
  readonly status: number | undefined;
  readonly headers: readonly { readonly name: string; readonly read: ParameterReader }[];
  readonly templates: readonly { readonly contentType: string; readonly render: (exchange: Exchange) => string }[];
}

export class GatewayResponses {
  readonly #custom = new Map<GatewayResponseType, CustomResponse>();

  constructor(plans: Readonly<Partial<Record<GatewayResponseType, GatewayResponsePlan>>>) {
    for (const [type, plan] of Object.entries(plans)) this.#custom.set(type as GatewayResponseType, compileResponse(plan));
  }

  /** Undefined when the built-in answer is used. */
  find(type: GatewayResponseType): CustomResponse | undefined {
    // AWS: this one cannot be customised. Seen: developer guide.
    if (type === 'REQUEST_TOO_LARGE' || this.#custom.size === 0) return this.#custom.get(type);
    const own = this.#custom.get(type);
    if (own !== undefined) return own;
    return this.#custom.get(gatewayResponseDefaults[type].status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX');
  }
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

function compileResponse(plan: GatewayResponsePlan): CustomResponse {
  const templates = Object.entries(plan.responseTemplates).map(([contentType, template]) => ({
    contentType,
    render: compileSubstitution(template),
  }));
  return {
    status: plan.statusCode,
    headers: Object.entries(plan.responseParameters).flatMap(([target, expression]) => {
      const read = compileRequestValue(expression);
      return read === undefined ? [] : [{ name: target.replace(/^gatewayresponse\.header\./, ''), read }];
    }),
    templates:
      templates.length > 0 ? templates : [{ contentType: 'application/json', render: compileSubstitution(DEFAULT_TEMPLATE) }],
  };
}

/** Appends the mapped headers; what cannot stand in a header is left out. Returns whether the content type was among them. */
export function addCustomHeaders(block: HeaderBlock, custom: CustomResponse, exchange: Exchange): boolean {
  let typed = false;
  for (const { name, read } of custom.headers) {
    const value = read(exchange);
    if (typeof value !== 'string') continue;
    if (block.add(name, value) && name.toLowerCase() === 'content-type') typed = true;
  }
  return typed;
}

const REFERENCE = /\$(?:\{([A-Za-z0-9_.$-]+)\}|((?:context|stageVariables|method)\.[A-Za-z0-9_.-]*[A-Za-z0-9_-]))/g;

/**
 * AWS: plain substitution of `$context.*`, `$stageVariables.*` and `$method.request.*`; these templates are not VTL. Seen: developer
 * guide, "Set up gateway responses". A reference without a value is empty.
 */
export function compileSubstitution(template: string): (exchange: Exchange) => string {
  const pieces: (string | ((exchange: Exchange) => string | undefined))[] = [];
  let end = 0;
  for (const match of template.matchAll(REFERENCE)) {
    if (match.index > end) pieces.push(template.slice(end, match.index));
    const name = (match[1] ?? match[2]) as string;
    pieces.push(compileReference(name) ?? match[0]);
    end = match.index + match[0].length;
  }
  if (end < template.length) pieces.push(template.slice(end));
  return (exchange) => {
    let text = '';
    for (const piece of pieces) text += typeof piece === 'string' ? piece : (piece(exchange) ?? '');
    return text;
  };
}

function compileReference(name: string): ((exchange: Exchange) => string | undefined) | undefined {
  if (name.startsWith('context.')) return contextReader(name.slice('context.'.length));
  if (name.startsWith('stageVariables.')) return stageVariable(name.slice('stageVariables.'.length));
  if (!name.startsWith('method.request.')) return undefined;
  const read = compileRequestValue(name);
  return read && ((exchange) => textOf(read(exchange)));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
