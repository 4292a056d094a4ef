// Bodies as text and as bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, payloadOfBytes, payloadOfText, textOf } from './payload.ts';

const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

test('every byte survives, whether it is text or not', () => {
  for (let byte = 0; byte < 256; byte++) {
    const payload = payloadOfBytes(String.fromCharCode(byte));
    assert.equal(typeof payload, byte < 0x80 ? 'string' : 'object', `byte ${byte}`);
    assert.deepEqual([...bytesOf(payload)], [byte]);
  }
  assert.deepEqual(bytesOf(payloadOfBytes(all.toString('latin1'))), all);
});

test('text is UTF-8 on the wire', () => {
  assert.equal(payloadOfText('{"a":1}'), '{"a":1}');
  assert.deepEqual(payloadOfText('é'), Buffer.from([0xc3, 0xa9]));
  assert.deepEqual(bytesOf(payloadOfText('😀')), Buffer.from('😀', 'utf8'));
  // Half of a character is no text: what UTF-8 has for it.
  assert.deepEqual(bytesOf(payloadOfText('\ud83d')), Buffer.from('\ufffd', 'utf8'));
});

test('bytes are read as UTF-8', () => {
  assert.equal(textOf(payloadOfBytes('\xc3\xa9')), 'é');
  assert.equal(textOf(payloadOfBytes('\xff')), '\ufffd');
  assert.equal(textOf(payloadOfBytes('plain')), 'plain');
});
