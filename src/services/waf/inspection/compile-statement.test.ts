import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PositionalConstraint } from '@aws-sdk/client-wafv2';
import type { StatementDocument } from '../rule-document.ts';
import {
  compileExample,
  exampleContext,
  inspectionOf,
  matches,
  type RequestExample,
  searchString,
} from './testing/inspection-examples.ts';

const NONE = [{ Priority: 0, Type: 'NONE' }] as const;
const LOWERCASE = [{ Priority: 0, Type: 'LOWERCASE' }] as const;

function pathMatches(PositionalConstraint: PositionalConstraint, text: string): StatementDocument {
  return {
    ByteMatchStatement: {
      ...{ SearchString: searchString(text), FieldToMatch: { UriPath: {} } },
      ...{ TextTransformations: NONE, PositionalConstraint },
    },
  };
}

function pattern(
  RegexString: string,
  field: NonNullable<StatementDocument['RegexMatchStatement']>['FieldToMatch'],
): StatementDocument {
  return { RegexMatchStatement: { RegexString, FieldToMatch: field, TextTransformations: NONE } };
}

describe('ByteMatchStatement', () => {
  const rows: readonly (readonly [desc: string, PositionalConstraint, search: string, path: string, boolean])[] = [
    ['all of the text', 'EXACTLY', '/a', '/a', true],
    ['more than that', 'EXACTLY', '/a', '/ab', false],
    ['the case of letters counts', 'EXACTLY', '/a', '/A', false],
    ['the beginning', 'STARTS_WITH', '/a', '/ab', true],
    ['not the beginning', 'STARTS_WITH', 'a', '/ab', false],
    ['the end', 'ENDS_WITH', 'b', '/ab', true],
    ['not the end', 'ENDS_WITH', 'a', '/ab', false],
    ['anywhere', 'CONTAINS', 'ab', '/xaby', true],
    ['nowhere', 'CONTAINS', 'ab', '/a-b', false],
    ['characters are bytes of UTF-8', 'CONTAINS', 'é', '/\xc3\xa9', true],
    ['a character of latin1 is another byte', 'CONTAINS', 'é', '/\xe9', false],
    ['a word alone', 'CONTAINS_WORD', '/ab', '/ab', true],
    ['a word between others', 'CONTAINS_WORD', 'ab', '/x-ab.y', true],
    ['a word at the end', 'CONTAINS_WORD', 'ab', '/ab', true],
    ['a part of a word', 'CONTAINS_WORD', 'ab', '/abc', false],
    ['the end of a word', 'CONTAINS_WORD', 'ab', '/_ab', false],
    ['digits are parts of words', 'CONTAINS_WORD', 'ab', '/ab1', false],
    ['a word after a part of one', 'CONTAINS_WORD', 'ab', '/abab ab', true],
    ['nothing between parts of words', 'CONTAINS_WORD', '', 'abc', false],
  ];
  for (const [desc, constraint, search, path, expected] of rows) {
    test(`${constraint}: ${desc}`, () => assert.equal(matches(pathMatches(constraint, search), { path }), expected));
  }

  test('what is transformed is compared', () => {
    const ByteMatchStatement = { ...pathMatches('EXACTLY', '/a').ByteMatchStatement, TextTransformations: LOWERCASE };
    assert.equal(matches({ ByteMatchStatement } as StatementDocument, { path: '/A' }), true);
  });

  test('bytes that are no text are searched for', () => {
    const { ByteMatchStatement } = pathMatches('CONTAINS', '');
    const SearchString = Buffer.from([0xff, 0]).toString('base64');
    assert.equal(
      matches({ ByteMatchStatement: { ...ByteMatchStatement, SearchString } } as StatementDocument, { path: '/\xff\0' }),
      true,
    );
  });
});

