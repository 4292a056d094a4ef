// What rules may say of the rule groups that they refer to.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_ManagedRuleGroupStatement.html

import { invalidParameter, nonexistentItem } from '../refusals.ts';
import type { StatementDocument } from '../rule-document.ts';
import { checkAction } from './action-checks.ts';
import type { RuleSurroundings } from './rule-checks.ts';

type RuleGroupReference = NonNullable<StatementDocument['RuleGroupReferenceStatement']>;
type ManagedRuleGroup = NonNullable<StatementDocument['ManagedRuleGroupStatement']>;
type ManagedConfigs = NonNullable<ManagedRuleGroup['ManagedRuleGroupConfigs']>;

/** The one configuration that has a group here. */
const BOT_CONTROL = 'AWSManagedRulesBotControlRuleSet';

/** Throws WAFInvalidParameterException. */
export function checkRuleGroupReference(group: RuleGroupReference, surroundings: RuleSurroundings): void {
  const rules = surroundings.references.ruleGroups.get(group.ARN ?? '')?.rules ?? [];
  checkOverrides(group, surroundings);
  const names = new Set(rules.map(({ Name }) => Name));
  const unknown = overriddenNames(group).find((name) => !names.has(name));
  if (unknown !== undefined) throw invalidParameter('The rule group has no rule of that name.', 'EXCLUDED_RULE', unknown);
}

/**
 * Throws WAFNonexistentItemException or WAFInvalidParameterException.
 * AWS: names that the group does not have are let through. Seen: developer guide, "Overriding rule group actions".
 */
export function checkManagedRuleGroup(managed: ManagedRuleGroup, surroundings: RuleSurroundings): void {
  const { VendorName: vendor = '', Name: name = '', Version: version } = managed;
  const facts = surroundings.managedGroups.find(vendor, name);
  if (facts === undefined) throw nonexistentItem(`There is no managed rule group ${name} of the vendor ${vendor}.`);
  if (facts.unavailable !== undefined) throw invalidParameter(facts.unavailable, 'MANAGED_RULE_SET_STATEMENT', name);
  if (version !== undefined && !facts.versions?.includes(version)) {
    throw nonexistentItem(
      `The managed rule group ${name} has no version ${version}; it has ${facts.versions?.join(', ') ?? 'none'}.`,
    );
  }
  checkOverrides(managed, surroundings);
  checkConfigs(managed.ManagedRuleGroupConfigs ?? [], name);
}

function checkOverrides(group: RuleGroupReference | ManagedRuleGroup, { bodyKeys }: RuleSurroundings): void {
  const names = overriddenNames(group);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalidParameter('A rule is overridden twice.', 'EXCLUDED_RULE', twice);
  for (const { ActionToUse: action } of group.RuleActionOverrides ?? []) checkAction(action ?? {}, bodyKeys);
}

function overriddenNames(group: RuleGroupReference | ManagedRuleGroup): string[] {
  return [...(group.ExcludedRules ?? []), ...(group.RuleActionOverrides ?? [])].map(({ Name }) => Name ?? '');
}

function checkConfigs(configs: ManagedConfigs, groupName: string): void {
  const members = configs.flatMap((config) => Object.entries(config).filter(([, member]) => member !== undefined));
  const other = members.find(([member]) => member !== BOT_CONTROL || groupName !== BOT_CONTROL);
  if (other !== undefined) {
    throw invalidParameter(
      `The rule group ${groupName} has no configuration ${other[0]} here.`,
      'MANAGED_RULE_GROUP_CONFIG',
      other[0],
    );
  }
  // AWS: the group needs its inspection level. Seen: API reference, AWSManagedRulesBotControlRuleSet, InspectionLevel.
  if (groupName === BOT_CONTROL && members.length !== 1) {
    throw invalidParameter(`The rule group ${BOT_CONTROL} needs one configuration.`, 'MANAGED_RULE_GROUP_CONFIG', BOT_CONTROL);
  }
}
