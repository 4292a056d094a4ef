import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from '../apigateway/gateway-under-test.ts';

const bodyOf = (...documentationParts: object[]) =>
  new TextEncoder().encode(JSON.stringify({ 'x-amazon-apigateway-documentation': { documentationParts } }));

const resource = (description: string, place: object = {}) => ({
  location: { type: 'RESOURCE', path: '/', ...place },
  properties: { description },
});
const api = (description: string) => ({ location: { type: 'API' }, properties: { description } });
const path = (description: string) => ({ location: { type: 'RESOURCE', path: '/pets' }, properties: { description } });

describe('ImportDocumentationParts', () => {
  test('merge changes the part of the same place, which keeps its id, and adds the others', async () => {
    const { call, api: newApi } = gatewayUnderTest();
    const { restApiId } = await newApi();
    const first = await call('ImportDocumentationParts', { restApiId, body: bodyOf(resource('one')) });
    assert.equal(first.ids.length, 1);
    assert.equal(first.warnings, undefined);
    // What is left out of a location stands for all, so this is the same place.
    const again = resource('two', { path: undefined });
    const second = await call('ImportDocumentationParts', { restApiId, mode: 'merge', body: bodyOf(again, path('pets')) });
    assert.equal(second.ids[0], first.ids[0]);
    const { items } = await call('GetDocumentationParts', { restApiId });
    assert.deepEqual(items.map(({ properties }) => properties).sort(), ['{"description":"pets"}', '{"description":"two"}']);
    assert.deepEqual(items.map(({ id }) => id).sort(), [...second.ids].sort());
  });

  test('overwrite leaves what the document has', async () => {
    const { call, api: newApi } = gatewayUnderTest();
    const { restApiId } = await newApi();
    await call('ImportDocumentationParts', { restApiId, body: bodyOf(api('one')) });
    const { ids } = await call('ImportDocumentationParts', { restApiId, mode: 'overwrite', body: bodyOf(path('pets')) });
    const { items } = await call('GetDocumentationParts', { restApiId });
    assert.deepEqual(
      items.map(({ id }) => id),
      ids,
    );
  });

  test('a document without documentation is a warning, or refused with failOnWarnings', async () => {
    const { call, api: newApi } = gatewayUnderTest();
    const { restApiId } = await newApi();
    const body = new TextEncoder().encode('{"openapi": "3.0.1"}');
    const { ids, warnings } = await call('ImportDocumentationParts', { restApiId, body });
    assert.deepEqual(ids, []);
    assert.equal(warnings.length, 1);
    await assert.rejects(
      call('ImportDocumentationParts', { restApiId, body, failOnWarnings: true }),
      awsError('BadRequestException', /^Warnings found during import:/),
    );
  });

  test('BadRequestException for parts that cannot be made; nothing is kept', async () => {
    const { call, api: newApi } = gatewayUnderTest();
    const { restApiId } = await newApi();
    const body = bodyOf(
      api('one'),
      { location: { type: 'NOTHING' }, properties: {} },
      { location: { type: 'MODEL', name: 'Pet' } },
    );
    await assert.rejects(
      call('ImportDocumentationParts', { restApiId, mode: 'overwrite', body }),
      awsError(
        'BadRequestException',
        /^Errors found during import:\n\tUnable to create documentation part: .*NOTHING.*\n\t.*properties/s,
      ),
    );
    assert.deepEqual((await call('GetDocumentationParts', { restApiId })).items, []);
  });

  for (const [desc, text] of [
    ['no JSON', '{"a'],
    ['no object', '[]'],
    ['nothing', ''],
  ] as const) {
    test(`BadRequestException: ${desc}`, async () => {
      const { call, api: newApi } = gatewayUnderTest();
      const { restApiId } = await newApi();
      await assert.rejects(
        call('ImportDocumentationParts', { restApiId, body: new TextEncoder().encode(text) }),
        awsError('BadRequestException', 'Unable to build importer with provided input.'),
      );
    });
  }
});
