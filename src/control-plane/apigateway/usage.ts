// Usage: GetUsage, UpdateUsage. https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { dateOfDay, dayOf, dayOfDate, periodStartOf } from '../../usage-plans/quota-period.ts';
import { parsePatch } from '../patch/patch-operation.ts';
import { textOrNone } from './api-key-values.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, present, scopeOf, type V1Operations } from './service.ts';
import { storePage } from './store-pages.ts';
import type { UsageContext } from './usage-context.ts';
import { findPlanKey, listOfPlanKeys, loadApiKey, loadUsagePlan, type StoredUsagePlan } from './usage-documents.ts';
import { loadUsage } from './usage-records.ts';

/** AWS: so many days can be asked for at once. From memory of the service. */
const DAYS_MAX = 90;
/** The longest period before the first day that is asked for. */
const LONGEST_PERIOD_DAYS = 31;
const INTEGER_MAX = 2 ** 31 - 1;

export function usageRecordOperations(context: UsageContext) {
  const { store } = context;
  return {
    async GetUsage(input: Input<'GetUsage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const plan = await loadUsagePlan(store, scope, input.usagePlanId);
      const { first, last } = daysAskedFor(input);
      // What was counted a moment ago is part of the answer.
      await context.counts.settle();
      const list = ['GetUsage', scope.account, scope.region, plan.id, dateOfDay(first), dateOfDay(last)];
      const keyId = textOrNone(input.keyId);
      const page = await storePage(
        input,
        list,
        async (options) => {
          if (keyId !== undefined) return { items: [keyId], next: undefined };
          const { keyIds, next } = await listOfPlanKeys(store, scope, plan.id, options);
          return { items: keyIds, next };
        },
        async (id) => {
          const entry = await findPlanKey(store, scope, plan.id, id);
          return entry && { place: entry.place, item: [id, await daysOfKey(store, scope, plan, id, first, last)] as const };
        },
      );
      return present({
        usagePlanId: plan.id,
        startDate: dateOfDay(first),
        endDate: dateOfDay(last),
        items: Object.fromEntries(page.items),
        position: page.position,
      });
    },

    async UpdateUsage(input: Input<'UpdateUsage'>, caller: Caller) {
      const scope = scopeOf(caller);
      const plan = await loadUsagePlan(store, scope, input.usagePlanId);
      const key = await loadApiKey(store, scope, (await findPlanKey(store, scope, plan.id, input.keyId))?.keyId);
      let remaining: number | undefined;
      for (const { op, path, value = '' } of parsePatch(input.patchOperations)) {
        if (op !== 'replace' || path !== '/remaining') {
          throw badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [/remaining]`);
        }
        if (!/^\d{1,10}$/.test(value) || Number(value) > INTEGER_MAX) {
          throw badRequest(`Invalid patch value '${value.slice(0, 100)}' specified for path /remaining`);
        }
        remaining = Number(value);
      }
      if (remaining !== undefined) {
        if (plan.quota === undefined) throw badRequest(`Usage Plan ${plan.id} has no quota, so nothing of it remains`);
        const isIn = await context.counts.setRemaining(scope, plan.id, key, remaining);
        if (!isIn) throw notFound('Invalid API Key identifier specified');
      }
      const today = dayOf(Date.parse(context.timestamp()));
      return {
        usagePlanId: plan.id,
        startDate: dateOfDay(today),
        endDate: dateOfDay(today),
        items: { [key.id]: await daysOfKey(store, scope, plan, key.id, today, today) },
      };
    },
  } satisfies V1Operations;
}

/** The words are ours; AWS's are not known. */
function daysAskedFor({ startDate = '', endDate = '' }: Input<'GetUsage'>): { readonly first: number; readonly last: number } {
  const first = dayOfDate(startDate);
  const last = dayOfDate(endDate);
  if (first === undefined || last === undefined) throw badRequest('Invalid date specified. It must be of the form YYYY-MM-DD');
  if (first > last) throw badRequest('Usage start date must not be after the end date');
  if (last - first >= DAYS_MAX) throw badRequest(`Usage can be asked for at most ${DAYS_MAX} days at once`);
  return { first, last };
}

/** `[used, remaining]` for each day. AWS: in this form, by key ids. Seen: an answer of AWS quoted in floci-io/floci#3561. */
async function daysOfKey(
  reader: Reader,
  scope: Scope,
  plan: StoredUsagePlan,
  keyId: string,
  first: number,
  last: number,
): Promise<number[][]> {
  const known = await loadUsage(reader, scope, plan.id, keyId, first - LONGEST_PERIOD_DAYS, last);
  const days: number[][] = [];
  for (let day = first; day <= last; day++) {
    const usage = known.get(day);
    days.push([usage?.used ?? 0, usage?.remaining ?? remainingOn(plan, known, day)]);
  }
  return days;
}

/** What remains on a day without requests: what the last day of the period left, or all of it. Without a quota nothing does. */
function remainingOn(
  { quota, quotaSince }: StoredUsagePlan,
  known: ReadonlyMap<number, { readonly remaining?: number }>,
  day: number,
): number {
  if (quota === undefined) return 0;
  const start = periodStartOf(quota.period, day);
  for (let before = day - 1; before >= start; before--) {
    const remaining = known.get(before)?.remaining;
    if (remaining !== undefined) return remaining;
  }
  const isFirst = start <= dayOf(Date.parse(quotaSince ?? ''));
  return Math.max(0, quota.limit - (isFirst ? quota.offset : 0));
}
