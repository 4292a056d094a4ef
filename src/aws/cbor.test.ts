import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CborTimestamp, CborWriter, decodeCbor } from './cbor.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

// The examples of RFC 8949, appendix A.
const examples: readonly [string, unknown][] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['20', -1],
  ['3903e7', -1000],
  ['f90000', 0],
  ['f93c00', 1],
  ['f97bff', 65_504],
  ['f90001', 2 ** -24],
  ['f9c400', -4],
  ['f97c00', Number.POSITIVE_INFINITY],
  ['f97e00', Number.NaN],
  ['fa47c35000', 100_000],
  ['fb3ff199999999999a', 1.1],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', null],
  ['c11a514b67b0', new CborTimestamp(1_363_896_240)],
  ['c249010000000000000000', 18_446_744_073_709_552_000],
  ['4401020304', hex('01020304')],
  ['6161', 'a'],
  ['62c3bc', 'ü'],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  [
    'a26161016162820203',
    new Map<string, unknown>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
  ['5f42010243030405ff', hex('0102030405')],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9fff', []],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  [
    'bf61610161629f0203ffff',
    new Map<string, unknown>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
];

test('the examples of RFC 8949 decode', () => {
  for (const [bytes, value] of examples) assert.deepEqual(decodeCbor(hex(bytes)), value, bytes);
});

const malformed: readonly { desc: string; bytes: Buffer }[] = [
  { desc: 'nothing', bytes: Buffer.alloc(0) },
  { desc: 'bytes left over', bytes: hex('0000') },
  { desc: 'a text that ends early', bytes: hex('6261') },
  { desc: 'an array that promises 2^32 items', bytes: hex('9affffffff') },
  { desc: 'a map that promises 2^64 entries', bytes: hex('bbffffffffffffffff') },
  { desc: 'a text of 2^63 bytes', bytes: hex('7b8000000000000000 61') },
  { desc: 'a lone break', bytes: hex('ff') },
  { desc: 'a break in a definite array', bytes: hex('81ff') },
  { desc: 'a break instead of a value', bytes: hex('bf6161ffff') },
  { desc: 'an indefinite array without end', bytes: hex('9f01') },
  { desc: 'a key that is a number', bytes: hex('a10101') },
  { desc: 'a chunk of another kind', bytes: hex('5f6161ff') },
  { desc: 'a reserved length', bytes: hex('1c') },
  { desc: 'nesting without end', bytes: Buffer.alloc(100_000, 0x81) },
  { desc: 'tags without end', bytes: Buffer.alloc(100_000, 0xc6) },
  { desc: 'half a million and one items', bytes: Buffer.concat([hex('9f'), Buffer.alloc(500_001, 0x00), hex('ff')]) },
];

test('malformed bodies are refused', async (t) => {
  for (const { desc, bytes } of malformed) {
    await t.test(desc, () => assert.throws(() => decodeCbor(bytes), { code: 'SerializationException' }));
  }
});

test('what the writer writes, the decoder reads', () => {
  const writer = new CborWriter();
  writer.array(11);
  const numbers = [0, 23, 24, 255, 256, 65_536, 2 ** 33, -1, -(2 ** 33), 1.5, -0];
  for (const number of numbers) writer.number(number);
  assert.deepEqual(decodeCbor(writer.bytes()), numbers);
});

test('no bytes make the decoder throw anything else', () => {
  let state = 7;
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(
      Array.from({ length: i % 24 }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return (state >>> 16) & 255;
      }),
    );
    try {
      decodeCbor(bytes);
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'SerializationException', bytes.toString('hex'));
    }
  }
});
