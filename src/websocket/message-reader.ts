// The strict reader of client frames (RFC 6455 section 5), a state machine over whatever pieces they arrive in. What the RFC
// does not allow is a violation, found as early as its bytes are there: an unmasked frame at its second byte, one that is too
// long before any of its payload is held. A message that arrived in one piece is unmasked where it lies and not copied.

import { isUtf8 } from 'node:buffer';
import { latin1Text } from '../http1/latin1.ts';
import { closeCode, isSendableCloseCode } from './close-code.ts';
import { opcode } from './frame.ts';
import { NON_ASCII, unmask } from './unmask.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

/** What `read` found: an opcode, INCOMPLETE or VIOLATION. */
export type ReadResult = number;
/** The bytes end before a message or control frame does. */
export const INCOMPLETE = -1;
/** The client broke the protocol or a limit; `violation` says how. Nothing may be read afterwards. */
export const VIOLATION = -2;

/** How a connection that broke a rule is closed. */
export interface Violation {
  readonly code: number;
  /** Goes to the client, too. */
  readonly reason: string;
}

const violations = {
  reservedBits: { code: closeCode.protocolError, reason: 'Reserved bits are set' },
  reservedOpcode: { code: closeCode.protocolError, reason: 'The opcode is reserved' },
  unmasked: { code: closeCode.protocolError, reason: 'The frame is not masked' },
  fragmentedControl: { code: closeCode.protocolError, reason: 'A control frame is fragmented' },
  longControl: { code: closeCode.protocolError, reason: 'A control frame has more than 125 bytes' },
  nothingToContinue: { code: closeCode.protocolError, reason: 'There is no message to continue' },
  interleavedMessage: { code: closeCode.protocolError, reason: 'A message begins inside another' },
  lengthForm: { code: closeCode.protocolError, reason: 'The payload length is not in its shortest form' },
  closeLength: { code: closeCode.protocolError, reason: 'A Close frame has one byte' },
  closeCode: { code: closeCode.protocolError, reason: 'The close code may not be sent' },
  closeReason: { code: closeCode.invalidPayload, reason: 'The close reason is not UTF-8' },
  text: { code: closeCode.invalidPayload, reason: 'The text is not UTF-8' },
  binary: { code: closeCode.unsupportedData, reason: 'Binary messages are not supported' },
  frameTooBig: { code: closeCode.messageTooBig, reason: 'The frame is too big' },
  messageTooBig: { code: closeCode.messageTooBig, reason: 'The message is too big' },
  tooManyFrames: { code: closeCode.policyViolation, reason: 'The message has too many frames' },
} as const satisfies Record<string, Violation>;

const LONGEST_HEADER = 14;
const FIRST_BYTES = 1024;
const none = Buffer.alloc(0);

/** Limits the reader keeps. */
export type ReaderLimits = Pick<WebSocketLimits, 'frameBytes' | 'messageBytes' | 'framesPerMessage' | 'binary'>;

/** Reads the frames of one connection at a time; one that `isAtRest` holds nothing and can serve another connection. */
export class MessageReader {
  /** Where the next `read` of the same bytes goes on. */
  at = 0;
  // Where the payload of what was found lies: perhaps in the bytes given to `read`, and it is valid as long as they are.
  private source: Buffer = none;
  private from = 0;
  private to = 0;
  private isAscii = true;
  /** Of a Close frame: its code (1005 when it has none) and reason. */
  closeCode: number = closeCode.noStatus;
  closeReason = '';
  violation: Violation = violations.reservedBits;
  private readonly limits: ReaderLimits;

  // The frame under way.
  private readonly head = Buffer.alloc(LONGEST_HEADER);
  private headLength = 0;
  private opcode = 0;
  private fin = false;
  private key = 0;
  private frameLength = 0;
  /** Payload bytes of the frame that have not arrived; -1 while its header has not. */
  private remaining = -1;

