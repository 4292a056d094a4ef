import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { checkSyntax, isSyntaxErrorLine } from './syntax-error.ts';

describe('syntax errors', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-syntax-'));
  after(() => rmSync(folder, { recursive: true }));

  const rows: readonly (readonly [name: string, text: string, at: readonly [line: number, column: number] | undefined])[] = [
    ['good.js', 'module.exports = 1;\n', undefined],
    ['throws.js', 'throw new Error("never run");\n', undefined],
    ['common.js', 'const a = 1;\nconst b = ;\n', [2, 11]],
    ['module.mjs', 'export const a = 1;\n\nexport const b = ;\n', [3, 18]],
    ['space in name.cjs', 'return }\n', [1, 8]],
  ];
  for (const [name, text, at] of rows) {
    test(name, async () => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      const mistake = await checkSyntax(file);
      if (at === undefined) assert.equal(mistake, undefined);
      else {
        assert.deepEqual(mistake?.place, { file, line: at[0], column: at[1] });
        assert.match(mistake?.message ?? '', /^SyntaxError: /);
      }
    });
  }

  test('only the line of the runtime is one', () => {
    assert.equal(isSyntaxErrorLine('Uncaught Exception \t{"errorType":"Runtime.UserCodeSyntaxError","errorMessage":"x"}'), true);
    assert.equal(isSyntaxErrorLine('SyntaxError: x'), false);
  });
});
