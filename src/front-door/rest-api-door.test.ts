// Which REST API and stage a request is for, and what the front door itself answers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { LiveDomains } from '../compile/live-domains.ts';
import { mappedDomain } from '../compile/testing/mapped-domain.ts';
import { lambdaProxy, restApi } from '../compile/testing/rest-api-builder.ts';
import { ServedRestApi } from '../compile/testing/served-rest-api.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import { FakeRequest, type FakeRequestOptions } from '../data-plane/testing/fake-messages.ts';
import { createFrontDoor } from './front-door.ts';

const methods = { 'ANY /': { integration: lambdaProxy() }, 'ANY /{proxy+}': { integration: lambdaProxy() } };

function world(more: object = {}) {
  const served = new ServedRestApi(restApi(methods, more));
  const liveRestApis = new LiveDeployments<RestApiPipeline>();
  liveRestApis.activate(served.pipeline);
  const domains = new LiveDomains();
  domains.replace([
    mappedDomain({
      domainName: 'api.example.com',
      mappings: [
        { apiMappingId: 'm1', apiId: 'a1b2c3', stage: 'prod', apiMappingKey: 'shop' },
        { apiMappingId: 'm2', apiId: 'a1b2c3', stage: '', apiMappingKey: 'any' },
        { apiMappingId: 'm3', apiId: 'a1b2c3', stage: 'prod', apiMappingKey: 'prod' },
      ],
    }),
    mappedDomain({
      domainName: 'rules.example.com',
      routingMode: 'ROUTING_RULE_ONLY',
      rules: [
        {
          routingRuleId: 'strip1',
          priority: 1,
          conditions: [{ matchBasePath: 'v1/shop' }],
          target: { apiId: 'a1b2c3', stage: 'prod', stripBasePath: true },
        },
        {
          routingRuleId: 'whole1',
          priority: 2,
          conditions: [{ matchHeaders: { header: 'Hello', valueGlob: 'World' } }],
          target: { apiId: 'a1b2c3', stage: 'prod', stripBasePath: false },
        },
      ],
    }),
  ]);
  const door = createFrontDoor({ live: new LiveDeployments(), liveRestApis, domains });
  return {
    served,
    call: (options: FakeRequestOptions) => {
      const request = new FakeRequest(options);
      assert.equal(door(request), true);
      return request;
    },
  };
}

const host = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
for (const [desc, options, path, contextPath, domainName] of [
  ['the first segment is the stage', { host, target: '/prod/pets' }, '/pets', '/prod/pets', host],
  ['the stage alone', { host, target: '/prod' }, '/', '/prod', host],
  ['slashes behind the stage are one for routing', { host, target: '/prod//pets' }, '/pets', '/prod//pets', host],
  [
    'the path form with _user_request_',
    { host: 'localhost', target: '/restapis/a1b2c3/prod/_user_request_/pets' },
    '/pets',
    '/prod/pets',
    host,
  ],
  [
    'the path form with _aws',
    { host: 'localhost', target: '/_aws/execute-api/a1b2c3/prod/pets/' },
    '/pets/',
    '/prod/pets/',
    host,
  ],
  ['a custom domain', { host: 'api.example.com', target: '/shop/pets' }, '/shop/pets', '/shop/pets', 'api.example.com'],
  [
    'a base path that is called like its stage',
    { host: 'api.example.com', target: '/prod/pets' },
    '/prod/pets',
    '/prod/pets',
    'api.example.com',
  ],
  [
    'a mapping without stage',
    { host: 'api.example.com', target: '/any/prod/pets' },
    '/any/prod/pets',
    '/any/prod/pets',
    'api.example.com',
  ],
] as const) {
  test(desc, () => {
    const { served, call } = world();
    assert.equal(call(options).status, 200);
    const context = served.lastEvent['requestContext'] as Record<string, unknown>;
    assert.equal(served.lastEvent['path'], path);
    assert.equal(context['path'], contextPath);
    assert.equal(context['domainName'], domainName);
    assert.equal(context['stage'], 'prod');
  });
}

for (const [desc, options, more] of [
  ['an unknown stage', { host, target: '/dev/pets' }, {}],
  ['no stage', { host, target: '/' }, {}],
  ['a disabled default endpoint', { host, target: '/prod/pets' }, { api: { disableExecuteApiEndpoint: true } }],
  ['a path of a custom domain that no mapping fits', { host: 'api.example.com', target: '/other/pets' }, {}],
  ['a mapping without stage, and an unknown one in the path', { host: 'api.example.com', target: '/any/dev' }, {}],
] as const) {
  test(`403: ${desc}`, () => {
    const answer = world(more).call(options);
    assert.deepEqual([answer.status, answer.responseText], [403, '{"message":"Forbidden"}']);
    assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'ForbiddenException');
    assert.match(answer.responseHeader('x-amzn-RequestId') ?? '', /^[0-9a-f-]{36}$/);
  });
}

describe('a domain name with routing rules', () => {
  const hello: [string, string][] = [['hello', 'World']];
  for (const [desc, target, headers, resource, proxy] of [
    ['a stripped base path', '/v1/shop/pets', [], '/{proxy+}', 'pets'],
    ['a stripped base path and nothing behind it', '/v1/shop', [], '/', undefined],
    ['a rule that strips nothing', '/v1/pets', hello, '/{proxy+}', 'v1/pets'],
  ] as const) {
    test(desc, () => {
      const { served, call } = world();
      assert.equal(call({ host: 'rules.example.com', target, headers: [...headers] }).status, 200);
      const {
        path,
        resource: routed,
        pathParameters,
        requestContext,
      } = served.lastEvent as Record<string, Record<string, unknown>>;
      assert.deepEqual([path, routed, pathParameters?.['proxy'] ?? undefined], [target, resource, proxy]);
      assert.deepEqual([requestContext?.['path'], requestContext?.['stage']], [target, 'prod']);
    });
  }

  test('403 when no rule is met', () => {
    const answer = world().call({ host: 'rules.example.com', target: '/v1/pets' });
    assert.deepEqual([answer.status, answer.responseText], [403, '{"message":"Forbidden"}']);
  });
});

test('a custom domain serves an API whose default endpoint is disabled', () => {
  const { call } = world({ api: { disableExecuteApiEndpoint: true } });
  assert.equal(call({ host: 'api.example.com', target: '/shop/x' }).status, 200);
});
