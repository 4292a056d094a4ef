// Keys, plans and what was used, as whoever meters requests reads them: whole at start, one by one after a change.

import type { Scope } from '../../model/scope.ts';
import type { UsageRecord } from '../../model/usage-record.ts';
import type { Change, Reader } from '../../store/store.ts';
import { dayOf } from '../../usage-plans/quota-period.ts';
import {
  findLiveKey,
  fromLiveText,
  type LiveKey,
  liveKeyKind,
  type StoredUsagePlan,
  scopesWithKeys,
  usagePlanKey,
  usagePlanKind,
} from './usage-documents.ts';
import { lastUsage, lastUsageOfPlan } from './usage-records.ts';

/** Read at once: a million keys never lie in memory twice. */
const KEYS_PER_PAGE = 5_000;

export function usageDefinitions(reader: Reader) {
  return {
    async plans() {
      return (await reader.scan<StoredUsagePlan>(usagePlanKind)).map(({ key, document }) => ({
        scope: key.scope,
        plan: document,
      }));
    },
    async *keys(): AsyncGenerator<{ readonly scope: Scope; readonly keys: readonly LiveKey[] }> {
      for (const scope of await scopesWithKeys(reader)) {
        let after: string | undefined;
        do {
          const options = after === undefined ? { limit: KEYS_PER_PAGE } : { after, limit: KEYS_PER_PAGE };
          const page = await reader.list<string>(scope, liveKeyKind, '', options);
          yield { scope, keys: page.items.map(fromLiveText) };
          after = page.next;
        } while (after !== undefined);
      }
    },
    usageOfPlan(scope: Scope, planId: string): Promise<readonly UsageRecord[]> {
      return lastUsageOfPlan(reader, scope, planId, dayOf(Date.now()));
    },
    plan(scope: Scope, planId: string): Promise<StoredUsagePlan | undefined> {
      return reader.get<StoredUsagePlan>(usagePlanKey(scope, planId));
    },
    key(scope: Scope, digest: string): Promise<LiveKey | undefined> {
      return findLiveKey(reader, scope, digest);
    },
    usage(scope: Scope, planId: string, keyId: string): Promise<UsageRecord | undefined> {
      return lastUsage(reader, scope, planId, keyId, dayOf(Date.now()));
    },
  };
}

/** What of a commit concerns whoever meters: ids of plans and digests of keys. */
export function usageChanges(changes: readonly Change[]) {
  const of = (kind: string) =>
    changes.filter(({ key }) => key.kind === kind).map(({ key }) => ({ scope: key.scope, id: key.id }));
  return { plans: of(usagePlanKind), keys: of(liveKeyKind) };
}
