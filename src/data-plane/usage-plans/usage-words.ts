// What one key used of one plan, in shared memory: its token bucket, the requests of the day, and what the quota's period is charged
// with. Threads change them with compare-and-swap, so that no request is counted twice or lost and a quota is never overshot.
//
// Words: [0..2] the bucket, [3] version of its limits, [4] day, [5] requests of the day, [6] first day of the period, [7] charged.

type Counters = Int32Array<SharedArrayBuffer>;

export const USAGE_WORDS = 8;

const LIMITS_VERSION = 3;
const DAY = 4;
const USED = 5;
const PERIOD = 6;
const CHARGED = 7;
/** Stands in place of a day while one thread sets the count that belongs to it. */
const BEING_SET = -1;
const INTEGER_MAX = 2 ** 31 - 1;
/** A day that is so far ahead of the clock was counted with a clock that was wrong. */
const DAYS_AHEAD_MAX = 1;

/** True once for each change of the limits: the bucket must take them over. */
export function limitsChanged(counters: Counters, slot: number, version: number): boolean {
  const before = Atomics.load(counters, slot + LIMITS_VERSION);
  return before !== version && Atomics.compareExchange(counters, slot + LIMITS_VERSION, before, version) === before;
}

export interface DayCount {
  readonly day: number;
  readonly used: number;
}

/** Begins a new day; what was counted on the former one, when something was. */
export function turnDay(counters: Counters, slot: number, today: number): DayCount | undefined {
  for (;;) {
    const day = Atomics.load(counters, slot + DAY);
    if (day === today) return undefined;
    if (day === BEING_SET) continue;
    if (!isOver(day, today, today)) return undefined;
    if (Atomics.compareExchange(counters, slot + DAY, day, BEING_SET) !== day) continue;
    const used = Atomics.exchange(counters, slot + USED, 0);
    Atomics.store(counters, slot + DAY, today);
    return used === 0 ? undefined : { day, used };
  }
}

/** Begins a new period of the quota, charged with `initially`. */
export function turnPeriod(counters: Counters, slot: number, start: number, today: number, initially: number): void {
  for (;;) {
    const former = Atomics.load(counters, slot + PERIOD);
    if (former === BEING_SET) continue;
    if (!isOver(former, start, today)) return;
    if (Atomics.compareExchange(counters, slot + PERIOD, former, BEING_SET) !== former) continue;
    Atomics.store(counters, slot + CHARGED, initially);
    Atomics.store(counters, slot + PERIOD, start);
    return;
  }
}

/** Charges the quota with one request, unless it is used up. */
export function charge(counters: Counters, slot: number, limit: number): boolean {
  let charged = Atomics.load(counters, slot + CHARGED);
  while (charged < limit) {
    const before = Atomics.compareExchange(counters, slot + CHARGED, charged, charged + 1);
    if (before === charged) return true;
    charged = before;
  }
  return false;
}

export function countRequest(counters: Counters, slot: number): void {
  // A count that is full stays so; it does not begin again below zero.
  if (Atomics.add(counters, slot + USED, 1) === INTEGER_MAX) Atomics.store(counters, slot + USED, INTEGER_MAX);
}

export function setCharged(counters: Counters, slot: number, charged: number): void {
  Atomics.store(counters, slot + CHARGED, Math.max(-INTEGER_MAX, Math.min(charged, INTEGER_MAX)));
}

export interface UsageFigures extends DayCount {
  readonly periodStart: number;
  readonly charged: number;
}

export function usageAt(counters: Counters, slot: number): UsageFigures {
  return {
    day: Atomics.load(counters, slot + DAY),
    used: Atomics.load(counters, slot + USED),
    periodStart: Atomics.load(counters, slot + PERIOD),
    charged: Atomics.load(counters, slot + CHARGED),
  };
}

/** What was kept before a restart. */
export function restoreUsage(counters: Counters, slot: number, figures: UsageFigures): void {
  Atomics.store(counters, slot + USED, figures.used);
  Atomics.store(counters, slot + CHARGED, figures.charged);
  Atomics.store(counters, slot + DAY, figures.day);
  Atomics.store(counters, slot + PERIOD, figures.periodStart);
}

/** A clock that steps back a little begins nothing anew: nobody gets a quota twice. */
function isOver(former: number, start: number, today: number): boolean {
  return former < start || former > today + DAYS_AHEAD_MAX;
}
