import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldSection, INCOMPLETE, REFUSED } from './field-section.ts';

const section = new FieldSection({ lineBytes: 8_192, headBytes: 16_384, fieldCount: 100 });

/** What parsing says about a field with this value, and the value as it was found. */
function parseValue(value: Buffer, cut = 0): { readonly result: number; readonly value: string } {
  const head = Buffer.concat([Buffer.from('X: '), value, Buffer.from('\r\n\r\n')]);
  const end = head.length - cut;
  const result = section.parse(head, 0, 0, end);
  const [, , from = 0, to = 0] = section.offsets;
  return { result, value: head.toString('latin1', from, to) };
}

test('each byte at each place of a value is taken or refused, whatever stands around it', () => {
  for (let length = 1; length <= 13; length++) {
    for (let at = 0; at < length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        for (const filler of [0x21, 0x7e, 0x80, 0xff]) {
          const value = Buffer.alloc(length, filler);
          value[at] = byte;
          const allowed = byte === 9 || (byte >= 0x20 && byte !== 0x7f);
          const parsed = parseValue(value);
          if (!allowed) assert.equal(parsed.result, REFUSED, `${byte} at ${at} of ${length}`);
          else {
            assert.equal(parsed.result, length + 7, `${byte} at ${at} of ${length}`);
            assert.equal(parsed.value, value.toString('latin1').replace(/^[\t ]+|[\t ]+$/g, ''));
          }
        }
      }
    }
  }
});

test('a head that ends anywhere is not complete', () => {
  const value = Buffer.from('Bearer eyJhbGciOiJSUzI1NiJ9');
  const whole = value.length + 7;
  for (let cut = 1; cut < whole; cut++) assert.equal(parseValue(value, cut).result, INCOMPLETE, `${cut} bytes short`);
});
