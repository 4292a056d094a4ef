// One WebSocket after its handshake (RFC 6455 sections 5 to 7), server side. While nothing is under way it is a few numbers and
// its socket: the reader, what was held back and the closing words exist only as long as they are needed.

import { performance } from 'node:perf_hooks';
import { HeldBytes } from '../http1/held-bytes.ts';
import { latin1Text } from '../http1/latin1.ts';
import type { ProtocolOwner, SwitchHost } from '../http1/protocol-switch.ts';
import type { Transport } from '../http1/transport.ts';
import { closeCode, isSendableCloseCode, REASON_BYTES_MAX } from './close-code.ts';
import { closeFrame, controlFrame, dataFrame, type MessageFrame, opcode, textFrame } from './frame.ts';
import { INCOMPLETE, type MessageReader, VIOLATION, type Violation } from './message-reader.ts';
import { type Ending, nowMs, OutgoingSide } from './outgoing-side.ts';
import type { WebSocketEndpoint } from './websocket-endpoint.ts';

/**
 * Why a message was not sent. `closed`: the connection is closing or closed. `slowConsumer`: too much waits for the client already;
 * the connection is being ended.
 */
export type SendRefusal = 'closed' | 'slowConsumer';

/**
 * `opening`: 101 not written yet. `closing`: we have said Close. `over`: nothing is read or written any more, the transport is
 * on its way out.
 */
type Life = 'opening' | 'open' | 'closing' | 'over';

const GOING_AWAY: Ending = { code: closeCode.goingAway, reason: 'Going away' };
const VANISHED: Ending = { code: closeCode.abnormal, reason: '' };
const NEVER = Number.POSITIVE_INFINITY;

export class WebSocketConnection<T = unknown> extends OutgoingSide<T> implements ProtocolOwner {
  /** Whatever the endpoint's handler wants to find here again. */
  attachment: T;
  private life: Life = 'opening';
  private told = false;
  private ending: Ending | null = null;

  /** Only while a frame or message is under way, and since when. */
  private reader: MessageReader | null = null;
  private readingSinceMs = 0;
  private paused = false;
  private held: HeldBytes | null = null;
  private inputEnded = false;

  /** The answer to the last ping that came while the client did not read. */
  private owedPong: string | null = null;

  // Whole milliseconds of performance.now(): small numbers that need no memory of their own.
  private openedMs = 0;
  private activeMs = 0;
  private closeDueMs = 0;
  private controlSecond = 0;
  private controlFrames = 0;

  /** Made by `acceptWebSocket`. */
  constructor(endpoint: WebSocketEndpoint<T>, attachment: T) {
    super(endpoint);
    this.attachment = attachment;
  }

  /** True while messages can be sent. */
  get isOpen(): boolean {
    return this.life === 'open';
  }

  get remoteAddress(): string {
    return this.transport?.remoteAddress ?? '';
  }

  get remotePort(): number {
    return this.transport?.remotePort ?? 0;
  }

  /** When the 101 was sent, in milliseconds since the epoch, give or take one. */
  get connectedAt(): number {
    return epochMs(this.openedMs);
  }

  /** When the last message went in either direction, in milliseconds since the epoch, give or take one. */
  get lastActiveAt(): number {
    return epochMs(this.activeMs);
  }

  // --- sending ---

  /** Sends a text message. Undefined when it is on its way. */
  sendText(text: string): SendRefusal | undefined {
    return this.life === 'open' ? this.send(textFrame(text)) : 'closed';
  }

  /** Sends bytes as a text message, when they are known to be UTF-8, or as a binary one. Long ones must not change afterwards. */
  sendBytes(bytes: Buffer, isText: boolean): SendRefusal | undefined {
    return this.life === 'open' ? this.send(dataFrame(isText ? opcode.text : opcode.binary, bytes)) : 'closed';
  }

  /** Sends a message that was framed before, once for many connections. */
  send(frame: MessageFrame): SendRefusal | undefined {
    if (this.life !== 'open') return 'closed';
    if (!this.hasRoomFor(frame.bytes)) return 'slowConsumer';
    this.activeMs = this.endpoint.tellingMs || nowMs();
    this.writeFrame(frame);
    return undefined;
  }

  /** Sends a ping; `payload` is latin1 text of at most 125 bytes, and comes back to `onPong`. */
  ping(payload = ''): SendRefusal | undefined {
    if (this.life !== 'open') return 'closed';
    const frame = controlFrame(opcode.ping, payload);
    if (!this.hasRoomFor(frame.length)) return 'slowConsumer';
    this.write(frame);
    return undefined;
  }

