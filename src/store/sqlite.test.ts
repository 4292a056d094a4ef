import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { Scope } from '../model/scope.ts';
import { openSqliteStore } from './sqlite.ts';
import { openSqliteConnection } from './sqlite-connection.ts';
import { describeStoreContract } from './store-contract.ts';
import { StoreError } from './store-error.ts';

const scope: Scope = { account: '000000000000', region: 'us-east-1' };
const at = (id: string) => ({ scope, kind: 'test/thing', parent: '', id });

function withDirectory(work: (directory: string) => Promise<void>) {
  return async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-store-'));
    try {
      await work(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

const isStoreError = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof StoreError && error.code === code && text.test(error.message);

describeStoreContract('sqlite', async (changeLogRows) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-store-'));
  const reported: unknown[] = [];
  const store = await openSqliteStore({ directory, changeLogRows, report: (error) => reported.push(error) });
  return { store, reported, dispose: async () => rmSync(directory, { recursive: true, force: true }) };
});

describe('sqlite: the directory', () => {
  test(
    'documents, revision, change log and blobs are there again after close and open',
    withDirectory(async (directory) => {
      const nested = path.join(directory, 'made', 'on demand');
      const first = await openSqliteStore({ directory: nested });
      await first.transact((transaction) => transaction.put(at('a'), { n: 1 }));
      for (const name of ['stagegate.sqlite', 'stagegate.sqlite-wal', 'stagegate.sqlite-shm']) {
        assert.equal(statSync(path.join(nested, name)).mode & 0o777, 0o600, name);
      }
      const blob = await first.putBlob(Buffer.from('code'));
      await first.close();
      assert.equal(statSync(nested).mode & 0o777, 0o700);
      assert.deepEqual(readdirSync(nested).sort(), ['blobs', 'lock', 'stagegate.sqlite']);
      const second = await openSqliteStore({ directory: nested });
      assert.deepEqual(await second.get(at('a')), { n: 1 });
      assert.equal(second.revision(), 1);
      assert.equal((await second.changesSince(0))?.length, 1);
      assert.deepEqual(Buffer.from((await second.getBlob(blob)) ?? []), Buffer.from('code'));
      await second.close();
    }),
  );

  test(
    'belongs to one process: the second is told which one has it',
    withDirectory(async (directory) => {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testdata/acknowledging-writer.ts'), directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await linesUntil(child, (lines) => lines.length > 2);
        await assert.rejects(
          openSqliteStore({ directory }),
          isStoreError('locked', new RegExp(`in use by process ${child.pid}\\. Stop that process, or start with another`)),
        );
      } finally {
        await killed(child);
      }
      const store = await openSqliteStore({ directory });
      await assert.rejects(openSqliteStore({ directory }), isStoreError('locked', new RegExp(`process ${process.pid}\\.`)));
      await store.transact((transaction) => transaction.put(at('still works'), {}));
      await store.close();
    }),
  );

  test(
    'is refused when a newer program, another build or another application wrote it',
    withDirectory(async (directory) => {
      await (await openSqliteStore({ directory })).close();
      const change = (sql: string) => {
        const database = new DatabaseSync(path.join(directory, 'stagegate.sqlite'));
        database.exec(sql);
        database.close();
      };
      change(`INSERT INTO migrations VALUES (2, 'later', 'x', '2030-01-01')`);
      await assert.rejects(
        openSqliteStore({ directory }),
        isStoreError('newer', /newer Stagegate \(schema 2; this program knows 1\)/),
      );
      change(`DELETE FROM migrations WHERE number = 2; UPDATE migrations SET checksum = 'other'`);
      await assert.rejects(openSqliteStore({ directory }), isStoreError('unsuitable', /another build/));
      change('PRAGMA application_id = 7');
      await assert.rejects(openSqliteStore({ directory }), isStoreError('unsuitable', /another program/));
    }),
  );

  test(
    'is refused when it cannot hold a database, and the lock is free afterwards',
    withDirectory(async (directory) => {
      const file = path.join(directory, 'file');
      writeFileSync(file, 'x');
      await assert.rejects(
        openSqliteStore({ directory: path.join(file, 'below') }),
        isStoreError('unsuitable', /cannot be used/),
      );
      writeFileSync(path.join(directory, 'stagegate.sqlite'), 'this is not a database, it is a text file'.repeat(100));
      await assert.rejects(openSqliteStore({ directory }), isStoreError('corrupt', /damaged/));
      rmSync(path.join(directory, 'stagegate.sqlite'));
      await (await openSqliteStore({ directory })).close();
    }),
  );

  test(
    'the durability settings are the agreed ones, on both kinds of connection',
    withDirectory(async (directory) => {
      const file = path.join(directory, 'x.sqlite');
      const writer = openSqliteConnection(file, 'writer');
      writer.exec('CREATE TABLE t (a INTEGER) STRICT');
      const reader = openSqliteConnection(file, 'reader');
      for (const database of [writer, reader]) {
        const read = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
        assert.deepEqual(
          ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'trusted_schema', 'cell_size_check', 'temp_store'].map(
            read,
          ),
          ['wal', 2, 1, 5000, 0, 1, 2],
        );
        assert.equal(read('wal_autocheckpoint'), 1000);
      }
      assert.throws(() => reader.exec('INSERT INTO t VALUES (1)'), /readonly/);
      reader.close();
      writer.close();
    }),
  );
});

