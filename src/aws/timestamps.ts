// Timestamps on the wire: three spellings, one Date.

import type { TimestampFormat } from './shapes.ts';

/** A spelling of timestamps. */
export type WrittenFormat = Exclude<TimestampFormat, 'protocolDefault'>;

/** `2026-11-22T15:04:05Z`; milliseconds only when there are some. */
export function toDateTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** `Sun, 22 Nov 2026 15:04:05 GMT` */
export function toHttpDate(date: Date): string {
  return date.toUTCString();
}

/** Text form for headers, queries, labels and XML. */
export function timestampText(date: Date, format: WrittenFormat): string {
  if (format === 'epoch-seconds') return String(date.getTime() / 1000);
  return format === 'http-date' ? toHttpDate(date) : toDateTime(date);
}

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})? GMT$/;
const EPOCH = /^-?\d{1,14}(?:\.\d{1,9})?(?:[eE]\d{1,2})?$/;

/** Reads any of the three spellings, as AWS's services do; undefined when it is none. Text longer than 64 is none. */
export function parseTimestamp(raw: string | number): Date | undefined {
  if (typeof raw === 'number') return validDate(raw * 1000);
  if (raw.length > 64) return undefined;
  if (EPOCH.test(raw)) return validDate(Number(raw) * 1000);
  if (HTTP_DATE.test(raw)) return validDate(Date.parse(raw));
  const parts = DATE_TIME.exec(raw);
  if (parts === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign, offsetHour = '0', offsetMinute = '0'] =
    parts;
  if (Number(month) > 12 || Number(day) > 31 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return validDate(utc + Math.round(Number(fraction) * 1000) - offset);
}

function validDate(milliseconds: number): Date | undefined {
  const date = new Date(Math.round(milliseconds));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
