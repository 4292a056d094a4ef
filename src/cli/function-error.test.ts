import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shortReason, thrownError } from './function-error.ts';

describe('errors of functions', () => {
  const rows: readonly (readonly [reason: string, short: string])[] = [
    [
      'The function failed: {"errorType":"TypeError","errorMessage":"no \\"x\\"","trace":["a","b"]}',
      'The function failed: TypeError: no "x"',
    ],
    [
      'The function failed: {"errorMessage":"Task timed out after 3.00 seconds"}',
      'The function failed: Task timed out after 3.00 seconds',
    ],
    ['The function failed: {"errorType":"Error","errorMessage":"a","trace":["Er', 'The function failed: Error: a'],
    ['The function failed: {"errorType":"Error","errorMessage":"cut of', 'The function failed: Error'],
    ['The function failed: {"errorType":"Error","errorMessage":"","trace":[]}', 'The function failed: Error'],
    ['The function failed: "text"', 'The function failed: "text"'],
    ['No route of this API matches GET /{"errorType":"x"}.', 'No route of this API matches GET /{"errorType":"x"}.'],
  ];
  for (const [reason, short] of rows) test(reason, () => assert.equal(shortReason(reason), short));

  test('what a function threw is its message and its own frames', () => {
    const stack = ['Error: no', '    at f (/a/b.js:1:2)', '    at run (/var/runtime/index.mjs:1:1)', '    at g (node:x:1:1)'];
    assert.deepEqual(thrownError(`Invoke Error \t${JSON.stringify({ stack })}`), [
      'Invoke Error: Error: no',
      '    at f (/a/b.js:1:2)',
    ]);
    assert.deepEqual(thrownError(`Uncaught Exception {"stack":["Error: no"]}`), ['Uncaught Exception: Error: no']);
    for (const other of [
      'Invoke Error \t{"stack":[]}',
      'Invoke Error {',
      'Invoke Error',
      'my own Invoke Error {"stack":["a"]}',
    ]) {
      assert.equal(thrownError(other), undefined, other);
    }
  });
});
