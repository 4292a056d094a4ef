// AWS: one call of an AWS service, in action or path form. Nothing of the client's request reaches the service but what the mappings
// and the template make; the call is signed with the gateway's own keys, or with those of whoever signed the request.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri

import { hashBody } from '../../../aws/sigv4-canonical-request.ts';
import type { SigningCredentials } from '../../../aws/sigv4-sign.ts';
import type { HeaderBlock } from '../../../http1/header-block.ts';
import type { UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../../http1/message.ts';
import type { RestServicePlan } from '../../../model/rest-api-plan.ts';
import type { ServiceRole } from '../../iam/service-role.ts';
import { signedHeaders } from '../../integrations/signed-headers.ts';
import type { Upstreams } from '../../ports.ts';
import type { Exchange } from '../exchange.ts';
import { answerRefusal } from '../gateway-response.ts';
import { answerWhole } from '../integration-answer.ts';
import { IntegrationRequestMapping, type MappedRequest } from '../integration-request.ts';
import { IntegrationResponseMapping } from '../integration-response.ts';
import type { TemplateCompiler } from '../mapping-template.ts';
import { bytesOf, type Payload } from '../payload.ts';
import { isRefusal, misconfigured, type Refusal } from '../refusal.ts';
import { addTraceId } from '../response-headers.ts';
import { withoutSigner } from './function-caller.ts';
import { Integration } from './integration.ts';
import { encodeQuery, renderPath } from './uri.ts';
import { BODY_LIMIT_BYTES, readWholeAnswer, refusalOfFailure, type WholeAnswerReceiver } from './whole-answer.ts';

/** Mapped fields that AWS does not pass on. Seen: LocalStack's account of the service. */
const notForwarded: ReadonlySet<string> = new Set(['expect', 'proxy-authenticate', 'te', 'referer']);
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export class AwsServiceIntegration extends Integration implements WholeAnswerReceiver {
  readonly #plan: RestServicePlan;
  readonly #apiId: string;
  readonly #upstreams: Upstreams;
  /** Undefined only where calls are signed with the caller's. */
  readonly #credentials: SigningCredentials | undefined;
  /** Undefined where no role is asked about. */
  readonly #role: ServiceRole | undefined;
  readonly #request: IntegrationRequestMapping;
  readonly #response: IntegrationResponseMapping;
  readonly #origin: UpstreamOrigin;
  readonly #host: string;
  readonly #basePath: string;

  constructor(
    plan: RestServicePlan,
    apiId: string,
    upstreams: Upstreams,
    credentials: SigningCredentials | undefined,
    role: ServiceRole | undefined,
    compile: TemplateCompiler,
  ) {
    super();
    this.#plan = plan;
    this.#apiId = apiId;
    this.#upstreams = upstreams;
    this.#credentials = credentials;
    this.#role = role;
    this.#request = new IntegrationRequestMapping(plan, true, compile);
    this.#response = new IntegrationResponseMapping(plan.responses, compile);
    const url = new URL(plan.endpoint);
    const protocol = url.protocol === 'https:' ? 'https' : 'http';
    const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
    this.#origin = { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port };
    this.#host = url.host;
    this.#basePath = url.pathname.replace(/\/$/, '');
  }

  override start(exchange: Exchange): void {
    const mapped = this.#request.map(exchange);
    if (isRefusal(mapped)) {
      answerRefusal(exchange, 'integrationRequest', mapped);
      return;
    }
    const method = this.#plan.method ?? exchange.httpMethod;
    const path = `${this.#basePath}${renderPath(this.#plan.path, mapped.path)}`;
    const own = renderPath(this.#plan.query, mapped.path);
    const query = [own, encodeQuery(mapped.query)].filter((text) => text !== '').join('&');
    const body = withoutBody.has(method) ? '' : mapped.body;
    const headers = this.#signedHeaders(exchange, method, path, query, mapped, body);
    if (isRefusal(headers)) {
      answerRefusal(exchange, 'integrationRequest', headers);
      return;
    }
    exchange.capture?.integrationRequest(headers, body);
    exchange.capture?.step('integrationRequest', 'passed', { service: this.#plan.service, endpoint: this.#host, method, path });
    exchange.upstream = this.#upstreams.send({
      origin: this.#origin,
      method,
      target: query === '' ? path : `${path}?${query}`,
      headers,
      body: body.length === 0 ? null : body,
      timeoutMs: this.#plan.timeoutInMillis,
      maxResponseBytes: BODY_LIMIT_BYTES,
      receiver: exchange,
    });
  }

  override onUpstreamResponse(exchange: Exchange, response: UpstreamResponse): void {
    readWholeAnswer(exchange, response, this);
  }

  override onUpstreamFailure(exchange: Exchange, failure: UpstreamFailure): void {
    answerRefusal(exchange, 'integration', refusalOfFailure(failure, `The service at ${this.#host}`));
  }

  onWholeAnswer(exchange: Exchange, response: UpstreamResponse, body: Payload): void {
    exchange.capture?.step('integration', 'passed', { status: response.status });
    const mapped = this.#response.map(exchange, { headers: response.headers, body }, String(response.status), response.status);
    if (isRefusal(mapped)) {
      answerRefusal(exchange, 'integrationResponse', mapped);
      return;
    }
    addTraceId(exchange, mapped.headers);
    exchange.capture?.step('integrationResponse', 'passed', { status: mapped.status });
    answerWhole(exchange, mapped.status, mapped.headers, mapped.body, mapped.encoded);
  }

  #signedHeaders(
    exchange: Exchange,
    method: string,
    path: string,
    query: string,
    mapped: MappedRequest,
    body: Payload,
  ): HeaderBlock | Refusal {
    const fields = new Map<string, readonly [string, string]>();
    const set = (name: string, value: string): void => void fields.set(name.toLowerCase(), [name, value]);
    set('Accept', 'application/json');
    set('User-Agent', `AmazonAPIGateway_${this.#apiId}`);
    const contentType = this.#plan.contentType ?? exchange.request.headers.get('content-type') ?? 'application/json';
    if (!withoutBody.has(method)) set('Content-Type', contentType);
    if (this.#plan.target !== undefined) set('X-Amz-Target', this.#plan.target);
    for (const [name, value] of mapped.headers) if (!notForwarded.has(name.toLowerCase())) set(name, value);
    // The signature is for this host; a mapped one would make it worthless.
    set('Host', this.#host);
    const untrusting = this.#role?.refusal();
    if (untrusting !== undefined) return misconfigured(untrusting);
    const credentials = this.#plan.asCaller === true ? exchange.decision?.signer : this.#credentials;
    if (credentials === undefined) return misconfigured(withoutSigner);
    const { region, service } = this.#plan;
    const call = { method, path, query, bodyHash: hashBody(bytesOf(body)), fields: fields.values(), region, service };
    const block = signedHeaders(call, credentials);
    if (typeof block === 'string') {
      return misconfigured(`Mapped to the header "${block}": the name or value can stand in no HTTP message.`);
    }
    block.addTrusted(`X-Amzn-Trace-Id: ${exchange.traceId}\r\n`);
    return block;
  }
}
