import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PathSegment } from '../../model/http-api-plan.ts';
import { isRefusal } from './refusal.ts';
import { RouteTable, type SelectableRoute } from './route-selection.ts';

function route(routeKey: string): SelectableRoute {
  const [method = '', path] = routeKey.split(' ');
  const segments = (path ?? '')
    .split('/')
    .slice(1)
    .filter((text) => text !== '')
    .map((text): PathSegment => {
      if (text.endsWith('+}')) return { kind: 'greedy', name: text.slice(1, -2) };
      if (text.startsWith('{')) return { kind: 'variable', name: text.slice(1, -1) };
      return { kind: 'literal', text };
    });
  return { routeKey, method, segments };
}

/** `routeKey name=value …`, or the kind of refusal. */
function select(keys: readonly string[], method: string, path: string): string {
  const match = new RouteTable(keys.map(route)).select(method, path);
  if (isRefusal(match)) return match.refused;
  return [match.route.routeKey, ...match.pathParameters.map(({ name, value }) => `${name}=${value}`)].join(' ');
}

const documented = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default'];

describe('RouteTable', () => {
  const cases: [desc: string, keys: readonly string[], method: string, path: string, expected: string][] = [
    ['the documented example: full match', documented, 'GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['the documented example: variable', documented, 'GET', '/pets/dog/2', 'GET /pets/dog/{id} id=2'],
    ['the documented example: greedy', documented, 'GET', '/pets/cat/1', 'GET /pets/{proxy+} proxy=cat/1'],
    [
      'the documented example: ANY greedy for another method',
      documented,
      'POST',
      '/pets/dog/1',
      'ANY /{proxy+} proxy=pets/dog/1',
    ],
    ['the documented example: the root is not greedy', documented, 'POST', '/', '$default'],
    ['literal before variable', ['GET /{a}', 'GET /x'], 'GET', '/x', 'GET /x'],
    ['verb before ANY on the same path', ['ANY /x', 'GET /x'], 'GET', '/x', 'GET /x'],
    ['a more specific path with ANY beats a verb', ['ANY /x', 'GET /{a}'], 'GET', '/x', 'ANY /x'],
    ['the next path is asked when the method is missing', ['GET /x', 'POST /{a}'], 'POST', '/x', 'POST /{a} a=x'],
    ['backtracking out of a literal', ['GET /a/b/c', 'GET /{x}/b/d'], 'GET', '/a/b/d', 'GET /{x}/b/d x=a'],
    [
      'a full match beats a greedy one that is longer in literals',
      ['GET /a/{p+}', 'GET /{x}/b'],
      'GET',
      '/a/b',
      'GET /{x}/b x=a',
    ],
    ['the longer greedy prefix wins', ['GET /a/{p+}', 'GET /{q+}'], 'GET', '/a/b', 'GET /a/{p+} p=b'],
    ['greedy backtracks to the parent', ['GET /a/b/{p+}', 'POST /a/{p+}'], 'POST', '/a/b/c', 'POST /a/{p+} p=b/c'],
    ['variables of one place may have different names', ['GET /{a}', 'POST /{b}'], 'POST', '/1', 'POST /{b} b=1'],
    ['no route', ['GET /x'], 'GET', '/y', 'NOT_FOUND'],
    ['no method', ['GET /x'], 'POST', '/x', 'NOT_FOUND'],
    ['HEAD is not served by GET', ['GET /x'], 'HEAD', '/x', 'NOT_FOUND'],
    ['HEAD is served by ANY', ['ANY /x'], 'HEAD', '/x', 'ANY /x'],
    ['the case of the path matters', ['GET /x'], 'GET', '/X', 'NOT_FOUND'],
    ['the root', ['GET /'], 'GET', '/', 'GET /'],
    ['two slashes are not the root', ['GET /'], 'GET', '//', 'NOT_FOUND'],
    ['a trailing slash does not match a literal', ['GET /metrics'], 'GET', '/metrics/', 'NOT_FOUND'],
    ['a trailing slash goes to $default', ['GET /metrics', '$default'], 'GET', '/metrics/', '$default'],
    ['a trailing slash after a variable is not its value', ['GET /u/{id}'], 'GET', '/u/5/', 'GET /u/{id} id=5'],
    ['nor a greedy one', ['GET /u/{p+}'], 'GET', '/u/5/6/', 'GET /u/{p+} p=5/6'],
    ['an empty segment is no variable', ['GET /u/{id}'], 'GET', '/u//', 'NOT_FOUND'],
    ['a greedy variable needs something', ['GET /u/{p+}'], 'GET', '/u/', 'NOT_FOUND'],
    ['double slashes stay in a greedy value', ['GET /u/{p+}'], 'GET', '/u/a//b', 'GET /u/{p+} p=a//b'],
    ['values are decoded', ['GET /u/{id}'], 'GET', '/u/%C3%A9%20x', 'GET /u/{id} id=é x'],
    ['plus is plus in a path', ['GET /u/{id}'], 'GET', '/u/a+b', 'GET /u/{id} id=a+b'],
    ['an encoded letter matches its literal', ['GET /pets'], 'GET', '/%70ets', 'GET /pets'],
    ['%2F never separates: one parameter', ['GET /{a}', 'GET /{a}/{b}'], 'GET', '/x%2Fy', 'GET /{a} a=x/y'],
    ['%2F never separates: no literal', ['GET /a/b', '$default'], 'GET', '/a%2Fb', '$default'],
    ['double encoding is decoded once', ['GET /{a}'], 'GET', '/%252F', 'GET /{a} a=%2F'],
    ['dot segments are refused', ['ANY /{p+}', '$default'], 'GET', '/a/../b', 'BAD_REQUEST'],
    ['encoded dot segments are refused', ['ANY /{p+}', '$default'], 'GET', '/a/%2e%2E/b', 'BAD_REQUEST'],
    ['a single dot is refused', ['$default'], 'GET', '/./a', 'BAD_REQUEST'],
    ['dot segments between encoded slashes are refused', ['GET /{a}'], 'GET', '/x%2F..%2Fy', 'BAD_REQUEST'],
    ['dot segments between encoded backslashes are refused', ['GET /{a}'], 'GET', '/..%5Cy', 'BAD_REQUEST'],
    ['dot segments with parameters are refused', ['ANY /{p+}'], 'GET', '/a/..;x/b', 'BAD_REQUEST'],
    ['dots inside names are ordinary', ['GET /{a}'], 'GET', '/.well-known..json.', 'GET /{a} a=.well-known..json.'],
    ['three dots are a name', ['GET /{a}'], 'GET', '/...', 'GET /{a} a=...'],
    ['NUL is refused', ['$default'], 'GET', '/a%00', 'BAD_REQUEST'],
    ['CR is refused', ['$default'], 'GET', '/a%0d', 'BAD_REQUEST'],
    ['overlong UTF-8 is refused', ['$default'], 'GET', '/%c0%af', 'BAD_REQUEST'],
    ['a broken escape is refused', ['$default'], 'GET', '/%zz', 'BAD_REQUEST'],
    ['semicolons are ordinary', ['GET /a', 'GET /{v}'], 'GET', '/a;x=1', 'GET /{v} v=a;x=1'],
    ['prototype members are ordinary', ['GET /a'], 'GET', '/__proto__', 'NOT_FOUND'],
    ['prototype members are ordinary methods', ['GET /a'], 'constructor', '/a', 'NOT_FOUND'],
  ];
  for (const [desc, keys, method, path, expected] of cases) {
    test(desc, () => assert.equal(select(keys, method, path), expected));
  }

  test('the raw value keeps its encoding for the backend', () => {
    const match = new RouteTable([route('GET /{a}/{p+}')]).select('GET', '/x%2Fy/b%20c/d');
    assert.ok(!isRefusal(match));
    assert.deepEqual(
      match.pathParameters.map(({ raw }) => raw),
      ['x%2Fy', 'b%20c/d'],
    );
  });

  test('agrees with a linear reading of the rules for random tables and paths', () => {
    const random = seeded(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 400; round++) {
      const keys = new Map<string, string>();
      for (let i = 0; i < 8; i++) {
        const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(['a', 'b', '{v}']));
        if (random() < 0.3) parts.push('{p+}');
        const key = `${pick(['GET', 'POST', 'ANY'])} /${parts.join('/')}`;
        keys.set(key, key);
      }
      const table = [...keys.values()];
      for (let i = 0; i < 10; i++) {
        const path = `/${Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(['a', 'b', 'c'])).join('/')}`;
        const method = pick(['GET', 'POST', 'PUT']);
        assert.equal(
          select(table, method, path).split(' ').slice(0, 2).join(' '),
          linear(table, method, path),
          `${method} ${path} in ${table}`,
        );
      }
    }
  });
});

/** The rules read one after the other: all candidates, sorted by their rank. */
function linear(keys: readonly string[], method: string, path: string): string {
  const segments = path.split('/').slice(1);
  const candidates = keys.map(route).filter(({ method: routeMethod, segments: pattern }) => {
    if (routeMethod !== 'ANY' && routeMethod !== method) return false;
    const greedy = pattern.at(-1)?.kind === 'greedy';
    if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return false;
    return pattern.every((segment, i) => segment.kind !== 'literal' || segment.text === segments[i]);
  });
  const rank = (candidate: SelectableRoute) =>
    (candidate.segments.at(-1)?.kind === 'greedy' ? '1' : '0') +
    candidate.segments.map(({ kind }) => ({ literal: '0', variable: '1', greedy: '2' })[kind]).join('') +
    (candidate.method === 'ANY' ? '~1' : '~0');
  candidates.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return candidates[0]?.routeKey ?? 'NOT_FOUND';
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
