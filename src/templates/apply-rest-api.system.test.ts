// Changes of a service file's REST API against the real services: each patch must be one they take, and what they keep afterwards must
// read back as what was asked for.

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type RunningStagegate, startStagegate } from '../stagegate.ts';
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
    desc: 'other logs',
    name: 'rest-logs',
    change: () => ({
      accessLog: { logGroup: '/logged/other', format: '$context.requestId' },
      executionLog: { level: 'INFO', dataTrace: true },
    }),
  },
  {
    desc: 'logs that are gone',
    name: 'rest-logs',
    change: () => ({ accessLog: undefined, executionLog: undefined }) as unknown as Partial<DesiredRestApi>,
  },
  {
    desc: 'gateway responses and preflights that are gone',
    name: 'rest-cors',
    change: ({ methods }) => ({ gatewayResponses: [], methods: methods.filter(({ httpMethod }) => httpMethod !== 'OPTIONS') }),
  },
];

function start(defaultRegion: string): Promise<RunningStagegate> {
  return startStagegate({
    host: '127.0.0.1',
    port: 0,
    controlHost: '127.0.0.1',
    controlPort: 0,
    dataDirectory: undefined,
    accountId: '000000000000',
    defaultRegion,
    auth: 'open',
    dev: true,
    onNotice: () => {},
  });
}

describe('changes of a REST API on the real services', () => {
  for (const { desc, name, change } of rows) {
    test(desc, async () => {
      const from = desired(name);
      assert.ok(from.restApi);
      const changed = JSON.parse(JSON.stringify({ ...from.restApi, ...change(from.restApi) })) as DesiredRestApi;
      const to: DesiredState = { ...from, restApi: changed };
      const system = await start(from.region);
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

describe('what cors makes', () => {
  const state = desired('rest-cors');

  /** The answer to a request, as `status origin`. */
  function ask(system: RunningStagegate, method: string, target: string, origin: string): Promise<string> {
    const { host } = new URL(system.invokeUrl(state.restApiId, 'dev'));
    const headers = { host, origin };
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: system.port, path: target, method, headers, agent: false });
      request.on('response', (answer) => {
        answer.resume();
        answer.on('end', () => resolve(`${answer.statusCode} ${answer.headers['access-control-allow-origin']}`));
      });
      request.on('error', reject);
      request.end();
    });
  }

  test('preflights and errors of the gateway have their origins', async () => {
    const system = await start(state.region);
    try {
      await applyDesiredState((...call) => system.call(...call), state);
      for (const [method, target, origin, expected] of [
        // The path of several origins: `*` of GET, two of POST; the one that asks is answered.
        ['OPTIONS', '/dev/pets', 'https://x.example.org', '200 https://x.example.org'],
        ['OPTIONS', '/dev/pets', 'https://a.example.com', '200 https://a.example.com'],
        ['OPTIONS', '/dev/strict', 'https://x.example.org', '200 https://x.example.org'],
        ['OPTIONS', '/dev/strict', 'https://x.exampleXorg', '200 https://a.example.com'],
        ['OPTIONS', '/dev/strict', 'https://x.example.org.example.net', '200 https://a.example.com'],
        ['OPTIONS', '/dev/plain', 'https://x.example.org', '200 https://a.example.com'],
        ['OPTIONS', '/dev/anything/below', 'https://x.example.org', '200 https://a.example.com'],
        // A function with integration lambda gets the header from its response.
        ['GET', '/dev/plain', 'https://a.example.com', '200 https://a.example.com'],
        // The resource of the file is about the answers of the gateway.
        ['GET', '/dev', 'https://a.example.com', '403 *'],
      ] as const) {
        assert.equal(await ask(system, method, target, origin), expected, `${method} ${target} from ${origin}`);
      }
    } finally {
      await system.close(0);
    }
  });
});