  /**
   * Says Close and waits, for a while, for the client to say it too. Messages of the client are dropped from now on. False when the
   * connection is closing already. Throws RangeError for a code that may not be sent or a reason above 123 bytes.
   */
  close(code: number, reason = ''): boolean {
    if (!isSendableCloseCode(code)) throw new RangeError(`${code} is not a close code that may be sent`);
    if (Buffer.byteLength(reason) > REASON_BYTES_MAX) throw new RangeError('a close reason has at most 123 bytes');
    return this.startClosing({ code, reason });
  }

  /** Ends the connection without a Close frame; what waits for the client is lost. The handler hears 1006. */
  terminate(): void {
    this.cutOff(VANISHED);
  }

  // --- reading ---

  /** Holds the client back: no message is told until `resume`. */
  pause(): void {
    if (this.paused || this.life !== 'open') return;
    this.paused = true;
    this.transport?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    // A message that could not become complete because of us has all its time again.
    if (this.reader !== null) this.readingSinceMs = nowMs();
    // Never from within the call of the handler's own.
    if (this.held === null) this.transport?.resume();
    else process.nextTick(readHeld, this);
    this.schedule();
  }

  // --- what http1 says: ProtocolOwner ---

  onSwitched(transport: Transport, host: SwitchHost): void {
    this.transport = transport;
    this.host = host;
    this.life = 'open';
    this.openedMs = nowMs();
    this.activeMs = this.openedMs;
    this.schedule();
  }

  onServerDrain(): void {
    this.startClosing(GOING_AWAY);
  }

  destroy(): void {
    if (this.life === 'open' && !this.congested) this.write(closeFrame(GOING_AWAY.code, GOING_AWAY.reason));
    if (this.life !== 'over') this.ending ??= GOING_AWAY;
    this.life = 'over';
    this.transport?.destroy();
  }

