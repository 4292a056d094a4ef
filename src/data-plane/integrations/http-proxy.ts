// HTTP_PROXY: the request goes to an HTTP backend and its answer comes back, both streamed when they do not fit in one read.

import { HeaderBlock } from '../../http1/header-block.ts';
import type { UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../http1/message.ts';
import type { HttpProxyPlan, UriPiece } from '../../model/http-api-plan.ts';
import type { AuthDecision } from '../http-api/authorize.ts';
import { wallClock } from '../http-api/clock.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { answerStreaming, answerWhole } from '../http-api/integration-answer.ts';
import type { Refusal } from '../http-api/refusal.ts';
import { traceIdFor } from '../http-api/request-id.ts';
import { beginResponseHeaders, gatewayHeaderNames, gatewayHeaderNamesWithCors } from '../http-api/response-headers.ts';
import type { Upstreams } from '../ports.ts';
import { BODY_LIMIT_BYTES, MeteredBody, refuseRequestBody } from './body-limit.ts';
import { addForwarded, replacedRequestHeaders } from './forwarded.ts';
import { Integration } from './integration.ts';

/**
 * AWS: a request without payload whose Content-Length is 0 gets a Content-Type. Seen: developer guide. Which one is not documented.
 */
const EMPTY_BODY_CONTENT_TYPE = 'application/octet-stream';

export class HttpProxyIntegration extends Integration {
  readonly #plan: HttpProxyPlan;
  readonly #upstreams: Upstreams;
  /** Undefined when the host holds path variables. */
  readonly #origin: UpstreamOrigin | undefined;
  readonly #hostLine: string;
  /** Undefined when the path holds path variables. */
  readonly #fixedPath: string | undefined;

  constructor(plan: HttpProxyPlan, upstreams: Upstreams) {
    super();
    this.#plan = plan;
    this.#upstreams = upstreams;
    const host = fixedText(plan.host);
    this.#origin = host === undefined ? undefined : toOrigin(plan, host);
    this.#hostLine = host === undefined ? '' : hostLine(plan, host);
    this.#fixedPath = fixedText(plan.path);
  }

  override start(exchange: Exchange, _decision: AuthDecision): void {
    const { request } = exchange;
    if (request.body.length !== undefined && request.body.length > BODY_LIMIT_BYTES) {
      refuseRequestBody(exchange, 'tooLarge');
      return;
    }
    const origin = this.#origin ?? this.#originOf(exchange);
    if ('refused' in origin) {
      this.#refuse(exchange, origin);
      return;
    }
    const target = this.#target(exchange);
    const headers = this.#requestHeaders(exchange, origin);
    exchange.bodyTaken = true;
    const body = takeBody(exchange);
    const { capture } = exchange;
    if (capture !== undefined) {
      capture.integrationRequest(headers, typeof body === 'string' ? body : '');
      // Without the query, which may hold secrets.
      const url = `${origin.protocol}://${origin.host}:${origin.port}${target.replace(/\?.*$/, '')}`;
      capture.step('integrationRequest', 'passed', { method: this.#plan.method ?? request.method, url });
    }
    exchange.upstream = this.#upstreams.send({
      origin,
      method: this.#plan.method ?? request.method,
      target,
      headers,
      body,
      timeoutMs: this.#plan.timeoutInMillis,
      startedAt: exchange.integrationStartedAt,
      maxResponseBytes: BODY_LIMIT_BYTES,
      receiver: exchange,
    });
  }

  override onUpstreamResponse(exchange: Exchange, response: UpstreamResponse): void {
    const headers = beginResponseHeaders(wallClock(exchange.integrationEndedAt));
    response.headers.forwardTo(
      headers,
      exchange.pipeline.cors === undefined ? gatewayHeaderNames : gatewayHeaderNamesWithCors,
      true,
    );
    const { capture } = exchange;
    capture?.step('integration', 'passed', { status: response.status });
    // An answer to HEAD has no body but says how long it would be.
    if (exchange.request.method === 'HEAD' && response.declaredLength !== undefined) {
      capture?.integrationResponse(response.headers.raw, '');
      answerStreaming(exchange, response.status, headers, response.body, response.declaredLength);
      return;
    }
    const text = response.body.takeText();
    if (capture !== undefined) capture.integrationResponse(response.headers.raw, text ?? '');
    if (text === undefined) answerStreaming(exchange, response.status, headers, response.body, response.body.length);
    else answerWhole(exchange, response.status, headers, text);
  }

  /** AWS: a timeout is a 503. Seen: serverless#11222. The other kinds are from memory of the service. */
  override onUpstreamFailure(exchange: Exchange, failure: UpstreamFailure): void {
    if (failure.kind === 'requestBody') {
      refuseRequestBody(exchange, failure.bodyFailure ?? 'aborted');
      return;
    }
    const broken = failure.kind === 'malformed' || failure.kind === 'tooLarge';
    this.#refuse(exchange, {
      refused: broken ? 'INTERNAL_ERROR' : 'UNAVAILABLE',
      reason: `The backend failed (${failure.kind}): ${failure.message}`,
    });
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    exchange.capture?.step('integration', 'refused', refusal);
    answerRefusal(exchange, 'integration', refusal);
  }

  /** Path variables go into the URI as they were received, still encoded: `%2F` stays `%2F`. */
  #target(exchange: Exchange): string {
    const { appendRequestPath, query: ownQuery } = this.#plan;
    let path = this.#fixedPath ?? render(this.#plan.path, exchange, rawValue);
    if (appendRequestPath) path = (path.endsWith('/') ? path.slice(0, -1) : path) + exchange.address.path;
    const { query } = exchange.request;
    if (ownQuery === '') return query === '' ? path : `${path}?${query}`;
    return query === '' ? `${path}?${ownQuery}` : `${path}?${ownQuery}&${query}`;
  }

  #originOf(exchange: Exchange): UpstreamOrigin | Refusal {
    const host = render(this.#plan.host, exchange, decodedValue);
    if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) return toOrigin(this.#plan, host);
    return {
      refused: 'INTERNAL_ERROR',
      reason: `The path variables make no host name of the integration's URI: "${host.slice(0, 253)}".`,
    };
  }

  #requestHeaders(exchange: Exchange, origin: UpstreamOrigin): HeaderBlock {
    const { request, address } = exchange;
    const block = new HeaderBlock();
    block.addTrusted(this.#hostLine === '' ? hostLine(this.#plan, origin.host) : this.#hostLine);
    const replaced = request.headers.forwardTo(block, replacedRequestHeaders, false);
    // One of them is Host. Most clients send no other, and then nothing has to be looked up.
    const before = replaced > 1 ? request.headers : undefined;
    addForwarded(block, before, request, address.protocol);
    block.addTrusted(`X-Amzn-Trace-Id: ${traceIdFor(before?.get('x-amzn-trace-id'), exchange.at)}\r\n`);
    const isEmpty = request.body.length === 0 && request.headers.get('content-length') === '0';
    if (isEmpty && request.headers.get('content-type') === undefined) {
      block.addTrusted(`Content-Type: ${EMPTY_BODY_CONTENT_TYPE}\r\n`);
    }
    return block;
  }
}

