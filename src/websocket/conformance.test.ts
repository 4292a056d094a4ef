// RFC 6455, topic by topic: what a server does with each kind of frame, in whatever pieces it arrives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mulberry32 } from '../http1/fuzz-mutation.fuzz.ts';
import { clientClose, clientFrame } from './testing/client-frames.ts';
import { openWebSocket, turn } from './testing/memory-websocket.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

interface Row {
  readonly desc: string;
  readonly limits?: Partial<WebSocketLimits>;
  readonly frames: readonly Buffer[];
  /** What the handler heard. */
  readonly heard: readonly string[];
  /** What the client was sent. */
  readonly sent: readonly string[];
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const part = (opcode: number, payload: string | Buffer): Buffer => clientFrame(opcode, payload, { fin: false });
const last = (payload: string | Buffer): Buffer => clientFrame(0, payload);
const long = (length: number): string => 'abcdefghij'.repeat(Math.ceil(length / 10)).slice(0, length);
const normal = clientClose(1000);

/** A row whose client breaks the rule `reason` and is closed with `code`. */
function broken(
  desc: string,
  frames: readonly Buffer[],
  code: number,
  reason: string,
  limits: Partial<WebSocketLimits> = {},
): Row {
  return { desc, limits, frames, heard: [`closed ${code} ${reason}`], sent: [`close ${code} ${reason}`] };
}

function text(desc: string, payload: string): Row {
  return {
    desc,
    frames: [clientFrame(1, payload), normal],
    heard: [`text ${payload}`.trimEnd(), 'closed 1000 clean'],
    sent: ['close 1000'],
  };
}

function badText(desc: string, payload: string): Row {
  return broken(desc, [clientFrame(1, hex(payload))], 1007, 'The text is not UTF-8');
}

function close(desc: string, frame: Buffer, heard: string, sent: string): Row {
  return { desc, frames: [frame], heard: [heard], sent: [sent] };
}

const framing: readonly Row[] = [
  text('an empty text', ''),
  ...[1, 3, 4, 5, 23, 24, 25, 27, 125].map((length) => text(`a text of ${length}`, long(length))),
  ...[126, 127, 128, 1000, 32_768].map((length) => text(`a text of ${length}, 16 bits of length`, long(length))),
  {
    desc: 'binary messages: empty, short, and with every byte',
    frames: [
      clientFrame(2, ''),
      clientFrame(2, hex('00ff')),
      clientFrame(2, Buffer.from(Array.from({ length: 256 }, (_, i) => i))),
      normal,
    ],
    heard: [
      'binary',
      'binary 00ff',
      `binary ${Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('hex')}`,
      'closed 1000 clean',
    ],
    sent: ['close 1000'],
  },
  {
    desc: 'masking keys: zero, all ones, high bits, a single byte',
    frames: [0, 0xffffffff, 0x80808080, 0x000000ff, 0xff000000].map((key) => clientFrame(1, `key ${key} ${long(60)}`, { key })),
    heard: [...[0, 0xffffffff, 0x80808080, 0x000000ff, 0xff000000].map((key) => `text key ${key} ${long(60)}`), 'closed 1006'],
    sent: [],
  },
  {
    desc: 'a frame above 64 KB has 64 bits of length',
    limits: { frameBytes: 100_000 },
    frames: [clientFrame(1, long(65_536)), clientFrame(1, long(70_001))],
    heard: [`text ${long(65_536)}`, `text ${long(70_001)}`, 'closed 1006'],
    sent: [],
  },
  broken('unmasked', [clientFrame(1, 'a', { key: undefined })], 1002, 'The frame is not masked'),
  broken('unmasked control', [clientFrame(9, 'a', { key: undefined })], 1002, 'The frame is not masked'),
  broken(
    '16 bits for a short length',
    [clientFrame(1, 'a', { lengthBits: 16 })],
    1002,
    'The payload length is not in its shortest form',
  ),
  broken(
    '64 bits for a short length',
    [clientFrame(1, long(300), { lengthBits: 64 })],
    1002,
    'The payload length is not in its shortest form',
  ),
  broken(
    '16 bits for 125',
    [clientFrame(1, long(125), { lengthBits: 16 })],
    1002,
    'The payload length is not in its shortest form',
  ),
  broken(
    '64 bits for 65,535',
    [clientFrame(1, '', { lengthBits: 64, length: 65_535 })],
    1002,
    'The payload length is not in its shortest form',
  ),
  broken(
    'the highest bit of 64',
    [Buffer.concat([hex('82ff8000000000010000'), hex('00000000')])],
    1002,
    'The payload length is not in its shortest form',
  ),
];

const reserved: readonly Row[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((bits) =>
    broken(`reserved bits ${bits}`, [clientFrame(1, 'a', { reserved: bits })], 1002, 'Reserved bits are set'),
  ),
  broken('reserved bits of a ping', [clientFrame(9, '', { reserved: 4 })], 1002, 'Reserved bits are set'),
  broken('reserved bits of a close', [clientFrame(8, '', { reserved: 4 })], 1002, 'Reserved bits are set'),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    broken(`opcode ${opcode}`, [clientFrame(opcode, 'a')], 1002, 'The opcode is reserved'),
  ),
  {
    desc: 'what came before a violation is delivered, what comes after it is not',
    frames: [clientFrame(1, 'before'), clientFrame(1, 'x', { reserved: 4 }), clientFrame(1, 'after')],
    heard: ['text before', 'closed 1002 Reserved bits are set'],
    sent: ['close 1002 Reserved bits are set'],
  },
];

