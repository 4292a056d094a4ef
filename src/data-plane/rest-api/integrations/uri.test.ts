// Queries that are passed on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../http-api/request-parameters.ts';
import { encodeQuery, isPlainQuery } from './uri.ts';

const again = (query: string): string => encodeQuery(parseQuery(query));

test('a plain query is one that decoding and encoding leave as it is', () => {
  for (const query of ['a=1', 'a=', 'limit=10&after=x_y.z~', "q=(a)!*'&b=-", 'A=1&a=1', '__proto__=1&constructor=2']) {
    assert.ok(isPlainQuery(query), query);
    assert.equal(again(query), query);
  }
});

test('everything else is decoded and encoded', () => {
  for (const query of [
    ...[
      '',
      'a',
      '=1',
      'a=1&',
      '&a=1',
      'a=1&&b=2',
      'a=b=c',
      'a=1&b',
      'a+b=1',
      'a=%41',
      'a=1%',
      'a=ü',
      'a=1/2',
      'a[]=1',
      'a=1;b=2',
    ],
    ...['a=1&b=2&a=3', 'a=1&a=2', 'a=1&b=1&c=1&d=1&e=1&f=1&g=1', 'a=1\n'],
  ]) {
    assert.equal(isPlainQuery(query), false, JSON.stringify(query));
  }
  assert.equal(again('a=1&b=2&a=3'), 'a=1&a=3&b=2');
});