  // The message under way: its kind (0 for none), its frames so far, and what they held when it is not in one piece.
  private kind = 0;
  private frames = 0;
  private memory: Buffer | null = null;
  private length = 0;
  private seen = 0;

  // A control frame that is not in one piece.
  private control: Buffer | null = null;
  private controlLength = 0;

  constructor(limits: ReaderLimits) {
    this.limits = limits;
  }

  /** The payload of what was found, where it lies. */
  get payload(): Buffer {
    return this.source.subarray(this.from, this.to);
  }

  /** Its bytes. */
  get payloadLength(): number {
    return this.to - this.from;
  }

  /** The payload of a text message as text of its own. Cheaper than the way over `payload`. */
  get text(): string {
    const { source, from, to } = this;
    return this.isAscii ? latin1Text(source, from, to) : source.toString('utf8', from, to);
  }

  /** True between messages, when no byte of a frame has arrived. */
  get isAtRest(): boolean {
    return this.headLength === 0 && this.remaining < 0 && this.kind === 0;
  }

  /** Reads bytes `start` to `end`, unmasking them in place, up to the end of a message or control frame. */
  read(bytes: Buffer, start: number, end: number): ReadResult {
    this.at = start;
    for (;;) {
      if (this.remaining < 0) {
        const headed = this.readHeader(bytes, end);
        if (headed !== 0) return headed;
      }
      const from = this.at;
      const to = Math.min(end, from + this.remaining);
      const seen = unmask(bytes, from, to, this.key, this.frameLength - this.remaining);
      this.at = to;
      this.remaining -= to - from;
      const isControl = this.opcode >= opcode.close;
      if (!isControl) this.seen |= seen;
      if (this.remaining > 0) {
        if (isControl) this.keepControl(bytes, from, to);
        else this.keep(bytes, from, to);
        return INCOMPLETE;
      }
      this.remaining = -1;
      if (isControl) return this.finishControl(bytes, from, to);
      if (this.fin) return this.finishMessage(bytes, from, to);
      this.keep(bytes, from, to);
    }
  }

  // --- headers ---

  /** 0 when the header is complete. */
  private readHeader(bytes: Buffer, end: number): ReadResult {
    const start = this.at;
    if (this.headLength === 0 && end - start >= 2) {
      const length = this.checkStart(bytes[start] as number, bytes[start + 1] as number);
      if (length < 0) return length;
      if (end - start >= length) {
        this.at = start + length;
        return this.finishHeader(bytes, start, length);
      }
    }
    // Not in one piece.
    let needed = this.headLength < 2 ? 2 : headerLength(this.head[1] as number);
    while (this.at < end) {
      this.head[this.headLength++] = bytes[this.at++] as number;
      if (this.headLength < needed) continue;
      if (needed === 2) {
        needed = this.checkStart(this.head[0] as number, this.head[1] as number);
        if (needed < 0) return needed;
        continue;
      }
      this.headLength = 0;
      return this.finishHeader(this.head, 0, needed);
    }
    return INCOMPLETE;
  }

  /** Checks the first two bytes. Returns the length of the whole header. */
  private checkStart(first: number, second: number): number {
    const kind = first & 0x0f;
    const length = second & 0x7f;
    if ((first & 0x70) !== 0) return this.violate(violations.reservedBits);
    if ((second & 0x80) === 0) return this.violate(violations.unmasked);
    if (kind >= opcode.close) {
      if (kind > opcode.pong) return this.violate(violations.reservedOpcode);
      if (first < 0x80) return this.violate(violations.fragmentedControl);
      if (length > 125) return this.violate(violations.longControl);
    } else {
      if (kind > opcode.binary) return this.violate(violations.reservedOpcode);
      if (kind === opcode.continuation) {
        if (this.kind === 0) return this.violate(violations.nothingToContinue);
      } else if (this.kind !== 0) return this.violate(violations.interleavedMessage);
      if (kind === opcode.binary && !this.limits.binary) return this.violate(violations.binary);
    }
    return headerLength(second);
  }

