// What clients report of their sampling, and what part of a rule's reservoir each of them may use for it.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import { pageOf } from './paging.ts';
import type { RuleUse } from './rule-sampler.ts';
import { samplingRulesIn } from './sampling-rule.ts';
import { lastRuleChange } from './sampling-rules.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

/** What a client tells of one rule since it told last. */
export interface SamplingReport extends RuleUse {
  /** 24 hexadecimal digits. */
  readonly clientId: string;
}

/** How a rule was used in one interval, by all clients. */
export interface SamplingSummary extends RuleUse {
  /** The beginning of the interval, in milliseconds since the epoch. */
  readonly from: number;
}

/** How often clients report. */
const INTERVAL_MS = 10_000;
/** Clients report an interval apart and a little later; half of one is what the slow ones get. */
const RECENT_MS = INTERVAL_MS * 1.5;
/** AWS: five minutes. Seen: devguide xray-api-sampling. */
export const QUOTA_TTL_MS = 300_000;
/** AWS: each rule is shown in windows of ten seconds over the last minutes. Seen: devguide xray-console-sampling, without a number. */
const SHOWN_MS = 600_000;
/** The tables are what callers fill: whoever reported longest ago is forgotten for a new one. */
const RULES_MAX = 2000;
const CLIENTS_MAX = 1000;

interface Counts {
  requestCount: number;
  sampledCount: number;
  borrowCount: number;
}

interface RuleReports {
  /** By client, the one that reported longest ago first. */
  readonly clients: Map<string, { readonly requestCount: number; readonly at: number }>;
  /** By the beginning of the interval, the oldest first. */
  readonly windows: Map<number, Counts>;
}

/** The reports of the last minutes, in memory only: clients report again. */
export class SamplingStatistics {
  /** By account, region and rule; the rule that was reported longest ago first. */
  readonly #rules = new Map<string, RuleReports>();
  readonly #now: () => number;

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  report(scope: Scope, report: SamplingReport): void {
    const at = this.#now();
    const { clients, windows } = this.#touch(keyOf(scope, report.ruleName));
    clients.delete(report.clientId);
    clients.set(report.clientId, { requestCount: report.requestCount, at });
    forgetFirst(clients, ({ at: then }) => then <= at - RECENT_MS, CLIENTS_MAX);

    const from = at - (at % INTERVAL_MS);
    const counts = windows.get(from) ?? { requestCount: 0, sampledCount: 0, borrowCount: 0 };
    counts.requestCount += report.requestCount;
    counts.sampledCount += report.sampledCount;
    counts.borrowCount += report.borrowCount;
    windows.set(from, counts);
    forgetFirst(windows, (_, then) => then <= at - SHOWN_MS, SHOWN_MS / INTERVAL_MS);
  }

  /**
   * The requests per second that a client which has just reported may take of a reservoir: its share of the requests that all
   * clients reported lately. What is left by rounding goes to those who lost most by it, so that a small reservoir is used too.
   */
  quota(scope: Scope, rule: { readonly ruleName: string; readonly reservoirSize: number }, clientId: string): number {
    const at = this.#now();
    const reports = this.#rules.get(keyOf(scope, rule.ruleName));
    const recent = [...(reports?.clients ?? [])].filter(([, report]) => report.at > at - RECENT_MS);
    const total = recent.reduce((sum, [, { requestCount }]) => sum + requestCount, 0);
    const shares = recent.map(([id, { requestCount }]) => {
      const share = rule.reservoirSize * (total === 0 ? 1 / recent.length : requestCount / total);
      return { id, whole: Math.floor(share), rest: share % 1 };
    });
    const own = shares.find(({ id }) => id === clientId);
    if (own === undefined) return 0;
    const left = rule.reservoirSize - shares.reduce((sum, { whole }) => sum + whole, 0);
    const before = shares.filter(({ id, rest }) => rest > own.rest || (rest === own.rest && id < own.id)).length;
    return own.whole + (before < left ? 1 : 0);
  }

