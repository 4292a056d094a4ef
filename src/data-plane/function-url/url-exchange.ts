// One request to a function URL on its way: who asks, the event, the function's answer, the record of all that.

import { randomUUID } from 'node:crypto';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { AbortListener, BodyFailure, BodyReceiver, BodySink, ServerRequest } from '../../http1/message.ts';
import type { StageName } from '../../model/exchange-record.ts';
import { wallClock } from '../http-api/clock.ts';
import { type CorsPolicy, corsHeaderNames } from '../http-api/cors.ts';
import { isObject, readStatusCode } from '../http-api/lambda-response.ts';
import { addFields, readLambdaResponse2 } from '../http-api/lambda-response-2.ts';
import { isRefusal } from '../http-api/refusal.ts';
import { traceIdFor } from '../http-api/request-id.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';
import { addContentType, STREAMED_CONTENT_TYPE, StreamedAnswer, type StreamOwner } from '../integrations/streamed-answer.ts';
import type { FunctionReceiver, FunctionResult, FunctionStreamSink, FunctionUrl } from '../ports.ts';
import { Capture } from '../telemetry/capture.ts';
import { beginUrlHeaders, FORBIDDEN, urlErrorBody } from './url-answers.ts';
import type { ReadUrlCaller } from './url-caller.ts';
import { urlEvent } from './url-event.ts';
import { URL_STAGE, type UrlRecords, urlRecord } from './url-record.ts';

/** AWS: 6 MB. Seen: Lambda quotas. */
const BODY_LIMIT_BYTES = 6_291_456;
const ownHeaderNames: ReadonlySet<string> = new Set(['date', 'x-amzn-requestid']);
const ownHeaderNamesWithCors: ReadonlySet<string> = new Set([...ownHeaderNames, ...corsHeaderNames]);

/** How the client addressed the URL. */
export interface UrlAddress {
  /** Below the URL, beginning with `/`. Undecoded. */
  readonly path: string;
  readonly domainName: string;
}

export interface UrlServing {
  readonly callerOf: ReadUrlCaller;
  readonly records: UrlRecords;
  /** A bug: the request gets a 502, the process lives on. */
  readonly onError: (error: unknown) => void;
}

/** Its answer comes as a whole: a function that streams is gathered. */
export class UrlExchange implements BodyReceiver, FunctionReceiver, AbortListener {
  readonly #url: FunctionUrl;
  readonly #cors: CorsPolicy | undefined;
  readonly #request: ServerRequest;
  readonly #address: UrlAddress;
  readonly #serving: UrlServing;
  // AWS: the request's id and the invocation's are one. Seen: test/parity, test_request_id_invoke_url.
  readonly #requestId = randomUUID();
  readonly #at: number;
  readonly #capture: Capture | undefined;
  #bodyBytes = 0;
  #invokedAt = 0;
  #answeredAt = 0;
  #status = 0;
  #refusedAt: StageName | undefined;
  #reason: string | undefined;
  #isRecorded = false;

  constructor(url: FunctionUrl, cors: CorsPolicy | undefined, request: ServerRequest, address: UrlAddress, serving: UrlServing) {
    this.#url = url;
    this.#cors = cors;
    this.#request = request;
    this.#address = address;
    this.#serving = serving;
    this.#at = wallClock(request.startedAt);
    const level = serving.records.level(url.urlId, URL_STAGE);
    this.#capture = level === 0 ? undefined : new Capture(level, request);
  }

  /** Answers the request, now or later. */
  serve(): void {
    const request = this.#request;
    request.onAbort = this;
    if (this.#cors?.isPreflight(request.method, request.headers)) {
      request.body.discard();
      const headers = beginUrlHeaders(this.#requestId);
      this.#cors.addToPreflight(headers, request.headers.get('origin'));
      this.#capture?.step('cors', 'passed', undefined);
      this.#respond(200, headers, '');
      return;
    }
    request.body.readAll(BODY_LIMIT_BYTES, this);
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
      const message = `Request must be smaller than ${BODY_LIMIT_BYTES} bytes`;
      this.#refuse('integration', message, 413, 'RequestEntityTooLargeException', message);
    } else {
      const message = 'The request body did not arrive whole.';
      this.#refuse('integration', message, 400, 'BadRequestException', message);
    }
  }

