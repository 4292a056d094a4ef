import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextTable } from './text-table.ts';

test('a text table finds what it was given, and nothing else', () => {
  const table = new TextTable<number>();
  const texts = Array.from({ length: 2_000 }, (_, at) => `${'/long'.repeat(at % 70)}/resource${at}`);
  for (const [at, text] of texts.entries()) table.set(text, at);
  assert.equal(table.size, texts.length);
  for (const [at, text] of texts.entries()) {
    assert.equal(table.get(`${text}`), at);
    assert.equal(table.get(`${text}/`), undefined);
    assert.equal(table.get(text.slice(1)), undefined);
  }
  for (const name of ['', '__proto__', 'constructor', 'toString', 'é', '\u{1f600}']) {
    assert.equal(table.get(name), undefined);
    table.set(name, -1);
    assert.equal(table.get(name), -1);
  }
});

test('a text is there once: what is set later counts', () => {
  const table = new TextTable<string>();
  table.set('pets', 'before');
  table.set('pets', 'after');
  assert.equal(table.get('pets'), 'after');
  assert.equal(table.size, 1);
});

test('texts that differ only in front of what decides their place are kept apart', () => {
  const table = new TextTable<number>();
  const end = 'x'.repeat(256);
  for (let at = 0; at < 10; at++) table.set(`${at}${end}`, at);
  for (let at = 0; at < 10; at++) assert.equal(table.get(`${at}${end}`), at);
});
