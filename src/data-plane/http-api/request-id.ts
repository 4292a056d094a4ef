// Identifiers that each request gets: unguessable, cheap, in AWS's forms.

import { randomFillSync } from 'node:crypto';
import { inOnePiece } from '../../http1/latin1.ts';

/** Requests that one piece of random text serves: encoding the bytes of each by itself cost 0.4 us a request. */
const BATCH = 512;
const RANDOM_BYTES = 12;
const ID_CHARACTERS = 16;
const TRACE_CHARACTERS = 24;

const random = Buffer.allocUnsafeSlow(BATCH * RANDOM_BYTES);
let ids = '';
let idsUsed = 0;
let traces = '';
let tracesUsed = 0;

/**
 * A request id of an HTTP API, e.g. `JCInPj6JPHcEJow=`.
 * AWS: 15 characters of url-safe base64 and `=`. Seen: recorded Apigw-Requestid headers and events.
 */
export function newRequestId(): string {
  if (idsUsed === ids.length) {
    const text = Buffer.from(randomFillSync(random).toString('base64url'), 'latin1');
    for (let last = ID_CHARACTERS - 1; last < text.length; last += ID_CHARACTERS) text[last] = 0x3d;
    ids = text.toString('latin1');
    idsUsed = 0;
  }
  idsUsed += ID_CHARACTERS;
  return ids.substring(idsUsed - ID_CHARACTERS, idsUsed);
}

const UUID_BYTES = 16;
const UUID_CHARACTERS = 36;
const uuidRandom = Buffer.allocUnsafeSlow(BATCH * UUID_BYTES);
const uuidText = Buffer.allocUnsafeSlow(BATCH * UUID_CHARACTERS);
const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
let uuids = '';
let uuidsUsed = 0;

/** A UUID, version 4, as REST APIs name their requests: `c6af9ac6-7b61-41e6-9a41-93e8deadbeef`. */
export function newUuid(): string {
  if (uuidsUsed === uuids.length) {
    randomFillSync(uuidRandom);
    for (let i = 0; i < BATCH; i++) writeUuid(uuidRandom, i * UUID_BYTES, uuidText, i * UUID_CHARACTERS);
    uuids = uuidText.toString('latin1');
    uuidsUsed = 0;
  }
  uuidsUsed += UUID_CHARACTERS;
  return uuids.substring(uuidsUsed - UUID_CHARACTERS, uuidsUsed);
}

/** RFC 9562, section 5.4: the version and the variant take six of the bits. */
function writeUuid(bytes: Buffer, from: number, text: Buffer, to: number): void {
  bytes[from + 6] = ((bytes[from + 6] as number) & 0x0f) | 0x40;
  bytes[from + 8] = ((bytes[from + 8] as number) & 0x3f) | 0x80;
  let at = to;
  for (let i = 0; i < UUID_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text[at++] = 0x2d;
    const byte = bytes[from + i] as number;
    text[at++] = hexDigits[byte >> 4] as number;
    text[at++] = hexDigits[byte & 15] as number;
  }
}

const REQUEST_ID_NAME = 'x-amzn-RequestId: ';
const EXTENDED_ID_NAME = '\r\nx-amz-apigw-id: ';
const EXTENDED_AT = REQUEST_ID_NAME.length + UUID_CHARACTERS + EXTENDED_ID_NAME.length;
const LINES_CHARACTERS = EXTENDED_AT + ID_CHARACTERS + 2;

/**
 * What a request of a REST API is called. The header lines that say so are cut out of the same text as the ids: a head that is put
 * together of few pieces is cheap to write.
 */
export class RestRequestIds {
  /** `c6af9ac6-7b61-41e6-9a41-93e8deadbeef` */
  requestId = '';
  /** `JCInPj6JPHcEJow=` */
  extendedRequestId = '';
  /** `x-amzn-RequestId: …` and `x-amz-apigw-id: …`, each with its line end. */
  lines = '';
  #text = '';
  #used = 0;

  /** From here on the fields are those of another request. */
  next(): void {
    if (this.#used === this.#text.length) {
      this.#used = 0;
      this.#text = inOnePiece(Array.from({ length: BATCH }, () => restIdLines(newUuid(), newRequestId())).join(''));
    }
    const text = this.#text;
    const at = this.#used;
    this.#used += LINES_CHARACTERS;
    const idAt = at + REQUEST_ID_NAME.length;
    this.requestId = text.substring(idAt, idAt + UUID_CHARACTERS);
    this.extendedRequestId = text.substring(at + EXTENDED_AT, at + EXTENDED_AT + ID_CHARACTERS);
    this.lines = text.substring(at, this.#used);
  }
}

/** The header lines of a request with these ids. */
export function restIdLines(requestId: string, extendedRequestId: string): string {
  return `${REQUEST_ID_NAME}${requestId}${EXTENDED_ID_NAME}${extendedRequestId}\r\n`;
}

function newTraceNumber(): string {
  if (tracesUsed === traces.length) {
    traces = randomFillSync(random).toString('hex');
    tracesUsed = 0;
  }
  tracesUsed += TRACE_CHARACTERS;
  return traces.substring(tracesUsed - TRACE_CHARACTERS, tracesUsed);
}

let second = 0;
let rootOfSecond = '';

/** An X-Ray trace header for a request that brought none: `Root=1-{8 hex of epoch seconds}-{24 hex}`. */
export function newTraceId(nowMs: number): string {
  const nowSecond = Math.floor(nowMs / 1000);
  if (nowSecond !== second) {
    second = nowSecond;
    rootOfSecond = `Root=1-${nowSecond.toString(16).padStart(8, '0')}-`;
  }
  return rootOfSecond + newTraceNumber();
}

/** The client's trace header when it is one, otherwise a new one. */
export function traceIdFor(received: string | undefined, nowMs: number): string {
  if (received !== undefined && received.length <= 256 && /(?:^|;)\s*Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/i.test(received)) {
    return received;
  }
  return newTraceId(nowMs);
}
