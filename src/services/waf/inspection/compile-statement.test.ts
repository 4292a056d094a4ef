// What statements match: places, ways to compare, addresses, labels, and how they join.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldToMatchDocument, StatementDocument } from '../rule-document.ts';
import { bodyWanted } from './body-wanted.ts';
import { newStatementCompiler } from './compile-statement.ts';
import type { Inspection, MatchDetail } from './matcher.ts';
import { compileRateKey } from './rate-key.ts';
import { ALWAYS_LIMITED } from './rate-limiter.ts';
import type { WebRequest } from './web-request.ts';

const compile = newStatementCompiler({
  sqlInjection: (text, sensitivity) => (text.includes(sensitivity === 'HIGH' ? 'sleep' : "' or") ? [text] : undefined),
  crossSiteScripting: (text) => (text.includes('<script') ? ['<script'] : undefined),
});

const context = {
  labelPrefix: 'awswaf:1:webacl:shop:',
  ipSet: (arn: string) => ({ mine: ['192.0.2.0/24', '198.51.100.7/32'], six: ['2001:db8::/32'], empty: [] as string[] })[arn],
  regexPatternSet: (arn: string) => ({ bots: ['curl', 'wget/[0-9]'] })[arn],
};

function inspection(request: Partial<WebRequest> = {}, labels: readonly string[] = []): Inspection & { details: MatchDetail[] } {
  const whole = { clientIp: '192.0.2.1', method: 'GET', path: '/prod/pets', query: '', headers: [], body: '', bodyLength: 0 };
  const bodyLength = request.body?.length ?? 0;
  return { request: { ...whole, bodyLength, ...request }, labels: new Set(labels), now: 0, details: [], worked: new Map() };
}

const none = [{ Priority: 0, Type: 'NONE' as const }];
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

function contains(text: string, FieldToMatch: FieldToMatchDocument, more: object = {}): StatementDocument {
  return {
    ByteMatchStatement: {
      ...{ SearchString: base64(text), PositionalConstraint: 'CONTAINS', FieldToMatch, TextTransformations: none },
      ...more,
    },
  };
}

function matches(statement: StatementDocument, request: Partial<WebRequest> = {}, labels: readonly string[] = []): boolean {
  return compile(statement, context)(inspection(request, labels));
}

type Row = readonly [what: string, statement: StatementDocument, request: Partial<WebRequest>, expected: boolean];

function table(title: string, rows: readonly Row[]): void {
  test(title, () => {
    for (const [what, statement, request, expected] of rows) assert.equal(matches(statement, request), expected, what);
  });
}

const all = { All: {} };
const headers = ['Host', 'example.com', 'X-Tag', 'one', 'x-tag', 'two', 'Cookie', 'a=1; B=bee; a=2'];
const json = '{"a":{"c":"d","b":{"e":{"f":"g"}}},"n":42,"l":["x",true]}';
const jsonBody = (more: object = {}): FieldToMatchDocument => ({
  JsonBody: { MatchPattern: all, MatchScope: 'ALL', OversizeHandling: 'CONTINUE', ...more },
});
const headersPart = (more: object = {}): FieldToMatchDocument => ({
  Headers: { MatchPattern: all, MatchScope: 'ALL', OversizeHandling: 'CONTINUE', ...more },
});
const cookiesPart = (more: object = {}): FieldToMatchDocument => ({
  Cookies: { MatchPattern: all, MatchScope: 'ALL', OversizeHandling: 'CONTINUE', ...more },
});
const body = (OversizeHandling: 'CONTINUE' | 'MATCH' | 'NO_MATCH'): FieldToMatchDocument => ({ Body: { OversizeHandling } });

