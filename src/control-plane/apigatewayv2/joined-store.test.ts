import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { joinedStore } from './joined-store.ts';

const key = (id: string) => ({ scope: { account: '000000000000', region: 'us-east-1' }, kind: 'test/noun', parent: '', id });

describe('joinedStore', () => {
  test('transactions see one another and are committed as one', async () => {
    const store = createMemoryStore();
    await store.transact(async (transaction) => {
      const joined = joinedStore(store, transaction);
      await joined.transact((inner) => inner.put(key('a'), { n: 1 }));
      await joined.transact(async (inner) => inner.put(key('b'), await inner.get(key('a'))));
      assert.deepEqual(await joined.get(key('b')), { n: 1 });
      assert.equal((await joined.list(key('a').scope, 'test/noun', '')).items.length, 2);
      assert.equal((await joined.scan('test/noun')).length, 2);
      assert.equal(await store.get(key('a')), undefined);
    });
    assert.equal(store.revision(), 1);
    assert.deepEqual(await store.get(key('b')), { n: 1 });
  });

  test('when one fails, none is kept', async () => {
    const store = createMemoryStore();
    const work = store.transact(async (transaction) => {
      const joined = joinedStore(store, transaction);
      await joined.transact((inner) => inner.put(key('a'), {}));
      await joined.transact(() => Promise.reject(new RangeError('no')));
    });
    await assert.rejects(work, RangeError);
    assert.equal(await store.get(key('a')), undefined);
  });

  test('it cannot be closed or reset', async () => {
    const store = createMemoryStore();
    await store.transact(async (transaction) => {
      await assert.rejects(joinedStore(store, transaction).reset(), /within a transaction/);
      await assert.rejects(joinedStore(store, transaction).close(), /within a transaction/);
    });
  });
});
