// Lambda's HTTP Runtime API: any program that asks for events and answers them is a function.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, ServerRequest } from '../../http1/message.ts';
import { tooLargeError } from '../gathered-stream.ts';
import type { Invocation } from '../invocation.ts';
import { RESPONSE_BYTES_MAX } from '../limits.ts';
import type { RuntimeChannel, RuntimeListener } from '../runtime-channel.ts';
import { answerJson, answerText, refuse, type SandboxApi } from './sandbox-api.ts';
import { StreamedBody } from './streamed-body.ts';

const PREFIX = '/2018-06-01/runtime/';
const INVOCATION = /^invocation\/([^/]{1,200})\/(response|error)$/;

/** Where the runtime is; what it may do next depends on it. */
type State = 'starting' | 'waiting' | 'running' | 'responding' | 'answered' | 'failed';

export class RuntimeApiChannel implements RuntimeChannel {
  readonly usesPipe = false;
  /** Nothing that was said waits in a pipe. */
  readonly isOpen = false;
  readonly #functionArn: string;
  #listener: RuntimeListener | undefined;
  #state: State = 'starting';
  /** The event to give when it is asked for. */
  #next: { readonly invocation: Invocation; readonly deadlineEpochMs: number } | undefined;
  /** The event given last. */
  #current: Invocation | undefined;
  /** A request for the next event that waits for one. */
  #poll: ServerRequest | undefined;

