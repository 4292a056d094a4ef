// A WebSocket client for tools (RFC 6455, the client's side): any header, any subprotocol, and the server's answer when it does not let
// the client in, which the WebSocket of browsers and of Node.js does not tell.

import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { issuerProblems } from '../http1/connect-transport.ts';
import { closeCode } from './close-code.ts';
import { opcode } from './frame.ts';
import { type Received, ServerFrameReader } from './server-frame-reader.ts';
import { unmask } from './unmask.ts';

export interface WebSocketClientOptions {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  /** Subprotocols to offer. */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the server has answered. */
  readonly handshakeMs?: number;
  /** Longest message that is taken; a longer one ends the connection with 1009. */
  readonly messageBytesMax?: number;
}

export interface WebSocketClientListener {
  onMessage(payload: Buffer, isText: boolean): void;
  /** Called once. 1006 when nobody said Close. */
  onClose(code: number, reason: string): void;
}

/** True when a connection failed because nobody whom this machine trusts has signed the server's certificate. */
export function isUntrusted(error: unknown): boolean {
  return issuerProblems.has((error as NodeJS.ErrnoException).code ?? '');
}

/** The server answered, but not with a WebSocket. */
export class HandshakeRefused extends Error {
  readonly status: number;
  /** The first 4 KB. */
  readonly body: string;

  constructor(status: number, body: string) {
    super(`The server answered ${status}${body === '' ? '' : `: ${body}`}`);
    this.name = 'HandshakeRefused';
    this.status = status;
    this.body = body;
  }
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HANDSHAKE_MS = 35_000;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const REFUSAL_BYTES_MAX = 4_096;
/** How long the server has to answer a Close frame and to close its side. */
const CLOSE_MS = 3_000;
/** AWS: longer frames are refused, so a long message is several. Seen: WebSocket API quotas. */
const FRAME_BYTES_MAX = 32 * 1024;

/** Resolves when the connection is open. Rejects with HandshakeRefused, or the system's error when nobody answers. */
export function connectWebSocket(options: WebSocketClientOptions, listener: WebSocketClientListener): Promise<WebSocketClient> {
  const key = randomBytes(16).toString('base64');
  const { protocols = [] } = options;
  return new Promise((resolve, reject) => {
    const request = handshakeRequest(options, key);
    request.setTimeout(options.handshakeMs ?? HANDSHAKE_MS, () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.on('response', (answer) => {
      readStart(answer).then((body) => reject(new HandshakeRefused(answer.statusCode ?? 0, body)), reject);
    });
    request.on('upgrade', (answer, socket, rest) => {
      const protocol = answer.headers['sec-websocket-protocol'];
      const wrong =
        answer.headers['sec-websocket-accept'] !==
        createHash('sha1')
          .update(key + GUID)
          .digest('base64')
          ? 'Its Sec-WebSocket-Accept is not the answer to our key.'
          : protocol !== undefined && !protocols.includes(protocol)
            ? `It chose the subprotocol ${protocol}, which was not offered.`
            : undefined;
      if (wrong !== undefined) {
        socket.destroy();
        reject(new Error(wrong));
        return;
      }
      const client = new WebSocketClient(
        socket as Socket,
        listener,
        protocol ?? '',
        options.messageBytesMax ?? MESSAGE_BYTES_MAX,
      );
      resolve(client);
      // Whoever waits for the client comes first.
      setImmediate(() => client.begin(rest));
    });
    request.end();
  });
}

function handshakeRequest({ url, protocols = [], headers }: WebSocketClientOptions, key: string): http.ClientRequest {
  const secure = url.protocol === 'wss:';
  const options: https.RequestOptions = {
    // An address in brackets is one without them.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : url.port,
    path: url.pathname + url.search,
    agent: false,
    headers: {
      Host: url.host,
      ...headers,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      ...(protocols.length === 0 ? {} : { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    },
    ...(url.hostname.endsWith('.localhost') ? { lookup: thisMachine } : {}),
  };
  return secure ? https.request(options) : http.request(options);
}

/** RFC 6761: names under .localhost are this machine; not every resolver knows. */
const thisMachine: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

function readStart(answer: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > REFUSAL_BYTES_MAX) answer.destroy();
    });
    answer.on('close', () => resolve(text.slice(0, REFUSAL_BYTES_MAX)));
    answer.on('error', reject);
  });
}

