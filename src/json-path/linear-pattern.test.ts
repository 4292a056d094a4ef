import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileLinearPattern, type LinearPattern } from './linear-pattern.ts';

function patternOf(source: string, ignoreCase = false): LinearPattern {
  const compiled = compileLinearPattern(source, { ignoreCase });
  assert.ok(compiled.fault === undefined, `${source}: ${compiled.fault?.message}`);
  return compiled.pattern;
}

test('finds what V8 finds, with the same groups', () => {
  const subjects = [
    '',
    'a',
    'ab',
    'aab',
    'abc abd',
    'foo-12_bar',
    "it's",
    'x\ny',
    'AbC',
    '2024-01-31T10:00',
    'aaaa',
    'a.b.c',
    '\\/',
  ];
  const patterns = [
    'a',
    'a*',
    'a+?',
    'a{2,3}',
    'a{2,3}?',
    '(a|ab)(c|bcd)?',
    '(a*)(b*)',
    '[a-c]+',
    '[^a-c]+',
    '\\d{2}',
    '(\\w+)-(\\d+)',
    '^a',
    'b$',
    '\\bab',
    '(?:ab)+c?',
    "\\'",
    '.',
    '.*',
    'x|y|',
    '(\\d+)-(\\d+)-(\\d+)',
    '[.]',
    '\\.',
    '(a|b)*',
    '\\\\',
    '[\\]x]',
    '(?i)abc',
    '\\s',
    '\\S+',
  ];
  let compared = 0;
  for (const source of patterns) {
    const own = patternOf(source);
    const flags = source.startsWith('(?i)') ? 'i' : '';
    const theirs = new RegExp(source.replace('(?i)', ''), flags);
    for (const subject of subjects) {
      const found = own.find(subject, 0);
      const expected = theirs.exec(subject);
      const groups = found === undefined ? undefined : textsOf(found, own.groups, subject);
      // A group that was entered again and took no part keeps its last text in Java and in Pike's machine; V8 forgets it.
      assert.deepEqual(groups, expected === null ? undefined : [...expected], `/${source}/ on ${JSON.stringify(subject)}`);
      assert.equal(own.matches(subject), new RegExp(`^(?:${theirs.source})$(?![^])`, flags).test(subject), source);
      compared++;
    }
  }
  assert.ok(compared > 300);
});

function textsOf(found: readonly number[], groups: number, subject: string): (string | undefined)[] {
  return Array.from({ length: groups + 1 }, (_, group) => {
    const start = found[group * 2] ?? -1;
    return start < 0 ? undefined : subject.slice(start, found[group * 2 + 1]);
  });
}

test('case is ignored for ASCII, as Java does', () => {
  assert.equal(patternOf('.*REES', true).matches('Nigel Rees'), true);
  assert.equal(patternOf('[a-z]+', true).matches('ABC'), true);
  assert.equal(patternOf('é', true).matches('É'), false);
});

test('what cannot run in linear time is refused by name, and mistakes with their position', () => {
  const cases: readonly [source: string, message: RegExp, position: number][] = [
    ['a(?=b)', /Look-ahead/, 2],
    ['(?<!a)b', /Look-behind/, 1],
    ['(a)\\1', /back reference/, 3],
    ['a++', /possessive/, 2],
    ['(?>a)', /atomic/, 1],
    ['(?<n>a)', /named group/, 1],
    ['(', /not closed/, 1],
    [')', /closes nothing/, 0],
    ['[a', /not closed/, 2],
    ['*a', /Dangling/, 0],
    ['a{', /repetition/, 1],
    ['a{5000}', /repetition/, 1],
    ['\\', /last character/, 0],
    ['\\y', /not supported/, 0],
    ['[b-a]', /range/, 4],
    [`${'('.repeat(100)}a${')'.repeat(100)}`, /too deep/, 50],
    ['((a{900}){900}){900}', /too large/, 0],
  ];
  for (const [source, message, position] of cases) {
    const { fault } = compileLinearPattern(source);
    assert.ok(fault !== undefined, source);
    assert.match(fault.message, message, source);
    assert.equal(fault.position, position, source);
  }
});

test('steps grow with the subject, not with the ways to match it', () => {
  for (const source of ['(a*)*b', '(a|a)*b', '(a|aa)+$', '(.*)*x', '(\\w+\\s?)*!']) {
    const pattern = patternOf(source);
    const spent = (length: number) => {
      let steps = 0;
      pattern.find('a'.repeat(length), 0, {
        step(count) {
          steps += count;
        },
      });
      return steps;
    };
    assert.ok(spent(4000) < spent(1000) * 6, source);
  }
});
