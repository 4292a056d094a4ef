import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { LiveDomains } from '../compile/live-domains.ts';
import { type HttpApiOptions, httpApi, lambda } from '../compile/testing/http-api-builder.ts';
import { mappedDomain } from '../compile/testing/mapped-domain.ts';
import { ServedApi } from '../compile/testing/served-api.ts';
import { FakeRequest, type FakeRequestOptions } from '../data-plane/testing/fake-messages.ts';
import { createFrontDoor, createTrafficListener } from './front-door.ts';

const custom = 'api.shop.example';

/** The first API's stage under the key `orders/v1` of a custom domain and of a wildcard. */
function domainsTo(stage: string): LiveDomains {
  const domains = new LiveDomains();
  const mappings = [{ apiMappingId: 'm1', apiId: 'a1b2c3', stage, apiMappingKey: 'orders/v1' }];
  domains.replace([custom, '*.shop.example'].map((domainName) => mappedDomain({ domainName, mappings })));
  return domains;
}

function live(...options: HttpApiOptions[]): {
  door: (request: FakeRequestOptions) => FakeRequest;
  apis: ServedApi[];
  deployments: LiveDeployments;
} {
  const deployments = new LiveDeployments();
  const apis = options.map(
    (option) => new ServedApi(httpApi({ 'GET /': lambda(), 'GET /x': lambda(), 'GET /prod/x': lambda() }, option)),
  );
  for (const api of apis) deployments.activate(api.pipeline);
  const domains = domainsTo(options[0]?.stageName ?? '$default');
  const listener = createTrafficListener(createFrontDoor({ live: deployments, domains }));
  return {
    door: (request) => {
      const sent = new FakeRequest(request);
      listener(sent);
      assert.equal(sent.answers, 1);
      return sent;
    },
    apis,
    deployments,
  };
}

const host = 'a1b2c3.execute-api.localhost:8080';

