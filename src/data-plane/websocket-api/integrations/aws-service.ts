// AWS: one call of an AWS service, in action or path form. Nothing of the event reaches the service but what the mappings and the template
// make; the call is signed with the gateway's own keys, or with those of whoever signed the handshake.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html

import { hashBody } from '../../../aws/sigv4-canonical-request.ts';
import type { SigningCredentials } from '../../../aws/sigv4-sign.ts';
import type { HeaderBlock } from '../../../http1/header-block.ts';
import type { UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../../http1/message.ts';
import type { WebSocketServicePlan } from '../../../model/websocket-api-plan.ts';
import type { ServiceRole } from '../../iam/service-role.ts';
import { signedHeaders } from '../../integrations/signed-headers.ts';
import type { Upstreams } from '../../ports.ts';
import { encodeQuery, renderPath } from '../../rest-api/integrations/uri.ts';
import { type MappedParameters, RequestBody, RequestParameters } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import { bytesOf, type Payload } from '../payload-conversion.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import type { WebSocketEvent } from '../websocket-event.ts';
import { ANSWER_LIMIT_BYTES, type AnswerReceiver, readAnswer, refusalOfFailure } from './backend-answer.ts';
import { signerOf, withoutSigner } from './function-caller.ts';
import { Integration } from './integration.ts';

/** Mapped fields that AWS does not pass on. By analogy with REST APIs. */
const notForwarded: ReadonlySet<string> = new Set(['expect', 'proxy-authenticate', 'te', 'referer']);
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const noBytes = Buffer.alloc(0);

/** What the signature covers besides headers and body. */
interface Line {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

export class AwsServiceIntegration extends Integration implements AnswerReceiver {
  readonly #plan: WebSocketServicePlan;
  readonly #apiId: string;
  readonly #upstreams: Upstreams;
  /** Undefined only where calls are signed with the caller's. */
  readonly #credentials: SigningCredentials | undefined;
  /** Undefined where no role is asked about. */
  readonly #role: ServiceRole | undefined;
  readonly #parameters: RequestParameters;
  readonly #body: RequestBody;
  readonly #response: IntegrationResponseMapping;
  readonly #origin: UpstreamOrigin;
  readonly #host: string;
  readonly #basePath: string;

  constructor(
    plan: WebSocketServicePlan,
    apiId: string,
    upstreams: Upstreams,
    credentials: SigningCredentials | undefined,
    role: ServiceRole | undefined,
  ) {
    super();
    this.#plan = plan;
    this.#apiId = apiId;
    this.#upstreams = upstreams;
    this.#credentials = credentials;
    this.#role = role;
    this.#parameters = new RequestParameters(plan.requestParameters, true);
    this.#body = new RequestBody(plan);
    this.#response = new IntegrationResponseMapping(plan.responses);
    const url = new URL(plan.endpoint);
    const protocol = url.protocol === 'https:' ? 'https' : 'http';
    const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
    this.#origin = { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port };
    this.#host = url.host;
    this.#basePath = url.pathname.replace(/\/$/, '');
  }

  override start(event: WebSocketEvent): void {
    const refused = this.#send(event);
    if (refused !== undefined) event.refuse('integrationRequest', refused);
  }

  #send(event: WebSocketEvent): Refusal | undefined {
    const parameters = this.#parameters.read(event);
    if (isRefusal(parameters)) return parameters;
    const mapped = this.#body.map(event);
    if (isRefusal(mapped)) return mapped;
    const method = this.#plan.method ?? 'POST';
    const own = renderPath(this.#plan.query, parameters.path);
    const query = [own, encodeQuery(parameters.query)].filter((text) => text !== '').join('&');
    const line: Line = { method, path: `${this.#basePath}${renderPath(this.#plan.path, parameters.path)}`, query };
    const bytes = withoutBody.has(method) ? noBytes : bytesOf(mapped);
    const headers = this.#headers(event, line, parameters, bytes);
    if (isRefusal(headers)) return headers;
    event.capture?.integrationRequest(headers, bytes);
    const { service } = this.#plan;
    event.capture?.step('integrationRequest', 'passed', { service, endpoint: this.#host, method, path: line.path });
    event.upstream = this.#upstreams.send({
      origin: this.#origin,
      method,
      target: query === '' ? line.path : `${line.path}?${query}`,
      headers,
      body: bytes.length === 0 ? null : bytes,
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
    event.refuse('integration', refusalOfFailure(failure, `The service at ${this.#host}`));
  }

  onAnswer(event: WebSocketEvent, { status, headers }: UpstreamResponse, body: Payload): void {
    const outcome = this.#response.map(event, { status, headers, body }, String(status));
    if (isRefusal(outcome)) event.refuse('integrationResponse', outcome);
    else event.answer(outcome);
  }

  #headers(event: WebSocketEvent, line: Line, { headers }: MappedParameters, body: Buffer): HeaderBlock | Refusal {
    const { contentType = 'application/json', target, region, service } = this.#plan;
    const fields = new Map<string, readonly [string, string]>();
    const set = (name: string, value: string): void => void fields.set(name.toLowerCase(), [name, value]);
    set('Accept', 'application/json');
    set('User-Agent', `AmazonAPIGateway_${this.#apiId}`);
    if (!withoutBody.has(line.method)) set('Content-Type', contentType);
    if (target !== undefined) set('X-Amz-Target', target);
    for (const [name, value] of headers) if (!notForwarded.has(name.toLowerCase())) set(name, value);
    // The signature is for this host; a mapped one would make it worthless.
    set('Host', this.#host);
    const untrusting = this.#role?.refusal();
    if (untrusting !== undefined) return misconfigured(untrusting);
    const credentials = this.#plan.asCaller === true ? signerOf(event) : this.#credentials;
    if (credentials === undefined) return misconfigured(withoutSigner);
    const call = { ...line, bodyHash: hashBody(body), fields: fields.values(), region, service };
    const block = signedHeaders(call, credentials);
    if (typeof block === 'string') {
      return misconfigured(`Mapped to the header "${block}": the name or value can stand in no HTTP message.`);
    }
    block.addTrusted(`X-Amzn-Trace-Id: ${event.traceId}\r\n`);
    return block;
  }
}
