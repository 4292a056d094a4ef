// Integration response -> method response: which response it is, its mapped headers, its template, content handling and overrides.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { IntegrationResponsePlan } from '../../model/rest-api-plan.ts';
import { wallClock } from '../http-api/clock.ts';
import { answersBytes, convertResponse, unconvertible } from './content-handling.ts';
import type { Exchange } from './exchange.ts';
import { compileJavaPattern } from './java-pattern.ts';
import { MappingTemplates, type TemplateCompiler } from './mapping-template.ts';
import { mediaTypeOf } from './media-type.ts';
import { compileResponseValue, type IntegrationAnswer, type ResponseReader } from './parameter-values.ts';
import { type Payload, payloadOfText, textOf } from './payload.ts';
import { isRefusal, misconfigured, type Refusal } from './refusal.ts';
import { answeredName, beginResponseHeaders } from './response-headers.ts';
import { joinedOverride, type ResponseOverride } from './template-overrides.ts';

/** What the client will be sent. */
export interface MappedResponse {
  readonly status: number;
  readonly headers: HeaderBlock;
  readonly body: Payload;
  readonly encoded: boolean;
}

interface Selectable {
  readonly plan: IntegrationResponsePlan;
  readonly matches: ((subject: string) => boolean) | undefined;
  readonly headers: readonly { readonly name: string; readonly read: ResponseReader }[];
  readonly templates: MappingTemplates;
  readonly fault: Refusal | undefined;
}

export class IntegrationResponseMapping {
  readonly #responses: readonly Selectable[];
  readonly #default: Selectable | undefined;
  /** A response that cannot be compiled: nobody knows whom it would have answered. */
  readonly #fault: Refusal | undefined;

  constructor(plans: readonly IntegrationResponsePlan[], compile: TemplateCompiler) {
    const responses = plans.map((plan) => compileResponse(plan, compile));
    this.#responses = responses.filter(({ matches }) => matches !== undefined);
    this.#default = responses.find(({ plan }) => plan.selectionPattern === '');
    this.#fault = responses.find(({ fault }) => fault !== undefined)?.fault;
  }

  /**
   * `subject` is what patterns are matched with: the status code, or the error message of a function ('' for none).
   */
  select(subject: string, preferredStatus?: number): Selectable | undefined {
    let first: Selectable | undefined;
    for (const response of this.#responses) {
      if (response.matches?.(subject) !== true) continue;
      first ??= response;
      // AWS: of several that match a MOCK's status, the one with that status. Seen: second-hand measurements.
      if (preferredStatus === undefined || response.plan.statusCode === preferredStatus) return response;
    }
    return first ?? this.#default;
  }

