// The management API of connections: a function, or anybody else who may, sends to one (POST), looks at it (GET) or ends it (DELETE).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html

import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { BodyFailure, BodyReceiver, ServerRequest } from '../../http1/message.ts';
import { wallClock } from '../http-api/clock.ts';
import { newRequestId } from '../http-api/request-id.ts';
import { authorizeSignedRequest } from '../iam/authorize-signed-request.ts';
import type { CallerLookup } from '../iam/caller-credentials.ts';
import { beginResponseHeaders } from '../rest-api/response-headers.ts';
import type { Connection } from './connection.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';

/** AWS: the close frame of a connection that was ended this way. Seen: boto3#3789. */
const CLOSED_NORMALLY = { code: 1000, reason: 'Connection Closed Normally' };
/** Ours and AWS's: url-safe base64. */
const CONNECTION_ID = /^[A-Za-z0-9_-]{8,128}={0,2}$/;

export interface ConnectionApi {
  readonly pipeline: WebSocketApiPipeline;
  /** Who owns an access key; undefined asks for no signature. */
  readonly callers: CallerLookup | undefined;
  readonly protocol: 'http' | 'https';
  /** AWS: the same for clients and for this API. Seen: WebSocket API quotas. */
  readonly messageBytes: number;
}

/** The methods of the management API, and the fact that a request was for it. */
export function serveConnectionApi(api: ConnectionApi, request: ServerRequest, encodedId: string): void {
  new ConnectionCall(api, request, encodedId).start();
}

interface Answer {
  readonly status: number;
  readonly errorType?: string;
  readonly body?: string;
}

const ok: Answer = { status: 200 };
const noContent: Answer = { status: 204 };
// AWS: no body; SDKs tell it by the header and the status. Seen: aws-sdk-java#2200, laravel-echo-api-gateway#9.
const gone: Answer = { status: 410, errorType: 'GoneException' };
const tooLarge = refused(413, 'PayloadTooLargeException', 'Message too long');
const throttled = refused(429, 'LimitExceededException', 'Too Many Requests');

function refused(status: number, errorType: string, message: string): Answer {
  return { status, errorType, body: JSON.stringify({ message }) };
}

class ConnectionCall implements BodyReceiver {
  readonly #api: ConnectionApi;
  readonly #request: ServerRequest;
  readonly #encodedId: string;

  constructor(api: ConnectionApi, request: ServerRequest, encodedId: string) {
    this.#api = api;
    this.#request = request;
    this.#encodedId = encodedId;
  }

  start(): void {
    const { method, body } = this.#request;
    if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') {
      body.discard();
      this.#answer(refused(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'));
      return;
    }
    // A signature covers the body, so it is read first.
    body.readAll(this.#api.messageBytes, this);
  }

  onBody(body: Buffer): void {
    this.#answer(this.#barred(body) ?? this.#call(body));
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#answer(failure === 'tooLarge' ? tooLarge : refused(400, 'BadRequestException', 'The body did not arrive whole.'));
  }

  #barred(body: Buffer): Answer | undefined {
    const { callers, pipeline, protocol } = this.#api;
    if (callers === undefined) return undefined;
    const { scope, apiId, stageName } = pipeline.plan;
    const { method, path, query, headers, remoteAddress, startedAt } = this.#request;
    const decision = authorizeSignedRequest(
      { method, path, query, rawHeaders: headers.raw, bodyHash: hash('sha256', body, 'hex') },
      {
        routeArn: `arn:aws:execute-api:${scope.region}:${scope.account}:${apiId}/${stageName}/${method}/@connections/${decoded(this.#encodedId) ?? ''}`,
        action: 'execute-api:ManageConnections',
        ...scope,
        sourceIp: remoteAddress,
        secureTransport: protocol === 'https',
        nowMs: wallClock(startedAt),
      },
      callers,
    );
    return decision.allowed ? undefined : refused(403, 'ForbiddenException', decision.reason);
  }

  #call(body: Buffer): Answer {
    const { pipeline } = this.#api;
    const id = decoded(this.#encodedId);
    if (id === undefined || !CONNECTION_ID.test(id)) {
      return refused(400, 'BadRequestException', `Invalid connectionId: ${(id ?? this.#encodedId).slice(0, 128)}`);
    }
    if (pipeline.accountThrottle?.take(wallClock(this.#request.startedAt)) !== undefined) return throttled;
    const { scope, apiId, stageName } = pipeline.plan;
    const connection = pipeline.connections.find(scope, apiId, stageName, id);
    if (connection?.socket?.isOpen !== true) return gone;
    switch (this.#request.method) {
      case 'GET':
        return { status: 200, body: describe(connection) };
      case 'DELETE':
        return connection.socket.close(CLOSED_NORMALLY.code, CLOSED_NORMALLY.reason) ? noContent : gone;
      default:
        // One that reads too slowly is being ended.
        return connection.socket.sendBytes(body, isUtf8(body)) === undefined ? ok : gone;
    }
  }

  #answer({ status, errorType, body = '' }: Answer): void {
    const headers = beginResponseHeaders();
    headers.addTrusted(`Content-Type: application/json\r\nx-amzn-RequestId: ${newRequestId()}\r\n`);
    if (errorType !== undefined) headers.addTrusted(`x-amzn-ErrorType: ${errorType}\r\n`);
    this.#request.respond(status, headers, Buffer.from(body, 'utf8'));
  }
}

/** AWS: SDKs send the id percent-encoded, once. Seen: botocore, awscurl. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function describe({ facts, socket }: Connection): string {
  const { connectedAt, sourceIp, userAgent } = facts;
  return JSON.stringify({
    connectedAt: new Date(connectedAt).toISOString(),
    identity: { sourceIp, ...(userAgent === undefined ? {} : { userAgent }) },
    lastActiveAt: new Date(Math.max(connectedAt, Math.round(socket?.lastActiveAt ?? 0))).toISOString(),
  });
}
