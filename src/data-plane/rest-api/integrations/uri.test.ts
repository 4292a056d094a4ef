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

test('a plain query is one that a pattern of it matches, with no name twice', () => {
  const pattern = /^[A-Za-z0-9_.~*!'()-]+=[A-Za-z0-9_.~*!'()-]*(?:&[A-Za-z0-9_.~*!'()-]+=[A-Za-z0-9_.~*!'()-]*)*$/;
  const pieces = ['a', 'b', '=', '&', '%20', '+', ';', 'ü', '~', '==', '&&', 'a=1', 'b=', 'c=2&', ''];
  let plain = 0;
  for (let seed = 0; seed < 20_000; seed++) {
    let rest = seed * 7919 + 13;
    let query = '';
    for (let i = 0; i < 1 + (seed % 5); i++) {
      query += pieces[rest % pieces.length];
      rest = Math.floor(rest / pieces.length) + seed;
    }
    const names = query.split('&').map((pair) => pair.split('=')[0]);
    const expected = pattern.test(query) && new Set(names).size === names.length;
    assert.equal(isPlainQuery(query), expected, query);
    if (expected) plain++;
  }
  assert.ok(plain > 500, `${plain} of them are plain`);
});
