// The calendar of quotas. Days are whole days since 1970-01-01 in UTC.
// https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday, the fourth day after a Sunday. */
const DAYS_TO_SUNDAY = 4;

export type QuotaPeriod = 'DAY' | 'WEEK' | 'MONTH';

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** `2026-11-27` */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Undefined for a text that is no date of the calendar. */
export function dayOfDate(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  // 2026-02-30 is read as a day of March.
  return Number.isInteger(day) && dateOfDay(day) === date ? day : undefined;
}

/**
 * The first day of the period that a day is in.
 * AWS: weeks begin on Sundays and months on their first. Seen: SDK documentation of QuotaSettings; in UTC: from memory of the service.
 */
export function periodStartOf(period: QuotaPeriod, day: number): number {
  if (period === 'DAY') return day;
  if (period === 'WEEK') return day - ((day + DAYS_TO_SUNDAY) % 7);
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
}
