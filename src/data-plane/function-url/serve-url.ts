// A request to a function URL, from its head to its answer: CORS, who may, the event, the function, the response.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

import { randomUUID } from 'node:crypto';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, BodyReceiver, ServerRequest } from '../../http1/message.ts';
import { wallClock } from '../http-api/clock.ts';
import { CorsPolicy, corsHeaderNames } from '../http-api/cors.ts';
import { readLambdaResponse2 } from '../http-api/lambda-response-2.ts';
import { isRefusal } from '../http-api/refusal.ts';
import { traceIdFor } from '../http-api/request-id.ts';
import { beginResponseHeaders } from '../http-api/response-headers.ts';
import type { FunctionReceiver, FunctionResult, FunctionUrl } from '../ports.ts';
import type { ReadUrlCaller } from './url-caller.ts';
import { urlEvent } from './url-event.ts';

/** AWS: 6 MB. Seen: Lambda quotas. */
const BODY_LIMIT_BYTES = 6_291_456;
const ownHeaderNames: ReadonlySet<string> = new Set(['date', 'x-amzn-requestid']);
const ownHeaderNamesWithCors: ReadonlySet<string> = new Set([...ownHeaderNames, ...corsHeaderNames]);

/** AWS: what nobody may, and what is not there. Seen: test/parity, test_lambda_permission_url_invocation and url_persists_after_alias_delete. */
const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** How the client addressed the URL. */
export interface UrlAddress {
  /** Below the URL, beginning with `/`. Undecoded. */
  readonly path: string;
  readonly domainName: string;
}

export interface UrlServing {
  readonly callerOf: ReadUrlCaller;
  /** A bug: the request gets a 502, the process lives on. */
  readonly onError: (error: unknown) => void;
}

/** Answers a request, now or later. */
export function serveUrl(url: FunctionUrl, request: ServerRequest, address: UrlAddress, serving: UrlServing): void {
  const cors = corsOf(url);
  if (cors?.isPreflight(request.method, request.headers)) {
    request.body.discard();
    const headers = beginHeaders(randomUUID());
    cors.addToPreflight(headers, request.headers.get('origin'));
    request.respond(200, headers, '');
    return;
  }
  request.body.readAll(BODY_LIMIT_BYTES, new UrlExchange(url, cors, request, address, serving));
}

/** There is no such URL. */
export function refuseUrl(request: ServerRequest): void {
  request.body.discard();
  answerError(request, beginHeaders(randomUUID()), 403, 'AccessDeniedException', FORBIDDEN);
}

class UrlExchange implements BodyReceiver, FunctionReceiver {
  readonly #url: FunctionUrl;
  readonly #cors: CorsPolicy | undefined;
  readonly #request: ServerRequest;
  readonly #address: UrlAddress;
  readonly #serving: UrlServing;
  // AWS: the request's id and the invocation's are one. Seen: test/parity, test_request_id_invoke_url.
  readonly #requestId = randomUUID();

  constructor(url: FunctionUrl, cors: CorsPolicy | undefined, request: ServerRequest, address: UrlAddress, serving: UrlServing) {
    this.#url = url;
    this.#cors = cors;
    this.#request = request;
    this.#address = address;
    this.#serving = serving;
  }

  onBody(body: Buffer): void {
    try {
      this.#invoke(body);
    } catch (error) {
      this.#crash(error);
    }
  }

  onBodyFailure(failure: BodyFailure): void {
    if (failure === 'tooLarge') {
      this.#refuse(413, 'RequestEntityTooLargeException', `Request must be smaller than ${BODY_LIMIT_BYTES} bytes`);
    } else this.#refuse(400, 'BadRequestException', 'The request body did not arrive whole.');
  }

  onFunctionResult(result: FunctionResult): void {
    try {
      this.#answer(result);
    } catch (error) {
      this.#crash(error);
    }
  }

  #invoke(body: Buffer): void {
    const url = this.#url;
    const request = this.#request;
    const caller = url.authType === 'AWS_IAM' ? this.#serving.callerOf(request, body, url.region) : undefined;
    if (!url.mayInvoke(caller)) {
      this.#refuse(403, 'AccessDeniedException', FORBIDDEN);
      return;
    }
    const at = wallClock(request.startedAt);
    const traceId = traceIdFor(request.headers.get('x-amzn-trace-id'), at);
    const event = urlEvent({
      request,
      path: this.#address.path,
      urlId: url.urlId,
      domainName: this.#address.domainName,
      requestId: this.#requestId,
      traceId,
      at,
      body,
      caller,
    });
    url.invoke(event, traceId, this.#requestId, this);
  }

  #answer(result: FunctionResult): void {
    if (this.#request.answered) return;
    if (result.kind === 'refused') {
      if (result.refusal === 'TooManyRequests') this.#refuse(429, 'TooManyRequestsException', 'Rate Exceeded.');
      else if (result.refusal === 'ResourceNotFound') this.#refuse(403, 'AccessDeniedException', FORBIDDEN);
      else if (result.refusal === 'RequestTooLarge') this.#refuse(413, 'RequestTooLargeException', result.message);
      else this.#fail();
      return;
    }
    if (result.kind === 'functionError') {
      this.#fail();
      return;
    }
    const headers = beginHeaders(this.#requestId);
    const drop = this.#cors === undefined ? ownHeaderNames : ownHeaderNamesWithCors;
    // AWS: JSON unless the function says otherwise. Seen: Lambda guide, "Response payload format".
    const response = readLambdaResponse2(result.payload, headers, drop, 'application/json');
    if (isRefusal(response)) {
      this.#fail();
      return;
    }
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    this.#request.respond(response.status, headers, response.body);
  }

  /** AWS: whatever goes wrong in the function is a 502 without a word about it. Seen: Lambda guide, "Function URL errors". */
  #fail(): void {
    const headers = beginHeaders(this.#requestId);
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    headers.addTrusted('Content-Type: application/json\r\n');
    this.#request.respond(502, headers, 'Internal Server Error');
  }

  #refuse(status: number, type: string, message: string): void {
    const headers = beginHeaders(this.#requestId);
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    answerError(this.#request, headers, status, type, message);
  }

  #crash(error: unknown): void {
    this.#serving.onError(error);
    if (!this.#request.answered) this.#fail();
  }
}

const policies = new WeakMap<FunctionUrl, CorsPolicy>();

/** The URL's CORS, its header lines made once. */
function corsOf(url: FunctionUrl): CorsPolicy | undefined {
  if (url.cors === undefined) return undefined;
  let policy = policies.get(url);
  if (policy === undefined) {
    policy = new CorsPolicy(url.cors);
    policies.set(url, policy);
  }
  return policy;
}

function beginHeaders(requestId: string): HeaderBlock {
  const headers = beginResponseHeaders();
  headers.addTrusted(`x-amzn-RequestId: ${requestId}\r\n`);
  return headers;
}

function answerError(request: ServerRequest, headers: HeaderBlock, status: number, type: string, message: string): void {
  headers.addTrusted(`Content-Type: application/json\r\nx-amzn-ErrorType: ${type}\r\n`);
  request.respond(status, headers, JSON.stringify({ Message: message }));
}
