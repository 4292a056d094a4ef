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
  const patterns = ['(', '[a', 'a)', 'a\\', '(a)\\1', '(?=a)', '(?<!a)b', '(?>a)', 'a++', '*a', 'a'.repeat(1025)];
  for (const pattern of patterns) {
    test(`"${pattern.slice(0, 20)}"`, () => {
      assert.throws(() => checkPattern(pattern), /^AwsError: Invalid selection pattern specified: ./);
    });
  }
});

test('an empty template is kept as null, a long one is refused', () => {
  assert.deepEqual(checkedTemplates({ 'application/json': '', 'text/plain': 'x' }), {
    'application/json': null,
    'text/plain': 'x',
  });
  const long = { 'text/plain': 'x'.repeat(300 * 1024 + 1) };
  assert.throws(() => checkedTemplates(long), /Invalid mapping template for text\/plain/);
});

test('a template that is none is refused with its place', () => {
  assert.throws(
    () => checkedTemplates({ 'a/b': 'x\n#if(' }),
    /^AwsError: Invalid mapping template for a\/b: .* \(line 2, column \d+\)$/,
  );
});

describe('a schema that is refused', () => {
  for (const text of ['', '{', '[]', '3', 'null'])
    test(`"${text}"`, () => assert.throws(() => checkSchema(text), /Invalid model schema/));
});
