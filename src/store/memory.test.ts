import { createMemoryStore } from './memory.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract('memory', async (changeLogRows) => {
  const reported: unknown[] = [];
  const store = createMemoryStore({ changeLogRows, report: (error) => reported.push(error) });
  return { store, reported, dispose: async () => {} };
});
