// The comparison itself: a harness that finds no difference where there is one proves nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';

const options = { account: '000000000000', laterMembers: new Set(['Newer']) };
const paths = (expected: unknown, actual: unknown, bindings = new Map<string, string>()) =>
  compare(expected, actual, 'r', bindings, options).map((difference) => difference.path);

const rows: { desc: string; expected: unknown; actual: unknown; differs: string[] }[] = [
  { desc: 'equal', expected: { a: [1, 'x'] }, actual: { a: [1, 'x'] }, differs: [] },
  { desc: 'another number', expected: { a: 1 }, actual: { a: 2 }, differs: ['r.a'] },
  { desc: 'a number as text', expected: { a: 1 }, actual: { a: '1' }, differs: ['r.a'] },
  { desc: 'a missing member', expected: { a: 1 }, actual: {}, differs: ['r.a'] },
  { desc: 'a member too many', expected: {}, actual: { a: 1 }, differs: ['r.a'] },
  { desc: 'a member AWS added later', expected: {}, actual: { Newer: 1 }, differs: [] },
  { desc: 'a longer list', expected: [1], actual: [1, 2], differs: ['r'] },
  { desc: 'the same id twice', expected: ['<id:1>', 'x-<id:1>'], actual: ['abc', 'x-abc'], differs: [] },
  { desc: 'another id the second time', expected: ['<id:1>', 'x-<id:1>'], actual: ['abc', 'x-abd'], differs: ['r.1'] },
  { desc: 'an id twice in one text', expected: '<id:1>/<id:1>', actual: 'a/b', differs: ['r'] },
  { desc: 'an unnumbered id', expected: ['<uuid>', '<uuid>'], actual: ['a', 'b'], differs: [] },
  {
    desc: 'account and region',
    expected: 'arn:<partition>:lambda:<region>:111111111111:f',
    actual: 'arn:aws:lambda:us-east-1:000000000000:f',
    differs: [],
  },
  { desc: 'another account', expected: 'a:111111111111', actual: 'a:222222222222', differs: ['r'] },
  { desc: 'a time', expected: 'date', actual: '2026-01-01T00:00:00.000+0000', differs: [] },
  { desc: 'no time', expected: 'date', actual: 'soon', differs: ['r'] },
  { desc: 'a document in a text', expected: { a: 1 }, actual: '{"a":1}', differs: [] },
  { desc: 'another interpreter', expected: 'python3.12', actual: 'nodejs22.x', differs: ['r'] },
  { desc: 'code elsewhere', expected: 'File "/var/task/a.py", line 2', actual: 'File "/data/code/1/a.py", line 2', differs: [] },
  { desc: 'other code', expected: 'File "/var/task/a.py", line 2', actual: 'File "/data/code/1/b.py", line 2', differs: ['r'] },
  { desc: 'text with signs of a pattern', expected: 'a.b(c)', actual: 'aXb(c)', differs: ['r'] },
  { desc: 'null', expected: null, actual: null, differs: [] },
];
for (const row of rows) {
  test(`${row.desc} ${row.differs.length === 0 ? 'is no difference' : 'is a difference'}`, () => {
    assert.deepEqual(paths(row.expected, row.actual), row.differs);
  });
}

test('another interpreter is no difference where functions are made in another language on purpose', () => {
  const found = compare('python3.12', 'nodejs22.x', 'r', new Map(), { ...options, anyRuntime: true });
  assert.deepEqual(found, []);
});
