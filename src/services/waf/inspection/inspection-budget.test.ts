import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldToMatchDocument, StatementDocument } from '../rule-document.ts';
import { bodyWanted } from './body-wanted.ts';
import { budgetOf, INSPECTED_BYTES_MAX, isOverBudget } from './inspection-budget.ts';
import { inspectionOf, matches, searchString } from './testing/inspection-examples.ts';

const LARGE = 64 * 1024;

/** Statements with transformations that no other one has. */
function statements(count: number, FieldToMatch: FieldToMatchDocument): StatementDocument[] {
  const types = ['LOWERCASE', 'URL_DECODE', 'TRIM', 'CMD_LINE', 'JS_DECODE'] as const;
  return Array.from({ length: count }, (_, number) => ({
    SizeConstraintStatement: {
      ...{ FieldToMatch, ComparisonOperator: 'GE', Size: 0 },
      TextTransformations: [number, number / 5, number / 25].map((digit, Priority) => ({
        Priority,
        Type: types[Math.floor(digit) % 5] as (typeof types)[number],
      })),
    },
  }));
}

describe('one request may not be too much work', () => {
  test('what web ACLs do with large bodies is none', () => {
    const inspection = inspectionOf({ body: 'a'.repeat(LARGE) });
    for (const statement of statements(25, { Body: {} })) assert.equal(matches(statement, inspection), true);
    assert.equal(isOverBudget(inspection), false);
  });

  test('transformations have an end, and the request says so', () => {
    const inspection = inspectionOf({ body: 'a'.repeat(2 * LARGE) });
    const answers = statements(125, { Body: {} }).map((statement) => matches(statement, inspection));
    assert.equal(answers[0], true);
    assert.equal(answers.at(-1), false);
    assert.equal(isOverBudget(inspection), true);
    const stored = [...inspection.worked.values()].filter(Array.isArray).flat() as { text?: string }[];
    const bytes = stored.reduce((sum, { text = '' }) => sum + text.length, 0);
    assert.ok(bytes <= INSPECTED_BYTES_MAX + 2 * LARGE, `${bytes} bytes are held`);
  });

  test('many small texts are work, too', () => {
    const inspection = inspectionOf({ body: `[${'1,'.repeat(LARGE / 2)}1]` });
    const field = { JsonBody: { MatchPattern: { All: {} }, MatchScope: 'ALL' } } as const;
    for (const statement of statements(40, field)) matches(statement, inspection);
    assert.equal(isOverBudget(inspection), true);
  });

  test('detectors are work', () => {
    const inspection = inspectionOf({ body: 'a'.repeat(LARGE) });
    const looks = INSPECTED_BYTES_MAX / LARGE;
    const look = { FieldToMatch: { Body: {} }, TextTransformations: [] };
    const xss = { XssMatchStatement: look };
    for (let i = 0; i < 2 * looks; i++) matches(xss, inspection);
    assert.equal(isOverBudget(inspection), false, 'the same look is one look');
    for (const [number, { SizeConstraintStatement }] of statements(125, { Body: {} }).entries()) {
      const { FieldToMatch, TextTransformations } = SizeConstraintStatement as NonNullable<typeof SizeConstraintStatement>;
      matches({ SqliMatchStatement: { FieldToMatch, TextTransformations } }, inspection);
      matches({ XssMatchStatement: { FieldToMatch, TextTransformations } }, inspection);
      if (isOverBudget(inspection)) return assert.ok(number > 10);
    }
    assert.fail('two hundred and fifty detections in 64 KB are no work');
  });

  test('patterns that an automaton does not help with are', () => {
    const regexes = Array.from({ length: 40 }, (_, i): StatementDocument => {
      const RegexString = `(?:a|b)*a(?:a|b){${200 + i}}c`;
      return { RegexMatchStatement: { RegexString, FieldToMatch: { Body: {} }, TextTransformations: [] } };
    });
    let state = 1;
    const body = Array.from({ length: LARGE }, () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return (state >> 16) % 2 === 0 ? 'a' : 'b';
    }).join('');
    const inspection = inspectionOf({ body });
    for (const statement of regexes) assert.equal(matches(statement, inspection), false);
    assert.equal(isOverBudget(inspection), true);
  });

  test('a request that nobody looked at is none', () => {
    const inspection = inspectionOf();
    assert.equal(isOverBudget(inspection), false);
    budgetOf(inspection).exceed();
    assert.equal(isOverBudget(inspection), true);
  });
});

describe('bodies that rules look at', () => {
  const bytes = (FieldToMatch: FieldToMatchDocument): StatementDocument => ({
    ByteMatchStatement: {
      ...{ SearchString: searchString('a'), FieldToMatch, TextTransformations: [] },
      PositionalConstraint: 'CONTAINS',
    },
  });
  const path = bytes({ UriPath: {} });
  const body = bytes({ Body: {} });
  const common = { FieldToMatch: { Body: {} }, TextTransformations: [] };
  const rows: readonly (readonly [desc: string, StatementDocument, boolean])[] = [
    ['the path', path, false],
    ['the body', body, true],
    ['the body as JSON', bytes({ JsonBody: { MatchPattern: { All: {} }, MatchScope: 'ALL' } }), true],
    ['the size of the body', { SizeConstraintStatement: { ...common, ComparisonOperator: 'EQ', Size: 1 } }, true],
    ['a pattern in the body', { RegexMatchStatement: { ...common, RegexString: 'a' } }, true],
    ['patterns in the body', { RegexPatternSetReferenceStatement: { ...common, ARN: 'a' } }, true],
    ['SQL in the body', { SqliMatchStatement: common }, true],
    ['scripts in the body', { XssMatchStatement: common }, true],
    ['an address', { IPSetReferenceStatement: { ARN: 'a' } }, false],
    ['the body somewhere in a statement', { AndStatement: { Statements: [path, { NotStatement: { Statement: body } }] } }, true],
    ['one of two', { OrStatement: { Statements: [path, body] } }, true],
    ['neither of two', { OrStatement: { Statements: [path, path] } }, false],
    ['what a rate is about', { RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP', ScopeDownStatement: body } }, true],
    ['what a group is about', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'a', ScopeDownStatement: body } }, true],
  ];
  for (const [desc, statement, expected] of rows) test(desc, () => assert.equal(bodyWanted(statement), expected));
});
