import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOfDay, dayOf, dayOfDate, periodStartOf, type QuotaPeriod } from './quota-period.ts';

const rows: [desc: string, period: QuotaPeriod, date: string, start: string][] = [
  ['a day is its own period', 'DAY', '2026-11-27', '2026-11-27'],
  ['a Friday is in the week of the Sunday before', 'WEEK', '2026-11-27', '2026-11-22'],
  ['a Sunday begins a week', 'WEEK', '2026-11-22', '2026-11-22'],
  ['a Saturday ends one', 'WEEK', '2026-11-28', '2026-11-22'],
  ['a week may begin in the year before', 'WEEK', '2027-01-01', '2026-12-27'],
  ['the first of a month', 'MONTH', '2026-11-01', '2026-11-01'],
  ['the last of a leap February', 'MONTH', '2028-02-29', '2028-02-01'],
];
for (const [desc, period, date, start] of rows) {
  test(desc, () => {
    const day = dayOfDate(date);
    assert.ok(day !== undefined);
    assert.equal(dateOfDay(periodStartOf(period, day)), start);
  });
}

test('days end at midnight in UTC', () => {
  const midnight = Date.UTC(2026, 10, 27);
  assert.equal(dateOfDay(dayOf(midnight - 1)), '2026-11-26');
  assert.equal(dateOfDay(dayOf(midnight)), '2026-11-27');
});

for (const text of ['', '2026-2-1', '2026-02-30', '2026-13-01', '26-01-01', '2026-01-01T00:00:00Z']) {
  test(`"${text}" is no date`, () => assert.equal(dayOfDate(text), undefined));
}
