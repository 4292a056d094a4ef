// The sampling rules of every account and region as they are now, and how the gateway uses them: as one client among others.

import { randomBytes } from 'node:crypto';
import type { SampledRequest } from '../../data-plane/ports.ts';
import type { SamplingVerdict } from '../../data-plane/telemetry/trace-header.ts';
import type { Scope } from '../../model/scope.ts';
import type { Change, Store } from '../../store/store.ts';
import { compileRules, type RuleMatcher } from './rule-matcher.ts';
import { RuleSampler } from './rule-sampler.ts';
import { defaultRule, type SamplingRuleDocument, samplingRuleKind } from './sampling-rule.ts';
import { QUOTA_TTL_MS, type SamplingStatistics } from './sampling-statistics.ts';

export interface LiveSamplingOptions {
  readonly store: Store;
  readonly statistics: SamplingStatistics;
  readonly now: () => number;
  readonly random?: () => number;
}

export class LiveSampling {
  readonly #options: LiveSamplingOptions;
  readonly #sampler: RuleSampler;
  readonly #clientId = randomBytes(12).toString('hex');
  #byScope: ReadonlyMap<string, { readonly rules: readonly SamplingRuleDocument[]; readonly match: RuleMatcher }> = new Map();

  constructor(options: LiveSamplingOptions) {
    this.#options = options;
    const { now, random } = options;
    this.#sampler = new RuleSampler(random === undefined ? { now } : { now, random });
  }

  async load(): Promise<void> {
    const byScope = new Map<string, SamplingRuleDocument[]>();
    for (const { key, document } of await this.#options.store.scan<SamplingRuleDocument>(samplingRuleKind)) {
      const scope = textOf(key.scope);
      const known = byScope.get(scope);
      if (known === undefined) byScope.set(scope, [document]);
      else known.push(document);
    }
    this.#byScope = new Map([...byScope].map(([scope, rules]) => [scope, { rules, match: compileRules(rules) }]));
  }

  async apply(changes: readonly Change[]): Promise<void> {
    if (changes.some(({ key }) => key.kind === samplingRuleKind)) await this.load();
  }

  sample(request: SampledRequest, at: number): SamplingVerdict {
    const scope = textOf(request.scope);
    const rule = this.#byScope.get(scope)?.match(request) ?? defaultRule;
    return { isSampled: this.#sampler.isSampled(rule, at, scope), ruleName: rule.ruleName };
  }

  /** Tells how the rules were used, and takes the gateway's part of each reservoir for what comes. */
  report(): void {
    const { statistics, now } = this.#options;
    const at = now();
    for (const { scope: text, ...use } of this.#sampler.takeUses(at)) {
      const scope = scopeOf(text);
      statistics.report(scope, { ...use, clientId: this.#clientId });
      const rule = this.#byScope.get(text)?.rules.find(({ ruleName }) => ruleName === use.ruleName) ?? defaultRule;
      const quota = statistics.quota(scope, rule, this.#clientId);
      this.#sampler.setQuota(use.ruleName, quota, at + QUOTA_TTL_MS, text);
    }
  }
}

function textOf({ account, region }: Scope): string {
  return `${account}/${region}`;
}

function scopeOf(text: string): Scope {
  const [account = '', region = ''] = text.split('/');
  return { account, region };
}
