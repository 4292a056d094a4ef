// The header fields of a request or a response, parsed strictly (RFC 9112 section 5) in one pass over the received bytes,
// with what the framing needs to know noted on the way.

import { fieldKind, imitatesProtectedName, kindOfName, sameBytes, tokenClass } from './field-name.ts';
import { latin1Text } from './latin1.ts';
import { viewOf } from './view-of-bytes.ts';

/** Why a head is refused: the status a server answers with, and the reason for the log. */
export interface HeadRefusal {
  readonly status: number;
  readonly reason: string;
}

/** Sizes of a head. */
export interface HeadLimits {
  /** Longest request line, status line or field line, in bytes. */
  readonly lineBytes: number;
  /** Start line and fields together, with the empty line. */
  readonly headBytes: number;
  readonly fieldCount: number;
}

/** Numbers per field in `offsets`: name start, name end, value start, value end, kind. All relative to the head's first byte. */
export const OFFSETS_PER_FIELD = 5;

/** What the Transfer-Encoding fields said. */
export const transferCoding = { none: 0, chunked: 1, unknown: 2, malformed: 3 } as const;

/** Returned by `parse` when the bytes end before the head does. */
export const INCOMPLETE = 0;
/** Returned by `parse` when the head is refused; `refusal` says why. */
export const REFUSED = -1;

const CR = 13;
const LF = 10;
const SP = 32;
const TAB = 9;

/** Bytes a field value may hold: HTAB, SP, visible ASCII and obs-text. */
export const valueByte = new Uint8Array(256).fill(1, 0x20);
valueByte[TAB] = 1;
valueByte[0x7f] = 0;

const refusals = {
  endOfLine: { status: 400, reason: 'a line does not end in CRLF' },
  emptyName: { status: 400, reason: 'a header field has no name' },
  fieldName: {
    status: 400,
    reason: 'a header field name holds a character that is not allowed, or white space before the colon',
  },
  foldedLine: { status: 400, reason: 'a header field is folded over several lines' },
  fieldValue: { status: 400, reason: 'a header field value holds a control character' },
  imitation: { status: 400, reason: 'a header field name with underscores imitates a protected field' },
  tooMany: { status: 431, reason: 'too many header fields' },
  lineTooLong: { status: 431, reason: 'a header field is too long' },
  tooLarge: { status: 431, reason: 'the header section is too large' },
} as const satisfies Record<string, HeadRefusal>;

/** Reusable parser of header sections; its results are valid until the next `parse`. */
export class FieldSection {
  refusal: HeadRefusal = refusals.endOfLine;
  /** OFFSETS_PER_FIELD numbers for each of `count` fields. */
  readonly offsets: number[];
  count = 0;
  hostCount = 0;
  /** Index in `offsets` of the last Host field. */
  hostAt = -1;
  /** -1 none, -2 not a plain decimal number or more than one. */
  contentLength = -1;
  /** One of `transferCoding`. */
  coding: number = transferCoding.none;
  /** Options of the Connection fields. */
  close = false;
  keepAlive = false;
  /** True when Connection names something besides `close` and `keep-alive`. */
  nominates = false;
  expectCount = 0;
  expectContinue = false;
  private readonly limits: HeadLimits;

  constructor(limits: HeadLimits) {
    this.limits = limits;
    this.offsets = new Array<number>(limits.fieldCount * OFFSETS_PER_FIELD).fill(0);
  }

