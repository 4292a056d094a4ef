// Which rule a request fits. Rules are compiled when they change: requests parse and sort nothing.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html

import type { SampledRequest } from '../../data-plane/ports.ts';
import { matchesPattern, parseTextPattern } from '../../iam-policy/text-pattern.ts';
import { byPriority, type SamplingRuleDocument } from './sampling-rule.ts';

/** What rules look at. */
export type RuleSubject = Omit<SampledRequest, 'scope'> & { readonly attributes?: Readonly<Record<string, string>> };

/** The first rule, by priority and then by name, that the request fits. */
export type RuleMatcher = (request: RuleSubject) => SamplingRuleDocument | undefined;

/** Whether text in small letters fits. */
type TextMatcher = (lowerText: string) => boolean;

const FIELDS = ['serviceName', 'serviceType', 'httpMethod', 'host', 'urlPath', 'resourceArn'] as const;

/** The rules may come in any order. */
export function compileRules(rules: readonly SamplingRuleDocument[]): RuleMatcher {
  const compiled = rules.toSorted(byPriority).map((rule) => ({ rule, fits: compileRule(rule) }));
  return (request) => compiled.find(({ fits }) => fits(request))?.rule;
}

function compileRule(rule: SamplingRuleDocument): (request: RuleSubject) => boolean {
  // What any text fits is not asked about.
  const fields = FIELDS.filter((name) => rule[name] !== '*').map((name) => ({ name, fits: wildcardMatcher(rule[name]) }));
  const attributes = Object.entries(rule.attributes).map(([name, pattern]) => ({ name, fits: wildcardMatcher(pattern) }));
  return (request) =>
    fields.every(({ name, fits }) => fits(request[name].toLowerCase())) &&
    attributes.every(({ name, fits }) => {
      const { attributes: own = {} } = request;
      const value = Object.hasOwn(own, name) ? own[name] : undefined;
      return value !== undefined && fits(value.toLowerCase());
    });
}

/** A pattern in which `*` is any text and `?` is any character, whatever the case of its letters. */
export function wildcardMatcher(pattern: string): TextMatcher {
  // Without variables every pattern is resolved from the start.
  const parsed = parseTextPattern(pattern.toLowerCase(), { wildcards: true, variables: false }).resolved ?? [];
  return (lowerText) => matchesPattern(parsed, lowerText);
}