/** A body that came with the head is passed as text in one write; a longer one is streamed. */
function takeBody(exchange: Exchange): string | MeteredBody | null {
  const { body } = exchange.request;
  if (body.length === 0) return null;
  const text = body.takeText();
  if (text === undefined) return new MeteredBody(exchange);
  exchange.bodyBytes = text.length;
  exchange.capture?.requestBody(text);
  return text;
}

function toOrigin(plan: HttpProxyPlan, host: string): UpstreamOrigin {
  return { protocol: plan.protocol, host: host.replace(/^\[|\]$/g, ''), port: plan.port };
}

/** AWS: the backend sees its own host name. */
function hostLine(plan: HttpProxyPlan, host: string): string {
  const isDefaultPort = plan.port === (plan.protocol === 'https' ? 443 : 80);
  return isDefaultPort ? `Host: ${host}\r\n` : `Host: ${host}:${plan.port}\r\n`;
}

function fixedText(pieces: readonly UriPiece[]): string | undefined {
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}

function render(pieces: readonly UriPiece[], exchange: Exchange, variable: (exchange: Exchange, name: string) => string): string {
  let text = '';
  for (const piece of pieces) text += typeof piece === 'string' ? piece : variable(exchange, piece.pathVariable);
  return text;
}

function rawValue(exchange: Exchange, name: string): string {
  for (const parameter of exchange.pathParameters) if (parameter.name === name) return parameter.raw;
  return '';
}

function decodedValue(exchange: Exchange, name: string): string {
  for (const parameter of exchange.pathParameters) if (parameter.name === name) return parameter.value;
  return '';
}
