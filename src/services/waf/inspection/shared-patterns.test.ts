import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatementDocument } from '../rule-document.ts';
import { newStatementCompiler } from './compile-statement.ts';
import { withSharedPatterns } from './shared-patterns.ts';

type Place = 'UriPath' | 'QueryString';

function pattern(RegexString: string, place: Place = 'QueryString', Type: 'NONE' | 'LOWERCASE' = 'NONE'): StatementDocument {
  return { RegexMatchStatement: { RegexString, FieldToMatch: { [place]: {} }, TextTransformations: [{ Priority: 0, Type }] } };
}

function patternsOf(statements: readonly StatementDocument[]): (string | undefined)[] {
  return withSharedPatterns(statements).map(({ RegexMatchStatement }) => RegexMatchStatement?.RegexString);
}

const label: StatementDocument = { LabelMatchStatement: { Scope: 'LABEL', Key: 'a' } };

test('patterns that look at the same are joined, others stay apart, and the order stays', () => {
  assert.deepEqual(
    patternsOf([
      pattern('a'),
      label,
      pattern('b', 'UriPath'),
      pattern('c'),
      pattern('d', 'QueryString', 'LOWERCASE'),
      pattern('e'),
    ]),
    ['(?:(?:a)|(?:c))|(?:e)', undefined, 'b', 'd'],
  );
});

test('what would mean something else beside another pattern stays apart', () => {
  for (const odd of ['\\Qa', '(?x)a # b', '(?ix)a', 'a#']) {
    assert.deepEqual(patternsOf([pattern('b'), pattern(odd), pattern('c')]), ['(?:b)|(?:c)', odd], odd);
  }
  assert.deepEqual(
    patternsOf([pattern('(?<n>a)'), pattern('(?<n>b)'), pattern('c')]),
    ['(?<n>a)', '(?:(?<n>b))|(?:c)'],
    'a name twice',
  );
});

test('joined patterns find what each finds', () => {
  const compile = newStatementCompiler({ sqlInjection: () => undefined, crossSiteScripting: () => undefined });
  const context = { labelPrefix: '', ipSet: () => undefined, regexPatternSet: () => undefined };
  const patterns = ['^ab', 'x|y$', '(?i)KLM', 'q.?r', '\\bword\\b', '[[:digit:]]{3}'];
  const or = compile({ OrStatement: { Statements: patterns.map((one) => pattern(one)) } }, context);
  const each = patterns.map((one) => compile(pattern(one), context));
  for (const query of ['abc', 'cab', 'x', 'xy', 'ya', 'klm', 'qr', 'q\nr', 'a word', 'words', '12', '1234', '']) {
    const looked = () => ({
      request: { clientIp: '192.0.2.1', method: 'GET', path: '/', query, headers: [], body: '', bodyLength: 0 },
      ...{ labels: new Set<string>(), now: 0, details: [], worked: new Map<string, unknown>() },
    });
    assert.equal(
      or(looked()),
      each.some((matches) => matches(looked())),
      JSON.stringify(query),
    );
  }
});
