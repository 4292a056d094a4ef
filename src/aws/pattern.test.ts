import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './pattern.ts';

const rows: readonly { pattern: string; yes: readonly string[]; no: readonly string[] }[] = [
  { pattern: '[1-5]\\d\\d', yes: ['200', '599'], no: ['600', '20', '2000', '٢٠٠'] },
  { pattern: '^([1-5]\\d\\d|\\*|\\s*)$', yes: ['200', '*', '', '  '], no: ['2', '**'] },
  { pattern: '((?!^\\d+$)^[0-9a-zA-Z-_]+$)', yes: ['a', '1a', 'a-b_c'], no: ['1', '$LATEST', ''] },
  { pattern: '[0-9A-Za-z\\.\\-_]*(?<!\\.)', yes: ['', 'a.b', 'a-'], no: ['a.', '.'] },
  { pattern: '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$', yes: ['abc', 'a-b-c'], no: ['a--b', 'ab', '-ab'] },
  { pattern: '(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)', yes: ['system', 'a.b'], no: ['system.x', '$a', ''] },
  {
    pattern: '([a-zA-Z][-a-zA-Z0-9]*)|(arn:\\b(aws|aws-cn)\\b:[-a-zA-Z0-9:/._+]*)',
    yes: ['a-1', 'arn:aws:x'],
    no: ['arn:awsx:y', '1a'],
  },
  { pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', yes: ['é 日本 1', ''], no: ['<', '😀', '\n'] },
  { pattern: '(?s).*', yes: ['a\nb', ''], no: [] },
  { pattern: '.*\\S.*', yes: ['a', ' a '], no: ['', '   ', 'a\nb'] },
  { pattern: '$|kafka://x|arn:(.*)', yes: ['', 'kafka://x', 'arn:'], no: ['x'] },
  { pattern: '[^ /\\.$\\x22]*', yes: ['a-b'], no: ['a b', 'a"'] },
  { pattern: '[a-zA-Z0-9-_]{1,3}', yes: ['a', '-_a'], no: ['', 'abcd'] },
  { pattern: '(ab){2,}', yes: ['abab', 'ababab'], no: ['ab', 'aba'] },
  { pattern: '[\\x21-\\x7E]+', yes: ['!~'], no: ['a b', 'é'] },
  { pattern: '\\S{2,3}', yes: ['😀😀'], no: ['😀', '😀😀😀😀'] },
];

test('patterns match the whole subject as Java would', async (t) => {
  for (const { pattern, yes, no } of rows) {
    await t.test(pattern, () => {
      const matches = compilePattern(pattern);
      for (const subject of yes) assert.equal(matches(subject), true, JSON.stringify(subject));
      for (const subject of no) assert.equal(matches(subject), false, JSON.stringify(subject));
    });
  }
});

test('no subject is expensive: the time grows with the length only', () => {
  const matches = compilePattern('[\\p{P}\\s*]*\\{##[\\p{P}\\s*]*##\\}[\\p{P}\\s*]*');
  const started = performance.now();
  assert.equal(matches('{##'.repeat(30_000)), false);
  // A backtracking engine needs minutes for this.
  assert.ok(performance.now() - started < 3000);
});

test('syntax outside the models fails when it is compiled', () => {
  for (const pattern of ['(a', 'a)', '[a', '\\q', '*a', '\\p{Greek}', '[z-a]', '(?<=ab)c', '(?<!ab)c', '\\1']) {
    assert.throws(() => compilePattern(pattern), /^Error: pattern /, pattern);
  }
});
