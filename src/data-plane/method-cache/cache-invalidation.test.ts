import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Invalidation, type InvalidationSettings, invalidationOf } from './cache-invalidation.ts';

type Strategy = InvalidationSettings['unauthorizedCacheControlHeaderStrategy'];
const warning = '199 Cache-control headers were ignored because the caller was unauthorized.';

const rows: [desc: string, header: string | undefined, strategy: Strategy | 'open', may: boolean, found: Invalidation][] = [
  ['no header', undefined, 'FAIL_WITH_403', false, { kind: 'none' }],
  ['another directive', 'no-cache', 'FAIL_WITH_403', false, { kind: 'none' }],
  ['a later age', 'max-age=10', 'FAIL_WITH_403', false, { kind: 'none' }],
  ['max-age=0, anybody may', 'max-age=0', 'open', false, { kind: 'refresh' }],
  ['max-age=0, the caller may', 'max-age=0', 'FAIL_WITH_403', true, { kind: 'refresh' }],
  ['in other spelling, among others', 'no-store, Max-Age = 0', 'open', false, { kind: 'refresh' }],
  ['may not, 403', 'max-age=0', 'FAIL_WITH_403', false, { kind: 'refused' }],
  ['may not, with a header', 'max-age=0', 'SUCCEED_WITH_RESPONSE_HEADER', false, { kind: 'ignored', warning }],
  ['may not, without one', 'max-age=0', 'SUCCEED_WITHOUT_RESPONSE_HEADER', false, { kind: 'ignored', warning: undefined }],
];
for (const [desc, header, strategy, may, found] of rows) {
  test(desc, () => {
    const settings: InvalidationSettings = {
      requireAuthorizationForCacheControl: strategy !== 'open',
      unauthorizedCacheControlHeaderStrategy: strategy === 'open' ? 'FAIL_WITH_403' : strategy,
    };
    assert.deepEqual(
      invalidationOf(header, settings, () => may),
      found,
    );
  });
}

test('nobody is asked about a caller who asks for nothing', () => {
  const settings: InvalidationSettings = {
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403',
  };
  invalidationOf('max-age=1', settings, () => assert.fail('asked'));
});
