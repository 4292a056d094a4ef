import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError } from './gateway-under-test.ts';
import { checkedMethod, checkedQuota } from './usage-plan-rules.ts';

describe('a quota', () => {
  test('has no offset where none is given, and the largest that its period takes', () => {
    assert.deepEqual(checkedQuota({ limit: 1, period: 'DAY' }), { limit: 1, offset: 0, period: 'DAY' });
    for (const quota of [
      { limit: 6, offset: 6, period: 'WEEK' },
      { limit: 27, offset: 27, period: 'MONTH' },
    ]) {
      assert.deepEqual(checkedQuota(quota), quota);
    }
  });

  const period = 'Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]';
  const limit = 'Usage Plan quota limit must be a non-negative numeric';
  const offset = 'Usage Plan quota offset must be';
  const refused: [quota: { limit?: number; offset?: number; period?: string }, message: string][] = [
    [{ limit: 1, period: 'YEAR' }, period],
    [{ limit: 1 }, period],
    [{ limit: 0, period: 'DAY' }, limit],
    [{ limit: -1, period: 'DAY' }, limit],
    [{ limit: 1.5, period: 'DAY' }, limit],
    [{ period: 'DAY' }, limit],
    [{ limit: 9, offset: 1, period: 'DAY' }, `${offset} zero in the DAY period`],
    [{ limit: 9, offset: 7, period: 'WEEK' }, `${offset} between 0 and 6 inclusive in the WEEK period`],
    [{ limit: 99, offset: 28, period: 'MONTH' }, `${offset} between 0 and 27 inclusive in the MONTH period`],
    [{ limit: 99, offset: -1, period: 'MONTH' }, `${offset} between 0 and 27 inclusive in the MONTH period`],
    [{ limit: 1, offset: 2, period: 'MONTH' }, `${offset} less than or equal to the quota limit`],
  ];
  for (const [quota, message] of refused) {
    test(`BadRequestException: ${JSON.stringify(quota)}`, () => {
      assert.throws(() => checkedQuota(quota), awsError('BadRequestException', message));
    });
  }
});

describe('a method of throttles', () => {
  test('is a path and a verb; the root is said in two ways', () => {
    assert.deepEqual(['/pets/{id}/GET', '/GET', '//GET'].map(checkedMethod), ['/pets/{id}/GET', '//GET', '//GET']);
  });

  const refused: [method: string, resourcePath: string, verb: string][] = [
    ['badkey', 'badkey', ''],
    ['/pets/FOO', '/pets', 'FOO'],
    ['pets/GET', 'pets', 'GET'],
  ];
  for (const [method, resourcePath, verb] of refused) {
    test(`BadRequestException: ${method}`, () => {
      const message = `Invalid method {resourcePath: ${resourcePath},method: ${verb}} specified`;
      assert.throws(() => checkedMethod(method), awsError('BadRequestException', message));
    });
  }
});
