// The strict parser of response heads that upstreams send. A malformed response is a failure of the upstream; its
// connection is closed and nothing of it reaches the client.

import {
  FieldSection,
  type HeadLimits,
  INCOMPLETE,
  OFFSETS_PER_FIELD,
  REFUSED,
  transferCoding,
  valueByte,
} from './field-section.ts';
import { latin1Text } from './latin1.ts';
import { TEXT_BYTES_MAX } from './whole-body.ts';

const CR = 13;
const LF = 10;
const SP = 32;
const version = 'HTTP/1.';

/** How the body of a response is delimited. */
export const bodyFraming = { none: 0, length: 1, chunked: 2, close: 3 } as const;

/** Reusable parser of response heads; its results are valid until the next `parse`. */
export class ResponseParser {
  /** Why `parse` returned REFUSED. */
  refusal = '';
  /** True when it was refused for its size. */
  tooLarge = false;
  status = 0;
  httpMinor: 0 | 1 = 1;
  /** The head as latin1 text, with the body behind it when `bodyText` is set. */
  text = '';
  /** As many bytes as Content-Length says, when they all came with the head and are few. */
  bodyText: string | undefined = undefined;
  /** The Content-Length field, or -1. */
  declaredLength = -1;
  keepAlive = true;
  nominates = false;
  private chunked = false;
  private readonly fields: FieldSection;
  private readonly limits: HeadLimits;

  constructor(limits: HeadLimits) {
    this.limits = limits;
    this.fields = new FieldSection(limits);
  }

  /** The fields' offsets, OFFSETS_PER_FIELD each, in an array of their own. */
  takeOffsets(): number[] {
    return this.fields.offsets.slice(0, this.fields.count * OFFSETS_PER_FIELD);
  }

  /** RFC 9110 section 15.2 and RFC 9112 section 6: an interim response announces no body and is followed by another. */
  get isValidInterim(): boolean {
    return this.keepAlive && !this.chunked && this.declaredLength === -1;
  }

  /** One of `bodyFraming`, for the answer to a request of this method. */
  framing(method: string): number {
    if (method === 'HEAD' || this.status < 200 || this.status === 204 || this.status === 304) return bodyFraming.none;
    if (this.chunked) return bodyFraming.chunked;
    if (this.declaredLength === -1) return bodyFraming.close;
    return this.declaredLength === 0 ? bodyFraming.none : bodyFraming.length;
  }

  /** Parses the head that begins at `start`. Returns its length in bytes, INCOMPLETE, or REFUSED. */
  parse(bytes: Buffer, start: number, end: number): number {
    this.tooLarge = false;
    let p = start;
    for (let i = 0; i < version.length; i++, p++) {
      if (p >= end) return INCOMPLETE;
      if (bytes[p] !== version.charCodeAt(i)) return this.refuse('the status line does not begin with HTTP/1.');
    }
    // `1 SP 200` and then SP reason or, as some servers have it, the end of the line.
    if (end - p < 6) return INCOMPLETE;
    const minor = (bytes[p] as number) - 0x30;
    if (minor !== 0 && minor !== 1) return this.refuse('the version is not HTTP/1.0 or HTTP/1.1');
    const status = bytes[p + 1] === SP ? threeDigits(bytes, p + 2) : -1;
    if (status < 100 || status > 599) return this.refuse('the status code is not a number from 100 to 599');
    p += 5;
    if (bytes[p] !== SP && bytes[p] !== CR) return this.refuse('the status line is malformed');
    const lineStop = Math.min(end, start + this.limits.lineBytes);
    while (p < lineStop && valueByte[bytes[p] as number] === 1) p++;
    if (p >= lineStop) return end < start + this.limits.lineBytes ? INCOMPLETE : this.refuseSize('the status line is too long');
    if (bytes[p] !== CR) return this.refuse('the status line does not end in CRLF');
    if (p + 1 >= end) return INCOMPLETE;
    if (bytes[p + 1] !== LF) return this.refuse('the status line does not end in CRLF');

    p = this.fields.parse(bytes, start, p + 2, end);
    if (p === INCOMPLETE) return INCOMPLETE;
    if (p === REFUSED) {
      const { status: code, reason } = this.fields.refusal;
      return code === 431 ? this.refuseSize(reason) : this.refuse(reason);
    }
    this.status = status;
    this.httpMinor = minor;
    return this.checkFields() ? this.accept(bytes, start, p, end) : REFUSED;
  }

  private accept(bytes: Buffer, start: number, headEnd: number, end: number): number {
    const length = this.declaredLength;
    const bodyEnd = length > 0 && length <= TEXT_BYTES_MAX && length <= end - headEnd ? headEnd + length : headEnd;
    this.text = latin1Text(bytes, start, bodyEnd);
    this.bodyText = bodyEnd > headEnd ? this.text.substring(headEnd - start) : undefined;
    return headEnd - start;
  }

  private checkFields(): boolean {
    const fields = this.fields;
    if (fields.contentLength === -2) return this.deny('Content-Length is not one plain decimal number');
    this.declaredLength = fields.contentLength;
    this.chunked = fields.coding === transferCoding.chunked;
    if (fields.coding !== transferCoding.none) {
      if (!this.chunked) return this.deny('the transfer coding is not exactly chunked');
      if (fields.contentLength !== -1) return this.deny('Content-Length and Transfer-Encoding are both present');
      if (this.httpMinor === 0) return this.deny('Transfer-Encoding in an HTTP/1.0 response');
    }
    this.keepAlive = this.httpMinor === 1 ? !fields.close : fields.keepAlive && !fields.close;
    this.nominates = fields.nominates;
    return true;
  }

  private refuse(reason: string): number {
    this.refusal = reason;
    return REFUSED;
  }

  private refuseSize(reason: string): number {
    this.refusal = reason;
    this.tooLarge = true;
    return REFUSED;
  }

  private deny(reason: string): false {
    this.refusal = reason;
    return false;
  }
}

function threeDigits(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 3; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
