import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './alarm-decision.ts';
import type { MissingData } from './alarm-document.ts';

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The tables of the user guide: newest right, 0 within the threshold, X breaching, - missing. */
const tables: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  '3 of 3': [
    ['0-X-X', 'OK', 'OK', 'OK', 'OK'],
    ['0----', 'OK', 'OK', 'OK', 'OK'],
    ['-----', 'INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
    ['0XX-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['--X--', 'ALARM', 'keep', 'ALARM', 'OK'],
  ],
  '2 of 3': [
    ['0-X-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['00X0X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0-X--', 'OK', 'OK', 'ALARM', 'OK'],
    ['----0', 'OK', 'OK', 'ALARM', 'OK'],
    ['---X-', 'ALARM', 'keep', 'ALARM', 'OK'],
  ],
};

for (const [rule, rows] of Object.entries(tables)) {
  describe(rule, () => {
    for (const [values, ...expected] of rows) {
      for (const [index, treatMissingData] of treatments.entries()) {
        test(`${values} ${treatMissingData}`, () => {
          const { state } = decide(
            [...values].map((character) => (character === '-' ? undefined : character === 'X' ? 10 : 0)),
            {
              ...{ evaluationPeriods: 3, datapointsToAlarm: Number(rule[0]), treatMissingData },
              ...{ threshold: 5, comparison: 'GreaterThanThreshold' },
            },
          );
          assert.equal(state, expected[index]);
        });
      }
    }
  });
}

test('comparisons', () => {
  const stateOf = (value: number, comparison: Parameters<typeof decide>[1]['comparison']) =>
    decide([value], {
      ...{ evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 5, comparison, treatMissingData: 'missing' },
    }).state;
  assert.deepEqual(
    [4, 5, 6].map((value) => stateOf(value, 'GreaterThanThreshold')),
    ['OK', 'OK', 'ALARM'],
  );
  assert.deepEqual(
    [4, 5, 6].map((value) => stateOf(value, 'GreaterThanOrEqualToThreshold')),
    ['OK', 'ALARM', 'ALARM'],
  );
  assert.deepEqual(
    [4, 5, 6].map((value) => stateOf(value, 'LessThanThreshold')),
    ['ALARM', 'OK', 'OK'],
  );
  assert.deepEqual(
    [4, 5, 6].map((value) => stateOf(value, 'LessThanOrEqualToThreshold')),
    ['ALARM', 'ALARM', 'OK'],
  );
});
