// Which REST API and stage a request is for, and what the front door itself answers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { LiveDomains } from '../compile/live-domains.ts';
import { mappedDomain } from '../compile/testing/mapped-domain.ts';
import { lambdaProxy, restApi } from '../compile/testing/rest-api-builder.ts';
import { ServedRestApi } from '../compile/testing/served-rest-api.ts';
import type { HttpApiPipeline } from '../data-plane/http-api/pipeline.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import { FakeRequest, type FakeRequestOptions } from '../data-plane/testing/fake-messages.ts';
import { coreAnswer } from './core-answer.ts';
import { asksRestApi, createFrontDoor } from './front-door.ts';
import { VpcEndpoints } from './vpc-endpoints.ts';

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
  const options = { live: new LiveDeployments<HttpApiPipeline>(), liveRestApis, domains };
  const door = createFrontDoor(options);
  return {
    served,
    options,
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

test('a body that is declared too long is refused in words of REST APIs where one is asked for', () => {
  const { options } = world();
  for (const [at, path, expected] of [
    [host, '/prod/pets', true],
    ['h', '/_aws/execute-api/a1b2c3/prod/pets', true],
    ['api.example.com', '/shop/pets', true],
    ['zzz.execute-api.x', '/prod', false],
    ['h', '/prod', false],
  ] as const) {
    assert.equal(asksRestApi(options, { host: at, path }), expected, `${at}${path}`);
  }
  const { headers, body } = coreAnswer(413, true);
  assert.equal(body, '{"message":"Request Too Long"}');
  assert.match(headers.text, /x-amzn-ErrorType: RequestEntityTooLargeException\r\nx-amz-apigw-id: /);
  assert.equal(coreAnswer(413, false).body, '{"message":"Request Entity Too Large"}');
});

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

describe('a private domain name', () => {
  const domainArn = 'arn:aws:execute-api:us-east-1:000000000000:/domainnames/private.example.com+abcd1234';
  const statement = (Effect: string, Condition: object = {}) => ({
    ...{ Effect, Principal: '*', Action: 'execute-api:Invoke', Resource: domainArn },
    ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
  });
  const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const inside = { ...{ host: 'private.example.com', target: '/shop/pets' }, sourceIp: '10.0.0.1' };
  const open = policyOf(statement('Allow'));

  /** A private API that asks for the domain name, under a private domain name, and a public name that is called the same. */
  function privately(policy: string | undefined, type: 'PRIVATE' | 'REGIONAL' = 'PRIVATE') {
    const viaDomain = {
      ...statement('Allow'),
      Resource: '*',
      Condition: { ArnEquals: { 'execute-api:viaDomainArn': domainArn } },
    };
    const served = new ServedRestApi(
      restApi(methods, {
        api: { endpointConfiguration: { types: [type], ipAddressType: 'dualstack' }, policy: policyOf(viaDomain) },
      }),
    );
    const liveRestApis = new LiveDeployments<RestApiPipeline>();
    liveRestApis.activate(served.pipeline);
    const domains = new LiveDomains();
    const mappings = [{ apiMappingId: 'm1', apiId: 'a1b2c3', stage: 'prod', apiMappingKey: 'shop' }];
    const domainName = 'private.example.com';
    domains.replace([
      mappedDomain({ domainName, mappings, privateAccess: { domainArn, policy, vpcEndpointIds: ['vpce-1'] } }),
      mappedDomain({ domainName: '*.example.com' }),
    ]);
    const notices: string[] = [];
    const vpcEndpoints = new VpcEndpoints({
      endpoints: [
        { vpceId: 'vpce-1', vpcId: 'vpc-1', networks: [{ address: '10.0.0.0', prefix: 16 }] },
        { vpceId: 'vpce-2', networks: [{ address: '10.2.0.0', prefix: 16 }] },
      ],
      openToThisMachine: false,
      onNotice: (notice) => notices.push(notice),
    });
    const door = createFrontDoor({ live: new LiveDeployments(), liveRestApis, domains, vpcEndpoints });
    const call = (options: FakeRequestOptions) => {
      const request = new FakeRequest(options);
      assert.equal(door(request), true);
      return request;
    };
    return { served, call };
  }

  test('leads who comes through its endpoint to its private API', () => {
    const { served, call } = privately(open);
    const answer = call(inside);
    assert.equal(answer.status, 200, answer.responseText);
    const { path, requestContext } = served.lastEvent as { path: string; requestContext: Record<string, unknown> };
    assert.deepEqual(
      [path, requestContext['domainName'], requestContext['path']],
      ['/shop/pets', 'private.example.com', '/shop/pets'],
    );
    const identity = requestContext['identity'] as Record<string, unknown>;
    assert.deepEqual([identity['vpceId'], identity['vpcId']], ['vpce-1', 'vpc-1']);
  });

  test('and everybody else to the public name', () => {
    for (const sourceIp of ['10.2.0.1', '127.0.0.1']) {
      const answer = privately(open).call({ ...inside, sourceIp });
      assert.deepEqual([answer.status, answer.responseText], [404, '{"message":"Not Found"}']);
    }
  });

  test('403 for what no mapping fits', () => {
    const answer = privately(open).call({ ...inside, target: '/other' });
    assert.deepEqual([answer.status, answer.responseText], [403, '{"message":"Forbidden"}']);
  });

  test('403 for a public API, whatever made the mapping', () => {
    const answer = privately(open, 'REGIONAL').call(inside);
    assert.deepEqual([answer.status, answer.responseText], [403, '{"message":"Forbidden"}']);
  });

  const outside = statement('Deny', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } });
  const guest = statement('Deny', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } });
  const silent = ' because no resource-based policy allows the execute-api:Invoke action';
  for (const [desc, policy, suffix] of [
    ['there is none', undefined, silent],
    ['nothing lets the caller in', policyOf(statement('Allow', { StringEquals: { 'aws:SourceVpce': 'vpce-9' } })), silent],
    ['it denies', policyOf(statement('Allow'), guest), ' with an explicit deny in a resource-based policy'],
    ['it is about another name', policyOf({ ...statement('Allow'), Resource: `${domainArn}x` }), silent],
  ] as const) {
    test(`403 by its policy: ${desc}`, () => {
      const { served, call } = privately(policy);
      const answer = call(inside);
      assert.equal(answer.status, 403);
      assert.deepEqual(JSON.parse(answer.responseText), {
        Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${domainArn.replace(':00000000', ':********')}${suffix}`,
      });
      assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'AccessDeniedException');
      assert.equal(served.ports.functions.events.length, 0);
    });
  }

  test('its policy knows the endpoint', () => {
    assert.equal(privately(policyOf(statement('Allow'), outside)).call(inside).status, 200);
  });
});

test('a custom domain serves an API whose default endpoint is disabled', () => {
  const { call } = world({ api: { disableExecuteApiEndpoint: true } });
  assert.equal(call({ host: 'api.example.com', target: '/shop/x' }).status, 200);
});