  private finishHeader(bytes: Buffer, at: number, length: number): ReadResult {
    const first = bytes[at] as number;
    let payloadLength = (bytes[at + 1] as number) & 0x7f;
    if (payloadLength === 126) {
      payloadLength = bytes.readUInt16BE(at + 2);
      if (payloadLength < 126) return this.violate(violations.lengthForm);
    } else if (payloadLength === 127) {
      const high = bytes.readUInt32BE(at + 2);
      payloadLength = high * 2 ** 32 + bytes.readUInt32BE(at + 6);
      // The highest bit must be 0, too.
      if (payloadLength < 65_536 || high >= 2 ** 31) return this.violate(violations.lengthForm);
    }
    this.opcode = first & 0x0f;
    this.fin = first >= 0x80;
    if (this.opcode < opcode.close) {
      const { limits } = this;
      if (payloadLength > limits.frameBytes) return this.violate(violations.frameTooBig);
      if (this.length + payloadLength > limits.messageBytes) return this.violate(violations.messageTooBig);
      if (++this.frames > limits.framesPerMessage) return this.violate(violations.tooManyFrames);
      if (this.kind === 0) this.kind = this.opcode;
    }
    this.key = bytes.readInt32LE(at + length - 4);
    this.frameLength = payloadLength;
    this.remaining = payloadLength;
    return 0;
  }

  private violate(violation: Violation): typeof VIOLATION {
    this.violation = violation;
    return VIOLATION;
  }

  // --- messages ---

  /** Copies a part of a message. What is held grows with what arrives, not with what is announced. */
  private keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.length + to - from;
    if (needed === 0) return;
    if (this.memory === null || this.memory.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, Math.min(needed * 2, this.limits.messageBytes), needed));
      this.memory?.copy(larger, 0, 0, this.length);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.length, from, to);
    this.length = needed;
  }

  private finishMessage(bytes: Buffer, from: number, to: number): ReadResult {
    const { kind } = this;
    if (this.length === 0) {
      this.found(bytes, from, to);
    } else {
      this.keep(bytes, from, to);
      this.found(this.memory as Buffer, 0, this.length);
    }
    this.isAscii = (this.seen & NON_ASCII) === 0;
    this.kind = 0;
    this.frames = 0;
    this.memory = null;
    this.length = 0;
    this.seen = 0;
    if (kind === opcode.text && !this.isAscii && !isUtf8(this.payload)) return this.violate(violations.text);
    return kind;
  }

  private found(source: Buffer, from: number, to: number): void {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  // --- control frames: they may come between the frames of a message ---

  private keepControl(bytes: Buffer, from: number, to: number): void {
    this.control ??= Buffer.alloc(125);
    bytes.copy(this.control, this.controlLength, from, to);
    this.controlLength += to - from;
  }

  private finishControl(bytes: Buffer, from: number, to: number): ReadResult {
    if (this.controlLength === 0) {
      this.found(bytes, from, to);
    } else {
      this.keepControl(bytes, from, to);
      this.found(this.control as Buffer, 0, this.controlLength);
      this.controlLength = 0;
      this.control = null;
    }
    return this.opcode === opcode.close ? this.readClose(this.payload) : this.opcode;
  }

  private readClose(payload: Buffer): ReadResult {
    this.closeCode = closeCode.noStatus;
    this.closeReason = '';
    if (payload.length === 0) return opcode.close;
    if (payload.length === 1) return this.violate(violations.closeLength);
    const code = payload.readUInt16BE(0);
    if (!isSendableCloseCode(code)) return this.violate(violations.closeCode);
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) return this.violate(violations.closeReason);
    this.closeCode = code;
    this.closeReason = reason.toString('utf8');
    return opcode.close;
  }
}

/** Length of a masked frame's header, by its second byte. */
function headerLength(second: number): number {
  const length = second & 0x7f;
  return length < 126 ? 6 : length === 126 ? 8 : LONGEST_HEADER;
}
