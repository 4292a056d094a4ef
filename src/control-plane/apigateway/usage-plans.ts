// UsagePlan: CreateUsagePlan, GetUsagePlan, GetUsagePlans, UpdateUsagePlan, DeleteUsagePlan.
// https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { textOrNone } from './api-key-values.ts';
import { newIdentifier } from './identifiers.ts';
import { badRequest } from './refusals.ts';
import { type Input, present, scopeOf, type V1Operations } from './service.ts';
import { storePage } from './store-pages.ts';
import { type UsageContext, usageQuotaReached } from './usage-context.ts';
import {
  findUsagePlan,
  listOfPlanKeys,
  loadApiKey,
  loadUsagePlan,
  planKeyKind,
  planKeyOrderKind,
  putApiKey,
  type StoredUsagePlan,
  usagePlanKey,
  usagePlanKind,
} from './usage-documents.ts';
import { assertNoStageInCommon, takeOutOfPlan } from './usage-plan-keys.ts';
import { patchedUsagePlan } from './usage-plan-patch.ts';
import { checkedApiStage, checkedQuota, checkedThrottle } from './usage-plan-rules.ts';
import { deleteUsageOfPlan } from './usage-records.ts';

export function usagePlanOperations(context: UsageContext) {
  const { store } = context;
  return {
    async CreateUsagePlan(input: Input<'CreateUsagePlan'>, caller: Caller) {
      const scope = scopeOf(caller);
      const name = textOrNone(input.name);
      if (name === undefined) throw badRequest('Usage Plan name cannot be blank');
      const tags = newTags(input.tags, context.quotas);
      const quota = checkedQuota(input.quota);
      const throttle = checkedThrottle(input.throttle);
      return store.transact(async (transaction) => {
        const { usagePlansPerRegion } = context.quotas;
        const others = await transaction.list(scope, usagePlanKind, '', { limit: usagePlansPerRegion });
        if (others.items.length >= usagePlansPerRegion) throw usageQuotaReached('Usage Plans');
        const apiStages: StoredUsagePlan['apiStages'][number][] = [];
        for (const stage of input.apiStages ?? []) {
          const checked = await checkedApiStage(context, transaction, scope, stage);
          if (apiStages.some((each) => each.apiId === checked.apiId && each.stage === checked.stage)) {
            throw badRequest(`API Stage ${checked.apiId}:${checked.stage} is given twice`);
          }
          apiStages.push(checked);
        }
        const id = await newIdentifier(transaction, 6, (planId) => usagePlanKey(scope, planId));
        const plan: StoredUsagePlan = present({
          id,
          name,
          description: textOrNone(input.description),
          apiStages,
          throttle,
          quota,
          quotaSince: quota === undefined ? undefined : context.timestamp(),
          tags: Object.keys(tags).length === 0 ? undefined : tags,
        });
        await transaction.put(usagePlanKey(scope, id), plan);
        return toUsagePlanOutput(plan);
      });
    },

    async GetUsagePlan(input: Input<'GetUsagePlan'>, caller: Caller) {
      return withTags(await loadUsagePlan(store, scopeOf(caller), input.usagePlanId));
    },

    async GetUsagePlans(input: Input<'GetUsagePlans'>, caller: Caller) {
      const scope = scopeOf(caller);
      const keyId = textOrNone(input.keyId);
      const ofKey = keyId === undefined ? undefined : (await loadApiKey(store, scope, keyId)).planIds;
      const page = await storePage(
        input,
        ['GetUsagePlans', scope.account, scope.region, keyId ?? ''],
        async (options) => {
          const { items, next } = await store.list<StoredUsagePlan>(scope, usagePlanKind, '', options);
          return { items, next };
        },
        async (plan) =>
          ofKey === undefined || ofKey.includes(plan.id) ? { place: plan.id, item: toUsagePlanOutput(plan) } : undefined,
      );
      return present({ items: page.items, position: page.position });
    },

    async UpdateUsagePlan(input: Input<'UpdateUsagePlan'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadUsagePlan(transaction, scope, input.usagePlanId);
        const plan = await patchedUsagePlan(context, transaction, scope, former, input.patchOperations);
        if (plan.apiStages.length > former.apiStages.length) await assertKeysMayStay(transaction, scope, plan);
        await transaction.put(usagePlanKey(scope, plan.id), plan);
        return withTags(plan);
      });
    },

    async DeleteUsagePlan(input: Input<'DeleteUsagePlan'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id, apiStages } = await loadUsagePlan(transaction, scope, input.usagePlanId);
        if (apiStages.length > 0) {
          // AWS: status 400 and these words. Seen: aws/aws-sdk-js#3841.
          const names = apiStages.map(({ apiId, stage }) => `${apiId}:${stage}`).join(', ');
          throw badRequest(`Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${names}`);
        }
        for (const keyId of await allKeysOf(transaction, scope, id)) {
          const key = await loadApiKey(transaction, scope, keyId);
          await putApiKey(transaction, scope, await takeOutOfPlan(transaction, scope, key, id));
        }
        await transaction.deleteAll(scope, planKeyKind, id);
        await transaction.deleteAll(scope, planKeyOrderKind, id);
        await deleteUsageOfPlan(transaction, scope, id);
        await transaction.delete(usagePlanKey(scope, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

async function allKeysOf(transaction: Transaction, scope: Scope, planId: string): Promise<readonly string[]> {
  const keyIds: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await listOfPlanKeys(transaction, scope, planId, after === undefined ? { limit: 1000 } : { after, limit: 1000 });
    keyIds.push(...page.keyIds);
    if (page.next === undefined) return keyIds;
    after = page.next;
  }
}

/** A stage that is added may be in no other plan of any key of this one. */
async function assertKeysMayStay(transaction: Transaction, scope: Scope, plan: StoredUsagePlan): Promise<void> {
  const { items } = await transaction.list<StoredUsagePlan>(scope, usagePlanKind, '');
  const rivals = new Set(
    items
      .filter((other) => other.id !== plan.id)
      .filter((other) =>
        other.apiStages.some(({ apiId, stage }) => plan.apiStages.some((each) => each.apiId === apiId && each.stage === stage)),
      )
      .map(({ id }) => id),
  );
  if (rivals.size === 0) return;
  for (const keyId of await allKeysOf(transaction, scope, plan.id)) {
    const { planIds } = await loadApiKey(transaction, scope, keyId);
    const rivalId = planIds.find((id) => rivals.has(id));
    const rival = await findUsagePlan(transaction, scope, rivalId);
    if (rival !== undefined) assertNoStageInCommon(keyId, plan, rival);
  }
}

function withTags(plan: StoredUsagePlan) {
  return { ...toUsagePlanOutput(plan), tags: { ...plan.tags } };
}

function toUsagePlanOutput(plan: StoredUsagePlan) {
  return present({
    id: plan.id,
    name: plan.name,
    description: plan.description,
    apiStages: plan.apiStages.map(({ apiId, stage, throttle }) =>
      present({ apiId, stage, throttle: throttle === undefined ? undefined : { ...throttle } }),
    ),
    throttle: plan.throttle === undefined ? undefined : { ...plan.throttle },
    quota: plan.quota === undefined ? undefined : { ...plan.quota },
    productCode: plan.productCode,
    tags: plan.tags === undefined ? undefined : { ...plan.tags },
  });
}
