// Sampling rules: which requests are traced, and how many of them.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html

import { partitionOf } from '../../aws/arn.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { isName } from './refusals.ts';
import type { Tags } from './tag-rules.ts';

/** A rule as the store keeps it. What a request has to fit is text with `*` and `?`. */
export interface SamplingRuleDocument {
  readonly ruleName: string;
  /** 1 to 9999, the lowest first; 10000 for the Default rule. */
  readonly priority: number;
  /** 0 to 1: of the requests that the reservoir does not take. */
  readonly fixedRate: number;
  /** Requests per second that are traced before the rate counts. */
  readonly reservoirSize: number;
  readonly serviceName: string;
  readonly serviceType: string;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly resourceArn: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Kept and shown; nothing is boosted. */
  readonly samplingRateBoost?: { readonly maxRate: number; readonly cooldownWindowMinutes: number };
  /** Milliseconds since the epoch; 0 for the Default rule. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly tags: Tags;
}

export const samplingRuleKind = 'xray/sampling-rule';
export const DEFAULT_RULE_NAME = 'Default';

/** AWS: these numbers, and the beginning of time as its dates. Seen: devguide xray-api-configuration, terraform-provider-aws#49597. */
export const defaultRule: SamplingRuleDocument = {
  ruleName: DEFAULT_RULE_NAME,
  ...{ priority: 10_000, fixedRate: 0.05, reservoirSize: 1 },
  ...{ serviceName: '*', serviceType: '*', host: '*', httpMethod: '*', urlPath: '*', resourceArn: '*' },
  ...{ attributes: {}, createdAt: 0, modifiedAt: 0, tags: {} },
};

export function samplingRuleKey(scope: Scope, ruleName: string): DocumentKey {
  return { scope, kind: samplingRuleKind, parent: '', id: ruleName };
}

export function samplingRuleArn({ account, region }: Scope, ruleName: string): string {
  return `arn:${partitionOf(region)}:xray:${region}:${account}:sampling-rule/${ruleName}`;
}

/** The name in a rule's ARN of this account and region, or undefined. */
export function ruleNameIn(arn: string, scope: Scope): string | undefined {
  const prefix = samplingRuleArn(scope, '');
  return arn.startsWith(prefix) && arn.length > prefix.length ? arn.slice(prefix.length) : undefined;
}

/** The Default rule is there before it is stored. */
export async function findSamplingRule(reader: Reader, scope: Scope, name: string): Promise<SamplingRuleDocument | undefined> {
  if (!isName(name)) return undefined;
  const stored = await reader.get<SamplingRuleDocument>(samplingRuleKey(scope, name));
  return stored ?? (name === DEFAULT_RULE_NAME ? defaultRule : undefined);
}

/** All rules in the order in which they are tried; the Default rule is the last. */
export async function samplingRulesIn(reader: Reader, scope: Scope): Promise<readonly SamplingRuleDocument[]> {
  const { items } = await reader.list<SamplingRuleDocument>(scope, samplingRuleKind, '');
  const isStored = items.some(({ ruleName }) => ruleName === DEFAULT_RULE_NAME);
  return [...items, ...(isStored ? [] : [defaultRule])].sort(byPriority);
}

/** By priority, then by name: the order in which rules are tried. */
export function byPriority(a: SamplingRuleDocument, b: SamplingRuleDocument): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.ruleName < b.ruleName ? -1 : a.ruleName > b.ruleName ? 1 : 0;
}
