import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../config/user-error.ts';
import { findServiceFile } from './find-service-file.ts';

interface Row {
  readonly desc: string;
  readonly files: readonly string[];
  /** In the folder of the row. */
  readonly target?: string;
  readonly found?: string;
  readonly message?: RegExp;
  readonly fix?: RegExp;
}

const rows: readonly Row[] = [
  { desc: 'serverless.yml before .json', files: ['serverless.json', 'serverless.yml'], found: 'serverless.yml' },
  { desc: 'serverless.yaml', files: ['serverless.yaml'], found: 'serverless.yaml' },
  { desc: 'a file of another name', files: ['users.yml'], target: 'users.yml', found: 'users.yml' },
  { desc: 'code', files: ['serverless.ts'], found: 'serverless.ts' },
  { desc: 'a serverless.yml before code', files: ['serverless.ts', 'serverless.yml'], found: 'serverless.yml' },
  { desc: 'code, named', files: ['serverless.mjs'], target: 'serverless.mjs', found: 'serverless.mjs' },
  {
    desc: 'other code, named',
    files: ['handler.js'],
    target: 'handler.js',
    message: /is not a serverless/,
    fix: /Name a serverless/,
  },
  { desc: 'several services', files: ['serverless-compose.yml'], message: /serverless-compose\.yml/, fix: /on its own/ },
  { desc: 'a folder above', files: ['serverless.yml', 'src/a/x.js'], target: 'src/a', fix: /stagegate dev \.\.\/\.\.$|dev \S+$/ },
  {
    desc: 'folders below',
    files: ['services/a/serverless.yml', 'services/b/serverless.yml', 'node_modules/x/serverless.yml'],
    fix: /^Services are in services\/a, services\/b: stagegate dev services\/a\.$/,
  },
  { desc: 'none', files: ['package.json'], message: /There is no serverless\.yml/, fix: /Go to the folder/ },
];

describe('findServiceFile', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'stagegate-find-'));
  after(() => rmSync(root, { recursive: true }));

  for (const [index, row] of rows.entries()) {
    test(row.desc, () => {
      const folder = path.join(root, String(index));
      for (const name of row.files) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), '');
      }
      if (row.found !== undefined) {
        assert.equal(findServiceFile(row.target, folder), path.join(folder, row.found));
        return;
      }
      assert.throws(
        () => findServiceFile(row.target, folder),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, row.message ?? /./);
          assert.match(error.fix, row.fix ?? /./);
          return true;
        },
      );
    });
  }
});
