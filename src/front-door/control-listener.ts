// What the control listener does with a request, in order: API traffic (hosts and paths of execute-api), our own
// endpoints under /_stagegate/, and then the AWS APIs.

import { HeaderBlock } from '../http1/header-block.ts';
import type { BodyFailure, BodyReceiver, ServerRequest } from '../http1/message.ts';
import { answerInPieces } from './answer-in-pieces.ts';
import { refuseForeignCaller } from './loopback-guard.ts';

/** An AWS request and its answer, free of transport; the wire layer implements it. */
export interface ControlWire {
  handle(request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly rawHeaders: readonly string[];
    readonly body: Buffer;
    readonly remoteAddress: string;
  }): Promise<{
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Buffer;
    readonly stream?: AsyncIterable<Buffer>;
  }>;
}

export interface ControlListenerOptions {
  /** True when the request was API traffic and is being answered. */
  readonly apiTraffic: (request: ServerRequest) => boolean;
  /** True when the request was for one of our own endpoints and is being answered. */
  readonly adminEndpoints: (request: ServerRequest) => boolean;
  readonly aws: ControlWire;
  /** Any key is accepted, so only local callers are. */
  readonly openAuth: boolean;
  /** Bytes of a control-plane request body; a 50 MB zip is 67 MB as base64. */
  readonly bodyLimitBytes: number;
  readonly onError: (error: unknown) => void;
}

/** The request handler of the control listener. */
export function createControlListener(options: ControlListenerOptions): (request: ServerRequest) => void {
  return (request) => {
    if (options.apiTraffic(request)) return;
    const refusal = options.openAuth ? refuseForeignCaller(request) : undefined;
    if (refusal !== undefined) {
      request.body.discard();
      answerJson(request, 403, { message: refusal });
      return;
    }
    if (options.adminEndpoints(request)) return;
    request.body.readAll(options.bodyLimitBytes, new AwsCall(request, options));
  };
}

/** Answers with JSON in one write. */
export function answerJson(request: ServerRequest, status: number, value: unknown): void {
  const headers = new HeaderBlock();
  headers.add('Content-Type', 'application/json');
  request.respond(status, headers, Buffer.from(JSON.stringify(value), 'utf8'));
}

class AwsCall implements BodyReceiver {
  readonly #request: ServerRequest;
  readonly #options: ControlListenerOptions;

  constructor(request: ServerRequest, options: ControlListenerOptions) {
    this.#request = request;
    this.#options = options;
  }

  onBody(body: Buffer): void {
    const request = this.#request;
    this.#options.aws
      .handle({
        method: request.method,
        path: request.path,
        query: request.query,
        rawHeaders: request.headers.raw,
        body,
        remoteAddress: request.remoteAddress,
      })
      .then((response) => {
        const headers = new HeaderBlock();
        for (const [name, value] of response.headers) headers.add(name, value);
        headers.add('Date', new Date().toUTCString());
        if (response.stream === undefined) request.respond(response.status, headers, response.body);
        else void answerInPieces(request, response.status, headers, response.stream, this.#options.onError);
      })
      .catch((error: unknown) => {
        this.#options.onError(error);
        answerJson(request, 500, { message: 'Internal failure' });
      });
  }

  onBodyFailure(failure: BodyFailure): void {
    if (failure === 'tooLarge') {
      answerJson(this.#request, 413, {
        message: `Request must be smaller than ${this.#options.bodyLimitBytes} bytes`,
      });
    } else if (failure === 'timeout') {
      answerJson(this.#request, 408, { message: 'The request body did not arrive in time' });
    } else if (failure === 'malformed') {
      answerJson(this.#request, 400, { message: 'The request body is not valid HTTP' });
    }
  }
}
