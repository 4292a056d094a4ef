// A handshake on its way: its stages, each called when the one before has found, and its answer.

import type { AbortListener, ServerRequest } from '../../http1/message.ts';
import type { ConnectionFacts } from '../../model/connection-facts.ts';
import type { StageName } from '../../model/exchange-record.ts';
import { wallClock } from '../http-api/clock.ts';
import { newRequestId, traceIdFor } from '../http-api/request-id.ts';
import { forwardedChain } from '../http-api/request-parameters.ts';
import { RequestFields } from '../rest-api/request-fields.ts';
import { beginResponseHeaders } from '../rest-api/response-headers.ts';
import { newCapture } from '../telemetry/capture.ts';
import type { HandshakeIdentity } from './authorizers/handshake-authorizer.ts';
import { applyChannelRequest, type ChannelRequest } from './channels/channel-request.ts';
import { type ClientSocket, Connection, type HandshakeSigning, newConnectionId } from './connection.ts';
import { disconnect } from './disconnect.ts';
import type { RoutePipeline, WebSocketApiPipeline } from './pipeline.ts';
import { isRefusal, messageOf, type Refusal, statusOf } from './refusal.ts';
import { type IntegrationOutcome, WebSocketEvent } from './websocket-event.ts';

/** A request that can become a WebSocket. */
export interface Handshake {
  /** Answers 101: from now on the client is at the other end of the connection. Undefined when it is already gone. */
  accept(connection: Connection, protocol: string | undefined): ClientSocket | undefined;
}

/** How the client addressed the API. */
export interface HandshakeAddress {
  readonly domainName: string;
  /** How clients reach the listener. */
  readonly protocol: 'http' | 'https';
}

/** There was no Close frame. RFC 6455 section 7.1.5. */
const VANISHED = { code: 1006, reason: '' };
/** Try again later: the status of the IANA registry for a service that is overloaded. */
const CHANNELS_FULL = 1013;
const SUBPROTOCOL = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;

export class ConnectEvent extends WebSocketEvent implements AbortListener {
  override readonly eventType = 'CONNECT';
  override readonly fields: RequestFields;
  readonly serverRequest: ServerRequest;
  readonly handshakeAddress: HandshakeAddress;
  readonly #handshake: Handshake;
  override signing: HandshakeSigning | undefined = undefined;
  #trace: string | undefined = undefined;

  constructor(pipeline: WebSocketApiPipeline, request: ServerRequest, handshake: Handshake, address: HandshakeAddress) {
    super(pipeline, factsOf(pipeline, request, address), request.startedAt, newCapture(pipeline, request));
    this.serverRequest = request;
    this.handshakeAddress = address;
    this.fields = new RequestFields(request);
    this.#handshake = handshake;
    request.onAbort = this;
  }

  override get request(): ServerRequest {
    return this.serverRequest;
  }

  override get traceId(): string {
    this.#trace ??= traceIdFor(this.serverRequest.headers.get('x-amzn-trace-id'), this.at);
    return this.#trace;
  }

  override get bytesIn(): number {
    return this.serverRequest.headBytes;
  }

  override get gatewayHeaders(): readonly (readonly [string, string])[] {
    const { headers, remoteAddress, localPort } = this.serverRequest;
    return [
      ['X-Amzn-Trace-Id', this.traceId],
      ['X-Forwarded-For', forwardedChain(headers.get('x-forwarded-for'), remoteAddress)],
      ['X-Forwarded-Port', String(localPort)],
      ['X-Forwarded-Proto', this.handshakeAddress.protocol],
    ];
  }

  /** The first stage of a $connect route. */
  authorize(route: RoutePipeline): void {
    if (route.authorizer === undefined) this.onIdentity(nobody);
    else route.authorizer.decide(this);
  }

  /** Called by the authorizer, now or later. */
  onIdentity(found: HandshakeIdentity | Refusal): void {
    if (this.settled) return;
    if (isRefusal(found)) {
      this.refuse('authorize', found);
      return;
    }
    try {
      this.capture?.step('authorize', 'passed', found.finding);
      this.facts = { ...this.facts, authorizer: found.authorizer, signer: found.signer };
      this.signing = found.signing;
      this.#enter(this.route as RoutePipeline, found);
    } catch (error) {
      this.crash(error);
    }
  }

  #enter(route: RoutePipeline, identity: HandshakeIdentity): void {
    const refused = this.#meter(route, identity) ?? this.#throttle(route);
    if (refused !== undefined) {
      this.refuse('meter', refused);
      return;
    }
    this.capture?.step('meter', route.meter === undefined ? 'off' : 'passed', { apiKeyId: this.facts.apiKey?.id });
    const missing = route.plan.requiredParameters.filter((name) => !this.#has(name));
    if (missing.length > 0) {
      const names = missing.map((name) => name.split('.').slice(3).join('.')).join(', ');
      this.refuse('methodRequest', {
        refused: 'BAD_REQUEST_PARAMETERS',
        message: `Missing required request parameters: [${names}]`,
        reason: `The route $connect requires ${missing.join(', ')}.`,
      });
      return;
    }
    this.integrate(route);
  }

