import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ownFrames, shortReason, thrownError } from './function-error.ts';

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
    [
      'The function failed: {"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module \'x\'\\nRequire stack:\\n- /a"}',
      "The function failed: Runtime.ImportModuleError: Error: Cannot find module 'x'",
    ],
    [
      'The function failed: {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 7fab295b-9d4c-45bd-b865-cb0c8b318bd4 Error: Task timed out after 1.00 seconds"}',
      'The function failed: Sandbox.Timedout: Task timed out after 1.00 seconds',
    ],
    ['No route of this API matches GET /{"errorType":"x"}.', 'No route of this API matches GET /{"errorType":"x"}.'],
  ];
  for (const [reason, short] of rows) test(reason, () => assert.equal(shortReason(reason), short));

  test('frames of the runtime that calls the handler are left out, texts that look like them are not', () => {
    const bootstrap = '    at invoke (/opt/stagegate/src/lambda/bootstraps/node/bootstrap.cjs:146:20)';
    assert.deepEqual(ownFrames(['Error: a', '    at f (/a.js:1:1)', bootstrap, '    at Pipe.x (node:internal/y:1:1)', 'more']), [
      'Error: a',
      '    at f (/a.js:1:1)',
      'more',
    ]);
    assert.deepEqual(ownFrames(['    at first', 'at noon']), ['    at first', 'at noon']);
  });

  test('what a function threw is its message and its own frames', () => {
    const stack = ['Error: no', '    at f (/a/b.js:1:2)', '    at run (/var/runtime/index.mjs:1:1)', '    at g (node:x:1:1)'];
    assert.deepEqual(thrownError(`Invoke Error \t${JSON.stringify({ stack })}`), [
      'Invoke Error: Error: no',
      '    at f (/a/b.js:1:2)',
    ]);
    assert.deepEqual(thrownError(`Uncaught Exception {"stack":["Error: no"]}`), ['Uncaught Exception: Error: no']);
    assert.deepEqual(thrownError('Invoke Error \t"just text"'), ['Invoke Error: just text']);
    const load = [
      'Error: no',
      '    at Object.<anonymous> (/a/b.js:1:2)',
      '    at Module._load (node:internal/modules/cjs/loader:1:1)',
    ];
    assert.deepEqual(thrownError(`Uncaught Exception {"stack":${JSON.stringify(load)}}`), [
      'Uncaught Exception: Error: no',
      '    at Object.<anonymous> (/a/b.js:1:2)',
    ]);
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
