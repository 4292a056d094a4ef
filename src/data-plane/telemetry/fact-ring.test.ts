import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { httpApi, httpProxy, lambda } from '../../compile/testing/http-api-builder.ts';
import { ServedApi } from '../../compile/testing/served-api.ts';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { FakeBody } from '../testing/fake-messages.ts';
import { ExchangeLog } from './exchange-log.ts';
import { toRecord } from './exchange-report.ts';
import type { FinishedExchange } from './finished-exchange.ts';
import { redactRecord } from './redaction.ts';

/** An API whose exchanges go to `log`, and the records that each of them should have. */
function observed(log: ExchangeLog) {
  const api = new ServedApi(
    httpApi(
      {
        'GET /a/{id}': httpProxy('http://h/'),
        'POST /fn': lambda(),
        'GET /failing': lambda(),
        'GET /full': lambda(),
        'GET /none': undefined,
      },
      { stageName: 'prod', routeSettings: { 'GET /full': { throttlingBurstLimit: 0, throttlingRateLimit: 0 } } },
    ),
  );
  const expected: ExchangeRecord[] = [];
  api.ports.exchanges.record = (exchange: Exchange) => {
    expected.unshift(withoutAbsent(redactRecord(toRecord(exchange))));
    log.record(exchange);
  };
  return { api, expected };
}

/** Without the members that only captures have. */
function withoutAbsent(record: ExchangeRecord): ExchangeRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as unknown as ExchangeRecord;
}

function kept(log: ExchangeLog): ExchangeRecord[] {
  return log.recent().map(withoutAbsent);
}

/** An event of a WebSocket API as telemetry sees it. */
function webSocketEvent(method: string, more: Partial<FinishedExchange> = {}): FinishedExchange {
  return {
    apiKind: 'websocket-api',
    connectionId: 'c=',
    pipeline: { plan: { apiId: 'a', stageName: 'dev', deploymentId: 'd' } } as FinishedExchange['pipeline'],
    request: { method, startedAt: 0, remoteAddress: '127.0.0.1', bytesOut: 0 },
    address: { pathWithStage: '/dev' },
    requestId: `r-${method}`,
    at: 1,
    route: { routeKey: 'x' },
    status: 200,
    refusal: undefined,
    refusedAt: undefined,
    bytesIn: 1,
    integrationStartedAt: 0,
    integrationEndedAt: 0,
    capture: undefined,
    reported: true,
    totalUs: 1,
    integrationUs: undefined,
    writeLogs() {},
    ...more,
  };
}

describe('facts of exchanges', () => {
  test('of WebSocket APIs name the connection and how it ended', () => {
    const log = new ExchangeLog({ level: 0, maxRecords: 4 });
    const events = [
      webSocketEvent('GET'),
      webSocketEvent('MESSAGE'),
      webSocketEvent('DISCONNECT', { farewell: { code: 1001, reason: 'bye' } }),
    ];
    for (const event of events) log.record(event);
    assert.deepEqual(kept(log), events.map((event) => withoutAbsent(toRecord(event))).reverse());
    assert.deepEqual(
      kept(log).map((record) => record.connection),
      [
        { eventType: 'DISCONNECT', connectionId: 'c=', closeCode: 1001, closeReason: 'bye' },
        { eventType: 'MESSAGE', connectionId: 'c=' },
        { eventType: 'CONNECT', connectionId: 'c=' },
      ],
    );
  });

  test('are the same as their records, whatever became of the request', () => {
    const log = new ExchangeLog({ level: 0 });
    const { api, expected } = observed(log);
    api.call({ target: '/a/5?token=x', sourceIp: '2001:db8::7' });
    api.call({ method: 'POST', target: '/fn', body: new FakeBody('hello') });
    api.ports.functions.handler = () => ({ kind: 'functionError', payload: '{"errorMessage":"no","password":"CANARY"}' });
    api.call({ target: '/failing' });
    api.call({ target: '/none' });
    api.call({ target: '/full' });
    api.call({ target: `/missing/${'x'.repeat(300)}` });
    api.call({ target: `/missing/${'y'.repeat(9_000)}` });
    assert.equal(expected.length, 7);
    assert.deepEqual(kept(log), expected);
    assert.equal(expected[6]?.path, '/prod/a/5');
    assert.equal(expected[0]?.path.length, 4_096);
    assert.doesNotMatch(JSON.stringify(kept(log)), /CANARY/);
    for (const record of expected) assert.deepEqual(log.find(record.requestId)?.requestId, record.requestId);
  });

  test('the oldest go first; a short path after a long one in the same slot is whole', () => {
    const log = new ExchangeLog({ level: 0, maxRecords: 2 });
    const { api, expected } = observed(log);
    for (const target of [`/a/${'x'.repeat(300)}`, '/a/2', '/a/3', '/a/4', '/a/5']) api.call({ target });
    assert.deepEqual(kept(log), expected.slice(0, 2));
    assert.equal(log.find(expected[2]?.requestId ?? ''), undefined);
    log.clear();
    assert.deepEqual(log.recent(), []);
    assert.equal(log.find(expected[0]?.requestId ?? ''), undefined);
    api.call({ target: '/a/6' });
    assert.deepEqual(kept(log), expected.slice(0, 1));
  });

  test('facts and captured records stand in one order', () => {
    const log = new ExchangeLog({ level: 0, maxRecords: 3 });
    const { api, expected } = observed(log);
    for (const level of [2, 0, 2, 0, 0] as const) {
      api.ports.exchanges.captureLevel = level;
      api.call({ target: '/a/1' });
    }
    assert.deepEqual(
      log.recent().map(({ level }) => level),
      [0, 0, 2],
    );
    assert.deepEqual(
      log.recent().map(({ requestId }) => requestId),
      expected.slice(0, 3).map(({ requestId }) => requestId),
    );
  });

  test('a listener hears of every exchange', () => {
    const log = new ExchangeLog({ level: 0 });
    const { api, expected } = observed(log);
    const heard: ExchangeRecord[] = [];
    const stop = log.onExchange((record) => heard.unshift(withoutAbsent(record)));
    api.call({ target: '/a/1' });
    stop();
    api.call({ target: '/a/2' });
    assert.deepEqual(heard, expected.slice(1));
    assert.deepEqual(kept(log), expected);
  });
});
