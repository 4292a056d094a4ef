import assert from 'node:assert/strict';
import { closeSync, linkSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ownOutput } from './own-output.ts';

test('a file that output goes to is known, by every name it has, and no other', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-output-'));
  const file = (name: string) => path.join(folder, name);
  const descriptor = openSync(file('out.txt'), 'w');
  try {
    linkSync(file('out.txt'), file('link.txt'));
    writeFileSync(file('handler.js'), '');
    const isOwn = ownOutput([descriptor]);
    assert.deepEqual(['out.txt', 'link.txt', 'handler.js', 'gone.js'].map(file).map(isOwn), [true, true, false, false]);
    assert.equal(ownOutput([])(file('out.txt')), false);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
});
