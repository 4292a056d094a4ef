import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkedTemplates, checkPattern, checkSchema } from './definition-checks.ts';

describe('a selection pattern that is taken', () => {
  const patterns = [
    '',
    '2\\d{2}',
    '4\\d{2}|5\\d{2}',
    '.*"status":400.*',
    '[)(]',
    '[]a]',
    '[^]]',
    '(?i)error',
    '(?:a|b)+?',
    '\\(',
    'a{2,3}',
  ];
  for (const pattern of patterns) test(`"${pattern}"`, () => assert.doesNotThrow(() => checkPattern(pattern)));
});

describe('a selection pattern that is refused', () => {
  const patterns: readonly [pattern: string, why: RegExp][] = [
    ['(', /is not closed/],
    ['[a', /class is not closed/],
    ['a)', /closed that was not opened/],
    ['a\\', /ends with a backslash/],
    ['(a)\\1', /back references/],
    ['(?=a)', /look-around/],
    ['(?<!a)b', /look-around/],
    ['(?>a)', /atomic groups/],
    ['a++', /possessive/],
    ['*a', /nothing to repeat/],
    ['a'.repeat(1025), /more than 1024 characters/],
  ];
  for (const [pattern, why] of patterns) test(`"${pattern.slice(0, 20)}"`, () => assert.throws(() => checkPattern(pattern), why));
});

test('an empty template is kept as null, a long one is refused', () => {
  assert.deepEqual(checkedTemplates({ 'application/json': '', 'text/plain': 'x' }), {
    'application/json': null,
    'text/plain': 'x',
  });
  assert.throws(() => checkedTemplates({ 'text/plain': 'x'.repeat(300 * 1024 + 1) }), /Invalid template for text\/plain/);
});

describe('a schema that is refused', () => {
  for (const text of ['', '{', '[]', '3', 'null'])
    test(`"${text}"`, () => assert.throws(() => checkSchema(text), /Invalid model schema/));
});