/** Made by `connectWebSocket`. */
export class WebSocketClient {
  /** The subprotocol that the server chose; '' for none. */
  readonly protocol: string;
  readonly #socket: Socket;
  readonly #listener: WebSocketClientListener;
  readonly #reader: ServerFrameReader;
  #saidClose = false;
  #ending: { readonly code: number; readonly reason: string } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, listener: WebSocketClientListener, protocol: string, messageBytesMax: number) {
    this.#socket = socket;
    this.#listener = listener;
    this.protocol = protocol;
    this.#reader = new ServerFrameReader(messageBytesMax);
    // The handshake's deadline is not the connection's.
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(this.#timer);
      const { code, reason } = this.#ending ?? { code: closeCode.abnormal, reason: '' };
      listener.onClose(code, reason);
    });
  }

  /** Reads what came with the handshake, and what comes. */
  begin(rest: Buffer): void {
    if (rest.length > 0) this.#read(rest);
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  /** Sends a text message, in frames that AWS takes. False when the connection is closing or closed. */
  sendText(text: string): boolean {
    if (this.#saidClose || this.#socket.destroyed) return false;
    const payload = Buffer.from(text, 'utf8');
    let at = 0;
    do {
      const end = Math.min(payload.length, at + FRAME_BYTES_MAX);
      this.#write(at === 0 ? opcode.text : opcode.continuation, payload.subarray(at, end), end === payload.length);
      at = end;
    } while (at < payload.length);
    return true;
  }

  /** Says Close and waits a while for the server to say it, too. Without a code the frame is empty. */
  close(code?: number, reason = ''): void {
    if (this.#saidClose || this.#socket.destroyed) return;
    this.#saidClose = true;
    const payload = Buffer.alloc(code === undefined ? 0 : 2 + Buffer.byteLength(reason));
    if (code !== undefined) payload.writeUInt16BE(code);
    if (code !== undefined) payload.write(reason, 2, 'utf8');
    this.#write(opcode.close, payload, true);
    this.#timer = setTimeout(() => this.#socket.destroy(), CLOSE_MS);
  }

  #read(bytes: Buffer): void {
    if (this.#ending !== undefined) return;
    for (const received of this.#reader.read(bytes)) this.#hear(received);
  }

  #hear(received: Received): void {
    switch (received.kind) {
      case 'message':
        this.#listener.onMessage(received.payload, received.isText);
        break;
      case 'ping':
        if (!this.#saidClose) this.#write(opcode.pong, received.payload, true);
        break;
      case 'pong':
        break;
      case 'close':
        this.#ending = received;
        // RFC 6455 section 7.1.1: the server closes its side first.
        this.close(received.code === closeCode.noStatus ? undefined : received.code);
        break;
      case 'violation':
        this.#ending = received;
        this.close(received.code, received.reason);
        this.#socket.end();
        break;
    }
  }

  #write(kind: number, payload: Buffer, isLast: boolean): void {
    const size = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
    const head = Buffer.alloc(2 + size + 4);
    head[0] = (isLast ? 0x80 : 0) | kind;
    head[1] = 0x80 | (size === 0 ? payload.length : size === 2 ? 126 : 127);
    if (size === 2) head.writeUInt16BE(payload.length, 2);
    if (size === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
    randomBytes(4).copy(head, 2 + size);
    const masked = Buffer.from(payload);
    // Masking and unmasking are the same.
    unmask(masked, 0, masked.length, head.readInt32LE(2 + size), 0);
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(masked);
    this.#socket.uncork();
  }
}
