// What patterns mean here, what is refused, and that no pattern and no text is expensive.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fuzzSafeRegex } from './safe-regex.fuzz.ts';
import { compileSafeRegex, regexFaultText, type SafeRegex, type SafeRegexOptions } from './safe-regex.ts';
import { RegexTooExpensive, WorkBudget } from './work-budget.ts';

function compiled(pattern: string, options?: SafeRegexOptions): SafeRegex {
  const result = compileSafeRegex(pattern, options);
  if (result.regex === undefined) assert.fail(`${pattern}: ${regexFaultText(result.fault)}`);
  return result.regex;
}

interface Row {
  readonly desc: string;
  readonly pattern: string;
  readonly dialect?: 'ecma' | 'pcre';
  readonly whole?: readonly string[];
  readonly notWhole?: readonly string[];
  readonly found?: readonly string[];
  readonly notFound?: readonly string[];
}

const MEANINGS: readonly Row[] = [
  { desc: 'a literal', pattern: 'abc', whole: ['abc'], notWhole: ['abcd', 'ab', ''], found: ['xabcx'], notFound: ['ab c'] },
  { desc: 'the empty pattern', pattern: '', whole: [''], notWhole: ['a'], found: ['', 'a'] },
  { desc: 'an empty alternative', pattern: 'a|', whole: ['a', ''], notWhole: ['b'] },
  { desc: 'a class of status codes', pattern: '4\\d{2}', whole: ['404'], notWhole: ['4x4', '4044'] },
  {
    desc: 'the dot leaves out line terminators',
    pattern: 'a.b',
    whole: ['a\tb', 'a😀b'],
    notWhole: ['a\nb', 'a\rb', 'a\u0085b', 'a\u2029b'],
  },
  { desc: '(?s) lets it take them', pattern: '(?s)a.b', whole: ['a\nb', 'a\u0085b'] },
  { desc: 'a flag holds to the end of its group', pattern: '(?:(?i)a)b', whole: ['Ab', 'ab'], notWhole: ['aB'] },
  { desc: 'a flag for one group', pattern: '(?i:a)b', whole: ['Ab'], notWhole: ['AB'] },
  { desc: 'a flag taken back', pattern: '(?i)a(?-i)b', whole: ['Ab'], notWhole: ['AB'] },
  { desc: '(?i) is about ASCII', pattern: '(?i)é[a-c]', whole: ['éB'], notWhole: ['Éb'] },
  { desc: '(?iu) is about all letters', pattern: '(?iu)é[а-я]ſ', whole: ['ÉЖs', 'éжS'] },
  { desc: '(?x) leaves out spaces and comments', pattern: '(?x) a b # and no more\n c', whole: ['abc'] },
  { desc: 'quoting', pattern: '\\Q.*[\\E+', whole: ['.*[', '.*[[['], notWhole: ['.*'] },
  { desc: 'quoting to the end', pattern: 'a\\Q(b', whole: ['a(b'] },
  { desc: 'quoting in a class', pattern: '[\\Q]^-\\Ea]+', whole: [']^-a'], notWhole: ['b'] },
  {
    desc: '$ holds before the last line terminator',
    pattern: 'a$',
    notWhole: ['a\n'],
    found: ['a', 'a\n', 'a\r\n', 'a\u2028'],
    notFound: ['a\n\n', 'a\nb'],
  },
  { desc: '$ does not hold between CR and LF', pattern: '\\r$', found: ['\r', 'a\r'], notFound: ['\r\n'] },
  { desc: '\\z holds at the end only', pattern: 'a\\z', found: ['a'], notFound: ['a\n'] },
  { desc: '\\Z is like $', pattern: 'a\\Z', found: ['a\n'], notFound: ['a\n\n'] },
  { desc: '(?m)$ holds before each terminator', pattern: '(?m)a$', found: ['a\nb', 'a\r\nb', 'a'], notFound: ['ab'] },
  { desc: '(?m)^ holds after each terminator but the last', pattern: '(?m)^b', found: ['a\nb', 'a\r\nb'], notFound: ['ab'] },
  { desc: '(?m)^ does not hold at the end', pattern: '(?m)\\n^', found: ['\n\n'], notFound: ['a\n', '\n'] },
  { desc: 'words', pattern: '\\bfoo\\b', found: ['foo', 'a foo.', '\nfoo'], notFound: ['foobar', 'xfoo', '_foo'] },
  { desc: 'not words', pattern: '\\Boo\\B', found: ['foobar'], notFound: ['foo', 'oo'] },
  { desc: 'union and intersection', pattern: '[a-d[m-p]&&[^bn]]+', whole: ['acdmop'], notWhole: ['b', 'n', 'e'] },
  { desc: 'a negated intersection', pattern: '[^a-z&&[^aeiou]]', whole: ['a', '1'], notWhole: ['b'] },
  { desc: 'a bracket first in a class', pattern: '[]a]+', whole: [']a'] },
  { desc: 'a dash at either end', pattern: '[-a]+[b-]', whole: ['-a-', 'ab'] },
  { desc: 'POSIX classes', pattern: '\\p{Upper}\\p{Alnum}*\\P{Digit}', whole: ['Ab1x'], notWhole: ['Ab11', 'ab'] },
  { desc: 'POSIX case without case', pattern: '(?i)\\p{Upper}', whole: ['a', 'A'] },
  { desc: 'categories and scripts', pattern: '\\p{Lu}\\p{IsGreek}\\pN\\p{IsAlphabetic}', whole: ['Éα٣ж'], notWhole: ['éα1a'] },
  { desc: 'a property in a class', pattern: '[^\\p{L}\\d]+', whole: ['-.—'], notWhole: ['é'] },
  { desc: 'escapes by number', pattern: '\\x41\\u00e9\\x{1F600}\\0101\\cA\\e', whole: ['Aé😀A\u0001\u001b'] },
  { desc: 'two escapes that are one character', pattern: '^\\uD83D\\uDE00{2}$', whole: ['😀😀'], notWhole: ['😀'] },
  { desc: 'a character beyond the basic plane is one', pattern: '^.$', whole: ['😀', '\ud83d'], notWhole: ['ab'] },
  {
    desc: 'nested repetitions stay small',
    pattern: `${'('.repeat(60)}a+${')+'.repeat(60)}`,
    whole: ['aaa'],
    notWhole: ['', 'b'],
  },
  { desc: 'line breaks of any kind', pattern: 'a\\Rb', whole: ['a\r\nb', 'a\nb', 'a\u0085b'], notWhole: ['ab'] },
  { desc: 'horizontal space', pattern: '\\h+\\S', whole: ['\t\u00a0x'], notWhole: ['\nx'] },
  {
    desc: 'a token of an authorizer',
    pattern: '^Bearer [-0-9a-zA-z\\._]*$',
    whole: ['Bearer a.b_c'],
    notWhole: ['Basic a', 'Bearer a b'],
  },
  { desc: 'ecma: $ holds at the end only', pattern: 'a$', dialect: 'ecma', found: ['a'], notFound: ['a\n'] },
  { desc: 'ecma: brackets in a class are themselves', pattern: '^[a[&&]+$', dialect: 'ecma', whole: ['[&a'] },
  { desc: 'ecma: an empty class', pattern: '[]', dialect: 'ecma', notFound: ['', 'a'] },
  { desc: 'ecma: the class of everything', pattern: '^[^]$', dialect: 'ecma', whole: ['\n'] },
  { desc: 'ecma: a brace that counts nothing', pattern: '^{a{,2}}$', dialect: 'ecma', whole: ['{a{,2}}'] },
  { desc: 'ecma: escapes that need none', pattern: '^\\/\\-\\_\\@$', dialect: 'ecma', whole: ['/-_@'] },
  { desc: 'ecma: its own white space', pattern: '^\\s$', dialect: 'ecma', whole: ['\ufeff', '\u2003'] },
  {
    desc: 'pcre: the dot leaves out line feeds only',
    pattern: '^a.b$',
    dialect: 'pcre',
    whole: ['a\rb', 'a\x85b'],
    notWhole: ['a\nb'],
  },
  {
    desc: 'pcre: $ holds before a last line feed',
    pattern: 'a$',
    dialect: 'pcre',
    found: ['a', 'a\n'],
    notFound: ['a\r', 'a\x85', 'a\n\n'],
  },
  {
    desc: 'pcre: lines end in line feeds',
    pattern: '(?m)^b$',
    dialect: 'pcre',
    found: ['a\nb\nc'],
    notFound: ['a\rb', 'b\r\n', 'a\x85b'],
  },
  {
    desc: 'pcre: (?m)^ holds in nothing, not after the end',
    pattern: '(?m)^$',
    dialect: 'pcre',
    found: ['', 'a\n\nb'],
    notFound: ['a\n'],
  },
  { desc: 'pcre: brackets in a class are themselves', pattern: '[<[&&a]+', dialect: 'pcre', whole: ['<[&a'], notWhole: ['b'] },
  { desc: 'pcre: names in a class', pattern: '[[:alpha:]_[:^space:]]+', dialect: 'pcre', whole: ['aZ_1'], notWhole: ['a b'] },
  { desc: 'pcre: names without case', pattern: '(?i)[[:upper:]]', dialect: 'pcre', whole: ['a', 'A'], notWhole: ['1'] },
  { desc: 'pcre: a bracket first in a class', pattern: '[]a]+[^]a]', dialect: 'pcre', whole: [']a-'], notWhole: [']a]'] },
  { desc: 'pcre: a range to a class is three things', pattern: '[a-\\d]+', dialect: 'pcre', whole: ['a-7'], notWhole: ['b'] },
  { desc: 'pcre: a brace that counts nothing', pattern: '{a{,2}{$', dialect: 'pcre', whole: ['{a{,2}{'] },
  {
    desc: 'pcre: escapes by number',
    pattern: '\\x41\\x4\\x\\x{ff}\\0\\012\\ca',
    dialect: 'pcre',
    whole: ['A\x04\0\xff\0\n\x01'],
  },
  {
    desc: 'pcre: classes by letter',
    pattern: '\\d\\w\\s\\h\\v[\\b]',
    dialect: 'pcre',
    whole: ['1_\v\t\r\b'],
    notWhole: ['1_\xa0\t\r\b'],
  },
  {
    desc: 'pcre: names of groups, comments, quoting',
    pattern: '(?P<a_1>a)(?#no)b\\Q.\\E',
    dialect: 'pcre',
    whole: ['ab.'],
    notWhole: ['abc'],
  },
  { desc: 'pcre: (?x) leaves spaces in a class', pattern: '(?x) a [ ] b # c', dialect: 'pcre', whole: ['a b'], notWhole: ['ab'] },
];

