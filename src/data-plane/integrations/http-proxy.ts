// HTTP_PROXY: the request goes to an HTTP backend and its answer comes back, both streamed when they do not fit in one read. A body
// that parameter mapping reads is held whole.

import { performance } from 'node:perf_hooks';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../http1/message.ts';
import type { HttpProxyPlan, UriPiece } from '../../model/http-api-plan.ts';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { RequestMapping, type ResponseMapping, responseMappings } from '../http-api/parameter-mapping.ts';
import { MappingInput } from '../http-api/parameter-sources.ts';
import { isRefusal, type Refusal } from '../http-api/refusal.ts';
import { traceIdFor } from '../http-api/request-id.ts';
import type { Upstreams } from '../ports.ts';
import { BODY_LIMIT_BYTES, MeteredBody, refuseRequestBody } from './body-limit.ts';
import { addForwarded, replacedRequestHeaders } from './forwarded.ts';
import { Integration } from './integration.ts';
import { answerUpstream, refusalOf } from './upstream-answer.ts';

/**
 * AWS: a request without payload whose Content-Length is 0 gets a Content-Type. Seen: developer guide. Which one is not documented.
 */
const EMPTY_BODY_CONTENT_TYPE = 'application/octet-stream';

export class HttpProxyIntegration extends Integration {
  readonly #plan: HttpProxyPlan;
  readonly #upstreams: Upstreams;
  /** Undefined when the host holds path variables. */
  readonly #origin: UpstreamOrigin | undefined;
  /** '' when it is known per request only. */
  readonly #hostLine: string;
  /** Undefined when the path holds path variables. */
  readonly #fixedPath: string | undefined;
  readonly #fixedQuery: string | undefined;
  /** Undefined without requestParameters, responseParameters. */
  readonly #mapping: RequestMapping | undefined;
  readonly #responseMappings: ReadonlyMap<number, ResponseMapping> | undefined;
  /** Lower-case names of client fields that are not passed on. */
  readonly #replacedHeaders: ReadonlySet<string>;

  constructor(plan: HttpProxyPlan, upstreams: Upstreams) {
    super();
    this.#plan = plan;
    this.#upstreams = upstreams;
    const host = fixedText(plan.host);
    this.#origin = host === undefined ? undefined : toOrigin(plan, host);
    this.#hostLine = host === undefined || plan.private !== undefined ? '' : hostLine(plan, host);
    this.#fixedPath = fixedText(plan.path);
    this.#fixedQuery = fixedText(plan.query);
    this.#mapping = plan.requestParameters && new RequestMapping(plan.requestParameters);
    this.#responseMappings = responseMappings(plan.responseParameters);
    this.#replacedHeaders =
      this.#mapping === undefined
        ? replacedRequestHeaders
        : new Set([...replacedRequestHeaders, ...this.#mapping.fields.replaced]);
  }

  override start(exchange: Exchange, _decision: AuthDecision): void {
    const { body } = exchange;
    if (body.length !== undefined && body.length > BODY_LIMIT_BYTES) {
      refuseRequestBody(exchange, 'tooLarge');
      return;
    }
    if (this.#mapping === undefined) {
      this.#send(exchange, undefined, undefined);
      return;
    }
    if (!this.#mapping.readsBody) {
      this.#send(exchange, undefined, new MappingInput(exchange, undefined));
      return;
    }
    exchange.bodyTaken = true;
    const text = body.takeText();
    if (text === undefined) body.readAll(BODY_LIMIT_BYTES, exchange);
    else this.onRequestBody(exchange, Buffer.from(text, 'latin1'));
  }

  /** The body that a mapping waited for. */
  override onRequestBody(exchange: Exchange, body: Buffer): void {
    exchange.bodyBytes = body.length;
    exchange.capture?.requestBody(body);
    this.#send(exchange, body.length === 0 ? null : body, new MappingInput(exchange, body));
  }

  override onRequestBodyFailure(exchange: Exchange, failure: BodyFailure): void {
    refuseRequestBody(exchange, failure);
  }

  /** `held` is a body that was read before, undefined when it still has to be taken. */
  #send(exchange: Exchange, held: Buffer | null | undefined, input: MappingInput | undefined): void {
    const { request } = exchange;
    const origin = this.#origin ?? this.#originOf(exchange);
    if ('refused' in origin) {
      this.#refuse(exchange, origin);
      return;
    }
    const target = this.#target(exchange, input);
    if (typeof target !== 'string') {
      this.#refuseRequest(exchange, target);
      return;
    }
    const headers = this.#requestHeaders(exchange, origin, input);
    if (isRefusal(headers)) {
      this.#refuseRequest(exchange, headers);
      return;
    }
    exchange.bodyTaken = true;
    const body = held === undefined ? takeBody(exchange) : held;
    const { capture } = exchange;
    if (capture !== undefined) {
      capture.integrationRequest(headers, typeof body === 'string' || Buffer.isBuffer(body) ? body : '');
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
      // A body that was waited for has not used up the backend's time.
      startedAt: held === undefined ? exchange.integrationStartedAt : performance.now(),
      maxResponseBytes: BODY_LIMIT_BYTES,
      receiver: exchange,
    });
  }

