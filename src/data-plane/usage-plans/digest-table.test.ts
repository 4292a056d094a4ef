// A table of digests beside a Map, which is what it must behave like.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { DigestTable } from './digest-table.ts';

const digestOf = (n: number): string => hash('sha256', `secret ${n}`, 'base64url');

test('it finds what a Map finds, through every kind of change', () => {
  const table = new DigestTable<number>();
  const map = new Map<string, number>();
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let step = 0; step < 60_000; step++) {
    // First it grows, then keys come and go.
    const digest = digestOf(random(step < 30_000 ? 8_000 : 2_000));
    if (random(3) > 0 || step < 10_000) {
      table.set(digest, step);
      map.set(digest, step);
    } else {
      table.delete(digest);
      map.delete(digest);
    }
    assert.equal(table.size, map.size);
  }
  for (let n = 0; n < 9_000; n++) assert.equal(table.get(digestOf(n)), map.get(digestOf(n)), String(n));
});

test('digests that are almost the same are told apart', () => {
  const table = new DigestTable<string>();
  const digest = digestOf(1);
  table.set(digest, 'own');
  for (let at = 0; at < 35; at++) {
    const other = `${digest.slice(0, at)}${digest[at] === 'A' ? 'B' : 'A'}${digest.slice(at + 1)}`;
    assert.equal(table.get(other), undefined, `character ${at}`);
    table.set(other, String(at));
  }
  assert.equal(table.get(digest), 'own');
  assert.equal(table.size, 36);
});

test('the digest of nothing but zeros is a digest like any other', () => {
  const table = new DigestTable<string>();
  const zeros = 'A'.repeat(43);
  assert.equal(table.get(zeros), undefined);
  table.set(zeros, 'zeros');
  assert.equal(table.get(zeros), 'zeros');
  table.delete(zeros);
  assert.equal(table.get(zeros), undefined);
});

test('what is no digest is never there', () => {
  const table = new DigestTable<string>();
  for (const text of ['', 'A', 'A'.repeat(42), 'A'.repeat(44)]) {
    assert.throws(() => table.set(text, 'x'), /43 characters/);
    assert.equal(table.get(text), undefined);
    table.delete(text);
  }
});
