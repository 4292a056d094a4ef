// The headers of Lambda's own answer to an invocation, for mappings and logs: a function says nothing among them.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax
// AWS: these, in this order. Seen: execution logs that users quote (2019 to 2024); where X-Amz-Log-Result stands is not known.

import type { HeaderView } from '../../../http1/message.ts';
import { wallClock } from '../../http-api/clock.ts';
import type { Exchange } from '../exchange.ts';

export interface InvokeAnswer {
  readonly status: number;
  readonly bodyBytes: number;
  /** The function failed. */
  readonly failed?: boolean;
  /** The end of its log in base64, where it was asked for. */
  readonly log?: string | undefined;
}

/** Made as somebody asks: most mappings name none. */
export class InvokeHeaders implements HeaderView {
  readonly #exchange: Exchange;
  readonly #answer: InvokeAnswer;
  #raw: readonly string[] | undefined;

  constructor(exchange: Exchange, answer: InvokeAnswer) {
    this.#exchange = exchange;
    this.#answer = answer;
  }

  get raw(): readonly string[] {
    this.#raw ??= rawOf(this.#exchange, this.#answer);
    return this.#raw;
  }

  get(name: string): string | undefined {
    if (name === 'content-type') return contentTypeOf(this.#answer);
    const { raw } = this;
    for (let i = 0; i + 1 < raw.length; i += 2) if ((raw[i] as string).toLowerCase() === name) return raw[i + 1];
    return undefined;
  }

  forwardTo(): number {
    return 0;
  }
}

/** What was only accepted has no body. */
function contentTypeOf({ status }: InvokeAnswer): string | undefined {
  return status === 202 || status === 204 ? undefined : 'application/json';
}

function rawOf(exchange: Exchange, answer: InvokeAnswer): readonly string[] {
  const { functionRequestId, executedVersion } = exchange;
  const fields: (readonly [name: string, value: string | undefined])[] = [
    ['Date', new Date(wallClock(exchange.integrationEndedAt)).toUTCString()],
    ['Content-Type', contentTypeOf(answer)],
    ['Content-Length', String(answer.bodyBytes)],
    ['Connection', 'keep-alive'],
    ['x-amzn-RequestId', functionRequestId],
    ['X-Amz-Function-Error', answer.failed === true ? 'Unhandled' : undefined],
    ['X-Amz-Log-Result', answer.log],
    ['x-amzn-Remapped-Content-Length', '0'],
    ['X-Amz-Executed-Version', answer.status === 200 ? executedVersion : undefined],
    ['X-Amzn-Trace-Id', exchange.answeredTrace],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}