describe('what patterns mean', () => {
  for (const { desc, pattern, dialect, whole = [], notWhole = [], found = [], notFound = [] } of MEANINGS) {
    test(desc, () => {
      const regex = compiled(pattern, { dialect });
      for (const text of whole) assert.equal(regex.matches(text), true, `${JSON.stringify(text)} is a match`);
      for (const text of notWhole) assert.equal(regex.matches(text), false, `${JSON.stringify(text)} is no match`);
      for (const text of found) assert.equal(regex.find(text), true, `a match is in ${JSON.stringify(text)}`);
      for (const text of notFound) assert.equal(regex.find(text), false, `no match is in ${JSON.stringify(text)}`);
      for (const text of [...whole, ...notWhole, ...found, ...notFound]) {
        assert.equal(regex.exec(text) !== undefined, regex.find(text), `exec and find agree on ${JSON.stringify(text)}`);
      }
    });
  }
});

test('lookingAt asks for a match at the beginning, as selection patterns do', () => {
  const regex = compiled('4\\d|50[0-3]');
  assert.deepEqual(
    ['404', '40', '503', '504', '1404', ''].map((text) => regex.lookingAt(text)),
    [true, true, true, false, false, false],
  );
  assert.equal(compiled('.*[Tt]imeout.*').lookingAt('Task timeout after 3 s\nmore'), true);
  assert.equal(compiled('.*more.*').lookingAt('first line\nmore'), false);
});

