import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from '../apigateway/gateway-under-test.ts';
import { bytes } from './rest-document-under-test.ts';

const info = 'info: {title: pets, version: "1"}';
const ok = 'responses: {200: {description: ok}}';

/** What follows the version and `info`. */
const swagger = (rest: string) => `swagger: '2.0'\n${info}\n${rest}`;
const openApi3 = (rest: string) => `openapi: 3.0.1\n${info}\n${rest}`;
const response = (status: string, schema: string) =>
  `{${status}: {description: a, content: {application/json: {schema: ${schema}}}}}`;

const rows: readonly [desc: string, document: string, warnings: readonly string[]][] = [
  [
    'what REST APIs do not have',
    'swagger: "2.0"\ninfo: {title: pets}\npaths:\n  /:\n    trace: {responses: {}}\n    get:\n      responses: {2XX: {description: ok}}\n',
    [
      '/paths/~1/trace: REST APIs have no TRACE methods; it was ignored.',
      "Response '2XX' of /paths/~1/get is no status code; it was ignored.",
    ],
  ],
  [
    'what OpenAPI 3.0 requires',
    'openapi: 3.0.1\ninfo: {title: pets}\npaths:\n  /a: {get: {}, x-amazon-apigateway-any-method: {}}\n',
    ['Parse issue: attribute info.version is missing', "Parse issue: attribute paths.'/a'(get).responses is missing"],
  ],
  ['OpenAPI 3.0 without paths', openApi3(''), ['Parse issue: attribute paths is missing']],
  ['no such words about Swagger 2.0', 'swagger: "2.0"\ninfo: {title: pets}\npaths: {/a: {get: {}}}\n', []],
  [
    'several servers',
    openApi3(`servers: [{url: 'https://a.example'}, {url: 'https://b.example'}]\npaths: {/a: {get: {${ok}}}}\n`),
    ['More than one server provided. Ignoring all but the first for defining endpoint configuration'],
  ],
  [
    'a model of a response that is not there',
    swagger("paths:\n  /a: {get: {responses: {200: {description: a, schema: {$ref: '#/definitions/Nope'}}}}}\n"),
    ["Reference to model 'Nope' not found. Ignoring.", 'Invalid format for model application/json for method GET'],
  ],
  [
    'a model of a request that is not there',
    openApi3(
      `paths:\n  /a: {post: {requestBody: {content: {text/json: {schema: {$ref: '#/components/schemas/Nope'}}}}, ${ok}}}\n`,
    ),
    ["Reference to model 'Nope' not found. Ignoring.", 'Invalid format for model text/json for method POST'],
  ],
  [
    'texts, numbers and flags as responses of OpenAPI 3.0',
    openApi3(
      `paths:\n  /events:\n    post: {responses: ${response('201', '{type: string}')}}\n    get: {responses: ${response('200', '{type: integer, format: int64}')}}\n    put: {responses: ${response('200', '{type: string, format: date-time}')}}\n`,
    ),
    [
      "Unsupported model type 'StringSchema' in 201 response to method 'POST /events'. Ignoring.",
      "Unsupported model type 'IntegerSchema' in 200 response to method 'GET /events'. Ignoring.",
      "Unsupported model type 'DateTimeSchema' in 200 response to method 'PUT /events'. Ignoring.",
    ],
  ],
  [
    'a text that has a name, lists and objects are models',
    openApi3(
      `components: {schemas: {Name: {type: string}}}\npaths:\n  /a:\n    get: {responses: ${response('200', "{$ref: '#/components/schemas/Name'}")}}\n    put: {responses: ${response('200', '{type: array, items: {type: string}}')}}\n`,
    ),
    [],
  ],
  [
    'security that API Gateway does not know',
    openApi3(
      `components: {securitySchemes: {basicAuth: {type: http, scheme: basic}, oauth: {type: oauth2, flows: {}}}}\npaths: {/a: {get: {security: [{oauth: []}], ${ok}}}}\n`,
    ),
    [
      "Unsupported security definition type 'http' for 'basicAuth'. Ignoring.",
      "Unsupported security definition type 'oauth2' for 'oauth'. Ignoring.",
    ],
  ],
];

