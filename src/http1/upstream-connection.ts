// One connection to an upstream: writes a request with framing of its own, reads the response strictly, and is reused
// only after an exchange that left no doubt where it ended.

import { performance } from 'node:perf_hooks';
import { BROKEN, ChunkedDecoder } from './chunked.ts';
import type { ConnectReceiver } from './connect-transport.ts';
import { INCOMPLETE, REFUSED } from './field-section.ts';
import { HeldBytes } from './held-bytes.ts';
import { type BodySource, IncomingBody } from './incoming-body.ts';
import { KnownSection } from './known-section.ts';
import { latin1Text } from './latin1.ts';
import type { UpstreamLimits } from './limits.ts';
import type { BodyFailure, MessageBody, UpstreamCall, UpstreamFailureKind } from './message.ts';
import { OutgoingBody, type SinkOwner } from './outgoing-body.ts';
import { bodyFraming, type KnownResponseSection, type ResponseParser } from './response-parser.ts';
import { TimerNode, type TimerWheel } from './timer-wheel.ts';
import type { Transport } from './transport.ts';
import type { ExchangeCarrier, UpstreamExchange } from './upstream-exchange.ts';
import { noBody, TEXT_BYTES_MAX, WholeBody } from './whole-body.ts';

/** What a connection needs from the pool it belongs to. */
export interface UpstreamHost {
  readonly limits: UpstreamLimits;
  readonly wheel: TimerWheel;
  readonly parser: ResponseParser;
  /** Opens a transport that reports to `receiver`. */
  connect(receiver: ConnectReceiver): Transport;
  /** The connection can carry another call. */
  released(connection: UpstreamConnection): void;
  /** The connection cannot be used any more. */
  gone(connection: UpstreamConnection): void;
  /** The call is to be sent again on a new connection. */
  retry(exchange: UpstreamExchange): void;
  fault(error: unknown): void;
}

const LF = 10;

type Life = 'connecting' | 'open' | 'gone';

export class UpstreamConnection extends TimerNode implements ConnectReceiver, BodySource, SinkOwner, ExchangeCarrier {
  private readonly host: UpstreamHost;
  private readonly transport: Transport;
  private life: Life = 'connecting';
  private exchange: UpstreamExchange | null = null;
  private calls = 0;
  /** The request has left completely; until then a response is early. */
  private requestSent = false;
  private sink: OutgoingBody | null = null;
  private congested = false;
  private reusable = false;
  private sawResponse = false;
  private interim = 0;

  private body: IncomingBody | null = null;
  private framing: number = bodyFraming.none;
  private bodyRemaining = 0;
  private decoder: ChunkedDecoder | null = null;
  private bodyPaused = false;
  /** A part of a response head. */
  private readonly held = new HeldBytes();
  private readonly known: KnownResponseSection = new KnownSection();

  constructor(host: UpstreamHost) {
    super();
    this.host = host;
    this.transport = host.connect(this);
    host.wheel.schedule(this, performance.now() + host.limits.connectMs);
  }

  /** Carries a call; the connection must be new or idle. */
  start(exchange: UpstreamExchange): void {
    this.exchange = exchange;
    exchange.carrier = this;
    this.calls++;
    this.requestSent = false;
    this.sawResponse = false;
    this.interim = 0;
    if (this.life !== 'open') return;
    // A connection is in the wheel anyway: moving its time on costs less than entering every call and taking it out again.
    this.host.wheel.schedule(this, exchange.deadlineMs);
    try {
      this.sendRequest(exchange);
    } catch (error) {
      // A body that was consumed before, for instance: the caller's bug, told as a fault and a failed call.
      this.faulted(error);
    }
  }

  /** Nothing to do: closes itself after a while. */
  rest(): void {
    this.host.wheel.schedule(this, this.host.wheel.dueIn(this.host.limits.idleMs));
  }

  destroy(): void {
    this.end('reset', 'the connection was closed');
  }