describe('SizeConstraintStatement', () => {
  const size = (ComparisonOperator: 'EQ' | 'NE' | 'LE' | 'LT' | 'GE' | 'GT', Size: number): StatementDocument => ({
    SizeConstraintStatement: { FieldToMatch: { Body: {} }, ComparisonOperator, Size, TextTransformations: NONE },
  });
  const rows = [
    ...(['EQ 3 true', 'EQ 2 false', 'NE 2 true', 'NE 3 false', 'LE 3 true', 'LE 2 false', 'LT 4 true', 'LT 3 false'] as const),
    ...(['GE 3 true', 'GE 4 false', 'GT 2 true', 'GT 3 false'] as const),
  ];
  for (const row of rows) {
    const [operator, number, expected] = row.split(' ') as ['EQ', string, string];
    test(`three bytes ${row}`, () => assert.equal(`${matches(size(operator, Number(number)), { body: 'a\xc3\xa9' })}`, expected));
  }

  test('of a body that is too large, what is there has a size', () => {
    assert.equal(matches(size('GT', 3), { body: 'abc', bodyLength: 100 }), false);
  });

  test('a part that is not there has none', () => {
    assert.equal(matches(size('LE', 3), {}), false);
    assert.equal(matches({ NotStatement: { Statement: size('LE', 3) } }, {}), true);
  });

  test('transformations come first', () => {
    const statement: StatementDocument = {
      SizeConstraintStatement: {
        ...{ FieldToMatch: { UriPath: {} }, ComparisonOperator: 'EQ', Size: 2 },
        TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
      },
    };
    assert.equal(matches(statement, { path: '/%41' }), true);
  });
});

describe('patterns', () => {
  const rows: readonly (readonly [desc: string, pattern: string, path: string, boolean])[] = [
    ['anywhere in the text', 'b+', '/abbc', true],
    ['nowhere', 'b{3}', '/abbc', false],
    ['anchored', '^/a$', '/ab', false],
    ['without case', '(?i)ADMIN', '/Admin', true],
    ['characters are bytes', '^/é$', '/\xc3\xa9', true],
    ['a dot is one byte', '^/.$', '/\xc3\xa9', false],
    ['only a line feed ends a line', '^a.b$', 'a\rb', true],
  ];
  for (const [desc, regex, path, expected] of rows) {
    test(desc, () => assert.equal(matches(pattern(regex, { UriPath: {} }), { path }), expected));
  }

  test('one of a set has to be found', () => {
    const statement: StatementDocument = {
      RegexPatternSetReferenceStatement: { ARN: 'patterns', FieldToMatch: { AllQueryArguments: {} }, TextTransformations: NONE },
    };
    assert.equal(matches(statement, { query: 'a=boat&b=bot' }), true);
    assert.equal(matches(statement, { query: 'a=boat&b=xevil7' }), true);
    assert.equal(matches(statement, { query: 'a=boat&b=evil' }), false);
  });

  test('logs are told what was found, and where', () => {
    const inspection = inspectionOf({ headers: ['X-A', `say ${'evil'.repeat(100)}`] });
    assert.equal(matches(pattern('(evil)+', { SingleHeader: { Name: 'x-a' } }), inspection), true);
    assert.deepEqual(inspection.details, [
      { conditionType: 'REGEX', location: 'HEADER', matchedData: ['evil'.repeat(50)], matchedFieldName: 'x-a' },
    ]);
  });

  test('patterns and sets that are none are refused', () => {
    assert.throws(() => matches(pattern('(?=a)', { UriPath: {} })), /look-ahead is not supported \(at position 0\)/);
    const reference = { ARN: 'none', FieldToMatch: { UriPath: {} }, TextTransformations: NONE };
    assert.throws(() => matches({ RegexPatternSetReferenceStatement: reference }), /there is no regex pattern set none/);
    assert.throws(() => matches({ IPSetReferenceStatement: { ARN: 'none' } }), /there is no IP set none/);
  });
});

