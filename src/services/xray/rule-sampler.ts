// Which of the requests that fit a rule are traced.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html

import type { SamplingRuleDocument } from './sampling-rule.ts';

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
