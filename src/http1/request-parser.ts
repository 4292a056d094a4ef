// The strict parser of request heads (RFC 9112). What the RFC does not allow is refused, never repaired: two programs that
// repair differently are how requests are smuggled. After a refusal the connection is answered and closed.

import { FieldSection, type HeadLimits, type HeadRefusal, INCOMPLETE, REFUSED, transferCoding } from './field-section.ts';
import { HeaderFields } from './header-view.ts';
import type { KnownSection } from './known-section.ts';
import { latin1Text } from './latin1.ts';
import type { RequestAddress } from './message.ts';
import { TEXT_BYTES_MAX } from './whole-body.ts';

const CR = 13;
const LF = 10;
const SP = 32;
const SLASH = 0x2f;
const QUESTION = 0x3f;

/** 1: may stand in a request target. Visible ASCII without `#` and `\`; `?` is 2 because the query begins there. */
const targetByte = new Uint8Array(256).fill(1, 0x21, 0x7f);
targetByte[0x23] = 0;
targetByte[0x5c] = 0;
targetByte[QUESTION] = 2;

const version = 'HTTP/1.';
const LONGEST_METHOD = 32;

const refusals = {
  method: { status: 400, reason: 'the method is not a token of upper-case letters' },
  unknownMethod: { status: 501, reason: 'the method is not one this gateway serves' },
  target: { status: 400, reason: 'the request target holds a character that is not allowed' },
  targetForm: { status: 400, reason: 'the request target has none of the allowed forms' },
  targetTooLong: { status: 414, reason: 'the request line is too long' },
  headTooLarge: { status: 431, reason: 'the head is too large' },
  version: { status: 400, reason: 'the version is not HTTP/1.0 or HTTP/1.1' },
  endOfLine: { status: 400, reason: 'the request line does not end in CRLF' },
  host: { status: 400, reason: 'there is not exactly one valid Host field' },
  authority: { status: 400, reason: 'the authority of the request target is not the Host field' },
  contentLength: { status: 400, reason: 'Content-Length is not one plain decimal number' },
  bothLengths: { status: 400, reason: 'Content-Length and Transfer-Encoding are both present' },
  coding: { status: 400, reason: 'Transfer-Encoding is malformed or repeated' },
  unknownCoding: { status: 501, reason: 'the transfer coding is not chunked' },
  codingVersion: { status: 400, reason: 'Transfer-Encoding in an HTTP/1.0 request' },
  expectation: { status: 417, reason: 'the expectation is not 100-continue' },
} as const satisfies Record<string, HeadRefusal>;

/** What a request's header section says about the message. */
interface RequestFacts {
  readonly host: string;
  readonly httpMinor: 0 | 1;
  readonly bodyLength: number;
  readonly keepAlive: boolean;
  readonly expectContinue: boolean;
  readonly nominates: boolean;
}

export type KnownRequestSection = KnownSection<RequestFacts>;

/** Reusable parser of request heads; one per thread will do. Its results are valid until the next `parse`. */
export class RequestParser {
  /** Why `parse` returned REFUSED. */
  refusal: HeadRefusal = refusals.method;
  method = '';
  httpMinor: 0 | 1 = 1;
  /** The head as latin1 text, with the body behind it when `bodyText` is set; the offsets below point into it. */
  text = '';
  /** Where path, query and target begin and end. `queryAt` is the position of `?`, or `targetEnd`. */
  pathStart = 0;
  queryAt = 0;
  targetEnd = 0;
  /** Absolute-form without a path means `/`. */
  emptyPath = false;
  host = '';
  /** Declared body length, 0 when there is none, -1 when chunked. */
  bodyLength = 0;
  /** The body, when all of it came with the head and it is small: one conversion then serves for both. */
  bodyText: string | undefined = undefined;
  keepAlive = true;
  expectContinue = false;
  /** Connection names other fields than the usual options. */
  nominates = false;
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

