import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { SecretBox } from './secret-box.ts';

const box = new SecretBox(randomBytes(32));

test('a secret opens for its owner, with its key', () => {
  const sealed = box.seal('wJalrXUtnFEMI', 'AKIA1');
  assert.equal(box.open(sealed, 'AKIA1'), 'wJalrXUtnFEMI');
  assert.ok(!Buffer.from(sealed, 'base64').includes('wJalr'));
});

test('the same secret is sealed differently each time', () => {
  assert.notEqual(box.seal('secret', 'AKIA1'), box.seal('secret', 'AKIA1'));
});

test('nothing else opens it', () => {
  const sealed = box.seal('secret', 'AKIA1');
  assert.equal(box.open(sealed, 'AKIA2'), undefined, 'another owner');
  assert.equal(new SecretBox(randomBytes(32)).open(sealed, 'AKIA1'), undefined, 'another master key');
  assert.equal(box.open('', 'AKIA1'), undefined, 'nothing');
  assert.equal(box.open(`${sealed}A`, 'AKIA1'), undefined, 'something after it');
  const bytes = Buffer.from(sealed, 'base64');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] as number) ^ 1;
    assert.equal(box.open(changed.toString('base64'), 'AKIA1'), undefined, `byte ${i} changed`);
    assert.equal(box.open(bytes.subarray(0, i).toString('base64'), 'AKIA1'), undefined, `cut to ${i} bytes`);
  }
});

test('a master key of another length is a mistake', () => {
  assert.throws(() => new SecretBox(randomBytes(16)), /32 bytes/);
});
