import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';
import { explainRestApi } from './explain.ts';

const { plan } = new ServedRestApi(
  restApi({
    'GET /pets/{id}': { integration: mock() },
    'ANY /pets/{id}': { integration: mock() },
    'GET /': { integration: mock() },
  }),
).pipeline;

test('the method that would serve a request, and why the others would not', () => {
  const { match, considered } = explainRestApi(plan, 'GET', '/pets/5');
  assert.equal(match?.routeKey, 'GET /pets/{id}');
  assert.deepEqual(match?.pathParameters, { id: '5' });
  assert.deepEqual(
    considered.map(({ routeKey, outcome }) => [routeKey, outcome]),
    [
      ['GET /', 'other path'],
      ['ANY /pets/{id}', 'less specific'],
      ['GET /pets/{id}', 'matched'],
    ],
  );
});

test('what the gateway answers when no method would', () => {
  assert.deepEqual(explainRestApi(plan, 'POST', '/').refusal, {
    refused: 'MISSING_AUTHENTICATION_TOKEN',
    reason: 'The resource that matches / has no method POST.',
  });
});
