import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type EnvironmentFrame,
  encodeInvoke,
  FRAME_BYTES_MAX,
  FRAME_INVOKE,
  FRAME_RETURNED,
  FRAME_STREAM_CHUNK,
  FrameDecoder,
} from './frame-codec.ts';

function frame(type: number, text: string, peak = 7, us = 21): Buffer {
  const body = Buffer.from(text);
  const bytes = Buffer.alloc(13 + body.length);
  bytes.writeUInt32LE(9 + body.length, 0);
  bytes[4] = type;
  bytes.writeUInt32LE(peak, 5);
  bytes.writeUInt32LE(us, 9);
  body.copy(bytes, 13);
  return bytes;
}

test('frames come out whole however the bytes are cut', () => {
  const bytes = Buffer.concat([frame(16, ''), frame(FRAME_RETURNED, '{"a":"ü"}'), frame(18, 'x'.repeat(300))]);
  for (const size of [1, 2, 3, 5, 8, 9, 100, bytes.length]) {
    const seen: EnvironmentFrame[] = [];
    const decoder = new FrameDecoder((given) => seen.push(given));
    for (let at = 0; at < bytes.length; at += size) assert.equal(decoder.push(bytes.subarray(at, at + size)), true);
    assert.deepEqual(
      seen.map(({ type, peakMemoryKib, handlerUs, text }) => [type, peakMemoryKib, handlerUs, text]),
      [
        [16, 7, 21, ''],
        [FRAME_RETURNED, 7, 21, '{"a":"ü"}'],
        [18, 7, 21, 'x'.repeat(300)],
      ],
      `in pieces of ${size}`,
    );
  }
});

test('a piece of a stream comes as bytes, not as text', () => {
  const seen: Buffer[] = [];
  const decoder = new FrameDecoder(({ type, bytes }) => {
    if (type === FRAME_STREAM_CHUNK) seen.push(Buffer.from(bytes ?? []));
  });
  const piece = frame(FRAME_STREAM_CHUNK, '');
  piece.writeUInt32LE(9 + 3, 0);
  assert.equal(decoder.push(Buffer.concat([piece, Buffer.from([0xff, 0, 0xfe])])), true);
  assert.deepEqual(seen, [Buffer.from([0xff, 0, 0xfe])]);
});

const bad: readonly { desc: string; bytes: Buffer }[] = [
  { desc: 'a type of the other direction', bytes: frame(1, 'x') },
  { desc: 'a type that there is not', bytes: frame(27, 'x') },
  { desc: 'a body too short for its head', bytes: Buffer.from([8, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0]) },
  { desc: 'no body', bytes: Buffer.from([0, 0, 0, 0]) },
  {
    desc: 'more than an answer may have',
    bytes: (() => {
      const b = Buffer.alloc(9);
      b.writeUInt32LE(FRAME_BYTES_MAX + 1, 0);
      return b;
    })(),
  },
];
for (const { desc, bytes } of bad) {
  for (const size of [1, bytes.length]) {
    test(`refused › ${desc}, in pieces of ${size}`, () => {
      const decoder = new FrameDecoder(() => assert.fail('no frame'));
      let taken = true;
      for (let at = 0; at < bytes.length && taken; at += size) taken = decoder.push(bytes.subarray(at, at + size));
      assert.equal(taken, false);
    });
  }
}

test('an event frame says its length in bytes', () => {
  const bytes = Buffer.from(encodeInvoke(FRAME_INVOKE, 'id', 12, '', '', '', '"ü"'), 'latin1');
  assert.equal(bytes.readUInt32LE(0), bytes.length - 4);
  assert.equal(bytes.toString('utf8', 5), 'id\n12\n\n\n\n"ü"');
});
