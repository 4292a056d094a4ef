// What keys used of plans, as it is kept: one document for each plan, key and month, with a line for each day.

import type { Scope } from '../../model/scope.ts';
import type { UsageRecord } from '../../model/usage-record.ts';
import type { DocumentKey, Reader, Store, Transaction } from '../../store/store.ts';
import { dateOfDay } from '../../usage-plans/quota-period.ts';

/** Parent: the plan. Id: `{keyId}/{YYYY-MM}`. */
const usageKind = 'usage-plans/usage';

type DayUsage = Pick<UsageRecord, 'used' | 'periodStart' | 'charged'> & { readonly remaining?: number };

interface MonthUsage {
  readonly keyId: string;
  /** By the day of the month, two digits. */
  readonly days: Readonly<Record<string, DayUsage>>;
}

/** Keeps records; they are durable together. */
export async function saveUsage(store: Store, records: readonly UsageRecord[]): Promise<void> {
  await store.transact(async (transaction) => {
    for (const { scope, planId, keyId, day, used, periodStart, charged, remaining } of records) {
      const date = dateOfDay(day);
      const key = monthKey(scope, planId, keyId, date);
      const former = await transaction.get<MonthUsage>(key);
      const line: DayUsage = { used, periodStart, charged, ...(remaining === undefined ? {} : { remaining }) };
      await transaction.put(key, { keyId, days: { ...former?.days, [date.slice(8)]: line } } satisfies MonthUsage);
    }
  });
}

/** The days from `first` to `last` that something is known of, in their order. */
export async function loadUsage(
  reader: Reader,
  scope: Scope,
  planId: string,
  keyId: string,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, DayUsage>> {
  const days = new Map<number, DayUsage>();
  let month: { readonly name: string; readonly usage: MonthUsage | undefined } | undefined;
  for (let day = first; day <= last; day++) {
    const date = dateOfDay(day);
    const name = date.slice(0, 7);
    if (month?.name !== name) month = { name, usage: await reader.get<MonthUsage>(monthKey(scope, planId, keyId, date)) };
    const usage = month.usage?.days[date.slice(8)];
    if (usage !== undefined) days.set(day, usage);
  }
  return days;
}

/** The newest record of a key in a plan, at most a month and a week old: what its counts go on from. */
export async function lastUsage(
  reader: Reader,
  scope: Scope,
  planId: string,
  keyId: string,
  today: number,
): Promise<UsageRecord | undefined> {
  // A day ahead: the clock may have been set back a little.
  const days = await loadUsage(reader, scope, planId, keyId, today - LONGEST_PERIOD_DAYS, today + 1);
  const last = [...days].at(-1);
  return last && { scope, planId, keyId, day: last[0], remaining: undefined, ...last[1] };
}

const LONGEST_PERIOD_DAYS = 31;

/** Every key that used something of a plan, with its newest record: for start-up. */
export async function lastUsageOfPlan(
  reader: Reader,
  scope: Scope,
  planId: string,
  today: number,
): Promise<readonly UsageRecord[]> {
  const keyIds = new Set<string>();
  const { items } = await reader.list<MonthUsage>(scope, usageKind, planId);
  for (const { keyId } of items) keyIds.add(keyId);
  const records: UsageRecord[] = [];
  for (const keyId of keyIds) {
    const record = await lastUsage(reader, scope, planId, keyId, today);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** Goes with its plan. */
export async function deleteUsageOfPlan(transaction: Transaction, scope: Scope, planId: string): Promise<void> {
  await transaction.deleteAll(scope, usageKind, planId);
}

function monthKey(scope: Scope, planId: string, keyId: string, date: string): DocumentKey {
  return { scope, kind: usageKind, parent: planId, id: `${keyId}/${date.slice(0, 7)}` };
}