describe('SqliMatchStatement and XssMatchStatement', () => {
  const common = { FieldToMatch: { AllQueryArguments: {} }, TextTransformations: LOWERCASE };

  test('detectors look at texts after their transformations', () => {
    assert.equal(matches({ SqliMatchStatement: common }, { query: 'a=b&c=SQLi' }), true);
    assert.equal(matches({ SqliMatchStatement: common }, { query: 'sqli=b' }), false);
    assert.equal(matches({ XssMatchStatement: common }, { query: 'c=XSS' }), true);
    assert.equal(matches({ XssMatchStatement: common }, { query: 'c=sqli' }), false);
  });

  test('sensitivity is LOW unless it is HIGH', () => {
    assert.equal(matches({ SqliMatchStatement: common }, { query: 'a=maybe' }), false);
    assert.equal(matches({ SqliMatchStatement: { ...common, SensitivityLevel: 'HIGH' } }, { query: 'a=maybe' }), true);
  });

  test('both sensitivities of one request have answers of their own', () => {
    const inspection = inspectionOf({ query: 'a=maybe' });
    assert.equal(matches({ SqliMatchStatement: common }, inspection), false);
    assert.equal(matches({ SqliMatchStatement: { ...common, SensitivityLevel: 'HIGH' } }, inspection), true);
    assert.equal(matches({ SqliMatchStatement: common }, inspection), false);
  });

  test('logs are told each time, though there is one look only', () => {
    const inspection = inspectionOf({ query: 'q=xss', body: 'sqli' });
    const sqli = { SqliMatchStatement: { FieldToMatch: { Body: {} }, TextTransformations: NONE } };
    for (const statement of [{ XssMatchStatement: common }, { XssMatchStatement: common }, sqli]) matches(statement, inspection);
    const found = { conditionType: 'XSS', location: 'ALL_QUERY_ARGS', matchedData: ['xss'], matchedFieldName: 'q' };
    const inBody = { conditionType: 'SQL_INJECTION', sensitivityLevel: 'LOW', location: 'BODY', matchedData: ['sqli'] };
    assert.deepEqual(inspection.details, [found, found, inBody]);
  });
});

describe('And, Or, Not', () => {
  const yes = pathMatches('STARTS_WITH', '/');
  const no = pathMatches('STARTS_WITH', 'x');
  // About a header that the request does not have.
  const unsaid: StatementDocument = {
    IPSetReferenceStatement: {
      ARN: 'ips',
      IPSetForwardedIPConfig: { HeaderName: 'x-forwarded-for', FallbackBehavior: 'MATCH', Position: 'ANY' },
    },
  };
  const and = (...Statements: StatementDocument[]): StatementDocument => ({ AndStatement: { Statements } });
  const or = (...Statements: StatementDocument[]): StatementDocument => ({ OrStatement: { Statements } });
  const not = (Statement: StatementDocument): StatementDocument => ({ NotStatement: { Statement } });
  const rows: readonly (readonly [desc: string, StatementDocument, boolean])[] = [
    ['all match', and(yes, yes), true],
    ['one does not', and(yes, no), false],
    ['one does', or(no, yes), true],
    ['none does', or(no, no), false],
    ['the opposite of a match', not(yes), false],
    ['the opposite of none', not(no), true],
    ['nested', not(and(yes, or(no, not(yes)))), true],
    ['what cannot be said is no match', unsaid, false],
    ['and its opposite neither', not(unsaid), false],
    ['nor with others', and(not(unsaid), yes), false],
    ['a match beside it is one', or(unsaid, yes), true],
    ['none beside it is known', not(and(unsaid, no)), true],
    ['none beside it is not enough', not(or(unsaid, no)), false],
  ];
  for (const [desc, statement, expected] of rows) test(desc, () => assert.equal(matches(statement), expected));

  test('only what made the rule match is told', () => {
    const found = pattern('a', { UriPath: {} });
    const details = (statement: StatementDocument, request: RequestExample): number => {
      const inspection = inspectionOf(request);
      matches(statement, inspection);
      return inspection.details.length;
    };
    assert.equal(details(and(found, yes), { path: '/a' }), 1);
    assert.equal(details(and(found, no), { path: '/a' }), 0);
    assert.equal(details(not(found), { path: '/a' }), 0);
    assert.equal(details(not(not(found)), { path: '/a' }), 0);
    assert.equal(details(or(and(found, no), found), { path: '/a' }), 1);
  });
});

test('statements that stand at the top of rules, and those about places, are not compiled here', () => {
  const statements: readonly StatementDocument[] = [
    { GeoMatchStatement: { CountryCodes: ['DE'] } },
    { AsnMatchStatement: { AsnList: [1] } },
    { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP' } },
    { RuleGroupReferenceStatement: { ARN: 'a' } },
    { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'a' } },
  ];
  for (const statement of statements) {
    const [name] = Object.keys(statement) as [string];
    assert.throws(() => compileExample(statement, exampleContext), new RegExp(name));
    assert.throws(() => compileExample({ NotStatement: { Statement: statement } }, exampleContext), new RegExp(name));
  }
  assert.throws(() => compileExample({}, exampleContext), /none at all/);
});
