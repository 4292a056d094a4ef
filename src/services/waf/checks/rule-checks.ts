// What rules of a web ACL or a rule group may be.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html

import type { References } from '../references.ts';
import { invalidParameter, limitsExceeded, REASONS } from '../refusals.ts';
import type { Document, RuleDocument } from '../rule-document.ts';
import type { ManagedGroups } from '../waf-context.ts';
import { type BodyKeys, checkAction } from './action-checks.ts';
import { checkStatement } from './statement-checks.ts';

/** Where rules stand. */
export interface RuleSurroundings {
  readonly owner: 'web ACL' | 'rule group';
  /** Keys of its custom response bodies. */
  readonly bodyKeys: BodyKeys;
  readonly references: References;
  readonly managedGroups: ManagedGroups;
}

type VisibilityConfig = Document<RuleDocument['VisibilityConfig']>;

/** AWS: Seen: WAF quotas. */
const RATE_RULES_MAX = { 'web ACL': 10, 'rule group': 4 } as const;
/** AWS: Seen: developer guide, "Label syntax and naming requirements". */
const LABEL_PARTS_MAX = 6;
const LABEL_PART_CHARACTERS_MAX = 128;
const RESERVED_IN_LABELS = new Set([...['awswaf', 'aws', 'waf', 'rulegroup', 'webacl', 'regexpatternset', 'ipset', 'managed']]);
/** AWS: names of what the metrics count together. Seen: API reference, VisibilityConfig. */
const RESERVED_METRIC_NAMES = new Set(['All', 'Default_Action']);
/** AWS: less is for CAPTCHA only. Seen: API reference, ImmunityTimeProperty. */
const CHALLENGE_IMMUNITY_SECONDS_MIN = 300;

/** Throws WAFInvalidParameterException and the like for the first thing that is wrong. */
export function checkRules(rules: readonly RuleDocument[], surroundings: RuleSurroundings): void {
  const names = new Set<string>();
  const priorities = new Set<number>();
  let rateRules = 0;
  for (const rule of rules) {
    const { Name: name = '', Priority: priority = 0 } = rule;
    if (names.has(name)) throw invalidParameter('Two rules have the same name.', 'RULE', name);
    if (priorities.has(priority)) throw invalidParameter('Two rules have the same priority.', 'RULE', String(priority));
    names.add(name);
    priorities.add(priority);
    checkRule(rule, surroundings);
    if (rule.Statement?.RateBasedStatement !== undefined) rateRules++;
  }
  const { owner } = surroundings;
  if (rateRules > RATE_RULES_MAX[owner]) {
    throw limitsExceeded(`A ${owner} can have at most ${RATE_RULES_MAX[owner]} rate-based rules.`);
  }
}

function checkRule(rule: RuleDocument, surroundings: RuleSurroundings): void {
  const { Name: name = '', Statement: statement, Action: action, OverrideAction: override, RuleLabels: labels = [] } = rule;
  if (statement === undefined) throw invalidParameter(REASONS.exactlyOne, 'RULE', 'Rule');
  checkStatement(statement, surroundings, 'rule');
  const isGroup = statement.ManagedRuleGroupStatement !== undefined || statement.RuleGroupReferenceStatement !== undefined;
  if ((action === undefined) === (override === undefined)) throw invalidParameter(REASONS.exactlyOne, 'RULE', 'Rule');
  if (isGroup !== (override !== undefined)) throw invalidParameter(REASONS.reference, 'RULE', 'Statement');
  if (action !== undefined) checkAction(action, surroundings.bodyKeys);
  if (override !== undefined) checkOverride(override);
  if (isGroup && labels.length > 0) throw invalidParameter('A rule that refers to a rule group cannot add labels.', 'RULE', name);
  for (const label of labels) checkLabelName(label.Name ?? '');
  checkVisibility(rule.VisibilityConfig);
  checkChallengeConfig(rule.ChallengeConfig);
}

function checkOverride(override: NonNullable<RuleDocument['OverrideAction']>): void {
  const { Count: count, None: none } = override;
  if ((count === undefined) === (none === undefined)) {
    throw invalidParameter(REASONS.exactlyOne, 'OVERRIDE_ACTION', 'OverrideAction');
  }
  // AWS: an override's count has no request handling. Seen: API reference, OverrideAction, Count.
  if (count?.CustomRequestHandling !== undefined) {
    throw invalidParameter('An override action cannot insert headers.', 'OVERRIDE_ACTION', 'CustomRequestHandling');
  }
}

function checkLabelName(name: string): void {
  const parts = name.split(':');
  const isFine =
    parts.length <= LABEL_PARTS_MAX &&
    parts.every((part) => part !== '' && part.length <= LABEL_PART_CHARACTERS_MAX && !RESERVED_IN_LABELS.has(part));
  if (!isFine) throw invalidParameter(REASONS.formatting, 'RULE', name);
}

/** Throws WAFInvalidParameterException. */
export function checkVisibility(config: VisibilityConfig): void {
  const name = config?.MetricName ?? '';
  if (RESERVED_METRIC_NAMES.has(name)) throw invalidParameter('The metric name is reserved for WAF.', 'METRIC_NAME', name);
}

/** Throws WAFInvalidParameterException. */
export function checkChallengeConfig(config: RuleDocument['ChallengeConfig']): void {
  const seconds = config?.ImmunityTimeProperty?.ImmunityTime;
  if (seconds !== undefined && seconds < CHALLENGE_IMMUNITY_SECONDS_MIN) {
    throw invalidParameter(
      `The immunity time of a challenge is at least ${CHALLENGE_IMMUNITY_SECONDS_MIN} seconds.`,
      'CHALLENGE_CONFIG',
      String(seconds),
    );
  }
}
