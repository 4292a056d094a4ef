import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareRoutes, parseRouteKey } from '../../compile/http-api/route-key.ts';
import { compareRouteKeys, takesOver } from './route-precedence.ts';

describe('takesOver', () => {
  const rows: readonly (readonly [gone: string, other: string, yes: boolean])[] = [
    ['GET /admin', '$default', true],
    ['GET /admin', 'ANY /{proxy+}', true],
    ['GET /admin', 'POST /{proxy+}', false],
    ['GET /admin', 'ANY /admin', true],
    ['GET /admin', 'GET /{id}', true],
    ['GET /admin', 'GET /{id}/x', false],
    ['GET /admin/{id}', 'GET /{kind}/{id}', true],
    ['GET /admin/{id}', 'GET /shop/{proxy+}', false],
    ['GET /{id}', 'GET /admin', false],
    ['ANY /{proxy+}', 'GET /health', false],
    ['ANY /{proxy+}', '$default', true],
    ['ANY /a/{proxy+}', 'GET /{proxy+}', true],
    ['$default', 'ANY /{proxy+}', false],
    ['$default', 'GET /', false],
    ['GET /', 'ANY /{proxy+}', true],
    ['GET /a%20b', 'ANY /a%20b', true],
  ];
  for (const [gone, other, yes] of rows) {
    test(`${other} ${yes ? 'takes over' : 'leaves alone'} ${gone}`, () => assert.equal(takesOver(other, gone), yes));
  }

  test('routes are asked in the order in which the gateway asks them', () => {
    const paths = ['/', '/a', '/{x}', '/a/b', '/a/{x}', '/{x}/b', '/{x}/{y}', '/{p+}', '/a/{p+}', '/{x}/{p+}'];
    const keys = ['$default', ...['GET', 'ANY'].flatMap((method) => paths.map((path) => `${method} ${path}`))];
    for (const a of keys) {
      for (const b of keys) {
        // Two routes of which no request matches both have no order that could be seen.
        if (!takesOver(a, b) && !takesOver(b, a)) continue;
        const expected = Math.sign(compareRoutes(parseRouteKey(a), parseRouteKey(b)));
        assert.equal(Math.sign(compareRouteKeys(a, b)), expected, `${a} and ${b}`);
      }
    }
  });
});