  /** `subject` as in select(); `status` is the integration's own, for the log. */
  map(
    exchange: Exchange,
    answer: IntegrationAnswer,
    subject: string,
    status: number,
    preferredStatus?: number,
  ): MappedResponse | Refusal {
    if (this.#fault !== undefined) return this.#fault;
    const response = this.select(subject, preferredStatus);
    if (response === undefined) {
      // The second sentence is AWS's, from its execution logs.
      return misconfigured(
        `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`,
      );
    }
    const { plan } = response;
    const { binaryMediaTypes } = exchange.pipeline;
    const accept = exchange.request.headers.get('accept');
    const contentType = answer.headers.get('content-type');
    const asBytes = answersBytes(binaryMediaTypes.matches(accept), plan.contentHandling);
    const converted = convertResponse(answer.body, binaryMediaTypes.matches(contentType), asBytes);
    if (converted === unconvertible) {
      return untransformed("The integration's body is not base64 and cannot be converted to binary.");
    }
    const template = response.templates.forResponse(mediaTypeOf(accept) ?? 'application/json');
    let body: Payload = converted;
    let override = exchange.responseOverride;
    if (template !== undefined) {
      // AWS: a template reads text; a mock has none, and no bytes either. Seen: LocalStack's account of the service.
      if (asBytes && converted.length > 0) {
        return untransformed("The integration's body is binary, and a response template needs text.");
      }
      const rendered = template.render(exchange, textOf(converted), 'integrationResponse');
      if (isRefusal(rendered)) return rendered;
      body = payloadOfText(rendered.text);
      override = joinedOverride(override, rendered.responseOverride);
    }
    return this.#answer(exchange, response, { headers: answer.headers, body: answer.body }, body, override);
  }

  #answer(
    exchange: Exchange,
    response: Selectable,
    answer: IntegrationAnswer,
    body: Payload,
    override: ResponseOverride | undefined,
  ): MappedResponse | Refusal {
    const fields = mappedFields(exchange, response, answer, override);
    if (isRefusal(fields)) return fields;
    const headers = beginResponseHeaders(wallClock(exchange.integrationEndedAt));
    let typed = false;
    let encoded = false;
    for (const [name, value] of fields) {
      const lower = name.toLowerCase();
      const shown = answeredName(name, 'mapped');
      if (shown === undefined) continue;
      if (!headers.add(shown, value)) {
        return misconfigured(`Mapped to the response header "${name}": the name or value can stand in no HTTP message.`);
      }
      typed ||= lower === 'content-type';
      encoded ||= lower === 'content-encoding';
    }
    // AWS: a type that neither a mapping nor a model names is JSON, whatever the integration said. Seen: recorded responses.
    const { contentType } = response.plan;
    if (!typed && (contentType === undefined || !headers.add('Content-Type', contentType))) {
      headers.addTrusted('Content-Type: application/json\r\n');
    }
    return { status: finalStatus(override, response.plan.statusCode), headers, body, encoded };
  }
}

/** AWS: these words in the execution log. Seen: logs that users quote. */
function untransformed(reason: string): Refusal {
  return { ...misconfigured(reason), logged: 'Execution failed due to configuration error: Unable to transform response' };
}

/** Never written to. */
const noFields: ReadonlyMap<string, string> = new Map();

function mappedFields(
  exchange: Exchange,
  { headers }: Selectable,
  answer: IntegrationAnswer,
  override: ResponseOverride | undefined,
): ReadonlyMap<string, string> | Refusal {
  if (headers.length === 0 && (override === undefined || override.header.size === 0)) return noFields;
  const fields = new Map<string, string>();
  for (const { name, read } of headers) {
    const value = read(exchange, answer);
    if (isRefusal(value)) return value;
    if (value !== undefined) fields.set(name, value);
  }
  for (const [name, value] of override?.header ?? []) {
    for (const known of [...fields.keys()]) if (known.toLowerCase() === name.toLowerCase()) fields.delete(known);
    fields.set(name, value);
  }
  return fields;
}

/** Below 200 is no final answer: such an override is passed over. */
function finalStatus(override: ResponseOverride | undefined, status: number): number {
  return override?.status !== undefined && override.status >= 200 ? override.status : status;
}

function compileResponse(plan: IntegrationResponsePlan, compile: TemplateCompiler): Selectable {
  let fault: Refusal | undefined;
  const headers: { name: string; read: ResponseReader }[] = [];
  for (const [target, expression] of Object.entries(plan.responseParameters)) {
    const read = compileResponseValue(expression);
    if (read === undefined) fault ??= misconfigured(`The mapping ${target} = ${expression} is no mapping.`);
    else headers.push({ name: target.replace(/^method\.response\.header\./, ''), read });
  }
  let matches: ((subject: string) => boolean) | undefined;
  if (plan.selectionPattern !== '') {
    const pattern = compileJavaPattern(plan.selectionPattern);
    if (pattern.fault === undefined) matches = pattern.matches;
    else {
      matches = () => false;
      fault ??= misconfigured(`The selection pattern ${plan.selectionPattern} cannot be run: ${pattern.fault}`);
    }
  }
  return { plan, matches, headers, templates: new MappingTemplates(plan.responseTemplates, compile), fault };
}
