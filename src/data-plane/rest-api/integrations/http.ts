// HTTP and HTTP_PROXY: the request goes to an HTTP backend. HTTP passes nothing on but what is mapped; HTTP_PROXY passes the client's
// request and the backend's answer, with what is mapped on top.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html

import { performance } from 'node:perf_hooks';
import { HeaderBlock } from '../../../http1/header-block.ts';
import type { ClientCertificate, UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../../http1/message.ts';
import type { RestHttpPlan } from '../../../model/rest-api-plan.ts';
import { hostLineOf, type OriginTls, originOf, tlsOf } from '../../integrations/http-backend.ts';
import type { Upstreams } from '../../ports.ts';
import { asText } from '../content-handling.ts';
import type { Exchange } from '../exchange.ts';
import { answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { IntegrationRequestMapping, type MappedRequest } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { TemplateCompiler } from '../mapping-template.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import { addTraceId, answeredName, beginResponseHeaders } from '../response-headers.ts';
import { startStream } from '../response-stream.ts';
import { forwardedFor } from './forwarded-for.ts';
import { Integration } from './integration.ts';
import { encodeQuery, fixedText, renderPath, renderPlain } from './uri.ts';
import { BODY_LIMIT_BYTES, readWholeAnswer, refusalOfFailure, type WholeAnswerReceiver } from './whole-answer.ts';

/** AWS: sent without a body. Seen: LocalStack's account of the service. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Fields of the client that HTTP_PROXY does not pass on, and mapped ones that neither type sends. */
const notForwarded: ReadonlySet<string> = new Set(['expect', 'proxy-authenticate', 'te', 'via']);
const notProxied: ReadonlySet<string> = new Set([
  ...notForwarded,
  'host',
  'content-encoding',
  'x-amzn-trace-id',
  'x-amzn-apigateway-api-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

export class HttpIntegration extends Integration implements WholeAnswerReceiver {
  readonly #plan: RestHttpPlan;
  readonly #upstreams: Upstreams;
  readonly #apiId: string;
  readonly #isProxy: boolean;
  readonly #request: IntegrationRequestMapping;
  readonly #response: IntegrationResponseMapping;
  readonly #fixedHost: string | undefined;
  readonly #tls: OriginTls | undefined;

  /** `clientCertificate` is what https backends are shown that ask for one. */
  constructor(
    plan: RestHttpPlan,
    apiId: string,
    upstreams: Upstreams,
    compile: TemplateCompiler,
    clientCertificate?: ClientCertificate,
  ) {
    super();
    this.#tls = tlsOf(plan, clientCertificate);
    this.#plan = plan;
    this.#upstreams = upstreams;
    this.#apiId = apiId;
    this.#isProxy = plan.type === 'HTTP_PROXY';
    // AWS: proxies use no templates; their mapped parameters count. Seen: recorded requests.
    const mapping = this.#isProxy ? { ...plan, requestTemplates: {}, passthroughBehavior: 'WHEN_NO_MATCH' as const } : plan;
    this.#request = new IntegrationRequestMapping(mapping, false, compile);
    this.#response = new IntegrationResponseMapping(plan.responses, compile);
    this.#fixedHost = fixedText(plan.host);
  }

  override start(exchange: Exchange): void {
    const mapped = this.#request.map(exchange);
    if (isRefusal(mapped)) {
      answerRefusal(exchange, 'integrationRequest', mapped);
      return;
    }
    const host = this.#fixedHost ?? renderPlain(this.#plan.host, mapped.path);
    // AWS: seen as "Invalid endpoint address" with a 500 in recorded responses.
    if (!/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/.test(host)) {
      answerRefusal(exchange, 'integrationRequest', misconfigured(`Invalid endpoint address: "${host.slice(0, 253)}".`));
      return;
    }
    const headers = this.#isProxy ? this.#proxiedHeaders(exchange, mapped, host) : this.#mappedHeaders(exchange, mapped, host);
    if (isRefusal(headers)) {
      answerRefusal(exchange, 'integrationRequest', headers);
      return;
    }
    const method = this.#plan.method ?? exchange.request.method;
    const target = this.#target(exchange, mapped);
    const body = withoutBody.has(method) && !(this.#isProxy && mapped.body.length > 0) ? null : mapped.body;
    const { capture } = exchange;
    if (capture !== undefined) {
      capture.integrationRequest(headers, body ?? '');
      // Without the query, which may hold secrets.
      const url = `${this.#plan.protocol}://${host}:${this.#plan.port}${target.replace(/\?.*$/, '')}`;
      capture.step('integrationRequest', 'passed', { method, url });
    }
    const { stream, timeoutInMillis } = this.#plan;
    if (stream !== undefined && stream.idleTimeoutInMillis < timeoutInMillis) {
      exchange.pipeline.deadlines.schedule(exchange, performance.now() + stream.idleTimeoutInMillis);
    }
    exchange.upstream = this.#upstreams.send({
      origin: this.#origin(host),
      method,
      target,
      headers,
      body: body === null || body.length === 0 ? null : body,
      timeoutMs: timeoutInMillis,
      maxResponseBytes: this.#plan.stream === undefined ? BODY_LIMIT_BYTES : Number.MAX_SAFE_INTEGER,
      receiver: exchange,
    });
  }

  override onUpstreamResponse(exchange: Exchange, response: UpstreamResponse): void {
    const { stream, timeoutInMillis } = this.#plan;
    if (stream !== undefined) {
      exchange.pipeline.deadlines.cancel(exchange);
      exchange.integrationEndedAt = performance.now();
      exchange.capture?.integrationResponse(response.headers.raw, '');
      exchange.capture?.step('integration', 'passed', { status: response.status });
      const length = exchange.request.method === 'HEAD' ? response.declaredLength : response.body.length;
      const sink = startStream(exchange, response.status, proxiedFields(response, 'streamed'), length, stream, timeoutInMillis);
      if (sink === undefined) response.body.discard();
      else response.body.pipeTo(sink);
      return;
    }
    // An answer to HEAD has no body but says how long it would be.
    if (this.#isProxy && exchange.request.method === 'HEAD' && response.declaredLength !== undefined) {
      exchange.integrationEndedAt = performance.now();
      exchange.capture?.integrationResponse(response.headers.raw, '');
      exchange.capture?.step('integration', 'passed', { status: response.status });
      response.body.discard();
      const fields = proxiedFields(response, 'proxied');
      const whole = { idleTimeoutInMillis: timeoutInMillis };
      startStream(exchange, response.status, fields, response.declaredLength, whole, timeoutInMillis)?.end();
      return;
    }
    readWholeAnswer(exchange, response, this);
  }

  /** A backend whose answer would be streamed, and has not begun. */
  override onDeadline(exchange: Exchange): void {
    const reason = `The backend said nothing for ${this.#plan.stream?.idleTimeoutInMillis} ms.`;
    answerRefusal(exchange, 'integration', { refused: 'INTEGRATION_TIMEOUT', reason });
  }

  override onUpstreamFailure(exchange: Exchange, failure: UpstreamFailure): void {
    exchange.pipeline.deadlines.cancel(exchange);
    answerRefusal(exchange, 'integration', refusalOfFailure(failure, 'The backend'));
  }

  onWholeAnswer(exchange: Exchange, response: UpstreamResponse, body: Buffer): void {
    exchange.capture?.step('integration', 'passed', { status: response.status });
    if (this.#isProxy) {
      this.#answerProxied(exchange, response, body);
      return;
    }
    const answer = { headers: response.headers, body };
    const mapped = this.#response.map(exchange, answer, String(response.status), response.status);
    if (isRefusal(mapped)) {
      answerRefusal(exchange, 'integrationResponse', mapped);
      return;
    }
    addTraceId(exchange, mapped.headers);
    exchange.capture?.step('integrationResponse', 'passed', { status: mapped.status });
    answerWhole(exchange, mapped.status, mapped.headers, mapped.body, mapped.encoded);
  }

  #answerProxied(exchange: Exchange, response: UpstreamResponse, body: Buffer): void {
    const headers = proxiedFields(response, 'proxied');
    const { binaryMediaTypes } = exchange.pipeline;
    const isBinary = binaryMediaTypes.matches(response.headers.get('content-type'));
    answerWhole(exchange, response.status, headers, isBinary ? body : asText(body), false);
  }

  #origin(host: string): UpstreamOrigin {
    return originOf(this.#plan, host, this.#tls);
  }

  #target(exchange: Exchange, mapped: MappedRequest): string {
    const path = renderPath(this.#plan.path, mapped.path);
    const own = renderPath(this.#plan.query, mapped.path);
    const pairs = new Map<string, string | readonly string[]>();
    if (this.#isProxy) for (const [name, values] of exchange.fields.query) pairs.set(name, values);
    for (const [name, value] of mapped.query) {
      // AWS: a parameter that the client sent, too, is added to, not replaced. Seen: recorded requests (`bar,foo`).
      const sent = this.#isProxy ? exchange.fields.query.get(name) : undefined;
      pairs.set(name, sent === undefined ? value : [...sent, value]);
    }
    const query = [own, encodeQuery(pairs)].filter((text) => text !== '').join('&');
    return query === '' ? path : `${path}?${query}`;
  }

  #hostLine(host: string): string {
    return hostLineOf(this.#plan, host);
  }

  #mappedHeaders(exchange: Exchange, mapped: MappedRequest, host: string): HeaderBlock | Refusal {
    const block = new HeaderBlock();
    const names = new Set([...mapped.headers.keys()].map((name) => name.toLowerCase()));
    if (!names.has('host')) block.addTrusted(this.#hostLine(host));
    if (!names.has('accept')) block.addTrusted('Accept: application/json\r\n');
    if (!names.has('user-agent')) block.addTrusted(`User-Agent: AmazonAPIGateway_${this.#apiId}\r\n`);
    const method = this.#plan.method ?? exchange.request.method;
    if (!names.has('content-type') && !withoutBody.has(method)) {
      block.add('Content-Type', exchange.request.headers.get('content-type') ?? 'application/json');
    }
    return this.#addMapped(exchange, mapped, block);
  }

  #proxiedHeaders(exchange: Exchange, mapped: MappedRequest, host: string): HeaderBlock | Refusal {
    const { request } = exchange;
    const block = new HeaderBlock();
    const replaced = new Set(notProxied);
    for (const name of mapped.headers.keys()) replaced.add(name.toLowerCase());
    // AWS: a signature for the gateway is not the backend's business. Seen: developer guide.
    if (request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256') === true) replaced.add('authorization');
    if (![...mapped.headers.keys()].some((name) => name.toLowerCase() === 'host')) block.addTrusted(this.#hostLine(host));
    request.headers.forwardTo(block, replaced, false);
    block.addTrusted(forwardedFor(exchange));
    return this.#addMapped(exchange, mapped, block);
  }

  #addMapped(exchange: Exchange, mapped: MappedRequest, block: HeaderBlock): HeaderBlock | Refusal {
    block.addTrusted(`X-Amzn-Trace-Id: ${exchange.traceId}\r\nX-Amzn-Apigateway-Api-Id: ${this.#apiId}\r\n`);
    for (const [name, value] of mapped.headers) {
      if (notForwarded.has(name.toLowerCase())) continue;
      // Two readings of one Host field mislead one of the servers that read it.
      const fits = name.toLowerCase() !== 'host' || /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(value);
      if (!fits || !block.add(name, value)) {
        return misconfigured(`Mapped to the header "${name}": the name or value can stand in no HTTP message.`);
      }
    }
    return block;
  }
}

/** A proxied backend's header section. */
function proxiedFields({ headers: { raw } }: UpstreamResponse, kind: 'proxied' | 'streamed'): HeaderBlock {
  const headers = beginResponseHeaders();
  let typed = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = answeredName(raw[i] as string, kind);
    if (name === undefined) continue;
    headers.add(name, raw[i + 1] as string);
    typed ||= name.toLowerCase() === 'content-type';
  }
  if (!typed) headers.addTrusted('Content-Type: application/json\r\n');
  return headers;
}
