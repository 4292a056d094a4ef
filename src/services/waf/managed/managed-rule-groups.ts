// What managed rule groups there are, and what is in them.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_DescribeManagedRuleGroup.html

import type * as Wire from '@aws-sdk/client-wafv2';
import { pageOf } from '../paging.ts';
import { nonexistentItem } from '../refusals.ts';
import { toWire } from '../rule-document.ts';
import type { Input, WafOperations } from '../waf-context.ts';
import { findManagedRuleGroup, type ManagedRuleGroupVersion, managedRuleGroups, STATIC_VERSION } from './catalogue.ts';
import type { ManagedRuleGroup } from './managed-rule-group.ts';

export function managedRuleGroupOperations() {
  return {
    async ListAvailableManagedRuleGroups(input: Input<'ListAvailableManagedRuleGroups'>) {
      const { items, next } = pageOf(managedRuleGroups, input, ['managedRuleGroups']);
      const groups = items.map(({ vendorName, name, description }) => ({
        ...{ VendorName: vendorName, Name: name, VersioningSupported: true, Description: description },
      }));
      return { ManagedRuleGroups: groups, ...next };
    },

    async ListAvailableManagedRuleGroupVersions(input: Input<'ListAvailableManagedRuleGroupVersions'>) {
      const { name } = runnableGroup(input);
      const { items, next } = pageOf([STATIC_VERSION], input, ['managedRuleGroupVersions', name]);
      const versions = items.map(({ name, updatedAt }) => ({ Name: name, LastUpdateTimestamp: new Date(updatedAt) }));
      return { Versions: versions, CurrentDefaultVersion: STATIC_VERSION.name, ...next };
    },

    /** There is no SnsTopicArn in the answer: nobody is told when the rules change. */
    async DescribeManagedRuleGroup(input: Input<'DescribeManagedRuleGroup'>) {
      const { capacity, labelNamespace, rules } = runnableGroup(input);
      const version = checkedVersion(input.VersionName);
      return {
        ...{ VersionName: version.name, Capacity: capacity, LabelNamespace: labelNamespace },
        Rules: rules.map(({ name, action }) => ({ Name: name, Action: toWire<Wire.RuleAction>(action) })),
        AvailableLabels: rules.flatMap(({ labels }) => labels.map(({ Name }) => ({ Name }))),
        // None of the rules looks at labels.
        ConsumedLabels: [],
      };
    },
  } satisfies WafOperations;
}

interface NamesGroup {
  readonly VendorName: string | undefined;
  readonly Name: string | undefined;
}

/** The group that a request names. Throws WAFNonexistentItemException, with the reason where AWS has a group and we do not. */
function runnableGroup({ VendorName = '', Name = '' }: NamesGroup): ManagedRuleGroup {
  const group = findManagedRuleGroup(VendorName, Name);
  if (group === undefined) throw nonexistentItem(`There is no managed rule group ${Name} of the vendor ${VendorName}.`);
  if (group.unavailable !== undefined) throw nonexistentItem(`${Name} is not available here. ${group.unavailable}`);
  return group;
}

/** AWS: the default version when none is named. Seen: API reference. */
function checkedVersion(name: string | undefined): ManagedRuleGroupVersion {
  if (name === undefined || name === STATIC_VERSION.name) return STATIC_VERSION;
  throw nonexistentItem(`The managed rule group has no version ${name}; its version is ${STATIC_VERSION.name}.`);
}
