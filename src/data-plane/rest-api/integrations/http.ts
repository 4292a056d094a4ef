// HTTP and HTTP_PROXY: the request goes to an HTTP backend. HTTP passes nothing on but what is mapped; HTTP_PROXY passes the client's
// request and the backend's answer, with what is mapped on top.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html

import { performance } from 'node:perf_hooks';
import { HeaderBlock } from '../../../http1/header-block.ts';
import { inOnePiece } from '../../../http1/latin1.ts';
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
import type { Payload } from '../payload.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import { field } from '../request-fields.ts';
import { addTraceId } from '../response-headers.ts';
import { startStream } from '../response-stream.ts';
import { forwardedFor } from './forwarded-for.ts';
import { Integration } from './integration.ts';
import { notForwarded, proxiedFields, WithheldFields } from './proxied-headers.ts';
import { encodeQuery, fixedText, isPlainQuery, renderPath, renderPlain } from './uri.ts';
import { BODY_LIMIT_BYTES, readWholeAnswer, refusalOfFailure, type WholeAnswerReceiver } from './whole-answer.ts';

/** AWS: sent without a body. Seen: LocalStack's account of the service. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const TRACE_NAME = 'X-Amzn-Trace-Id: ';

/** Whom a host names. */
interface Backend {
  readonly host: string;
  readonly origin: UpstreamOrigin;
  readonly hostLine: string;
}

