// Fuzzing of the frame reader: whole conversations of right, wrong and damaged frames, cut at random points. What is read must be
// what a plain reading of the whole wire finds, and what the package `ws` delivers. The plain reading shares nothing with
// the code under test: byte by byte, from RFC 6455, with TextDecoder for UTF-8.

import * as ws from 'ws';
import { mulberry32 } from '../http1/fuzz-mutation.fuzz.ts';
import type { FuzzReport } from '../http1/request-parser.fuzz.ts';
import { opcode } from './frame.ts';
import { INCOMPLETE, MessageReader, VIOLATION } from './message-reader.ts';
import { clientClose, clientFrame } from './testing/client-frames.ts';

const limits = { frameBytes: 2000, messageBytes: 4000, framesPerMessage: 12, binary: true };

/** Runs `cases` conversations made from `seed`; the same numbers make the same cases. `requests` counts frames. */
export async function fuzzWebSocketReader(cases: number, seed: number): Promise<FuzzReport> {
  const random = mulberry32(seed);
  const disagreements: FuzzReport['disagreements'][number][] = [];
  let accepted = 0;
  let frames = 0;
  for (let i = 0; i < cases && disagreements.length < 20; i++) {
    if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    const conversation = someFrames(random);
    frames += conversation.length;
    const wire = damaged(Buffer.concat(conversation), random);
    const report = (what: string): unknown => disagreements.push({ case: i, wire: wire.toString('hex'), what });
    const expected = plainReading(wire);
    const read = ourReading(wire, random);
    if (JSON.stringify(read) !== JSON.stringify(expected))
      report(`read ${JSON.stringify(read)}, plainly ${JSON.stringify(expected)}`);
    const violated = read.at(-1)?.startsWith('violation') === true;
    if (!violated) accepted++;
    const mine = violated ? read.slice(0, -1) : read;
    const theirs = wsReading(wire);
    const same = violated ? theirs.slice(0, mine.length) : theirs;
    // ws finds bad UTF-8 and bad codes as we do; its other errors do not matter where we have one, too.
    if (JSON.stringify(mine) !== JSON.stringify(same)) report(`read ${JSON.stringify(mine)}, ws ${JSON.stringify(theirs)}`);
  }
  return { cases, accepted, requests: frames, disagreements };
}

// --- three readings ---

function ourReading(wire: Buffer, random: () => number): string[] {
  const reader = new MessageReader(limits);
  const heard: string[] = [];
  for (let from = 0; from < wire.length; ) {
    const to = Math.min(wire.length, from + 1 + Math.floor(random() * (random() < 0.5 ? 6 : 400)));
    // As in a shared read buffer: other bytes around it, and gone afterwards.
    const memory = Buffer.alloc(to - from + 9, 'G');
    wire.copy(memory, 5, from, to);
    let at = 5;
    const end = 5 + to - from;
    while (at < end) {
      const found = reader.read(memory, at, end);
      if ((reader.at <= at && found !== VIOLATION) || reader.at > end)
        throw new Error(`it went from ${at} to ${reader.at} of ${end}`);
      at = reader.at;
      if (found === INCOMPLETE) break;
      if (found === VIOLATION) return [...heard, `violation ${reader.violation.code}`];
      heard.push(
        found === opcode.close ? `8 ${reader.closeCode} ${reader.closeReason}` : `${found} ${reader.payload.toString('hex')}`,
      );
      if (found === opcode.close) return heard;
    }
    if (memory.toString('latin1', 0, 5) !== 'GGGGG' || memory.toString('latin1', end) !== 'GGGG')
      throw new Error('it wrote outside');
    memory.fill(0x21);
    from = to;
  }
  if (reader.isAtRest !== plainlyAtRest(wire)) heard.push('wrong about being at rest');
  return heard;
}

interface PlainState {
  readonly heard: string[];
  readonly rest: boolean;
}

function plainReading(wire: Buffer): string[] {
  return plainState(wire).heard;
}

