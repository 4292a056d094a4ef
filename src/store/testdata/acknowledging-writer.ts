// A process that writes and says so, until somebody kills it. `node acknowledging-writer.ts DIRECTORY FIRST`

import { openSqliteStore } from '../sqlite.ts';

const [directory = '', first = '0'] = process.argv.slice(2);
const scope = { account: '000000000000', region: 'us-east-1' };
const store = await openSqliteStore({ directory });

async function writer(lane: number): Promise<void> {
  for (let n = Number(first) * 1_000_000 + lane; ; n += 4) {
    const id = String(n).padStart(12, '0');
    // Three documents that must be there together or not at all, and one that goes when the next comes.
    await store.transact(async (transaction) => {
      for (const part of ['x', 'y', 'z']) {
        await transaction.put({ scope, kind: 'kill/part', parent: part, id }, { n, fill: part.repeat(n % 3000) });
      }
      await transaction.put({ scope, kind: 'kill/last', parent: '', id: String(lane) }, { n });
    });
    process.stdout.write(`${id}\n`);
  }
}

process.stdout.write('ready\n');
await Promise.all([writer(0), writer(1), writer(2), writer(3)]);