export class HttpIntegration extends Integration implements WholeAnswerReceiver {
  readonly #plan: RestHttpPlan;
  readonly #upstreams: Upstreams;
  readonly #apiId: string;
  /** Of the line with the trace, and the line behind it. */
  readonly #traceEnd: string;
  /** A mapping may set the header Host. */
  readonly #mapsHost: boolean;
  readonly #isProxy: boolean;
  readonly #request: IntegrationRequestMapping;
  readonly #response: IntegrationResponseMapping;
  readonly #tls: OriginTls | undefined;
  /** Undefined when the host holds placeholders. */
  readonly #fixedBackend: Backend | Refusal | undefined;
  readonly #fixedQuery: string | undefined;
  readonly #withheld: WithheldFields;

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
    this.#traceEnd = `\r\nX-Amzn-Apigateway-Api-Id: ${apiId}\r\n`;
    this.#isProxy = plan.type === 'HTTP_PROXY';
    // AWS: proxies use no templates; their mapped parameters count. Seen: recorded requests.
    const mapping = this.#isProxy ? { ...plan, requestTemplates: {}, passthroughBehavior: 'WHEN_NO_MATCH' as const } : plan;
    this.#request = new IntegrationRequestMapping(mapping, false, compile);
    this.#response = new IntegrationResponseMapping(plan.responses, compile);
    const host = fixedText(plan.host);
    this.#fixedBackend = host === undefined ? undefined : this.#backendAt(host);
    this.#fixedQuery = fixedText(plan.query);
    this.#withheld = new WithheldFields(this.#request.headerNames);
    this.#mapsHost = mapsHost(this.#request.headerNames);
  }

  override start(exchange: Exchange): void {
    const mapped = this.#request.map(exchange);
    if (isRefusal(mapped)) {
      answerRefusal(exchange, 'integrationRequest', mapped);
      return;
    }
    const backend = this.#fixedBackend ?? this.#backendAt(renderPlain(this.#plan.host, mapped.path));
    if (isRefusal(backend)) {
      answerRefusal(exchange, 'integrationRequest', backend);
      return;
    }
    const headers = this.#isProxy
      ? this.#proxiedHeaders(exchange, mapped, backend)
      : this.#mappedHeaders(exchange, mapped, backend);
    if (isRefusal(headers)) {
      answerRefusal(exchange, 'integrationRequest', headers);
      return;
    }
    const method = this.#plan.method ?? exchange.httpMethod;
    const target = this.#target(exchange, mapped);
    const body = mapped.body.length > 0 && (this.#isProxy || !withoutBody.has(method)) ? mapped.body : null;
    const { capture } = exchange;
    if (capture !== undefined) {
      capture.integrationRequest(headers, body ?? '');
      // Without the query, which may hold secrets.
      const url = `${this.#plan.protocol}://${backend.host}:${this.#plan.port}${target.replace(/\?.*$/, '')}`;
      capture.step('integrationRequest', 'passed', { method, url });
    }
    const { stream, timeoutInMillis } = this.#plan;
    if (stream !== undefined && stream.idleTimeoutInMillis < timeoutInMillis) {
      exchange.pipeline.deadlines.schedule(exchange, performance.now() + stream.idleTimeoutInMillis);
    }
    exchange.upstream = this.#upstreams.send({
      origin: backend.origin,
      method,
      target,
      headers,
      body,
      timeoutMs: timeoutInMillis,
      startedAt: exchange.integrationStartedAt,
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
      const sink = startStream(
        exchange,
        response.status,
        proxiedFields(response.headers, 'streamed', exchange.integrationEndedAt),
        length,
        stream,
        timeoutInMillis,
      );
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
      const fields = proxiedFields(response.headers, 'proxied', exchange.integrationEndedAt);
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

  onWholeAnswer(exchange: Exchange, response: UpstreamResponse, body: Payload): void {
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

  #answerProxied(exchange: Exchange, response: UpstreamResponse, body: Payload): void {
    const headers = proxiedFields(response.headers, 'proxied', exchange.integrationEndedAt);
    const { binaryMediaTypes } = exchange.pipeline;
    const isBinary = binaryMediaTypes.matches(response.headers.get('content-type'));
    answerWhole(exchange, response.status, headers, isBinary ? body : asText(body), false);
  }

  #backendAt(host: string): Backend | Refusal {
    // AWS: seen as "Invalid endpoint address" with a 500 in recorded responses.
    if (!/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/.test(host)) {
      return misconfigured(`Invalid endpoint address: "${host.slice(0, 253)}".`);
    }
    return { host, origin: this.#origin(host), hostLine: this.#hostLine(host) };
  }

  #origin(host: string): UpstreamOrigin {
    return originOf(this.#plan, host, this.#tls);
  }

  #target(exchange: Exchange, mapped: MappedRequest): string {
    const path = renderPath(this.#plan.path, mapped.path);
    const own = this.#fixedQuery ?? renderPath(this.#plan.query, mapped.path);
    const added = this.#addedQuery(exchange, mapped);
    const query = own === '' || added === '' ? own + added : `${own}&${added}`;
    return query === '' ? path : `${path}?${query}`;
  }

  /** What mappings add, and the client's own parameters when they are passed on. */
  #addedQuery(exchange: Exchange, mapped: MappedRequest): string {
    if (!this.#isProxy) return encodeQuery(mapped.query);
    const { query } = exchange.request;
    if (mapped.query.size === 0 && (query === '' || isPlainQuery(query))) return query;
    const sent = exchange.fields.query;
    if (mapped.query.size === 0) return encodeQuery(sent);
    const pairs = new Map<string, string | readonly string[]>(sent);
    for (const [name, value] of mapped.query) {
      // AWS: a parameter that the client sent, too, is added to, not replaced. Seen: recorded requests (`bar,foo`).
      pairs.set(name, [...(sent.get(name) ?? []), value]);
    }
    return encodeQuery(pairs);
  }

  #hostLine(host: string): string {
    return hostLineOf(this.#plan, host);
  }

  #mappedHeaders(exchange: Exchange, mapped: MappedRequest, { hostLine }: Backend): HeaderBlock | Refusal {
    const block = new HeaderBlock();
    const names = new Set([...mapped.headers.keys()].map((name) => name.toLowerCase()));
    if (!names.has('host')) block.addTrusted(hostLine);
    if (!names.has('accept')) block.addTrusted('Accept: application/json\r\n');
    if (!names.has('user-agent')) block.addTrusted(`User-Agent: AmazonAPIGateway_${this.#apiId}\r\n`);
    const method = this.#plan.method ?? exchange.httpMethod;
    if (!names.has('content-type') && !withoutBody.has(method)) {
      block.add('Content-Type', exchange.request.headers.get('content-type') ?? 'application/json');
    }
    block.addTrusted(TRACE_NAME);
    return this.#addMapped(exchange, mapped, block);
  }

  #proxiedHeaders(exchange: Exchange, mapped: MappedRequest, backend: Backend): HeaderBlock | Refusal {
    const { request, fields } = exchange;
    const block = new HeaderBlock();
    const withheld = this.#withheld.of(fields.one(field.authorization), mapped.headers);
    const known = fields.proxiedHead;
    if (known?.backend === backend && known.withheld === withheld) block.addTrusted(known.lines);
    else {
      if (!this.#mapsHost || !mapsHost(mapped.headers.keys())) block.addTrusted(backend.hostLine);
      request.headers.forwardTo(block, withheld, false);
      block.addTrusted(forwardedFor(exchange));
      block.addTrusted(TRACE_NAME);
      if (!this.#mapsHost) fields.keepProxiedHead({ backend, withheld, lines: inOnePiece(block.text) });
    }
    return this.#addMapped(exchange, mapped, block);
  }

  /** Behind the name of the line with the trace. */
  #addMapped(exchange: Exchange, mapped: MappedRequest, block: HeaderBlock): HeaderBlock | Refusal {
    block.addTrusted(exchange.traceId + this.#traceEnd);
    if (mapped.headers.size === 0) return block;
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

function mapsHost(names: Iterable<string>): boolean {
  for (const name of names) if (name.toLowerCase() === 'host') return true;
  return false;
}
