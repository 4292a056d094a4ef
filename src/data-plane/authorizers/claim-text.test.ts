import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claimTexts } from './claim-text.ts';

describe('claimTexts', () => {
  const rows: [desc: string, claim: unknown, text: string | undefined][] = [
    ['text', 'a b', 'a b'],
    ['empty text', '', ''],
    ['a number', 1795359845, '1795359845'],
    ['a fraction', 1.5, '1.5'],
    ['a boolean', true, 'true'],
    ['a list', ['admin', 'poweruser'], '[admin poweruser]'],
    ['a list of one', ['a'], '[a]'],
    ['an empty list', [], '[]'],
    ['a mixed list', [1, true, { a: 1 }], '[1 true {"a":1}]'],
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['null', null, undefined],
  ];
  for (const [desc, claim, text] of rows) {
    test(desc, () => assert.equal(claimTexts({ claim })['claim'], text));
  }

  test('a claim called __proto__ is a claim', () => {
    const claims = JSON.parse('{"__proto__":"x","sub":"a"}') as Record<string, unknown>;
    const texts = claimTexts(claims);
    assert.deepEqual(Object.keys(texts), ['__proto__', 'sub']);
    assert.equal(Object.getPrototypeOf(texts), Object.prototype);
  });
});