const control: readonly Row[] = [
  {
    desc: 'pings: empty, with a payload, with bytes, with 125 of them',
    frames: [clientFrame(9, ''), clientFrame(9, 'hi'), clientFrame(9, 'é'), clientFrame(9, long(125)), normal],
    heard: ['closed 1000 clean'],
    sent: ['pong', 'pong hi', 'pong é', `pong ${long(125)}`, 'close 1000'],
  },
  {
    desc: 'ten pings are ten pongs, in order',
    frames: Array.from({ length: 10 }, (_, i) => clientFrame(9, `${i}`)),
    heard: ['closed 1006'],
    sent: Array.from({ length: 10 }, (_, i) => `pong ${i}`),
  },
  {
    desc: 'a pong that nobody asked for',
    frames: [clientFrame(10, ''), clientFrame(10, 'x'), clientFrame(9, 'y')],
    heard: ['pong', 'pong x', 'closed 1006'],
    sent: ['pong y'],
  },
  broken('a ping of 126', [clientFrame(9, long(126))], 1002, 'A control frame has more than 125 bytes'),
  broken('a close of 126', [clientFrame(8, long(126))], 1002, 'A control frame has more than 125 bytes'),
  broken('a ping in two parts', [part(9, 'a'), last('b')], 1002, 'A control frame is fragmented'),
  broken('a close in two parts', [part(8, ''), last('')], 1002, 'A control frame is fragmented'),
];

const fragmentation: readonly Row[] = [
  {
    desc: 'two and three parts, empty ones among them',
    frames: [part(1, 'a'), last('b'), part(2, hex('01')), part(0, ''), last(hex('02')), part(1, ''), part(0, ''), last('')],
    heard: ['text ab', 'binary 0102', 'text', 'closed 1006'],
    sent: [],
  },
  {
    desc: 'a ping between the parts is answered at once, and the message goes on',
    frames: [part(1, 'a'), clientFrame(9, 'now'), part(0, 'b'), clientFrame(10, 'also'), last('c')],
    heard: ['pong also', 'text abc', 'closed 1006'],
    sent: ['pong now'],
  },
  {
    desc: 'a character cut in the middle',
    frames: [part(1, hex('ceba')), part(0, hex('e1bd')), last(hex('b9'))],
    heard: ['text κ\u1f79', 'closed 1006'],
    sent: [],
  },
  {
    desc: 'a close between the parts',
    frames: [part(1, 'a'), clientClose(1001, 'tab'), last('b')],
    heard: ['closed 1001 tab clean'],
    sent: ['close 1001'],
  },
  {
    desc: 'three full frames',
    frames: [part(1, long(32_768)), part(0, long(32_768)), last(long(32_768))],
    heard: [`text ${long(32_768).repeat(3)}`, 'closed 1006'],
    sent: [],
  },
  broken('a continuation of nothing', [last('a')], 1002, 'There is no message to continue'),
  broken('a continuation of nothing, not the last', [part(0, 'a')], 1002, 'There is no message to continue'),
  {
    desc: 'a continuation after the end',
    frames: [part(1, 'a'), last('b'), last('c')],
    heard: ['text ab', 'closed 1002 There is no message to continue'],
    sent: ['close 1002 There is no message to continue'],
  },
  broken('a text inside a text', [part(1, 'a'), clientFrame(1, 'b')], 1002, 'A message begins inside another'),
  broken('a binary inside a text', [part(1, 'a'), part(2, 'b')], 1002, 'A message begins inside another'),
];

const utf8: readonly Row[] = [
  text('Greek', 'κόσμε'),
  text('two, three and four bytes', '\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}'),
  text('around the surrogates', '\ud7ff\ue000\ufffd\ufffe'),
  text('NUL is a character', 'a\u0000b'),
  badText('a continuation byte alone', '80'),
  badText('0xff', '48ff49'),
  badText('a cut character at the end', 'cebae1bd'),
  badText('overlong slash, two bytes', 'c0af'),
  badText('overlong slash, three bytes', 'e080af'),
  badText('overlong slash, four bytes', 'f08080af'),
  badText('overlong NUL', 'c080'),
  badText('a surrogate', 'eda080'),
  badText('a pair of surrogates', 'eda080edb080'),
  badText('above U+10FFFF', 'f4908080'),
  badText('five bytes', 'f888808080'),
  badText('good, then bad', `${Buffer.from(long(40)).toString('hex')}fe`),
  broken(
    'bad, found when the message is complete',
    [part(1, hex('ceba')), part(0, hex('f4908080')), last('')],
    1007,
    'The text is not UTF-8',
  ),
  broken('cut at the end of the last part', [part(1, hex('ce')), last(hex('ce'))], 1007, 'The text is not UTF-8'),
  {
    desc: 'binary is not looked at',
    frames: [clientFrame(2, hex('fffe80'))],
    heard: ['binary fffe80', 'closed 1006'],
    sent: [],
  },
];