function plainlyAtRest(wire: Buffer): boolean {
  return plainState(wire).rest;
}

function plainState(wire: Buffer): PlainState {
  const heard: string[] = [];
  let message: { kind: number; parts: number[]; frames: number } | undefined;
  let at = 0;
  const broken = (code: number): PlainState => ({ heard: [...heard, `violation ${code}`], rest: false });
  const more = (): PlainState => ({ heard, rest: false });
  while (at < wire.length) {
    if (at + 2 > wire.length) return more();
    const first = wire.readUInt8(at);
    const second = wire.readUInt8(at + 1);
    const kind = first & 15;
    const fin = first >= 128;
    if (((first >> 4) & 7) !== 0 || second < 128 || ![0, 1, 2, 8, 9, 10].includes(kind)) return broken(1002);
    if (kind >= 8 && (!fin || (second & 127) > 125)) return broken(1002);
    if (kind < 8 && (kind === 0) !== (message !== undefined)) return broken(1002);
    const form = second & 127;
    const lengthBytes = form === 126 ? 2 : form === 127 ? 8 : 0;
    if (at + 2 + lengthBytes + 4 > wire.length) return more();
    const length = lengthBytes === 0 ? BigInt(form) : BigInt(`0x${wire.toString('hex', at + 2, at + 2 + lengthBytes)}`);
    if ((lengthBytes === 2 && length < 126n) || (lengthBytes === 8 && (length < 65_536n || length >= 2n ** 63n)))
      return broken(1002);
    if (kind < 8) {
      if (length > BigInt(limits.frameBytes)) return broken(1009);
      if (length + BigInt(message?.parts.length ?? 0) > BigInt(limits.messageBytes)) return broken(1009);
      message ??= { kind, parts: [], frames: 0 };
      if (++message.frames > limits.framesPerMessage) return broken(1008);
    }
    const keyAt = at + 2 + lengthBytes;
    const payloadAt = keyAt + 4;
    const payloadEnd = payloadAt + Number(length);
    if (payloadEnd > wire.length) return more();
    const plain: number[] = [];
    for (let i = payloadAt; i < payloadEnd; i++) plain.push(wire.readUInt8(i) ^ wire.readUInt8(keyAt + ((i - payloadAt) % 4)));
    at = payloadEnd;
    if (kind === 8) {
      if (plain.length === 1) return broken(1002);
      const code = plain.length === 0 ? 1005 : (plain[0] as number) * 256 + (plain[1] as number);
      const mayBeSent = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
      if (plain.length > 0 && !mayBeSent) return broken(1002);
      const reason = decoded(plain.slice(2));
      if (reason === undefined) return broken(1007);
      heard.push(`8 ${code} ${reason}`);
      return { heard, rest: true };
    }
    if (kind > 8) {
      heard.push(`${kind} ${Buffer.from(plain).toString('hex')}`);
      continue;
    }
    if (message === undefined) throw new Error('there is a message here');
    message.parts.push(...plain);
    if (!fin) continue;
    if (message.kind === 1 && decoded(message.parts) === undefined) return broken(1007);
    heard.push(`${message.kind} ${Buffer.from(message.parts).toString('hex')}`);
    message = undefined;
  }
  return { heard, rest: message === undefined };
}

