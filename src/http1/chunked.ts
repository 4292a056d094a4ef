// The chunked transfer coding (RFC 9112 section 7.1), both ways. Strict when reading: hexadecimal sizes of bounded length,
// CRLF exactly where it belongs, no chunk extensions, trailer fields checked and counted.

import { isFramingName, tokenClass } from './field-name.ts';
import { valueByte } from './field-section.ts';
import { writeLatin1 } from './latin1.ts';

const CR = 13;
const LF = 10;
const LONGEST_SIZE_DIGITS = 8;
/** Trailer section altogether, unless a reader wants more. */
const TRAILER_BYTES_MAX = 4096;

/** Takes the pieces of content. */
export interface ChunkTarget {
  /** Bytes `start` to `end` of `bytes`; not longer valid after returning. */
  onChunkBytes(bytes: Buffer, start: number, end: number): void;
}

const state = {
  sizeStart: 0,
  size: 1,
  sizeLineFeed: 2,
  data: 3,
  dataReturn: 4,
  dataLineFeed: 5,
  lineStart: 6,
  trailerName: 7,
  trailerValue: 8,
  trailerLineFeed: 9,
  lastLineFeed: 10,
  done: 11,
} as const;

/** Returned by `decode` when the coding is broken; the message cannot be continued. */
export const BROKEN = -1;

/** Decodes one chunked message, in whatever pieces it arrives. */
export class ChunkedDecoder {
  private at: number = state.sizeStart;
  private digits = 0;
  private remaining = 0;
  private trailerBytes = 0;
  private trailerName = '';
  private trailerValue = '';
  private trailers: Map<string, string> | undefined;
  private readonly trailerBytesMax: number;

  constructor(trailerBytesMax: number = TRAILER_BYTES_MAX) {
    this.trailerBytesMax = trailerBytesMax;
  }

  /** A field of the trailer section as far as it was read; of a repeated one the last. */
  trailer(lowerCaseName: string): string | undefined {
    return this.trailers?.get(lowerCaseName);
  }

  /** True when the last chunk and the trailer section were read. */
  get done(): boolean {
    return this.at === state.done;
  }

  /** Reads from `start`; returns where it stopped (`end`, or the byte after the message), or BROKEN. */
  decode(bytes: Buffer, start: number, end: number, target: ChunkTarget): number {
    let p = start;
    while (p < end && this.at !== state.done) {
      if (this.at === state.data) {
        const dataEnd = Math.min(end, p + this.remaining);
        target.onChunkBytes(bytes, p, dataEnd);
        this.remaining -= dataEnd - p;
        p = dataEnd;
        if (this.remaining === 0) this.at = state.dataReturn;
      } else if (!this.step(bytes[p++] as number)) {
        return BROKEN;
      }
    }
    return p;
  }

  /** One byte of anything but content. False: not allowed here. */
  private step(byte: number): boolean {
    switch (this.at) {
      case state.sizeStart:
      case state.size:
        return this.stepSize(byte);
      case state.sizeLineFeed:
        if (byte !== LF) return false;
        this.at = this.remaining === 0 ? state.lineStart : state.data;
        return true;
      case state.dataReturn:
        this.at = state.dataLineFeed;
        return byte === CR;
      case state.dataLineFeed:
        this.at = state.sizeStart;
        this.digits = 0;
        return byte === LF;
      case state.lastLineFeed:
        this.at = state.done;
        return byte === LF;
      default:
        return this.stepTrailer(byte);
    }
  }

  private stepSize(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.at = state.size;
      this.remaining = this.remaining * 16 + digit;
      return ++this.digits <= LONGEST_SIZE_DIGITS;
    }
    const ended = byte === CR && this.at === state.size;
    this.at = state.sizeLineFeed;
    return ended;
  }

  private stepTrailer(byte: number): boolean {
    if (++this.trailerBytes > this.trailerBytesMax) return false;
    switch (this.at) {
      case state.lineStart:
        if (byte === CR) {
          this.at = state.lastLineFeed;
          return true;
        }
        this.at = state.trailerName;
        this.trailerName = String.fromCharCode(byte);
        return tokenClass[byte] !== 0;
      case state.trailerName:
        if (byte === 0x3a) {
          this.at = state.trailerValue;
          this.trailerValue = '';
          // A length behind the body is an attempt to move the boundary of a message that has already been read.
          return !isFramingName(this.trailerName);
        }
        this.trailerName += String.fromCharCode(byte);
        return tokenClass[byte] !== 0;
      case state.trailerValue:
        if (byte === CR) {
          this.at = state.trailerLineFeed;
          this.trailers ??= new Map();
          this.trailers.set(this.trailerName.toLowerCase(), this.trailerValue.trim());
          return true;
        }
        this.trailerValue += String.fromCharCode(byte);
        return valueByte[byte] === 1;
      default:
        this.at = state.lineStart;
        return byte === LF;
    }
  }
}

/** The last chunk, with no trailer section. */
export const LAST_CHUNK = '0\r\n\r\n';

/** One chunk in memory of its own. `content` must not be empty: an empty chunk would end the message. */
export function encodeChunk(content: Buffer): Buffer {
  const size = content.length.toString(16);
  const chunk = Buffer.allocUnsafe(size.length + content.length + 4);
  writeLatin1(chunk, size, 0);
  chunk[size.length] = CR;
  chunk[size.length + 1] = LF;
  content.copy(chunk, size.length + 2);
  chunk[chunk.length - 2] = CR;
  chunk[chunk.length - 1] = LF;
  return chunk;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