test('exec tells where a match is and what its groups hold', () => {
  const regex = compiled('(?<year>\\d{4})-(\\d\\d)(T)?');
  assert.deepEqual(regex.exec('on 2026-11 and 2027-01T'), { start: 3, end: 10, groups: ['2026-11', '2026', '11', undefined] });
  assert.deepEqual(regex.exec('on 2026-11 and 2027-01T', 4)?.groups, ['2027-01T', '2027', '01', 'T']);
  assert.equal(regex.groupNames.get('year'), 1);
  assert.deepEqual(compiled('a*?b|a+').exec('xaaab')?.groups, ['aaab']);
  assert.deepEqual(compiled('a+?').exec('aaa')?.groups, ['a']);
  assert.deepEqual(compiled('(|a)+').exec('aaa')?.groups[0], 'aaa');
});

const REFUSED: readonly (readonly [pattern: string, at: number, what: RegExp, dialect?: 'ecma' | 'pcre'])[] = [
  ['a(?=b)', 1, /^look-ahead is not supported$/],
  ['a(?!b)', 1, /^look-ahead/, 'ecma'],
  ['(?<!a)b', 0, /^look-behind/],
  ['(a)\\1', 3, /^back-references/],
  ['(?<n>a)\\k<n>', 7, /^back-references/],
  ['(?>a)', 0, /^atomic groups/],
  ['a*+b', 1, /^possessive/],
  ['a**', 2, /^nothing to repeat/],
  ['*a', 0, /^nothing to repeat/],
  ['a{2}{3}', 4, /^nothing to repeat/],
  ['a{', 1, /^a counted repetition is/],
  ['a{3,2}', 1, /ends before it begins/],
  ['a{5001}', 1, /counted beyond 5000/],
  ['(a', 0, /^a group is not closed/],
  ['a)', 1, /^a \) closes nothing/],
  ['[a', 0, /^a character class is not closed/],
  ['[z-a]', 2, /^a range is out of order/],
  ['[a-\\d]', 2, /^a range ends in a class/],
  ['a\\', 1, /^the pattern ends in a backslash/],
  ['\\y', 0, /^the escape \\y is not supported/],
  ['\\p{Elvish}', 0, /^the property Elvish is not known/],
  ['\\p{constructor}', 0, /^the property constructor is not known/],
  ['\\p{L}', 0, /means nothing/, 'ecma'],
  ['\\x4', 2, /^2 hexadecimal digits/],
  ['(?U)a', 2, /^the flag U is not supported/],
  ['(?i)a', 0, /^flags in a pattern/, 'ecma'],
  ['a++', 1, /^possessive/, 'pcre'],
  ['a\\Kb', 1, /^the escape \\K is not supported/, 'pcre'],
  ['a\\Rb', 1, /^the escape \\R is not supported/, 'pcre'],
  ['(?R)', 2, /^the flag R is not supported/, 'pcre'],
  ['(?(1)a)', 2, /^the flag \( is not supported/, 'pcre'],
  ['(?P=a)', 2, /^the flag P is not supported/, 'pcre'],
  ['(*ACCEPT)', 1, /^nothing to repeat/, 'pcre'],
  ['\\u0041', 0, /^\\u means nothing/, 'pcre'],
  ['\\x{100}', 3, /^a byte is not more/, 'pcre'],
  ['[[:elf:]]', 1, /^there is no class \[:elf:\]/, 'pcre'],
  ['(?<n>a)(?<n>b)', 10, /is there twice/],
  ['((a{100}){100}){100}', 0, /^the pattern is too large/],
  [String.fromCodePoint(...Array.from({ length: 2_000 }, (_, i) => 0x4e00 + i)), 0, /^the pattern is too large/],
  ['('.repeat(300), 200, /^groups are nested too deeply/],
  ['a'.repeat(20_001), 0, /^the pattern is longer/],
];