  /** Its call is over for the caller. */
  dropped(): void {
    this.exchange = null;
    this.body = null;
    this.end('reset', 'the call was given up');
  }

  onDeadline(): void {
    if (this.life === 'connecting') this.end('connect', `no connection within ${this.host.limits.connectMs} ms`);
    else if (this.exchange === null) this.destroy();
    else this.exchange.onDeadline();
  }

  // --- what the transport reports ---

  onConnected(): void {
    if (this.life !== 'connecting') return;
    this.life = 'open';
    this.host.wheel.cancel(this);
    if (this.exchange !== null) this.guard(() => this.sendRequest(this.exchange as UpstreamExchange));
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (this.life !== 'open') return;
    try {
      if (this.held.length === 0) this.consume(buffer, start, end);
      else this.onMoreOfHead(buffer, start, end);
    } catch (error) {
      this.faulted(error);
    }
  }

  onEnd(): void {
    if (this.life !== 'open') {
      this.end('connect', 'the upstream closed the connection as it was opened');
      return;
    }
    const { body } = this;
    if (body !== null && this.framing === bodyFraming.close) {
      this.guard(() => {
        this.reusable = false;
        this.bodyOver(body);
      });
      return;
    }
    this.end(
      this.held.length === 0 ? 'reset' : 'malformed',
      'the upstream closed the connection before the response was complete',
    );
  }

  onCongested(): void {
    this.congested = true;
  }

  onDrain(): void {
    this.congested = false;
    if (this.sink !== null) this.guard(() => this.sink?.drained());
  }

  onClosed(error: Error | undefined): void {
    const message = error === undefined ? 'the upstream closed the connection' : describe(error);
    const opening = isUnknownName(error) ? 'lookup' : 'connect';
    this.end(this.life === 'connecting' ? opening : 'reset', message);
  }

  // --- the request ---

  private sendRequest(exchange: UpstreamExchange): void {
    const { call } = exchange;
    const body = exchange.takenBody ?? wholeBody(exchange, call);
    const start = `${call.method} ${call.target} HTTP/1.1\r\n${call.headers.text}`;
    if (body === null) {
      this.requestSent = true;
      this.write(start + (needsNoLength(call.method) ? '\r\n' : 'Content-Length: 0\r\n\r\n'));
    } else if (typeof body === 'string') {
      this.requestSent = true;
      this.write(`${start}Content-Length: ${body.length}\r\n\r\n${body}`);
    } else if (Buffer.isBuffer(body)) {
      this.requestSent = true;
      this.transport.cork();
      this.write(`${start}Content-Length: ${body.length}\r\n\r\n`);
      this.write(body);
      this.transport.uncork();
    } else {
      exchange.streamed = true;
      const length = body.length;
      this.sink = new OutgoingBody(this, length === undefined ? 'chunked' : 'length', length ?? 0);
      this.transport.cork();
      process.nextTick(uncork, this.transport);
      this.write(`${start}${length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`);
      body.pipeTo(this.sink);
    }
  }

  private write(data: string | Buffer): void {
    if (!this.transport.write(data)) this.congested = true;
  }

  sendBody(data: string | Buffer): boolean {
    this.write(data);
    return !this.congested;
  }

  onSinkEnded(): void {
    this.requestSent = true;
    this.sink = null;
  }

  onSinkBroken(failure: BodyFailure): void {
    this.sink = null;
    const exchange = this.exchange;
    this.exchange = null;
    this.body = null;
    exchange?.fail('requestBody', `the request body failed (${failure})`, failure);
    this.end('reset', 'the request body failed');
  }

  // --- the response ---

