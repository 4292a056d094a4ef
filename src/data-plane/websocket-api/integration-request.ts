// Route request -> integration request: content handling, template, mapped parameters.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html

import type { ContentHandlingStrategy } from '../../model/websocket-api.ts';
import type { MappedWebSocketPlan } from '../../model/websocket-api-plan.ts';
import { forbiddenTarget } from '../rest-api/integration-request.ts';
import { MappingTemplates } from './mapping-template.ts';
import { compileRequestValue, type RequestValue } from './parameter-values.ts';
import { convertRequest, type Payload, textOf, unconvertible } from './payload-conversion.ts';
import { isRefusal, misconfigured, type Refusal } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

/** By name as the mapping spells it. */
export interface MappedParameters {
  readonly headers: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
  readonly path: ReadonlyMap<string, string>;
}

interface Target {
  readonly location: 'headers' | 'query' | 'path';
  readonly name: string;
  readonly read: RequestValue;
}

/** Far more than any backend takes in one header or parameter. */
const VALUE_LENGTH_MAX = 10_240;

const nothing: MappedParameters = { headers: new Map(), query: new Map(), path: new Map() };
const locations = { header: 'headers', querystring: 'query', path: 'path' } as const;

/** What of an event is mapped to headers, query string and path of an integration. */
export class RequestParameters {
  readonly #targets: readonly Target[];
  readonly #fault: Refusal | undefined;

  /** `isAws`: signed by the gateway, so that more headers are its own. */
  constructor(requestParameters: Readonly<Record<string, string>>, isAws: boolean) {
    const targets: Target[] = [];
    const forbidden = forbiddenTarget(requestParameters, isAws);
    let fault = forbidden === undefined ? undefined : misconfigured(`The header ${forbidden} cannot be mapped.`);
    for (const [target, expression] of Object.entries(requestParameters)) {
      const match = /^integration\.request\.(header|querystring|path)\.(.+)$/s.exec(target);
      const read = compileRequestValue(expression);
      if (match === null || read === undefined) {
        fault ??= misconfigured(`The mapping ${target} = ${expression} is no mapping.`);
      } else {
        targets.push({ location: locations[match[1] as keyof typeof locations], name: match[2] as string, read });
      }
    }
    this.#targets = targets;
    this.#fault = fault;
  }

  read(event: WebSocketEvent): MappedParameters | Refusal {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#targets.length === 0) return nothing;
    const mapped = { headers: new Map<string, string>(), query: new Map<string, string>(), path: new Map<string, string>() };
    for (const { location, name, read } of this.#targets) {
      const value = read(event);
      if (value === undefined) continue;
      if (typeof value !== 'string') return value;
      if (value.length > VALUE_LENGTH_MAX) return misconfigured(`Mapped to ${name}: the value is too long.`);
      mapped[location].set(name, value);
    }
    return mapped;
  }
}

/** The body that an integration which is no proxy gets. */
export class RequestBody {
  readonly #plan: MappedWebSocketPlan;
  readonly #templates: MappingTemplates;

  constructor(plan: MappedWebSocketPlan) {
    this.#plan = plan;
    this.#templates = new MappingTemplates(plan.requestTemplates, plan.templateSelection);
  }

  map(event: WebSocketEvent): Payload | Refusal {
    const chosen = this.#templates.choose(event);
    if (chosen === undefined && !this.#passes()) return noTemplate;
    const body = passedBody(event.body, this.#plan.contentHandling);
    const template = chosen?.template;
    if (template === undefined || isRefusal(body)) return body;
    return template.render(event, textOf(body), 'integrationRequest');
  }

  #passes(): boolean {
    const { passthroughBehavior } = this.#plan;
    return passthroughBehavior === 'WHEN_NO_MATCH' || (passthroughBehavior === 'WHEN_NO_TEMPLATES' && this.#templates.isEmpty);
  }
}

/** A message on its way to an integration that no template changes. */
export function passedBody(message: string, handling: ContentHandlingStrategy | undefined): Payload | Refusal {
  const body = convertRequest(message, handling);
  return body === unconvertible ? notBase64 : body;
}

const noTemplate: Refusal = {
  refused: 'UNSUPPORTED_MEDIA_TYPE',
  reason: 'The template selection expression gives the key of no request template, and what has none is not passed on.',
};
const notBase64: Refusal = { refused: 'BAD_REQUEST_BODY', reason: 'CONVERT_TO_BINARY: the message is not base64.' };
