// Who is recognised and not let in: gateway responses and access logs say who it was all the same.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FakeRequestOptions } from '../../data-plane/testing/fake-messages.ts';
import type { RestAuthorizer } from '../../model/rest-api.ts';
import { lambdaProxy, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const token: RestAuthorizer = {
  ...{ id: 'auth1', name: 'token', type: 'TOKEN', identitySource: 'method.request.header.Authorization' },
  authorizerUri:
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations',
};

const policyOf = (effect: string, resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }],
});

const resourcePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*/GET/open' },
    {
      ...{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
      Condition: { StringEquals: { 'aws:UserAgent': 'barred' } },
    },
  ],
});

function guarded(policy: object, more: object = {}): ServedRestApi {
  const api = new ServedRestApi(
    restApi(
      { 'GET /a': { authorizationType: 'CUSTOM', authorizerId: 'auth1', integration: lambdaProxy() } },
      {
        authorizers: [token],
        stage: {
          accessLogSettings: {
            destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:access',
            format:
              '$context.requestId $context.authorizer.principalId $context.authorizer.why $context.authorizer.integrationStatus',
          },
        },
        gatewayResponses: [
          {
            responseType: 'ACCESS_DENIED',
            statusCode: '404',
            responseParameters: { 'gatewayresponse.header.x-who': 'context.authorizer.principalId' },
            responseTemplates: { 'application/json': '{"why":"$context.authorizer.why","n":"$context.authorizer.n"}' },
          },
        ],
        ...more,
      },
    ),
  );
  const answer = JSON.stringify({ principalId: 'ann', policyDocument: policy, context: { why: 'too late', n: 7 } });
  api.ports.functions.handler = () => ({ kind: 'returned', payload: answer });
  return api;
}

const asked: FakeRequestOptions = { target: '/a', headers: [['Authorization', 't1']] };
const logOf = (api: ServedRestApi) => (api.ports.stageLogs.lines.at(-1) as string).replace(/^\S+ /, '');

test('which call of the function said so, and how long it took', () => {
  const api = guarded(policyOf('Deny', '*'), {
    stage: {
      accessLogSettings: {
        destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:access',
        format: '$context.requestId $context.authorizer.requestId $context.authorizer.integrationLatency',
      },
    },
    gatewayResponses: [
      {
        ...{ responseType: 'ACCESS_DENIED', responseParameters: {} },
        responseTemplates: { 'application/json': '$context.authorizer.integrationLatency' },
      },
    ],
  });
  api.ports.functions.requestId = 'function-request-1';
  assert.match(api.call(asked).responseText, /^\d+$/);
  assert.match(logOf(api), /^function-request-1 \d+$/);
  assert.equal(api.call(asked).responseText, '0');
  assert.equal(logOf(api), '- 0', 'the answer was kept');
});

describe('a Lambda authorizer that says no', () => {
  for (const [desc, policy] of [
    ['a deny', policyOf('Deny', '*')],
    ['a policy about something else', policyOf('Allow', 'arn:aws:execute-api:*:*:*/prod/POST/*')],
  ] as const) {
    test(`${desc}: its context is there, also of an answer that is kept`, () => {
      const api = guarded(policy);
      for (const calls of [1, 1]) {
        const answer = api.call(asked);
        assert.deepEqual([answer.status, answer.responseText], [404, '{"why":"too late","n":"7"}']);
        assert.equal(answer.responseHeader('x-who'), 'ann');
        assert.equal(logOf(api), 'ann too late 200');
        assert.equal(api.ports.functions.events.length, calls);
      }
    });
  }

  test('nothing is known of somebody whom nobody asked about', () => {
    const api = guarded(policyOf('Deny', '*'), {
      gatewayResponses: [
        {
          ...{ responseType: 'UNAUTHORIZED', responseParameters: {} },
          responseTemplates: { 'application/json': '[$context.authorizer.why]' },
        },
      ],
    });
    assert.equal(api.call({ target: '/a' }).responseText, '[]');
    assert.equal(logOf(api), '- - -');
  });
});

test('a resource policy that denies whom an authorizer lets in', () => {
  const api = guarded(policyOf('Allow', 'arn:aws:execute-api:*:*:*/prod/POST/*'), { api: { policy: resourcePolicy } });
  assert.equal(api.call(asked).responseText, '{"why":"too late","n":"7"}');
  assert.equal(logOf(api), 'ann too late 200');
});