describe('ImportRestApi › 201 with warnings, and BadRequestException for the same with failOnWarnings', () => {
  for (const [desc, document, warnings] of rows) {
    test(desc, async () => {
      const { call } = gatewayUnderTest();
      const body = bytes(document);
      assert.deepEqual((await call('ImportRestApi', { body })).warnings ?? [], warnings);
      if (warnings.length === 0) return void (await call('ImportRestApi', { body, failOnWarnings: true }));
      const message = `Warnings found during import:\n\t${warnings.join('\n\t')}`;
      await assert.rejects(call('ImportRestApi', { body, failOnWarnings: true }), awsError('BadRequestException', message));
      assert.equal((await call('GetRestApis', {})).items.length, 1);
    });
  }

  test('what was warned of is not there', async () => {
    const { call } = gatewayUnderTest();
    const body = bytes(
      swagger("paths:\n  /a: {get: {responses: {200: {description: a, schema: {$ref: '#/definitions/Nope'}}}}}\n"),
    );
    const { id: restApiId } = await call('ImportRestApi', { body });
    const { items } = await call('GetResources', { restApiId, embed: ['methods'] });
    const method = items.find(({ path }) => path === '/a')?.resourceMethods?.['GET'];
    assert.deepEqual(method?.methodResponses, { 200: { statusCode: '200' } });
    assert.deepEqual((await call('GetModels', { restApiId })).items, []);
  });

  test('the endpoint is the one that the first server says', async () => {
    const { call } = gatewayUnderTest();
    const server = (type: string) => `{url: a, x-amazon-apigateway-endpoint-configuration: {types: [${type}]}}`;
    const typesOf = async (servers: string) =>
      (await call('ImportRestApi', { body: bytes(openApi3(`servers: [${servers}]\npaths: {}\n`)) })).endpointConfiguration.types;
    assert.deepEqual(await typesOf(`${server('REGIONAL')}, ${server('EDGE')}`), ['REGIONAL']);
    assert.deepEqual(await typesOf(`{url: b}, ${server('REGIONAL')}`), ['EDGE']);
  });

  test('thousands of equal mistakes are told once, and no answer grows with the document', async () => {
    const { call } = gatewayUnderTest();
    const responses = { 200: { description: 'a', schema: { $ref: '#/definitions/Nope' } } };
    const methods = Object.fromEntries(['get', 'put', 'post'].map((verb) => [verb, { responses }]));
    const body = bytes(JSON.stringify({ swagger: '2.0', info: { title: 'a' }, paths: { '/a': methods, '/b': methods } }));
    assert.equal((await call('ImportRestApi', { body })).warnings.length, 4);
  });
});

test('numbers of YAML are numbers in a model, however they are written', async () => {
  const { call } = gatewayUnderTest();
  const schema = '{type: number, minimum: 0.0, maximum: 1e3, multipleOf: 0.50}';
  const body = bytes(openApi3(`components: {schemas: {Price: ${schema}}}\npaths: {}\n`));
  const { id: restApiId } = await call('ImportRestApi', { body });
  const model = await call('GetModel', { restApiId, modelName: 'Price' });
  assert.deepEqual(JSON.parse(model.schema), { type: 'number', minimum: 0, maximum: 1000, multipleOf: 0.5 });
  const quoted = bytes(openApi3('components: {schemas: {Name: {type: string, minLength: "1"}}}\npaths: {}\n'));
  await assert.rejects(
    call('ImportRestApi', { body: quoted }),
    awsError('BadRequestException', /Invalid model schema specified/),
  );
});

describe('the version of an API is what the document says', () => {
  for (const [version, shown] of [
    ['1.0', '1.0'],
    ['"1.0"', '1.0'],
    ['2', '2'],
  ] as const) {
    test(`JSON: ${version}`, async () => {
      const { call } = gatewayUnderTest();
      const document = `{"x-version": {"version": 3.0}, "swagger": "2.0", "info": {"title": "a", "version": ${version}}, "paths": {}}`;
      assert.equal((await call('ImportRestApi', { body: bytes(document) })).version, shown);
    });
  }
});
