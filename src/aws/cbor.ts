// CBOR (RFC 8949), the part that rpcv2Cbor uses: a decoder with bounded depth and size, and writers for the encoder.

import { AwsError } from './aws-error.ts';

const DEPTH_MAX = 512;
const ITEMS_MAX = 500_000;

/** Tag 1: seconds since the epoch. */
export class CborTimestamp {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

/**
 * Decodes one item: numbers, strings, Uint8Array, arrays, Map (text keys), booleans, null (also for undefined),
 * CborTimestamp. Throws AwsError SerializationException on anything malformed, too deep, too long or left over.
 */
export function decodeCbor(bytes: Buffer): unknown {
  const decoder = new Decoder(bytes);
  const value = decoder.item(0);
  if (decoder.at !== bytes.length) throw malformed('bytes after the end');
  return value;
}

function malformed(what: string): AwsError {
  return new AwsError('SerializationException', `The CBOR body is malformed: ${what}.`, { status: 400 });
}

const BREAK = Symbol('break');
const INDEFINITE = -1;

class Decoder {
  readonly bytes: Buffer;
  at = 0;
  #items = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  item(depth: number): unknown {
    const value = this.#itemOrBreak(depth);
    if (value === BREAK) throw malformed('an unexpected break');
    return value;
  }

  // Recursion is safe here: depth is counted and bounded.
  #itemOrBreak(depth: number): unknown {
    if (depth > DEPTH_MAX) throw malformed('nested too deeply');
    if (++this.#items > ITEMS_MAX) throw malformed('too many values');
    const first = this.#byte();
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) return this.#simple(info);
    if (info === 31 && (major < 2 || major > 5)) throw malformed('an indefinite number');
    const argument = info === 31 ? INDEFINITE : this.#argument(info);
    switch (major) {
      case 0:
        return Number(argument);
      case 1:
        return -1 - Number(argument);
      case 2:
        return argument === INDEFINITE ? Buffer.concat(this.#chunks(2)) : Buffer.from(this.#slice(argument));
      case 3:
        return argument === INDEFINITE ? Buffer.concat(this.#chunks(3)).toString('utf8') : this.#slice(argument).toString('utf8');
      case 4:
        return this.#array(argument, depth);
      case 5:
        return this.#map(argument, depth);
      default:
        return this.#tagged(Number(argument), depth);
    }
  }

  #array(length: number | bigint, depth: number): unknown[] {
    this.#assertPossible(length);
    const result: unknown[] = [];
    for (let i = 0; length === INDEFINITE || i < Number(length); i++) {
      const value = this.#itemOrBreak(depth + 1);
      if (value === BREAK) {
        if (length !== INDEFINITE) throw malformed('an unexpected break');
        return result;
      }
      result.push(value);
    }
    return result;
  }

  #map(length: number | bigint, depth: number): Map<string, unknown> {
    this.#assertPossible(length);
    const result = new Map<string, unknown>();
    for (let i = 0; length === INDEFINITE || i < Number(length); i++) {
      const key = this.#itemOrBreak(depth + 1);
      if (key === BREAK) {
        if (length !== INDEFINITE) throw malformed('an unexpected break');
        return result;
      }
      if (typeof key !== 'string') throw malformed('a key that is no text');
      result.set(key, this.item(depth + 1));
    }
    return result;
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.item(depth + 1);
    if (tag === 1) {
      if (typeof value !== 'number') throw malformed('a timestamp that is no number');
      return new CborTimestamp(value);
    }
    if (tag === 2 || tag === 3) {
      if (!(value instanceof Uint8Array) || value.length > 64) throw malformed('a big number');
      const magnitude = value.length === 0 ? 0n : BigInt(`0x${Buffer.from(value).toString('hex')}`);
      return Number(tag === 2 ? magnitude : -1n - magnitude);
    }
    return value;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#slice(2).readUInt16BE(0));
      case 26:
        return this.#slice(4).readFloatBE(0);
      case 27:
        return this.#slice(8).readDoubleBE(0);
      case 31:
        return BREAK;
      default:
        throw malformed('an unknown simple value');
    }
  }

  #chunks(major: 2 | 3): Buffer[] {
    const chunks: Buffer[] = [];
    for (;;) {
      if (++this.#items > ITEMS_MAX) throw malformed('too many values');
      const first = this.#byte();
      if (first === 0xff) return chunks;
      if (first >> 5 !== major || (first & 31) === 31) throw malformed('a chunk of another kind');
      chunks.push(this.#slice(this.#argument(first & 31)));
    }
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.#byte();
      case 25:
        return this.#slice(2).readUInt16BE(0);
      case 26:
        return this.#slice(4).readUInt32BE(0);
      case 27:
        return this.#slice(8).readBigUInt64BE(0);
      default:
        throw malformed('a reserved length');
    }
  }

  /** Every item takes a byte at least: a longer promise is a lie. */
  #assertPossible(length: number | bigint): void {
    if (length > this.bytes.length - this.at) throw malformed('a length beyond the end');
  }

  #byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw malformed('it ends early');
    this.at++;
    return byte;
  }

  #slice(length: number | bigint): Buffer {
    this.#assertPossible(length);
    const slice = this.bytes.subarray(this.at, this.at + Number(length));
    this.at += Number(length);
    return slice;
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** Gathers encoded items. */
export class CborWriter {
  readonly #parts: Buffer[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #head(major: number, argument: number): void {
    const type = major << 5;
    if (argument < 24) {
      this.#parts.push(Buffer.from([type | argument]));
    } else if (argument < 0x100) {
      this.#parts.push(Buffer.from([type | 24, argument]));
    } else if (argument < 0x10000) {
      this.#parts.push(Buffer.from([type | 25, argument >> 8, argument & 255]));
    } else if (argument < 0x100000000) {
      const head = Buffer.alloc(5);
      head.writeUInt8(type | 26, 0);
      head.writeUInt32BE(argument, 1);
      this.#parts.push(head);
    } else {
      const head = Buffer.alloc(9);
      head.writeUInt8(type | 27, 0);
      head.writeBigUInt64BE(BigInt(argument), 1);
      this.#parts.push(head);
    }
  }

  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(0, value);
      else this.#head(1, -1 - value);
      return;
    }
    const double = Buffer.alloc(9);
    double.writeUInt8(0xfb, 0);
    double.writeDoubleBE(value, 1);
    this.#parts.push(double);
  }

  text(value: string): void {
    const utf8 = Buffer.from(value, 'utf8');
    this.#head(3, utf8.length);
    this.#parts.push(utf8);
  }

  blob(value: Buffer): void {
    this.#head(2, value.length);
    this.#parts.push(value);
  }

  boolean(value: boolean): void {
    this.#parts.push(Buffer.from([value ? 0xf5 : 0xf4]));
  }

  timestamp(seconds: number): void {
    this.#parts.push(Buffer.from([0xc1]));
    this.number(seconds);
  }

  array(length: number): void {
    this.#head(4, length);
  }

  map(length: number): void {
    this.#head(5, length);
  }
}
