// HTTP and HTTP_PROXY: the event goes to an HTTP backend. HTTP passes nothing on but what is mapped; HTTP_PROXY passes the message, of a
// handshake its headers and query string, and gives the backend's answer back as it is.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html

import { HeaderBlock } from '../../../http1/header-block.ts';
import type { ClientCertificate, UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../../http1/message.ts';
import type { WebSocketHttpPlan, WebSocketHttpProxyPlan } from '../../../model/websocket-api-plan.ts';
import { hostLineOf, type OriginTls, originOf, tlsOf } from '../../integrations/http-backend.ts';
import type { Upstreams } from '../../ports.ts';
import { notForwarded, notProxied } from '../../rest-api/integrations/proxied-headers.ts';
import { encodeQuery, fixedText, renderPath, renderPlain } from '../../rest-api/integrations/uri.ts';
import { type MappedParameters, passedBody, RequestBody, RequestParameters } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { Payload } from '../payload-conversion.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';
import { ANSWER_LIMIT_BYTES, type AnswerReceiver, readAnswer, refusalOfFailure } from './backend-answer.ts';
import { Integration } from './integration.ts';

/** AWS: sent without a body. By analogy with REST APIs. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/;
const HOST_VALUE = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

interface Backend {
  readonly host: string;
  readonly origin: UpstreamOrigin;
  readonly hostLine: string;
}

export class HttpIntegration extends Integration implements AnswerReceiver {
  readonly #plan: WebSocketHttpPlan | WebSocketHttpProxyPlan;
  readonly #upstreams: Upstreams;
  readonly #apiId: string;
  readonly #tls: OriginTls | undefined;
  readonly #parameters: RequestParameters;
  /** Undefined for HTTP_PROXY. */
  readonly #mapping: { readonly body: RequestBody; readonly response: IntegrationResponseMapping } | undefined;
  /** Undefined when the host holds placeholders. */
  readonly #fixedBackend: Backend | Refusal | undefined;

  constructor(
    plan: WebSocketHttpPlan | WebSocketHttpProxyPlan,
    apiId: string,
    upstreams: Upstreams,
    clientCertificate?: ClientCertificate,
  ) {
    super();
    this.#plan = plan;
    this.#upstreams = upstreams;
    this.#apiId = apiId;
    this.#tls = tlsOf(plan, clientCertificate);
    this.#parameters = new RequestParameters(plan.requestParameters, false);
    this.#mapping =
      plan.type === 'HTTP'
        ? { body: new RequestBody(plan), response: new IntegrationResponseMapping(plan.responses) }
        : undefined;
    const host = fixedText(plan.host);
    this.#fixedBackend = host === undefined ? undefined : this.#backendAt(host);
  }

  override start(event: WebSocketEvent): void {
    const refused = this.#send(event);
    if (refused !== undefined) event.refuse('integrationRequest', refused);
  }

  #send(event: WebSocketEvent): Refusal | undefined {
    const parameters = this.#parameters.read(event);
    if (isRefusal(parameters)) return parameters;
    const body = this.#mapping === undefined ? passedBody(event.body, this.#plan.contentHandling) : this.#mapping.body.map(event);
    if (isRefusal(body)) return body;
    const backend = this.#fixedBackend ?? this.#backendAt(renderPlain(this.#plan.host, parameters.path));
    if (isRefusal(backend)) return backend;
    // An event has no method of its own; a handshake was a GET.
    const method = this.#plan.method ?? (event.eventType === 'CONNECT' ? 'GET' : 'POST');
    const hasBody = body.length > 0 && !(withoutBody.has(method) && this.#mapping !== undefined);
    const headers = this.#headers(event, parameters, backend, hasBody ? body : undefined);
    if (isRefusal(headers)) return headers;
    const target = this.#target(event, parameters);
    const sent = hasBody ? wireBody(body) : null;
    const { capture } = event;
    if (capture !== undefined) {
      capture.integrationRequest(headers, sent ?? '');
      // Without the query, which may hold secrets.
      const url = `${this.#plan.protocol}://${backend.host}:${this.#plan.port}${target.replace(/\?.*$/, '')}`;
      capture.step('integrationRequest', 'passed', { method, url });
    }
    event.upstream = this.#upstreams.send({
      origin: backend.origin,
      method,
      target,
      headers,
      body: sent,
      timeoutMs: this.#plan.timeoutInMillis,
      maxResponseBytes: ANSWER_LIMIT_BYTES,
      receiver: event,
    });
    return undefined;
  }

  override onUpstreamResponse(event: WebSocketEvent, response: UpstreamResponse): void {
    readAnswer(event, response, this);
  }

  override onUpstreamFailure(event: WebSocketEvent, failure: UpstreamFailure): void {
    event.refuse('integration', refusalOfFailure(failure, 'The backend'));
  }

  onAnswer(event: WebSocketEvent, { status, headers }: UpstreamResponse, body: Payload): void {
    if (this.#mapping === undefined) {
      const protocol = headers.get('sec-websocket-protocol');
      event.answer({ status, body, isText: typeof body === 'string', protocol });
      return;
    }
    const outcome = this.#mapping.response.map(event, { status, headers, body }, String(status));
    if (isRefusal(outcome)) event.refuse('integrationResponse', outcome);
    else event.answer(outcome);
  }

  #backendAt(host: string): Backend | Refusal {
    if (!HOST.test(host)) return misconfigured(`Invalid endpoint address: "${host.slice(0, 253)}".`);
    return { host, origin: originOf(this.#plan, host, this.#tls), hostLine: hostLineOf(this.#plan, host) };
  }

  #target({ fields }: WebSocketEvent, { path, query }: MappedParameters): string {
    const pairs = new Map<string, string | readonly string[]>();
    // AWS: a proxied handshake brings its query string along. Seen: public set-ups that read tokens there.
    if (this.#mapping === undefined && fields !== undefined) for (const [name, all] of fields.query) pairs.set(name, all);
    for (const [name, value] of query) {
      // AWS: a parameter that the client sent, too, is added to, not replaced. By analogy with REST APIs.
      const sent = pairs.get(name);
      pairs.set(name, sent === undefined ? value : [...sent, value]);
    }
    const all = [renderPath(this.#plan.query, path), encodeQuery(pairs)].filter((text) => text !== '').join('&');
    const target = renderPath(this.#plan.path, path);
    return all === '' ? target : `${target}?${all}`;
  }

  #headers(
    event: WebSocketEvent,
    { headers }: MappedParameters,
    backend: Backend,
    body: Payload | undefined,
  ): HeaderBlock | Refusal {
    const block = new HeaderBlock();
    const named = new Set([...headers.keys()].map((name) => name.toLowerCase()));
    if (!named.has('host')) block.addTrusted(backend.hostLine);
    if (this.#mapping === undefined && event.fields !== undefined) addHandshake(event, named, block);
    else {
      if (!named.has('accept')) block.addTrusted('Accept: application/json\r\n');
      if (!named.has('user-agent')) block.addTrusted(`User-Agent: AmazonAPIGateway_${this.#apiId}\r\n`);
      block.addTrusted(`X-Amzn-Trace-Id: ${event.traceId}\r\n`);
    }
    if (body !== undefined && !named.has('content-type')) block.addTrusted(contentTypeLine(body));
    block.addTrusted(`X-Amzn-Apigateway-Api-Id: ${this.#apiId}\r\n`);
    for (const [name, value] of headers) {
      if (notForwarded.has(name.toLowerCase())) continue;
      // Two readings of one Host field mislead one of the servers that read it.
      const fits = name.toLowerCase() !== 'host' || HOST_VALUE.test(value);
      if (!fits || !block.add(name, value)) {
        return misconfigured(`Mapped to the header "${name}": the name or value can stand in no HTTP message.`);
      }
    }
    return block;
  }
}

/** AWS: a proxied backend sees the handshake's headers. By analogy with the event that a function gets. */
function addHandshake({ fields, gatewayHeaders }: WebSocketEvent, mapped: ReadonlySet<string>, block: HeaderBlock): void {
  for (const [name, values] of fields?.headers ?? []) {
    const lower = name.toLowerCase();
    if (notProxied.has(lower) || mapped.has(lower)) continue;
    const value = values.join(',');
    // AWS: a signature for the gateway is not the backend's business. Seen: developer guide of REST APIs.
    if (lower === 'authorization' && value.startsWith('AWS4-HMAC-SHA256')) continue;
    block.add(name, value);
  }
  for (const [name, value] of gatewayHeaders) block.add(name, value);
}

/** AWS: of what type a message is said to be is not documented; nearly all are JSON. */
function contentTypeLine(body: Payload): string {
  return `Content-Type: ${typeof body === 'string' ? 'application/json' : 'application/octet-stream'}\r\n`;
}

/** A string on its way to the wire is one byte for each character. */
function wireBody(body: Payload): string | Buffer {
  return typeof body !== 'string' || Buffer.byteLength(body, 'utf8') === body.length ? body : Buffer.from(body, 'utf8');
}
