import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimestamp, timestampText } from './timestamps.ts';

const rows: readonly { desc: string; raw: string | number; iso: string | undefined }[] = [
  { desc: 'epoch seconds', raw: 1_363_896_240, iso: '2013-03-21T20:04:00.000Z' },
  { desc: 'epoch seconds with a fraction', raw: 1_363_896_240.5, iso: '2013-03-21T20:04:00.500Z' },
  { desc: 'epoch seconds as text', raw: '1363896240.5', iso: '2013-03-21T20:04:00.500Z' },
  { desc: 'date-time', raw: '2013-03-21T20:04:00Z', iso: '2013-03-21T20:04:00.000Z' },
  { desc: 'date-time with milliseconds', raw: '2013-03-21T20:04:00.123Z', iso: '2013-03-21T20:04:00.123Z' },
  { desc: 'date-time with an offset', raw: '2013-03-21T22:04:00+02:00', iso: '2013-03-21T20:04:00.000Z' },
  { desc: 'a date alone', raw: '2013-03-21', iso: '2013-03-21T00:00:00.000Z' },
  { desc: 'HTTP date', raw: 'Thu, 21 Mar 2013 20:04:00 GMT', iso: '2013-03-21T20:04:00.000Z' },
  { desc: 'a word', raw: 'yesterday', iso: undefined },
  { desc: 'nothing', raw: '', iso: undefined },
  { desc: 'a month too many', raw: '2013-13-21T20:04:00Z', iso: undefined },
  { desc: 'beyond what a date can be', raw: 1e18, iso: undefined },
  { desc: 'not a number', raw: Number.NaN, iso: undefined },
];

test('timestamps are read in any of their spellings', async (t) => {
  for (const { desc, raw, iso } of rows) await t.test(desc, () => assert.equal(parseTimestamp(raw)?.toISOString(), iso));
});

test('timestamps are written in the spelling that is asked for', () => {
  const date = new Date(1_363_896_240_500);
  assert.equal(timestampText(date, 'epoch-seconds'), '1363896240.5');
  assert.equal(timestampText(date, 'date-time'), '2013-03-21T20:04:00.500Z');
  assert.equal(timestampText(new Date(1_363_896_240_000), 'date-time'), '2013-03-21T20:04:00Z');
  assert.equal(timestampText(date, 'http-date'), 'Thu, 21 Mar 2013 20:04:00 GMT');
});
