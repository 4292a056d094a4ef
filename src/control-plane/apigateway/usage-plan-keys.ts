// UsagePlanKey: CreateUsagePlanKey, GetUsagePlanKey, GetUsagePlanKeys, DeleteUsagePlanKey; who is in which plan.
// https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlanKey.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { openedValue } from './api-key-values.ts';
import { badRequest, conflict } from './refusals.ts';
import { type Input, present, scopeOf, type V1Operations } from './service.ts';
import { storePage } from './store-pages.ts';
import { type UsageContext, usageQuotaReached } from './usage-context.ts';
import {
  findApiKey,
  findPlanKey,
  findUsagePlan,
  isId,
  listOfPlanKeys,
  loadApiKey,
  loadUsagePlan,
  placeOf,
  planKeyKey,
  planKeyOrderKind,
  putApiKey,
  type StoredApiKey,
  type StoredPlanKey,
  type StoredUsagePlan,
  usagePlanKey,
} from './usage-documents.ts';

export function usagePlanKeyOperations(context: UsageContext) {
  const { store } = context;
  return {
    async CreateUsagePlanKey(input: Input<'CreateUsagePlanKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      // AWS has no other type; its words for one are not known.
      if (input.keyType !== 'API_KEY') throw badRequest('Invalid Usage Plan Key type specified. Must be API_KEY');
      return store.transact(async (transaction) => {
        const plan = await loadUsagePlan(transaction, scope, input.usagePlanId);
        const key = await loadApiKey(transaction, scope, input.keyId);
        return toPlanKeyOutput(context, await putIntoPlan(context, transaction, scope, key, plan));
      });
    },

    async GetUsagePlanKey(input: Input<'GetUsagePlanKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      await loadUsagePlan(store, scope, input.usagePlanId);
      return toPlanKeyOutput(context, await loadKeyOfPlan(store, scope, input.usagePlanId, input.keyId));
    },

    /** AWS: a plan that is not there has no keys; that is no error. Seen: recorded answer, test_get_usage_plan_api_keys. */
    async GetUsagePlanKeys(input: Input<'GetUsagePlanKeys'>, caller: Caller) {
      const scope = scopeOf(caller);
      const planId = input.usagePlanId;
      if (!isId(planId)) return { items: [] };
      const { nameQuery = '' } = input;
      const page = await storePage(
        input,
        ['GetUsagePlanKeys', scope.account, scope.region, planId],
        async (options) => {
          const { keyIds, next } = await listOfPlanKeys(store, scope, planId, options);
          return { items: keyIds, next };
        },
        async (keyId) => {
          const [key, entry] = await Promise.all([findApiKey(store, scope, keyId), findPlanKey(store, scope, planId, keyId)]);
          if (key === undefined || entry === undefined) return undefined;
          if (nameQuery !== '' && key.name?.startsWith(nameQuery) !== true) return undefined;
          return { place: entry.place, item: toPlanKeyOutput(context, key) };
        },
      );
      return present({ items: page.items, position: page.position });
    },

    async DeleteUsagePlanKey(input: Input<'DeleteUsagePlanKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadUsagePlan(transaction, scope, input.usagePlanId);
        const key = await loadKeyOfPlan(transaction, scope, id, input.keyId);
        await putApiKey(transaction, scope, await takeOutOfPlan(transaction, scope, key, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

async function loadKeyOfPlan(
  reader: Reader,
  scope: Scope,
  planId: string | undefined,
  keyId: string | undefined,
): Promise<StoredApiKey> {
  const entry = await findPlanKey(reader, scope, planId, keyId);
  return loadApiKey(reader, scope, entry?.keyId);
}

/**
 * Adds a key to a plan.
 * AWS: a key is in at most ten plans, and in one plan only for each stage. Seen: developer guide, usage plans; the words are ours.
 */
export async function putIntoPlan(
  context: UsageContext,
  transaction: Transaction,
  scope: Scope,
  key: StoredApiKey,
  plan: StoredUsagePlan,
): Promise<StoredApiKey> {
  if (key.planIds.includes(plan.id)) throw conflict(`API Key ${key.id} is in usage plan ${plan.id} already`);
  if (key.planIds.length >= context.quotas.usagePlansPerApiKey) throw usageQuotaReached('Usage Plans per API Key');
  for (const planId of key.planIds) {
    const other = await findUsagePlan(transaction, scope, planId);
    if (other !== undefined) assertNoStageInCommon(key.id, plan, other);
  }
  const keysMade = plan.keysMade ?? 0;
  const place = placeOf(keysMade);
  await transaction.put(usagePlanKey(scope, plan.id), { ...plan, keysMade: keysMade + 1 } satisfies StoredUsagePlan);
  await transaction.put({ scope, kind: planKeyOrderKind, parent: plan.id, id: place }, key.id);
  await transaction.put(planKeyKey(scope, plan.id, key.id), { keyId: key.id, place } satisfies StoredPlanKey);
  const joined: StoredApiKey = { ...key, planIds: [...key.planIds, plan.id] };
  await putApiKey(transaction, scope, joined);
  return joined;
}

/** The key as it is without the plan; to be kept by the caller. */
export async function takeOutOfPlan(
  transaction: Transaction,
  scope: Scope,
  key: StoredApiKey,
  planId: string,
): Promise<StoredApiKey> {
  const entry = await findPlanKey(transaction, scope, planId, key.id);
  if (entry !== undefined) {
    await transaction.delete({ scope, kind: planKeyOrderKind, parent: planId, id: entry.place });
    await transaction.delete(planKeyKey(scope, planId, key.id));
  }
  return { ...key, planIds: key.planIds.filter((id) => id !== planId) };
}

export function assertNoStageInCommon(keyId: string, plan: StoredUsagePlan, other: StoredUsagePlan): void {
  const common = plan.apiStages.find(({ apiId, stage }) =>
    other.apiStages.some((each) => each.apiId === apiId && each.stage === stage),
  );
  if (common === undefined) return;
  throw conflict(
    `API Key ${keyId} cannot be in usage plans ${other.id} and ${plan.id}: both have API stage ${common.apiId}:${common.stage}`,
  );
}

function toPlanKeyOutput(context: UsageContext, key: StoredApiKey) {
  return present({ id: key.id, type: 'API_KEY', value: openedValue(context, key), name: key.name });
}