  #meter(route: RoutePipeline, identity: HandshakeIdentity): Refusal | undefined {
    if (route.meter === undefined) return undefined;
    const value =
      this.pipeline.plan.apiKeySource === 'AUTHORIZER'
        ? identity.usageIdentifierKey
        : this.serverRequest.headers.get('x-api-key');
    const verdict = route.meter.take(value, this.at);
    if (verdict.kind === 'refused') return { refused: verdict.refused, reason: verdict.reason };
    this.facts = { ...this.facts, apiKey: { id: verdict.apiKeyId, value: value as string } };
    return undefined;
  }

  #throttle(route: RoutePipeline): Refusal | undefined {
    const { accountThrottle } = this.pipeline;
    const byRoute = route.throttle?.take(this.at);
    if (byRoute !== undefined) return { refused: 'THROTTLED', reason: byRoute.reason };
    const byAccount = accountThrottle?.take(this.at);
    if (byAccount === undefined) return undefined;
    route.throttle?.giveBack();
    return { refused: 'THROTTLED', reason: byAccount.reason };
  }

  /** `route.request.header.X` or `route.request.querystring.X`. */
  #has(parameter: string): boolean {
    const [, , location, ...name] = parameter.split('.');
    const values = location === 'header' ? this.fields.header(name.join('.')) : this.fields.query.get(name.join('.'));
    return values?.some((value) => value !== '') === true;
  }

  protected override onOutcome(outcome: IntegrationOutcome | Refusal, _stage: StageName): void {
    if (isRefusal(outcome)) {
      this.#answerRefusal(outcome);
      return;
    }
    if (outcome.status < 200 || outcome.status > 299) {
      // AWS: the status is the handshake's; nothing else of the answer is. Seen: serverless-offline PR#1301, chalice#1768.
      // What is no final status of HTTP cannot be sent as one.
      this.#respond(outcome.status >= 200 && outcome.status <= 599 ? outcome.status : 502, '');
      return;
    }
    this.#open(outcome.protocol, outcome.channels);
  }

  /** Without an integration: the client is let in. */
  letIn(protocol: string | undefined): void {
    this.settled = true;
    this.#open(protocol, undefined);
  }

  /** The connection is kept before the client knows of it, so that it gets its $disconnect whatever happens to us. */
  #open(protocol: string | undefined, channels: ChannelRequest | undefined): void {
    const connection = new Connection(this.facts, this.signing);
    const { disconnectRoute, journal } = this.pipeline;
    if (disconnectRoute === undefined) {
      this.#accept(connection, protocol, channels);
      return;
    }
    journal.opened(this.facts, (error) => {
      if (error === undefined) this.#accept(connection, protocol, channels);
      else this.#notKept(error);
    });
  }

  #notKept(error: Error): void {
    this.refusal = { refused: 'API_CONFIGURATION_ERROR', reason: `The connection could not be kept: ${error.message}` };
    this.refusedAt = 'response';
    this.status = statusOf(this.refusal);
    this.#answerRefusal(this.refusal);
  }

  #accept(connection: Connection, protocol: string | undefined, channels: ChannelRequest | undefined): void {
    const { pipeline } = this;
    const known = protocol !== undefined && SUBPROTOCOL.test(protocol) ? protocol : undefined;
    // In the table before the client can speak.
    pipeline.connections.add(connection);
    const socket = this.serverRequest.answered ? undefined : this.#handshake.accept(connection, known);
    if (socket === undefined) {
      // AWS: a client that left meanwhile was connected all the same. By analogy with one that leaves right afterwards.
      pipeline.connections.remove(connection);
      this.status = this.status === 0 ? 101 : this.status;
      this.report();
      disconnect(pipeline, connection, VANISHED);
      return;
    }
    connection.socket = socket;
    this.status = 101;
    this.capture?.step('response', 'passed', { status: 101, connectionId: connection.id });
    this.report();
    if (channels === undefined) return;
    const refused = applyChannelRequest(pipeline.channels, connection, channels);
    if (refused !== undefined) socket.close(CHANNELS_FULL, refused.limit);
  }

  #answerRefusal(refusal: Refusal): void {
    this.#respond(this.status, `{"message":${JSON.stringify(messageOf(refusal))}}`);
  }

  #respond(status: number, body: string): void {
    this.status = status;
    const headers = beginResponseHeaders(this.at);
    headers.addTrusted(
      `Content-Type: application/json\r\nx-amzn-RequestId: ${this.requestId}\r\nx-amz-apigw-id: ${newRequestId()}\r\n`,
    );
    this.capture?.response(headers, body);
    if (!this.serverRequest.answered) {
      this.serverRequest.body.discard();
      this.serverRequest.respond(status, headers, Buffer.from(body, 'utf8'));
    }
    this.report();
  }

  /** The client went away while it was decided about. What $connect already does runs on; its answer decides as before. */
  onClientGone(): void {
    if (this.settled || this.integrationStartedAt !== 0) return;
    this.refuse('integration', { refused: 'CLIENT_GONE', reason: 'The client went away before it was answered.' });
  }
}

const nobody: HandshakeIdentity = {
  authorizer: undefined,
  signer: undefined,
  usageIdentifierKey: undefined,
  finding: { authorizationType: 'NONE' },
};

function factsOf(
  { plan: { scope, apiId, stageName } }: WebSocketApiPipeline,
  request: ServerRequest,
  { domainName }: HandshakeAddress,
): ConnectionFacts {
  const userAgent = request.headers.get('user-agent');
  return {
    connectionId: newConnectionId(),
    scope,
    apiId,
    stageName,
    connectedAt: wallClock(request.startedAt),
    sourceIp: request.remoteAddress,
    userAgent: userAgent === undefined ? undefined : ownText(userAgent),
    domainName: ownText(domainName),
    authorizer: undefined,
    signer: undefined,
    apiKey: undefined,
  };
}

/** A slice of the request's head would keep all of it for as long as the connection lives. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
