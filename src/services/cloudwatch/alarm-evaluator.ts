// Looks at the alarms: those of minutes every minute, those of seconds every ten, composite ones whenever another has changed.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../../model/scope.ts';
import { type Decision, decide } from './alarm-decision.ts';
import {
  type AlarmDocument,
  type AlarmState,
  alarmArn,
  alarmKind,
  alarmNameIn,
  type CompositeAlarmDocument,
  type MetricAlarmDocument,
} from './alarm-document.ts';
import { reasonDataOf, reasonOf, type WatchedPeriod } from './alarm-reasons.ts';
import { type AlarmRule, alarmsOf, holds, parseAlarmRule } from './alarm-rule.ts';
import { changeState } from './alarm-states.ts';
import type { CloudWatchContext } from './cloudwatch-context.ts';
import { readMetricQueries } from './metric-queries.ts';
import { readPeriods } from './periods.ts';
import { QueryAnswers } from './query-answers.ts';
import { compileStatistic, type Statistic } from './statistic.ts';

const MINUTE = 60;
/** AWS: more periods are looked at than an alarm needs, for values that come late. Seen: user guide, "evaluation range". */
const MORE_PERIODS = 2;
/** Composite alarms of composite alarms. */
const PASSES_MAX = 10;

interface Stored<A extends AlarmDocument> {
  readonly scope: Scope;
  readonly alarm: A;
}

export class AlarmEvaluator {
  readonly #context: CloudWatchContext;

  constructor(context: CloudWatchContext) {
    this.#context = context;
  }

  /** Evaluates metric alarms whose periods are short (under a minute) or not, then all composite ones. Whether any are short. */
  async evaluate(which: 'short' | 'long'): Promise<boolean> {
    const all = await this.#all();
    let anyShort = false;
    for (const { scope, alarm } of all) {
      if (alarm.kind !== 'metric') continue;
      const isShort = periodOf(alarm) < MINUTE;
      anyShort ||= isShort;
      if (isShort !== (which === 'short')) continue;
      await this.#evaluateMetric({ scope, alarm });
      await nextTurn();
    }
    await this.evaluateComposites();
    return anyShort;
  }

  /** Until nothing changes any more. */
  async evaluateComposites(): Promise<void> {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const all = await this.#all();
      let changed = false;
      for (const { scope, alarm } of all) {
        if (alarm.kind === 'composite') changed = (await this.#evaluateComposite({ scope, alarm }, all)) || changed;
      }
      if (!changed) return;
    }
  }