table('places', [
  ['a header in any case, its values joined', contains('one,two', { SingleHeader: { Name: 'X-TAG' } }), { headers }, true],
  ['a header that is not there', contains('', { SingleHeader: { Name: 'x-none' } }), { headers }, false],
  ['the path as it came', contains('%20', { UriPath: {} }), { path: '/prod/a%20b' }, true],
  ['the query string', contains('=1&', { QueryString: {} }), { query: 'a=1&b=2' }, true],
  ['an argument in any case', contains('2', { SingleQueryArgument: { Name: 'ID' } }), { query: 'id=1&Id=2' }, true],
  ['not the name of an argument', contains('id', { AllQueryArguments: {} }), { query: 'id=1' }, false],
  ['any argument', contains('1', { AllQueryArguments: {} }), { query: 'a=2&id=1' }, true],
  ['the method', contains('PUT', { Method: {} }), { method: 'PUT' }, true],
  ['all headers: a name', contains('X-Tag', headersPart()), { headers }, true],
  ['all headers: a value', contains('two', headersPart({ MatchScope: 'VALUE' })), { headers }, true],
  ['keys only', contains('two', headersPart({ MatchScope: 'KEY' })), { headers }, false],
  ['included headers', contains('two', headersPart({ MatchPattern: { IncludedHeaders: ['host'] } })), { headers }, false],
  ['excluded headers', contains('two', headersPart({ MatchPattern: { ExcludedHeaders: ['X-TAG'] } })), { headers }, false],
  ['cookies', contains('bee', cookiesPart()), { headers }, true],
  [
    'cookies by name, whose case counts',
    contains('bee', cookiesPart({ MatchPattern: { IncludedCookies: ['b'] } })),
    { headers },
    false,
  ],
  ['each of several cookies', contains('2', cookiesPart({ MatchPattern: { IncludedCookies: ['a'] } })), { headers }, true],
  [
    'the order of headers',
    contains('Host:X-Tag:x-tag:Cookie', { HeaderOrder: { OversizeHandling: 'CONTINUE' } }),
    { headers },
    true,
  ],
  ['a fingerprint is never there: MATCH', contains('x', { JA3Fingerprint: { FallbackBehavior: 'MATCH' } }), {}, true],
  ['or NO_MATCH', contains('x', { JA4Fingerprint: { FallbackBehavior: 'NO_MATCH' } }), {}, false],
]);

table('more than is looked at', [
  ['a body that is longer: what is there', contains('a', body('CONTINUE')), { body: 'a', bodyLength: 9 }, true],
  ['MATCH', contains('z', body('MATCH')), { body: 'a', bodyLength: 9 }, true],
  ['NO_MATCH', contains('a', body('NO_MATCH')), { body: 'a', bodyLength: 9 }, false],
  ['a body that fits', contains('z', body('MATCH')), { body: 'a' }, false],
  ['headers beyond 8 KB', contains('end', headersPart()), { headers: ['A', 'x'.repeat(9000), 'B', 'end'] }, false],
  ['headers up to 8 KB', contains('xx', headersPart()), { headers: ['A', 'x'.repeat(9000)] }, true],
  ['MATCH of headers', contains('end', headersPart({ OversizeHandling: 'MATCH' })), { headers: ['A', 'x'.repeat(9000)] }, true],
  ['the 201st cookie', contains('late', cookiesPart()), { headers: ['Cookie', `${'a=1;'.repeat(200)}b=late`] }, false],
  [
    'one header is looked at whole',
    contains('end', { SingleHeader: { Name: 'a' } }),
    { headers: ['A', `${'x'.repeat(9000)}end`] },
    true,
  ],
]);

