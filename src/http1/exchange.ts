// One request on an accepted connection and its answer, as handlers see it. An exchange keeps what it needs of its head,
// so a handler that holds on to it is not disturbed by the next request on the same connection.

import type { HeaderBlock } from './header-block.ts';
import type { AbortListener, BodySink, HeaderView, MessageBody, ServerRequest } from './message.ts';
import type { BodyFraming, OutgoingBody } from './outgoing-body.ts';
import type { ProtocolOwner } from './protocol-switch.ts';
import type { RequestParser } from './request-parser.ts';
import { statusLine } from './status-line.ts';

/** What an exchange asks of its connection. */
export interface ExchangeOwner {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  /** `line` is the status line. */
  answer(exchange: Exchange, line: string, status: number, headers: string, body: string | Buffer): void;
  startAnswer(exchange: Exchange, line: string, status: number, headers: string, contentLength: number | undefined): OutgoingBody;
  /** Writes `head` and leaves the transport to `owner`. */
  switchProtocols(head: string, owner: ProtocolOwner): void;
}

type Phase = 'waiting' | 'answering' | 'over' | 'gone';

export class Exchange implements ServerRequest {
  readonly method: string;
  readonly host: string;
  readonly httpMinor: 0 | 1;
  headers: HeaderView;
  readonly body: MessageBody;
  readonly startedAt: number;
  readonly headBytes: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  /** The client allows another request after this one. */
  readonly keepAlive: boolean;
  onAbort: AbortListener | (() => void) | null = null;
  private readonly text: string;
  private readonly pathStart: number;
  private readonly queryAt: number;
  private readonly targetEnd: number;
  private readonly emptyPath: boolean;
  private readonly owner: ExchangeOwner;
  private phase: Phase = 'waiting';
  private sink: OutgoingBody | null = null;
  private sentBytes = 0;

  constructor(owner: ExchangeOwner, head: RequestParser, headBytes: number, body: MessageBody, startedAt: number) {
    this.owner = owner;
    this.method = head.method;
    this.host = head.host;
    this.httpMinor = head.httpMinor;
    this.keepAlive = head.keepAlive;
    this.text = head.text;
    this.pathStart = head.pathStart;
    this.queryAt = head.queryAt;
    this.targetEnd = head.targetEnd;
    this.emptyPath = head.emptyPath;
    this.headers = head.takeHeaders();
    this.headBytes = headBytes;
    this.body = body;
    this.startedAt = startedAt;
    this.remoteAddress = owner.remoteAddress;
    this.remotePort = owner.remotePort;
    this.localPort = owner.localPort;
  }

  get target(): string {
    const target = this.text.substring(this.pathStart, this.targetEnd);
    return this.emptyPath ? `/${target}` : target;
  }

  get path(): string {
    return this.emptyPath ? '/' : this.text.substring(this.pathStart, this.queryAt);
  }

  get query(): string {
    return this.queryAt === this.targetEnd ? '' : this.text.substring(this.queryAt + 1, this.targetEnd);
  }

  get answered(): boolean {
    return this.phase !== 'waiting';
  }

  get bytesOut(): number {
    return this.sink === null ? this.sentBytes : this.sink.bytes;
  }

  /** True when neither an answer was started nor the client has gone. */
  get isWaiting(): boolean {
    return this.phase === 'waiting';
  }

  respond(status: number, headers: HeaderBlock, body: string | Buffer): boolean {
    const line = statusLine(status);
    if (!this.begin()) return false;
    // Set first: handing over the last byte may start the next exchange.
    this.sentBytes = this.carriesNoBody(status) ? 0 : body.length;
    this.owner.answer(this, line, status, headers.text, body);
    return true;
  }

  startResponse(status: number, headers: HeaderBlock, contentLength: number | undefined): BodySink {
    const line = statusLine(status);
    if (!this.begin()) return goneSink();
    this.sink = this.owner.startAnswer(this, line, status, headers.text, contentLength);
    return this.sink;
  }

  switchProtocols(protocol: string, headers: HeaderBlock, owner: ProtocolOwner): boolean {
    if (!this.begin()) return false;
    this.owner.switchProtocols(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\n${headers.text}\r\n`,
      owner,
    );
    return true;
  }

  /** True while the client waits to be let in to a WebSocket. */
  get asksForWebSocket(): boolean {
    return this.phase === 'waiting' && this.httpMinor === 1 && this.headers.get('upgrade')?.toLowerCase() === 'websocket';
  }

  /** RFC 9110 sections 6.4.1 and 9.3.2. */
  carriesNoBody(status: number): boolean {
    return status === 204 || status === 304 || this.method === 'HEAD';
  }

  /** How the body of a streamed answer is delimited. */
  framingOf(status: number, contentLength: number | undefined): BodyFraming {
    if (this.carriesNoBody(status)) return 'swallow';
    if (contentLength !== undefined) return 'length';
    return this.httpMinor === 0 ? 'close' : 'chunked';
  }

  /** The connection has handed on the last byte of the answer. */
  finished(): void {
    this.phase = 'over';
    this.onAbort = null;
  }

  /** The connection can take more of the answer. */
  drained(): void {
    this.sink?.drained();
  }

  /** The connection is gone before the answer was complete. */
  clientGone(): void {
    if (this.phase === 'over' || this.phase === 'gone') return;
    this.phase = 'gone';
    const tell = this.onAbort;
    this.onAbort = null;
    this.sink?.closed();
    if (typeof tell === 'function') tell();
    else tell?.onClientGone();
  }

  /** False when the client has gone. Throws when the request has been answered already, which is a bug of the handler. */
  private begin(): boolean {
    if (this.phase === 'gone') return false;
    if (this.phase !== 'waiting') throw new Error(`${this.method} ${this.path} was answered twice`);
    this.phase = 'answering';
    return true;
  }
}

/** Where the answer to a client that has gone is written: the source is told at its first write that nobody listens. */
function goneSink(): BodySink {
  const sink: BodySink = {
    onDrain: null,
    onSinkClosed: null,
    write(): boolean {
      sink.onSinkClosed?.();
      return true;
    },
    end(): void {},
    abort(): void {},
  };
  return sink;
}