const closing: readonly Row[] = [
  close('without a code', clientClose(undefined), 'closed 1005 clean', 'close'),
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) =>
    close(`code ${code}`, clientClose(code), `closed ${code} clean`, `close ${code}`),
  ),
  close('a reason', clientClose(1000, 'bye bye'), 'closed 1000 bye bye clean', 'close 1000'),
  close('the longest reason', clientClose(4000, long(123)), `closed 4000 ${long(123)} clean`, 'close 4000'),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) =>
    broken(`code ${code} may not be sent`, [clientClose(code)], 1002, 'The close code may not be sent'),
  ),
  broken('one byte', [clientFrame(8, 'a')], 1002, 'A Close frame has one byte'),
  broken('a reason that is not UTF-8', [clientClose(1000, hex('eda080'))], 1007, 'The close reason is not UTF-8'),
  {
    desc: 'nothing is heard after a close',
    frames: [normal, clientFrame(1, 'late'), clientFrame(9, 'late'), normal],
    heard: ['closed 1000 clean'],
    sent: ['close 1000'],
  },
  { desc: 'the client goes without a close', frames: [clientFrame(1, 'a')], heard: ['text a', 'closed 1006'], sent: [] },
  {
    desc: 'the client goes in the middle of a message',
    frames: [part(1, 'a')],
    heard: ['closed 1006'],
    sent: [],
  },
];

const limits: readonly Row[] = [
  broken('a frame above 32 KB', [clientFrame(1, long(32_769))], 1009, 'The frame is too big'),
  broken(
    'a frame that announces 1 GB is not waited for',
    [clientFrame(2, '', { length: 2 ** 30 })],
    1009,
    'The frame is too big',
  ),
  {
    desc: 'a message of 128 KB in four frames',
    frames: [part(1, long(32_768)), part(0, long(32_768)), part(0, long(32_768)), last(long(32_768))],
    heard: [`text ${long(32_768).repeat(4)}`, 'closed 1006'],
    sent: [],
  },
  broken(
    'one byte more than 128 KB',
    [part(1, long(32_768)), part(0, long(32_768)), part(0, long(32_768)), part(0, long(32_768)), last('a')],
    1009,
    'The message is too big',
  ),
  broken(
    'more frames in a message than allowed',
    [part(1, 'a'), part(0, 'b'), last('c')],
    1008,
    'The message has too many frames',
    {
      framesPerMessage: 2,
    },
  ),
  broken(
    'a flood of empty parts',
    [part(1, ''), ...Array.from({ length: 2000 }, () => part(0, ''))],
    1008,
    'The message has too many frames',
  ),
  broken('binary where only text is served', [clientFrame(2, 'a')], 1003, 'Binary messages are not supported', { binary: false }),
  {
    desc: 'a flood of pings',
    limits: { controlFramesPerSecond: 0 },
    frames: [clientFrame(9, '1')],
    heard: ['closed 1008 Too many control frames'],
    sent: ['close 1008 Too many control frames'],
  },
];

const pieces: Readonly<Record<string, (wire: Buffer) => Buffer[]>> = {
  'in one piece': (wire) => [wire],
  'byte by byte': (wire) => Array.from(wire, (_, i) => wire.subarray(i, i + 1)),
  'in random pieces': (wire) => {
    const random = mulberry32(wire.length);
    const cut: Buffer[] = [];
    for (let at = 0; at < wire.length; ) {
      const to = at + 1 + Math.floor(random() * (random() < 0.5 ? 8 : 3000));
      cut.push(wire.subarray(at, to));
      at = to;
    }
    return cut;
  },
};

for (const [topic, rows] of Object.entries({ framing, reserved, control, fragmentation, utf8, closing, limits })) {
  test(topic, async (t) => {
    for (const row of rows) {
      for (const [how, cut] of Object.entries(pieces)) {
        const wire = Buffer.concat(row.frames);
        // A byte at a time is slow in this harness, and says nothing new about long frames.
        if (how === 'byte by byte' && wire.length > 20_000) continue;
        await t.test(`${row.desc}, ${how}`, async () => {
          const socket = openWebSocket({
            ...row.limits,
            ...(row.limits?.controlFramesPerSecond === undefined ? { controlFramesPerSecond: 1e6 } : {}),
          });
          await turn();
          for (const piece of cut(wire)) socket.transport.feed(piece);
          socket.transport.feedEnd();
          await turn();
          assert.deepEqual({ heard: socket.heard, sent: socket.sent() }, { heard: row.heard, sent: row.sent });
          assert.deepEqual(socket.faults, []);
          assert.equal(socket.transport.destroyed, true);
          assert.equal(socket.server.connections, 0);
        });
      }
    }
  });
}