  /**
   * Parses the head that begins at `start`. Returns its length in bytes, INCOMPLETE, or REFUSED. `known` is the header section the
   * connection sent last.
   */
  parse(bytes: Buffer, start: number, end: number, known?: KnownRequestSection): number {
    let p = start;
    const methodStop = Math.min(end, start + LONGEST_METHOD);
    while (p < methodStop && isUpper(bytes[p] as number)) p++;
    if (p === end) return end - start < LONGEST_METHOD ? INCOMPLETE : this.refuse(refusals.method);
    if (bytes[p] !== SP || p === start) return this.refuse(refusals.method);
    const method = methodIn(bytes, start, p);
    const targetStart = p + 1;
    const lineLimit = start + Math.min(this.limits.lineBytes, this.limits.headBytes);
    const lineStop = Math.min(end, lineLimit);
    let queryAt = -1;
    p = targetStart;
    while (p < lineStop) {
      const kind = targetByte[bytes[p] as number] as number;
      if (kind === 0) break;
      if (kind === 2 && queryAt < 0) queryAt = p;
      p++;
    }
    if (p === lineStop) return end < lineLimit ? INCOMPLETE : this.refuse(refusals.targetTooLong);
    if (bytes[p] !== SP) return this.refuse(refusals.target);
    const targetEnd = p;
    if (targetEnd === targetStart) return this.refuse(refusals.target);
    p = this.parseVersion(bytes, p + 1, end);
    if (p <= 0) return p;
    // Told apart from a malformed line only now: what is no HTTP at all is not "not implemented".
    if (method === undefined) return this.refuse(refusals.unknownMethod);

    this.method = method;
    this.pathStart = targetStart - start;
    this.targetEnd = targetEnd - start;
    this.queryAt = queryAt < 0 ? this.targetEnd : queryAt - start;
    this.emptyPath = false;
    const sectionAt = p;
    if (known !== undefined && this.recall(known, bytes, start, sectionAt, end)) {
      p += known.length;
      const bodyEnd = this.wholeBodyEnd(this.bodyLength, p, end);
      this.text = latin1Text(bytes, start, sectionAt);
      this.bodyText = bodyEnd > p ? latin1Text(bytes, p, bodyEnd) : undefined;
      return this.checkTarget(bytes[targetStart] as number) ? p - start : REFUSED;
    }
    this.repeated = undefined;
    p = this.fields.parse(bytes, start, p, end);
    if (p <= 0) {
      if (p === REFUSED) this.refusal = this.fields.refusal;
      return p;
    }
    const bodyEnd = this.wholeBodyEnd(this.fields.contentLength, p, end);
    this.text = latin1Text(bytes, start, bodyEnd);
    this.bodyText = bodyEnd > p ? this.text.substring(p - start) : undefined;
    if (!this.checkFields() || !this.checkTarget(bytes[targetStart] as number)) return REFUSED;
    if (known?.wants(p - sectionAt) === true) {
      const { host, httpMinor, bodyLength, keepAlive, expectContinue, nominates } = this;
      const facts = { host, httpMinor, bodyLength, keepAlive, expectContinue, nominates };
      known.learn(bytes, sectionAt, p, this.fields.takeOffsets(sectionAt - start), nominates, facts);
    }
    return p - start;
  }

  /** Takes over what was found in the same section before. Which of it is right depends on the version of the request line. */
  private recall(known: KnownRequestSection, bytes: Buffer, start: number, sectionAt: number, end: number): boolean {
    const { facts } = known;
    if (facts === undefined || facts.httpMinor !== this.httpMinor) return false;
    if (!known.matches(bytes, sectionAt, Math.min(end, start + this.limits.headBytes))) return false;
    this.repeated = known.headers;
    this.host = facts.host;
    this.bodyLength = facts.bodyLength;
    this.keepAlive = facts.keepAlive;
    this.expectContinue = facts.expectContinue;
    this.nominates = facts.nominates;
    return true;
  }

  /** Where a body of the declared length ends when it came with its head and is small, else `from`. */
  private wholeBodyEnd(length: number, from: number, end: number): number {
    return length > 0 && length <= TEXT_BYTES_MAX && length <= end - from ? from + length : from;
  }

  /** Of the head that was read last. */
  address(): RequestAddress {
    return { host: this.host, path: this.emptyPath ? '/' : this.text.substring(this.pathStart, this.queryAt) };
  }

  private refuse(refusal: HeadRefusal): number {
    this.refusal = refusal;
    return REFUSED;
  }

  /** `HTTP/1.0` or `HTTP/1.1` and CRLF; wrong bytes are refused as soon as they are seen. */
  private parseVersion(bytes: Buffer, from: number, end: number): number {
    for (let i = 0; i < version.length; i++) {
      if (from + i >= end) return INCOMPLETE;
      if (bytes[from + i] !== version.charCodeAt(i)) return this.refuse(refusals.version);
    }
    const at = from + version.length;
    if (at >= end) return INCOMPLETE;
    const minor = (bytes[at] as number) - 0x30;
    if (minor !== 0 && minor !== 1) return this.refuse(refusals.version);
    if (at + 1 >= end) return INCOMPLETE;
    if (bytes[at + 1] !== CR) return this.refuse(bytes[at + 1] === LF ? refusals.endOfLine : refusals.version);
    if (at + 2 >= end) return INCOMPLETE;
    if (bytes[at + 2] !== LF) return this.refuse(refusals.endOfLine);
    this.httpMinor = minor;
    return at + 3;
  }

