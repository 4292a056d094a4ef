// The opening handshake (RFC 6455 section 4.2): what a request must have to become a WebSocket, and the answer that makes it one.
// Extensions are never negotiated. AWS: no permessage-deflate either.

import { createHash } from 'node:crypto';
import { HeaderBlock } from '../http1/header-block.ts';
import type { HeaderView, ServerRequest } from '../http1/message.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import type { WebSocketEndpoint } from './websocket-endpoint.ts';

/** A request that can become a WebSocket. */
export interface WebSocketHandshake {
  /** Sec-WebSocket-Key: 16 bytes in base64. */
  readonly key: string;
  /** The subprotocols the client offers, in its order. */
  readonly protocols: readonly string[];
}

/** Why a request cannot become a WebSocket, as a normal HTTP answer. */
export interface HandshakeRefusal {
  readonly refused: number;
  readonly message: string;
  /** Fields that belong to the answer. */
  readonly headers: HeaderBlock;
}

/** What `acceptWebSocket` may say besides what the handshake needs. */
export interface AcceptOptions {
  /** Sec-WebSocket-Protocol. It must be an `isSubprotocol`, and one that the client offered, or the client will not go on. */
  readonly protocol?: string;
  /** Further fields of the 101. */
  readonly headers?: HeaderBlock;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VERSION = '13';

const refusals = {
  /** AWS: a plain request to a WebSocket API is answered 426. Seen: end-to-end tests of emulators, weak. */
  noUpgrade: refusal(426, 'Upgrade Required', ['Upgrade: websocket', 'Connection: Upgrade']),
  method: refusal(405, 'Method Not Allowed', ['Allow: GET']),
  body: refusal(400, 'A handshake has no body'),
  version: refusal(426, 'Upgrade Required', ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Version: ${VERSION}`]),
  key: refusal(400, 'Sec-WebSocket-Key is not 16 bytes in base64'),
  protocols: refusal(400, 'Sec-WebSocket-Protocol is not a list of different tokens'),
} as const;

/** Reads a request as a handshake. */
export function readHandshake(request: ServerRequest): WebSocketHandshake | HandshakeRefusal {
  const { headers } = request;
  if (request.httpMinor === 0 || !hasToken(headers, 'connection', 'upgrade') || !hasToken(headers, 'upgrade', 'websocket'))
    return refusals.noUpgrade;
  if (request.method !== 'GET') return refusals.method;
  if (request.body.length !== 0) return refusals.body;
  if (headers.get('sec-websocket-version') !== VERSION) return refusals.version;
  const key = headers.get('sec-websocket-key') ?? '';
  if (!isKey(key)) return refusals.key;
  const protocols = readProtocols(headers.get('sec-websocket-protocol'));
  return protocols === undefined ? refusals.protocols : { key, protocols };
}

/**
 * Answers 101: the request becomes a WebSocket of `endpoint`. Undefined when the client is already gone. Throws when the request was
 * answered before, or `protocol` is none.
 */
export function acceptWebSocket<T>(
  request: ServerRequest,
  handshake: WebSocketHandshake,
  endpoint: WebSocketEndpoint<T>,
  attachment: T,
  options: AcceptOptions = {},
): WebSocketConnection<T> | undefined {
  if (request.switchProtocols === undefined) throw new Error('this request has no connection that could become a WebSocket');
  const headers = new HeaderBlock();
  headers.addTrusted(`Sec-WebSocket-Accept: ${acceptKey(handshake.key)}\r\n`);
  if (options.protocol !== undefined) {
    if (!isSubprotocol(options.protocol)) throw new RangeError('the subprotocol is no token');
    headers.addTrusted(`Sec-WebSocket-Protocol: ${options.protocol}\r\n`);
  }
  if (options.headers !== undefined) headers.addTrusted(options.headers.text);
  const connection = new WebSocketConnection(endpoint, attachment);
  return request.switchProtocols('websocket', headers, connection) ? connection : undefined;
}

/** Sec-WebSocket-Accept for a Sec-WebSocket-Key. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + GUID, 'latin1')
    .digest('base64');
}

/** True for what may stand in Sec-WebSocket-Protocol: a token. */
export function isSubprotocol(value: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value);
}

/** 16 bytes are 22 characters and two of padding. The four bits that are left over mean nothing (RFC 4648 section 3.5). */
function isKey(value: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(value);
}

function readProtocols(list: string | undefined): readonly string[] | undefined {
  if (list === undefined) return [];
  const protocols = list.split(',').map((part) => part.trim());
  return protocols.every(isSubprotocol) && new Set(protocols).size === protocols.length ? protocols : undefined;
}

function hasToken(headers: HeaderView, name: string, token: string): boolean {
  const list = headers.get(name);
  if (list === undefined) return false;
  return list.length === token.length
    ? list.toLowerCase() === token
    : list.split(',').some((part) => part.trim().toLowerCase() === token);
}

function refusal(refused: number, message: string, fields: readonly string[] = []): HandshakeRefusal {
  const headers = new HeaderBlock();
  for (const field of fields) headers.addTrusted(`${field}\r\n`);
  return { refused, message, headers };
}
