import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ApplyError, applyDesiredState } from './apply-desired-state.ts';
import type { DesiredFunction, DesiredHttpApi, DesiredState } from './desired-state.ts';
import { readCase, testdata } from './golden-cases.ts';
import { InMemoryAws } from './in-memory-aws.ts';

function desired(name: string): DesiredState {
  const { desired: state, problems } = readCase(path.join(testdata, name));
  assert.ok(state, JSON.stringify(problems));
  return state;
}

function withApi(state: DesiredState, change: Partial<DesiredHttpApi>): DesiredState {
  assert.ok(state.api);
  return { ...state, api: { ...state.api, ...change } };
}

function withFunction(state: DesiredState, index: number, change: Partial<DesiredFunction>): DesiredState {
  return { ...state, functions: state.functions.map((one, at) => (at === index ? { ...one, ...change } : one)) };
}

/** The write calls that lead from one state to another, as `Operation subject`. */
async function writes(from: DesiredState, to: DesiredState, restarted = false): Promise<string[]> {
  const aws = new InMemoryAws();
  await applyDesiredState(aws.call, from);
  aws.calls.length = 0;
  await applyDesiredState(aws.call, to, restarted ? undefined : from);
  await assertSame(aws, to);
  return aws.writes.map(({ operation, input }) => {
    const subject =
      input['RouteKey'] ?? input['FunctionName'] ?? input['RouteId'] ?? input['IntegrationId'] ?? input['AutoDeploy'];
    return subject === undefined ? operation : `${operation} ${String(subject)}`;
  });
}

/** What runs afterwards is what a fresh system would have. */
async function assertSame(aws: InMemoryAws, to: DesiredState): Promise<void> {
  const fresh = new InMemoryAws();
  await applyDesiredState(fresh.call, to);
  assert.deepEqual(shape(aws), shape(fresh));
}