  private checkFields(): boolean {
    const fields = this.fields;
    if (fields.hostCount !== 1) return this.deny(refusals.host);
    const at = fields.hostAt;
    const hostStart = fields.offsets[at + 2] as number;
    const hostEnd = fields.offsets[at + 3] as number;
    const host = this.text.substring(hostStart, hostEnd);
    // Most requests name the same host as the one before: it was checked, and as a string that is known it is looked up faster.
    if (host !== this.host || host === '') {
      if (!isHost(this.text, hostStart, hostEnd)) return this.deny(refusals.host);
      this.host = host;
    }

    if (fields.contentLength === -2) return this.deny(refusals.contentLength);
    if (fields.coding !== transferCoding.none) {
      if (fields.contentLength !== -1) return this.deny(refusals.bothLengths);
      if (this.httpMinor === 0) return this.deny(refusals.codingVersion);
      if (fields.coding === transferCoding.malformed) return this.deny(refusals.coding);
      if (fields.coding === transferCoding.unknown) return this.deny(refusals.unknownCoding);
      this.bodyLength = -1;
    } else {
      this.bodyLength = fields.contentLength === -1 ? 0 : fields.contentLength;
    }

    this.keepAlive = this.httpMinor === 1 ? !fields.close : fields.keepAlive && !fields.close;
    this.nominates = fields.nominates;
    // RFC 9110 section 10.1.1: an expectation in an HTTP/1.0 request is ignored.
    this.expectContinue = false;
    if (fields.expectCount > 0 && this.httpMinor === 1) {
      if (fields.expectCount > 1 || !fields.expectContinue) return this.deny(refusals.expectation);
      this.expectContinue = this.bodyLength !== 0;
    }
    return true;
  }

  private checkTarget(first: number): boolean {
    if (first === SLASH) {
      // `//evil` reads as an authority in many URL parsers.
      return this.text.charCodeAt(this.pathStart + 1) === SLASH ? this.deny(refusals.targetForm) : true;
    }
    if (first === 0x2a && this.targetEnd === this.pathStart + 1) {
      return this.method === 'OPTIONS' ? true : this.deny(refusals.targetForm);
    }
    return this.checkAbsoluteForm();
  }

  /** `http://host/path`: accepted when it says the same host as the Host field; only the path goes on. */
  private checkAbsoluteForm(): boolean {
    const target = this.text.substring(this.pathStart, this.targetEnd);
    const scheme = /^https?:\/\//i.exec(target);
    if (scheme === null) return this.deny(refusals.targetForm);
    const rest = target.substring(scheme[0].length);
    const authorityEnd = rest.search(/[/?]/);
    const authority = authorityEnd < 0 ? rest : rest.substring(0, authorityEnd);
    if (authority.toLowerCase() !== this.host.toLowerCase()) return this.deny(refusals.authority);
    this.pathStart += scheme[0].length + authority.length;
    this.emptyPath = this.text.charCodeAt(this.pathStart) !== SLASH;
    if (this.text.startsWith('//', this.pathStart)) return this.deny(refusals.targetForm);
    return true;
  }

  private deny(refusal: HeadRefusal): false {
    this.refusal = refusal;
    return false;
  }
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** The methods that API Gateway serves; CONNECT and TRACE are not among them. */
const methods = ['GET', 'PUT', 'POST', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS'] as const;

function methodIn(bytes: Buffer, start: number, end: number): string | undefined {
  for (const method of methods) {
    if (method.length !== end - start) continue;
    let i = 0;
    while (i < method.length && bytes[start + i] === method.charCodeAt(i)) i++;
    if (i === method.length) return method;
  }
  return undefined;
}

/** 1: may stand in a host name. Letters, digits, `-`, `.` and `_`. */
const hostByte = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._') hostByte[char.charCodeAt(0)] = 1;

const ipv6Host = /^\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?$/;

/** A name or address with an optional port: no userinfo, no list, no white space, nothing encoded. */
function isHost(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) === 0x5b) return ipv6Host.test(text.substring(start, end));
  let i = start;
  while (i < end && hostByte[text.charCodeAt(i)] === 1) i++;
  if (i === start || i - start > 255) return false;
  return i === end || isPort(text, i, end);
}

function isPort(text: string, colonAt: number, end: number): boolean {
  if (text.charCodeAt(colonAt) !== 0x3a || end - colonAt < 2 || end - colonAt > 6) return false;
  for (let i = colonAt + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