table('JSON bodies', [
  ['a value', contains('g', jsonBody()), { body: json }, true],
  ['a key', contains('f', jsonBody({ MatchScope: 'KEY' })), { body: json }, true],
  ['values are no keys', contains('g', jsonBody({ MatchScope: 'KEY' })), { body: json }, false],
  ['numbers and words as text', contains('42', jsonBody({ MatchScope: 'VALUE' })), { body: json }, true],
  ['under a path', contains('g', jsonBody({ MatchPattern: { IncludedPaths: ['/a/b'] } })), { body: json }, true],
  [
    'the keys of the path itself are not',
    contains('b', jsonBody({ MatchPattern: { IncludedPaths: ['/a/b'] } })),
    { body: json },
    false,
  ],
  ['nor what is beside it', contains('d', jsonBody({ MatchPattern: { IncludedPaths: ['/a/b'] } })), { body: json }, false],
  ['an element of an array', contains('x', jsonBody({ MatchPattern: { IncludedPaths: ['/l/0'] } })), { body: json }, true],
  ['escapes are undone', contains('<', jsonBody()), { body: '{"a":"\\u003c"}' }, true],
  ['a missing comma and a colon too many', contains('2', jsonBody()), { body: '{"a"::"1" "b" "2"}' }, true],
  ['up to where it ends', contains('1', jsonBody()), { body: '{"a":"1","b":' }, true],
  ['no JSON: MATCH', contains('z', jsonBody({ InvalidFallbackBehavior: 'MATCH' })), { body: 'no' }, true],
  ['no JSON: NO_MATCH', contains('1', jsonBody({ InvalidFallbackBehavior: 'NO_MATCH' })), { body: '{"a":"1"' }, false],
  ['no JSON: as text', contains('no', jsonBody({ InvalidFallbackBehavior: 'EVALUATE_AS_STRING' })), { body: 'no' }, true],
  ['a key that is there twice', contains('2', jsonBody()), { body: '{"a":"1","a":"2"}' }, false],
  ['a scalar is no body', contains('a', jsonBody()), { body: '"a"' }, false],
  ['very deep', contains('a', jsonBody()), { body: `${'['.repeat(100_000)}"a"` }, false],
]);

const path = (text: string, PositionalConstraint: string): StatementDocument =>
  contains(text, { UriPath: {} }, { PositionalConstraint });
const size = (ComparisonOperator: 'EQ' | 'NE' | 'LE' | 'LT' | 'GE' | 'GT', Size: number): StatementDocument => ({
  SizeConstraintStatement: { FieldToMatch: { QueryString: {} }, ComparisonOperator, Size, TextTransformations: none },
});
const regex = (RegexString: string, Type: 'NONE' | 'LOWERCASE' = 'NONE'): StatementDocument => ({
  RegexMatchStatement: { RegexString, FieldToMatch: { QueryString: {} }, TextTransformations: [{ Priority: 0, Type }] },
});

table('comparisons', [
  ['EXACTLY', path('/prod/pets', 'EXACTLY'), {}, true],
  ['EXACTLY, with its case', path('/PROD/pets', 'EXACTLY'), {}, false],
  ['STARTS_WITH', path('/prod', 'STARTS_WITH'), {}, true],
  ['ENDS_WITH', path('pets', 'ENDS_WITH'), {}, true],
  ['CONTAINS_WORD', path('pets', 'CONTAINS_WORD'), {}, true],
  ['CONTAINS_WORD within a word', path('pet', 'CONTAINS_WORD'), {}, false],
  ['CONTAINS_WORD, a later one', path('a', 'CONTAINS_WORD'), { path: '/ab/a' }, true],
  ['size after transformations', size('EQ', 3), { query: 'abc' }, true],
  ['NE', size('NE', 3), { query: 'abc' }, false],
  ['LE', size('LE', 3), { query: 'abc' }, true],
  ['LT', size('LT', 3), { query: 'abc' }, false],
  ['GE', size('GE', 3), { query: 'abc' }, true],
  ['GT', size('GT', 2), { query: 'abc' }, true],
  ['a pattern anywhere', regex('b+c'), { query: 'abbcd' }, true],
  ['after a transformation', regex('^abc$', 'LOWERCASE'), { query: 'ABC' }, true],
  [
    'a set of patterns',
    {
      RegexPatternSetReferenceStatement: {
        ARN: 'bots',
        FieldToMatch: { SingleHeader: { Name: 'user-agent' } },
        TextTransformations: none,
      },
    },
    { headers: ['User-Agent', 'wget/1'] },
    true,
  ],
]);

const ip = (ARN: string, IPSetForwardedIPConfig?: object): StatementDocument =>
  ({ IPSetReferenceStatement: { ARN, ...(IPSetForwardedIPConfig && { IPSetForwardedIPConfig }) } }) as StatementDocument;
const forwarded = (Position: string, FallbackBehavior = 'NO_MATCH') => ({
  HeaderName: 'X-Forwarded-For',
  Position,
  FallbackBehavior,
});
const via = (value: string) => ({ headers: ['X-Forwarded-For', value] });