describe('what is refused, and where', () => {
  for (const [pattern, at, what, dialect] of REFUSED) {
    test(pattern.slice(0, 30), () => {
      const { regex, ...refused } = compileSafeRegex(pattern, { dialect });
      assert.equal(regex, undefined);
      const { fault } = refused as { fault: { at: number; what: string } };
      assert.match(fault.what, what);
      assert.equal(fault.at, at);
    });
  }
});

/** Each takes a backtracking engine longer than the age of the universe, or seconds. */
const EXPLOSIVE: readonly (readonly [pattern: string, piece: string, end: string])[] = [
  ['^(a+)+$', 'a', '!'],
  ['^(a|a)*$', 'a', '!'],
  ['^(a|aa)+$', 'a', '!'],
  ['(x+x+)+y', 'x', ''],
  ['(.*a){20}b', 'a', ''],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a', ''],
  ['^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$', 'a', '!'],
  ['(\\s*\\w+\\s*)*;$', 'ab ', '!'],
  ['(a*)*b', 'a', ''],
  ['((a?){30})a{30}$', 'a', '!'],
  ['.*.*.*.*=.*', 'x', ''],
  ['\\s+$', ' ', 'x'],
];

describe('no pattern explodes', () => {
  for (const [pattern, piece, end] of EXPLOSIVE) {
    test(pattern.slice(0, 40), () => {
      const regex = compiled(pattern);
      const text = piece.repeat(100_000 / piece.length) + end;
      // A budget of steps, not a clock: a hundred thousand characters must not cost a hundred thousand steps of building.
      const budget = new WorkBudget(100_000);
      assert.equal(regex.find(text, budget), regex.exec(text.slice(-200)) !== undefined);
      assert.equal(regex.matches(text, budget), false);
    });
  }
});

