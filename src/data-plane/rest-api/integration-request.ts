// Method request -> integration request: content handling, template, mapped parameters and overrides, in AWS's order.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-request.html

import type { ContentHandling } from '../../model/rest-api.ts';
import { convertRequest, unconvertible } from './content-handling.ts';
import type { Exchange } from './exchange.ts';
import { MappingTemplates, type TemplateCompiler } from './mapping-template.ts';
import { mediaTypeOf } from './media-type.ts';
import { compileRequestValue, type ParameterReader } from './parameter-values.ts';
import { type Payload, payloadOfText, textOf } from './payload.ts';
import { isRefusal, misconfigured, type Refusal } from './refusal.ts';
import { field } from './request-fields.ts';

/** What an integration is called with, as far as mappings decide it. */
export interface MappedRequest {
  /** By name as the mapping spells it. */
  readonly headers: MappedValues;
  readonly query: MappedValues;
  readonly path: MappedValues;
  readonly body: Payload;
  /** The body passed through a template. */
  readonly rendered: boolean;
}

/** Values by name. */
export type MappedValues = Pick<ReadonlyMap<string, string>, 'get' | 'has' | 'keys' | 'size'> & Iterable<[string, string]>;

export interface RequestMappingPlan {
  readonly requestParameters: Readonly<Record<string, string>>;
  readonly requestTemplates: Readonly<Record<string, string | null>>;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly contentHandling?: ContentHandling;
}

interface Target {
  readonly location: 'header' | 'querystring' | 'path';
  readonly name: string;
  readonly read: ParameterReader;
}

/** Headers that no mapping may set. Seen: recorded responses, LocalStack. */
const forbidden = new Set(['content-length', 'transfer-encoding', 'x-amzn-trace-id', 'x-amzn-apigateway-api-id']);
const forbiddenForAws = new Set([...forbidden, 'authorization', 'connection', 'expect', 'proxy-authenticate', 'te']);

/** The first header among the targets of these mappings that is not the API's to set. */
export function forbiddenTarget(requestParameters: Readonly<Record<string, string>>, isAws: boolean): string | undefined {
  return Object.keys(requestParameters)
    .map((target) => target.replace(/^integration\.request\.header\./, ''))
    .find((name) => (isAws ? forbiddenForAws : forbidden).has(name.toLowerCase()));
}

/** Far more than any backend takes in one header or parameter. */
const VALUE_LENGTH_MAX = 10_240;

export class IntegrationRequestMapping {
  readonly #plan: RequestMappingPlan;
  readonly #targets: readonly Target[];
  readonly #templates: MappingTemplates;
  readonly #refusal: Refusal | undefined;

  /** `isAws`: signed by the gateway, so that more headers are its own. */
  constructor(plan: RequestMappingPlan, isAws: boolean, compile: TemplateCompiler) {
    this.#plan = plan;
    this.#templates = new MappingTemplates(plan.requestTemplates, compile);
    const targets: Target[] = [];
    let refusal: Refusal | undefined;
    for (const [target, expression] of Object.entries(plan.requestParameters)) {
      const match = /^integration\.request\.(header|querystring|path)\.(.+)$/.exec(target);
      const read = compileRequestValue(expression);
      if (match === null || read === undefined) {
        refusal ??= misconfigured(`The mapping ${target} = ${expression} is no mapping.`);
        continue;
      }
      const location = match[1] as Target['location'];
      const name = match[2] as string;
      if (location === 'header' && (isAws ? forbiddenForAws : forbidden).has(name.toLowerCase())) {
        refusal ??= { refused: 'DEFAULT_5XX', reason: `The header ${name} cannot be mapped.` };
      }
      targets.push({ location, name, read });
    }
    this.#targets = targets;
    this.#refusal = refusal;
  }

  /** The headers that mappings may set, as these spell them. */
  get headerNames(): readonly string[] {
    return this.#targets.filter(({ location }) => location === 'header').map(({ name }) => name);
  }