  // --- what the transport reports ---

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (this.life === 'over') return;
    if (this.paused || this.held !== null) this.hold(buffer, start, end);
    else this.read(buffer, start, end);
  }

  onEnd(): void {
    this.inputEnded = true;
    if (this.life !== 'over' && this.held === null) this.transport?.destroy();
  }

  onDrain(): void {
    this.nothingWaits();
    const pong = this.owedPong;
    this.owedPong = null;
    if (pong !== null && this.life === 'open') this.write(pong);
    if (this.life === 'open') this.tellDrained();
  }

  onClosed(_error: Error | undefined): void {
    this.life = 'over';
    this.host?.wheel.cancel(this);
    this.host?.left(this);
    this.reader = null;
    this.held = null;
    this.owedPong = null;
    this.nothingWaits();
    this.tell(this.ending ?? VANISHED, false);
  }

  // --- frames ---

  private read(bytes: Buffer, start: number, end: number): void {
    const wasReading = this.reader !== null;
    const reader = this.reader ?? this.endpoint.takeReader();
    let at = start;
    let heard = false;
    while (at < end && this.life !== 'over' && !this.paused) {
      const found = reader.read(bytes, at, end);
      at = reader.at;
      if (found === INCOMPLETE) break;
      heard = true;
      this.hear(found, reader);
    }
    if (this.life === 'over') {
      this.reader = null;
      return;
    }
    if (at < end) this.hold(bytes, at, end);
    if (reader.isAtRest) {
      this.reader = null;
      this.endpoint.returnReader(reader);
      return;
    }
    this.reader = reader;
    if (wasReading && !heard) return;
    this.readingSinceMs = nowMs();
    this.schedule();
  }

  private hear(found: number, reader: MessageReader): void {
    switch (found) {
      case VIOLATION:
        this.fail(reader.violation);
        return;
      case opcode.close:
        this.hearClose(reader.closeCode, reader.closeReason);
        return;
      case opcode.ping:
        if (this.acceptsControlFrame()) this.answerPing(reader.payload);
        return;
      case opcode.pong:
        if (this.acceptsControlFrame() && this.life === 'open') this.tellPong(reader.payload);
        return;
      default:
        if (this.life === 'open') this.tellMessage(reader, found === opcode.text);
    }
  }

  private tellMessage(reader: MessageReader, isText: boolean): void {
    const { endpoint } = this;
    const at = performance.now();
    this.activeMs = Math.floor(at);
    endpoint.tellingMs = this.activeMs;
    try {
      const { handler } = endpoint;
      if (isText && handler.onText !== undefined) handler.onText(this, reader.text, reader.payloadLength, at);
      else handler.onMessage(this, reader.payload, isText, at);
    } catch (error) {
      this.handlerFailed(error);
    }
    endpoint.tellingMs = 0;
  }

  private tellPong(payload: Buffer): void {
    try {
      this.endpoint.handler.onPong?.(this, payload);
    } catch (error) {
      this.handlerFailed(error);
    }
  }

  private tellDrained(): void {
    try {
      this.endpoint.handler.onDrain?.(this);
    } catch (error) {
      this.handlerFailed(error);
    }
  }

  private handlerFailed(error: unknown): void {
    this.host?.fault(error);
    this.startClosing({ code: closeCode.internalError, reason: 'Internal server error' });
  }

  /** Counts pings and pongs, which cost work and are nobody's messages. */
  private acceptsControlFrame(): boolean {
    const { limits } = this.endpoint;
    const now = nowMs();
    const second = Math.floor(now / 1000);
    if (second !== this.controlSecond) {
      this.controlSecond = second;
      this.controlFrames = 0;
    }
    if (++this.controlFrames > limits.controlFramesPerSecond) {
      this.fail({ code: closeCode.policyViolation, reason: 'Too many control frames' });
      return false;
    }
    if (limits.pingsKeepAlive) this.activeMs = now;
    return true;
  }

  private answerPing(payload: Buffer): void {
    if (this.life !== 'open') return;
    const pong = controlFrame(opcode.pong, latin1Text(payload, 0, payload.length));
    // RFC 6455 section 5.5.3: the most recent ping is enough of an answer for a client that does not read.
    if (this.congested) this.owedPong = pong;
    else this.write(pong);
  }

  private hearClose(code: number, reason: string): void {
    if (this.life === 'closing') {
      this.finish(this.ending ?? GOING_AWAY, true);
      return;
    }
    this.write(closeFrame(code === closeCode.noStatus ? undefined : code, ''));
    this.finish({ code, reason }, true);
  }

  // --- the end ---

  private startClosing(ending: Ending): boolean {
    if (this.life !== 'open') return false;
    this.life = 'closing';
    this.ending = ending;
    this.write(closeFrame(ending.code, ending.reason));
    this.closeDueMs = nowMs() + this.endpoint.limits.closeMs;
    this.schedule();
    // Its answer has to be heard.
    this.resume();
    return true;
  }

  /** The client broke a rule: it is told which, and nothing of it is read any more (RFC 6455 section 7.1.7). */
  private fail(violation: Violation): void {
    if (this.life === 'open') this.write(closeFrame(violation.code, violation.reason));
    this.finish(this.ending ?? violation, false);
  }

  /** All is said. The server closes first; the client has a while to do the same, and what it still sends is thrown away. */
  private finish(ending: Ending, wasClean: boolean): void {
    this.life = 'over';
    this.ending = ending;
    this.held = null;
    this.closeDueMs = nowMs() + this.endpoint.limits.closeMs;
    this.schedule();
    this.transport?.end();
    this.tell(ending, wasClean);
  }

  protected cutOff(ending: Ending): void {
    if (this.life === 'over' || this.life === 'opening') return;
    this.life = 'over';
    this.ending = ending;
    this.transport?.reset();
  }

  private tell(ending: Ending, wasClean: boolean): void {
    if (this.told) return;
    this.told = true;
    try {
      this.endpoint.handler.onClose(this, ending.code, ending.reason, wasClean);
    } catch (error) {
      this.host?.fault(error);
    }
  }

  // --- what was held back ---

  private hold(bytes: Buffer, start: number, end: number): void {
    this.held ??= new HeldBytes();
    this.held.append(bytes, start, end);
  }

  /** Called by `resume` in a later turn. */
  readHeld(): void {
    if (this.paused || this.held === null || this.life === 'over') return;
    const bytes = this.held.take();
    this.held = null;
    this.read(bytes, 0, bytes.length);
    if (this.held !== null || this.paused || this.transport === null) return;
    this.transport.resume();
    if (this.inputEnded) this.onEnd();
  }

  // --- deadlines ---

  protected schedule(): void {
    this.host?.wheel.schedule(this, this.dueNext());
  }

  private dueNext(): number {
    const { limits } = this.endpoint;
    if (this.life !== 'open') return this.closeDueMs;
    return Math.min(this.openedMs + limits.lifeMs, this.activeMs + limits.idleMs, this.messageDueMs, this.stallDueMs);
  }

  private get messageDueMs(): number {
    return this.reader === null || this.paused ? NEVER : this.readingSinceMs + this.endpoint.limits.messageMs;
  }

  onDeadline(): void {
    const now = performance.now();
    const { limits } = this.endpoint;
    if (this.life !== 'open') {
      if (now >= this.closeDueMs) this.transport?.destroy();
      else this.schedule();
      return;
    }
    if (now >= this.stallDueMs && this.endStalled()) return;
    if (now >= this.messageDueMs) {
      this.fail({ code: closeCode.policyViolation, reason: 'The message did not arrive in time' });
    } else if (now >= this.openedMs + limits.lifeMs || now >= this.activeMs + limits.idleMs) {
      this.startClosing(GOING_AWAY);
    } else {
      this.schedule();
    }
  }
}

/** By the wall clock of now: the other clock stands still while a machine sleeps. */
function epochMs(ms: number): number {
  return Math.round(Date.now() - performance.now() + ms);
}

function readHeld(connection: WebSocketConnection<unknown>): void {
  connection.readHeld();
}
