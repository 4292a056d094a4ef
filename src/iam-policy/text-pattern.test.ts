// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern, parseTextPattern, resolveTextPattern } from './text-pattern.ts';

const values = new Map([
  ['aws:username', 'anna'],
  ['aws:star', '*'],
]);

const rows: readonly { desc: string; pattern: string; text: string; fits: boolean | 'unresolved'; variables?: boolean }[] = [
  { desc: 'equal text', pattern: 'abc', text: 'abc', fits: true },
  { desc: 'case counts', pattern: 'abc', text: 'aBc', fits: false },
  { desc: 'a star is any run, also empty', pattern: 'a*c', text: 'ac', fits: true },
  { desc: 'a star crosses slashes', pattern: 'a/*/c', text: 'a/b/d/c', fits: true },
  { desc: 'a question mark is one character', pattern: 'a?c', text: 'abc', fits: true },
  { desc: 'a question mark is not nothing', pattern: 'a?c', text: 'ac', fits: false },
  { desc: 'the whole text must fit', pattern: 'ab', text: 'abc', fits: false },
  { desc: 'stars in a row', pattern: '**a**', text: 'xxaxx', fits: true },
  { desc: 'a star backs up', pattern: '*aab', text: 'aaaaab', fits: true },
  { desc: 'only a star, empty text', pattern: '*', text: '', fits: true },
  { desc: 'empty pattern, empty text', pattern: '', text: '', fits: true },
  { desc: 'empty pattern, some text', pattern: '', text: 'a', fits: false },
  { desc: 'a variable', pattern: 'home/${aws:username}/*', text: 'home/anna/x', fits: true },
  { desc: 'variable names are taken in any case', pattern: '${AWS:UserName}', text: 'anna', fits: true },
  { desc: 'a variable without value', pattern: '${aws:none}', text: '', fits: 'unresolved' },
  { desc: 'a default for it', pattern: "${aws:none, 'guest'}", text: 'guest', fits: true },
  { desc: 'a wildcard in a value is plain text', pattern: '${aws:star}', text: 'anything', fits: false },
  { desc: 'escaped star', pattern: 'a${*}c', text: 'a*c', fits: true },
  { desc: 'escaped star is no wildcard', pattern: 'a${*}c', text: 'abc', fits: false },
  { desc: 'escaped question mark and dollar', pattern: '${?}${$}', text: '?$', fits: true },
  { desc: 'unclosed variable is text', pattern: '${abc', text: '${abc', fits: true },
  {
    desc: 'Version 2008 takes variables literally',
    pattern: '${aws:username}',
    text: '${aws:username}',
    fits: true,
    variables: false,
  },
];

for (const row of rows) {
  test(`pattern › ${row.desc}`, () => {
    const pattern = parseTextPattern(row.pattern, { wildcards: true, variables: row.variables ?? true });
    const resolved = resolveTextPattern(pattern, (key) => values.get(key));
    assert.equal(resolved === undefined ? 'unresolved' : matchesPattern(resolved, row.text), row.fits);
  });
}

/** Patterns and texts of few letters, so that they often fit. */
const random = ((state: number) => (below: number) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
})(42);

function randomText(alphabet: string, lengthMax: number): string {
  return Array.from({ length: random(lengthMax) }, () => alphabet[random(alphabet.length)]).join('');
}

test('every pattern fits what the same regular expression fits', () => {
  let fits = 0;
  for (let i = 0; i < 20_000; i++) {
    const source = randomText('aab*?', 10);
    const text = randomText('aab', 14);
    const expected = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
    const pattern = parseTextPattern(source, { wildcards: true, variables: false }).resolved;
    assert.ok(pattern !== undefined);
    assert.equal(matchesPattern(pattern, text), expected, `${source} and ${text}`);
    if (expected) fits++;
  }
  assert.ok(fits > 1000, 'enough of them must fit');
});

test('long patterns fit the same, however they are matched', () => {
  let fits = 0;
  for (let i = 0; i < 200; i++) {
    // A pattern made from its text, so that it fits, with a tail that makes backing up dear; one in two is then spoiled.
    const text = `${'a'.repeat(300 + random(300))}b${'a'.repeat(300)}`;
    const spoiled = random(2) === 0;
    const source = `*${'a'.repeat(60 + random(200))}?*${'a'.repeat(100)}${spoiled ? 'c' : 'b'}*a${'?'.repeat(random(40))}`;
    const pattern = parseTextPattern(source, { wildcards: true, variables: false }).resolved;
    assert.ok(pattern !== undefined);
    const expected = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
    assert.equal(matchesPattern(pattern, text), expected, `row ${i}`);
    assert.equal(matchesPattern(pattern, `x${text}y`, 1, text.length + 1), expected, `row ${i}, inside another text`);
    if (expected) fits++;
  }
  assert.ok(fits > 50 && fits < 150);
});

test('a hostile pattern costs no more than text times pattern', () => {
  const pattern = parseTextPattern(`${'a*'.repeat(1000)}b`, { wildcards: true, variables: false }).resolved;
  assert.ok(pattern !== undefined);
  const text = 'a'.repeat(20_000);
  const start = performance.now();
  assert.equal(matchesPattern(pattern, text), false);
  assert.ok(performance.now() - start < 2000, 'exponential matchers never finish this');
  const dear = parseTextPattern(`*${'a'.repeat(20_000)}?b`, { wildcards: true, variables: false }).resolved;
  assert.ok(dear !== undefined);
  assert.equal(matchesPattern(dear, 'a'.repeat(40_000)), false);
  assert.ok(performance.now() - start < 4000, 'nor quadratic ones');
});
