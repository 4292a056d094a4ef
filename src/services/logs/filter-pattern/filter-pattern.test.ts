import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fuzzFilterPatterns } from './filter-pattern.fuzz.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { matchTextPattern } from './wildcard.ts';

const json = JSON.stringify;
const line = '10.0.0.1 - alice [22/Nov/2026:15:04:05 +0000] "GET /pets?x=[1] HTTP/1.1" 404 1534';

const cases: readonly { desc: string; pattern: string; matches: readonly string[]; differs: readonly string[] }[] = [
  { desc: 'nothing matches everything', pattern: '', matches: ['', 'anything'], differs: [] },
  { desc: 'a quoted blank matches everything', pattern: '" "', matches: ['x'], differs: [] },
  { desc: 'every term must be there', pattern: 'ERROR disk', matches: ['disk ERROR'], differs: ['ERROR', 'disk'] },
  { desc: 'terms are case-sensitive', pattern: 'ERROR', matches: ['[ERROR 400]'], differs: ['error'] },
  {
    desc: 'a phrase is quoted',
    pattern: '"INTERNAL SERVER ERROR"',
    matches: ['x INTERNAL SERVER ERROR'],
    differs: ['INTERNAL ERROR SERVER'],
  },
  { desc: 'a quote inside a phrase is escaped', pattern: '"say \\"hi\\""', matches: ['say "hi" now'], differs: ['say hi'] },
  { desc: 'a minus excludes', pattern: 'ERROR -"time out"', matches: ['ERROR x'], differs: ['ERROR time out', 'x'] },
  { desc: 'only exclusions', pattern: '-debug', matches: ['info'], differs: ['debug'] },
  { desc: 'one of the optional terms', pattern: '?WARN ?FATAL', matches: ['WARN', 'a FATAL'], differs: ['INFO'] },
  { desc: 'optional terms beside a plain one count for nothing', pattern: 'ERROR ?disk', matches: ['ERROR'], differs: ['disk'] },
  {
    desc: 'a JSON text',
    pattern: '{ $.a = "x" }',
    matches: ['{"a":"x"}', ' {"a":"x","b":1}'],
    differs: ['{"a":"xy"}', '{"a":', 'x', '[1]', '{"b":"x"}'],
  },
  {
    desc: 'a JSON number, also written as text',
    pattern: '{ $.status >= 500 }',
    matches: ['{"status":503}', '{"status":"503"}'],
    differs: ['{"status":404}', '{"status":"-"}', '{"status":null}'],
  },
  {
    desc: 'a wildcard',
    pattern: '{ $.status = 5* }',
    matches: ['{"status":503}', '{"status":"5xx"}'],
    differs: ['{"status":405}'],
  },
  { desc: 'a scientific number', pattern: '{ $.n = 1e3 }', matches: ['{"n":1000}'], differs: ['{"n":1001}'] },
  {
    desc: '&& binds tighter than ||',
    pattern: '{ $.a = 1 || $.b = 1 && $.c = 1 }',
    matches: ['{"a":1}', '{"b":1,"c":1}'],
    differs: ['{"b":1}', '{"c":1}'],
  },
  { desc: 'brackets', pattern: '{ ($.a = 1 || $.b = 1) && $.c = 1 }', matches: ['{"a":1,"c":1}'], differs: ['{"a":1}'] },
  {
    desc: 'nested, indexed and quoted selectors',
    pattern: '{ $.a.list[1]["x y"] = "z" }',
    matches: [json({ a: { list: [0, { 'x y': 'z' }] } })],
    differs: [json({ a: { list: [{ 'x y': 'z' }] } })],
  },
  {
    desc: 'an array or an object matches nothing',
    pattern: '{ $.a != 1 }',
    matches: ['{"a":2}'],
    differs: ['{"a":[2]}', '{"a":{"b":2}}', '{}'],
  },
  { desc: 'NOT EXISTS', pattern: '{ $.a NOT EXISTS }', matches: ['{"b":1}'], differs: ['{"a":null}'] },
  {
    desc: 'IS NULL, IS TRUE, IS FALSE',
    pattern: '{ $.a IS NULL || $.a IS TRUE || $.b IS FALSE }',
    matches: ['{"a":null}', '{"a":true}', '{"b":false}'],
    differs: ['{"a":0}', '{"a":"true"}', '{}'],
  },
  {
    desc: 'no property of the prototype is found',
    pattern: '{ $.constructor NOT EXISTS }',
    matches: ['{}'],
    differs: ['{"constructor":1}'],
  },
  {
    desc: 'every field is named',
    pattern: '[ip, id, user, time, request, status, bytes]',
    matches: [line],
    differs: ['one two', `${line} more`],
  },
  {
    desc: 'a condition on a field',
    pattern: '[ip, id, user, time, request, status = 4*, bytes > 1000]',
    matches: [line],
    differs: [line.replace('404', '200'), line.replace('1534', '15')],
  },
  {
    desc: 'a gap',
    pattern: '[ip, ..., status = 404 || status = 410, bytes]',
    matches: [line],
    differs: [line.replace('404', '500')],
  },
  { desc: 'a field without a name', pattern: '[, id, ...]', matches: [line], differs: ['x'] },
  {
    desc: 'a quoted value of a field',
    pattern: '[..., request = "*HTTP/1.1", status, bytes]',
    matches: [line],
    differs: [line.replace('HTTP/1.1', 'HTTP/2')],
  },
];

describe('filter patterns', () => {
  for (const { desc, pattern, matches, differs } of cases) {
    test(`${desc}: ${pattern}`, () => {
      const predicate = parseFilterPattern(pattern);
      for (const message of matches) assert.equal(predicate(message), true, message);
      for (const message of differs) assert.equal(predicate(message), false, message);
    });
  }

  for (const pattern of [
    'a:b',
    '"open',
    '-',
    '%5..%',
    '{ $.a = %x% }',
    '{ $.a }',
    '{ $.a = }',
    '{ a = 1 }',
    '{ $.a = 1',
    '{ $.a = 1 } x',
    '{ $.a < "x" }',
    '{ $.a[x] = 1 }',
    '[a, b',
    '[a = 1 && b = 2]',
    '[..., a, ...]',
  ]) {
    test(`refused: ${pattern}`, () => {
      assert.throws(() => parseFilterPattern(pattern), { name: 'AwsError', code: 'InvalidParameterException' });
    });
  }

  test('a wildcard matches in bounded time', () => {
    assert.equal(matchTextPattern('a*b*c', 'a1b2c'), true);
    assert.equal(matchTextPattern('a*b*c', 'a1c2b'), false);
    assert.equal(matchTextPattern('ab*ba', 'aba'), false);
    assert.equal(matchTextPattern(`${'*a'.repeat(500)}b`, 'a'.repeat(100_000)), false);
  });

  test('deep brackets are no trouble', () => {
    const depth = 500;
    assert.equal(parseFilterPattern(`{ ${'('.repeat(depth)}$.a = 1${')'.repeat(depth)} }`)('{"a":1}'), true);
  });
});

test('random patterns are refused or give a predicate', () => {
  const { accepted } = fuzzFilterPatterns(3_000, 1);
  assert.ok(accepted > 100, `${accepted} were accepted: the generator makes nothing that reaches the predicates`);
});
