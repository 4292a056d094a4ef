// Rule groups: rules that several web ACLs use.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateRuleGroup.html

import type { Caller } from '../../aws/operations.ts';
import { assertCapacity, CAPACITY_MAX } from './checks/capacity.ts';
import {
  entityByArn,
  entityKey,
  entityPage,
  lockedEntity,
  namedEntity,
  newEntity,
  nextEntity,
  placeOf,
  putNewEntity,
  summaryOf,
  tellWafScope,
} from './entities.ts';
import { assertNotReferenced, statementsOf } from './references.ts';
import { invalidParameter, nonexistentItem } from './refusals.ts';
import { type RuleDocument, toDocument } from './rule-document.ts';
import { checkedCapacity, labelNamespaceOf, ruleSetOf, toRuleSet } from './rule-set.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import { permissionPolicyKind, type RuleGroupDocument, ruleGroupKind } from './waf-documents.ts';

export function ruleGroupOperations(context: WafContext) {
  const { store } = context;

  return {
    async CreateRuleGroup(input: Input<'CreateRuleGroup'>, caller: Caller) {
      refuseMonetization(input);
      const place = placeOf(input, caller);
      const capacity = input.Capacity ?? 0;
      assertCapacity(capacity, CAPACITY_MAX, 'RULE_GROUP');
      const entity = newEntity(place, ruleGroupKind, input);
      const group: RuleGroupDocument = {
        ...entity,
        ...ruleSetOf(toDocument(input)),
        ...{ capacity, labelNamespace: labelNamespaceOf(place.scope, 'rulegroup', entity.name) },
      };
      await store.transact(async (transaction) => {
        const units = await checkedCapacity(context, transaction, place, 'rule group', group);
        assertCapacity(units, capacity, 'RULE_GROUP');
        await putNewEntity(transaction, place, ruleGroupKind, group);
      });
      tellWafScope(context, place);
      return { Summary: summaryOf(group) };
    },

    async GetRuleGroup(input: Input<'GetRuleGroup'>, caller: Caller) {
      const { ARN: arn } = input;
      const group =
        arn === undefined
          ? await namedEntity<RuleGroupDocument>(store, placeOf(input, caller), ruleGroupKind, input)
          : await entityByArn<RuleGroupDocument>(store, scopeOf(caller), ruleGroupKind, arn);
      if (group === undefined) throw nonexistentItem();
      return { RuleGroup: { ...toRuleSet(group), ...labelsOf(group) }, LockToken: group.lockToken };
    },

    async UpdateRuleGroup(input: Input<'UpdateRuleGroup'>, caller: Caller) {
      refuseMonetization(input);
      const place = placeOf(input, caller);
      return store.transact(async (transaction) => {
        const former = await lockedEntity<RuleGroupDocument>(transaction, place, ruleGroupKind, input);
        const { capacity, labelNamespace } = former;
        const group: RuleGroupDocument = {
          ...nextEntity(former, input),
          ...ruleSetOf(toDocument(input)),
          ...{ capacity, labelNamespace },
        };
        const units = await checkedCapacity(context, transaction, place, 'rule group', group);
        assertCapacity(units, capacity, 'RULE_GROUP');
        await transaction.put(entityKey(place, ruleGroupKind, group.id), group);
        return { NextLockToken: group.lockToken };
      });
    },

    async DeleteRuleGroup(input: Input<'DeleteRuleGroup'>, caller: Caller) {
      const place = placeOf(input, caller);
      await store.transact(async (transaction) => {
        const { id, arn } = await lockedEntity(transaction, place, ruleGroupKind, input);
        await assertNotReferenced(transaction, place, arn);
        await transaction.delete(entityKey(place, ruleGroupKind, id));
        await transaction.delete({ ...entityKey(place, ruleGroupKind, id), kind: permissionPolicyKind });
      });
      return {};
    },

    async ListRuleGroups(input: Input<'ListRuleGroups'>, caller: Caller) {
      const { summaries, next } = await entityPage(context, ruleGroupKind, input, caller);
      return { RuleGroups: summaries, ...next };
    },
  } satisfies WafOperations;
}

function refuseMonetization({ MonetizationConfig: config }: { readonly MonetizationConfig?: object | undefined }): void {
  if (config === undefined) return;
  throw invalidParameter('MonetizationConfig is not run here.', 'MONETIZATION_CONFIG', 'MonetizationConfig');
}

/** AWS: the labels that its rules add, and those that they look for. Seen: API reference, RuleGroup. */
function labelsOf({ rules, labelNamespace }: RuleGroupDocument) {
  const added = rules.flatMap(({ RuleLabels = [] }: RuleDocument) => RuleLabels.map(({ Name }) => `${labelNamespace}${Name}`));
  const consumed = [...statementsOf(rules)].flatMap(({ LabelMatchStatement: match }) => match?.Key ?? []);
  return { ...labelList('AvailableLabels', added), ...labelList('ConsumedLabels', consumed) };
}

function labelList(member: 'AvailableLabels' | 'ConsumedLabels', names: readonly string[]) {
  const unique = [...new Set(names)].sort();
  return unique.length === 0 ? {} : { [member]: unique.map((Name) => ({ Name })) };
}