  constructor(functionArn: string, api: SandboxApi) {
    this.#functionArn = functionArn;
    api.add((request) => this.#route(request));
  }

  open(listener: RuntimeListener): void {
    this.#listener = listener;
  }

  get isClear(): boolean {
    return true;
  }

  get holdsEvent(): boolean {
    return this.#next !== undefined;
  }

  invoke(invocation: Invocation, deadlineEpochMs: number): void {
    this.#next = { invocation, deadlineEpochMs };
    this.#give();
  }

  invokeAhead(): void {
    throw new Error('a program that speaks the Runtime API asks for one event at a time');
  }

  withdraw(): void {}

  close(): void {
    this.#listener = undefined;
  }

  #route(request: ServerRequest): boolean {
    if (!request.path.startsWith(PREFIX) || this.#listener === undefined) return false;
    const path = request.path.slice(PREFIX.length);
    const found = INVOCATION.exec(path);
    if (found === null && path !== 'invocation/next' && path !== 'init/error') return false;
    if (request.method !== (path === 'invocation/next' ? 'GET' : 'POST')) {
      request.body.discard();
      answerText(request, 405, '');
    } else if (path === 'invocation/next') this.#onNext(request, this.#listener);
    else if (path === 'init/error') this.#onInitError(request, this.#listener);
    else this.#onAnswer(request, this.#listener, found?.[1] ?? '', found?.[2] === 'error');
    return true;
  }

  #onNext(request: ServerRequest, listener: RuntimeListener): void {
    request.body.discard();
    if (this.#state === 'running' || this.#state === 'responding' || this.#state === 'failed') {
      this.#refuseState(request, 'Ready');
      return;
    }
    // A runtime that asks again has lost its first request; that one gets no event any more.
    this.#poll = request;
    request.onAbort = () => {
      if (this.#poll === request) this.#poll = undefined;
    };
    if (this.#state === 'starting') {
      this.#state = 'waiting';
      listener.runtimeReady(0, false);
    } else {
      this.#state = 'waiting';
      this.#give();
    }
  }

  #give(): void {
    if (this.#poll === undefined || this.#next === undefined) return;
    const { invocation, deadlineEpochMs } = this.#next;
    const request = this.#poll;
    const headers = new HeaderBlock();
    headers.add('Content-Type', 'application/json');
    headers.add('Lambda-Runtime-Aws-Request-Id', invocation.requestId);
    headers.add('Lambda-Runtime-Deadline-Ms', String(deadlineEpochMs));
    headers.add('Lambda-Runtime-Invoked-Function-Arn', invocation.invokedArn || this.#functionArn);
    if (invocation.traceId !== '') headers.add('Lambda-Runtime-Trace-Id', utf8(invocation.traceId));
    if (invocation.clientContext !== '') headers.add('Lambda-Runtime-Client-Context', utf8(invocation.clientContext));
    request.onAbort = null;
    this.#poll = undefined;
    if (!request.respond(200, headers, Buffer.from(invocation.event))) return;
    this.#next = undefined;
    this.#current = invocation;
    this.#state = 'running';
  }

  #onAnswer(request: ServerRequest, listener: RuntimeListener, requestId: string, isError: boolean): void {
    // AWS: a request id that is not the current one's is refused before anything else is looked at.
    if (this.#current === undefined || requestId !== this.#current.requestId) {
      request.body.discard();
      refuse(request, 400, 'InvalidRequestID', 'Invalid request ID');
      return;
    }
    if (this.#state !== 'running') {
      request.body.discard();
      this.#refuseState(request, isError ? 'InvocationErrorResponse' : 'InvocationResponse');
      return;
    }
    this.#state = 'responding';
    if (!isError && request.headers.get('lambda-runtime-function-response-mode')?.toLowerCase() === 'streaming') {
      this.#stream(request, listener);
      return;
    }
    request.body.readAll(RESPONSE_BYTES_MAX, {
      onBody: (body) => {
        this.#accepted(request);
        if (isError) listener.runtimeFailed(0, 0, errorPayload(request, body));
        else listener.runtimeReturned(0, 0, body.toString());
      },
      onBodyFailure: (failure) => this.#onBodyFailure(request, listener, failure),
    });
  }

  #onBodyFailure(request: ServerRequest, listener: RuntimeListener, failure: BodyFailure): void {
    if (failure !== 'tooLarge') {
      // Half an answer is none: the runtime may try again.
      this.#state = 'running';
      return;
    }
    this.#state = 'answered';
    const message = `Exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
    refuse(request, 413, 'RequestEntityTooLarge', message);
    listener.runtimeFailed(0, 0, JSON.stringify(tooLargeError()));
  }

  #stream(request: ServerRequest, listener: RuntimeListener): void {
    const sink = listener.runtimeStreams(request.headers.get('content-type') ?? 'application/octet-stream');
    if (sink === undefined) {
      request.body.discard();
      this.#refuseState(request, 'InvocationResponse');
      return;
    }
    request.body.pipeTo(
      new StreamedBody(sink, request.body, (brokeOff) => {
        if (brokeOff) this.#state = 'answered';
        else this.#accepted(request);
      }),
    );
  }

  #accepted(request: ServerRequest): void {
    this.#state = 'answered';
    answerJson(request, 202, { status: 'OK' });
  }

  #onInitError(request: ServerRequest, listener: RuntimeListener): void {
    if (this.#state !== 'starting') {
      request.body.discard();
      this.#refuseState(request, 'InitError');
      return;
    }
    request.body.readAll(RESPONSE_BYTES_MAX, {
      onBody: (body) => {
        this.#state = 'failed';
        answerJson(request, 202, { status: 'OK' });
        listener.runtimeInitFailed(errorPayload(request, body));
      },
      onBodyFailure: (failure) => {
        if (failure === 'tooLarge') refuse(request, 413, 'RequestEntityTooLarge', 'Exceeded maximum allowed payload size.');
      },
    });
  }

  #refuseState(request: ServerRequest, wanted: string): void {
    const state = { starting: 'Started', waiting: 'Ready', running: 'Running', responding: 'InvocationResponse' } as const;
    const from = this.#state in state ? state[this.#state as keyof typeof state] : 'ResponseSent';
    const message = `State transition from ${from} to ${wanted} failed for runtime. Error: State transition is not allowed`;
    refuse(request, 403, 'InvalidStateTransition', message);
  }
}

/** The runtime's error object; one that says nothing is named by its header. */
function errorPayload(request: ServerRequest, body: Buffer): string {
  if (body.length > 0) return body.toString();
  const errorType = request.headers.get('lambda-runtime-function-error-type') || 'Runtime.Unknown';
  return JSON.stringify({ errorType, errorMessage: '' });
}

/** Header text beyond ASCII travels as UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}