  /** `withBody`: GET, HEAD and OPTIONS are sent without one; their templates are not rendered into a body but still run. */
  map(exchange: Exchange): MappedRequest | Refusal {
    if (this.#refusal !== undefined) return this.#refusal;
    const { fields, pipeline } = exchange;
    const contentType = fields.one(field.contentType);
    const chosen = this.#templates.isEmpty
      ? undefined
      : this.#templates.forRequest(mediaTypeOf(contentType) ?? 'application/json');
    if (chosen === undefined && !this.#passes()) {
      return {
        refused: 'UNSUPPORTED_MEDIA_TYPE',
        reason: `No request template is for the content type ${contentType ?? '(none)'}.`,
      };
    }
    const isBinary = pipeline.binaryMediaTypes.matches(contentType);
    const body = convertRequest(exchange.body, isBinary, this.#plan.contentHandling);
    if (body === unconvertible) return untransformed('CONVERT_TO_BINARY: the request body is not base64.');
    const mapped = this.#parameters(exchange);
    if (isRefusal(mapped)) return mapped;
    const template = chosen?.template;
    const { headers, query, path } = mapped;
    if (template === undefined) return { headers, query, path, body, rendered: false };
    // AWS: a template reads text. Seen: LocalStack's account of the service; a re:Post question about mocks of APIs with `*/*`.
    if (isBinary ? this.#plan.contentHandling !== 'CONVERT_TO_TEXT' : this.#plan.contentHandling === 'CONVERT_TO_BINARY') {
      return untransformed('The request body is binary, and a request template needs text.');
    }
    const rendered = template.render(exchange, textOf(body), 'integrationRequest');
    if (isRefusal(rendered)) return rendered;
    exchange.responseOverride = rendered.responseOverride;
    const { requestOverride } = rendered;
    return {
      headers: requestOverride === undefined ? headers : overridden(headers, requestOverride.header, true),
      query: requestOverride === undefined ? query : overridden(query, requestOverride.querystring, false),
      path: requestOverride === undefined ? path : overridden(path, requestOverride.path, false),
      body: payloadOfText(rendered.text),
      rendered: true,
    };
  }

  #passes(): boolean {
    const { passthroughBehavior } = this.#plan;
    return passthroughBehavior === 'WHEN_NO_MATCH' || (passthroughBehavior === 'WHEN_NO_TEMPLATES' && this.#templates.isEmpty);
  }

  #parameters(exchange: Exchange): Pick<MappedRequest, 'headers' | 'query' | 'path'> | Refusal {
    const mapped: { headers: MappedValues; query: MappedValues; path: MappedValues } = {
      headers: nothing,
      query: nothing,
      path: nothing,
    };
    for (const { location, name, read } of this.#targets) {
      const value = read(exchange);
      if (value === undefined) continue;
      if (typeof value !== 'string') return value;
      if (value.length > VALUE_LENGTH_MAX) return misconfigured(`Mapped to ${location} ${name}: the value is too long.`);
      if (location === 'header') mapped.headers = withValue(mapped.headers, name, value);
      else if (location === 'path') mapped.path = withValue(mapped.path, name, value);
      else mapped.query = withValue(mapped.query, name, value);
    }
    return mapped;
  }
}

/** AWS: these words in the execution log. Seen: logs that users quote. */
function untransformed(reason: string): Refusal {
  return { ...misconfigured(reason), logged: 'Execution failed due to configuration error: Unable to transform request' };
}

/** Of a location that nothing is mapped to. Never written to. */
const nothing = new Map<string, string>();

function withValue(values: MappedValues, name: string, value: string): MappedValues {
  // Most mappings have one value of a kind: a map for it would cost more than everything else here.
  return values === nothing ? new OneValue(name, value) : new Map(values).set(name, value);
}

class OneValue implements MappedValues {
  readonly #name: string;
  readonly #value: string;
  readonly size = 1;

  constructor(name: string, value: string) {
    this.#name = name;
    this.#value = value;
  }

  get(name: string): string | undefined {
    return name === this.#name ? this.#value : undefined;
  }

  has(name: string): boolean {
    return name === this.#name;
  }

  keys(): MapIterator<string> {
    return [this.#name].values() as MapIterator<string>;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    yield [this.#name, this.#value];
  }
}

function overridden(before: MappedValues, changes: ReadonlyMap<string, string>, anyCase: boolean): MappedValues {
  if (changes.size === 0) return before;
  const values = new Map(before);
  for (const [name, value] of changes) {
    if (anyCase) {
      for (const known of [...values.keys()]) if (known.toLowerCase() === name.toLowerCase()) values.delete(known);
    }
    values.set(name, value);
  }
  return values;
}
