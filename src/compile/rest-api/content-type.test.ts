// The content type of mapped answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const json = 'application/json';
const xml = { responseTemplates: { 'application/xml': '<a/>' } };
const mapped = { responseParameters: { 'method.response.header.Content-Type': "'text/css'" } };

for (const [desc, responseModels, response, expected] of [
  ['no model: JSON', undefined, {}, json],
  ['a template alone changes nothing', { [json]: 'Empty' }, xml, json],
  ['a model of another type', { 'application/xml': 'Empty' }, xml, 'application/xml'],
  ['the same without a template', { 'text/html': 'Empty' }, {}, 'text/html'],
  ['models of several types, JSON among them', { 'text/html': 'Empty', [json]: 'Empty' }, {}, json],
  ['a mapping comes before a model', { 'text/html': 'Empty' }, mapped, 'text/css'],
] as readonly (readonly [string, Readonly<Record<string, string>> | undefined, object, string])[]) {
  test(desc, () => {
    const methodResponses = { 200: { statusCode: '200', ...(responseModels === undefined ? {} : { responseModels }) } };
    const api = new ServedRestApi(restApi({ 'GET /': { integration: mock({ responses: { 200: response } }), methodResponses } }));
    assert.equal(api.call().responseHeader('content-type'), expected);
  });
}
