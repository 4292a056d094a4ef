// API keys and usage plans over a store in memory with the meter that the gateway has, for tests of what users see of both.

import assert from 'node:assert/strict';
import type { Caller, OperationName } from '../src/aws/operations.ts';
import { LiveUsagePlans } from '../src/compile/live-usage-plans.ts';
import { keyUnderApi, stageKind } from '../src/control-plane/apigateway/documents.ts';
import { apiGatewayOperations } from '../src/control-plane/apigateway/operations.ts';
import { type Input, type Output, scopeOf, type V1 } from '../src/control-plane/apigateway/service.ts';
import type { UsageQuotas } from '../src/control-plane/apigateway/usage-context.ts';
import { usageChanges, usageDefinitions } from '../src/control-plane/apigateway/usage-definitions.ts';
import { saveUsage } from '../src/control-plane/apigateway/usage-records.ts';
import type { Scope } from '../src/model/scope.ts';
import { SecretBox } from '../src/secrets/secret-box.ts';
import { SecretDigest } from '../src/secrets/secret-digest.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import type { Store } from '../src/store/store.ts';

export const caller: Caller = { account: '000000000000', region: 'eu-west-1', requestId: 'test' };
export const scope: Scope = scopeOf(caller);
const masterKey = Buffer.alloc(32, 1);

export interface UsageUnderTest {
  readonly store: Store;
  readonly live: LiveUsagePlans;
  call<Op extends OperationName<V1>>(operation: Op, input: Input<Op>, by?: Caller): Promise<Required<Output<Op>>>;
  /** A stage that a plan can name; only what plans look at of it. */
  stage(apiId: string, stageName: string): Promise<void>;
  /** A request with this key to `GET /pets` of the stage, or to another method: what became of it. */
  request(apiKey: string | undefined, apiId: string, stageName: string, method?: string): string;
}

/** A second one over the same store is what a restart makes. */
export async function usageUnderTest(
  options: { readonly store?: Store; readonly quotas?: Partial<UsageQuotas> } = {},
): Promise<UsageUnderTest> {
  const store = options.store ?? createMemoryStore();
  const digest = new SecretDigest(masterKey, 'api keys');
  const live = new LiveUsagePlans({
    definitions: usageDefinitions(store),
    store: { save: (records) => saveUsage(store, records) },
    digest,
    counters: new Int32Array(new SharedArrayBuffer(64 * 1024)),
    onNotice: (notice) => assert.fail(notice),
    // Never by itself: tests say when.
    flushIntervalMs: 2 ** 31 - 1,
  });
  await live.start();
  store.subscribe((changes) => live.apply(usageChanges(changes)));
  const operations = apiGatewayOperations({
    store,
    usage: {
      keySecrets: { box: new SecretBox(masterKey), digest },
      counts: live,
      ...(options.quotas && { quotas: options.quotas }),
    },
  });
  return {
    store,
    live,
    async call(operation, input, by = caller) {
      // The table's entry for the name; its type follows from the name, which TypeScript does not see through the index.
      const run = operations[operation] as ((input: unknown, caller: Caller) => Promise<unknown>) | undefined;
      assert.ok(run !== undefined, `${operation} is not in the table`);
      return (await run(input, by)) as Required<Output<typeof operation>>;
    },
    stage: (apiId, stageName) =>
      store.transact((transaction) => transaction.put(keyUnderApi(scope, stageKind, apiId, stageName), { stageName })),
    request(apiKey, apiId, stageName, method = '/pets/GET') {
      const slash = method.lastIndexOf('/');
      const [resourcePath, httpMethod] = [method.slice(0, slash) || '/', method.slice(slash + 1)];
      const verdict = live.meter.bind({ scope, apiId, stageName, resourcePath, httpMethod }).take(apiKey, Date.now());
      return verdict.kind === 'passed' ? verdict.apiKeyId : verdict.refused;
    },
  };
}
