// Changes of a service file's REST API against the real services: each patch must be one they take, and what they keep afterwards must
// read back as what was asked for.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { startStagegate } from '../stagegate.ts';
import { applyDesiredState } from './apply-desired-state.ts';
import type { DesiredRestApi, DesiredRestMethod } from './desired-rest-api.ts';
import type { DesiredState } from './desired-state.ts';
import { readCase, testdata } from './golden-cases.ts';

function desired(name: string): DesiredState {
  const { desired: state, problems } = readCase(path.join(testdata, name));
  assert.ok(state, JSON.stringify(problems));
  return state;
}

type Change = (api: DesiredRestApi) => Partial<DesiredRestApi>;
const methodsAt = (at: string, change: (method: DesiredRestMethod) => DesiredRestMethod): Change => {
  return ({ methods }) => ({ methods: methods.map((one) => (one.path === at ? change(one) : one)) });
};
const rows: readonly { readonly desc: string; readonly name: string; readonly change: Change }[] = [
  {
    desc: 'every setting of the API',
    name: 'rest-lambda',
    change: () => ({
      name: 'other',
      description: 'Other',
      apiKeySource: 'AUTHORIZER',
      minimumCompressionSize: 0,
      disableExecuteApiEndpoint: true,
      endpointType: 'REGIONAL',
      binaryMediaTypes: ['application/pdf', 'image/png'],
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: ['execute-api:Invoke'], Resource: ['execute-api:/*'] }],
      }),
      tags: { team: 'zoo' },
    }),
  },
  {
    desc: 'settings that are taken back',
    name: 'rest-lambda',
    change: ({ description: _, minimumCompressionSize: __, policy: ___, ...rest }) =>
      ({
        ...rest,
        description: undefined,
        minimumCompressionSize: undefined,
        policy: undefined,
        binaryMediaTypes: [],
      }) as unknown as Partial<DesiredRestApi>,
  },
  {
    desc: 'another schema',
    name: 'rest-lambda',
    change: ({ models }) => ({
      models: models.map((model) => ({ ...model, schema: '{"type":"object"}', description: 'Another' })),
    }),
  },
  {
    desc: 'no schemas',
    name: 'rest-lambda',
    change: ({ methods, validator: _ }) =>
      ({
        models: [],
        validator: undefined,
        methods: methods.map(({ requestModels: __, ...rest }) => rest),
      }) as unknown as Partial<DesiredRestApi>,
  },
  {
    desc: 'templates, one of them empty, and parameters',
    name: 'rest-lambda',
    change: methodsAt('/out/{id}', (method) => ({
      ...method,
      requestParameters: { 'method.request.path.id': true },
      integration: {
        ...method.integration,
        requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
        requestTemplates: { 'application/json': '', 'text/plain': '$input.body' },
        timeoutInMillis: 700,
      },
    })),
  },
  {
    desc: 'authorizers of other kinds',
    name: 'rest-guards',
    change: ({ authorizers }) => ({
      authorizers: authorizers.map((one) =>
        one.name === 'pool'
          ? { ...one, providerARNs: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_xyz'] }
          : one.name === 'inspect'
            ? { name: one.name, type: 'REQUEST', authorizerUri: one.authorizerUri!, authorizerResultTtlInSeconds: 0 }
            : { ...one, identitySource: 'method.request.header.X-Token', authorizerResultTtlInSeconds: 9 },
      ),
    }),
  },
  {
    desc: 'methods, resources and authorizers that are gone',
    name: 'rest-guards',
    change: ({ methods, authorizers }) => ({
      methods: methods.filter(({ path: at }) => at !== '/pool' && at !== '/token'),
      authorizers: authorizers.filter(({ name }) => name !== 'pool' && name !== 'check'),
    }),
  },
  {
    desc: 'other limits, keys and a plan that is gone',
    name: 'rest-guards',
    change: ({ usagePlans: [free] }) => ({
      usagePlans: [
        {
          name: free!.name,
          description: free!.description,
          quota: { limit: 7, period: 'DAY' },
          apiKeys: [
            { name: 'second', value: '0123456789012345678901', enabled: true },
            { name: 'fourth', enabled: true },
          ],
        },
      ],
    }),
  },
  {
    desc: 'gateway responses and preflights that are gone',
    name: 'rest-cors',
    change: ({ methods }) => ({ gatewayResponses: [], methods: methods.filter(({ httpMethod }) => httpMethod !== 'OPTIONS') }),
  },
];

describe('changes of a REST API on the real services', () => {
  for (const { desc, name, change } of rows) {
    test(desc, async () => {
      const from = desired(name);
      assert.ok(from.restApi);
      const changed = JSON.parse(JSON.stringify({ ...from.restApi, ...change(from.restApi) })) as DesiredRestApi;
      const to: DesiredState = { ...from, restApi: changed };
      const system = await startStagegate({
        host: '127.0.0.1',
        port: 0,
        controlHost: '127.0.0.1',
        controlPort: 0,
        dataDirectory: undefined,
        accountId: '000000000000',
        defaultRegion: from.region,
        auth: 'open',
        dev: true,
        onNotice: () => {},
      });
      const writes: string[] = [];
      const call = (service: string, operation: string, input: Readonly<Record<string, unknown>>) => {
        if (!/^(Get|List|Describe)/.test(operation)) writes.push(operation);
        return system.call(service, operation, input);
      };
      try {
        await applyDesiredState(call, from);
        writes.length = 0;
        await applyDesiredState(call, to);
        assert.notDeepEqual(writes, []);
        writes.length = 0;
        assert.deepEqual((await applyDesiredState(call, to)).changes, []);
        assert.deepEqual(writes, []);
        // And back again.
        await applyDesiredState(call, from);
        writes.length = 0;
        assert.deepEqual((await applyDesiredState(call, from)).changes, []);
        assert.deepEqual(writes, []);
        const { restApi: _, ...none } = from;
        const functions = from.functions.map(({ calledByRestApi: __, ...one }) => one);
        assert.equal((await applyDesiredState(call, { ...none, functions })).restApiId, undefined);
        for (const [operation, items] of [
          ['GetRestApis', 'items'],
          ['GetUsagePlans', 'items'],
          ['GetApiKeys', 'items'],
        ] as const) {
          assert.deepEqual((await system.call('apigateway', operation, {}))[items] ?? [], []);
        }
      } finally {
        await system.close(0);
      }
    });
  }
});
