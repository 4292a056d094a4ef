import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { awsError } from '../apigatewayv2/gateway-under-test.ts';
import { readDocument } from './document-node.ts';
import { goldenCases, variables } from './golden-cases.ts';
import { fuzzOpenApiDocuments } from './read-definition.fuzz.ts';
import { readDefinition } from './read-definition.ts';

function read(text: string) {
  return readDefinition(readDocument(text, variables), { basepath: 'ignore' });
}

const cases = goldenCases();

describe('golden definitions of OpenAPI documents', () => {
  test('there are enough of them', () => assert.ok(cases.length >= 6, `${cases.length} cases`));
  for (const { name, definitionFile, definition } of cases) {
    test(name, () => {
      assert.ok(existsSync(definitionFile), `${definitionFile} is missing: run npm run golden and read what it wrote`);
      assert.equal(
        definition,
        readFileSync(definitionFile, 'utf8'),
        'the definition changed: run npm run golden and read the diff',
      );
    });
  }
});

const head = 'openapi: 3.0.1\ninfo: {title: a, version: "1"}\n';

describe('a document that cannot be imported › BadRequestException with its place', () => {
  const rows: [desc: string, text: string, message: string | RegExp][] = [
    [
      'Swagger 2.0',
      'swagger: "2.0"\ninfo: {title: a}\n',
      'Invalid OpenAPI input. HTTP APIs are imported from OpenAPI 3.0, and this document is Swagger 2.0. At /swagger (line 1).',
    ],
    ['OpenAPI 4', 'openapi: 4.0.0\n', /this document says 4\.0\.0\. At \/openapi \(line 1\)\.$/],
    ['no version', '{"info":{"title":"a"}}', /no member "openapi"/],
    [
      'another algorithm',
      `${head}x-amazon-apigateway-importexport-version: "2.0"\n`,
      /only version .* is 1\.0\. At .*\(line 3\)/,
    ],
    ['nothing', '', /no member "openapi"/],
    ['a list', '[1]', /no member "openapi"/],
    ['a text', 'hello', /no member "openapi"/],
    ['broken JSON', '{\n"openapi": "3.0.1",\n"info" 2}', /^Invalid OpenAPI input\. The document is not JSON: .* \(line 3\)$/],
    ['broken YAML', 'a: [1\nb: 2\n', /neither JSON nor YAML: .* \(line \d\)$/],
    ['a tab', 'a:\n\tb: 1\n', /neither JSON nor YAML/],
    ['an unknown anchor', 'openapi: *nobody\n', /neither JSON nor YAML|no member/],
    ['no title', 'openapi: 3.0.1\ninfo: {version: "1"}\n', /info\.title .* missing\. At \/info \(line 2\)\.$/],
    ['no info', 'openapi: 3.0.1\npaths: {}\n', /info\.title .* missing\. At the root/],
    ['paths that are a list', `${head}paths: [a]\n`, /An object must stand here\. At \/paths \(line 3\)/],
    [
      'a path without slash',
      `${head}paths:\n  pets:\n    get: {responses: {}}\n`,
      /does not begin with a slash\. At \/paths\/pets\/get/,
    ],
    [
      'a reference to nothing',
      `${head}paths:\n  /a: {$ref: '#/x/y'}\n`,
      /There is no #\/x\/y in this document\. At \/paths\/~1a/,
    ],
    ['a reference in a circle', `${head}paths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n`, /leads in a circle/],
    ['a reference to itself', `${head}paths:\n  /a: {$ref: '#/paths/~1a'}\n`, /leads in a circle/],
    ['a reference out', `${head}paths:\n  /a: {$ref: 'other.yml#/a'}\n`, /leads out of the document/],
    ['a reference to the prototype', `${head}paths:\n  /a: {$ref: '#/constructor/name'}\n`, /There is no #\/constructor\/name/],
    [
      'an integration without type',
      `${head}paths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {uri: x}\n`,
      'Invalid OpenAPI input. The integration has no type. At /paths/~1a/get/x-amazon-apigateway-integration (line 6).',
    ],
    [
      'a timeout that is a text',
      `${head}paths: {/a: {get: {x-amazon-apigateway-integration: {type: a, timeoutInMillis: soon}}}}\n`,
      /A number must stand here\. At .*timeoutInMillis/,
    ],
    [
      'an authorizer of REST APIs',
      `${head}components: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: token}}}}\n`,
      /this one has token/,
    ],
    ['two guards at once', `${head}paths: {/a: {get: {security: [{a: [], b: []}]}}}\n`, /asks for several/],
    ['two guards to choose from', `${head}paths: {/a: {get: {security: [{a: []}, {b: []}]}}}\n`, /asks for several/],
    ['a guard or nobody', `${head}paths: {/a: {get: {security: [{}, {b: []}]}}}\n`, /asks for several/],
    [
      'an unknown scheme',
      `${head}security: [{a: []}]\npaths: {/a: {get: {}}}\n`,
      /no security scheme a\. At \/security \(line 3\)/,
    ],
    ['security that is no list', `${head}paths: {/a: {get: {security: {a: []}}}}\n`, /A list must stand here/],
  ];
  for (const [desc, text, message] of rows) {
    test(desc, () => {
      assert.throws(
        () => read(text),
        (error) => awsError('BadRequestException', message)(error),
      );
    });
  }
});

describe('limits', () => {
  const rows: [desc: string, text: () => string, message: RegExp][] = [
    ['6 MB', () => `{"a":"${'x'.repeat(6 * 1024 * 1024)}"}`, /larger than 6 MB/],
    ['1 MB of YAML', () => `a: ${'x'.repeat(1024 * 1024)}`, /YAML document can have 1 MB/],
    ['deep JSON', () => `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, /deeper than 100/],
    ['deep lists', () => `{"a":${'['.repeat(101)}${']'.repeat(101)}}`, /deeper than 100/],
    ['deep YAML', () => `a: ${'['.repeat(200)}${']'.repeat(200)}`, /deeper than 100/],
    ['very deep YAML', () => `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, /deeper than 100|neither JSON nor YAML/],
    ['many values', () => `{"a":[${'1,'.repeat(200_000)}1]}`, /more than 200000 values/],
    [
      'an alias bomb',
      () =>
        `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      /more than 200000 values/,
    ],
    ['an alias of itself', () => 'a: &a [*a]\n', /deeper than 100|neither JSON nor YAML/],
  ];
  for (const [desc, text, message] of rows) {
    test(desc, () => {
      assert.throws(
        () => read(text()),
        (error) => awsError('BadRequestException', message)(error),
      );
    });
  }

  test('thousands of equal mistakes are told once, and no answer grows with the document', () => {
    const paths = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`/p${i}`, { get: {} }]));
    const { notes } = read(JSON.stringify({ openapi: '3.0.1', info: { title: 'a', version: '1' }, paths }));
    assert.equal(notes.warnings.length, 101);
    assert.equal(notes.warnings.at(-1), '… and 4900 more.');
  });
});

test('a name as long as the document is cut in messages and warnings', () => {
  const long = 'x'.repeat(300_000);
  const document = { openapi: '3.0.1', info: { title: 'a' }, [`x-amazon-apigateway-${long}`]: 1, paths: { '/a': { get: {} } } };
  assert.ok(read(JSON.stringify(document)).notes.warnings.every((warning) => warning.length < 1_100));
  assert.throws(
    () => read(JSON.stringify({ ...document, paths: { [long]: { get: {} } } })),
    (error) => error instanceof Error && error.message.length < 1_500 && /At \/paths\/x+…/.test(error.message),
  );
});

test('a member called __proto__ is a member like any other', () => {
  for (const text of [`{"openapi":"3.0.1","info":{"title":"a"},"__proto__":{"paths":1}}`, `${head}__proto__: {paths: 1}\n`]) {
    assert.equal(read(text).routes.length, 0);
  }
});

test('mutated documents are read or refused, and nothing else happens', () => {
  const readable = fuzzOpenApiDocuments(300, 7);
  assert.ok(readable > 10 && readable < 300, `${readable} of 300 could be read`);
});