  /** How a rule was used lately, the oldest interval first; those without a report are left out. */
  summaries(scope: Scope, ruleName: string): readonly SamplingSummary[] {
    const at = this.#now();
    const windows = this.#rules.get(keyOf(scope, ruleName))?.windows ?? [];
    return [...windows].flatMap(([from, counts]) => (from > at - SHOWN_MS ? [{ ruleName, from, ...counts }] : []));
  }

  clear(): void {
    this.#rules.clear();
  }

  #touch(key: string): RuleReports {
    const reports = this.#rules.get(key) ?? { clients: new Map(), windows: new Map() };
    this.#rules.delete(key);
    this.#rules.set(key, reports);
    forgetFirst(this.#rules, () => false, RULES_MAX);
    return reports;
  }
}

export function samplingStatisticsOperations({ store, sampling, now }: XRayContext) {
  return {
    async GetSamplingTargets(input: Input<'GetSamplingTargets'>, caller: Caller) {
      const scope = scopeOf(caller);
      const at = now();
      const rules = new Map((await samplingRulesIn(store, scope)).map((rule) => [rule.ruleName, rule]));
      const isKnown = ({ RuleName: name = '' }: { RuleName: string | undefined }) => rules.has(name);
      const { SamplingStatisticsDocuments: documents = [], SamplingBoostStatisticsDocuments: boosts = [] } = input;
      // All are counted before any is answered: a client that reports under two ids gets a part for each.
      for (const each of documents.filter(isKnown)) {
        const { RuleName: ruleName = '', ClientID: clientId = '' } = each;
        const { RequestCount: requestCount = 0, SampledCount: sampledCount = 0, BorrowCount: borrowCount = 0 } = each;
        sampling.report(scope, { ruleName, clientId, requestCount, sampledCount, borrowCount });
      }
      const targets = documents.flatMap(({ RuleName: ruleName = '', ClientID: clientId = '' }) => {
        const rule = rules.get(ruleName);
        if (rule === undefined) return [];
        return [
          {
            RuleName: ruleName,
            FixedRate: rule.fixedRate,
            ReservoirQuota: sampling.quota(scope, rule, clientId),
            ReservoirQuotaTTL: new Date(at + QUOTA_TTL_MS),
            Interval: INTERVAL_MS / 1000,
          },
        ];
      });
      return {
        SamplingTargetDocuments: targets,
        LastRuleModification: new Date(await lastRuleChange(store, scope)),
        UnprocessedStatistics: documents.filter((each) => !isKnown(each)).map(unprocessed),
        UnprocessedBoostStatistics: boosts.filter((each) => !isKnown(each)).map(unprocessed),
      };
    },

    async GetSamplingStatisticSummaries(input: Input<'GetSamplingStatisticSummaries'>, caller: Caller) {
      const scope = scopeOf(caller);
      const rules = await samplingRulesIn(store, scope);
      const summaries = rules.flatMap(({ ruleName }) => sampling.summaries(scope, ruleName));
      const { items, next } = pageOf(summaries, input.NextToken, ['summaries', scope.account, scope.region]);
      return {
        SamplingStatisticSummaries: items.map(({ ruleName, from, requestCount, sampledCount, borrowCount }) => ({
          ...{ RuleName: ruleName, Timestamp: new Date(from) },
          ...{ RequestCount: requestCount, BorrowCount: borrowCount, SampledCount: sampledCount },
        })),
        ...next,
      };
    },
  } satisfies XRayOperations;
}

/** AWS: code and words are ours. */
function unprocessed({ RuleName: name = '' }: { RuleName: string | undefined }) {
  return { RuleName: name, ErrorCode: 'RuleNotFound', Message: 'Sampling rule does not exist' };
}

/** Forgets from the front: what is over, and what is more than there may be. */
function forgetFirst<K, V>(map: Map<K, V>, isOver: (value: V, key: K) => boolean, max: number): void {
  for (const [key, value] of map) {
    if (map.size <= max && !isOver(value, key)) return;
    map.delete(key);
  }
}

/** No name holds a line feed. */
function keyOf({ account, region }: Scope, ruleName: string): string {
  return `${account}\n${region}\n${ruleName}`;
}