table('addresses', [
  ['in a block', ip('mine'), { clientIp: '192.0.2.255' }, true],
  ['in none', ip('mine'), { clientIp: '192.0.3.0' }, false],
  ['one address', ip('mine'), { clientIp: '198.51.100.7' }, true],
  ['carried by IPv6', ip('mine'), { clientIp: '::ffff:192.0.2.1' }, true],
  ['IPv6', ip('six'), { clientIp: '2001:db8:ffff::1' }, true],
  ['IPv6 in no block', ip('six'), { clientIp: '2001:db9::1' }, false],
  ['an empty set', ip('empty'), {}, false],
  ['forwarded, the first', ip('mine', forwarded('FIRST')), via('192.0.2.9, 10.0.0.1'), true],
  ['forwarded, the last', ip('mine', forwarded('LAST')), via('192.0.2.9, 10.0.0.1'), false],
  ['forwarded, any', ip('mine', forwarded('ANY')), via('10.0.0.1, 192.0.2.9, 10.0.0.2'), true],
  ['any of the last ten', ip('mine', forwarded('ANY')), via(`192.0.2.9${', 10.0.0.1'.repeat(10)}`), false],
  ['no header: the rule does not apply', ip('mine', forwarded('FIRST', 'MATCH')), {}, false],
  ['no address in it: the fallback', ip('mine', forwarded('FIRST', 'MATCH')), via('unknown'), true],
  ['or not', ip('mine', forwarded('FIRST', 'NO_MATCH')), via('unknown'), false],
]);

test('labels', () => {
  const own = 'awswaf:1:webacl:shop:pet:dog';
  const managed = 'awswaf:managed:aws:core-rule-set:NoUserAgent_Header';
  const label = (Key: string, Scope: 'LABEL' | 'NAMESPACE' = 'LABEL'): StatementDocument => ({
    LabelMatchStatement: { Key, Scope },
  });
  for (const [what, statement, expected] of [
    ['the whole label', label(own), true],
    ['within the own namespace', label('pet:dog'), true],
    ['its last part', label('dog'), true],
    ['half a part', label('og'), false],
    ['of others, whole', label(managed), true],
    ['of others, its last part', label('NoUserAgent_Header'), false],
    ['a namespace', label('awswaf:managed:aws:core-rule-set:', 'NAMESPACE'), true],
    ['a namespace of its own', label('pet:', 'NAMESPACE'), true],
    ['another namespace', label('cat:', 'NAMESPACE'), false],
  ] as const) {
    assert.equal(matches(statement, {}, [own, managed]), expected, what);
  }
});

test('And, Or, Not, and what is not there', () => {
  const yes = contains('pets', { UriPath: {} });
  const no = contains('dogs', { UriPath: {} });
  const missing = contains('x', { SingleHeader: { Name: 'x' } });
  assert.equal(matches({ AndStatement: { Statements: [yes, no] } }), false);
  assert.equal(matches({ AndStatement: { Statements: [yes, yes] } }), true);
  assert.equal(matches({ OrStatement: { Statements: [no, yes] } }), true);
  assert.equal(matches({ NotStatement: { Statement: no } }), true);
  assert.equal(matches(missing), false);
  assert.equal(matches({ NotStatement: { Statement: missing } }), true);
});

test('attacks are told with what gave them away', () => {
  const FieldToMatch = { AllQueryArguments: {} };
  const sql: StatementDocument = {
    SqliMatchStatement: { FieldToMatch, TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }] },
  };
  const high: StatementDocument = { SqliMatchStatement: { FieldToMatch, TextTransformations: none, SensitivityLevel: 'HIGH' } };
  const xss: StatementDocument = { XssMatchStatement: { FieldToMatch: { Body: {} }, TextTransformations: none } };
  const details = (statement: StatementDocument, request: Partial<WebRequest>) => {
    const looked = inspection(request);
    compile(statement, context)(looked);
    return looked.details;
  };
  assert.deepEqual(details(sql, { query: 'a=1&id=%27+or' }), [
    {
      conditionType: 'SQL_INJECTION',
      sensitivityLevel: 'LOW',
      location: 'ALL_QUERY_ARGS',
      matchedData: ["' or"],
      matchedFieldName: 'id',
    },
  ]);
  assert.equal(details(high, { query: 'id=sleep' })[0]?.sensitivityLevel, 'HIGH');
  assert.deepEqual(details(xss, { body: '<script>' }), [{ conditionType: 'XSS', location: 'BODY', matchedData: ['<script'] }]);
  assert.deepEqual(details({ NotStatement: { Statement: xss } }, { body: '<script>' }), []);
});

