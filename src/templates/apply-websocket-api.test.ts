// What a change of a WebSocket API leads to: the calls, what is there afterwards, and that the way back ends where it began.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { applyDesiredState } from './apply-desired-state.ts';
import type { DesiredState } from './desired-state.ts';
import type { DesiredWebSocketApi, DesiredWebSocketRoute } from './desired-websocket-api.ts';
import { readCase, testdata } from './golden-cases.ts';
import { InMemoryAws } from './in-memory-aws.ts';

function desired(name: string): DesiredState & { readonly webSocketApi: DesiredWebSocketApi } {
  const { desired: state, problems } = readCase(path.join(testdata, name));
  assert.ok(state?.webSocketApi, JSON.stringify(problems));
  return { ...state, webSocketApi: state.webSocketApi };
}

const plain = desired('websocket');
const guarded = desired('websocket-guards');

function changed(state: typeof plain, change: Partial<DesiredWebSocketApi>): typeof plain {
  return { ...state, webSocketApi: { ...state.webSocketApi, ...change } };
}

function routes(state: typeof plain, change: (route: DesiredWebSocketRoute) => DesiredWebSocketRoute | undefined): typeof plain {
  return changed(state, { routes: state.webSocketApi.routes.map(change).filter((route) => route !== undefined) });
}

/** The write calls that lead from one state to another; what is there then is what a fresh system would have. */
async function writes(from: DesiredState, to: DesiredState, restarted: boolean): Promise<string[]> {
  const aws = new InMemoryAws();
  await applyDesiredState(aws.call, from);
  aws.calls.length = 0;
  await applyDesiredState(aws.call, to, restarted ? undefined : from);
  const fresh = new InMemoryAws();
  await applyDesiredState(fresh.call, to);
  assert.deepEqual(shape(aws), shape(fresh));
  return aws.writes.map(({ operation }) => operation).filter((operation) => !/Permission|Function/.test(operation));
}

function shape(aws: InMemoryAws): unknown {
  return [...aws.apis].map(([id, { api, integrations, routes: all, authorizers, stages, routeResponses }]) => ({
    id,
    api,
    integrations: [...integrations.values()].map((item) => item['IntegrationUri']).sort(),
    authorizers: [...authorizers.values()].map(({ AuthorizerId: _, ...rest }) => rest),
    routes: [...all.values()]
      .map((route) => [
        route['RouteKey'],
        integrations.get(String(route['Target']).split('/')[1] ?? '')?.['IntegrationUri'],
        route['AuthorizationType'],
        authorizers.get(String(route['AuthorizerId']))?.['Name'],
        route['RouteResponseSelectionExpression'] || undefined,
        [...routeResponses.values()].filter((one) => one['RouteId'] === route['RouteId']).length,
      ])
      .sort(),
    stages: [...stages.values()].map(({ DeploymentId: _, ...rest }) => rest),
  }));
}

const rows: readonly {
  readonly desc: string;
  readonly from: typeof plain;
  readonly to: DesiredState;
  readonly calls: string[];
}[] = [
  { desc: 'nothing', from: plain, to: plain, calls: [] },
  {
    desc: 'a route goes',
    from: plain,
    to: routes(plain, (route) => (route.routeKey === 'sendmessage' ? undefined : route)),
    calls: ['DeleteRoute', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'a route begins to answer',
    from: plain,
    to: routes(plain, (route) => (route.routeKey === 'sendmessage' ? { ...route, returnsResponse: true } : route)),
    calls: ['UpdateRoute', 'CreateRouteResponse', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'a route answers no more',
    from: plain,
    to: routes(plain, (route) => ({ ...route, returnsResponse: false })),
    calls: ['UpdateRoute', 'DeleteRouteResponse', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'all routes go to one function',
    from: plain,
    to: routes(plain, (route) => ({ ...route, functionName: 'chat-dev-messages' })),
    calls: ['UpdateRoute', 'UpdateRoute', 'DeleteIntegration', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'the route selection expression and the description',
    from: plain,
    to: changed(plain, { routeSelectionExpression: '$request.body.kind', description: 'Other' }),
    calls: ['UpdateApi', 'CreateDeployment', 'UpdateStage', 'TagResource'],
  },
  {
    desc: 'the authorizer is another function',
    from: guarded,
    to: changed(guarded, {
      authorizers: guarded.webSocketApi.authorizers.map((one) => ({ ...one, functionArn: `${one.functionArn}-2` })),
    }),
    calls: ['UpdateAuthorizer', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'the authorizer goes',
    from: guarded,
    to: changed(
      routes(guarded, ({ authorizer: _, ...route }) => route),
      { authorizers: [] },
    ),
    calls: ['UpdateRoute', 'DeleteAuthorizer', 'CreateDeployment', 'TagResource'],
  },
  {
    desc: 'logs change without a deployment',
    from: guarded,
    to: changed(guarded, { executionLog: { level: 'ERROR', dataTrace: false } }),
    calls: ['UpdateStage'],
  },
  {
    desc: 'no logs any more',
    from: guarded,
    to: (() => {
      const { accessLog: _, executionLog: __, ...api } = guarded.webSocketApi;
      return { ...guarded, webSocketApi: api };
    })(),
    calls: ['DeleteAccessLogSettings', 'UpdateStage'],
  },
  { desc: 'tags', from: guarded, to: changed(guarded, { tags: { a: 'b' } }), calls: ['UntagResource', 'TagResource'] },
  {
    desc: 'the API goes',
    from: plain,
    to: (() => {
      const { webSocketApi: _, ...rest } = plain;
      return rest;
    })(),
    calls: ['DeleteApi'],
  },
];

describe('what a change of a WebSocket API leads to', () => {
  for (const { desc, from, to, calls } of rows) {
    test(desc, async () => {
      for (const restarted of [false, true]) {
        assert.deepEqual(await writes(from, to, restarted), calls);
        await writes(to, from, restarted);
        assert.deepEqual(await writes(to, to, true), []);
      }
    });
  }

  test('a run that ended before the deployment is made good by the next', async () => {
    const aws = new InMemoryAws();
    await applyDesiredState(aws.call, plain);
    const to = routes(plain, (route) => (route.routeKey === 'sendmessage' ? undefined : route));
    aws.refuse.set('CreateDeployment', 'not now');
    await assert.rejects(applyDesiredState(aws.call, to));
    aws.refuse.clear();
    aws.calls.length = 0;
    await applyDesiredState(aws.call, to);
    assert.deepEqual(
      aws.writes.map(({ operation }) => operation),
      ['CreateDeployment', 'TagResource'],
    );
  });

  test('of many deployments the latest stay, and the one in use', async () => {
    const aws = new InMemoryAws();
    for (let at = 0; at < 25; at++) await applyDesiredState(aws.call, changed(plain, { description: `number ${at}` }));
    const stored = aws.apis.get(plain.webSocketApiId);
    assert.ok(stored !== undefined && stored.deployments.size <= 21, `${stored?.deployments.size} deployments`);
    assert.ok(stored.deployments.has(String(stored.stages.get('dev')?.['DeploymentId'])));
  });
});
