// What a method asks of a request before anything is done for it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const parameters = {
  'method.request.header.x-header-param': true,
  'method.request.querystring.qs1': true,
  'method.request.path.issuer': true,
  'method.request.querystring.optional': false,
};
const validators = [
  { id: 'params', name: 'params', validateRequestBody: false, validateRequestParameters: true },
  { id: 'body', name: 'body', validateRequestBody: true, validateRequestParameters: false },
  { id: 'all', name: 'all', validateRequestBody: true, validateRequestParameters: true },
];
const served = (requestValidatorId: string | undefined, schema = '{"type":"object"}') =>
  new ServedRestApi(
    restApi(
      {
        'POST /{issuer}': {
          ...(requestValidatorId === undefined ? {} : { requestValidatorId }),
          requestParameters: parameters,
          requestModels: { 'application/json': 'M' },
          integration: mock(),
        },
      },
      { requestValidators: validators, models: [{ id: 'm', name: 'M', contentType: 'application/json', schema }] },
    ),
  );

describe('parameters', () => {
  for (const [desc, target, headers, missing] of [
    ['none is there', '/a', [], 'x-header-param, qs1'],
    ['empty is missing', '/a?qs1=', [['x-header-param', '']], 'x-header-param, qs1'],
    ['one is there', '/a?qs1=1', [], 'x-header-param'],
    ['all are there', '/a?qs1=1', [['X-Header-Param', 'x']], undefined],
  ] as const) {
    test(desc, () => {
      const answer = served('params').call({ method: 'POST', target, headers });
      if (missing === undefined) {
        assert.equal(answer.status, 200);
        return;
      }
      assert.equal(answer.status, 400);
      assert.equal(answer.responseText, `{"message":"Missing required request parameters: [${missing}]"}`);
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'BadRequestException');
    });
  }

  test('without a validator nothing is asked', () => {
    assert.equal(served(undefined).call({ method: 'POST', target: '/a' }).status, 200);
  });
});

describe('bodies', () => {
  for (const [desc, body, contentType, status] of [
    ['an object', '{"a":1}', undefined, 200],
    ['an empty body is an empty object', '', undefined, 200],
    ['a list', '[]', undefined, 400],
    ['no JSON', 'nope', undefined, 400],
    ['a type without a model is not looked at', '[{"statusCode":200}]', 'text/plain', 500],
  ] as const) {
    test(desc, () => {
      const answer = served('body').call({
        method: 'POST',
        target: '/a',
        headers: contentType === undefined ? [] : [['Content-Type', contentType]],
        body: new FakeBody(body),
      });
      // The 500 is the mock's: it was asked.
      assert.equal(answer.status, status);
      if (status === 400) assert.equal(answer.responseText, '{"message":"Invalid request body"}');
    });
  }

  test('parameters are asked first', () => {
    const answer = served('all').call({ method: 'POST', target: '/a', body: new FakeBody('nope') });
    assert.match(answer.responseText, /Missing required/);
  });
});
