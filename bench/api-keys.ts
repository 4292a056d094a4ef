// What API keys cost: loading many of them at start, finding one, metering a request, and whether the time of a look-up tells anything.
// `node bench/api-keys.ts [keys]`. The store is made in a temporary folder; the load is measured in a process of its own.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LiveUsagePlans } from '../src/compile/live-usage-plans.ts';
import { keyUnderApi, stageKind } from '../src/control-plane/apigateway/documents.ts';
import { usageDefinitions } from '../src/control-plane/apigateway/usage-definitions.ts';
import { putLiveKey, usagePlanKey } from '../src/control-plane/apigateway/usage-documents.ts';
import { saveUsage } from '../src/control-plane/apigateway/usage-records.ts';
import { SecretDigest } from '../src/secrets/secret-digest.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const digest = new SecretDigest(Buffer.alloc(32, 1), 'api keys');
const keyValue = (n: number) => `key${n}`.padEnd(40, 'abcdefghijklmnopqrstuvwxyz');
const method = { scope, apiId: 'pets', stageName: 'prod', resourcePath: '/pets', httpMethod: 'GET' };

/** The documents that a start reads of `count` keys, all in one plan with a throttle and a quota. */
async function prepare(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore({ directory });
  await store.transact(async (transaction) => {
    await transaction.put(keyUnderApi(scope, stageKind, 'pets', 'prod'), { stageName: 'prod' });
    await transaction.put(usagePlanKey(scope, 'plan01'), {
      ...{ id: 'plan01', name: 'plan', apiStages: [{ apiId: 'pets', stage: 'prod' }] },
      ...{ throttle: { rateLimit: 1e9, burstLimit: 1e9 }, quota: { limit: 2 ** 31 - 1, offset: 0, period: 'MONTH' } },
      quotaSince: '2026-01-01T00:00:00Z',
    });
    const id = 'count';
    await transaction.put({ scope, kind: 'usage-plans/api-key-count', parent: '', id }, { present: count, made: count });
  });
  for (let from = 0; from < count; from += 20_000) {
    await store.transact(async (transaction) => {
      for (let n = from; n < Math.min(from + 20_000, count); n++) {
        const of = digest.of(keyValue(n)) ?? '';
        const keyId = n.toString(36).padStart(10, '0');
        await putLiveKey(transaction, scope, { digest: of, keyId, enabled: true, planIds: ['plan01'] });
      }
    });
  }
  await store.close();
}

function live(store: Awaited<ReturnType<typeof openSqliteStore>>): LiveUsagePlans {
  return new LiveUsagePlans({
    definitions: usageDefinitions(store),
    store: { save: (records) => saveUsage(store, records) },
    digest,
    counters: new Int32Array(new SharedArrayBuffer(16 * 1024 * 1024 * 4)),
    onNotice: console.error,
    flushIntervalMs: 2 ** 31 - 1,
  });
}

async function measure(directory: string, count: number): Promise<void> {
  const started = performance.now();
  const store = await openSqliteStore({ directory });
  const plans = live(store);
  await plans.start();
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const meter = plans.meter.bind(method);
  const now = Date.now();
  const answers = new Set<string>();
  const rounds = 400_000;
  const one = (pick: (i: number) => string, n = rounds): number => {
    const begin = process.cpuUsage();
    for (let i = 0; i < n; i++) answers.add(meter.take(pick(i), now + (i >> 8)).kind);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / n;
  };
  // The texts are made before, not while it is measured; 20,000 different keys, as if each were a client of its own.
  const known = Array.from({ length: 20_000 }, (_, i) => keyValue((i * 7919) % count));
  const unknown = known.map((value) => `${value.slice(0, 39)}!`);
  one((i) => known[i % known.length] ?? '', 200_000);
  const hot = one(() => known[0] ?? '');
  const spread = one((i) => known[i % known.length] ?? '');
  const missed = one((i) => unknown[i % unknown.length] ?? '');
  if (!answers.has('passed') || !answers.has('refused')) throw new Error('the keys were not found');
  console.log(
    `${count} keys: loaded in ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of CPU), peak RSS ${peakMb.toFixed(0)} MB; metered request ${hot.toFixed(2)} us (one key), ` +
      `${spread.toFixed(2)} us (20,000 keys), refused ${missed.toFixed(2)} us of CPU`,
  );
  if (count <= 1000)
    console.log(
      `t of look-ups, a known key but for its end against a strange one: ${timingT(meter).toFixed(2)} (fails from 4.5 on)`,
    );
  await store.close();
}

/** Welch's t of the times of two kinds of wrong keys, in random order: it stays small when the time tells them not apart. */
function timingT(meter: { take(apiKey: string, nowMs: number): unknown }): number {
  // Other texts each time: where one digest happens to lie in the table is no property of the key. Both kinds are made alike.
  const [bytes, random] = [Buffer.alloc(40), Buffer.alloc(40)];
  const beginnings = [keyValue(0), 'strange'.padEnd(40, 'zyxwvutsrqponmlkjihgfedcba')].map((text) => Buffer.from(text, 'latin1'));
  const textOf = (kind: number): string => {
    for (let at = 0; at < 40; at++) random[at] = 97 + Math.floor(Math.random() * 26);
    random.copy(bytes);
    beginnings[kind]?.copy(bytes, 0, 0, 36);
    return bytes.toString('latin1');
  };
  const sums = [0, 0];
  const squares = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < 1_000_000; i++) {
    const kind = Math.random() < 0.5 ? 0 : 1;
    const text = textOf(kind);
    const begin = process.hrtime.bigint();
    meter.take(text, 0);
    const took = Number(process.hrtime.bigint() - begin);
    // What the machine did meanwhile is no property of the key.
    if (took > 20_000) continue;
    sums[kind] = (sums[kind] ?? 0) + took;
    squares[kind] = (squares[kind] ?? 0) + took * took;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const [mean, variance] = [0, 1].reduce<[number[], number[]]>(
    ([means, variances], kind) => {
      const n = counts[kind] ?? 1;
      const m = (sums[kind] ?? 0) / n;
      return [
        [...means, m],
        [...variances, ((squares[kind] ?? 0) / n - m * m) / n],
      ];
    },
    [[], []],
  );
  return ((mean[0] ?? 0) - (mean[1] ?? 0)) / Math.sqrt((variance[0] ?? 0) + (variance[1] ?? 0));
}

const [argument = '1000000', folder] = process.argv.slice(2);
const count = Number(argument);
if (folder !== undefined) await measure(folder, count);
else {
  for (const size of [1000, count]) {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'stagegate-api-keys-'));
    try {
      await prepare(directory, size);
      spawnSync(process.execPath, [import.meta.filename, String(size), directory], { stdio: 'inherit' });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
