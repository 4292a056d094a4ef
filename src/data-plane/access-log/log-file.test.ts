import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file.ts';

function withFolder(work: (folder: string) => Promise<void>) {
  return async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-access-log-'));
    try {
      await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const losses: string[] = [];
const onLoss = (lines: number, reason: string) => losses.push(`${lines} ${reason}`);

test(
  'lines are appended in order and none is lost by closing; others may not read them',
  withFolder(async (folder) => {
    const target = path.join(folder, 'access.log');
    for (const run of [1, 2]) {
      const file = new LogFile({ target, onLoss });
      for (let i = 0; i < 5_000; i++) {
        file.write(`run ${run} line ${i} ä`);
        if (i % 1_000 === 0) await sleep(1);
      }
      await file.close();
    }
    const lines = readFileSync(target, 'utf8').split('\n');
    assert.equal(lines.length, 10_001);
    assert.equal(lines[4_999], 'run 1 line 4999 ä');
    assert.equal(lines[5_000], 'run 2 line 0 ä');
    assert.equal(statSync(target).mode & 0o007, 0);
    assert.deepEqual(losses, []);
  }),
);

test(
  'a file that was moved away gets a successor',
  withFolder(async (folder) => {
    const target = path.join(folder, 'access.log');
    const file = new LogFile({ target, onLoss });
    file.write('before');
    await file.flush();
    renameSync(target, `${target}.1`);
    await sleep(1_100);
    file.write('after');
    await file.close();
    assert.equal(readFileSync(`${target}.1`, 'utf8'), 'before\n');
    assert.equal(readFileSync(target, 'utf8'), 'after\n');
  }),
);

test(
  'lines beyond the queue are dropped, counted and told; those after are written',
  withFolder(async (folder) => {
    const target = path.join(folder, 'access.log');
    const told: string[] = [];
    const file = new LogFile({ target, queueMax: 1_000, onLoss: (lines, reason) => told.push(`${lines} ${reason}`) });
    for (let i = 0; i < 100; i++) file.write('x'.repeat(99));
    await file.flush();
    assert.deepEqual(told, ['90 they came faster than they can be written']);
    file.write('later');
    await file.close();
    assert.match(readFileSync(target, 'utf8'), /x\nlater\n$/);
  }),
);

test(
  'a file that cannot be opened is told at once',
  withFolder(async (folder) => {
    assert.throws(() => new LogFile({ target: path.join(folder, 'none', 'access.log'), onLoss }), { code: 'ENOENT' });
  }),
);

test('a disk that fails loses lines and says so', {
  skip: process.platform === 'linux' ? false : 'needs /dev/full',
}, async () => {
  const told: string[] = [];
  const file = new LogFile({ target: '/dev/full', onLoss: (lines, reason) => told.push(`${lines} ${reason}`) });
  file.write('one');
  file.write('two');
  await file.close();
  assert.match(told[0] ?? '', /^2 ENOSPC/);
});
