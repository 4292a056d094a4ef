// One request through the rules of a web ACL, in the order of their priorities, until one decides.
// https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html

import { isOverBudget } from './inspection-budget.ts';
import type { Inspection, MatchDetail } from './matcher.ts';
import { ALWAYS_LIMITED } from './rate-limiter.ts';
import type { GroupRule, PlainRule, RateRule, RuleAction, WebAclRule } from './rule.ts';

/** A rule that matched. */
export interface RuleMatch {
  readonly rule: PlainRule | RateRule;
  readonly details: readonly MatchDetail[];
}

/** What a group's rules found. */
export interface GroupMatches {
  readonly group: GroupRule;
  readonly terminating: RuleMatch | undefined;
  readonly counted: readonly RuleMatch[];
}

/** A rate-based rule that limits. */
export interface LimitedRate {
  readonly rule: RateRule;
  /** '' of one that knows no key. */
  readonly key: string;
}

export interface Outcome {
  readonly action: 'ALLOW' | 'BLOCK' | 'CAPTCHA' | 'CHALLENGE';
  /** The action that was taken; the web ACL's default when no rule decided. */
  readonly by: RuleAction;
  /** The rule of the web ACL that decided; undefined: none did. */
  readonly terminating: WebAclRule | undefined;
  /** What made it, or the rule inside the group that it is, match. */
  readonly terminatingDetails: readonly MatchDetail[];
  /** Of the web ACL's own rules: those that matched and let the request go on. */
  readonly counted: readonly RuleMatch[];
  readonly groups: readonly GroupMatches[];
  readonly rates: readonly LimitedRate[];
  /** Rules stopped looking because the request was too much work; then it is refused. */
  readonly isOverBudget: boolean;
  /** Name and value in turn. AWS: the last rule that sets a name wins. */
  readonly insertedHeaders: readonly string[];
}

/** Whether a request has shown that a CAPTCHA or a challenge was solved. */
export type HasSolved = (inspection: Inspection, action: RuleAction) => boolean;

export interface RuleSet {
  readonly rules: readonly WebAclRule[];
  readonly defaultAction: RuleAction;
}

const refusing: RuleAction = { name: 'BLOCK', insertedHeaders: [], answer: undefined, immunitySeconds: 0 };

/** `labels` of the inspection grow with every rule that matches. */
export function evaluate(
  { rules, defaultAction }: RuleSet,
  inspection: Inspection & { labels: Set<string> },
  hasSolved: HasSolved,
): Outcome {
  const counted: RuleMatch[] = [];
  const groups: GroupMatches[] = [];
  const rates: LimitedRate[] = [];
  const headers = new Map<string, string>();

  for (const rule of rules) {
    if (rule.kind === 'group') {
      if (rule.scope !== undefined && !rule.scope(inspection)) continue;
      const found = runGroup(rule);
      groups.push(found);
      if (found.terminating === undefined) continue;
      if (rule.countsOnly) continue;
      return outcome(found.terminating.rule.action, rule, found.terminating.details);
    }
    const match = matchOf(rule);
    if (match === undefined) continue;
    if (isTerminating(rule.action)) return outcome(rule.action, rule, match.details);
    counted.push(match);
  }
  return outcome(defaultAction, undefined, []);

  function runGroup(group: GroupRule): GroupMatches {
    const inGroup: RuleMatch[] = [];
    for (const rule of group.rules) {
      const match = matchOf(rule);
      if (match === undefined) continue;
      if (isTerminating(rule.action)) return { group, terminating: match, counted: inGroup };
      inGroup.push(match);
    }
    return { group, terminating: undefined, counted: inGroup };
  }

  /** Labels and headers of a rule that matches are there for the rules behind it. */
  function matchOf(rule: PlainRule | RateRule): RuleMatch | undefined {
    const before = inspection.details.length;
    if (rule.kind === 'plain') {
      if (!rule.matches(inspection)) {
        inspection.details.length = before;
        return undefined;
      }
    } else {
      const key = rule.limiter.take(inspection);
      inspection.details.length = before;
      if (key === undefined) return undefined;
      rates.push({ rule, key: key === ALWAYS_LIMITED ? '' : key });
    }
    addLabels(rule.labels);
    insert(rule.action.insertedHeaders);
    return { rule, details: inspection.details.splice(before) };
  }

  function isTerminating(action: RuleAction): boolean {
    if (action.name === 'COUNT') return false;
    return action.name === 'ALLOW' || action.name === 'BLOCK' || !hasSolved(inspection, action);
  }

  function addLabels(labels: readonly string[]): void {
    for (const label of labels) inspection.labels.add(label);
  }

  function outcome(by: RuleAction, terminating: WebAclRule | undefined, terminatingDetails: readonly MatchDetail[]): Outcome {
    const found = { counted, groups, rates };
    // What rules said that did not look means nothing; a Block that one of them came to stands.
    if (by.name !== 'BLOCK' && isOverBudget(inspection)) {
      return {
        ...found,
        action: 'BLOCK',
        by: refusing,
        terminating: undefined,
        terminatingDetails: [],
        isOverBudget: true,
        insertedHeaders: [],
      };
    }
    const action = by.name === 'COUNT' ? 'ALLOW' : by.name;
    if (terminating === undefined) insert(by.insertedHeaders);
    const insertedHeaders = action === 'ALLOW' ? [...headers].flat() : [];
    return { ...found, action, by, terminating, terminatingDetails, isOverBudget: false, insertedHeaders };
  }

  function insert(inserted: readonly string[]): void {
    for (let i = 0; i + 1 < inserted.length; i += 2) headers.set(inserted[i] as string, inserted[i + 1] as string);
  }
}