test('a request that makes rules work beyond all measure is taken for an attack', () => {
  const TextTransformations = [{ Priority: 0, Type: 'URL_DECODE' as const }];
  const statement = contains('nothing', body('CONTINUE'), { TextTransformations });
  const looked = inspection({ body: '%41'.repeat(20_000) });
  assert.equal(compile(statement, context)(looked), false);
  looked.worked.set('characters', 5 * 2 ** 20);
  const other = contains('nothing', body('CONTINUE'), { TextTransformations: [{ Priority: 0, Type: 'URL_DECODE_UNI' }] });
  assert.equal(compile(other, context)(looked), true);
});

test('which statements look at bodies', () => {
  assert.equal(bodyWanted(contains('a', { UriPath: {} })), false);
  assert.equal(bodyWanted({ NotStatement: { Statement: contains('a', body('MATCH')) } }), true);
  const ScopeDownStatement = contains('a', jsonBody());
  assert.equal(bodyWanted({ RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP', ScopeDownStatement } }), true);
});

test('what requests are counted under', () => {
  const rate = (AggregateKeyType: 'IP' | 'FORWARDED_IP' | 'CONSTANT' | 'CUSTOM_KEYS', more: object = {}) =>
    compileRateKey({ Limit: 10, AggregateKeyType, ...more });
  const ForwardedIPConfig = { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'MATCH' };
  const keys = (...CustomKeys: object[]) => rate('CUSTOM_KEYS', { CustomKeys, ForwardedIPConfig });
  const of = (name: string) => ({ Name: name, TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' }] });
  for (const [what, keyOf, request, expected] of [
    ['the address', rate('IP'), {}, '192.0.2.1'],
    ['all together', rate('CONSTANT'), {}, ''],
    ['the first forwarded address', rate('FORWARDED_IP', { ForwardedIPConfig }), via('10.0.0.1, 10.0.0.2'), '10.0.0.1'],
    ['none forwarded: not counted', rate('FORWARDED_IP', { ForwardedIPConfig }), {}, undefined],
    ['a broken one: the fallback', rate('FORWARDED_IP', { ForwardedIPConfig }), via('x'), ALWAYS_LIMITED],
    ['a header, transformed', keys({ Header: of('x-tag') }), { headers }, '7:one,two'],
    ['a header that is not there', keys({ Header: of('x-none') }), { headers }, undefined],
    ['a cookie', keys({ Cookie: of('B') }), { headers }, '3:bee'],
    ['an argument', keys({ QueryArgument: of('id') }), { query: 'ID=A' }, '1:a'],
    ['several', keys({ HTTPMethod: {} }, { IP: {} }), {}, '3:GET9:192.0.2.1'],
    ['the path', keys({ UriPath: { TextTransformations: none } }), {}, '10:/prod/pets'],
    ['a fingerprint is never there', keys({ JA3Fingerprint: { FallbackBehavior: 'MATCH' } }), {}, undefined],
  ] as const) {
    assert.equal(keyOf(inspection(request)), expected, what);
  }
  const labelled = inspection({}, ['awswaf:1:webacl:shop:tenant:b', 'awswaf:1:webacl:shop:tenant:a', 'awswaf:1:webacl:shop:x']);
  const byLabel = keys({ LabelNamespace: { Namespace: 'awswaf:1:webacl:shop:tenant:' } });
  assert.match(byLabel(labelled) ?? '', /tenant:a,awswaf:1:webacl:shop:tenant:b$/);
  assert.equal(byLabel(inspection()), undefined);
});
