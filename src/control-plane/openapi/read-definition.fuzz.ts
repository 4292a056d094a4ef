// Mutated OpenAPI documents: reading one gives a definition or throws an AwsError, never anything else, and never takes long.
// Run with a number of rounds: node src/control-plane/openapi/read-definition.fuzz.ts 100000

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AwsError } from '../../aws/aws-error.ts';
import { readDocument } from './document-node.ts';
import { testdata, variables } from './golden-cases.ts';
import type { BasepathMode } from './read-api.ts';
import { readDefinition } from './read-definition.ts';
import { readRestDefinition } from './read-rest-definition.ts';

const TOKENS = [
  ...'&x *x <<: [ ] { } \' " | > # null ~ 1e999 0x10 - * \\ $ref: #/paths #/components/ $default __proto__ constructor'.split(
    ' ',
  ),
  ...'get: trace: /{p+} /{ security: x-amazon-apigateway-integration: x-amazon-apigateway-any-method: openapi: 2.0 true'.split(
    ' ',
  ),
  ...[': ', '- ', '\n', '  ', ' ', '{}', '[]', '{"$ref":"#"}', '<<: *pets', '\u0000', '\u2028', '\ud800'],
];
const modes: readonly BasepathMode[] = ['ignore', 'prepend', 'split'];
const LONGEST_MS = 2000;

/** What only REST APIs have. */
const swagger = `swagger: '2.0'
info: {title: pets, version: '1'}
basePath: /a/b
consumes: [application/json]
x-amazon-apigateway-documentation: {documentationParts: [{location: {type: API}, properties: {a: 1}}]}
securityDefinitions: {lambda: {type: apiKey, in: header, name: A, x-amazon-apigateway-authorizer: {type: token, authorizerUri: u}}}
definitions: {Pet: {type: object, required: [b, a], properties: {toy: {$ref: '#/definitions/Toy'}}}, Toy: {type: string, example: x}}
paths:
  /pets/{id}:
    parameters: [{in: path, name: id, required: true}]
    post:
      parameters: [{in: body, name: pet, schema: {$ref: '#/definitions/Pet'}}]
      security: [{lambda: []}]
      responses: {200: {schema: {type: array, items: {$ref: '#/definitions/Pet'}}, headers: {A: {type: string}}}}
      x-amazon-apigateway-integration: {type: mock, requestParameters: {a: b, c: 1}, responses: {default: {statusCode: 200}}}
`;

/** Rounds with a seeded generator; throws with the document that broke it. The number of documents that could be read. */
export function fuzzOpenApiDocuments(rounds: number, seed: number): number {
  const seeds = readdirSync(testdata)
    .filter((name) => /\.(yml|json)$/.test(name))
    .map((name) => readFileSync(path.join(testdata, name), 'utf8'));
  seeds.push(swagger);
  let state = seed >>> 0;
  const below = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % most;
  };
  let readable = 0;
  for (let round = 0; round < rounds; round++) {
    let text = seeds[below(seeds.length)] ?? '';
    for (let change = below(4); change >= 0; change--) {
      const at = below(text.length + 1);
      const kind = below(4);
      if (kind === 0) text = text.slice(0, at) + text.slice(at + below(20));
      else if (kind === 1) text = text.slice(0, at) + text.slice(Math.max(0, at - below(40)), at) + text.slice(at);
      else text = text.slice(0, at) + TOKENS[below(TOKENS.length)] + text.slice(at + below(3));
    }
    if (check(text, modes[below(3)] ?? 'ignore', `seed ${seed}, round ${round}`)) readable += 1;
  }
  return readable;
}

function check(text: string, basepath: BasepathMode, which: string): boolean {
  const startedAt = performance.now();
  try {
    readAsRestApi(text, basepath);
  } catch (error) {
    if (!(error instanceof AwsError)) throw new Error(`${which}, as a REST API:\n${text}`, { cause: error });
  }
  try {
    const { routes, integrations, authorizers } = readDefinition(readDocument(text, variables), { basepath });
    for (const route of routes) {
      assert.ok(route.integration === undefined || integrations.has(route.integration));
      assert.ok(route.authorizer === undefined || authorizers.has(route.authorizer));
    }
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw new Error(`${which}:\n${text}`, { cause: error });
    return false;
  } finally {
    const took = performance.now() - startedAt;
    assert.ok(took < LONGEST_MS, `${which} took ${took} ms:\n${text}`);
  }
}

/** The same document for the other kind of API. What guards a method must be among what is made. */
function readAsRestApi(text: string, basepath: BasepathMode): void {
  const options = { basepath, ignoresDocumentation: false, endpointTypes: undefined };
  const { authorizers, methods, models } = readRestDefinition(readDocument(text, variables), options);
  const names = new Set(authorizers.map(({ input }) => input.name));
  for (const { authorizer } of methods) assert.ok(authorizer === undefined || names.has(authorizer));
  for (const model of models) JSON.parse(model.schema('abcdefghij'));
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 10_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
  console.log(`${fuzzOpenApiDocuments(rounds, seed)} of ${rounds} documents could be read (seed ${seed})`);
}
