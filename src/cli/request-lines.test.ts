import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { ExchangeRecord } from '../model/exchange-record.ts';
import type { FunctionLogLine } from '../model/function-log-line.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import { formatMicroseconds } from './duration.ts';
import { isRoutineLine, logLine } from './log-lines.ts';
import { createRequestPrinter, requestLines } from './request-lines.ts';
import { nearestRoute } from './route-table.ts';
import { createTerminal, plainText, type Terminal, wantsColour } from './terminal.ts';

const plain = createTerminal(new PassThrough(), {});
const coloured = createTerminal(new PassThrough(), { FORCE_COLOR: '1' });

function exchange(change: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    requestId: 'r1',
    apiId: 'a',
    apiKind: 'http-api',
    stage: '$default',
    deploymentId: 'd',
    at: 1000,
    method: 'GET',
    path: '/orders/17',
    routeKey: 'GET /orders/{id}',
    status: 200,
    totalUs: 3200,
    sourceIp: '127.0.0.1',
    bytesIn: 0,
    bytesOut: 0,
    level: 0,
    ...change,
  };
}

describe('request lines', () => {
  test('one line', () => {
    assert.deepEqual(requestLines(exchange(), 'get', plain), ['GET      /orders/17                        200    3.2 ms  get']);
  });

  test('an answer of the gateway says why, what to try, and where to look', () => {
    const lines = requestLines(exchange({ status: 404, reason: 'no route' }), undefined, plain, 'the routes are GET /');
    assert.deepEqual(lines.slice(1), ['        why: no route (the routes are GET /)', '        stagegate requests r1']);
  });

  test('events of WebSocket APIs: the route, the sizes, how the connection ended', () => {
    const event = (change: Partial<ExchangeRecord>) =>
      requestLines(exchange({ apiKind: 'websocket-api', path: '/dev', routeKey: 'send', ...change }), 'f', plain)[0];
    const connectionId = 'c=';
    assert.equal(
      event({ connection: { eventType: 'CONNECT', connectionId }, status: 101 }),
      'CONNECT  /dev                              101    3.2 ms  f',
    );
    assert.equal(
      event({ connection: { eventType: 'MESSAGE', connectionId }, bytesIn: 36, bytesOut: 12 }),
      'MESSAGE  /dev send  36 B, 12 B back        200    3.2 ms  f',
    );
    assert.equal(
      event({ connection: { eventType: 'MESSAGE', connectionId }, bytesIn: 3, routeKey: '' }),
      'MESSAGE  /dev no route  3 B                200    3.2 ms  f',
    );
    assert.equal(
      event({ connection: { eventType: 'DISCONNECT', connectionId, closeCode: 1001, closeReason: '' } }),
      'DISCONNECT  /dev closed with 1001          200    3.2 ms  f',
    );
  });

  test('colour only where it is wanted', () => {
    assert.ok(requestLines(exchange(), 'get', coloured)[0]?.includes('\u001b[32m200\u001b[39m'));
    assert.equal(wantsColour(true, { TERM: 'xterm' }), true);
    assert.equal(wantsColour(true, { NO_COLOR: '1' }), false);
    assert.equal(wantsColour(true, { TERM: 'dumb' }), false);
    assert.equal(wantsColour(false, {}), false);
    assert.equal(wantsColour(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), true);
  });

  test('a flood is counted, not printed', () => {
    const lines: string[] = [];
    const terminal: Terminal = { ...plain, line: (text = '') => lines.push(text), columns: 80 };
    const printer = createRequestPrinter(
      terminal,
      () => undefined,
      () => undefined,
      () => undefined,
    );
    for (let i = 0; i < 1000; i++) printer.print(exchange({ at: 5000 + (i % 900) }));
    printer.print(exchange({ at: 6001 }));
    printer.close();
    assert.equal(lines.length, 102);
    assert.equal(lines[100], '... and 900 more requests in that second');
  });
});

describe('function lines', () => {
  const line = (text: string, stream: FunctionLogLine['stream'] = 'stdout'): FunctionLogLine => ({
    at: 1,
    functionName: 'svc-dev-hello',
    requestId: 'x',
    stream,
    text,
  });

  test('what the runtime puts before console.log is left out', () => {
    const text = '2026-11-23T18:11:39.540Z\t41d260c0-2e3b-419d-b53d-c807e4f33ad1\tINFO\torder 1';
    assert.equal(logLine(line(text), 'hello', plain), '[hello] order 1');
    assert.match(logLine(line(text.replace('INFO', 'ERROR')), 'hello', coloured), /\u001b\[31morder 1/);
    assert.equal(logLine(line('plain\n'), 'hello', plain), '[hello] plain');
    const requestId = '41d260c0-2e3b-419d-b53d-c807e4f33ad1';
    assert.equal(logLine({ ...line('a\rb'), requestId }, 'hello', plain), '[hello 41d260] a\n[hello 41d260] b');
    const json = '{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","message":{"a":[1]}}';
    assert.equal(logLine({ ...line(json), requestId }, 'hello', plain), `[hello 41d260] ${json}`);
    assert.equal(logLine(line('2026-01-01T00:00:00.000Z\tundefined\tINFO\tstarting'), 'hello', plain), '[hello] starting');
  });

  test('nothing a function writes can move the cursor', () => {
    assert.equal(logLine(line('a\u001b[2Jb\u009bc\r'), 'hello', plain), '[hello] a\\x1b[2Jb\\x9bc');
    assert.equal(plainText('tab\tand é stay'), 'tab\tand é stay');
  });

  test('routine lines are known', () => {
    for (const text of ['START RequestId: x', 'END RequestId: x', 'REPORT RequestId: x', 'INIT_START Runtime']) {
      assert.ok(isRoutineLine(line(text, 'platform')), text);
    }
    assert.ok(!isRoutineLine(line('x Task timed out after 3.00 seconds', 'platform')));
    assert.ok(!isRoutineLine(line('START here')));
  });
});

describe('nearestRoute', () => {
  const routes = [
    'GET /orders',
    'POST /orders',
    'GET /orders/{id}',
    'ANY /files/{p+}',
    'GET /a',
    'GET /b',
    'GET /c',
    'GET /d',
    'GET /e',
  ];
  const state = { api: { routes: routes.map((routeKey) => ({ routeKey, integration: 'x' })) } } as unknown as DesiredState;
  const rows: readonly { desc: string; method: string; path: string; hint: string | undefined }[] = [
    { desc: 'the path with other methods', method: 'DELETE', path: '/orders', hint: 'the path has GET /orders, POST /orders' },
    { desc: 'a path with a variable', method: 'PUT', path: '/orders/17', hint: 'the path has GET /orders/{id}' },
    { desc: 'a misspelt path', method: 'GET', path: '/ordrs', hint: 'the nearest route is GET /orders' },
    { desc: 'nothing alike among many', method: 'GET', path: '/something/else/entirely', hint: undefined },
  ];
  for (const { desc, method, path, hint } of rows) test(desc, () => assert.equal(nearestRoute(state, method, path), hint));
});

test('durations', () => {
  assert.deepEqual([0, 950, 3210, 41_000, 1_420_000].map(formatMicroseconds), ['0 us', '950 us', '3.2 ms', '41 ms', '1.42 s']);
});
