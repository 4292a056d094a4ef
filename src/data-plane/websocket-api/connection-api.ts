// The management API of connections: a function, or anybody else who may, sends to one (POST), looks at it (GET) or ends it (DELETE).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html

import { isUtf8 } from 'node:buffer';
import type { ServerRequest } from '../../http1/message.ts';
import type { Connection } from './connection.ts';
import {
  decoded,
  gone,
  invalidConnectionId,
  isConnectionId,
  type ManagementAnswer,
  type ManagementApi,
  ManagementCall,
  noContent,
} from './management-call.ts';

/** AWS: the close frame of a connection that was ended this way. Seen: boto3#3789. */
const CLOSED_NORMALLY = { code: 1000, reason: 'Connection Closed Normally' };

const ok: ManagementAnswer = { status: 200 };

export class ConnectionCall extends ManagementCall {
  protected override readonly resource: string;
  readonly #encodedId: string;
  readonly #id: string | undefined;

  constructor(api: ManagementApi, request: ServerRequest, encodedId: string) {
    super(api, request);
    this.#encodedId = encodedId;
    this.#id = decoded(encodedId);
    this.resource = `@connections/${this.#id ?? ''}`;
  }

  protected override get isKnown(): boolean {
    const { method } = this.request;
    return method === 'POST' || method === 'GET' || method === 'DELETE';
  }

  protected override call(body: Buffer): ManagementAnswer {
    const id = this.#id;
    if (!isConnectionId(id)) return invalidConnectionId(id ?? this.#encodedId);
    const throttled = this.throttled();
    if (throttled !== undefined) return throttled;
    const { pipeline } = this.api;
    const { scope, apiId, stageName } = pipeline.plan;
    const connection = pipeline.connections.find(scope, apiId, stageName, id);
    if (connection?.socket?.isOpen !== true) return gone;
    switch (this.request.method) {
      case 'GET':
        return { status: 200, body: describe(connection) };
      case 'DELETE':
        return connection.socket.close(CLOSED_NORMALLY.code, CLOSED_NORMALLY.reason) ? noContent : gone;
      default:
        // One that reads too slowly is being ended.
        if (connection.socket.sendBytes(body, isUtf8(body)) !== undefined) return gone;
        pipeline.metrics?.sent(1);
        return ok;
    }
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
