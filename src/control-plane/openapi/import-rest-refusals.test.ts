// Documents that cannot be imported: AWS's sentences to the client, and what they do not say to whoever looks after the server.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from '../apigateway/gateway-under-test.ts';
import { bytes, documentOf } from './rest-document-under-test.ts';

const openApi3 = (paths: string, more = '') =>
  bytes(`openapi: 3.0.1\ninfo: {title: pets, version: '1'}\n${more}paths:\n${paths}`);

/** GET /search with this integration. */
const searchWith = (integration: string) =>
  openApi3(
    `  /search:\n    get:\n      responses: {200: {description: ok}}\n      x-amazon-apigateway-integration: ${integration}\n`,
  );

const malformed = 'Unable to parse API definition because of a malformed integration at path /search.';

const refused: readonly [desc: string, body: Uint8Array, answer: string, why: RegExp][] = [
  ['no document', bytes(''), 'Invalid OpenAPI input.', /An object must stand here/],
  ['no JSON', bytes('{"swagger": "2.0",\n"info" 1}'), 'Invalid OpenAPI input.', /The document is not JSON: .* \(line 2\)$/],
  ['neither Swagger nor OpenAPI', bytes('{"info": {}}'), 'Invalid OpenAPI input.', /Neither `swagger` nor `openapi`/],
  ['OpenAPI 3.1', bytes('{"openapi": "3.1.0"}'), 'Invalid OpenAPI input.', /OpenAPI 3\.1\.0 is not supported/],
  ['no title', bytes('{"swagger": "2.0", "paths": {}}'), 'Invalid OpenAPI input.', /info\.title is the name of the API/],
  [
    'what operations refuse, all of it at once',
    documentOf(['/a b', '/{x}/y', '/{z}/y']),
    "Errors found during import:\n\tUnable to create resource at path '/a b': Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.\n\tUnable to create resource at path '/{z}': A sibling ({x}) of this resource already has a variable path part -- only one is allowed",
    /path '\/a b': .* At \/paths\/~1a b\/get \(line 5\)\. .* At \/paths\/~1\{z\}~1y\/get \(line \d+\)\.$/,
  ],
  [
    'an integration with another site that is none',
    searchWith('{type: http_proxy, httpMethod: GET, uri: nowhere}'),
    "Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/search': Invalid HTTP endpoint specified for URI",
    /Invalid HTTP endpoint specified for URI\. At \/paths\/~1search\/get\/x-amazon-apigateway-integration \(line \d+\)\.$/,
  ],
  [
    'an integration response that maps nothing',
    searchWith('{type: mock, responses: {default: {statusCode: 200, responseParameters: {method.response.header.a: nothing}}}}'),
    "Errors found during import:\n\tUnable to put integration response on 'GET' for resource at path '/search': Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: nothing]",
    /./,
  ],
  [
    'a parameter with a name that is none',
    openApi3("  /a:\n    get: {parameters: [{name: 'page[size]', in: query}], responses: {200: {description: ok}}}\n"),
    "Errors found during import:\n\tUnable to put method 'GET' on resource at path '/a': Invalid mapping expression specified: Validation Result: warnings : [], errors : [Parameter name should match the following regular expression: ^[a-zA-Z0-9:._$-]+$]",
    /./,
  ],
  [
    'an integration without a type',
    searchWith('{uri: x}'),
    malformed,
    /has no type\. At \/paths\/~1search\/get\/.* \(line \d+\)/,
  ],
  ['an integration that is a text', searchWith('mock'), malformed, /has no type/],
  [
    'a URI that is an object',
    searchWith('{type: aws_proxy, uri: {Fn::Sub: a}}'),
    malformed,
    /A text must stand here\. At .*\/uri/,
  ],
  ['a timeout that is none', searchWith('{type: mock, timeoutInMillis: soon}'), malformed, /A number must stand here/],
  [
    'a model that refers to another site, with the warnings of what uses it',
    openApi3(
      "  /a:\n    get:\n      responses: {200: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/SomeType'}}}}}\n",
      "components: {schemas: {SomeType: {$ref: 'https://example.com/SomeType.json'}}}\n",
    ),
    "Errors found during import:\n\tUnable to create model for 'SomeType': Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be in canonical form]\nAdditionally, these warnings were found:\n\tReference to model 'SomeType' not found. Ignoring.\n\tInvalid format for model application/json for method GET",
    /\/\$ref: the reference https:\/\/example\.com\/SomeType\.json is not a model.* At \/components\/schemas\/SomeType \(line 3\)\.$/,
  ],
  [
    'a model that refers to one that is not there',
    documentOf(['/'], "definitions: {Pet: {properties: {toy: {$ref: '#/definitions/%zz'}}}}\n"),
    "Errors found during import:\n\tUnable to create model for 'Pet': There is no #/definitions/%zz in this document",
    /At \/definitions\/Pet \(line 3\)\.$/,
  ],
  [
    'errors and warnings',
    openApi3('  /a b:\n    get: {}\n', 'servers: [{url: a}, {url: b}]\n'),
    "Errors found during import:\n\tUnable to create resource at path '/a b': Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.\nAdditionally, these warnings were found:\n\tMore than one server provided. Ignoring all but the first for defining endpoint configuration\n\tParse issue: attribute paths.'/a b'(get).responses is missing",
    /./,
  ],
  [
    'a validator that nobody defined',
    documentOf(['/'], 'x-amazon-apigateway-request-validator: all\n'),
    "Errors found during import:\n\tUnable to put method 'GET' on resource at path '/': Invalid Request Validator identifier specified",
    /./,
  ],
  [
    'a policy that is none',
    documentOf(['/'], 'x-amazon-apigateway-policy: {Statement: 1}\n'),
    'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
    /Statement/,
  ],
];

