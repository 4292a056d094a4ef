// The promises of store.ts as tests. Every store runs this suite; only tests import it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../model/scope.ts';
import type { Change, DocumentKey, Store } from './store.ts';
import { StoreError } from './store-error.ts';

const scope: Scope = { account: '000000000000', region: 'us-east-1' };
const elsewhere: Scope = { account: '000000000000', region: 'eu-west-1' };

function key(id: string, parent = 'api1', kind = 'test/route', where = scope): DocumentKey {
  return { scope: where, kind, parent, id };
}

/** What a test needs to know of the store it was given. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly reported: unknown[];
  dispose(): Promise<void>;
}

/** Runs the suite; `open` makes a new, empty store each time, with room for `changeLogRows` changes. */
export function describeStoreContract(name: string, open: (changeLogRows: number) => Promise<StoreUnderTest>): void {
  const withStore =
    (work: (store: Store, reported: unknown[]) => Promise<void>, changeLogRows = 20_000) =>
    async () => {
      const { store, reported, dispose } = await open(changeLogRows);
      try {
        await work(store, reported);
      } finally {
        await store.close();
        await dispose();
      }
    };
  const put = (store: Store, at: DocumentKey, document: unknown) =>
    store.transact((transaction) => transaction.put(at, document));

  describe(`${name}: documents`, () => {
    test(
      'what was put is read back, by everybody, after transact resolves',
      withStore(async (store) => {
        const document = { name: 'a', list: [1, { deep: true }], text: 'ä\u{1F600}', nothing: null };
        assert.equal(await store.get(key('r1')), undefined);
        await put(store, key('r1'), document);
        assert.deepEqual(await store.get(key('r1')), document);
        await put(store, key('r1'), { name: 'b' });
        assert.deepEqual(await store.get(key('r1')), { name: 'b' });
      }),
    );

    test(
      'account, region, kind and parent each separate documents of one id',
      withStore(async (store) => {
        const keys = [
          key('x'),
          key('x', 'api2'),
          key('x', 'api1', 'test/stage'),
          key('x', 'api1', 'test/route', elsewhere),
          key('x', 'api1', 'test/route', { account: '111111111111', region: 'us-east-1' }),
        ];
        await store.transact(async (transaction) => {
          for (const [index, each] of keys.entries()) await transaction.put(each, { index });
        });
        for (const [index, each] of keys.entries()) assert.deepEqual(await store.get(each), { index });
        assert.deepEqual((await store.list(scope, 'test/route', 'api1')).items, [{ index: 0 }]);
      }),
    );

    test(
      'documents are JSON: undefined members vanish, dates become text, and what JSON cannot say is refused',
      withStore(async (store) => {
        await put(store, key('r1'), { gone: undefined, at: new Date(0) });
        assert.deepEqual(await store.get(key('r1')), { at: '1970-01-01T00:00:00.000Z' });
        for (const impossible of [undefined, () => 1, 1n]) await assert.rejects(put(store, key('r2'), impossible), TypeError);
        assert.equal(await store.get(key('r2')), undefined);
      }),
    );

    test(
      'neither the writer nor a reader can change a stored document in place',
      withStore(async (store) => {
        const mine = { list: [1], inner: { a: 1 } };
        await store.transact(async (transaction) => {
          await transaction.put(key('r1'), mine);
          mine.list.push(2);
          const inside = await transaction.get<typeof mine>(key('r1'));
          assert.throws(() => inside?.list.push(3), TypeError);
        });
        mine.inner.a = 9;
        const read = await store.get<typeof mine>(key('r1'));
        assert.throws(() => {
          (read as typeof mine).inner.a = 7;
        }, TypeError);
        const [listed] = (await store.list<typeof mine>(scope, 'test/route', 'api1')).items;
        assert.throws(() => listed?.list.push(4), TypeError);
        assert.deepEqual(await store.get(key('r1')), { list: [1], inner: { a: 1 } });
      }),
    );

    test(
      'a member named __proto__ is data',
      withStore(async (store) => {
        await put(store, key('r1'), JSON.parse('{"tags":{"__proto__":"x"}}'));
        const read = await store.get<{ tags: object }>(key('r1'));
        assert.equal(Object.getPrototypeOf(read?.tags), Object.prototype);
        assert.deepEqual(Object.entries(read?.tags ?? {}), [['__proto__', 'x']]);
      }),
    );

    test(
      'keys that could not be told apart on disk are refused',
      withStore(async (store) => {
        for (const bad of ['', 'a\0b', '\ud800']) {
          await assert.rejects(store.get(key(bad)), TypeError);
          await assert.rejects(put(store, key(bad), {}), TypeError);
        }
        await assert.rejects(store.list(scope, '', 'api1'), TypeError);
        await put(store, key(`'; DROP TABLE documents; --`, `"`), { odd: true });
        assert.deepEqual(await store.get(key(`'; DROP TABLE documents; --`, `"`)), { odd: true });
      }),
    );
  });

  describe(`${name}: lists`, () => {
    const ids = ['$default', 'B', 'a', 'a-b', 'ab', 'é', '\uff5e', '\u{1F600}'];

    test(
      'sorts by code point and pages without gaps or repeats',
      withStore(async (store) => {
        await store.transact(async (transaction) => {
          for (const id of ids.toReversed()) await transaction.put(key(id), { id });
        });
        const all = await store.list<{ id: string }>(scope, 'test/route', 'api1');
        assert.deepEqual(
          all.items.map(({ id }) => id),
          ids,
        );
        assert.equal(all.next, undefined);
        for (const limit of [1, 2, 3, 7, 8, 9]) {
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = await store.list<{ id: string }>(scope, 'test/route', 'api1', { limit, after });
            assert.ok(page.items.length <= limit);
            seen.push(...page.items.map(({ id }) => id));
            after = page.next;
          } while (after !== undefined);
          assert.deepEqual(seen, ids, `limit ${limit}`);
        }
      }),
    );

    test(
      'a page continues after its id even when that document is gone',
      withStore(async (store) => {
        await store.transact(async (transaction) => {
          for (const id of ['a', 'b', 'c']) await transaction.put(key(id), { id });
        });
        await store.transact((transaction) => transaction.delete(key('b')));
        assert.deepEqual((await store.list(scope, 'test/route', 'api1', { after: 'b' })).items, [{ id: 'c' }]);
      }),
    );

    test(
      'scan sees a kind in every scope and under every parent',
      withStore(async (store) => {
        const keys = [key('b', 'api2'), key('a', 'api1'), key('c', 'api1', 'test/route', elsewhere)];
        await store.transact(async (transaction) => {
          for (const each of keys) await transaction.put(each, { of: each.parent });
          await transaction.put(key('z', 'api1', 'test/other'), {});
          assert.equal((await transaction.scan('test/route')).length, 3);
        });
        assert.deepEqual(
          (await store.scan('test/route')).map((found) => found.key),
          [keys[2], keys[1], keys[0]],
        );
      }),
    );
  });

  describe(`${name}: transactions`, () => {
    test(
      'sees its own writes; nobody else does before it is committed',
      withStore(async (store) => {
        await put(store, key('old'), { n: 0 });
        await store.transact(async (transaction) => {
          await transaction.put(key('new'), { n: 1 });
          assert.equal(await transaction.delete(key('old')), true);
          assert.equal(await transaction.delete(key('never')), false);
          assert.deepEqual((await transaction.list(scope, 'test/route', 'api1')).items, [{ n: 1 }]);
          assert.equal(await transaction.get(key('old')), undefined);
          await delay(5);
          assert.equal(await store.get(key('new')), undefined);
          assert.deepEqual(await store.get(key('old')), { n: 0 });
          assert.equal(store.revision(), 1);
        });
        assert.equal(await store.get(key('old')), undefined);
        assert.deepEqual(await store.get(key('new')), { n: 1 });
      }),
    );

    test(
      'a throw takes everything back, throws the same error on, and harms nobody else',
      withStore(async (store) => {
        const failure = new Error('no');
        const heard: number[] = [];
        store.subscribe((_changes, revision) => {
          heard.push(revision);
        });
        await put(store, key('a'), { n: 1 });
        const results = await Promise.allSettled([
          put(store, key('b'), { n: 2 }),
          store.transact(async (transaction) => {
            await transaction.put(key('a'), { n: 99 });
            await transaction.deleteAll(scope, 'test/route', 'api1');
            throw failure;
          }),
          put(store, key('c'), { n: 3 }),
        ]);
        assert.deepEqual(
          results.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        assert.equal((results[1] as PromiseRejectedResult).reason, failure);
        assert.deepEqual((await store.list(scope, 'test/route', 'api1')).items, [{ n: 1 }, { n: 2 }, { n: 3 }]);
        assert.deepEqual(heard, [1, 2, 3]);
        assert.equal(store.revision(), 3);
      }),
    );

    test(
      'one writer at a time: counting up from many callers loses nothing',
      withStore(async (store) => {
        await put(store, key('counter'), { n: 0 });
        const add = () =>
          store.transact(async (transaction) => {
            const now = await transaction.get<{ n: number }>(key('counter'));
            await delay(0);
            await transaction.put(key('counter'), { n: (now?.n ?? 0) + 1 });
            return now?.n;
          });
        const results = await Promise.all(Array.from({ length: 100 }, add));
        assert.deepEqual(await store.get(key('counter')), { n: 100 });
        assert.deepEqual(
          results,
          Array.from({ length: 100 }, (_, index) => index),
        );
        assert.equal(store.revision(), 101);
      }),
    );

    test(
      'deleteAll deletes one kind under one parent and counts',
      withStore(async (store) => {
        await store.transact(async (transaction) => {
          for (const id of ['a', 'b']) await transaction.put(key(id), {});
          await transaction.put(key('a', 'api2'), {});
          await transaction.put(key('a', 'api1', 'test/stage'), {});
        });
        await store.transact(async (transaction) => {
          await transaction.put(key('c'), {});
          assert.equal(await transaction.deleteAll(scope, 'test/route', 'api1'), 3);
          assert.equal(await transaction.deleteAll(scope, 'test/route', 'api1'), 0);
        });
        assert.equal((await store.scan('test/route')).length, 1);
        assert.notEqual(await store.get(key('a', 'api1', 'test/stage')), undefined);
      }),
    );

    test(
      'reading only makes no revision and calls nobody',
      withStore(async (store) => {
        store.subscribe(() => assert.fail('nothing changed'));
        assert.equal(await store.transact((transaction) => transaction.get(key('a'))), undefined);
        assert.equal(store.revision(), 0);
      }),
    );

    test(
      'a handle kept after its transaction refuses to work',
      withStore(async (store) => {
        const kept = await store.transact(async (transaction) => transaction);
        await assert.rejects(kept.put(key('a'), {}), /over/);
        await assert.rejects(kept.get(key('a')), /over/);
        assert.equal(await store.get(key('a')), undefined);
      }),
    );

    test(
      'waiting for a transaction inside a transaction is an error, not a deadlock',
      withStore(async (store) => {
        await assert.rejects(
          store.transact(() => put(store, key('a'), {})),
          /must not wait/,
        );
        await put(store, key('b'), {});
        assert.notEqual(await store.get(key('b')), undefined);
      }),
    );
  });

  describe(`${name}: subscribers and the change log`, () => {
    test(
      'are called once per commit, in order, and awaited before the writer is answered',
      withStore(async (store) => {
        const log: string[] = [];
        store.subscribe(async (changes, revision) => {
          log.push(`begin ${revision} ${changes.map((change) => `${change.operation} ${change.key.id}`).join(', ')}`);
          // Readers see the change already while subscribers learn of it.
          if (revision === 1) assert.notEqual(await store.get(key('a')), undefined);
          await delay(5);
          log.push(`end ${revision}`);
        });
        const writes = ['a', 'b', 'c'].map((id) => put(store, key(id), { id }).then(() => log.push(`answered ${id}`)));
        await Promise.all(writes);
        assert.deepEqual(
          log.filter((line) => !line.startsWith('answered')),
          ['begin 1 put a', 'end 1', 'begin 2 put b', 'end 2', 'begin 3 put c', 'end 3'],
        );
        for (const [index, id] of ['a', 'b', 'c'].entries()) {
          assert.ok(log.indexOf(`end ${index + 1}`) < log.indexOf(`answered ${id}`), log.join('; '));
        }
      }),
    );

    test(
      'one that throws is reported, undoes nothing, and keeps nobody from hearing',
      withStore(async (store, reported) => {
        const failure = new Error('bad subscriber');
        let heard = 0;
        store.subscribe(() => {
          throw failure;
        });
        store.subscribe(async () => {
          heard += 1;
        });
        await put(store, key('a'), {});
        assert.notEqual(await store.get(key('a')), undefined);
        assert.equal(heard, 1);
        assert.deepEqual(reported, [failure]);
      }),
    );

    test(
      'one that left is not called; one that waits for a transaction is told off instead of hanging',
      withStore(async (store, reported) => {
        let heard = 0;
        const leave = store.subscribe(() => {
          heard += 1;
        });
        const leaveToo = store.subscribe(() => put(store, key('loop'), {}));
        await put(store, key('a'), {});
        leave();
        leaveToo();
        await put(store, key('b'), {});
        assert.equal(heard, 1);
        assert.match(String(reported[0]), /must not wait/);
        assert.equal(reported.length, 1);
      }),
    );

    test(
      'changesSince tells the last word per document of each revision',
      withStore(async (store) => {
        await put(store, key('a'), { n: 1 });
        await store.transact(async (transaction) => {
          await transaction.put(key('b'), {});
          await transaction.put(key('a'), { n: 2 });
          await transaction.delete(key('b'));
        });
        const expected: Change[] = [
          { revision: 1, key: key('a'), operation: 'put' },
          { revision: 2, key: key('a'), operation: 'put' },
          { revision: 2, key: key('b'), operation: 'delete' },
        ];
        assert.deepEqual(await store.changesSince(0), expected);
        assert.deepEqual(await store.changesSince(1), expected.slice(1));
        assert.deepEqual(await store.changesSince(2), []);
        assert.equal(await store.changesSince(3), undefined);
      }),
    );

    test(
      'the change log is bounded: what it no longer holds is said, not guessed',
      withStore(async (store) => {
        for (let round = 0; round < 60; round++) {
          await store.transact(async (transaction) => {
            for (let index = 0; index < 20; index++) await transaction.put(key(`d${index}`), { round });
          });
        }
        assert.equal(await store.changesSince(0), undefined);
        const recent = await store.changesSince(store.revision() - 4);
        assert.equal(recent?.length, 80);
        let kept = 0;
        while ((await store.changesSince(store.revision() - kept - 1)) !== undefined) kept += 1;
        assert.ok(kept >= 5 && kept <= 40, `${kept} revisions of 20 changes are kept`);
      }, 100),
    );
  });

  describe(`${name}: blobs`, () => {
    test(
      'are found by the SHA-256 of their bytes',
      withStore(async (store) => {
        const bytes = new TextEncoder().encode('hello');
        const name = await store.putBlob(bytes);
        assert.equal(name, 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=');
        assert.equal(await store.putBlob(bytes), name);
        assert.deepEqual(new Uint8Array((await store.getBlob(name)) ?? []), bytes);
        assert.equal(
          await store.getBlob(await store.putBlob(new Uint8Array(0)).then((empty) => empty.replace('=', ''))),
          undefined,
        );
        for (const unknown of ['', '../../etc/passwd', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCA=']) {
          assert.equal(await store.getBlob(unknown), undefined);
        }
        const many = await Promise.all(Array.from({ length: 20 }, () => store.putBlob(bytes)));
        assert.ok(many.every((each) => each === name));
      }),
    );
  });

  describe(`${name}: reset and close`, () => {
    test(
      'reset forgets documents and blobs, tells subscribers, and takes milliseconds',
      withStore(async (store) => {
        await store.transact(async (transaction) => {
          for (let index = 0; index < 2000; index++) await transaction.put(key(`d${index}`), { index });
        });
        const blob = await store.putBlob(new Uint8Array([1]));
        const heard: Change[] = [];
        store.subscribe((changes) => {
          heard.push(...changes);
        });
        const started = performance.now();
        await store.reset();
        const took = performance.now() - started;
        assert.ok(took < 500, `reset took ${took} ms`);
        assert.equal(heard.length, 2000);
        assert.ok(heard.every(({ operation, revision }) => operation === 'delete' && revision === 2));
        assert.deepEqual(await store.scan('test/route'), []);
        assert.equal(await store.getBlob(blob), undefined);
        assert.equal(store.revision(), 2);
        assert.equal(await store.changesSince(1), undefined);
        assert.deepEqual(await store.changesSince(2), []);
        await store.reset();
        await put(store, key('again'), {});
        assert.equal(store.revision(), 3);
      }),
    );

    test(
      'close lets accepted work finish and refuses the rest',
      withStore(async (store) => {
        const accepted = put(store, key('a'), {});
        const closing = store.close();
        await accepted;
        await closing;
        await store.close();
        for (const refused of [put(store, key('b'), {}), store.get(key('a')), store.scan('test/route')]) {
          await assert.rejects(refused, (error) => error instanceof StoreError && error.code === 'closed');
        }
      }),
    );
  });
}
