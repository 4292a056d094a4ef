import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKEN, ChunkedDecoder, encodeChunk, LAST_CHUNK } from './chunked.ts';

function decode(pieces: readonly string[]): { content: string; used: number; done: boolean; broken: boolean } {
  const decoder = new ChunkedDecoder();
  let content = '';
  let used = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(`<<${piece}>>`, 'latin1');
    const at = decoder.decode(bytes, 2, bytes.length - 2, {
      onChunkBytes: (memory, start, end) => {
        content += memory.toString('latin1', start, end);
      },
    });
    if (at === BROKEN) return { content, used, done: false, broken: true };
    used += at - 2;
    if (decoder.done) break;
  }
  return { content, used, done: decoder.done, broken: false };
}

test('what is encoded is decoded, however it is cut', () => {
  const contents = ['a', 'hello world', 'x'.repeat(300), '\r\n0\r\n\r\n', '\x00\xff'];
  const wire = contents.map((content) => encodeChunk(Buffer.from(content, 'latin1')).toString('latin1')).join('') + LAST_CHUNK;
  for (let cut = 0; cut <= wire.length; cut++) {
    assert.deepEqual(decode([wire.slice(0, cut), wire.slice(cut)]), {
      content: contents.join(''),
      used: wire.length,
      done: true,
      broken: false,
    });
  }
});

test('it stops behind the message', () => {
  assert.deepEqual(decode(['1\r\na\r\n0\r\n\r\nGET']), { content: 'a', used: 11, done: true, broken: false });
  assert.deepEqual(decode(['1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\nGET']), { content: 'a', used: 21, done: true, broken: false });
});

test('an unfinished message is not done', () => {
  const wire = '5\r\nhello\r\n0\r\nX: y\r\n\r\n';
  for (let length = 0; length < wire.length; length++) {
    const { done, broken } = decode([wire.slice(0, length)]);
    assert.equal(done || broken, false, `after ${length} bytes`);
  }
});

test('sizes have at most eight digits', () => {
  assert.equal(decode(['00000005\r\nhello\r\n']).content, 'hello');
  assert.equal(decode(['000000005\r\nhello\r\n']).broken, true);
  // Four gigabytes are announced, nothing is reserved for them.
  assert.deepEqual(decode(['ffffffff\r\nhello']), { content: 'hello', used: 15, done: false, broken: false });
});

test('trailer fields are kept for who asks, by lower-case name, within a limit', () => {
  const wire = Buffer.from('1\r\na\r\n0\r\nX-First: one \r\nx-Second:two\r\nx-second: three\r\n\r\n', 'latin1');
  const nobody = { onChunkBytes() {} };
  for (let cut = 0; cut <= wire.length; cut++) {
    const decoder = new ChunkedDecoder();
    const at = decoder.decode(wire, 0, cut, nobody);
    decoder.decode(wire, at, wire.length, nobody);
    assert.equal(decoder.done, true);
    assert.deepEqual(
      ['x-first', 'x-second', 'x-third'].map((name) => decoder.trailer(name)),
      ['one', 'three', undefined],
    );
  }
  const long = Buffer.from(`0\r\nX: ${'y'.repeat(5000)}\r\n\r\n`);
  assert.equal(new ChunkedDecoder().decode(long, 0, long.length, nobody), BROKEN);
  assert.equal(new ChunkedDecoder(10_000).decode(long, 0, long.length, nobody), long.length);
});
