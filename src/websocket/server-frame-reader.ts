// The reader of a client: frames of a server (RFC 6455 section 5), unmasked, in whatever pieces they arrive in. For tools, where a
// message costs a copy; the server's own reader is message-reader.ts.

import { isUtf8 } from 'node:buffer';
import { closeCode, isSendableCloseCode } from './close-code.ts';
import { opcode } from './frame.ts';

/** One message or control frame. */
export type Received =
  | { readonly kind: 'message'; readonly payload: Buffer; readonly isText: boolean }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Buffer }
  /** 1005 when the frame carried no code. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The server broke the protocol, or the message is longer than this reader takes. Nothing may be read afterwards. */
  | { readonly kind: 'violation'; readonly code: number; readonly reason: string };

interface Head {
  readonly first: number;
  readonly length: number;
  /** Bytes of the header itself. */
  readonly bytes: number;
}

export class ServerFrameReader {
  readonly #messageBytesMax: number;
  #pending: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Of the message under way; 0 for none. */
  #kind = 0;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** What is complete with these bytes, in its order. */
  read(bytes: Buffer): Received[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const found: Received[] = [];
    for (;;) {
      const head = this.#head();
      if (head === undefined) return found;
      if ('kind' in head) return [...found, head];
      const end = head.bytes + head.length;
      if (this.#pending.length < end) return found;
      const payload = this.#pending.subarray(head.bytes, end);
      this.#pending = this.#pending.subarray(end);
      const received = this.#frame(head.first, payload);
      if (received !== undefined) found.push(received);
      if (received?.kind === 'violation' || received?.kind === 'close') return found;
    }
  }

  /** Undefined when it has not arrived. */
  #head(): Head | Extract<Received, { kind: 'violation' }> | undefined {
    const bytes = this.#pending;
    if (bytes.length < 2) return undefined;
    const first = bytes.readUInt8(0);
    const second = bytes.readUInt8(1);
    const kind = first & 0x0f;
    if ((first & 0x70) !== 0) return violation('Reserved bits are set');
    if (second >= 0x80) return violation('A server does not mask its frames');
    if (kind > opcode.pong || (kind > opcode.binary && kind < opcode.close)) return violation('The opcode is reserved');
    if (kind >= opcode.close && (first < 0x80 || second > 125)) return violation('A control frame is fragmented or too long');
    if (kind === opcode.continuation ? this.#kind === 0 : kind < opcode.close && this.#kind !== 0) {
      return violation('Frames of two messages are mixed');
    }
    const size = second === 126 ? 2 : second === 127 ? 8 : 0;
    if (bytes.length < 2 + size) return undefined;
    const length = size === 0 ? second : size === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (kind < opcode.close && this.#partBytes + length > this.#messageBytesMax) {
      return violation(`The message is longer than ${this.#messageBytesMax} bytes`, closeCode.messageTooBig);
    }
    return { first, length, bytes: 2 + size };
  }

  #frame(first: number, payload: Buffer): Received | undefined {
    const kind = first & 0x0f;
    if (kind === opcode.close) return closing(payload);
    if (kind === opcode.ping || kind === opcode.pong) return { kind: kind === opcode.ping ? 'ping' : 'pong', payload };
    if (kind !== opcode.continuation) this.#kind = kind;
    this.#parts.push(payload);
    this.#partBytes += payload.length;
    if (first < 0x80) return undefined;
    const isText = this.#kind === opcode.text;
    // The bytes are the socket's; the message is the caller's.
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    this.#kind = 0;
    if (isText && !isUtf8(whole)) return violation('The text is not UTF-8', closeCode.invalidPayload);
    return { kind: 'message', payload: whole, isText };
  }
}

function closing(payload: Buffer): Received {
  if (payload.length === 0) return { kind: 'close', code: closeCode.noStatus, reason: '' };
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  if (!isSendableCloseCode(code)) return violation('The close code may not be sent');
  return { kind: 'close', code, reason: payload.toString('utf8', 2) };
}

function violation(reason: string, code: number = closeCode.protocolError): Extract<Received, { kind: 'violation' }> {
  return { kind: 'violation', code, reason };
}