describe('createFrontDoor', () => {
  const paths: [desc: string, request: FakeRequestOptions, rawPath: string, domainName: string][] = [
    ['named stage by host', { host, target: '/prod/x' }, '/prod/x', 'a1b2c3.execute-api.localhost'],
    ['named stage by host, its root without a slash', { host, target: '/prod' }, '/prod', 'a1b2c3.execute-api.localhost'],
    [
      'named stage by path',
      { host: 'localhost:8080', target: '/_aws/execute-api/a1b2c3/prod/x?q=1' },
      '/prod/x',
      'a1b2c3.execute-api.us-east-1.amazonaws.com',
    ],
    [
      'named stage by REST path',
      { host: 'localhost:4566', target: '/restapis/a1b2c3/prod/_user_request_/x' },
      '/prod/x',
      'a1b2c3.execute-api.us-east-1.amazonaws.com',
    ],
  ];
  for (const [desc, request, rawPath, domainName] of paths) {
    test(desc, () => {
      const { door, apis } = live({ stageName: 'prod' });
      assert.equal(door(request).status, 200);
      const event = apis[0]?.lastEvent as { rawPath: string; requestContext: Record<string, unknown> };
      assert.equal(event.rawPath, rawPath);
      assert.equal(event.requestContext['domainName'], domainName);
      assert.equal(event.requestContext['domainPrefix'], 'a1b2c3');
      assert.equal(event.requestContext['stage'], 'prod');
    });
  }

  test('the default stage serves what names no stage', () => {
    const { door, apis } = live({ stageName: '$default' });
    assert.equal(door({ host, target: '/x' }).status, 200);
    assert.equal(apis[0]?.lastEvent['rawPath'], '/x');
    assert.equal(door({ host, target: '/prod/x' }).status, 200);
    assert.equal(apis[0]?.lastEvent['routeKey'], 'GET /prod/x');
    assert.equal(door({ host: 'h', target: '/_aws/execute-api/a1b2c3/$default/x' }).status, 200);
    assert.equal(apis[0]?.lastEvent['rawPath'], '/x');
    assert.equal(door({ host: 'h', target: '/_aws/execute-api/a1b2c3/prod/x?q=1' }).status, 200);
    assert.equal(apis[0]?.lastEvent['rawPath'], '/prod/x');
    assert.equal(door({ host: 'h', target: '/restapis/a1b2c3/prod/_user_request_/x' }).status, 404);
  });

  test('a stage name wins over a route of the default stage', () => {
    const { door, apis } = live({ stageName: '$default' }, { stageName: 'prod' });
    assert.equal(door({ host, target: '/prod/x' }).status, 200);
    assert.equal(apis[0]?.ports.functions.events.length, 0);
    assert.equal(apis[1]?.lastEvent['routeKey'], 'GET /x');
  });

  const refused: [desc: string, request: FakeRequestOptions, status: number, body: string][] = [
    ['no such stage', { host, target: '/test/x' }, 404, '{"message":"Not Found"}'],
    ['no such stage by path', { host: 'h', target: '/_aws/execute-api/a1b2c3/test/x' }, 404, '{"message":"Not Found"}'],
    ['the host form has no $default segment', { host, target: '/$default/x' }, 404, '{"message":"Not Found"}'],
    ['prototype members are no stage', { host, target: '/constructor/x' }, 404, '{"message":"Not Found"}'],
    [
      'a head over 10,240 bytes',
      { host, target: '/prod/x', headBytes: 10_241 },
      431,
      '{"message":"Request Header Fields Too Large"}',
    ],
    ['an asterisk is no path', { host, method: 'OPTIONS', target: '*' }, 400, '{"message":"Bad Request"}'],
  ];
  for (const [desc, request, status, body] of refused) {
    test(`refused: ${desc}`, () => {
      const response = live({ stageName: 'prod' }).door(request);
      assert.equal(response.status, status);
      assert.equal(response.responseText, body);
      assert.match(response.responseHeader('Apigw-Requestid') ?? '', /=$/);
    });
  }

  for (const [desc, request] of [
    ['no such API', { host: 'zzz.execute-api.localhost', target: '/' }],
    ['no such API by path', { host: 'h', target: '/_aws/execute-api/zzz/prod/' }],
    ['no such API at a VPC endpoint', { host: 'vpce-01234567.execute-api.x', target: '/' }],
    ['prototype members are no API', { host: 'constructor.execute-api.x', target: '/' }],
  ] as const) {
    test(`refused in the manner of REST APIs: ${desc}`, () => {
      const response = live({ stageName: 'prod' }).door(request);
      assert.deepEqual([response.status, response.responseText], [403, '{"message":"Forbidden"}']);
      assert.equal(response.responseHeader('x-amzn-ErrorType'), 'ForbiddenException');
      assert.match(response.responseHeader('x-amzn-RequestId') ?? '', /^[0-9a-f-]{36}$/);
      assert.match(response.responseHeader('x-amz-apigw-id') ?? '', /=$/);
    });
  }

  test('a disabled endpoint answers 404', () => {
    const { door } = live({ disableExecuteApiEndpoint: true });
    assert.equal(door({ host, target: '/x' }).status, 404);
  });

  describe('custom domains', () => {
    const served: [desc: string, options: HttpApiOptions, request: FakeRequestOptions, rawPath: string, domain?: string][] = [
      ['named stage: rawPath has the stage and not the key', { stageName: 'prod' }, { target: '/orders/v1/x' }, '/prod/x'],
      ['the key alone is the root', { stageName: 'prod' }, { target: '/orders/v1' }, '/prod'],
      ['default stage', {}, { target: '/orders/v1/x?q=1' }, '/x'],
      ['port and case do not matter', {}, { host: 'API.Shop.Example:8080', target: '/orders/v1/x' }, '/x'],
      ['wildcard', {}, { host: 'www.shop.example', target: '/orders/v1/x' }, '/x', 'www.shop.example'],
      ['a disabled default endpoint', { disableExecuteApiEndpoint: true }, { target: '/orders/v1/x' }, '/x'],
      ['a path form is an ordinary path', {}, { target: '/orders/v1/prod/x' }, '/prod/x'],
    ];
    for (const [desc, options, request, rawPath, domain = custom] of served) {
      test(desc, () => {
        const { door, apis } = live(options);
        assert.equal(door({ host: custom, ...request }).status, 200);
        const event = apis[0]?.lastEvent as { rawPath: string; requestContext: Record<string, { path: string }> };
        assert.equal(event.rawPath, rawPath);
        assert.equal(event.requestContext['http']?.path, rawPath);
        assert.equal(event.requestContext['domainName'], domain);
        assert.equal(event.requestContext['domainPrefix'], domain.split('.')[0]);
        assert.equal(event.requestContext['stage'], options.stageName ?? '$default');
      });
    }

    test('payload format 1.0 shows the path as it came', () => {
      const api = new ServedApi(httpApi({ 'GET /x': lambda({ payloadFormatVersion: '1.0' }) }, { stageName: 'prod' }));
      const { door, deployments } = live({ stageName: 'prod' });
      deployments.activate(api.pipeline);
      assert.equal(door({ host: custom, target: '/orders/v1/x' }).status, 200);
      const event = api.lastEvent as { path: string; requestContext: Record<string, unknown> };
      assert.equal(event.path, '/orders/v1/x');
      assert.equal(event.requestContext['path'], '/orders/v1/x');
      assert.equal(event.requestContext['stage'], 'prod');
      assert.equal(door({ host, target: '/prod/x' }).status, 200);
      assert.equal((api.lastEvent as { path: string }).path, '/prod/x');
    });

    const refusedThere: [desc: string, request: FakeRequestOptions, status: number, body: string][] = [
      ['no mapping', { target: '/orders/v2/x' }, 404, '{"message":"Not Found"}'],
      ['no route behind the mapping', { target: '/orders/v1/y' }, 404, '{"message":"Not Found"}'],
      [
        'a path form does not get past the mappings',
        { target: '/_aws/execute-api/a1b2c3/$default/x' },
        404,
        '{"message":"Not Found"}',
      ],
      ['a dot segment out of the mapping', { target: '/orders/v1/../x' }, 400, '{"message":"Bad Request"}'],
      [
        'a head over 10,240 bytes',
        { target: '/orders/v1/x', headBytes: 10_241 },
        431,
        '{"message":"Request Header Fields Too Large"}',
      ],
      ['an asterisk', { method: 'OPTIONS', target: '*' }, 400, '{"message":"Bad Request"}'],
    ];
    for (const [desc, request, status, body] of refusedThere) {
      test(`refused: ${desc}`, () => {
        const response = live({}).door({ host: custom, ...request });
        assert.equal(response.status, status);
        assert.equal(response.responseText, body);
        assert.match(response.responseHeader('Apigw-Requestid') ?? '', /=$/);
      });
    }

    test('a mapped stage without deployment is 404', () => {
      const { door, deployments } = live({ stageName: 'prod' });
      deployments.retire({ account: '000000000000', region: 'us-east-1' }, 'a1b2c3', 'prod');
      assert.equal(door({ host: custom, target: '/orders/v1/x' }).status, 404);
    });
  });

  test('what is for no API is a 404 on the traffic listener, and passed by on the control listener', () => {
    const { door, deployments } = live({});
    const response = door({ host: 'localhost:8080', target: '/x' });
    assert.equal(response.status, 404);
    assert.match(response.responseText, /No API is meant/);
    assert.equal(createFrontDoor({ live: deployments })(new FakeRequest({ host: 'localhost', target: '/v2/apis' })), false);
  });

  test('an API in two regions is told apart by its host', () => {
    const { door, apis } = live({ region: 'us-east-1' }, { region: 'eu-west-1' });
    door({ host: 'a1b2c3.execute-api.eu-west-1.amazonaws.com', target: '/x' });
    door({ host: 'a1b2c3.execute-api.us-east-1.amazonaws.com', target: '/x' });
    assert.deepEqual(
      apis.map((api) => api.ports.functions.events.length),
      [1, 1],
    );
  });

  test('a swap is seen by the next request; a retired stage is 404, a deleted API 403', () => {
    const { door, deployments } = live({ stageName: 'prod' });
    const next = new ServedApi(httpApi({ 'GET /new': lambda() }, { stageName: 'prod' }));
    assert.equal(door({ host, target: '/prod/new' }).status, 404);
    deployments.activate(next.pipeline);
    assert.equal(door({ host, target: '/prod/new' }).status, 200);
    const { scope } = next.pipeline.plan;
    deployments.retire(scope, 'a1b2c3', 'prod');
    assert.equal(door({ host, target: '/prod/new' }).status, 404);
    deployments.retireApi(scope, 'a1b2c3');
    assert.equal(door({ host, target: '/prod/new' }).status, 403);
    deployments.announce(scope, 'a1b2c3');
    assert.equal(door({ host, target: '/prod/new' }).status, 404);
  });

  test('a request in flight ends in the pipeline it began in', () => {
    const { deployments, apis } = live({ stageName: 'prod' });
    const first = apis[0] as ServedApi;
    first.ports.functions.handler = () => undefined;
    const request = new FakeRequest({ host, target: '/prod/x' });
    createFrontDoor({ live: deployments })(request);
    deployments.activate(new ServedApi(httpApi({}, { stageName: 'prod' })).pipeline);
    first.ports.functions.waiting[0]?.onFunctionResult({ kind: 'returned', payload: '"old"' });
    assert.equal(request.responseText, 'old');
    assert.equal(first.ports.exchanges.records[0]?.routeKey, 'GET /x');
  });
});
