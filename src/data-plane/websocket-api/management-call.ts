// A request to the management API of a stage, whatever it manages: its body is read, its signature is checked, it is answered once.

import { hash } from 'node:crypto';
import type { BodyFailure, BodyReceiver, ServerRequest } from '../../http1/message.ts';
import { wallClock } from '../http-api/clock.ts';
import { newRequestId } from '../http-api/request-id.ts';
import { authorizeSignedRequest } from '../iam/authorize-signed-request.ts';
import type { CallerLookup } from '../iam/caller-credentials.ts';
import { beginResponseHeaders } from '../rest-api/response-headers.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';

/** Ours and AWS's: url-safe base64. */
const CONNECTION_ID = /^[A-Za-z0-9_-]{8,128}={0,2}$/;

export interface ManagementApi {
  readonly pipeline: WebSocketApiPipeline;
  /** Who owns an access key; undefined asks for no signature. */
  readonly callers: CallerLookup | undefined;
  readonly protocol: 'http' | 'https';
  /** AWS: the same for clients and for this API. Seen: WebSocket API quotas. */
  readonly messageBytes: number;
}

export interface ManagementAnswer {
  readonly status: number;
  readonly errorType?: string;
  readonly body?: string;
}

export const noContent: ManagementAnswer = { status: 204 };
// AWS: no body; SDKs tell it by the header and the status. Seen: aws-sdk-java#2200, laravel-echo-api-gateway#9.
export const gone: ManagementAnswer = { status: 410, errorType: 'GoneException' };
const tooLarge = refused(413, 'PayloadTooLargeException', 'Message too long');
const throttled = refused(429, 'LimitExceededException', 'Too Many Requests');

export function refused(status: number, errorType: string, message: string): ManagementAnswer {
  return { status, errorType, body: JSON.stringify({ message }) };
}

export function badRequest(message: string): ManagementAnswer {
  return refused(400, 'BadRequestException', message);
}

export function invalidConnectionId(text: string): ManagementAnswer {
  return badRequest(`Invalid connectionId: ${text.slice(0, 128)}`);
}

export function isConnectionId(text: string | undefined): text is string {
  return text !== undefined && CONNECTION_ID.test(text);
}

export abstract class ManagementCall implements BodyReceiver {
  protected readonly api: ManagementApi;
  protected readonly request: ServerRequest;

  constructor(api: ManagementApi, request: ServerRequest) {
    this.api = api;
    this.request = request;
  }

  /** What policies are asked about: the path behind the stage and the method, decoded. */
  protected abstract readonly resource: string;

  /** False for what there is nothing of. */
  protected abstract get isKnown(): boolean;

  /** Whoever asks may. */
  protected abstract call(body: Buffer): ManagementAnswer;

  start(): void {
    const { body } = this.request;
    if (!this.isKnown) {
      body.discard();
      this.#answer(refused(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'));
      return;
    }
    // A signature covers the body, so it is read first.
    body.readAll(this.api.messageBytes, this);
  }

  onBody(body: Buffer): void {
    this.#answer(this.#barred(body) ?? this.call(body));
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#answer(failure === 'tooLarge' ? tooLarge : badRequest('The body did not arrive whole.'));
  }

  /** By the account's throttle. */
  protected throttled(): ManagementAnswer | undefined {
    const { accountThrottle } = this.api.pipeline;
    return accountThrottle?.take(wallClock(this.request.startedAt)) === undefined ? undefined : throttled;
  }

  #barred(body: Buffer): ManagementAnswer | undefined {
    const { callers, pipeline, protocol } = this.api;
    if (callers === undefined) return undefined;
    const { scope, apiId, stageName } = pipeline.plan;
    const { method, path, query, headers, remoteAddress, startedAt } = this.request;
    const decision = authorizeSignedRequest(
      { method, path, query, rawHeaders: headers.raw, bodyHash: hash('sha256', body, 'hex') },
      {
        routeArn: `arn:aws:execute-api:${scope.region}:${scope.account}:${apiId}/${stageName}/${method}/${this.resource}`,
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

  #answer({ status, errorType, body = '' }: ManagementAnswer): void {
    const headers = beginResponseHeaders();
    headers.addTrusted(`Content-Type: application/json\r\nx-amzn-RequestId: ${newRequestId()}\r\n`);
    if (errorType !== undefined) headers.addTrusted(`x-amzn-ErrorType: ${errorType}\r\n`);
    this.request.respond(status, headers, Buffer.from(body, 'utf8'));
  }
}

/** AWS: SDKs send the id percent-encoded, once. Seen: botocore, awscurl. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
