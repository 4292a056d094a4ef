import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { CommitQueue } from './commit-queue.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { StoreError } from './store-error.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const at = (id: string) => ({ scope, kind: 'test/thing', parent: '', id });

/** Fails the commits it is told to fail, as a disk does: before the bytes are down, or after. */
class FailingLedger extends SqliteLedger {
  fail: 'before' | 'after' | undefined;

  protected override commitDurably(database: DatabaseSync): void {
    const fail = this.fail;
    this.fail = undefined;
    if (fail === 'before') throw diskError();
    super.commitDurably(database);
    if (fail === 'after') throw diskError();
  }
}

/** SQLITE_IOERR_FSYNC, in the form of node:sqlite. */
function diskError(): Error {
  return Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 1034 });
}

describe('a commit that fails on the disk', () => {
  for (const fail of ['before', 'after'] as const) {
    test(`${fail} the bytes were down: the caller gets an error, what is true afterwards is told to subscribers`, async () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-ledger-'));
      const ledger = new FailingLedger(path.join(directory, 'x.sqlite'), 1000);
      const queue = new CommitQueue(ledger, 8, (error) => assert.fail(String(error)));
      try {
        const heard: string[] = [];
        queue.subscribe((changes, revision) => {
          heard.push(...changes.map(({ key }) => `${revision} ${key.id}`));
        });
        await queue.transact((transaction) => transaction.put(at('a'), {}));
        ledger.fail = fail;
        const both = await Promise.allSettled([
          queue.transact((transaction) => transaction.put(at('b'), {})),
          queue.transact((transaction) => transaction.put(at('c'), {})),
        ]);
        for (const result of both) {
          assert.equal(result.status, 'rejected');
          assert.ok(result.status === 'rejected' && result.reason instanceof StoreError && result.reason.code === 'io');
        }
        assert.deepEqual(heard, fail === 'after' ? ['1 a', '2 b', '3 c'] : ['1 a']);
        await queue.transact((transaction) => transaction.put(at('d'), {}));
        assert.deepEqual(heard, fail === 'after' ? ['1 a', '2 b', '3 c', '4 d'] : ['1 a', '2 d']);
        const there = await queue.transact((transaction) => transaction.scan('test/thing'));
        assert.deepEqual(
          there.map(({ key }) => key.id),
          fail === 'after' ? ['a', 'b', 'c', 'd'] : ['a', 'd'],
        );
        assert.equal(ledger.revision, fail === 'after' ? 4 : 2);
      } finally {
        await queue.close();
        ledger.close();
        rmSync(directory, { recursive: true, force: true });
      }
    });
  }
});
