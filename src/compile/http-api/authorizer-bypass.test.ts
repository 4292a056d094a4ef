// No request reaches an integration behind an authorizer without that authorizer's yes, however its path is spelled. Every route of
// the sample APIs has an authorizer and a backend of its own; the double entry is kept by the authorizers' functions (what they were
// asked and said) and by the backends (what they saw).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Integration } from '../../model/http-api.ts';
import { httpApi, httpProxy, lambdaAuthorizer } from '../testing/http-api-builder.ts';
import { bases, methods, mutations, samples } from '../testing/path-mutations.ts';
import { ServedApi } from '../testing/served-api.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3';
const functionUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}/invocations`;

interface Ledger {
  requests: number;
  reached: number;
  refused: number;
}

/** Sends every mutation of every base with every method, with and without credentials. */
function attack(served: ServedApi, check: (method: string, target: string, hasToken: boolean) => boolean): Ledger {
  const ledger = { requests: 0, reached: 0, refused: 0 };
  for (const base of bases) {
    for (const mutate of mutations) {
      for (const method of methods) {
        for (const hasToken of [true, false]) {
          ledger.requests++;
          served.upstreams.calls.length = 0;
          served.ports.functions.events.length = 0;
          served.ports.exchanges.records.length = 0;
          const target = mutate(base);
          served.call({ method, target, headers: hasToken ? [['X-Token', 't']] : [] });
          assert.equal(served.ports.exchanges.records.length, 1);
          if (check(method, target, hasToken)) ledger.reached++;
          else ledger.refused++;
        }
      }
    }
  }
  return ledger;
}

describe('an authorizer of its own for each route', () => {
  for (const stageName of ['$default', 'dev']) {
    for (const resultTtl of [0, 3600]) {
      test(`stage ${stageName}, results kept for ${resultTtl} s`, () => {
        const total: Ledger = { requests: 0, reached: 0, refused: 0 };
        for (const routes of samples) {
          const entries = routes.map((routeKey, i): [string, Integration] => {
            const path = routeKey.slice(routeKey.indexOf(' ') + 1).replace(/\+\}/g, '}');
            return [routeKey, httpProxy(`http://h/route${i}${path}`)];
          });
          const served = new ServedApi(
            httpApi(Object.fromEntries(entries), {
              stageName,
              authorizers: routes.map((_, i) =>
                lambdaAuthorizer(`guard${i}`, {
                  authorizerUri: functionUri(`guard${i}`),
                  identitySource: ['$request.header.X-Token'],
                  authorizerResultTtlInSeconds: resultTtl,
                }),
              ),
              guards: Object.fromEntries(routes.map((routeKey, i) => [routeKey, `guard${i}`])),
            }),
          );
          // The authorizers of every second route refuse.
          const allows = (routeKey: string) => routes.indexOf(routeKey) % 2 === 0;
          const asked = new Set<string>();
          served.ports.functions.handler = (event) => {
            const { routeKey } = JSON.parse(event) as { routeKey: string };
            asked.add(routeKey);
            return { kind: 'returned', payload: JSON.stringify({ isAuthorized: allows(routeKey) }) };
          };
          const ledger = attack(served, (method, target, hasToken) => {
            const record = served.ports.exchanges.records[0];
            const call = served.upstreams.calls[0];
            const what = `${method} ${target} ${hasToken ? 'with' : 'without'} a token`;
            if (call === undefined) {
              assert.ok((record?.status ?? 0) >= 400, `${what}: ${record?.status} of nobody`);
              return false;
            }
            const seenRoute = routes[Number(/^\/route(\d+)/.exec(call.target)?.[1])];
            assert.equal(seenRoute, record?.routeKey, `${what}: the backend of another route saw it`);
            assert.ok(hasToken, `${what}: reached ${seenRoute}`);
            assert.ok(allows(seenRoute ?? ''), `${what}: reached ${seenRoute}, whose authorizer refuses`);
            assert.ok(asked.has(seenRoute ?? ''), `${what}: reached ${seenRoute}, whose authorizer was never asked`);
            if (resultTtl === 0) assert.equal(served.ports.functions.events.length, 1, `${what}: asked once`);
            return true;
          });
          for (const key of ['requests', 'reached', 'refused'] as const) total[key] += ledger[key];
        }
        assert.ok(total.requests > 30_000, `${total.requests} requests`);
        assert.ok(total.reached > 200, `${total.reached} reached a backend`);
        assert.ok(total.refused > 20_000, `${total.refused} were refused`);
      });
    }
  }
});

test('a policy that denies a path denies every spelling of it', () => {
  const served = new ServedApi(
    httpApi(
      { 'ANY /{proxy+}': httpProxy('http://h/{proxy}'), $default: httpProxy('http://h') },
      {
        authorizers: [
          lambdaAuthorizer('edge', { enableSimpleResponses: false, identitySource: [], authorizerUri: functionUri('edge') }),
        ],
        guards: { 'ANY /{proxy+}': 'edge', $default: 'edge' },
      },
    ),
  );
  const denied = ['/admin', '/users/5', '/users/5/secrets', '/a/b/c'];
  const policyDocument = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${arn}/$default/*` },
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: denied.map((path) => `${arn}/$default/*${path}`) },
    ],
  };
  const payload = JSON.stringify({ principalId: 'ann', policyDocument });
  served.ports.functions.handler = () => ({ kind: 'returned', payload });
  const ledger = attack(served, (method, target) => {
    const call = served.upstreams.calls[0];
    if (call === undefined) return false;
    // An encoded slash stays inside its segment: `/users%2F5` is another path than `/users/5`, for policies as for routes.
    const path = decodeURIComponent(call.target.replace(/\?.*$/, '').replace(/%2f/gi, '%252F'));
    assert.ok(!denied.includes(path), `${method} ${target} reached the backend as ${call.target}`);
    return true;
  });
  assert.ok(ledger.reached > 1_000, `${ledger.reached} reached a backend`);
  assert.ok(ledger.refused > 1_000, `${ledger.refused} were refused`);
});