  /**
   * Parses from `from`, where the first field line begins, in a head that began at `base`. Returns the position after the
   * empty line, INCOMPLETE, or REFUSED.
   */
  parse(bytes: Buffer, base: number, from: number, end: number): number {
    this.reset();
    const limit = base + this.limits.headBytes;
    const stop = Math.min(end, limit);
    const offsets = this.offsets;
    const room = offsets.length;
    const view = viewOf(bytes);
    let at = 0;
    let p = from;
    for (;;) {
      if (p >= stop) return this.ranOut(end, limit);
      const first = bytes[p] as number;
      if (first === CR) {
        if (p + 1 >= stop) return this.ranOut(end, limit);
        if (bytes[p + 1] !== LF) return this.refuse(refusals.endOfLine);
        this.count = at / OFFSETS_PER_FIELD;
        return p + 2;
      }
      const lineStart = p;
      let seen = 0;
      let byteClass = 0;
      while (p < stop) {
        byteClass = tokenClass[bytes[p] as number] as number;
        if (byteClass === 0) break;
        seen |= byteClass;
        p++;
      }
      if (p >= stop) return this.ranOut(end, limit);
      const nameEnd = p;
      if (bytes[p] !== 0x3a) return this.refuse(nameRefusal(first, p === lineStart, bytes[p] as number));
      if (nameEnd === lineStart) return this.refuse(refusals.emptyName);
      if ((seen & 2) !== 0 && imitatesProtectedName(latin1Text(bytes, lineStart, nameEnd)))
        return this.refuse(refusals.imitation);
      p++;
      while (p < stop && (bytes[p] === SP || bytes[p] === TAB)) p++;
      const valueStart = p;
      p = behindPlain(view, p, stop);
      while (p < stop && valueByte[bytes[p] as number] === 1) p++;
      if (p >= stop) return this.ranOut(end, limit);
      if (bytes[p] !== CR) return this.refuse(bytes[p] === LF ? refusals.endOfLine : refusals.fieldValue);
      if (p + 1 >= stop) return this.ranOut(end, limit);
      if (bytes[p + 1] !== LF) return this.refuse(refusals.endOfLine);
      if (p - lineStart > this.limits.lineBytes) return this.refuse(refusals.lineTooLong);
      if (at === room) return this.refuse(refusals.tooMany);
      let valueEnd = p;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === TAB)) valueEnd--;
      const kind = kindOfName(bytes, lineStart, nameEnd);
      offsets[at] = lineStart - base;
      offsets[at + 1] = nameEnd - base;
      offsets[at + 2] = valueStart - base;
      offsets[at + 3] = valueEnd - base;
      offsets[at + 4] = kind;
      if (kind !== fieldKind.ordinary) this.note(kind, at, bytes, valueStart, valueEnd, p);
      at += OFFSETS_PER_FIELD;
      p += 2;
    }
  }

  /** The offsets in an array of their own, with `shift` taken off each position. */
  takeOffsets(shift: number): number[] {
    const taken = this.offsets.slice(0, this.count * OFFSETS_PER_FIELD);
    if (shift === 0) return taken;
    for (let i = 0; i < taken.length; i++) {
      if (i % OFFSETS_PER_FIELD !== OFFSETS_PER_FIELD - 1) (taken[i] as number) -= shift;
    }
    return taken;
  }

  private reset(): void {
    this.count = 0;
    this.hostCount = 0;
    this.hostAt = -1;
    this.contentLength = -1;
    this.coding = transferCoding.none;
    this.close = false;
    this.keepAlive = false;
    this.nominates = false;
    this.expectCount = 0;
    this.expectContinue = false;
  }

  private ranOut(end: number, limit: number): number {
    return end < limit ? INCOMPLETE : this.refuse(refusals.tooLarge);
  }

  private refuse(refusal: HeadRefusal): number {
    this.refusal = refusal;
    return REFUSED;
  }

  private note(kind: number, at: number, bytes: Buffer, start: number, end: number, lineEnd: number): void {
    switch (kind) {
      case fieldKind.host:
        this.hostCount++;
        this.hostAt = at;
        return;
      case fieldKind.contentLength:
        this.contentLength = this.contentLength === -1 && !tabBehind(bytes, end, lineEnd) ? decimal(bytes, start, end) : -2;
        return;
      case fieldKind.transferEncoding:
        this.coding =
          this.coding === transferCoding.none && !tabBehind(bytes, end, lineEnd)
            ? codingOf(latin1Text(bytes, start, end))
            : transferCoding.malformed;
        return;
      case fieldKind.connection:
        this.noteConnection(bytes, start, end);
        return;
      case fieldKind.expect:
        this.expectCount++;
        this.expectContinue = latin1Text(bytes, start, end).toLowerCase() === '100-continue';
    }
  }

  private noteConnection(bytes: Buffer, start: number, end: number): void {
    if (end - start === 10 && sameBytes(bytes, start, 'keep-alive')) this.keepAlive = true;
    else if (end - start === 5 && sameBytes(bytes, start, 'close')) this.close = true;
    else {
      for (const part of latin1Text(bytes, start, end).toLowerCase().split(',')) {
        const option = part.trim();
        if (option === 'close') this.close = true;
        else if (option === 'keep-alive') this.keepAlive = true;
        else if (option !== '') this.nominates = true;
      }
    }
  }
}

/**
 * From `at` on, four bytes at a time, as far as none of them is a control: most of a head are values, and most of those are long. Stops
 * no later than at the first control; a tab, which a value may hold, is left to the caller.
 */
function behindPlain(view: DataView, at: number, stop: number): number {
  let p = at;
  for (const last = stop - 4; p <= last; p += 4) {
    const four = view.getInt32(p, true);
    const del = four ^ 0x7f7f7f7f;
    // The highest bit of a byte stays where the byte is below 0x20, or is 0x7f.
    if (((((four - 0x20202020) & ~four) | ((del - 0x01010101) & ~del)) & 0x80808080) !== 0) break;
  }
  return p;
}

function nameRefusal(first: number, atLineStart: boolean, offender: number): HeadRefusal {
  if (atLineStart && (first === SP || first === TAB)) return refusals.foldedLine;
  return offender === LF || offender === CR ? refusals.endOfLine : refusals.fieldName;
}

/**
 * A tab behind a framing value is white space to the RFC and part of the value to others (llhttp 9 then does not see
 * `chunked`), so such a message has two meanings and is refused.
 */
function tabBehind(bytes: Buffer, from: number, lineEnd: number): boolean {
  for (let i = from; i < lineEnd; i++) if (bytes[i] === TAB) return true;
  return false;
}

/** At most 15 digits, so that the number is exact; no sign, no leading zero, no white space. */
function decimal(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 15) return -2;
  if (bytes[start] === 0x30) return end - start === 1 ? 0 : -2;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return -2;
    value = value * 10 + digit;
  }
  return value;
}

const singleToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** RFC 9112 section 7: coding names are case-insensitive. Anything but the one word `chunked` is not served. */
function codingOf(value: string): number {
  if (value.toLowerCase() === 'chunked') return transferCoding.chunked;
  return singleToken.test(value) ? transferCoding.unknown : transferCoding.malformed;
}