describe('sqlite: blobs', () => {
  test(
    'a damaged file is found out when it is read and mended when its content comes again; half-written ones go',
    withDirectory(async (directory) => {
      const store = await openSqliteStore({ directory });
      const name = await store.putBlob(Buffer.from('precious'));
      const [file = ''] = readdirSync(path.join(directory, 'blobs'));
      truncateSync(path.join(directory, 'blobs', file), 3);
      await assert.rejects(store.getBlob(name), isStoreError('corrupt', /damaged/));
      await store.putBlob(Buffer.from('precious'));
      assert.deepEqual(Buffer.from((await store.getBlob(name)) ?? []), Buffer.from('precious'));
      await store.close();
      writeFileSync(path.join(directory, 'blobs', 'x.partial'), 'half');
      await (await openSqliteStore({ directory })).close();
      assert.deepEqual(readdirSync(path.join(directory, 'blobs')), [file]);
    }),
  );
});

describe('sqlite: failures of the disk', () => {
  test(
    'a full disk fails the write cleanly and everything works again when there is space',
    { skip: !existsSync('/usr/bin/prlimit') && 'prlimit is not there to take the space away' },
    withDirectory(async (directory) => {
      const store = await openSqliteStore({ directory });
      const limit = (bytes: string) =>
        execFileSync('/usr/bin/prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
      const heard: string[] = [];
      store.subscribe((changes) => {
        heard.push(...changes.map(({ key }) => key.id));
      });
      await store.transact((transaction) => transaction.put(at('before'), { n: 0 }));
      const acknowledged = ['before'];
      let refused = 0;
      limit('200000');
      try {
        for (let n = 0; n < 100; n++) {
          const id = `w${n}`;
          try {
            await store.transact((transaction) => transaction.put(at(id), { fill: 'f'.repeat(10_000) }));
            acknowledged.push(id);
          } catch (error) {
            assert.ok(error instanceof StoreError, String(error));
            assert.ok(error.code === 'io' || error.code === 'full', error.code);
            refused += 1;
          }
        }
        assert.ok(refused > 10 && acknowledged.length > 5, `${refused} refused, ${acknowledged.length} acknowledged`);
        // Reading goes on while writing cannot.
        assert.deepEqual(await store.get(at('before')), { n: 0 });
      } finally {
        limit('unlimited');
      }
      for (let n = 0; n < 20; n++) {
        await store.transact((transaction) => transaction.put(at(`after${n}`), { n }));
        acknowledged.push(`after${n}`);
      }
      const present = new Set((await store.scan('test/thing')).map(({ key }) => key.id));
      for (const id of acknowledged) assert.ok(present.has(id), `${id} was acknowledged and is gone`);
      for (const id of present) assert.ok(heard.includes(id), `${id} is there and nobody heard of it`);
      await store.close();
      assert.equal(integrityOf(directory), 'ok');
    }),
  );
});

describe('sqlite: kill -9', () => {
  // More on a machine with time: STAGEGATE_TEST_KILLS=1000
  const kills = Number(process.env['STAGEGATE_TEST_KILLS'] ?? 25);

  test(
    `every acknowledged write survives ${kills} kills at random moments, whole`,
    { timeout: 60_000 + kills * 2_000 },
    withDirectory(async (directory) => {
      const acknowledged: string[] = [];
      for (let round = 0; round < kills; round++) {
        const child = spawn(
          process.execPath,
          [path.join(import.meta.dirname, 'testdata/acknowledging-writer.ts'), directory, String(round)],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const seen: string[] = [];
        try {
          const wanted = 1 + Math.floor(Math.random() * 60);
          await linesUntil(child, (lines) => {
            seen.splice(0, seen.length, ...lines);
            return lines.length > wanted;
          });
        } finally {
          await killed(child);
        }
        acknowledged.push(...seen.filter((line) => line !== 'ready'));
      }
      assert.ok(acknowledged.length > kills * 5, `${acknowledged.length} writes were acknowledged`);
      const store = await openSqliteStore({ directory });
      const parts = await store.scan<{ n: number; fill: string }>('kill/part');
      const whole = new Map<string, number>();
      for (const { key, document } of parts) {
        assert.equal(document.fill, key.parent.repeat(document.n % 3000));
        whole.set(key.id, (whole.get(key.id) ?? 0) + 1);
      }
      for (const id of acknowledged) assert.equal(whole.get(id), 3, `${id} was acknowledged`);
      for (const [id, count] of whole) assert.equal(count, 3, `${id} is torn`);
      assert.equal(store.revision(), whole.size, 'one revision per transaction');
      await store.close();
      assert.equal(integrityOf(directory), 'ok');
    }),
  );
});

function integrityOf(directory: string): unknown {
  const database = new DatabaseSync(path.join(directory, 'stagegate.sqlite'), { readOnly: true });
  try {
    return Object.values(database.prepare('PRAGMA integrity_check').get() ?? {})[0];
  } finally {
    database.close();
  }
}

/** Reads whole lines until `enough`; what was printed before the end counts as said. */
async function linesUntil(child: ChildProcess, enough: (lines: readonly string[]) => boolean): Promise<void> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    if (enough(text.split('\n').slice(0, -1))) return;
  }
  throw new Error(`The writer ended by itself after: ${text.slice(-300)}`);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
