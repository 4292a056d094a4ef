import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkContentType, checkedTemplates, checkPattern, checkSchema } from './definition-checks.ts';

describe('a selection pattern that is taken', () => {
  const patterns = [
    '',
    '2\\d{2}',
    '4\\d{2}|5\\d{2}',
    '.*"status":400.*',
    '[)(]',
    '[]a]',
    '[^]]',
    '(?i)error',
    '(?:a|b)+?',
    '\\(',
    'a{2,3}',
  ];
  for (const pattern of patterns) test(`"${pattern}"`, () => assert.doesNotThrow(() => checkPattern(pattern)));
});

describe('a selection pattern that is refused', () => {
  for (const pattern of ['(', '[a', 'a)', 'a\\', '*a', 'a{2,1}']) {
    test(`"${pattern}", in AWS's words`, () => {
      assert.throws(() => checkPattern(pattern), /^AwsError: Invalid regex pattern specified$/);
    });
  }
  // AWS takes these.
  for (const pattern of ['(a)\\1', '(?=a)', '(?<!a)b', '(?>a)', 'a++', 'a'.repeat(1025)]) {
    test(`"${pattern.slice(0, 20)}", with the reason`, () => {
      assert.throws(() => checkPattern(pattern), /^AwsError: Invalid regex pattern specified: ./);
    });
  }
});

test('an empty template is kept as null, a long one is refused', () => {
  assert.deepEqual(checkedTemplates({ 'application/json': '', 'text/plain': 'x' }), {
    'application/json': null,
    'text/plain': 'x',
  });
  const long = { 'text/plain': 'x'.repeat(300 * 1024 + 1) };
  assert.throws(() => checkedTemplates(long), /Invalid mapping template for text\/plain/);
});

test('a template that is none is refused with its place', () => {
  assert.throws(
    () => checkedTemplates({ 'a/b': 'x\n#if(' }),
    /^AwsError: Invalid mapping template for a\/b: .* \(line 2, column \d+\)$/,
  );
});

describe('a schema that is refused', () => {
  const frame = 'Invalid model specified: Validation Result: warnings : [], errors : ';
  for (const [text, errors] of [
    ['', '[Invalid model schema specified]'],
    ['{', '[Invalid model schema specified]'],
    ['[]', '[Invalid model schema specified]'],
    ['3', '[Invalid model schema specified]'],
    ['null', '[Invalid model schema specified]'],
    ['{"type":"text"}', '[Invalid model schema specified]'],
    [
      '{"properties":{"a":{"minLength":"1","maxLength":"2"}}}',
      '[Invalid model schema specified, Invalid model schema specified]',
    ],
    ['{"properties":{"a":{"example":1}}}', '[Invalid model schema specified. Unsupported keyword(s): ["example"]]'],
    ['{"$ref":"#/definitions/none"}', '[Invalid model schema specified]'],
    ['{"$ref":"https://example.com/a.json"}', '[Model reference must be in canonical form]'],
    ['{"properties":{"a":{"$ref":"Pet"}}}', '[Model reference must be in canonical form]'],
  ] as const) {
    test(`"${text}"`, () => assert.throws(() => checkSchema(text), { name: 'AwsError', message: `${frame}${errors}` }));
  }

  test('a pattern that cannot be run, with its place', () => {
    assert.throws(() => checkSchema('{"properties":{"a":{"pattern":"(?=x)"}}}'), /At \/properties\/a\/pattern: .*look-ahead/);
  });
});

describe('a content type', () => {
  for (const taken of ['application/json', 'text/x-json', 'application/vnd.a.b+json', 'text/html; charset=utf-8']) {
    test(`"${taken}" is taken`, () => assert.doesNotThrow(() => checkContentType(taken)));
  }
  for (const refused of ['123', '', 'notacontenttype', '$default', 'a/', '/b', 'a/b/c', 'a b/c']) {
    test(`"${refused}" is refused`, () => {
      const message = `Validation Result: warnings : [], errors : [Invalid content type specified: ${refused}]`;
      assert.throws(() => checkContentType(refused), { name: 'AwsError', message });
    });
  }
});

describe('references to other models', () => {
  const reference = (fragment: string) => `{"$ref":"https://apigateway.amazonaws.com/restapis/a1b2c3/models/Pet${fragment}"}`;
  const pet = (name: string) => (name === 'Pet' ? '{"definitions":{"tag":{"type":"string"}}}' : undefined);

  test('one that is not there yet is taken', () => assert.doesNotThrow(() => checkSchema(reference(''))));
  test('a place in one that is there', () => assert.doesNotThrow(() => checkSchema(reference('#/definitions/tag'), pet)));
  test('no place in it', () => {
    assert.throws(() => checkSchema(reference('#/definitions/none'), pet), /Invalid model schema specified/);
  });
});
