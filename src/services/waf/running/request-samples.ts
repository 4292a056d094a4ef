// The requests that a web ACL looked at lately, for GetSampledRequests.
// AWS: of the last three hours, 500 at most. Seen: API reference, GetSampledRequests.

import type { Outcome, RuleMatch } from '../inspection/evaluation.ts';
import type { RuleAction } from '../inspection/rule.ts';
import type { WebRequest } from '../inspection/web-request.ts';

export interface RequestSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly request: Pick<WebRequest, 'clientIp' | 'method' | 'path' | 'query' | 'headers'> & { readonly httpVersion: string };
  readonly action: RuleAction['name'];
  /** Metric names of the rules that the request is a sample of; `Default_Action` when none decided. */
  readonly of: readonly string[];
  /** `AWS#AWSManagedRulesCommonRuleSet#NoUserAgent_HEADER` */
  readonly ruleInGroup: string | undefined;
  readonly insertedHeaders: readonly string[];
  readonly status: number | undefined;
  readonly labels: readonly string[];
  readonly overridden: RuleAction['name'] | undefined;
}

export const SAMPLES_MAX = 500;
const HOURS = 3;
const MINUTES_MAX = HOURS * 60;
const MINUTE_MS = 60_000;

/** AWS: the name of what matched no rule. */
export const DEFAULT_ACTION = 'Default_Action';
/** Every request of the web ACL. */
export const ALL = 'ALL';

export class RequestSamples {
  /** The newest last. */
  readonly #samples: RequestSample[] = [];
  #next = 0;
  /** Requests by metric name and minute. */
  readonly #population = new Map<string, Map<number, number>>();
  #newestMinute = 0;

  add(sample: RequestSample): void {
    this.#samples[this.#next] = sample;
    this.#next = (this.#next + 1) % SAMPLES_MAX;
    const minute = Math.floor(sample.at / MINUTE_MS);
    if (minute > this.#newestMinute) this.#begin(minute);
    for (const name of [...sample.of, ALL]) this.#populate(name, minute);
  }

  /** Those of a rule within a time, the oldest first, and how many requests there were. */
  find(name: string, from: number, to: number, max: number): { readonly samples: RequestSample[]; readonly population: number } {
    const oldestFirst = [...this.#samples.slice(this.#next), ...this.#samples.slice(0, this.#next)];
    const samples = oldestFirst.filter(({ at, of }) => at >= from && at < to && (name === ALL || of.includes(name)));
    let population = 0;
    for (const [minute, requests] of this.#population.get(name) ?? []) {
      if (minute >= Math.floor(from / MINUTE_MS) && minute * MINUTE_MS < to) population += requests;
    }
    return { samples: samples.slice(-max), population: Math.max(population, samples.length) };
  }

  #populate(name: string, minute: number): void {
    let minutes = this.#population.get(name);
    if (minutes === undefined) {
      minutes = new Map();
      this.#population.set(name, minutes);
    }
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }

  /** Lets go what is too old, with the names of rules that are no more. */
  #begin(minute: number): void {
    this.#newestMinute = minute;
    for (const [name, minutes] of this.#population) {
      for (const old of minutes.keys()) {
        if (old > minute - MINUTES_MAX) break;
        minutes.delete(old);
      }
      if (minutes.size === 0) this.#population.delete(name);
    }
  }
}

/** What is kept of a request; undefined when nobody wants samples of what it matched. */
export function sampleOf(
  request: RequestSample['request'] & { readonly at: number },
  outcome: Outcome,
  labels: ReadonlySet<string>,
  { isSampled, status }: { readonly isSampled: boolean; readonly status: number | undefined },
): RequestSample | undefined {
  const { terminating, counted, groups, by, insertedHeaders } = outcome;
  const of = [
    ...(terminating === undefined ? (isSampled ? [DEFAULT_ACTION] : []) : terminating.isSampled ? [terminating.metricName] : []),
    ...counted.flatMap(({ rule }) => (rule.isSampled ? [rule.metricName] : [])),
    ...groups.flatMap(({ group, terminating: inGroup, counted: inGroupCounted }) =>
      [...(inGroup === undefined ? [] : [inGroup]), ...inGroupCounted].flatMap(({ rule }: RuleMatch) =>
        rule.isSampled ? [rule.metricName, group.metricName] : [],
      ),
    ),
  ];
  if (of.length === 0) return undefined;
  const group = groups.find((found) => found.terminating !== undefined || found.counted.length > 0);
  const inGroup = group?.terminating ?? group?.counted[0];
  const { at, clientIp, method, path, query, headers, httpVersion } = request;
  return {
    ...{ at, request: { clientIp, method, path, query, headers, httpVersion } },
    ...{ action: by.name, of: [...new Set(of)], insertedHeaders, status, labels: [...labels] },
    ruleInGroup: group === undefined || inGroup === undefined ? undefined : `${group.group.groupId}#${inGroup.rule.name}`,
    overridden: inGroup?.rule.overridden,
  };
}
