// The rules of a web ACL or a rule group with all that belongs to them: checked together, and what they cost.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { type BodyKeys, checkHeaderCount, checkResponseBodies } from './checks/action-checks.ts';
import { assertCapacity, CAPACITY_MAX, capacityOf } from './checks/capacity.ts';
import { checkRules, checkVisibility, type RuleSurroundings } from './checks/rule-checks.ts';
import type { Place } from './entities.ts';
import { loadReferences } from './references.ts';
import { type CustomResponseBodies, type Document, type RuleDocument, toWire } from './rule-document.ts';
import type { WafContext } from './waf-context.ts';
import type { RuleSetDocument } from './waf-documents.ts';

type RuleSet = Pick<RuleSetDocument, 'rules' | 'visibilityConfig' | 'customResponseBodies'>;

interface RuleSetInput {
  readonly Rules?: readonly RuleDocument[] | undefined;
  readonly VisibilityConfig?: Document<Wire.VisibilityConfig> | undefined;
  readonly CustomResponseBodies?: CustomResponseBodies | undefined;
}

/** What a request gave, as it is kept. */
export function ruleSetOf({ Rules, VisibilityConfig, CustomResponseBodies }: RuleSetInput): RuleSet {
  return {
    rules: Rules ?? [],
    visibilityConfig: VisibilityConfig ?? {
      ...{ SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: undefined },
    },
    ...(CustomResponseBodies === undefined ? {} : { customResponseBodies: CustomResponseBodies }),
  };
}

/** What the rules cost, when they may be kept. Throws AwsError. */
export async function checkedCapacity(
  { managedGroups }: WafContext,
  reader: Reader,
  place: Place,
  owner: RuleSurroundings['owner'],
  { rules, visibilityConfig, customResponseBodies }: RuleSet,
  bodyKeys: BodyKeys = new Set(Object.keys(customResponseBodies ?? {})),
): Promise<number> {
  checkResponseBodies(customResponseBodies);
  checkVisibility(visibilityConfig);
  const references = await loadReferences(reader, place, rules);
  checkRules(rules, { owner, bodyKeys, references, managedGroups });
  checkHeaderCount(rules.map(({ Action }) => Action));
  const units = capacityOf(rules, { references, managedGroups });
  assertCapacity(units, CAPACITY_MAX, owner === 'web ACL' ? 'WEB_ACL' : 'RULE_GROUP');
  return units;
}

/** AWS: Seen: API reference, WebACL and RuleGroup, LabelNamespace. */
export function labelNamespaceOf({ account }: Scope, owner: 'webacl' | 'rulegroup', name: string): string {
  return `awswaf:${account}:${owner}:${name}:`;
}

/** The part of an answer that web ACLs and rule groups have in common. */
export function toRuleSet(set: RuleSetDocument) {
  const { name, id, arn, description, capacity, labelNamespace, customResponseBodies } = set;
  return {
    ...{ Name: name, Id: id, ARN: arn, Description: description, Capacity: capacity, LabelNamespace: labelNamespace },
    Rules: set.rules.map((rule) => toWire<Wire.Rule>(rule)),
    VisibilityConfig: { ...set.visibilityConfig },
    ...(customResponseBodies === undefined ? {} : { CustomResponseBodies: { ...customResponseBodies } }),
  };
}
