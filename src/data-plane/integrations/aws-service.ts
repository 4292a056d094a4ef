// AWS_PROXY with a subtype: one operation of an AWS service. Nothing of the client's request reaches the service but what the
// parameters name; the call is signed with the gateway's own keys, or with those of whoever signed the request.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html

import { performance } from 'node:perf_hooks';
import { hashBody } from '../../aws/sigv4-canonical-request.ts';
import { type SigningCredentials, signRequest } from '../../aws/sigv4-sign.ts';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { BodyFailure, UpstreamFailure, UpstreamOrigin, UpstreamResponse } from '../../http1/message.ts';
import type { AwsServicePlan } from '../../model/http-api-plan.ts';
import type { AuthDecision } from '../authorizers/auth-decision.ts';
import { answerRefusal } from '../http-api/error-response.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { type ResponseMapping, responseMappings } from '../http-api/parameter-mapping.ts';
import { compileValue, MappingInput, type ValueReader } from '../http-api/parameter-sources.ts';
import { isRefusal, type Refusal } from '../http-api/refusal.ts';
import { traceIdFor } from '../http-api/request-id.ts';
import type { ServiceRole } from '../iam/service-role.ts';
import type { Upstreams } from '../ports.ts';
import { BODY_LIMIT_BYTES, refuseRequestBody } from './body-limit.ts';
import { signerOf } from './function-caller.ts';
import { Integration } from './integration.ts';
import { type ServiceOperation, type ServiceRequest, serviceOperations } from './service-operations.ts';
import { ServiceParameterReader } from './service-parameters.ts';
import { answerUpstream, refusalOf } from './upstream-answer.ts';

/** Where a region's service is. */
interface Endpoint {
  readonly origin: UpstreamOrigin;
  readonly host: string;
  /** What stands before the operation's path; '' for none. */
  readonly basePath: string;
}

/** Where a call goes and with whose keys. */
interface Signing {
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly credentials: SigningCredentials;
}

export class AwsServiceIntegration extends Integration {
  readonly #plan: AwsServicePlan;
  readonly #upstreams: Upstreams;
  /** Undefined only where calls are signed with the caller's. */
  readonly #credentials: SigningCredentials | undefined;
  /** Undefined where no role is asked about. */
  readonly #role: ServiceRole | undefined;
  readonly #operation: ServiceOperation;
  readonly #parameters: ServiceParameterReader;
  readonly #region: ValueReader;
  /** The endpoint asked for last: nearly always there is one region. */
  #endpoint: { readonly region: string; readonly endpoint: Endpoint } | undefined;
  readonly #responseMappings: ReadonlyMap<number, ResponseMapping> | undefined;

  constructor(
    plan: AwsServicePlan,
    upstreams: Upstreams,
    credentials: SigningCredentials | undefined,
    role: ServiceRole | undefined,
  ) {
    super();
    this.#plan = plan;
    this.#upstreams = upstreams;
    this.#credentials = credentials;
    this.#role = role;
    this.#operation = serviceOperations[plan.subtype];
    this.#parameters = new ServiceParameterReader(plan.subtype, this.#operation.kinds, plan.parameters);
    this.#region = compileValue(plan.region);
    this.#responseMappings = responseMappings(plan.responseParameters);
  }

  override start(exchange: Exchange, _decision: AuthDecision): void {
    const untrusting = this.#role?.refusal();
    if (untrusting !== undefined) {
      this.#refuseRequest(exchange, { refused: 'INTERNAL_ERROR', reason: untrusting });
      return;
    }
    const { body } = exchange;
    if (body.length !== undefined && body.length > BODY_LIMIT_BYTES) {
      refuseRequestBody(exchange, 'tooLarge');
      return;
    }
    exchange.bodyTaken = true;
    if (!this.#parameters.readsBody) {
      body.discard();
      this.#send(exchange, undefined);
      return;
    }
    const text = body.takeText();
    if (text === undefined) body.readAll(BODY_LIMIT_BYTES, exchange);
    else this.onRequestBody(exchange, Buffer.from(text, 'latin1'));
  }

  override onRequestBody(exchange: Exchange, body: Buffer): void {
    exchange.bodyBytes = body.length;
    exchange.capture?.requestBody(body);
    this.#send(exchange, body);
  }

  override onRequestBodyFailure(exchange: Exchange, failure: BodyFailure): void {
    refuseRequestBody(exchange, failure);
  }

