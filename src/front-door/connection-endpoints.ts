// WebSocket connections on the control listener: who is connected, a message to one of them, and its end. The command line uses them.

import { isUtf8 } from 'node:buffer';
import type { BodyFailure, BodyReceiver, ServerRequest } from '../http1/message.ts';
import { answerJson } from './control-listener.ts';

/** A stage of a WebSocket API that takes connections. */
export interface WebSocketStageReport {
  readonly apiId: string;
  readonly apiName: string;
  readonly stage: string;
  readonly region: string;
  /** `ws://…` */
  readonly url: string;
  readonly connections: number;
}

export interface ConnectionReport {
  readonly connectionId: string;
  readonly apiId: string;
  readonly apiName: string;
  readonly stage: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  /** When the last message went in either direction. */
  readonly lastActiveAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
  /** Who the authorizer says it is. */
  readonly principalId?: string;
}

export interface ConnectionPorts {
  stages(): readonly WebSocketStageReport[];
  /** Of every API or of the one that `api` names; the newest first. */
  connections(api: string | undefined, limit: number): readonly ConnectionReport[];
  /** False when no such connection is open. */
  send(connectionId: string, message: Buffer, isText: boolean): boolean;
  close(connectionId: string): boolean;
}

/** AWS: of a message, whoever sends it. Seen: WebSocket API quotas. */
const MESSAGE_BYTES_MAX = 128 * 1024;
const LISTED = 1_000;
const LISTED_MAX = 50_000;

/** `name` is what follows `/_stagegate/connections`: '' or `/{id}`. */
export function serveConnections(request: ServerRequest, name: string, ports: ConnectionPorts): void {
  if (name === '') {
    request.body.discard();
    if (request.method !== 'GET' && request.method !== 'HEAD') answerJson(request, 405, { message: 'Use GET.' });
    else list(request, ports);
    return;
  }
  const id = decoded(name.slice(1));
  if (request.method === 'POST') request.body.readAll(MESSAGE_BYTES_MAX, new Sending(request, id, ports));
  else {
    request.body.discard();
    if (request.method !== 'DELETE') answerJson(request, 405, { message: 'Use POST to send and DELETE to close.' });
    else answer(request, id, ports.close(id));
  }
}

function list(request: ServerRequest, ports: ConnectionPorts): void {
  const query = new URLSearchParams(request.query);
  const given = Number(query.get('limit') ?? LISTED);
  const limit = Number.isInteger(given) && given > 0 ? Math.min(given, LISTED_MAX) : LISTED;
  answerJson(request, 200, {
    stages: ports.stages(),
    connections: ports.connections(query.get('api') ?? undefined, limit),
  });
}

class Sending implements BodyReceiver {
  readonly #request: ServerRequest;
  readonly #id: string;
  readonly #ports: ConnectionPorts;

  constructor(request: ServerRequest, id: string, ports: ConnectionPorts) {
    this.#request = request;
    this.#id = id;
    this.#ports = ports;
  }

  onBody(body: Buffer): void {
    answer(this.#request, this.#id, this.#ports.send(this.#id, body, isUtf8(body)));
  }

  onBodyFailure(failure: BodyFailure): void {
    if (failure === 'tooLarge') answerJson(this.#request, 413, { message: 'A message has at most 128 KB.' });
    else answerJson(this.#request, 400, { message: 'The body did not arrive whole.' });
  }
}

function answer(request: ServerRequest, id: string, wasOpen: boolean): void {
  if (wasOpen) answerJson(request, 200, { status: 'ok' });
  else answerJson(request, 404, { message: `No connection ${id.slice(0, 128)} is open.` });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
