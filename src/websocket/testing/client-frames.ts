// The client's side in tests: frames as a client sends them, right or wrong on purpose, and the reading of what a server sent.

/** What may be wrong, or unusual, about a frame. */
export interface FrameShape {
  readonly fin?: boolean;
  /** The three reserved bits as a number, 4 for RSV1. */
  readonly reserved?: number;
  /** Undefined for an unmasked frame. */
  readonly key?: number | undefined;
  /** How the length is written: 7, 16 or 64 bits; the shortest when left out. */
  readonly lengthBits?: 7 | 16 | 64;
  /** A length that is not the payload's. */
  readonly length?: number;
}

/** A client's frame. */
export function clientFrame(opcode: number, payload: string | Buffer, shape: FrameShape = {}): Buffer {
  const plain = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const length = shape.length ?? plain.length;
  const bits = shape.lengthBits ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const key = 'key' in shape ? shape.key : 0x37fa213d;
  const masked = key === undefined ? 0 : 0x80;
  const first = (shape.fin === false ? 0 : 0x80) | ((shape.reserved ?? 0) << 4) | opcode;
  const extended = Buffer.alloc(bits === 7 ? 0 : bits / 8);
  if (bits === 16) extended.writeUInt16BE(length);
  if (bits === 64) extended.writeBigUInt64BE(BigInt(length));
  const head = Buffer.concat([Buffer.from([first, masked | (bits === 7 ? length : bits === 16 ? 126 : 127)]), extended]);
  if (key === undefined) return Buffer.concat([head, plain]);
  const keyBytes = Buffer.alloc(4);
  keyBytes.writeUInt32BE(key);
  // The plain definition of RFC 6455 section 5.3, not the code under test.
  const hidden = Buffer.from(plain.map((byte, i) => byte ^ (keyBytes[i % 4] as number)));
  return Buffer.concat([head, keyBytes, hidden]);
}

/** A client's Close frame. */
export function clientClose(code: number | undefined, reason: string | Buffer = ''): Buffer {
  if (code === undefined) return clientFrame(8, '');
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return clientFrame(8, Buffer.concat([head, typeof reason === 'string' ? Buffer.from(reason, 'utf8') : reason]));
}

/** A frame of the server. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The frames in what a server wrote (latin1 text). Throws when they are masked, fragmented, not in shortest form or cut off. */
export function serverFrames(wire: string): ServerFrame[] {
  const bytes = Buffer.from(wire, 'latin1');
  const frames: ServerFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.readUInt8(at);
    let length = bytes.readUInt8(at + 1);
    at += 2;
    if ((first & 0xf0) !== 0x80 || length > 127) throw new Error(`not a whole plain frame: ${first} ${length}`);
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
      if (length < 126) throw new Error('16 bits for a short length');
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
      if (length < 65_536) throw new Error('64 bits for a short length');
    }
    if (at + length > bytes.length) throw new Error('the last frame is cut off');
    frames.push({ opcode: first & 15, payload: bytes.subarray(at, at + length) });
    at += length;
  }
  return frames;
}

/** A frame in words: `text hello`, `close 1000 bye`. */
export function inWords({ opcode, payload }: ServerFrame): string {
  if (opcode === 8)
    return `close${payload.length === 0 ? '' : ` ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`}`.trimEnd();
  const name = ['continuation', 'text', 'binary'][opcode] ?? (opcode === 9 ? 'ping' : 'pong');
  return `${name} ${opcode === 2 ? payload.toString('hex') : payload.toString('utf8')}`.trimEnd();
}
