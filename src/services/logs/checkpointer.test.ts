import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Checkpointer } from './checkpointer.ts';
import { EventStore } from './event-store.ts';

function withFile(work: (file: string) => Promise<void>) {
  return async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-logs-'));
    try {
      await work(path.join(folder, 'logs.sqlite'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

test(
  'the thread takes the checkpoints over: the file grows, its write-ahead log does not, and nothing is lost',
  withFile(async (file) => {
    const store = new EventStore(file);
    store.addGroup('g');
    const told: boolean[] = [];
    const checkpointer = new Checkpointer({
      file,
      everyBytes: 262_144,
      onTakenOver(takenOver) {
        told.push(takenOver);
        store.checkpointsItself(!takenOver);
      },
      onError: (error) => {
        throw error;
      },
    });
    const batch = Array.from({ length: 500 }, (_, i) => ({ timestamp: i, message: 'x'.repeat(500) }));
    for (let i = 0; i < 200; i++) {
      store.append([{ groupId: 'g', streamName: 's', ingestionTime: 1, events: batch }]);
      checkpointer.written(store.bytesWritten);
      if (i % 5 === 0) await sleep(5);
    }
    for (let i = 0; i < 400 && told.length < 2; i++) {
      await sleep(25);
      checkpointer.written(store.bytesWritten + (i + 1) * 262_144);
    }
    assert.ok(told.length >= 2 && !told.includes(false), `${told.length} checkpoints`);
    assert.ok(statSync(file).size > 20_000_000, 'what was written is in the file');
    await checkpointer.close();
    store.close();
    const again = new EventStore(file);
    assert.equal(again.read({ groupId: 'g', rows: 200_000, bytes: 1e9 }).length, 100_000);
    again.close();
  }),
);

test(
  'when the thread fails, the store does its checkpoints itself again and the operator is told',
  withFile(async (file) => {
    const told: boolean[] = [];
    const errors: unknown[] = [];
    const checkpointer = new Checkpointer({
      file: path.join(file, 'no', 'such', 'folder'),
      everyBytes: 1,
      onTakenOver: (takenOver) => told.push(takenOver),
      onError: (error) => errors.push(error),
    });
    checkpointer.written(1);
    for (let i = 0; i < 400 && errors.length === 0; i++) await sleep(25);
    assert.deepEqual(told, [false]);
    assert.equal(errors.length, 1);
    checkpointer.written(100);
    await checkpointer.close();
  }),
);