function shape(aws: InMemoryAws): unknown {
  return {
    functions: [...aws.functions]
      .map(([name, { configuration, tags, policy, concurrency, url, events }]) => ({
        name,
        ...configuration,
        Layers: configuration['Layers'] ?? [],
        LoggingConfig: configuration['LoggingConfig'] ?? { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
        concurrency,
        Description: configuration['Description'] ?? '',
        tags,
        policy,
        url,
        events,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    apis: [...aws.apis].map(([id, { api, integrations, routes, stages, authorizers }]) => ({
      id,
      name: api['Name'],
      cors: api['CorsConfiguration'],
      description: api['Description'] ?? '',
      tags: api['Tags'],
      stages: [...stages.values()].map((stage) => ({
        auto: stage['AutoDeploy'],
        settings: stage['DefaultRouteSettings'],
        logs: stage['AccessLogSettings'],
      })),
      authorizers: [...authorizers.values()].map(({ AuthorizerId: _, ...rest }) => rest).sort(byName),
      integrationCount: integrations.size,
      routes: [...routes.values()]
        .map((route) => {
          const target = integrations.get(String(route['Target']).split('/')[1] ?? '');
          return [
            route['RouteKey'],
            target?.['IntegrationUri'],
            target?.['PayloadFormatVersion'],
            target?.['TimeoutInMillis'],
            route['AuthorizationType'],
            authorizers.get(String(route['AuthorizerId']))?.['Name'],
            route['AuthorizationScopes'],
          ].join(' ');
        })
        .sort(),
    })),
  };
}

function byName(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): number {
  return String(a['Name']) < String(b['Name']) ? -1 : 1;
}

describe('what is beside functions and routes', () => {
  const guarded = desired('authorizers');
  const guardedApi = guarded.api as DesiredHttpApi;
  const changes: readonly {
    readonly desc: string;
    readonly from: DesiredState;
    readonly to: DesiredState;
    readonly calls: RegExp[];
  }[] = [
    {
      desc: 'an authorizer is changed in place',
      from: guarded,
      to: withApi(guarded, {
        authorizers: guardedApi.authorizers.map((one) => (one.type === 'JWT' ? { ...one, audience: ['other'] } : one)),
      }),
      calls: [/^UpdateAuthorizer$/],
    },
    {
      desc: 'an authorizer of another kind is another one, and its routes are made anew',
      from: guarded,
      to: withApi(guarded, {
        authorizers: guardedApi.authorizers.map((one) =>
          one.type === 'JWT'
            ? { type: 'REQUEST', name: one.name, identitySource: [], functionArn: 'arn:x', payloadFormatVersion: '2.0' }
            : one,
        ),
        routes: guardedApi.routes.map((route) =>
          route.authorization?.type === 'JWT' ? { ...route, authorization: { type: 'CUSTOM', authorizer: 'users' } } : route,
        ),
      }),
      calls: [/^UpdateStage false/, /^CreateAuthorizer$/, /^DeleteRoute/, /^CreateRoute GET \/users/, /^DeleteAuthorizer$/],
    },
    {
      desc: 'a guard comes and goes',
      from: guarded,
      to: withApi(guarded, {
        authorizers: [],
        routes: guardedApi.routes.map(({ authorization: _, ...route }) => route),
      }),
      calls: [/^DeleteRoute/, /^CreateRoute GET \/iam/, /^DeleteAuthorizer$/],
    },
    {
      desc: 'a dead-letter target goes',
      from: desired('dead-letter'),
      to: {
        ...desired('dead-letter'),
        functions: desired('dead-letter').functions.map(({ deadLetterArn: _, ...one }) => one),
      },
      calls: [/^UpdateFunctionConfiguration/],
    },
    {
      desc: 'other scopes',
      from: guarded,
      to: withApi(guarded, {
        routes: guardedApi.routes.map((route) =>
          route.authorization?.scopes === undefined
            ? route
            : { ...route, authorization: { ...route.authorization, scopes: ['orders.read'] } },
        ),
      }),
      calls: [/^DeleteRoute/, /^CreateRoute GET \/scoped/],
    },
    {
      desc: 'an access log comes and goes',
      from: desired('access-logs'),
      to: withApi(desired('access-logs'), { accessLog: { logGroup: '/other', format: '$context.status' } }),
      calls: [/^CreateLogGroup$/, /^UpdateStage true$/],
    },
    {
      desc: 'a function URL that everybody may call becomes one that is signed',
      from: desired('function-urls'),
      to: withFunction(desired('function-urls'), 0, { url: { authType: 'AWS_IAM', invokeMode: 'BUFFERED' } }),
      calls: [/^UpdateFunctionUrlConfig/, /^RemovePermission/, /^RemovePermission/],
    },
    {
      desc: 'asynchronous events',
      from: desired('destinations'),
      to: withFunction(desired('destinations'), 0, { eventSettings: { maximumRetryAttempts: 2 } }),
      calls: [/^PutFunctionEventInvokeConfig/],
    },
  ];
  for (const { desc, from, to, calls } of changes) {
    test(desc, async () => {
      for (const restarted of [false, true]) {
        const made = await writes(from, to, restarted);
        let at = 0;
        for (const call of calls) {
          const next = made.findIndex((one, index) => index >= at && call.test(one));
          assert.ok(next >= 0, `${call} in ${made.join('; ')}`);
          at = next + 1;
        }
        // The way back ends where it began.
        await writes(to, from, restarted);
        assert.deepEqual(await writes(to, to, true), []);
      }
    });
  }

  test('everything goes with the properties', async () => {
    for (const name of ['access-logs', 'function-urls', 'destinations', 'layers']) {
      const state = desired(name);
      const { accessLog: _, ...api } = state.api ?? ({} as DesiredHttpApi);
      const functions = state.functions.map(({ url: _1, layers: _2, eventSettings: _3, ...one }) => one);
      await writes(state, { ...state, functions, layers: [], ...(state.api === undefined ? {} : { api }) }, true);
    }
  });

  test('a layer is published again when its files changed, and only then', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-layer-'));
    try {
      writeFileSync(path.join(folder, 'a.txt'), 'one');
      const state = { ...desired('layers'), layers: [{ key: 'shared-code', name: 'shared', folder }] };
      const aws = new InMemoryAws();
      await applyDesiredState(aws.call, state);
      await applyDesiredState(aws.call, state);
      assert.equal(aws.layers.get('shared')?.length, 1);
      writeFileSync(path.join(folder, 'a.txt'), 'two');
      await applyDesiredState(aws.call, state);
      assert.equal(aws.layers.get('shared')?.length, 2);
      const layers = aws.functions.get('layered-dev-one')?.configuration['Layers'] as { Arn: string }[];
      assert.deepEqual(layers, [{ Arn: 'arn:aws:lambda:us-east-1:000000000000:layer:shared:2' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('applyDesiredState', () => {
  const state = desired('text-events');
  const api = state.api as DesiredHttpApi;

  test('reserved concurrency and the log format come and go', async () => {
    const logging = { logFormat: 'JSON', applicationLogLevel: 'WARN' } as const;
    const set = withFunction(state, 0, { reservedConcurrency: 3, logging });
    const name = state.functions[0]?.functionName ?? '';
    for (const restarted of [false, true]) {
      assert.deepEqual(await writes(state, set, restarted), [
        `UpdateFunctionConfiguration ${name}`,
        `PutFunctionConcurrency ${name}`,
      ]);
      assert.deepEqual(await writes(set, state, restarted), [
        `UpdateFunctionConfiguration ${name}`,
        `DeleteFunctionConcurrency ${name}`,
      ]);
      assert.deepEqual(await writes(set, set, restarted), []);
    }
  });

  test('functions that are as they were are not read again', async () => {
    const aws = new InMemoryAws();
    await applyDesiredState(aws.call, state);
    aws.calls.length = 0;
    await applyDesiredState(aws.call, withFunction(state, 0, { timeout: 9 }), state);
    const read = aws.calls.filter(({ operation }) => operation === 'GetFunction').map(({ input }) => input['FunctionName']);
    assert.deepEqual(read, [state.functions[0]?.functionName]);
  });

  test('changes nothing the second time, and calls nothing when the process knows', async () => {
    assert.deepEqual(await writes(state, state, true), []);
    const aws = new InMemoryAws();
    await applyDesiredState(aws.call, state);
    aws.calls.length = 0;
    const result = await applyDesiredState(aws.call, structuredClone(state), state);
    assert.deepEqual([aws.calls.length, result.changes.length, result.apiId], [0, 0, state.apiId]);
  });

  test('every golden case is stable after a restart', async () => {
    for (const name of [
      'cors-object',
      'cors-true',
      'tags',
      'timeouts',
      'environment',
      'names',
      'api-name',
      'payload-versions',
      'no-api',
    ]) {
      const one = desired(name);
      assert.deepEqual(await writes(one, one, true), [], name);
    }
  });

  test('makes a single change with the stage left alone', async () => {
    const fewer = withApi(state, { routes: api.routes.filter((route) => route.routeKey !== 'ANY /star') });
    assert.deepEqual(await writes(fewer, state), ['CreateRoute ANY /star']);
    assert.equal((await writes(state, fewer))[0]?.startsWith('DeleteRoute'), true);
    assert.equal((await writes(state, fewer)).length, 1);
  });

  test('makes several changes in one deployment: auto-deploy is off meanwhile', async () => {
    const less = withApi(state, { routes: api.routes.slice(2) });
    const made = await writes(less, state);
    assert.deepEqual(made, ['UpdateStage false', 'CreateRoute GET /orders', 'CreateRoute GET /orders/{id}', 'UpdateStage true']);
  });

  test('leads a route to another function', async () => {
    const routes = api.routes.map((route) => (route.routeKey === 'GET /orders' ? { ...route, integration: 'files' } : route));
    const made = await writes(state, withApi(state, { routes }));
    assert.deepEqual(
      made.map((call) => call.split(' ')[0]),
      ['UpdateRoute'],
    );
  });

  test('changes the payload version in place', async () => {
    const integrations = api.integrations.map((one) => ({ ...one, payloadFormatVersion: '1.0' as const }));
    const made = await writes(state, withApi(state, { integrations }));
    assert.deepEqual(
      made.map((call) => call.split(' ')[0]),
      ['UpdateStage', 'UpdateIntegration', 'UpdateIntegration', 'UpdateStage'],
    );
  });

  test('updates, adds and removes functions', async () => {
    const changed = withFunction(state, 0, { timeout: 29, environment: { A1: 'b' }, tags: { x: 'y' }, description: 'new' });
    assert.deepEqual(await writes(state, changed), ['UpdateFunctionConfiguration spellings-dev-list', 'TagResource']);
    assert.deepEqual(await writes(changed, state), [
      'UpdateFunctionConfiguration spellings-dev-list',
      'UntagResource',
      'TagResource',
    ]);
    const without = {
      ...withApi(state, {
        routes: api.routes.filter((route) => route.integration !== 'files'),
        integrations: api.integrations.filter((one) => one.key !== 'files'),
      }),
      functions: state.functions.filter((one) => one.key !== 'files'),
    };
    const removed = await writes(state, without);
    assert.equal(removed.at(-1), 'DeleteFunction spellings-dev-files', 'the function goes after the routes that lead to it');
    const order = removed.map((call) => call.split(' ')[0]);
    assert.ok(order.indexOf('DeleteIntegration') > order.lastIndexOf('DeleteRoute'), order.join());
    assert.equal((await writes(without, state))[0], 'CreateFunction spellings-dev-files');
  });

  test('removes the API with its last route, also after a restart, and the permission with it', async () => {
    const { api: _, ...rest } = state;
    const none = { ...rest, functions: state.functions.map((one) => ({ ...one, calledByApi: false })) };
    for (const restarted of [true, false]) {
      const made = await writes(state, none, restarted);
      assert.deepEqual(made, ['RemovePermission spellings-dev-list', 'RemovePermission spellings-dev-files', 'DeleteApi']);
    }
    assert.ok((await writes(none, state)).includes('CreateApi'));
  });

  test('changes name, CORS, tags and metrics of the API', async () => {
    const cors = desired('cors-object').api?.corsConfiguration;
    assert.ok(cors);
    const changed = withApi(state, { name: 'other', corsConfiguration: cors, tags: { a: 'b' }, detailedMetricsEnabled: true });
    assert.deepEqual(await writes(state, changed), ['UpdateStage false', 'UpdateApi', 'TagResource', 'UpdateStage true']);
    assert.deepEqual(await writes(changed, state), [
      'UpdateStage false',
      'UpdateApi',
      'DeleteCorsConfiguration',
      'UntagResource',
      'UpdateStage true',
    ]);
  });

  test('points functions at the folder where it is now', async () => {
    const moved = { ...state, folder: '/somewhere/else' };
    const made = await writes(state, moved, true);
    assert.ok(made.includes('UpdateFunctionCode spellings-dev-list'), made.join());
  });

  test('leaves functions of others alone', async () => {
    const aws = new InMemoryAws();
    await aws.call('lambda', 'CreateFunction', { FunctionName: 'mine', Tags: {} });
    await applyDesiredState(aws.call, state);
    assert.ok(aws.functions.has('mine'));
  });

  test('a refused operation says which, and what it was about', async () => {
    const aws = new InMemoryAws();
    aws.refuse.set('CreateRoute', 'not this one');
    await assert.rejects(applyDesiredState(aws.call, state), (error: unknown) => {
      assert.ok(error instanceof ApplyError);
      assert.deepEqual([error.operation, error.subject, error.message], ['CreateRoute', 'GET /orders', 'not this one']);
      return true;
    });
  });

  test('after a half-made start the next one completes it', async () => {
    const aws = new InMemoryAws();
    aws.refuse.set('CreateStage', 'power failure');
    await assert.rejects(applyDesiredState(aws.call, state));
    aws.refuse.clear();
    await applyDesiredState(aws.call, state);
    await assertSame(aws, state);
  });
});
