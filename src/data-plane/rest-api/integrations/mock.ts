// MOCK: the request template says which status code to answer with, and the integration response of that code answers. Nothing is
// called.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html

import { performance } from 'node:perf_hooks';
import type { HeaderView } from '../../../http1/message.ts';
import type { RestMockPlan } from '../../../model/rest-api-plan.ts';
import type { Exchange } from '../exchange.ts';
import { answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { IntegrationRequestMapping } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { TemplateCompiler } from '../mapping-template.ts';
import { textOf } from '../payload.ts';
import { isRefusal, misconfigured } from '../refusal.ts';
import { Integration } from './integration.ts';
import { MockStatus } from './mock-status.ts';

const noHeaders: HeaderView = { raw: [], get: () => undefined, forwardTo: () => 0 };
const nothing = { headers: noHeaders, body: '' };

export class MockIntegration extends Integration {
  readonly #request: IntegrationRequestMapping;
  readonly #response: IntegrationResponseMapping;
  readonly #status = new MockStatus();

  constructor(plan: RestMockPlan, compile: TemplateCompiler) {
    super();
    this.#request = new IntegrationRequestMapping(plan, false, compile);
    this.#response = new IntegrationResponseMapping(plan.responses, compile);
  }

  override start(exchange: Exchange): void {
    const request = this.#request.map(exchange);
    if (isRefusal(request)) {
      answerRefusal(exchange, 'integrationRequest', request);
      return;
    }
    exchange.capture?.integrationRequest(undefined, request.body);
    const status = this.#status.of(textOf(request.body));
    if (status === undefined) {
      // The sentence is AWS's, from its execution logs.
      const reason = 'Unable to parse statusCode. It should be an integer that is defined in the request template.';
      answerRefusal(exchange, 'integrationRequest', misconfigured(reason));
      return;
    }
    exchange.capture?.step('integration', 'passed', { statusCode: status });
    exchange.integrationEndedAt = performance.now();
    const response = this.#response.map(exchange, nothing, String(status), status, status);
    if (isRefusal(response)) {
      answerRefusal(exchange, 'integrationResponse', response);
      return;
    }
    exchange.capture?.step('integrationResponse', 'passed', { status: response.status });
    answerWhole(exchange, response.status, response.headers, response.body, response.encoded);
  }
}
