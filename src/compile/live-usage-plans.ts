// Keys and usage plans as they are metered now: loaded at start, kept up with what the control plane changes, and written behind.

import { Meter } from '../data-plane/usage-plans/meter.ts';
import { UsageSlots } from '../data-plane/usage-plans/usage-slots.ts';
import { type PlanLimits, UsageTable } from '../data-plane/usage-plans/usage-table.ts';
import { type UsageStore, UsageWriteBehind } from '../data-plane/usage-plans/usage-write-behind.ts';
import type { Scope } from '../model/scope.ts';
import type { UsageRecord } from '../model/usage-record.ts';
import type { SecretDigest } from '../secrets/secret-digest.ts';

export interface UsageKey {
  readonly digest: string;
  readonly keyId: string;
  readonly enabled: boolean;
  readonly planIds: readonly string[];
}

/** Where definitions and what was used come from, in this folder's own words. */
export interface UsageDefinitions {
  plans(): Promise<readonly { readonly scope: Scope; readonly plan: PlanLimits }[]>;
  /** Every key, in pages. */
  keys(): AsyncIterable<{ readonly scope: Scope; readonly keys: readonly UsageKey[] }>;
  /** The newest record of every key that used something of a plan. */
  usageOfPlan(scope: Scope, planId: string): Promise<readonly UsageRecord[]>;
  plan(scope: Scope, planId: string): Promise<PlanLimits | undefined>;
  key(scope: Scope, digest: string): Promise<UsageKey | undefined>;
  usage(scope: Scope, planId: string, keyId: string): Promise<UsageRecord | undefined>;
}

/** What a commit changed. */
export interface UsageChanges {
  readonly plans: readonly { readonly scope: Scope; readonly id: string }[];
  /** Ids are digests. */
  readonly keys: readonly { readonly scope: Scope; readonly id: string }[];
}

export interface LiveUsagePlansOptions {
  readonly definitions: UsageDefinitions;
  readonly store: UsageStore;
  readonly digest: SecretDigest;
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly onNotice: (notice: string) => void;
  readonly flushIntervalMs?: number;
}

export class LiveUsagePlans {
  readonly meter: Meter;
  readonly #definitions: UsageDefinitions;
  readonly #table = new UsageTable();
  readonly #writeBehind: UsageWriteBehind;

  constructor({ definitions, store, digest, counters, onNotice, flushIntervalMs }: LiveUsagePlansOptions) {
    this.#definitions = definitions;
    this.meter = new Meter(this.#table, new UsageSlots(counters), digest);
    this.#writeBehind = new UsageWriteBehind({
      meter: this.meter,
      store,
      onNotice,
      ...(flushIntervalMs === undefined ? {} : { intervalMs: flushIntervalMs }),
    });
  }

  /** Loads everything. */
  async start(): Promise<void> {
    const used = new Map<string, UsageRecord>();
    for (const { scope, plan } of await this.#definitions.plans()) {
      this.#table.putPlan(scope, plan);
      for (const record of await this.#definitions.usageOfPlan(scope, plan.id))
        used.set(recordName(scope, plan.id, record.keyId), record);
    }
    for await (const { scope, keys } of this.#definitions.keys()) {
      for (const key of keys) {
        this.#table.putKey(scope, key.digest, key);
        if (used.size === 0) continue;
        for (const planId of key.planIds)
          this.#restore(scope, planId, key.digest, used.get(recordName(scope, planId, key.keyId)));
      }
    }
  }

  /** Takes over what a commit changed; resolved, the change is in force. */
  async apply({ plans, keys }: UsageChanges): Promise<void> {
    for (const { scope, id } of plans) {
      const plan = await this.#definitions.plan(scope, id);
      if (plan === undefined) this.#table.removePlan(scope, id);
      else this.#table.putPlan(scope, plan);
    }
    for (const { scope, id } of keys) {
      const key = await this.#definitions.key(scope, id);
      if (key === undefined) {
        this.#table.removeKey(scope, id);
        continue;
      }
      // Read before the key may be used: a key that comes back to a plan goes on from what it used there.
      const used: (UsageRecord | undefined)[] = [];
      for (const planId of key.planIds) {
        const isThere = this.#table.membership(scope, planId, id) !== undefined;
        used.push(isThere ? undefined : await this.#definitions.usage(scope, planId, key.keyId));
      }
      this.#table.putKey(scope, id, key);
      for (const [index, planId] of key.planIds.entries()) this.#restore(scope, planId, id, used[index]);
    }
  }

  /** Resolves when everything that was counted is durable. */
  settle(): Promise<void> {
    return this.#writeBehind.settle();
  }

  /** From now on the key may make `remaining` more requests in the period; resolves when that is durable. */
  async setRemaining(scope: Scope, planId: string, { digest }: Pick<UsageKey, 'digest'>, remaining: number): Promise<boolean> {
    const membership = this.#table.membership(scope, planId, digest);
    if (membership === undefined) return false;
    if (!this.meter.setRemaining(membership, remaining, Date.now())) return false;
    await this.#writeBehind.settle();
    return true;
  }

  /** Writes what was counted, for the last time. */
  close(): Promise<void> {
    return this.#writeBehind.close();
  }

  #restore(scope: Scope, planId: string, digest: string, record: UsageRecord | undefined): void {
    const membership = record === undefined ? undefined : this.#table.membership(scope, planId, digest);
    if (record !== undefined && membership !== undefined) this.meter.restore(membership, record);
  }
}

function recordName(scope: Scope, planId: string, keyId: string): string {
  return `${scope.account}/${scope.region}/${planId}/${keyId}`;
}
