// CloudWatch's metrics of a web ACL. AWS: one minute, only what is not zero. Seen: WAF developer guide, "AWS WAF metrics and dimensions".

import type { Counting, MetricsCollector } from '../../../data-plane/telemetry/metrics-collector.ts';
import type { Dimension, MetricPoint } from '../../../model/metric.ts';
import type { Scope } from '../../../model/scope.ts';
import type { Outcome } from '../inspection/evaluation.ts';
import type { RuleAction } from '../inspection/rule.ts';

const metricOf: Readonly<Record<RuleAction['name'], string>> = {
  ALLOW: 'AllowedRequests',
  BLOCK: 'BlockedRequests',
  COUNT: 'CountedRequests',
  CAPTCHA: 'CaptchaRequests',
  CHALLENGE: 'ChallengeRequests',
};
/** Of rules whose CAPTCHA or challenge was solved before. */
const passedOf: Readonly<Record<RuleAction['name'], string>> = {
  ...metricOf,
  CAPTCHA: 'RequestsWithValidCaptchaToken',
  CHALLENGE: 'RequestsWithValidChallengeToken',
};

/** AWS: as many labels of a request are told of. Seen: WAF developer guide. */
const LABELS_MAX = 100;

export interface CountedWebAcl {
  readonly scope: Scope;
  readonly metricName: string;
  /** CloudWatchMetricsEnabled of the web ACL. */
  readonly isMeasured: boolean;
}

interface Count {
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
  requests: number;
}

export class WebAclCounts implements Counting {
  readonly #collector: Pick<MetricsCollector, 'counts'>;
  readonly #counts = new Map<string, Count>();
  #counting = false;
  readonly #webAcl: CountedWebAcl;

  constructor(collector: Pick<MetricsCollector, 'counts'>, webAcl: CountedWebAcl) {
    this.#collector = collector;
    this.#webAcl = webAcl;
  }

  add(outcome: Outcome, labels: ReadonlySet<string>): void {
    const { metricName, isMeasured } = this.#webAcl;
    const { terminating, by, counted, groups } = outcome;
    if (isMeasured) {
      this.#one(metricOf[outcome.action], 'WebACL', metricName, 'Rule', 'ALL');
      if (terminating === undefined) this.#one(metricOf[by.name], 'WebACL', metricName, 'Rule', 'Default_Action');
    }
    if (terminating?.isMeasured === true) this.#one(metricOf[by.name], 'WebACL', metricName, 'Rule', terminating.metricName);
    for (const { rule } of counted) {
      if (rule.isMeasured) this.#one(passedOf[rule.action.name], 'WebACL', metricName, 'Rule', rule.metricName);
    }
    for (const { group, terminating: inGroup, counted: countedInGroup } of groups) {
      if (group.isMeasured) {
        if (inGroup === undefined) this.#one('PassedRequests', 'WebACL', metricName, 'RuleGroup', group.metricName);
        else if (group.countsOnly) this.#one('CountedRequests', 'WebACL', metricName, 'Rule', group.metricName);
      }
      if (inGroup?.rule.isMeasured === true) {
        this.#one(metricOf[inGroup.rule.action.name], 'RuleGroup', group.metricName, 'Rule', inGroup.rule.metricName);
      }
      for (const { rule } of countedInGroup) {
        if (rule.isMeasured) this.#one(passedOf[rule.action.name], 'RuleGroup', group.metricName, 'Rule', rule.metricName);
      }
    }
    if (isMeasured) this.#labels(outcome.action, labels);
  }

  #labels(action: Outcome['action'], labels: ReadonlySet<string>): void {
    let told = 0;
    for (const label of labels) {
      if (told++ === LABELS_MAX) return;
      const colon = label.lastIndexOf(':');
      const namespace: Dimension = { name: 'LabelNamespace', value: label.slice(0, colon) };
      const itself: Dimension = { name: 'Label', value: label.slice(colon + 1) };
      const webAcl: Dimension = { name: 'WebACL', value: this.#webAcl.metricName };
      this.#count(metricOf[action], label, () => [webAcl, namespace, itself]);
    }
  }

  #one(metricName: string, first: 'WebACL' | 'RuleGroup', owner: string, second: 'Rule' | 'RuleGroup', name: string): void {
    this.#count(metricName, `${first}/${owner}/${second}/${name}`, () => [
      { name: first, value: owner },
      { name: second, value: name },
    ]);
  }

  #count(metricName: string, what: string, dimensionsOf: () => readonly Dimension[]): void {
    if (!this.#counting) {
      this.#counting = true;
      this.#collector.counts(this);
    }
    const key = `${metricName}/${what}`;
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.requests++;
      return;
    }
    const dimensions = [...dimensionsOf(), { name: 'Region', value: this.#webAcl.scope.region }];
    this.#counts.set(key, { metricName, dimensions, requests: 1 });
  }

  take(at: number, into: MetricPoint[]): void {
    this.#counting = false;
    const { scope } = this.#webAcl;
    for (const count of this.#counts.values()) {
      const { metricName, dimensions, requests } = count;
      if (requests === 0) continue;
      count.requests = 0;
      const metric = { namespace: 'AWS/WAFV2', metricName, dimensions };
      const distribution = { sampleCount: requests, sum: requests, minimum: 1, maximum: 1, values: [1], counts: [requests] };
      into.push({ scope, metric, unit: 'Count', at, resolution: 60, distribution });
    }
  }

  rest(): void {
    if (!this.#counting) this.#counts.clear();
  }
}