  async #all(): Promise<readonly Stored<AlarmDocument>[]> {
    const found = await this.#context.store.scan<AlarmDocument>(alarmKind);
    return found.map(({ key, document }) => ({ scope: key.scope, alarm: document }));
  }

  async #evaluateMetric({ scope, alarm }: Stored<MetricAlarmDocument>): Promise<void> {
    const now = this.#context.now();
    const periods = await this.#periods(scope, alarm, now);
    if (periods === undefined) return;
    const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, threshold, comparison } = alarm;
    const treatMissingData = alarm.treatMissingData ?? 'missing';
    const decision = decide(
      periods.map(({ value }) => value),
      { evaluationPeriods, datapointsToAlarm, threshold, comparison, treatMissingData },
    );
    if (decision.state === 'keep' || decision.state === alarm.state) return;
    if (hasTooFewSamples(alarm, decision, periods)) return;
    await changeState(this.#context, scope, alarm, {
      state: decision.state,
      reason: reasonOf(alarm, decision, decision.state, periods),
      reasonData: reasonDataOf(alarm, decision, periods, now),
    });
  }

  /** The evaluation range, oldest first; undefined when the expression cannot be evaluated. */
  async #periods(scope: Scope, alarm: MetricAlarmDocument, now: number): Promise<readonly WatchedPeriod[] | undefined> {
    const period = periodOf(alarm);
    const length = period * 1000;
    // Periods that are over. What is known of a minute alone stands in its first short period.
    const to = Math.floor(now / length) * length;
    const more = period < MINUTE ? Math.ceil(MINUTE / period) : MORE_PERIODS;
    const from = to - (alarm.evaluationPeriods + more) * length;
    const found = await this.#values(scope, alarm, { from, to, now });
    if (found === undefined) return undefined;
    const periods: WatchedPeriod[] = [];
    for (let at = from; at < to; at += length) periods.push({ at, value: undefined, sampleCount: undefined, ...found.get(at) });
    return periods;
  }

  async #values(
    scope: Scope,
    { watched }: MetricAlarmDocument,
    { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
  ): Promise<ReadonlyMap<number, Pick<WatchedPeriod, 'value' | 'sampleCount'>> | undefined> {
    const { metrics } = this.#context;
    if (watched.kind === 'metric') {
      const { metric, period, stat, unit } = watched;
      const statistic = compileStatistic(stat) as Statistic;
      const units = await readPeriods(metrics, { scope, metric, from, to, period, origin: 0, withValues: true, unit });
      // AWS: without a unit, values of different units are never put together. Seen: user guide, alarms.
      const [first] = units.values();
      return new Map(
        [...(first ?? [])].map(([at, values]) => [at, { value: statistic(values), sampleCount: values.sampleCount }]),
      );
    }
    try {
      const queries = readMetricQueries(watched.queries, 'Metrics');
      const answers = new QueryAnswers({ metrics, scope, queries, start: from, end: to, now });
      const returned = queries.find((query) => query.returned);
      const [answer] = returned === undefined ? [] : await answers.of(returned);
      const { times = [], values = [] } = answer?.series ?? {};
      return new Map(times.map((at, index) => [at, { value: values[index], sampleCount: undefined }]));
    } catch {
      // What made sense when it was put may not any more: the state is kept.
      return undefined;
    }
  }

  async #evaluateComposite(
    { scope, alarm }: Stored<CompositeAlarmDocument>,
    all: readonly Stored<AlarmDocument>[],
  ): Promise<boolean> {
    const rule = parseAlarmRule(alarm.alarmRule);
    if (rule.kind === 'problem') return false;
    const named = (name: string): AlarmDocument | undefined => {
      const wanted = alarmNameIn(name, scope) ?? name;
      const isThere = (each: Stored<AlarmDocument>) =>
        each.alarm.alarmName === wanted && each.scope.region === scope.region && each.scope.account === scope.account;
      return all.find(isThere)?.alarm;
    };
    const state: AlarmState = holds(rule, (name) => named(name)?.state) ? 'ALARM' : 'OK';
    if (state === alarm.state) return false;
    return changeState(this.#context, scope, alarm, { state, ...compositeReason(rule, named, scope) });
  }
}

/** Seconds. */
function periodOf({ watched }: MetricAlarmDocument): number {
  if (watched.kind === 'metric') return watched.period;
  const periods = watched.queries.map(({ Period, MetricStat }) => Period ?? MetricStat?.Period ?? 0);
  return Math.max(...periods) || MINUTE;
}

/** AWS: percentiles of few samples say little; an alarm may leave them alone. Seen: user guide, percentile-based alarms. */
function hasTooFewSamples(alarm: MetricAlarmDocument, { evaluated }: Decision, periods: readonly WatchedPeriod[]): boolean {
  if (alarm.evaluateLowSampleCountPercentile !== 'ignore' || alarm.watched.kind !== 'metric') return false;
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(alarm.watched.stat) ?? [];
  if (percent === undefined) return false;
  const share = Number(percent) / 100;
  const needed = 10 / (share >= 0.5 ? 1 - share : share);
  return evaluated.some((index) => (periods[index]?.sampleCount ?? 0) < needed);
}

/** AWS: which alarm made it so. Seen: user guide, composite alarms; the sentence is from memory of the service. */
function compositeReason(rule: AlarmRule, named: (name: string) => AlarmDocument | undefined, scope: Scope) {
  const children = [...new Set(alarmsOf(rule))].flatMap((name) => named(name) ?? []);
  const latest = children.toSorted((a, b) => b.stateTransitionedAt - a.stateTransitionedAt)[0];
  if (latest === undefined) return { reason: 'The alarm rule names no alarm.' };
  const arn = alarmArn(scope, latest.alarmName);
  const timestamp = new Date(latest.stateTransitionedAt).toISOString().replace('Z', '+0000');
  return {
    reason: `${arn} transitioned to ${latest.state} at ${longDate(latest.stateTransitionedAt)}`,
    reasonData: JSON.stringify({ triggeringAlarms: [{ arn, state: { value: latest.state, timestamp } }] }),
  };
}

/** `Saturday 28 November, 2026 00:31:14 UTC` */
function longDate(at: number): string {
  const date = new Date(at);
  const part = (options: Intl.DateTimeFormatOptions) => date.toLocaleString('en', { timeZone: 'UTC', ...options });
  const time = date.toISOString().slice(11, 19);
  return `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${time} UTC`;
}
