// What AWS made of OpenAPI documents, as far as it was recorded. The recordings are of REST APIs; how base paths and security are read
// is the same for HTTP APIs in AWS's manual, so the readings are compared here, not the answers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readDocument } from '../../src/control-plane/openapi/document-node.ts';
import type { BasepathMode } from '../../src/control-plane/openapi/read-api.ts';
import { readDefinition } from '../../src/control-plane/openapi/read-definition.ts';
import { type RecordedTest, readRecordings, shared, skipWithoutRecordings } from './recordings.ts';

const skip = skipWithoutRecordings();
const folder = path.join(shared, 'aws/recorded');
const recorded = new Map<string, RecordedTest>();
if (skip === false) {
  for (const one of readRecordings(path.join(folder, 'apigateway.test_apigateway_import.json'))) recorded.set(one.name, one);
}

interface Resources {
  readonly items: readonly { readonly path: string; readonly resourceMethods?: object }[];
}

function recordOf(name: string, record: string): unknown {
  const value = recorded.get(`TestApiGatewayImportRestApi::${name}`)?.records[record];
  assert.ok(value !== undefined, `${name} has no record ${record}`);
  return value;
}

/** `GET /a` for every method of every resource. */
function methodsOf({ items }: Resources): string[] {
  return items.flatMap((item) => Object.keys(item.resourceMethods ?? {}).map((method) => `${method} ${item.path}`)).sort();
}

function read(file: string, basepath: BasepathMode = 'ignore') {
  const text = readFileSync(path.join(folder, 'files', file), 'utf8');
  const variables = { AccountId: '111111111111', Partition: 'aws', Region: 'us-east-1' };
  return readDefinition(readDocument(text, variables), { basepath });
}

function routesOf(file: string, basepath?: BasepathMode): string[] {
  return read(file, basepath)
    .routes.map(({ input }) => input.RouteKey ?? '')
    .sort();
}

describe('base paths as AWS reads them', { skip }, () => {
  for (const mode of ['ignore', 'prepend', 'split'] as const) {
    for (const [file, record] of [
      ['openapi-basepath-server-variable.yaml', 'get-resources-oas30-srv-var'],
      ['openapi-basepath-url.yaml', 'get-resources-oas30-srv-url'],
    ] as const) {
      test(`${mode}: ${file}`, () => {
        const expected = methodsOf(recordOf(`test_import_rest_api_with_base_path_oas30[${mode}]`, record) as Resources);
        assert.ok(expected.length > 0);
        assert.deepEqual(routesOf(file, mode), expected);
      });
    }
  }
});

describe('security as AWS reads it', { skip }, () => {
  test('an authorizer at the root guards every operation', () => {
    const name = 'test_import_with_global_api_key_authorizer';
    const { routes, authorizers } = read('openapi.spec.global-auth.json');
    assert.deepEqual(routes.map(({ input }) => input.RouteKey).sort(), methodsOf(recordOf(name, 'resources') as Resources));
    for (const { input, authorizer } of routes) {
      const [method = '', at = ''] = (input.RouteKey ?? '').split(' ');
      const answered = recordOf(name, `method${at.replace('/', '-')}-${method.toLowerCase()}`) as { authorizationType: string };
      assert.equal(input.AuthorizationType, answered.authorizationType);
      assert.ok(authorizers.has(authorizer ?? ''));
    }
    const { items } = recordOf(name, 'get-authorizers') as { items: readonly Record<string, unknown>[] };
    const [[, made] = []] = [...authorizers];
    assert.equal(made?.input.AuthorizerType, items[0]?.['type']);
    assert.equal(made?.input.AuthorizerResultTtlInSeconds, items[0]?.['authorizerResultTtlInSeconds']);
    assert.deepEqual(made?.input.IdentitySource, [items[0]?.['identitySource']]);
  });
});

describe('schemas that refer to themselves', { skip }, () => {
  for (const [name, file] of [
    ['test_import_with_circular_models', 'openapi.spec.circular-ref.json'],
    ['test_import_with_circular_models_and_request_validation', 'openapi.spec.circular-ref-with-request-body.json'],
  ] as const) {
    test(file, () => {
      assert.deepEqual(routesOf(file), methodsOf(recordOf(name, 'resources') as Resources));
    });
  }
});
