// No request reaches an integration behind an authorizer without that authorizer's yes, however its path is spelled. Every method of the
// sample APIs has an authorizer and a backend of its own; the double entry is kept by the authorizers' functions (which of them were
// asked, and what they said) and by the backends (what they saw).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BoundFunction, FunctionTarget } from '../../data-plane/ports.ts';
import { FakeFunctions } from '../../data-plane/testing/fake-ports.ts';
import type { RestAuthorizer } from '../../model/rest-api.ts';
import { bases, methods, mutations, samples } from '../testing/path-mutations.ts';
import { httpProxy, type MethodOptions, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

/** Authorizers that say yes for every second route; they remember who was asked. */
class Guards extends FakeFunctions {
  readonly asked: number[] = [];

  override bind({ functionArn }: FunctionTarget): BoundFunction {
    const index = Number(/guard(\d+)$/.exec(functionArn)?.[1]);
    return {
      invoke: (_event, _traceId, receiver) => {
        this.asked.push(index);
        const Effect = allows(index) ? 'Allow' : 'Deny';
        const policyDocument = { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource: '*' }] };
        receiver.onFunctionResult({ kind: 'returned', payload: JSON.stringify({ principalId: 'ann', policyDocument }) });
      },
      enqueue: () => assert.fail('Nothing here is asynchronous.'),
    };
  }
}

const allows = (index: number): boolean => index % 2 === 0;

function guard(index: number, type: 'TOKEN' | 'REQUEST', authorizerResultTtlInSeconds: number): RestAuthorizer {
  return {
    id: `guard${index}`,
    name: `guard${index}`,
    type,
    authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:guard${index}/invocations`,
    identitySource: 'method.request.header.X-Token',
    authorizerResultTtlInSeconds,
  };
}

describe('an authorizer of its own for each method', () => {
  for (const type of ['TOKEN', 'REQUEST'] as const) {
    for (const ttl of [0, 3600]) {
      test(`${type}, results kept for ${ttl} s`, () => {
        const total = { requests: 0, reached: 0, refused: 0 };
        for (const routes of samples) {
          const functions = new Guards();
          const entries = routes.map((routeKey, i): [string, MethodOptions] => [
            routeKey,
            { authorizationType: 'CUSTOM', authorizerId: `guard${i}`, integration: httpProxy(`http://h/route${i}`) },
          ]);
          const served = new ServedRestApi(
            restApi(Object.fromEntries(entries), { authorizers: routes.map((_, i) => guard(i, type, ttl)) }),
            { ports: { functions } },
          );
          const everAsked = new Set<number>();
          for (const base of bases) {
            for (const mutate of mutations) {
              for (const method of methods) {
                for (const hasToken of [true, false]) {
                  const target = mutate(base);
                  const what = `${method} ${target} ${hasToken ? 'with' : 'without'} a token`;
                  served.upstreams.calls.length = 0;
                  served.ports.exchanges.records.length = 0;
                  functions.asked.length = 0;
                  total.requests++;
                  const headers: [string, string][] = hasToken ? [['X-Token', 't']] : [];
                  // Every third request asks for another method than its own.
                  if (total.requests % 3 === 0) headers.push(['X-HTTP-Method-Override', 'GET']);
                  const answer = served.call({ method, target, headers });
                  for (const index of functions.asked) everAsked.add(index);
                  assert.equal(answer.answers, 1, what);
                  const record = served.ports.exchanges.records[0];
                  const call = served.upstreams.calls[0];
                  if (call === undefined) {
                    assert.ok(answer.status >= 400, `${what}: ${answer.status} of nobody`);
                    total.refused++;
                    continue;
                  }
                  total.reached++;
                  const index = Number(/^\/route(\d+)/.exec(call.target)?.[1]);
                  assert.equal(routes[index], record?.routeKey, `${what}: the backend of another method saw it`);
                  assert.ok(hasToken, `${what}: reached ${routes[index]}`);
                  assert.ok(allows(index), `${what}: reached ${routes[index]}, whose authorizer refuses`);
                  assert.ok(everAsked.has(index), `${what}: reached ${routes[index]}, whose authorizer was never asked`);
                  if (ttl === 0) assert.deepEqual(functions.asked, [index], `${what}: its authorizer is asked, once`);
                }
              }
            }
          }
        }
        assert.ok(total.requests > 15_000, `${total.requests} requests`);
        assert.ok(total.reached > 200, `${total.reached} reached a backend`);
        assert.ok(total.refused > 10_000, `${total.refused} were refused`);
      });
    }
  }
});
