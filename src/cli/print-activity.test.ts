import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { ExchangeRecord } from '../model/exchange-record.ts';
import type { FunctionLogLine } from '../model/function-log-line.ts';
import type { RunningStagegate } from '../stagegate.ts';
import type { CommandContext } from './command.ts';
import { type ActivityShown, printActivity } from './print-activity.ts';
import { createTerminal } from './terminal.ts';

const line = (text: string, stream: FunctionLogLine['stream'] = 'stdout'): FunctionLogLine => ({
  at: 1,
  functionName: 'f',
  requestId: undefined,
  stream,
  text,
});
const prefix = (level: string) => `2026-11-23T10:00:00.000Z\t0b0f1f3e-2c58-4f1e-8a30-0123456789ab\t${level}\t`;
const json = (level: string) => `{"timestamp":"2026-11-23T10:00:00.000Z","level":"${level}","message":"x"}`;

/** What is printed of one request and some function lines, and how many listened to requests. */
function printed(shown: ActivityShown, lines: readonly FunctionLogLine[], values: Partial<CommandContext['values']> = {}) {
  const out: string[] = [];
  let onLine: (line: FunctionLogLine) => void = () => {};
  const requestListeners: ((record: ExchangeRecord) => void)[] = [];
  const running = {
    onExchange(listener: (record: ExchangeRecord) => void) {
      requestListeners.push(listener);
      return () => {};
    },
    onFunctionLog(listener: (line: FunctionLogLine) => void) {
      onLine = listener;
      return () => {};
    },
  } as unknown as RunningStagegate;
  const terminal = { ...createTerminal(new PassThrough(), {}), line: (text = '') => void out.push(text) };
  const context = { out: terminal, values: { logFormat: 'text', verbose: false, ...values } } as unknown as CommandContext;
  printActivity(context, running, shown);
  const record = { requestId: 'r', method: 'GET', path: '/x', status: 200, totalUs: 5, at: 0, routeKey: '' } as ExchangeRecord;
  for (const listener of requestListeners) listener(record);
  for (const one of lines) onLine(one);
  return { out, listeners: requestListeners.length };
}

describe('activity', () => {
  const routine = line('START RequestId: 1 Version: $LATEST', 'platform');
  const errors = [
    line(`${prefix('ERROR')}broken`),
    line(json('FATAL')),
    line('a warning of Node', 'stderr'),
    line('Runtime exited with error: exit status 1', 'platform'),
  ];
  const others = [line(`${prefix('INFO')}hello`), line('plain ERROR\t'), line(json('INFO')), routine];

  test('errors only: no request is listened to, and functions are heard when they fail', () => {
    const { out, listeners } = printed('errors', [...others, ...errors]);
    assert.equal(listeners, 0);
    assert.deepEqual(out, [
      '[f] broken',
      `[f] ${json('FATAL')}`,
      '[f] a warning of Node',
      '[f] Runtime exited with error: exit status 1',
    ]);
    const asJson = printed('errors', [...others, ...errors], { logFormat: 'json' }).out;
    assert.equal(asJson.length, errors.length);
  });

  test('everything: requests and what functions write, routine lines when asked for', () => {
    const { out, listeners } = printed('everything', [...others, ...errors]);
    assert.equal(listeners, 1);
    assert.match(out[0] ?? '', /^GET +\/x +200/);
    assert.equal(out.length, 1 + others.length - 1 + errors.length);
    assert.equal(printed('everything', [routine], { verbose: true }).out.length, 2);
  });

  test('a line of several lines is printed as such, and cannot move the cursor', () => {
    const { out } = printed('errors', [line(`${prefix('ERROR')}Error: no\r    at a (b.js:1)\u001b[2J\r    at c`)]);
    assert.deepEqual(out, ['[f] Error: no\n[f]     at a (b.js:1)\\x1b[2J\n[f]     at c']);
  });
});
