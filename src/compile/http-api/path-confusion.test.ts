// A request never reaches a backend under another route than the one that was matched: the property that keeps authorizers from being
// walked around. Every route of some sample APIs, every mutation of its path, several methods; the oracle resolves what the backend
// received as the most lenient backend would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Integration } from '../../model/http-api.ts';
import { httpApi, httpProxy } from '../testing/http-api-builder.ts';
import { bases, methods, mutations, samples } from '../testing/path-mutations.ts';
import { ServedApi } from '../testing/served-api.ts';

/** Each route's backend path begins with a marker of its own, so that what arrives tells which route let it through. */
function api(routes: readonly string[]): ServedApi {
  const entries = routes.map((routeKey, i): [string, Integration] => {
    const path = routeKey.slice(routeKey.indexOf(' ') + 1).replace(/\+\}/g, '}');
    return [routeKey, httpProxy(`http://h/route${i}${path}`)];
  });
  return new ServedApi(httpApi(Object.fromEntries(entries)));
}

/** Decodes until nothing changes and resolves dots and backslashes: the most lenient reading, except for double encoding. */
function lenient(target: string): string {
  const path = target.replace(/\?.*$/, '');
  const decoded = decodeURIComponent(path)
    .replaceAll('\\', '/')
    .replace(/;[^/]*/g, '');
  const out: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '.' && segment !== '') out.push(segment);
  }
  return `/${out.join('/')}`;
}

test('no mutation of a path leaves its route', () => {
  let requests = 0;
  let reached = 0;
  for (const routes of samples) {
    const served = api(routes);
    for (const base of bases) {
      for (const mutate of mutations) {
        for (const method of methods) {
          requests++;
          served.upstreams.calls.length = 0;
          served.ports.exchanges.records.length = 0;
          const target = mutate(base);
          served.call({ method, target });
          const record = served.ports.exchanges.records[0];
          const call = served.upstreams.calls[0];
          if (call === undefined) {
            assert.ok((record?.status ?? 0) >= 400, `${method} ${target} was answered ${record?.status} by nobody`);
            continue;
          }
          reached++;
          const index = routes.indexOf(record?.routeKey ?? '');
          const literal = (routes[index] as string).replace(/^\S+ /, '').replace(/\/?\{.*$/, '');
          const seen = lenient(call.target);
          const inside =
            seen === `/route${index}${literal}`.replace(/\/$/, '') ||
            seen.startsWith(`/route${index}${literal.replace(/\/$/, '')}/`);
          assert.ok(inside, `${method} ${target} matched ${record?.routeKey} but the backend saw ${call.target}`);
          const routeMethod = (routes[index] as string).split(' ')[0];
          assert.ok(routeMethod === 'ANY' || routeMethod === method, `${method} went through ${routes[index]}`);
        }
      }
    }
  }
  assert.ok(requests > 10_000, `${requests} requests`);
  assert.ok(reached > 500, `${reached} reached a backend`);
});
