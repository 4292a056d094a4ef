// The state machine of an accepted connection: one request at a time, answers in order, nothing held that is not bounded,
// and every wait of the client's making limited. After anything malformed it answers once, closes, and never parses again.

import { performance } from 'node:perf_hooks';
import { AnswerWriter } from './answer-writer.ts';
import { BodyArrival } from './body-arrival.ts';
import { BROKEN } from './chunked.ts';
import type { ConnectionHost } from './connection-host.ts';
import { endOfHead, KEEP_ALIVE } from './end-of-head.ts';
import { Exchange, type ExchangeOwner } from './exchange.ts';
import { INCOMPLETE, REFUSED } from './field-section.ts';
import { HeldBytes } from './held-bytes.ts';
import { type BodySource, IncomingBody } from './incoming-body.ts';
import { KnownSection } from './known-section.ts';
import type { BodyFailure, MessageBody, RequestAddress } from './message.ts';
import { OutgoingBody, type SinkOwner } from './outgoing-body.ts';
import { type ProtocolOwner, switchOver } from './protocol-switch.ts';
import type { KnownRequestSection } from './request-parser.ts';
import { statusLine } from './status-line.ts';
import { TimerNode } from './timer-wheel.ts';
import type { Transport, TransportReceiver } from './transport.ts';
import { noBody, WholeBody } from './whole-body.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** A request body the handler did not want is read to its end up to this; a longer one ends the connection. */
const UNWANTED_BYTES_MAX = 65_536;
const BODY_CHECK_MS = 1000;
const LF = 10;

type Life = 'open' | 'switched' | 'lingering' | 'gone';

export class ServerConnection extends TimerNode implements TransportReceiver, BodySource, SinkOwner, ExchangeOwner {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly host: ConnectionHost;
  private readonly transport: Transport;
  private life: Life = 'open';
  private exchange: Exchange | null = null;
  /** The answer under way is the last one on this connection. */
  private lastAnswer = false;
  private requests = 0;
  private inputEnded = false;

  /** The body of the current request while it has not arrived completely; it outlives its exchange while it is drained. */
  private arrival: BodyArrival | null = null;
  private readonly held = new HeldBytes();
  private consuming = false;
  /** Bytes behind the request being handed over, while they are still in the read buffer. */
  private following = 0;
  private readingPaused = false;

  private readonly writer: AnswerWriter;
  private readonly known: KnownRequestSection = new KnownSection();

  private headDueMs: number;
  private bodyDueMs = NEVER;
  private idleDueMs = NEVER;
  private lingerDueMs = NEVER;

  constructor(host: ConnectionHost, transport: Transport) {
    super();
    this.host = host;
    this.transport = transport;
    this.writer = new AnswerWriter(transport, host.limits.writeStallMs);
    this.remoteAddress = transport.remoteAddress;
    this.remotePort = transport.remotePort;
    this.localPort = transport.localPort;
    this.headDueMs = performance.now() + host.limits.headMs;
    host.wheel.schedule(this, this.headDueMs);
  }

  /** True when no request is being received or answered. */
  get isIdle(): boolean {
    return this.exchange === null && this.arrival === null && this.held.length === 0;
  }

  /** Ends the connection now. */
  destroy(): void {
    this.transport.destroy();
  }

