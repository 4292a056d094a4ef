import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALPHANUMERIC, CharacterSet } from './character-set.ts';

test('a set of characters says what a regular expression of them says', () => {
  const set = new CharacterSet(`${ALPHANUMERIC}_.~*!'()-`);
  const pattern = /^[A-Za-z0-9_.~*!'()-]*$/;
  for (let code = 0; code < 0x200; code++) {
    const character = String.fromCharCode(code);
    assert.equal(set.has(code), pattern.test(character), String(code));
    for (const text of [character, `ab${character}`, `${character}z`]) assert.equal(set.spans(text), pattern.test(text), text);
  }
  assert.equal(set.spans(''), true);
  assert.equal(set.spans('😀'), false);
});
