// A store whose transactions are all one: operations that are run one after the other through it are kept together or not at all.

import type { Store, Transaction } from '../../store/store.ts';

/** `store` as seen from within `transaction`. It lives as long as the transaction's work. */
export function joinedStore(store: Store, transaction: Transaction): Store {
  const refused = (): Promise<never> => Promise.reject(new Error('A store cannot be closed or reset within a transaction'));
  return {
    get: (key) => transaction.get(key),
    list: (scope, kind, parent, options) => transaction.list(scope, kind, parent, options),
    scan: (kind) => transaction.scan(kind),
    transact: (work) => work(transaction),
    revision: () => store.revision(),
    changesSince: (revision) => store.changesSince(revision),
    subscribe: (subscriber) => store.subscribe(subscriber),
    putBlob: (bytes) => store.putBlob(bytes),
    getBlob: (sha256) => store.getBlob(sha256),
    reset: refused,
    close: refused,
  };
}