  private consume(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.life !== 'open') return;
      if (this.body !== null) {
        at = this.receiveBody(this.body, bytes, at, end);
        continue;
      }
      const exchange = this.exchange;
      // Bytes nobody asked for: the connection is not trusted with another call.
      if (exchange === null) {
        this.end('reset', 'the upstream sent bytes that belong to no request');
        return;
      }
      this.sawResponse = true;
      const { parser } = this.host;
      const headBytes = parser.parse(bytes, at, end, this.known);
      if (headBytes === INCOMPLETE) {
        this.held.append(bytes, at, end);
        return;
      }
      if (headBytes === REFUSED) {
        this.end(parser.tooLarge ? 'tooLarge' : 'malformed', `malformed response: ${parser.refusal}`);
        return;
      }
      at += headBytes;
      if (parser.status >= 200) at = this.receiveResponse(exchange, bytes, at, end);
      else if (parser.status === 101) {
        this.end('malformed', 'the upstream switched protocols without being asked');
        return;
      } else if (!parser.isValidInterim) {
        this.end('malformed', 'an interim response announces a body or the end of the connection');
        return;
      } else if (++this.interim > this.host.limits.interimResponses) {
        this.end('malformed', 'too many interim responses');
        return;
      }
    }
  }

  /** A head cannot become complete, or wrong in a new way, before a line ends or it becomes too long. */
  private onMoreOfHead(buffer: Buffer, start: number, end: number): void {
    const lineEnded = buffer.subarray(start, end).includes(LF);
    this.held.append(buffer, start, end);
    if (!lineEnded && this.held.length < this.host.limits.headBytes) return;
    const bytes = this.held.take();
    this.consume(bytes, 0, bytes.length);
    this.held.trim();
  }

  private receiveResponse(exchange: UpstreamExchange, bytes: Buffer, bodyAt: number, end: number): number {
    const { parser } = this.host;
    const framing = parser.framing(exchange.call.method);
    this.framing = framing;
    this.reusable = parser.keepAlive && framing !== bodyFraming.close;
    if (framing === bodyFraming.none) {
      this.deliverWhole(exchange, noBody, bodyAt === end);
      return end;
    }
    const length = framing === bodyFraming.length ? parser.declaredLength : undefined;
    if (length !== undefined && length > exchange.maxResponseBytes) {
      this.end('tooLarge', `the response body has ${length} bytes, more than ${exchange.maxResponseBytes}`);
      return end;
    }
    if (length !== undefined && parser.bodyText !== undefined) {
      this.deliverWhole(exchange, new WholeBody(parser.bodyText), bodyAt + length === end);
      return end;
    }
    const body = new IncomingBody(this, length, exchange.maxResponseBytes);
    exchange.accept(parser, body);
    this.bodyRemaining = length ?? 0;
    if (framing === bodyFraming.chunked) return this.receiveFirstChunks(exchange, body, bytes, bodyAt, end);
    this.body = body;
    exchange.deliver(body);
    return bodyAt;
  }

  /** A small chunked response that came with its head is handed on whole. */
  private receiveFirstChunks(exchange: UpstreamExchange, body: IncomingBody, bytes: Buffer, bodyAt: number, end: number): number {
    const decoder = new ChunkedDecoder();
    const at = decoder.decode(bytes, bodyAt, end, body);
    if (this.life !== 'open') return end;
    if (at === BROKEN) {
      this.end('malformed', 'malformed response: broken chunked coding');
      return end;
    }
    if (decoder.done) {
      body.finish();
      this.finishCall(at === end);
      exchange.deliver(null);
      return end;
    }
    this.decoder = decoder;
    this.body = body;
    exchange.deliver(body);
    return end;
  }

  private deliverWhole(exchange: UpstreamExchange, body: MessageBody, nothingFollows: boolean): void {
    exchange.accept(this.host.parser, body);
    // The connection is free before the receiver runs, which may call again at once.
    this.finishCall(nothingFollows);
    exchange.deliver(null);
  }

  private receiveBody(body: IncomingBody, bytes: Buffer, start: number, end: number): number {
    let at = end;
    let complete = false;
    if (this.framing === bodyFraming.chunked) {
      const decoder = this.decoder as ChunkedDecoder;
      at = decoder.decode(bytes, start, end, body);
      if (at === BROKEN) {
        this.end('malformed', 'malformed response: broken chunked coding');
        return end;
      }
      complete = decoder.done;
    } else if (this.framing === bodyFraming.length) {
      at = Math.min(end, start + this.bodyRemaining);
      this.bodyRemaining -= at - start;
      body.push(bytes, start, at);
      complete = this.bodyRemaining === 0;
    } else {
      body.push(bytes, start, end);
    }
    if (!complete || this.body !== body) return at;
    if (at < end) this.reusable = false;
    this.bodyOver(body);
    return end;
  }

  private bodyOver(body: IncomingBody): void {
    const exchange = this.exchange;
    this.body = null;
    this.decoder = null;
    this.finishCall(true);
    exchange?.complete();
    body.finish();
  }

  /** The response is complete: the connection goes back to the pool, or ends. */
  private finishCall(nothingFollows: boolean): void {
    this.exchange = null;
    if (this.bodyPaused) this.resumeBody();
    if (this.reusable && nothingFollows && this.requestSent && this.life === 'open') this.host.released(this);
    else this.end('reset', 'the connection is not used again');
  }

  // --- BodySource: what the consumer of the response says ---

  onBodyWanted(): void {}

  pauseBody(): void {
    if (this.bodyPaused) return;
    this.bodyPaused = true;
    this.transport.pause();
  }

  resumeBody(): void {
    if (!this.bodyPaused) return;
    this.bodyPaused = false;
    this.transport.resume();
  }

  onBodyUnwanted(): void {
    this.exchange?.complete();
    this.dropped();
  }

  onBodyTooLarge(): void {
    const exchange = this.exchange;
    this.dropped();
    exchange?.fail('tooLarge', `the response body has more than ${exchange.maxResponseBytes} bytes`);
  }

  // --- the end ---

  /** Ends the connection and, with the given failure, the call on it. */
  private end(kind: UpstreamFailureKind, message: string): void {
    if (this.life === 'gone') return;
    this.life = 'gone';
    this.host.wheel.cancel(this);
    const { exchange, sink } = this;
    this.exchange = null;
    this.sink = null;
    this.body = null;
    this.held.clear();
    const isUnsent = this.transport.holdsAll;
    this.transport.destroy();
    this.host.gone(this);
    try {
      const isStale = kind === 'reset' && this.calls > 1 && !this.sawResponse;
      // What has not left can be sent again whatever it asks for.
      if (isStale && exchange?.over === false && (isUnsent ? exchange.unsentRepeatable : exchange.repeatable)) {
        // The upstream closed a kept connection just as it was used again.
        exchange.retried = true;
        exchange.carrier = null;
        this.host.retry(exchange);
        return;
      }
      exchange?.fail(kind, message);
      sink?.closed();
    } catch (error) {
      this.host.fault(error);
    }
  }

  private faulted(error: unknown): void {
    this.host.fault(error);
    this.end('reset', 'a fault of the gateway');
  }

  private guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.faulted(error);
    }
  }
}

/** True for methods whose requests need no Content-Length when they have no body (RFC 9110 section 8.6). */
function needsNoLength(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS';
}

/** The body as text or bytes when it is at hand, the MessageBody when it must be streamed, null when there is none. */
function wholeBody(exchange: UpstreamExchange, call: UpstreamCall): string | Buffer | MessageBody | null {
  const { body } = call;
  if (body === null || typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.length <= TEXT_BYTES_MAX ? latin1Text(body, 0, body.length) : body;
  const text = body.takeText();
  if (text === undefined) return body;
  if (text === '' && body.length === 0) return null;
  exchange.takenBody = text;
  return text;
}

function isUnknownName(error: Error | undefined): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.syscall === 'getaddrinfo';
}

function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}

function uncork(transport: Transport): void {
  transport.uncork();
}
