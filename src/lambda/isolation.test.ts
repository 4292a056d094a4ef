// The tiers of isolation: what each gives on this machine, and what a developer's folder sees.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { probeIsolation } from './isolation.ts';
import { ROLE, startLambda } from './testing/started-lambda.ts';

const withBwrap =
  spawnSync('bwrap', ['--version']).status === 0 ? {} : { skip: 'bubblewrap is not installed: its tier is not tested' };

let project: string;
before(() => {
  project = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagegate-project-')));
  mkdirSync(path.join(project, '.stagegate'));
  writeFileSync(path.join(project, '.stagegate/secret'), 'key');
  const source = `const fs = require("fs"); const look = (p) => { try { return fs.readdirSync(p) } catch (e) { return e.code } };
exports.handler = async () => ({ data: look(__dirname + "/.stagegate"), root: look("/root") === "ENOENT", file: __filename });`;
  writeFileSync(path.join(project, 'index.js'), source);
});
after(() => rmSync(project, { recursive: true, force: true }));

test('process is given without looking further', async () => {
  const isolation = await probeIsolation('process');
  assert.deepEqual([isolation.tier, isolation.reason], ['process', undefined]);
});

describe('a folder as a function', withBwrap, () => {
  const rows = [
    { isolation: 'auto', seesData: true, hasRoot: false },
    { isolation: 'bwrap', seesData: false, hasRoot: true },
  ] as const;
  for (const row of rows) {
    test(`with --isolation ${row.isolation}`, async () => {
      const lambda = await startLambda({ dataDirectory: path.join(project, '.stagegate'), isolation: row.isolation });
      try {
        await lambda.call('CreateFunction', {
          FunctionName: 'folder',
          Role: ROLE,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { S3Bucket: 'hot-reload', S3Key: project },
        });
        const seen = (await lambda.invoke('folder')).payload as { data: string[]; root: boolean; file: string };
        assert.equal(seen.file, path.join(project, 'index.js'));
        assert.equal(seen.data.includes('secret'), row.seesData, JSON.stringify(seen.data));
        assert.equal(seen.root, row.hasRoot);
      } finally {
        await lambda.close();
      }
    });
  }
});
