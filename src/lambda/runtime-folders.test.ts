import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RUNTIME_FOLDER_PREFIX, sweepRuntimeFolders } from './runtime-folders.ts';

test('folders of gateways that are gone are removed, all others stay', () => {
  const parent = mkdtempSync(path.join(tmpdir(), 'sweep-'));
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const names = {
    gone: `${RUNTIME_FOLDER_PREFIX}${gone}-abc`,
    own: `${RUNTIME_FOLDER_PREFIX}${process.pid}-abc`,
    foreign: 'stagegate-functions-of-somebody',
  };
  try {
    for (const name of Object.values(names)) mkdirSync(path.join(parent, name, 'inner'), { recursive: true });
    sweepRuntimeFolders(parent);
    assert.equal(existsSync(path.join(parent, names.gone)), false);
    assert.equal(existsSync(path.join(parent, names.own)), true);
    assert.equal(existsSync(path.join(parent, names.foreign)), true);
    sweepRuntimeFolders(path.join(parent, 'not-there'));
  } finally {
    rmSync(parent, { recursive: true });
  }
});
