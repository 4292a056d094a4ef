// MOCK: nothing is called. The request template says which status code answers, and what it made is the answer's body.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html
// AWS: the response template reads what the request template passed on. Seen: a public walk-through of mocks of WebSocket APIs, which
// hands a member of the message on to its response templates that way; mocks of REST APIs have an empty body there.

import type { HeaderView } from '../../../http1/message.ts';
import type { WebSocketMockPlan } from '../../../model/websocket-api-plan.ts';
import { readMockStatus } from '../../rest-api/integrations/mock-status.ts';
import { RequestBody, RequestParameters } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import { bytesOf, textOf } from '../payload-conversion.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';
import { Integration } from './integration.ts';

const noHeaders: HeaderView = { raw: [], get: () => undefined, forwardTo: () => 0 };

export class MockIntegration extends Integration {
  override readonly isTimed = false;
  readonly #parameters: RequestParameters;
  readonly #body: RequestBody;
  readonly #response: IntegrationResponseMapping;
  /** Most templates say the same every time. */
  #lastText = '';
  #lastStatus: number | undefined = undefined;
  #lastSubject = '';

  constructor(plan: WebSocketMockPlan) {
    super();
    this.#parameters = new RequestParameters(plan.requestParameters, false);
    this.#body = new RequestBody(plan);
    this.#response = new IntegrationResponseMapping(plan.responses);
  }

  override start(event: WebSocketEvent): void {
    const parameters = this.#parameters.read(event);
    const mapped = isRefusal(parameters) ? parameters : this.#body.map(event);
    if (isRefusal(mapped)) {
      event.refuse('integrationRequest', mapped);
      return;
    }
    const { capture } = event;
    capture?.integrationRequest(undefined, bytesOf(mapped));
    const status = this.#statusOf(textOf(mapped));
    if (status === undefined) {
      event.refuse('integrationRequest', noStatus);
      return;
    }
    event.integrationStatus = status;
    capture?.step('integrationRequest', 'passed', { statusCode: status });
    const outcome = this.#response.map(event, { status, headers: noHeaders, body: mapped }, this.#lastSubject);
    if (isRefusal(outcome)) event.refuse('integrationResponse', outcome);
    else event.answer(outcome);
  }

  #statusOf(text: string): number | undefined {
    if (text !== this.#lastText) {
      this.#lastText = text;
      this.#lastStatus = readMockStatus(text);
      this.#lastSubject = String(this.#lastStatus);
    }
    return this.#lastStatus;
  }
}

/** The sentence is AWS's, from execution logs of REST APIs. */
const noStatus: Refusal = misconfigured(
  'Unable to parse statusCode. It should be an integer that is defined in the request template.',
);
