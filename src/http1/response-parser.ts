// The strict parser of response heads that upstreams send. A malformed response is a failure of the upstream; its
// connection is closed and nothing of it reaches the client.

import { FieldSection, type HeadLimits, INCOMPLETE, REFUSED, transferCoding, valueByte } from './field-section.ts';
import { HeaderFields } from './header-view.ts';
import type { KnownSection } from './known-section.ts';
import { latin1Text } from './latin1.ts';
import { TEXT_BYTES_MAX } from './whole-body.ts';

const CR = 13;
const LF = 10;
const SP = 32;
const version = 'HTTP/1.';

/** How the body of a response is delimited. */
export const bodyFraming = { none: 0, length: 1, chunked: 2, close: 3 } as const;

/** What a response's header section says about the message. */
interface ResponseFacts {
  readonly httpMinor: 0 | 1;
  readonly declaredLength: number;
  readonly chunked: boolean;
  readonly keepAlive: boolean;
  readonly nominates: boolean;
}

export type KnownResponseSection = KnownSection<ResponseFacts>;

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
  /** The fields, when the section was known. */
  private repeated: HeaderFields | undefined = undefined;
  private readonly fields: FieldSection;
  private readonly limits: HeadLimits;

  constructor(limits: HeadLimits) {
    this.limits = limits;
    this.fields = new FieldSection(limits);
  }

  /** The fields as a view of their own. */
  takeHeaders(): HeaderFields {
    return this.repeated ?? new HeaderFields(this.text, this.fields.takeOffsets(0), this.nominates, false);
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

  /**
   * Parses the head that begins at `start`. Returns its length in bytes, INCOMPLETE, or REFUSED. `known` is the header section the
   * connection sent last.
   */
  parse(bytes: Buffer, start: number, end: number, known?: KnownResponseSection): number {
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

    const sectionAt = p + 2;
    if (known !== undefined && this.recall(known, minor, bytes, start, sectionAt, end)) {
      this.status = status;
      this.httpMinor = minor;
      this.text = '';
      const headEnd = sectionAt + known.length;
      const bodyEnd = this.wholeBodyEnd(headEnd, end);
      this.bodyText = bodyEnd > headEnd ? latin1Text(bytes, headEnd, bodyEnd) : undefined;
      return headEnd - start;
    }
    this.repeated = undefined;
    p = this.fields.parse(bytes, start, sectionAt, end);
    if (p === INCOMPLETE) return INCOMPLETE;
    if (p === REFUSED) {
      const { status: code, reason } = this.fields.refusal;
      return code === 431 ? this.refuseSize(reason) : this.refuse(reason);
    }
    this.status = status;
    this.httpMinor = minor;
    if (!this.checkFields()) return REFUSED;
    if (known?.wants(p - sectionAt) === true) {
      const { declaredLength, chunked, keepAlive, nominates } = this;
      const facts = { httpMinor: this.httpMinor, declaredLength, chunked, keepAlive, nominates };
      known.learn(bytes, sectionAt, p, this.fields.takeOffsets(sectionAt - start), nominates, facts);
    }
    const bodyEnd = this.wholeBodyEnd(p, end);
    this.text = latin1Text(bytes, start, bodyEnd);
    this.bodyText = bodyEnd > p ? this.text.substring(p - start) : undefined;
    return p - start;
  }

  /** Takes over what was found in the same section before. Which of it is right depends on the version of the status line. */
  private recall(
    known: KnownResponseSection,
    minor: 0 | 1,
    bytes: Buffer,
    start: number,
    sectionAt: number,
    end: number,
  ): boolean {
    const { facts } = known;
    if (facts === undefined || facts.httpMinor !== minor) return false;
    if (!known.matches(bytes, sectionAt, Math.min(end, start + this.limits.headBytes))) return false;
    this.repeated = known.headers;
    this.declaredLength = facts.declaredLength;
    this.chunked = facts.chunked;
    this.keepAlive = facts.keepAlive;
    this.nominates = facts.nominates;
    return true;
  }

  /** Where a body of the declared length ends when it came with its head and is small, else `from`. */
  private wholeBodyEnd(from: number, end: number): number {
    const length = this.declaredLength;
    return length > 0 && length <= TEXT_BYTES_MAX && length <= end - from ? from + length : from;
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
