// Counts and times of many requests, as service graphs show them.
// https://docs.aws.amazon.com/xray/latest/api/API_ServiceStatistics.html

import type { HistogramEntry, ServiceStatistics } from '@aws-sdk/client-xray';
import { isInProgress, type Outcome, outcomeOf, roundedToMs, type Span, secondsBetween } from './served-requests.ts';

/** How often each time was. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(seconds: number): void {
    const value = rounded(seconds);
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  entries(): HistogramEntry[] {
    return [...this.#counts].sort(([a], [b]) => a - b).map(([Value, Count]) => ({ Value, Count }));
  }
}

export class RequestStatistics {
  readonly #outcomes: Record<Outcome, number> = { ok: 0, error: 0, throttle: 0, fault: 0 };
  readonly #times = new Histogram();
  #seconds = 0;

  /** What goes on has neither an outcome nor a time: it is not counted yet. */
  add(span: Span): void {
    if (isInProgress(span) || span.endTime === undefined) return;
    const seconds = secondsBetween(span.startTime, span.endTime);
    this.#outcomes[outcomeOf(span.members)]++;
    this.#seconds += seconds;
    this.#times.add(seconds);
  }

  get responseTimes(): HistogramEntry[] {
    return this.#times.entries();
  }

  summary(): ServiceStatistics {
    const { ok, error, throttle, fault } = this.#outcomes;
    return {
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: error + throttle },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: ok + error + throttle + fault,
      TotalResponseTime: roundedToMs(this.#seconds),
    };
  }
}

/** To three digits, but no finer than milliseconds: however many requests there were, few entries are left. */
function rounded(seconds: number): number {
  return seconds < 1 ? roundedToMs(seconds) : Number(seconds.toPrecision(3));
}
