// A Lambda authorizer is not asked about a method whose ARN is too long for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RestAuthorizer } from '../../model/rest-api.ts';
import { lambdaProxy, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const token: RestAuthorizer = {
  ...{ id: 'auth1', name: 'token', type: 'TOKEN', identitySource: 'method.request.header.Authorization' },
  authorizerUri:
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
};
const ARN_START = 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/GET/'.length;

for (const [bytes, status, asked] of [
  [1_600, 200, 2],
  [1_601, 414, 0],
] as const) {
  test(`${bytes} bytes: ${status}`, () => {
    const guarded = { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: lambdaProxy() } as const;
    const api = new ServedRestApi(restApi({ 'GET /{proxy+}': guarded }, { authorizers: [token] }));
    const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    api.ports.functions.handler = (event) => ({
      kind: 'returned',
      payload: event.startsWith('{"type":') ? JSON.stringify({ principalId: 'u', policyDocument }) : '{}',
    });
    const answer = api.call({ target: `/${'x'.repeat(bytes - ARN_START)}`, headers: [['Authorization', 't']] });
    assert.equal(answer.status, status);
    assert.equal(api.ports.functions.events.length, asked);
    if (status === 414) assert.equal(answer.responseText, '{"message":"Request URI too long"}');
  });
}
