import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlarmState } from './alarm-document.ts';
import { alarmsOf, holds, parseAlarmRule } from './alarm-rule.ts';

const states: Readonly<Record<string, AlarmState>> = { hot: 'ALARM', 'a name, odd)': 'OK', new: 'INSUFFICIENT_DATA' };

function value(text: string): boolean {
  const rule = parseAlarmRule(text);
  assert.ok(rule.kind !== 'problem', JSON.stringify(rule));
  return holds(rule, (name) => states[name]);
}

describe('rules that hold, and such that do not', () => {
  for (const [text, expected] of [
    ['TRUE', true],
    ['FALSE', false],
    ['ALARM(hot)', true],
    ['ALARM("hot")', true],
    ['OK ( "a name, odd)" )', true],
    ['INSUFFICIENT_DATA(new)', true],
    ['OK(gone)', false],
    ['NOT OK(gone)', true],
    ['NOT NOT FALSE', false],
    ['TRUE OR FALSE AND FALSE', true],
    ['(TRUE OR FALSE) AND FALSE', false],
    ['ALARM(hot) AND (OK(new) OR NOT ALARM(new))', true],
  ] as const) {
    test(text, () => assert.equal(value(text), expected));
  }
});

test('names and ARNs in their order', () => {
  const rule = parseAlarmRule('ALARM("b") OR (OK(arn:aws:cloudwatch:us-east-1:000000000000:alarm:a) AND NOT ALARM(b))');
  assert.ok(rule.kind !== 'problem');
  assert.deepEqual(alarmsOf(rule), ['b', 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a', 'b']);
});

describe('what is no rule', () => {
  for (const [text, message] of [
    ['', /missing/],
    ['hot', /hot is not known here/],
    ['ALARM', /needs an alarm/],
    ['ALARM()', /name or ARN/],
    ['ALARM("hot)', /not closed/],
    ['ALARM(hot', /not closed/],
    ['(TRUE', /bracket is not closed/],
    ['TRUE FALSE', /unexpected text at character 6/],
    ['TRUE AND', /missing/],
    ['AT_LEAST(1, ALARM, (hot))', /AT_LEAST is not known here/],
    ['('.repeat(200), /nested too deeply/],
    ['NOT '.repeat(200), /nested too deeply/],
    [Array.from({ length: 101 }, () => 'ALARM(hot)').join(' OR '), /more than 100/],
  ] as const) {
    test(text.slice(0, 40), () => {
      const rule = parseAlarmRule(text);
      assert.ok(rule.kind === 'problem');
      assert.match(rule.message, message);
    });
  }
});