function decoded(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** The receiver of `ws`; its types leave it out. */
interface Receiver {
  on(event: string, listener: (...args: never[]) => void): void;
  write(bytes: Buffer): void;
}
const { Receiver } = ws as unknown as { Receiver: new (options: Readonly<Record<string, unknown>>) => Receiver };

function wsReading(wire: Buffer): string[] {
  const heard: string[] = [];
  const receiver = new Receiver({ isServer: true, allowSynchronousEvents: true });
  const hear = (kind: number) => (payload: Buffer) => heard.push(`${kind} ${payload.toString('hex')}`);
  receiver.on('message', (payload: Buffer, isBinary: boolean) => hear(isBinary ? 2 : 1)(payload));
  receiver.on('ping', hear(9));
  receiver.on('pong', hear(10));
  receiver.on('conclude', (code: number, reason: Buffer) => heard.push(`8 ${code} ${reason}`));
  receiver.on('error', () => {});
  // It unmasks in place.
  receiver.write(Buffer.from(wire));
  return heard;
}

// --- what clients say ---

function someFrames(random: () => number): Buffer[] {
  const frames: Buffer[] = [];
  const count = 1 + Math.floor(random() * 6);
  for (let i = 0; i < count; i++) {
    const kind = random();
    if (kind < 0.35) frames.push(dataFrame(1, true, random));
    else if (kind < 0.5) frames.push(dataFrame(2, true, random));
    else if (kind < 0.75) frames.push(...fragmented(random));
    else if (kind < 0.88) frames.push(clientFrame(random() < 0.5 ? 9 : 10, somePayload(random, 125), { key: someKey(random) }));
    else if (kind < 0.94)
      frames.push(
        clientClose(random() < 0.8 ? 1000 + Math.floor(random() * 16) : Math.floor(random() * 5200), somePayload(random, 20)),
      );
    else frames.push(wrongFrame(random));
  }
  return frames;
}

function fragmented(random: () => number): Buffer[] {
  const parts = 2 + Math.floor(random() * (random() < 0.1 ? 14 : 4));
  const frames: Buffer[] = [];
  for (let i = 0; i < parts; i++) {
    if (random() < 0.2) frames.push(clientFrame(9, somePayload(random, 8), { key: someKey(random) }));
    frames.push(dataFrame(i === 0 ? (random() < 0.5 ? 1 : 2) : 0, i === parts - 1, random));
  }
  return frames;
}

function dataFrame(kind: number, fin: boolean, random: () => number): Buffer {
  const long = random() < 0.03;
  return clientFrame(kind, somePayload(random, long ? 2200 : 160), { fin, key: someKey(random) });
}

function wrongFrame(random: () => number): Buffer {
  const length = Math.floor(random() * 2 ** (random() * 40));
  return clientFrame(Math.floor(random() * 16), somePayload(random, 130), {
    fin: random() < 0.7,
    reserved: random() < 0.3 ? Math.floor(random() * 8) : 0,
    key: random() < 0.2 ? undefined : someKey(random),
    ...(random() < 0.3 ? { lengthBits: 64, length } : random() < 0.2 ? { lengthBits: 16 } : {}),
  });
}

function someKey(random: () => number): number {
  return random() < 0.1 ? 0 : Math.floor(random() * 2 ** 32);
}

const characters = ['a', 'z', '0', ' ', 'é', '߿', 'ࠀ', '€', '\ud7ff', '\uffff', '😀', '\u{10ffff}', '\0'];

function somePayload(random: () => number, longest: number): Buffer {
  const wanted = Math.floor(random() * random() * longest);
  if (random() < 0.5) return Buffer.from('abcdefghij'.repeat(Math.ceil(wanted / 10)).slice(0, wanted));
  let text = '';
  while (Buffer.byteLength(text) < wanted) text += characters[Math.floor(random() * characters.length)];
  // Sometimes this cuts a character.
  return Buffer.from(text).subarray(0, random() < 0.2 ? wanted : longest);
}

/** Most conversations are left alone; some lose, change or repeat bytes. */
function damaged(wire: Buffer, random: () => number): Buffer {
  if (random() < 0.7) return wire;
  const at = Math.floor(random() * wire.length);
  const length = 1 + Math.floor(random() * 4);
  switch (Math.floor(random() * 4)) {
    case 0:
      return wire.subarray(0, at);
    case 1:
      return Buffer.concat([wire.subarray(0, at), wire.subarray(at + length)]);
    case 2:
      return Buffer.concat([wire.subarray(0, at + length), wire.subarray(at)]);
    default: {
      const changed = Buffer.from(wire);
      changed[at] = Math.floor(random() * 256);
      return changed;
    }
  }
}
