// Integration response -> route response: which response it is, content handling, template, and the subprotocol of a handshake.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html

import type { JsonValue } from '../../json-path/json-value.ts';
import { parseJson } from '../../json-path/parse-json.ts';
import type { WebSocketIntegrationResponsePlan } from '../../model/websocket-api-plan.ts';
import type { SelectionView } from '../../selection-expression/selection-key.ts';
import { compileJavaPattern } from '../rest-api/java-pattern.ts';
import { MappingTemplates } from './mapping-template.ts';
import { compileResponseValue, type IntegrationAnswer, lastOf, type ResponseValue } from './parameter-values.ts';
import { convertResponse, textOf, unconvertible } from './payload-conversion.ts';
import { isRefusal, misconfigured, type Refusal } from './refusal.ts';
import type { IntegrationOutcome, WebSocketEvent } from './websocket-event.ts';

interface Selectable {
  readonly plan: WebSocketIntegrationResponsePlan;
  readonly matches: ((subject: string) => boolean) | undefined;
  readonly templates: MappingTemplates;
  /** AWS: of the headers of an answer this one alone reaches a client, at the end of a handshake. Seen: chalice#1768. */
  readonly subprotocol: ResponseValue | undefined;
  readonly fault: Refusal | undefined;
}

const SUBPROTOCOL = 'method.response.header.sec-websocket-protocol';

export class IntegrationResponseMapping {
  readonly #responses: readonly Selectable[];
  readonly #default: Selectable | undefined;
  /** A response that cannot be compiled: nobody knows whom it would have answered. */
  readonly #fault: Refusal | undefined;
  /** Nearly every event is answered like the one before. */
  #lastSubject: string | undefined = undefined;
  #lastSelected: Selectable | undefined = undefined;

  constructor(plans: readonly WebSocketIntegrationResponsePlan[]) {
    const responses = plans.map(compileResponse);
    this.#responses = responses.filter(({ matches }) => matches !== undefined);
    this.#default = responses.find(({ plan }) => plan.selectionPattern === '');
    this.#fault = responses.find(({ fault }) => fault !== undefined)?.fault;
  }

  /** `subject` is what patterns are matched with: the status code, or the error message of a function ('' for none). */
  map(event: WebSocketEvent, answer: IntegrationAnswer, subject: string): IntegrationOutcome | Refusal {
    const { status } = answer;
    const isHandshake = event.eventType === 'CONNECT';
    // AWS: a one-way route returns nothing, whatever its integration responses are. Seen: developer guide.
    if (!isHandshake && event.route?.plan.returnsResponse !== true) return { status, body: '', isText: true };
    if (this.#fault !== undefined) return this.#fault;
    const response = this.#select(subject);
    if (response === undefined) {
      // The second sentence is AWS's, from execution logs of REST APIs.
      return misconfigured(
        `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`,
      );
    }
    return isHandshake ? welcome(event, response, answer) : answerOf(event, response, answer);
  }

  #select(subject: string): Selectable | undefined {
    if (subject !== this.#lastSubject) {
      this.#lastSelected = this.#responses.find(({ matches }) => matches?.(subject) === true) ?? this.#default;
      this.#lastSubject = subject;
    }
    return this.#lastSelected;
  }
}

/** Nothing of the answer reaches the client but whether it is let in, and the subprotocol. */
function welcome(event: WebSocketEvent, { subprotocol }: Selectable, answer: IntegrationAnswer): IntegrationOutcome | Refusal {
  const protocol = subprotocol?.(event, answer);
  if (isRefusal(protocol)) return protocol;
  return { status: answer.status, body: '', isText: true, protocol };
}

function answerOf(
  event: WebSocketEvent,
  { plan, templates }: Selectable,
  answer: IntegrationAnswer,
): IntegrationOutcome | Refusal {
  const { status, headers } = answer;
  const body = convertResponse(answer.body, headers, plan.contentHandling);
  if (body === unconvertible) return misconfigured("The integration's body is not base64 and cannot be converted to binary.");
  const template = templates.choose(new AnswerView(event, answer))?.template;
  if (template === undefined) return { status, body, isText: typeof body === 'string' };
  const rendered = template.render(event, textOf(body), 'integrationResponse');
  return isRefusal(rendered) ? rendered : { status, body: rendered, isText: true };
}

/** What the template selection expression of an answer reads: the event, too. */
class AnswerView implements SelectionView {
  readonly #event: WebSocketEvent;
  readonly #answer: IntegrationAnswer;

  constructor(event: WebSocketEvent, answer: IntegrationAnswer) {
    this.#event = event;
    this.#answer = answer;
  }

  requestBody(): JsonValue | undefined {
    return this.#event.requestBody();
  }

  requestHeader(name: string): string | undefined {
    return this.#event.requestHeader(name);
  }

  requestQuery(name: string): string | undefined {
    return this.#event.requestQuery(name);
  }

  context(name: string): string | undefined {
    return this.#event.context(name);
  }

  stageVariable(name: string): string | undefined {
    return this.#event.stageVariable(name);
  }

  responseBody(): JsonValue | undefined {
    const parsed = parseJson(textOf(this.#answer.body));
    return parsed.fault === undefined ? parsed.value : undefined;
  }

  responseHeader(name: string): string | undefined {
    return lastOf(this.#answer.headers, name.toLowerCase());
  }

  responseMultiValueHeader(name: string): string | undefined {
    return this.#answer.headers.get(name.toLowerCase());
  }

  responseStatusCode(): number {
    return this.#answer.status;
  }
}

function compileResponse(plan: WebSocketIntegrationResponsePlan): Selectable {
  let fault: Refusal | undefined;
  let subprotocol: ResponseValue | undefined;
  for (const [target, expression] of Object.entries(plan.responseParameters)) {
    const read = compileResponseValue(expression);
    if (read === undefined) fault ??= misconfigured(`The mapping ${target} = ${expression} is no mapping.`);
    else if (target.toLowerCase() === SUBPROTOCOL) subprotocol = read;
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
  const templates = new MappingTemplates(plan.responseTemplates, plan.templateSelection);
  return { plan, matches, templates, subprotocol, fault };
}