  // --- what the transport reports ---

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (this.life !== 'open') return;
    try {
      if (this.held.length === 0) this.consume(buffer, start, end);
      else this.onMoreBytes(buffer, start, end);
      if (this.isIdle) this.next();
    } catch (error) {
      this.fault(error);
    }
  }

  onEnd(): void {
    this.inputEnded = true;
    if (this.life !== 'open') return;
    if (this.arrival !== null) {
      // The request breaks off: there is no answer to half a request.
      this.transport.destroy();
    } else if (this.exchange === null) {
      // Nothing, or a part of a head.
      this.endAndLinger();
    }
    // Otherwise the client has said its last request and may still read the answer: but nobody opens a WebSocket that it cannot use.
    else if (this.exchange.asksForWebSocket) this.transport.destroy();
  }

  onCongested(): void {
    this.writer.stalls();
    this.host.wheel.schedule(this, this.dueNext());
  }

  onDrain(): void {
    const wasBusy = this.writer.isBusy;
    this.writer.drained();
    try {
      if (this.writer.isBusy) this.host.wheel.schedule(this, this.dueNext());
      else if (wasBusy) this.answerDone();
      else if (this.exchange !== null) this.exchange.drained();
      else if (this.life === 'lingering') this.endAndLinger();
      else this.next();
    } catch (error) {
      this.fault(error);
    }
  }

  onClosed(): void {
    this.life = 'gone';
    this.host.wheel.cancel(this);
    this.host.gone(this);
    const { arrival, exchange } = this;
    this.arrival = null;
    this.exchange = null;
    this.held.clear();
    this.writer.clear();
    try {
      arrival?.body.fail('aborted');
      exchange?.clientGone();
    } catch (error) {
      this.host.fault(error);
    }
  }

  // --- requests ---

  private consume(bytes: Buffer, start: number, end: number): void {
    this.consuming = true;
    let at = start;
    while (at < end && this.life === 'open') {
      if (this.arrival !== null) {
        at = this.receiveBody(this.arrival, bytes, at, end);
        continue;
      }
      if (this.exchange !== null || this.writer.congested || this.lastAnswer) break;
      const headBytes = this.host.parser.parse(bytes, at, end, this.known);
      if (headBytes === INCOMPLETE) {
        this.waitForHead();
        break;
      }
      if (headBytes === REFUSED) {
        const { status, reason } = this.host.parser.refusal;
        this.refuse(status, reason);
        break;
      }
      at = this.receiveRequest(bytes, headBytes, at + headBytes, end);
    }
    this.consuming = false;
    this.following = 0;
    this.hold(bytes, at, end);
  }

  /** More came while a part of a head, or a request that waits, is held. */
  private onMoreBytes(buffer: Buffer, start: number, end: number): void {
    const lineEnded = buffer.subarray(start, end).includes(LF);
    this.hold(buffer, start, end);
    if (this.exchange !== null || this.arrival !== null || this.writer.congested) return;
    // A head cannot become complete, or wrong in a new way, before a line ends or it becomes too long.
    if (lineEnded || this.held.length >= this.host.limits.headBytes) this.consumeHeld();
  }

  private consumeHeld(): void {
    if (this.held.length === 0) return;
    const bytes = this.held.take();
    this.consume(bytes, 0, bytes.length);
    this.held.trim();
  }

  /** Keeps what could not be used yet, and holds the client back when that is enough. */
  private hold(bytes: Buffer, start: number, end: number): void {
    if (start === end || (this.life !== 'open' && this.life !== 'switched')) return;
    this.held.append(bytes, start, end);
    if (!this.readingPaused && this.held.length >= this.host.limits.pipelinedBytes) {
      this.readingPaused = true;
      this.transport.pause();
    }
  }

  private receiveRequest(bytes: Buffer, headBytes: number, bodyAt: number, end: number): number {
    const { limits, parser } = this.host;
    this.headDueMs = NEVER;
    this.idleDueMs = NEVER;
    this.requests++;
    const length = parser.bodyLength;
    let body: MessageBody = noBody;
    let at = bodyAt;
    if (length > limits.bodyBytes) {
      this.refuse(413, 'the request body is too large', parser.address());
      return end;
    }
    if (parser.bodyText !== undefined) {
      at += length;
      body = new WholeBody(parser.bodyText);
    } else if (length !== 0) {
      const incoming = new IncomingBody(this, length < 0 ? undefined : length, limits.bodyBytes);
      const arrival = new BodyArrival(incoming, length, parser.expectContinue && bodyAt === end, limits);
      body = incoming;
      this.arrival = arrival;
      this.bodyDueMs = performance.now() + BODY_CHECK_MS;
      this.host.wheel.schedule(this, this.bodyDueMs);
      at = this.receiveBody(arrival, bytes, bodyAt, end);
      if (this.life !== 'open') return end;
    }
    const exchange = new Exchange(this, parser, headBytes, body, performance.now());
    this.exchange = exchange;
    this.following = end - at;
    this.host.onRequest(exchange);
    return at;
  }

  private receiveBody(arrival: BodyArrival, bytes: Buffer, start: number, end: number): number {
    const at = arrival.receive(bytes, start, end);
    if (this.arrival !== arrival) return at === BROKEN ? end : at;
    if (at === BROKEN) {
      this.bodyBroken(arrival);
      return end;
    }
    if (arrival.complete) {
      this.arrivalOver();
      arrival.body.finish();
    } else if (arrival.unwantedBytes > UNWANTED_BYTES_MAX) {
      this.lastAnswer = true;
      if (this.exchange === null) this.endAndLinger();
    }
    return at;
  }

  private arrivalOver(): void {
    this.resumeBody();
    this.arrival = null;
    this.bodyDueMs = NEVER;
  }

  private bodyBroken(arrival: BodyArrival): void {
    this.arrivalOver();
    this.lastAnswer = true;
    arrival.body.fail('malformed');
    // The handler may have answered when it heard; if nobody did, the core does.
    const exchange = this.exchange;
    if (this.life !== 'open' || exchange?.isWaiting === false) return;
    this.exchange = null;
    this.refuse(400, 'the chunked coding of the request body is malformed');
    exchange?.clientGone();
  }

  private waitForHead(): void {
    if (this.headDueMs !== NEVER) return;
    this.idleDueMs = NEVER;
    this.headDueMs = performance.now() + this.host.limits.headMs;
    this.host.wheel.schedule(this, this.headDueMs);
  }

  // --- BodySource: what the consumer of the request body says ---

  onBodyWanted(): void {
    const arrival = this.arrival;
    if (arrival === null || !arrival.continueOwed || this.exchange?.answered === true) return;
    arrival.continued();
    this.send('HTTP/1.1 100 Continue\r\n\r\n');
  }

  pauseBody(): void {
    if (this.arrival === null || this.arrival.paused) return;
    this.arrival.pause();
    this.transport.pause();
  }

  resumeBody(): void {
    if (this.arrival === null || !this.arrival.paused) return;
    this.arrival.resume();
    if (!this.readingPaused) this.transport.resume();
  }

  onBodyUnwanted(): void {
    this.arrival?.unwanted();
    this.resumeBody();
  }

  onBodyTooLarge(): void {
    this.lastAnswer = true;
  }

  // --- answers ---

  answer(exchange: Exchange, line: string, status: number, headers: string, body: string | Buffer): void {
    const bodyless = exchange.carriesNoBody(status);
    // A HEAD answered without a body does not know the length that GET would have had.
    const connection = this.connectionField(exchange);
    const end = status === 204 || (bodyless && body.length === 0) ? connection : endOfHead(body.length, connection);
    this.writer.writeMessage(`${line}${headers}${end}`, bodyless ? '' : body);
    if (this.writer.congested) this.host.wheel.schedule(this, this.dueNext());
    if (!this.writer.isBusy) this.answerDone();
  }

  startAnswer(
    exchange: Exchange,
    line: string,
    status: number,
    headers: string,
    contentLength: number | undefined,
  ): OutgoingBody {
    const framing = exchange.framingOf(status, contentLength);
    let field = '';
    if (contentLength !== undefined && status !== 204) field = `Content-Length: ${contentLength}\r\n`;
    else if (framing === 'chunked') field = 'Transfer-Encoding: chunked\r\n';
    if (framing === 'close') this.lastAnswer = true;
    // The head leaves together with what the source has at hand, and not later than this turn of the loop.
    this.transport.cork();
    process.nextTick(uncork, this.transport);
    this.send(`${line}${headers}${field}${this.connectionField(exchange)}`);
    return new OutgoingBody(this, framing, contentLength ?? 0);
  }

  switchProtocols(head: string, owner: ProtocolOwner): void {
    if (this.arrival !== null) throw new Error('a request whose body has not arrived cannot switch protocols');
    const late = this.held.length + this.following > 0 || this.inputEnded;
    this.life = 'switched';
    this.exchange?.finished();
    this.exchange = null;
    this.host.wheel.cancel(this);
    this.host.switched(this, owner);
    switchOver(this.transport, head, owner, this.host, late ? this.held : null, this.inputEnded);
  }

  sendBody(data: string | Buffer): boolean {
    this.send(data);
    return !this.writer.congested;
  }

  onSinkEnded(): void {
    this.answerDone();
  }

  onSinkBroken(_failure: BodyFailure): void {
    this.transport.reset();
  }

  /** Decides whether this answer is the last, and says so: the end of its head. */
  private connectionField(exchange: Exchange): string {
    const { draining, limits } = this.host;
    if (
      !exchange.keepAlive ||
      draining ||
      this.requests >= limits.requestsPerConnection ||
      (this.inputEnded && this.held.length + this.following === 0) ||
      (this.arrival !== null && (this.arrival.continueOwed || this.arrival.declaredRest > UNWANTED_BYTES_MAX))
    ) {
      this.lastAnswer = true;
    }
    if (this.lastAnswer) return 'Connection: close\r\n\r\n';
    return exchange.httpMinor === 0 || this.host.announceKeepAlive ? KEEP_ALIVE : '\r\n';
  }

  private send(data: string | Buffer): void {
    this.writer.write(data);
    if (this.writer.congested) this.host.wheel.schedule(this, this.dueNext());
  }

  private answerDone(): void {
    const exchange = this.exchange;
    this.exchange = null;
    exchange?.finished();
    if (this.life !== 'open') return;
    this.arrival?.body.abandon();
    if (this.lastAnswer) {
      this.endAndLinger();
      return;
    }
    if (this.arrival === null && !this.consuming) this.next();
  }

  /** Goes on after an answer: with a request that waits, or with waiting for one. */
  private next(): void {
    if (this.life !== 'open' || this.exchange !== null || this.arrival !== null) return;
    if (this.held.length > 0) {
      // Not from within the answering handler's own call.
      process.nextTick(consumeHeld, this);
      return;
    }
    if (this.inputEnded) {
      this.endAndLinger();
      return;
    }
    this.idleDueMs = this.host.wheel.dueIn(this.host.limits.idleMs);
    this.host.wheel.schedule(this, this.dueNext());
  }

  /** Called by `next` in a later turn. */
  proceed(): void {
    if (this.life !== 'open' || this.exchange !== null || this.arrival !== null || this.writer.congested || this.consuming)
      return;
    try {
      if (this.readingPaused) {
        this.readingPaused = false;
        this.transport.resume();
      }
      this.consumeHeld();
      // A part of a head is left over, and nothing will follow.
      if (this.inputEnded && this.exchange === null && !this.writer.congested && this.life === 'open') this.endAndLinger();
      else if (this.isIdle) this.next();
    } catch (error) {
      this.fault(error);
    }
  }

  // --- refusals and the end ---

  private refuse(status: number, reason: string, address?: RequestAddress): void {
    this.lastAnswer = true;
    const { headers, body } = this.host.refusal(status, reason, address);
    this.send(`${statusLine(status)}${headers.text}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    this.endAndLinger();
    this.host.refused(status, reason, this.transport);
  }

  /** Code of ours threw. The client is told if it can still be, the connection ends, the process lives. */
  private fault(error: unknown): void {
    this.consuming = false;
    this.following = 0;
    this.host.fault(error);
    // What arrived behind the head is lost to the owner.
    if (this.life === 'switched') this.transport.destroy();
    if (this.life !== 'open') return;
    const exchange = this.exchange;
    if (exchange === null) {
      // The answer has been handed over; it still reaches the client.
      this.endAndLinger();
      return;
    }
    if (!exchange.isWaiting) {
      this.transport.reset();
      return;
    }
    this.exchange = null;
    const arrival = this.arrival;
    this.arrivalOver();
    this.refuse(500, 'the request met a fault of the gateway');
    try {
      exchange.clientGone();
      arrival?.body.fail('aborted');
    } catch (another) {
      this.host.fault(another);
    }
  }

  /** Says that nothing follows, and lets the client read what was sent before the connection is gone (RFC 9112 section 9.6). */
  private endAndLinger(): void {
    this.life = 'lingering';
    this.held.clear();
    this.headDueMs = NEVER;
    this.idleDueMs = NEVER;
    this.bodyDueMs = NEVER;
    // Ended only when all has left: afterwards the socket no longer says so, and a slow reader would be cut off.
    this.transport.flush();
    if (this.writer.congested) return;
    this.transport.end();
    this.linger();
  }

  private linger(): void {
    this.lingerDueMs = performance.now() + this.host.limits.lingerMs;
    this.host.wheel.schedule(this, this.lingerDueMs);
    // What still comes is read and thrown away: closing with unread bytes would reset the connection under the answer.
    this.transport.resume();
  }

  // --- deadlines ---

  onDeadline(): void {
    const now = performance.now();
    if (now >= this.writer.stallDueMs || now >= this.lingerDueMs) {
      this.transport.destroy();
      return;
    }
    if (now >= this.headDueMs) {
      this.headDueMs = NEVER;
      if (this.held.length === 0) this.transport.destroy();
      else this.refuse(408, 'the head did not arrive in time');
    }
    if (now >= this.idleDueMs) {
      this.idleDueMs = NEVER;
      this.endAndLinger();
    }
    if (now >= this.bodyDueMs) this.checkBody(now);
    const due = this.dueNext();
    if (due !== NEVER && this.life !== 'gone') this.host.wheel.schedule(this, due);
  }

  private dueNext(): number {
    return Math.min(this.headDueMs, this.bodyDueMs, this.writer.stallDueMs, this.idleDueMs, this.lingerDueMs);
  }

  private checkBody(now: number): void {
    const arrival = this.arrival;
    this.bodyDueMs = arrival === null ? NEVER : now + BODY_CHECK_MS;
    if (arrival === null || !arrival.isLate(now)) return;
    this.arrivalOver();
    this.lastAnswer = true;
    arrival.body.fail('timeout');
    // A handler that has not answered yet still can; an answer under way cannot be trusted to be complete.
    if (this.exchange === null) this.endAndLinger();
    else if (!this.exchange.isWaiting && this.life === 'open') this.transport.reset();
  }
}

function uncork(transport: Transport): void {
  transport.uncork();
}

function consumeHeld(connection: ServerConnection): void {
  connection.proceed();
}