  override onUpstreamResponse(exchange: Exchange, response: UpstreamResponse): void {
    answerUpstream(exchange, response, this.#responseMappings);
  }

  override onUpstreamFailure(exchange: Exchange, failure: UpstreamFailure): void {
    const refusal = refusalOf(failure, `The service at ${this.#plan.endpoint}`);
    exchange.capture?.step('integration', 'refused', refusal);
    answerRefusal(exchange, 'integration', refusal);
  }

  #send(exchange: Exchange, received: Buffer | undefined): void {
    const input = new MappingInput(exchange, received);
    const parameters = this.#parameters.read(input);
    if (isRefusal(parameters)) {
      this.#refuseRequest(exchange, parameters);
      return;
    }
    const region = this.#region(input) ?? '';
    // It becomes part of a host name and of the signature.
    if (!/^[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}$/.test(region)) {
      this.#refuseRequest(exchange, { refused: 'BAD_REQUEST', reason: `"${region.slice(0, 60)}" is no AWS region.` });
      return;
    }
    const credentials = this.#plan.asCaller === true ? signerOf(exchange) : this.#credentials;
    if (credentials === undefined) throw new Error('The route has no signer, and its plan says that it has.');
    const endpoint = this.#endpointIn(region);
    const request = this.#operation.toRequest(parameters);
    const body = Buffer.from(request.body, 'utf8');
    const headers = this.#signedHeaders(exchange, request, body, { region, endpoint, credentials });
    const target = `${endpoint.basePath}${request.path}${request.query === '' ? '' : `?${request.query}`}`;
    const { capture } = exchange;
    if (capture !== undefined) {
      capture.integrationRequest(headers, body);
      capture.step('integrationRequest', 'passed', { subtype: this.#plan.subtype, endpoint: endpoint.host, region });
    }
    exchange.upstream = this.#upstreams.send({
      origin: endpoint.origin,
      method: request.method,
      target,
      headers,
      body: body.length === 0 ? null : body,
      timeoutMs: this.#plan.timeoutInMillis,
      // A body that was waited for has not used up the service's time.
      startedAt: received === undefined ? exchange.integrationStartedAt : performance.now(),
      maxResponseBytes: BODY_LIMIT_BYTES,
      receiver: exchange,
    });
  }

  #refuseRequest(exchange: Exchange, refusal: Refusal): void {
    exchange.capture?.step('integrationRequest', 'refused', refusal);
    answerRefusal(exchange, 'integrationRequest', refusal);
  }

  #endpointIn(region: string): Endpoint {
    if (this.#endpoint?.region === region) return this.#endpoint.endpoint;
    const url = new URL(this.#plan.endpoint.replaceAll('{region}', region));
    const protocol = url.protocol === 'https:' ? 'https' : 'http';
    const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
    const endpoint: Endpoint = {
      origin: { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port },
      host: url.host,
      basePath: url.pathname.replace(/\/$/, ''),
    };
    this.#endpoint = { region, endpoint };
    return endpoint;
  }

  #signedHeaders(
    exchange: Exchange,
    request: ServiceRequest,
    body: Buffer,
    { region, endpoint, credentials }: Signing,
  ): HeaderBlock {
    const signed = ['Host', endpoint.host];
    if (request.contentType !== undefined) signed.push('Content-Type', request.contentType);
    if (request.target !== undefined) signed.push('X-Amz-Target', request.target);
    const added = signRequest(
      {
        method: request.method,
        path: `${endpoint.basePath}${request.path}`,
        query: request.query,
        rawHeaders: signed,
        bodyHash: hashBody(body),
      },
      credentials,
      { region, service: this.#operation.service, now: Date.now() },
    );
    const block = new HeaderBlock();
    for (let i = 0; i < signed.length; i += 2) block.add(signed[i] as string, signed[i + 1] as string);
    for (const [name, value] of added) {
      // Without one of them the call would go out unsigned.
      if (!block.add(name, value)) throw new Error(`The ${name} header of a signed request cannot be sent.`);
    }
    block.add('User-Agent', `AmazonAPIGateway_${exchange.pipeline.plan.apiId}`);
    block.addTrusted(`X-Amzn-Trace-Id: ${traceIdFor(exchange.request.headers.get('x-amzn-trace-id'), exchange.at)}\r\n`);
    return block;
  }
}
