// Sampling rules: which requests are traced, and how many of them.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html

import { partitionOf } from '../../aws/arn.ts';
import { matchesPattern, parseTextPattern, type ResolvedPattern } from '../../iam-policy/text-pattern.ts';
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

/** What a request that may be traced is like. */
export interface SampledRequest {
  readonly serviceName: string;
  /** The origin of its segment: `AWS::ApiGateway::Stage`. */
  readonly serviceType: string;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly resourceArn: string;
  readonly attributes?: Readonly<Record<string, string>>;
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

/** The first rule, by priority and then by name, that the request fits. The rules may come in any order. */
export function matchingRule(rules: readonly SamplingRuleDocument[], request: SampledRequest): SamplingRuleDocument | undefined {
  let first: SamplingRuleDocument | undefined;
  const lower = inLowerCase(request);
  for (const rule of rules) {
    if ((first === undefined || byPriority(rule, first) < 0) && isFitting(rule, lower)) first = rule;
  }
  return first;
}

/** Whether text fits a pattern in which `*` is any text and `?` is any character, whatever the case of its letters. */
export function matchesWildcards(pattern: string, text: string): boolean {
  return matchesPattern(toPattern(pattern), text.toLowerCase());
}

/** How one rule was used since it was last told. */
export interface RuleUse {
  readonly ruleName: string;
  /** Requests that fitted it. */
  readonly requestCount: number;
  readonly sampledCount: number;
  /** Of the sampled: those that were borrowed from the reservoir. */
  readonly borrowCount: number;
}

interface RuleState {
  readonly scope: string;
  readonly ruleName: string;
  /** The second that `taken` counts in. */
  second: number;
  taken: number;
  quota: number;
  /** Milliseconds since the epoch. */
  quotaUntil: number;
  requestCount: number;
  sampledCount: number;
  borrowCount: number;
}

export interface RuleSamplerOptions {
  /** 0 ≤ n < 1. */
  readonly random?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Decides which requests are traced, as a client of X-Ray does: from its quota of the rule's reservoir, or, as long as it has none,
 * one request per second; the others by the rule's rate. Rules are known by their name and by `scope`, which is text that tells
 * the accounts and regions apart.
 */
export class RuleSampler {
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #states = new Map<string, RuleState>();

  constructor({ random = Math.random, now = Date.now }: RuleSamplerOptions = {}) {
    this.#random = random;
    this.#now = now;
  }

  isSampled(rule: SamplingRuleDocument, nowMs = this.#now(), scope = ''): boolean {
    const state = this.#stateOf(rule.ruleName, scope);
    state.requestCount++;
    const isSampled = isFromReservoir(state, rule, nowMs) || this.#random() < rule.fixedRate;
    if (isSampled) state.sampledCount++;
    return isSampled;
  }

  /** The part of a rule's reservoir that is this sampler's own, in requests per second. */
  setQuota(ruleName: string, quota: number, untilMs: number, scope = ''): void {
    const state = this.#stateOf(ruleName, scope);
    state.quota = quota;
    state.quotaUntil = untilMs;
  }

  /** How the rules were used since this was asked last; those without a request are left out. */
  takeUses(nowMs = this.#now()): readonly (RuleUse & { readonly scope: string })[] {
    const uses: (RuleUse & { readonly scope: string })[] = [];
    for (const [key, state] of this.#states) {
      const { scope, ruleName, requestCount, sampledCount, borrowCount } = state;
      if (requestCount > 0) uses.push({ scope, ruleName, requestCount, sampledCount, borrowCount });
      // Rules come and go; what is not used and has no quota would stay for ever.
      else if (state.quotaUntil < nowMs) this.#states.delete(key);
      Object.assign(state, { requestCount: 0, sampledCount: 0, borrowCount: 0 });
    }
    return uses;
  }

  #stateOf(ruleName: string, scope: string): RuleState {
    const key = `${scope}\n${ruleName}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      const counts = { requestCount: 0, sampledCount: 0, borrowCount: 0 };
      state = { scope, ruleName, second: 0, taken: 0, quota: 0, quotaUntil: Number.NEGATIVE_INFINITY, ...counts };
      this.#states.set(key, state);
    }
    return state;
  }
}

function isFromReservoir(state: RuleState, { reservoirSize }: SamplingRuleDocument, nowMs: number): boolean {
  const second = Math.floor(nowMs / 1000);
  if (second !== state.second) {
    state.second = second;
    state.taken = 0;
  }
  const isBorrowing = state.quotaUntil < nowMs;
  if (state.taken >= (isBorrowing ? Math.min(reservoirSize, 1) : state.quota)) return false;
  state.taken++;
  if (isBorrowing) state.borrowCount++;
  return true;
}

function byPriority(a: SamplingRuleDocument, b: SamplingRuleDocument): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.ruleName < b.ruleName ? -1 : a.ruleName > b.ruleName ? 1 : 0;
}

function inLowerCase(request: SampledRequest): SampledRequest {
  return {
    serviceName: request.serviceName.toLowerCase(),
    serviceType: request.serviceType.toLowerCase(),
    host: request.host.toLowerCase(),
    httpMethod: request.httpMethod.toLowerCase(),
    urlPath: request.urlPath.toLowerCase(),
    resourceArn: request.resourceArn.toLowerCase(),
    attributes: request.attributes ?? {},
  };
}

function isFitting(rule: SamplingRuleDocument, lower: SampledRequest): boolean {
  const { attributes = {} } = lower;
  return (
    fits(rule.serviceName, lower.serviceName) &&
    fits(rule.serviceType, lower.serviceType) &&
    fits(rule.httpMethod, lower.httpMethod) &&
    fits(rule.host, lower.host) &&
    fits(rule.urlPath, lower.urlPath) &&
    fits(rule.resourceArn, lower.resourceArn) &&
    Object.entries(rule.attributes).every(([name, pattern]) => {
      const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      return value !== undefined && fits(pattern, value.toLowerCase());
    })
  );
}

function fits(pattern: string, lowerText: string): boolean {
  return pattern === '*' || matchesPattern(toPattern(pattern), lowerText);
}

/** Patterns that were used lately: there are few of them, and every request asks for some. */
const patterns = new Map<string, ResolvedPattern>();
const PATTERNS_MAX = 1000;

function toPattern(text: string): ResolvedPattern {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  // Without variables every pattern is resolved from the start.
  const pattern = parseTextPattern(text.toLowerCase(), { wildcards: true, variables: false }).resolved ?? [];
  if (patterns.size >= PATTERNS_MAX) patterns.clear();
  patterns.set(text, pattern);
  return pattern;
}
