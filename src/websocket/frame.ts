// Frames as they are written (RFC 6455 section 5.2): unmasked, whole, without extensions.

import { Buffer } from 'node:buffer';
import { latin1Text } from '../http1/latin1.ts';

/** What a frame holds. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export type DataOpcode = typeof opcode.text | typeof opcode.binary;
export type ControlOpcode = typeof opcode.close | typeof opcode.ping | typeof opcode.pong;

const FIN = 0x80;
/** Payloads up to this are written as one string with their header: the kernel takes it whole, nothing is left to keep track of. */
const TEXT_BYTES_MAX = 16_384;

/** A message ready to be written to any number of connections. Either `wire` is all of it, or `payload` follows it. */
export interface MessageFrame {
  /** latin1 text. */
  readonly wire: string;
  readonly payload: Buffer | undefined;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** Bytes of the message. */
  readonly payloadBytes: number;
}

/** A text message as one frame. */
export function textFrame(text: string): MessageFrame {
  const length = Buffer.byteLength(text);
  // As many bytes as characters: ASCII, which is its own latin1 text.
  if (length === text.length) return wireOnly(frameHeader(opcode.text, length) + text, length);
  return dataFrame(opcode.text, Buffer.from(text, 'utf8'));
}

/** A message of bytes as one frame. The bytes must not change until it has been written: long ones are not copied. */
export function dataFrame(kind: DataOpcode, payload: Buffer): MessageFrame {
  const header = frameHeader(kind, payload.length);
  if (payload.length <= TEXT_BYTES_MAX) return wireOnly(header + latin1Text(payload, 0, payload.length), payload.length);
  return { wire: header, payload, bytes: header.length + payload.length, payloadBytes: payload.length };
}

/** A control frame as latin1 text. The payload is latin1 text of at most 125 bytes. */
export function controlFrame(kind: ControlOpcode, payload: string): string {
  if (payload.length > 125) throw new RangeError('a control frame has at most 125 bytes');
  return frameHeader(kind, payload.length) + payload;
}

/** A Close frame as latin1 text: code, then the reason in UTF-8. Without a code it is empty. */
export function closeFrame(code: number | undefined, reason: string): string {
  if (code === undefined) return controlFrame(opcode.close, '');
  return controlFrame(opcode.close, String.fromCharCode(code >> 8, code & 0xff) + Buffer.from(reason, 'utf8').toString('latin1'));
}

function wireOnly(wire: string, payloadBytes: number): MessageFrame {
  return { wire, payload: undefined, bytes: wire.length, payloadBytes };
}

/** The headers of short frames are used again and again. */
const shortHeaders: readonly (readonly string[])[] = Array.from({ length: 16 }, (_, kind) =>
  Array.from({ length: 126 }, (__, length) => String.fromCharCode(FIN | kind, length)),
);

function frameHeader(kind: number, length: number): string {
  if (length < 126) return (shortHeaders[kind] as readonly string[])[length] as string;
  if (length < 65_536) return String.fromCharCode(FIN | kind, 126, length >> 8, length & 0xff);
  const high = Math.floor(length / 2 ** 32);
  return String.fromCharCode(
    FIN | kind,
    127,
    (high >>> 24) & 0xff,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    (length >>> 24) & 0xff,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
}