  override onUpstreamResponse(exchange: Exchange, response: UpstreamResponse): void {
    answerUpstream(exchange, response, this.#responseMappings);
  }

  override onUpstreamFailure(exchange: Exchange, failure: UpstreamFailure): void {
    if (failure.kind === 'requestBody') refuseRequestBody(exchange, failure.bodyFailure ?? 'aborted');
    else this.#refuse(exchange, refusalOf(failure, 'The backend'));
  }

  #refuse(exchange: Exchange, refusal: Refusal): void {
    exchange.capture?.step('integration', 'refused', refusal);
    answerRefusal(exchange, 'integration', refusal);
  }

  /** What a mapping made of the request cannot be sent. */
  #refuseRequest(exchange: Exchange, refusal: Refusal): void {
    exchange.capture?.step('integrationRequest', 'refused', refusal);
    answerRefusal(exchange, 'integrationRequest', refusal);
  }

  /** Path variables go into the URI's path as they were received, still encoded: `%2F` stays `%2F`. */
  #target(exchange: Exchange, input: MappingInput | undefined): string | Refusal {
    // AWS: a private integration gets the path with the stage in front. Seen: developer guide, private integrations.
    let path =
      this.#plan.private !== undefined
        ? exchange.address.pathWithStage
        : (this.#fixedPath ?? render(this.#plan.path, exchange, rawValue));
    if (this.#plan.appendRequestPath) path = (path.endsWith('/') ? path.slice(0, -1) : path) + exchange.address.path;
    const ownQuery = this.#fixedQuery ?? render(this.#plan.query, exchange, queryValue);
    let { query } = exchange.request;
    if (ownQuery !== '') query = query === '' ? ownQuery : `${ownQuery}&${query}`;
    if (this.#mapping === undefined || input === undefined) return query === '' ? path : `${path}?${query}`;
    const mappedPath = this.#mapping.path(path, input);
    if (typeof mappedPath !== 'string') return mappedPath;
    const mappedQuery = this.#mapping.query(query, input);
    if (typeof mappedQuery !== 'string') return mappedQuery;
    return mappedQuery === '' ? mappedPath : `${mappedPath}?${mappedQuery}`;
  }

  #originOf(exchange: Exchange): UpstreamOrigin | Refusal {
    const host = render(this.#plan.host, exchange, decodedValue);
    if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) return toOrigin(this.#plan, host);
    return {
      refused: 'INTERNAL_ERROR',
      reason: `The path variables make no host name of the integration's URI: "${host.slice(0, 253)}".`,
    };
  }

  #ownHostLine({ request }: Exchange, origin: UpstreamOrigin): string {
    // A private backend has no name in the integration; it sees the one the client asked for. From memory of the service.
    if (this.#plan.private !== undefined) return `Host: ${request.host}\r\n`;
    return hostLine(this.#plan, origin.host);
  }

  #requestHeaders(exchange: Exchange, origin: UpstreamOrigin, input: MappingInput | undefined): HeaderBlock | Refusal {
    const { request, address } = exchange;
    const block = new HeaderBlock();
    const mappedHost = input && this.#mapping?.hostLine(input);
    if (typeof mappedHost === 'object') return mappedHost;
    block.addTrusted(mappedHost ?? (this.#hostLine === '' ? this.#ownHostLine(exchange, origin) : this.#hostLine));
    const replaced = request.headers.forwardTo(block, this.#replacedHeaders, false);
    // One of them is Host. Most clients send no other, and then nothing has to be looked up.
    const before = replaced > 1 ? request.headers : undefined;
    addForwarded(block, before, request, address.protocol);
    block.addTrusted(`X-Amzn-Trace-Id: ${traceIdFor(before?.get('x-amzn-trace-id'), exchange.at)}\r\n`);
    const isEmpty = request.body.length === 0 && request.headers.get('content-length') === '0';
    // Looked up for those few only.
    if (isEmpty && request.headers.get('content-type') === undefined && !this.#mapping?.fields.written.has('content-type')) {
      block.addTrusted(`Content-Type: ${EMPTY_BODY_CONTENT_TYPE}\r\n`);
    }
    const refusal = input && this.#mapping?.addFields(block, input);
    return refusal ?? block;
  }
}

/** A body that came with the head is passed as text in one write; a longer one is streamed. */
function takeBody(exchange: Exchange): string | MeteredBody | null {
  const { body } = exchange;
  if (body.length === 0) return null;
  const text = body.takeText();
  if (text === undefined) return new MeteredBody(exchange);
  exchange.bodyBytes = text.length;
  exchange.capture?.requestBody(text);
  return text;
}

function toOrigin(plan: HttpProxyPlan, host: string): UpstreamOrigin {
  const origin = { protocol: plan.protocol, host: host.replace(/^\[|\]$/g, ''), port: plan.port };
  const serverName = plan.private?.serverName;
  return serverName === undefined ? origin : { ...origin, serverName };
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

/** In a query string a value is a value: it can add no parameter. */
function queryValue(exchange: Exchange, name: string): string {
  return encodeURIComponent(decodedValue(exchange, name).toWellFormed());
}

function decodedValue(exchange: Exchange, name: string): string {
  for (const parameter of exchange.pathParameters) if (parameter.name === name) return parameter.value;
  return '';
}