/** AWS says nothing of these, or takes them: here they are told with their place. */
const inOurWords: readonly [desc: string, body: Uint8Array, answer: RegExp][] = [
  [
    'a security scheme that is not there',
    documentOf(['/'], 'security: [{nobody: []}]\n'),
    /^There is no security scheme with the name nobody\. At \/security\/0\/nobody \(line 3\)\.$/,
  ],
  [
    'an authorizer that cannot be made: its methods must not be open',
    documentOf(
      ['/'],
      'securityDefinitions: {lambda: {type: apiKey, in: header, name: A, x-amazon-apigateway-authorizer: {type: token}}}\n',
    ),
    /^Errors found during import:\n\tUnable to create authorizer 'lambda': Invalid Authorizer URI/,
  ],
  ['more YAML than is read', bytes(`a: ${'x'.repeat(1024 * 1024)}`), /^A YAML document can have 1 MB/],
];

describe('ImportRestApi › BadRequestException, and nothing is kept', () => {
  for (const [desc, body, answer, why] of refused) {
    test(desc, async () => {
      const notices: string[] = [];
      const { call } = gatewayUnderTest({ onNotice: (notice) => notices.push(notice) });
      await assert.rejects(call('ImportRestApi', { body }), awsError('BadRequestException', answer));
      assert.deepEqual((await call('GetRestApis', {})).items, []);
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? '', /^ImportRestApi was refused\. /);
      assert.match(notices[0] ?? '', why);
    });
  }

  for (const [desc, body, answer] of inOurWords) {
    test(`in our words: ${desc}`, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('ImportRestApi', { body }), awsError('BadRequestException', answer));
      assert.deepEqual((await call('GetRestApis', {})).items, []);
    });
  }

  test('the place in a long document has its line, too', async () => {
    const notices: string[] = [];
    const { call } = gatewayUnderTest({ onNotice: (notice) => notices.push(notice) });
    const body = bytes(`# ${'x'.repeat(40_000)}\n${new TextDecoder().decode(searchWith('{uri: x}'))}`);
    await assert.rejects(call('ImportRestApi', { body }), awsError('BadRequestException', malformed));
    assert.match(notices[0] ?? '', /x-amazon-apigateway-integration \(line 8\)\.$/);
  });
});

test('PutRestApi answers in the same words', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const { restApiId } = await mockApi();
  const put = (body: Uint8Array) => call('PutRestApi', { restApiId, body });
  await assert.rejects(put(bytes('{}')), awsError('BadRequestException', 'Invalid OpenAPI input.'));
  await assert.rejects(put(searchWith('{}')), awsError('BadRequestException', malformed));
});
