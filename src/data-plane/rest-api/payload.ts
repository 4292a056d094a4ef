// A body on its way through a REST API: ASCII as text, everything else as bytes. ASCII is the same in latin1, in UTF-8 and as text, so
// most bodies come in, are mapped and go out without anybody copying them into a Buffer and back.

// Imported, for the global of that name is a getter that is called each time.
import { Buffer } from 'node:buffer';

/** A string is ASCII, always; a Buffer may hold anything. */
export type Payload = string | Buffer;

/** Of bytes as the core hands them over: one character each. */
export function payloadOfBytes(latin1: string): Payload {
  return isAscii(latin1) ? latin1 : Buffer.from(latin1, 'latin1');
}

/** Of text, which is UTF-8 on the wire. */
export function payloadOfText(text: string): Payload {
  return isAscii(text) ? text : Buffer.from(text, 'utf8');
}

export function bytesOf(payload: Payload): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
}

/** Read as UTF-8; bytes that are none become U+FFFD. */
export function textOf(payload: Payload): string {
  return typeof payload === 'string' ? payload : payload.toString('utf8');
}

/** Every other character takes more than one byte of UTF-8. Node counts faster than a loop here could look. */
function isAscii(text: string): boolean {
  return text === '' || Buffer.byteLength(text, 'utf8') === text.length;
}