  onFunctionResult(result: FunctionResult): void {
    this.#answeredAt = performance.now();
    try {
      this.#answer(result);
    } catch (error) {
      this.#crash(error);
    }
  }

  onClientGone(): void {
    if (this.#status !== 0) return;
    this.#status = 499;
    this.#reason = 'The client left before there was an answer.';
    this.#record();
  }

  #invoke(body: Buffer): void {
    const url = this.#url;
    const request = this.#request;
    this.#bodyBytes = body.length;
    this.#capture?.requestBody(body);
    const caller = url.authType === 'AWS_IAM' ? this.#serving.callerOf(request, body, url.region) : undefined;
    const refusal = typeof caller === 'string' ? caller : url.refusalOf(caller, this.#facts());
    if (refusal !== undefined || typeof caller === 'string') {
      this.#refuse('authorize', refusal ?? '', 403, 'AccessDeniedException', FORBIDDEN);
      return;
    }
    this.#capture?.step('authorize', 'passed', caller?.arn);
    const traceId = traceIdFor(request.headers.get('x-amzn-trace-id'), this.#at);
    const event = this.#event(body, traceId, caller);
    this.#capture?.integrationRequest(undefined, event);
    this.#invokedAt = performance.now();
    url.invoke(event, traceId, this.#requestId, this);
  }

  #facts() {
    const { headers, remoteAddress } = this.#request;
    return {
      nowMs: this.#at,
      region: this.#url.region,
      sourceIp: remoteAddress,
      userAgent: headers.get('user-agent'),
      referer: headers.get('referer'),
      secureTransport: false,
    };
  }

  #event(body: Buffer, traceId: string, caller: CallerCredentials | undefined): string {
    return urlEvent({
      request: this.#request,
      path: this.#address.path,
      urlId: this.#url.urlId,
      domainName: this.#address.domainName,
      requestId: this.#requestId,
      traceId,
      at: this.#at,
      body,
      caller,
    });
  }

  #answer(result: FunctionResult): void {
    if (this.#status !== 0) return;
    if (result.kind === 'refused') {
      const { refusal, message } = result;
      if (refusal === 'TooManyRequests') this.#refuse('integration', message, 429, 'TooManyRequestsException', 'Rate Exceeded.');
      else if (refusal === 'ResourceNotFound') this.#refuse('integration', message, 403, 'AccessDeniedException', FORBIDDEN);
      else if (refusal === 'RequestTooLarge') this.#refuse('integration', message, 413, 'RequestTooLargeException', message);
      else this.#fail(message);
      return;
    }
    this.#capture?.integrationResponse([], result.payload);
    if (result.kind === 'functionError') {
      this.#fail(`The function failed: ${result.payload}`);
      return;
    }
    this.answerReturned(result.payload);
  }

  /** What the function returned becomes the response. */
  protected answerReturned(payload: string): void {
    const headers = beginUrlHeaders(this.#requestId);
    // AWS: JSON unless the function says otherwise. Seen: Lambda guide, "Response payload format".
    const response = readLambdaResponse2(payload, headers, this.#drop, 'application/json');
    if (isRefusal(response)) {
      this.#fail(response.reason);
      return;
    }
    this.respondWith(headers, response.status, response.body);
  }

  protected respondWith(headers: HeaderBlock, status: number, body: string | Buffer): void {
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    this.#capture?.step('integration', 'passed', undefined);
    this.#respond(status, headers, body);
  }

  protected beginHeaders(): HeaderBlock {
    return beginUrlHeaders(this.#requestId);
  }

  /** Starts a streamed answer; undefined, and a 502, when the function's prelude cannot be used. */
  protected startStream(contentType: string, prelude: string | undefined): BodySink | undefined {
    if (this.#status !== 0) return undefined;
    const headers = beginUrlHeaders(this.#requestId);
    let status = 200;
    if (prelude === undefined) addContentType(headers, contentType);
    else {
      const fields = parsePrelude(prelude);
      const given = isObject(fields) ? readStatusCode(fields['statusCode'] ?? 200) : undefined;
      const refusal = isObject(fields) ? addFields(fields, headers, this.#drop, STREAMED_CONTENT_TYPE) : undefined;
      if (given === undefined || refusal !== undefined) {
        this.#fail(refusal?.reason ?? 'The prelude of the stream is no JSON object with a statusCode from 200 to 599.');
        return undefined;
      }
      status = given;
    }
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    this.#answeredAt = performance.now();
    this.#capture?.integrationResponse([], prelude ?? '');
    this.#capture?.step('integration', 'passed', undefined);
    this.#capture?.response(headers, '');
    this.#status = status;
    return this.#request.startResponse(status, headers, undefined);
  }

  protected captureChunk(chunk: Buffer): void {
    this.#capture?.responseChunk(chunk);
  }

  /** The function failed before it had said anything. */
  protected failed(why: string): void {
    if (this.#status === 0) this.#fail(`The function failed: ${why}`);
  }

  protected completed(problem: string | undefined): void {
    if (problem !== undefined) this.#reason = `The answer is not complete: ${problem}.`;
    this.#record();
  }

  get #drop(): ReadonlySet<string> {
    return this.#cors === undefined ? ownHeaderNames : ownHeaderNamesWithCors;
  }

  /** AWS: whatever goes wrong in the function is a 502 without a word about it. Seen: Lambda guide, "Function URL errors". */
  #fail(reason: string): void {
    const headers = beginUrlHeaders(this.#requestId);
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    headers.addTrusted('Content-Type: application/json\r\n');
    this.#note('integration', reason);
    this.#respond(502, headers, 'Internal Server Error');
  }

  #refuse(stage: StageName, reason: string, status: number, type: string, message: string): void {
    const headers = beginUrlHeaders(this.#requestId);
    this.#cors?.addToResponse(headers, this.#request.headers.get('origin'));
    const body = urlErrorBody(headers, type, message);
    this.#note(stage, reason);
    this.#respond(status, headers, body);
  }

  #note(stage: StageName, reason: string): void {
    this.#refusedAt = stage;
    this.#reason = reason;
    this.#capture?.step(stage, 'refused', { reason });
  }

  #respond(status: number, headers: HeaderBlock, body: string | Buffer): void {
    if (this.#status !== 0) return;
    this.#status = status;
    this.#capture?.response(headers, body);
    this.#request.respond(status, headers, body);
    this.#record();
  }

  #crash(error: unknown): void {
    this.#serving.onError(error);
    if (!this.#request.answered) this.#fail('Stagegate failed; see its log.');
  }

  #record(): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    this.#serving.records.add(
      urlRecord(
        this.#url,
        this.#request,
        {
          requestId: this.#requestId,
          at: this.#at,
          path: this.#address.path,
          status: this.#status,
          bodyBytes: this.#bodyBytes,
          invokedAt: this.#invokedAt,
          answeredAt: this.#answeredAt,
          refusedAt: this.#refusedAt,
          reason: this.#reason,
        },
        this.#capture,
      ),
    );
  }
}

/** InvokeMode RESPONSE_STREAM: what a function streams goes out as it comes. */
export class StreamingUrlExchange extends UrlExchange implements StreamOwner {
  onFunctionStream(contentType: string): FunctionStreamSink {
    return new StreamedAnswer(this, contentType);
  }

  // AWS: what a function without streaming returns is the body as it is, an object with a statusCode as well.
  // Seen: aws/aws-lambda-go#565.
  protected override answerReturned(payload: string): void {
    const headers = this.beginHeaders();
    headers.addTrusted('Content-Type: application/json\r\n');
    this.respondWith(headers, 200, Buffer.from(payload));
  }

  beginStream(contentType: string, prelude: string | undefined): BodySink | undefined {
    return this.startStream(contentType, prelude);
  }

  streamed(chunk: Buffer): void {
    this.captureChunk(chunk);
  }

  failStream(why: string): void {
    this.failed(why);
  }

  streamEnded(problem: string | undefined): void {
    this.completed(problem);
  }
}

function parsePrelude(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