/** The same text of a and b each time, without a period. */
function randomText(length: number): string {
  let text = '';
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    text += (state >> 16) & 1 ? 'a' : 'b';
  }
  return text;
}

test('a large pattern on a text made for it stops at its budget, and answers within it', () => {
  const regex = compiled('[ab]*a[ab]{2000}c');
  const text = randomText(60_000);
  assert.throws(() => regex.find(text), RegexTooExpensive);
  assert.equal(regex.find(text.slice(0, 500)), false, 'the next text is answered as ever');
  assert.equal(regex.find(`a${'b'.repeat(2000)}c`), true);
});

test('states that are not kept any longer give the same answers', () => {
  const regex = compiled('[ab]*a[ab]{14}c$');
  // Twice as many sets of states as the cache is emptied for: the last 15 letters are all different.
  const text = randomText(60_000);
  const budget = (): WorkBudget => new WorkBudget(50_000_000);
  assert.equal(regex.find(text, budget()), false);
  assert.equal(regex.find(`${text}a${'b'.repeat(14)}c\n`, budget()), true);
  assert.equal(regex.matches(`${text}a${'b'.repeat(14)}c`, budget()), true);
});

test('a text with very many different characters', () => {
  let text = '';
  for (let codePoint = 0x100; codePoint < 0x11000; codePoint++) {
    if (codePoint < 0xd800 || codePoint > 0xdfff) text += String.fromCodePoint(codePoint);
  }
  assert.equal(compiled('^[^\\p{Lu}]*$').find(text), false);
  assert.equal(compiled('^(?:\\p{L}|\\P{L})*$').find(text), true);
});

test('agrees with V8 on tens of thousands of random cases', async () => {
  const report = await fuzzSafeRegex(8_000, 20_261_127);
  assert.deepEqual(report.disagreements.slice(0, 5), []);
  assert.ok(report.requests > 30_000 && report.accepted > 5_000, `${report.requests} compared, ${report.accepted} matches`);
});
