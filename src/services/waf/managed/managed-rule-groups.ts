// What managed rule groups there are, and what is in them.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_DescribeManagedRuleGroup.html

import type * as Wire from '@aws-sdk/client-wafv2';
import { AwsError } from '../../../aws/aws-error.ts';
import type { OperationInput, PartialOperations } from '../../../aws/operations.ts';
import { toWire } from '../rule-document.ts';
import { findManagedRuleGroup, type ManagedRuleGroupVersion, managedRuleGroups, STATIC_VERSION } from './catalogue.ts';
import type { ManagedRuleGroup } from './managed-rule-group.ts';

type Wafv2 = typeof Wire;
type Input<Op extends string> = OperationInput<Wafv2, Op>;

/** AWS: Limit is at most this. Seen: service model, PaginationLimit. */
const PAGE_MAX = 100;

export function managedRuleGroupOperations() {
  return {
    async ListAvailableManagedRuleGroups({ NextMarker, Limit }: Input<'ListAvailableManagedRuleGroups'>) {
      const { items, next } = pageAfter(managedRuleGroups, NextMarker, Limit);
      const groups = items.map(({ vendorName, name, description }) => ({
        ...{ VendorName: vendorName, Name: name, VersioningSupported: true, Description: description },
      }));
      return { ManagedRuleGroups: groups, ...next };
    },

    async ListAvailableManagedRuleGroupVersions(input: Input<'ListAvailableManagedRuleGroupVersions'>) {
      runnableGroup(input);
      const { items, next } = pageAfter([STATIC_VERSION], input.NextMarker, input.Limit);
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
  } satisfies PartialOperations<Wafv2>;
}

interface NamesGroup {
  readonly VendorName: string | undefined;
  readonly Name: string | undefined;
}

/** The group that a request names. Throws WAFNonexistentItemException, with the reason where AWS has a group and we do not. */
function runnableGroup({ VendorName = '', Name = '' }: NamesGroup): ManagedRuleGroup {
  const group = findManagedRuleGroup(VendorName, Name);
  if (group === undefined) throw nonexistent(`There is no managed rule group ${Name} of the vendor ${VendorName}.`);
  if (group.unavailable !== undefined) throw nonexistent(`${Name} is not available here. ${group.unavailable}`);
  return group;
}

/** AWS: the default version when none is named. Seen: API reference. */
function checkedVersion(name: string | undefined): ManagedRuleGroupVersion {
  if (name === undefined || name === STATIC_VERSION.name) return STATIC_VERSION;
  throw nonexistent(`The managed rule group has no version ${name}; its version is ${STATIC_VERSION.name}.`);
}

function nonexistent(message: string): AwsError {
  return new AwsError('WAFNonexistentItemException', message);
}

interface Named {
  readonly name: string;
}

/** The items after the one that the marker names, for there to be a next page only when there is something on it. */
function pageAfter<T extends Named>(all: readonly T[], marker: string | undefined, limit = PAGE_MAX) {
  const from = marker === undefined ? 0 : all.findIndex(({ name }) => name === marker) + 1;
  if (marker !== undefined && from === 0) {
    const fields = { Parameter: marker, Reason: 'The marker is not one of this list.' };
    throw new AwsError('WAFInvalidParameterException', 'The next marker is not valid.', { fields });
  }
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const next: { NextMarker?: string } = last !== undefined && from + limit < all.length ? { NextMarker: last.name } : {};
  return { items, next };
}
