import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldToMatchDocument, TextTransformationDocument } from '../rule-document.ts';
import { compileInspectedTexts } from './inspected-texts.ts';
import type { PreParseTransformations } from './query-arguments.ts';
import { inspectionOf, type RequestExample } from './testing/inspection-examples.ts';

interface Row {
  readonly desc: string;
  readonly field: FieldToMatchDocument;
  readonly request: RequestExample;
  readonly transform?: readonly string[];
  readonly preParse?: readonly string[];
  /** The texts, or the answer without any. */
  readonly expected: readonly string[] | boolean;
}

const headers = ['Host', 'a', 'X-One', '1', 'x-one', '2', 'Cookie', 'Id=1; b', 'cookie', 'id=a=b;;'];
const many = Array.from({ length: 201 }, (_, i) => [`h${i}`, 'v']).flat();
const cookiesOf = (count: number): string[] => ['cookie', Array.from({ length: count }, (_, i) => `c${i}=v`).join('; ')];
const All = {};

const rows: readonly Row[] = [
  { desc: 'the path as it came', field: { UriPath: {} }, request: { path: '/dev/%61//b' }, expected: ['/dev/%61//b'] },
  { desc: 'the method', field: { Method: {} }, request: { method: 'PATCH' }, expected: ['PATCH'] },
  { desc: 'the query as it came', field: { QueryString: {} }, request: { query: 'a=%20&b' }, expected: ['a=%20&b'] },
  { desc: 'no query is no part', field: { QueryString: {} }, request: {}, expected: [] },

  { desc: 'lines of one header', field: { SingleHeader: { Name: 'X-ONE' } }, request: { headers }, expected: ['1,2'] },
  {
    desc: 'lines of cookies',
    field: { SingleHeader: { Name: 'cookie' } },
    request: { headers },
    expected: ['Id=1; b; id=a=b;;'],
  },
  { desc: 'no such header', field: { SingleHeader: { Name: 'x-two' } }, request: { headers }, expected: [] },
  { desc: 'an empty header is there', field: { SingleHeader: { Name: 'a' } }, request: { headers: ['A', ''] }, expected: [''] },
  { desc: 'names that objects have', field: { SingleHeader: { Name: '__proto__' } }, request: { headers }, expected: [] },

  {
    desc: 'each value of an argument',
    field: { SingleQueryArgument: { Name: 'Id' } },
    request: { query: 'id=1&x=2&ID=%33&iD' },
    expected: ['1', '%33', ''],
  },
  { desc: 'a name in disguise', field: { SingleQueryArgument: { Name: 'id' } }, request: { query: '%69%44=1' }, expected: ['1'] },
  { desc: 'no such argument', field: { SingleQueryArgument: { Name: 'id' } }, request: { query: 'i=d' }, expected: [] },
  {
    desc: 'all values, and what has no equals sign',
    field: { AllQueryArguments: {} },
    request: { query: '&a=1=2&<b>&&c=' },
    expected: ['1=2', '<b>', ''],
  },
  {
    desc: 'hidden separators stay hidden',
    field: { AllQueryArguments: {} },
    request: { query: 'a=1%26b=2;c' },
    expected: ['1%26b=2;c'],
  },
  {
    desc: 'unless they are decoded before',
    field: { AllQueryArguments: {} },
    preParse: ['URL_DECODE'],
    request: { query: 'a=1%26b%3D2' },
    expected: ['1', '2'],
  },
  {
    desc: '%u, too',
    field: { SingleQueryArgument: { Name: 'b' } },
    preParse: ['URL_DECODE_UNI'],
    request: { query: 'a=1%u0026b=2' },
    expected: ['2'],
  },
  {
    desc: 'semicolons',
    field: { AllQueryArguments: {} },
    preParse: ['REPLACE_SEMICOLONS_WITH_AMPERSANDS'],
    request: { query: 'a=1;b=2' },
    expected: ['1', '2'],
  },
  {
    desc: 'one value for several',
    field: { AllQueryArguments: {} },
    preParse: ['COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA'],
    request: { query: 'a=1&b=2&a=3' },
    expected: ['1,3', '2'],
  },
  {
    ...{ desc: 'in the order of their priorities', field: { AllQueryArguments: {} }, request: { query: 'a=1%3Ba=2' } },
    ...{
      preParse: ['URL_DECODE', 'REPLACE_SEMICOLONS_WITH_AMPERSANDS', 'COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA'],
      expected: ['1,2'],
    },
  },

  {
    desc: 'names and values of headers',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'ALL', OversizeHandling: 'CONTINUE' } },
    request: { headers: ['A', '1', 'b', '2'] },
    expected: ['A', '1', 'b', '2'],
  },
  {
    desc: 'names only',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'KEY', OversizeHandling: 'CONTINUE' } },
    request: { headers: ['A', '1', 'b', '2'] },
    expected: ['A', 'b'],
  },
  {
    desc: 'values of some',
    field: {
      Headers: { MatchPattern: { IncludedHeaders: ['x-One', 'x-two'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' },
    },
    request: { headers },
    expected: ['1', '2'],
  },
  {
    desc: 'values of all others',
    field: {
      Headers: { MatchPattern: { ExcludedHeaders: ['COOKIE', 'x-one'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' },
    },
    request: { headers },
    expected: ['a'],
  },
  {
    desc: 'more than 200 headers are too many',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'KEY', OversizeHandling: 'MATCH' } },
    request: { headers: many },
    expected: true,
  },
  {
    desc: 'which may be no match',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'KEY', OversizeHandling: 'NO_MATCH' } },
    request: { headers: many },
    expected: false,
  },
  {
    desc: '200 are not',
    field: { Headers: { MatchPattern: { IncludedHeaders: ['h199'] }, MatchScope: 'KEY', OversizeHandling: 'MATCH' } },
    request: { headers: many.slice(0, 400) },
    expected: ['h199'],
  },
  {
    desc: 'only so many are looked at',
    field: { Headers: { MatchPattern: { IncludedHeaders: ['h199', 'h200'] }, MatchScope: 'KEY', OversizeHandling: 'CONTINUE' } },
    request: { headers: many },
    expected: ['h199'],
  },
  {
    desc: '8192 bytes are not too much',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'KEY', OversizeHandling: 'MATCH' } },
    request: { headers: ['a', 'x'.repeat(8191)] },
    expected: ['a'],
  },
  {
    desc: 'one more is',
    field: { Headers: { MatchPattern: { All }, MatchScope: 'KEY', OversizeHandling: 'MATCH' } },
    request: { headers: ['a', 'x'.repeat(8192)] },
    expected: true,
  },
  {
    desc: 'only so much is looked at',
    field: { Headers: { MatchPattern: { IncludedHeaders: ['b'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
    request: { headers: ['a', 'x'.repeat(8188), 'b', 'yz', 'b', 'z'] },
    expected: ['yz'],
  },
  {
    desc: 'half a value',
    field: { Headers: { MatchPattern: { IncludedHeaders: ['b'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
    request: { headers: ['a', 'x'.repeat(8189), 'b', 'yz', 'b', 'z'] },
    expected: ['y'],
  },

  {
    desc: 'the order of headers',
    field: { HeaderOrder: { OversizeHandling: 'CONTINUE' } },
    request: { headers },
    expected: ['Host:X-One:x-one:Cookie:cookie'],
  },
  {
    desc: 'too many for an order',
    field: { HeaderOrder: { OversizeHandling: 'MATCH' } },
    request: { headers: many },
    expected: true,
  },

  {
    desc: 'names and values of cookies',
    field: { Cookies: { MatchPattern: { All }, MatchScope: 'ALL', OversizeHandling: 'CONTINUE' } },
    request: { headers },
    expected: ['Id', '1', '', 'b', 'id', 'a=b'],
  },
  {
    desc: 'the case of a name counts',
    field: { Cookies: { MatchPattern: { IncludedCookies: ['id'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
    request: { headers },
    expected: ['a=b'],
  },
  {
    desc: 'all other cookies',
    field: { Cookies: { MatchPattern: { ExcludedCookies: ['id'] }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
    request: { headers },
    expected: ['1', 'b'],
  },
  {
    desc: 'a byte of UTF-8 at the end is no white space',
    field: { Cookies: { MatchPattern: { All }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
    request: { headers: ['cookie', 'a=\xc3\xa0 ; b=\t1'] },
    expected: ['\xc3\xa0', '\t1'],
  },
  {
    desc: 'more than 200 cookies are too many',
    field: { Cookies: { MatchPattern: { All }, MatchScope: 'VALUE', OversizeHandling: 'MATCH' } },
    request: { headers: cookiesOf(201) },
    expected: true,
  },
  {
    desc: '200 are not',
    field: { Cookies: { MatchPattern: { IncludedCookies: ['c199'] }, MatchScope: 'KEY', OversizeHandling: 'MATCH' } },
    request: { headers: cookiesOf(200) },
    expected: ['c199'],
  },
  {
    desc: 'more than 8192 bytes are too much',
    field: { Cookies: { MatchPattern: { All }, MatchScope: 'VALUE', OversizeHandling: 'NO_MATCH' } },
    request: { headers: ['cookie', `a=${'x'.repeat(8192)}`] },
    expected: false,
  },
  {
    desc: 'large headers are no large cookies',
    field: { Cookies: { MatchPattern: { All }, MatchScope: 'VALUE', OversizeHandling: 'MATCH' } },
    request: { headers: [...many, 'cookie', 'a=1'] },
    expected: ['1'],
  },

  { desc: 'the body', field: { Body: {} }, request: { body: 'a\0b' }, expected: ['a\0b'] },
  { desc: 'no body is no part', field: { Body: { OversizeHandling: 'MATCH' } }, request: {}, expected: [] },
  {
    desc: 'what there is of a large body',
    field: { Body: { OversizeHandling: 'CONTINUE' } },
    request: { body: 'abc', bodyLength: 4 },
    expected: ['abc'],
  },
  {
    desc: 'a large body is a match',
    field: { Body: { OversizeHandling: 'MATCH' } },
    request: { body: 'abc', bodyLength: 4 },
    expected: true,
  },
  {
    desc: 'a large body is none',
    field: { Body: { OversizeHandling: 'NO_MATCH' } },
    request: { body: 'abc', bodyLength: 4 },
    expected: false,
  },

  {
    desc: 'keys and values of JSON',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'ALL' } },
    request: { body: '{"a":{"b":[1,"c"]}}' },
    expected: ['a', 'b', '1', 'c'],
  },
  {
    desc: 'keys of JSON',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'KEY' } },
    request: { body: '{"a":{"b":[1,"c"]}}' },
    expected: ['a', 'b'],
  },
  {
    desc: 'values at a place',
    field: { JsonBody: { MatchPattern: { IncludedPaths: ['/a/b/1', '/x'] }, MatchScope: 'VALUE' } },
    request: { body: '{"a":{"b":[1,"c"]}}' },
    expected: ['c'],
  },
  {
    desc: 'JSON with a fault, as far as it goes',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE' } },
    request: { body: '{"a":"1","b":?,"c":"2"}' },
    expected: ['1'],
  },
  {
    desc: 'JSON with a fault is a match',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE', InvalidFallbackBehavior: 'MATCH' } },
    request: { body: '{"a":?}' },
    expected: true,
  },
  {
    desc: 'JSON with a fault is none',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE', InvalidFallbackBehavior: 'NO_MATCH' } },
    request: { body: '{"a":?}' },
    expected: false,
  },
  {
    desc: 'JSON with a fault is a text',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE', InvalidFallbackBehavior: 'EVALUATE_AS_STRING' } },
    request: { body: '{"a":?}' },
    expected: ['{"a":?}'],
  },
  {
    desc: 'JSON without a fault is not',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE', InvalidFallbackBehavior: 'EVALUATE_AS_STRING' } },
    request: { body: '{"a":1}' },
    expected: ['1'],
  },
  {
    desc: 'a fault elsewhere is one, too',
    field: { JsonBody: { MatchPattern: { IncludedPaths: ['/b'] }, MatchScope: 'VALUE', InvalidFallbackBehavior: 'MATCH' } },
    request: { body: '{"b":1,"a":?}' },
    expected: true,
  },
  {
    desc: 'no body has no fault',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'ALL', InvalidFallbackBehavior: 'MATCH' } },
    request: {},
    expected: [],
  },
  {
    desc: 'cut off JSON has one',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'ALL', InvalidFallbackBehavior: 'NO_MATCH' } },
    request: { body: '{"a":"b', bodyLength: 99 },
    expected: false,
  },
  {
    desc: 'what there is of cut off JSON',
    field: { JsonBody: { MatchPattern: { All }, MatchScope: 'VALUE' } },
    request: { body: '{"a":"evi', bodyLength: 99 },
    expected: ['evi'],
  },
  {
    desc: 'large JSON is a match',
    field: {
      JsonBody: { MatchPattern: { All }, MatchScope: 'ALL', OversizeHandling: 'MATCH', InvalidFallbackBehavior: 'NO_MATCH' },
    },
    request: { body: '{"a":', bodyLength: 99 },
    expected: true,
  },

  { desc: 'a fragment is never there', field: { UriFragment: { FallbackBehavior: 'MATCH' } }, request: {}, expected: true },
  { desc: 'a fragment without a choice', field: { UriFragment: {} }, request: {}, expected: [] },
  { desc: 'JA3 is never there', field: { JA3Fingerprint: { FallbackBehavior: 'NO_MATCH' } }, request: {}, expected: false },
  { desc: 'JA4 is never there', field: { JA4Fingerprint: { FallbackBehavior: 'MATCH' } }, request: {}, expected: true },

  {
    desc: 'each text is transformed',
    field: { AllQueryArguments: {} },
    transform: ['URL_DECODE', 'LOWERCASE'],
    request: { query: 'a=%41&b=B' },
    expected: ['a', 'b'],
  },
  {
    desc: 'in the order of priorities',
    field: { UriPath: {} },
    transform: ['LOWERCASE', 'URL_DECODE', 'NONE'],
    request: { path: '/%41' },
    expected: ['/A'],
  },
];

function prioritized<T>(types: readonly string[] = []): T {
  // The last one comes first in the list: its place there means nothing.
  return types.map((Type, Priority) => ({ Priority, Type })).toReversed() as T;
}

describe('parts of requests', () => {
  for (const { desc, field, request, transform, preParse, expected } of rows) {
    test(`${Object.keys(field)[0]}: ${desc}`, () => {
      const texts = compileInspectedTexts({
        FieldToMatch: field,
        TextTransformations: prioritized<readonly TextTransformationDocument[]>(transform),
        PreParseTextTransformations: prioritized<PreParseTransformations>(preParse),
      }).of(inspectionOf(request));
      assert.deepEqual(typeof texts === 'boolean' ? texts : texts.map(({ text }) => text), expected);
    });
  }

  test('what is no part is refused', () => {
    assert.throws(() => compileInspectedTexts({ FieldToMatch: {}, TextTransformations: [] }), /no part of a request/);
  });
});

test('texts know the names of their fields', () => {
  const field = { FieldToMatch: { AllQueryArguments: {} }, TextTransformations: prioritized<[]>(['LOWERCASE']) };
  assert.deepEqual(compileInspectedTexts(field).of(inspectionOf({ query: 'Q=A' })), [{ text: 'a', fieldName: 'Q' }]);
});

describe('work is shared', () => {
  const texts = (field: FieldToMatchDocument, ...types: string[]) =>
    compileInspectedTexts({ FieldToMatch: field, TextTransformations: prioritized(types) });

  test('the same part with the same transformations is the same texts', () => {
    const inspection = inspectionOf({ query: 'a=%41', body: 'x' });
    const first = texts({ AllQueryArguments: {} }, 'URL_DECODE', 'LOWERCASE').of(inspection);
    assert.equal(texts({ AllQueryArguments: {} }, 'URL_DECODE', 'NONE', 'LOWERCASE').of(inspection), first);
    const body = texts({ Body: { OversizeHandling: 'MATCH' } }, 'LOWERCASE').of(inspection);
    assert.equal(texts({ Body: {} }, 'LOWERCASE').of(inspection), body);
  });

  test('steps in common are done once', () => {
    const inspection = inspectionOf({ path: '/%41' });
    texts({ UriPath: {} }, 'URL_DECODE', 'LOWERCASE').of(inspection);
    const decoded = texts({ UriPath: {} }, 'URL_DECODE');
    assert.equal(decoded.of(inspection), inspection.worked.get(decoded.key));
    assert.deepEqual(decoded.of(inspection), [{ text: '/A' }]);
  });

  test('different settings have different texts', () => {
    const request = {
      query: 'a=1;b=%32&c',
      headers: ['a,b', '1', 'A', '2', 'b', '3', 'cookie', 'a=1; b=2'],
      body: '{"a":1,"b":{"a":2}}',
    };
    const list = (kind: 'Headers' | 'Cookies', pattern: object, MatchScope: 'KEY' | 'VALUE' | 'ALL') =>
      ({ [kind]: { MatchPattern: pattern, MatchScope, OversizeHandling: 'CONTINUE' } }) as FieldToMatchDocument;
    const json = (paths: readonly string[], more: object = {}): FieldToMatchDocument => ({
      JsonBody: { MatchPattern: { IncludedPaths: paths }, MatchScope: 'ALL', ...more },
    });
    const fields: readonly FieldToMatchDocument[] = [
      ...[{ SingleHeader: { Name: 'a' } }, { SingleHeader: { Name: 'b' } }, { SingleQueryArgument: { Name: 'a' } }],
      ...[
        { SingleQueryArgument: { Name: 'b' } },
        { AllQueryArguments: {} },
        { QueryString: {} },
        { UriPath: {} },
        { Method: {} },
      ],
      ...[
        list('Headers', { All }, 'ALL'),
        list('Headers', { All }, 'KEY'),
        list('Headers', { IncludedHeaders: ['a', 'b'] }, 'ALL'),
      ],
      ...[list('Headers', { IncludedHeaders: ['a,b'] }, 'ALL'), list('Headers', { ExcludedHeaders: ['a,b'] }, 'ALL')],
      ...[list('Cookies', { All }, 'ALL'), list('Cookies', { IncludedCookies: ['a'] }, 'ALL')],
      ...[list('Cookies', { ExcludedCookies: ['a'] }, 'ALL'), { Body: {} }, json(['/a']), json(['/b']), json(['/b', '/a'])],
      ...[json(['/b'], { MatchScope: 'KEY' }), { HeaderOrder: { OversizeHandling: 'CONTINUE' as const } }],
    ];
    const shared = inspectionOf(request);
    for (const field of fields) {
      const compiled = texts(field, 'URL_DECODE');
      assert.deepEqual(compiled.of(shared), compiled.of(inspectionOf(request)), JSON.stringify(field));
    }
    assert.equal(new Set(fields.map((field) => texts(field).key)).size, fields.length);
  });
});
