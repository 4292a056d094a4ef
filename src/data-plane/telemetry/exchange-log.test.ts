import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import { ExchangeLog } from './exchange-log.ts';
import { REDACTED, redactText } from './redaction.ts';

function record(requestId: string, more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    requestId,
    apiId: 'a',
    apiKind: 'http-api',
    stage: 's',
    deploymentId: 'd',
    at: 0,
    method: 'GET',
    path: '/x',
    routeKey: 'GET /x',
    status: 200,
    totalUs: 1,
    sourceIp: '127.0.0.1',
    bytesIn: 0,
    bytesOut: 0,
    level: 0,
    ...more,
  };
}

describe('ExchangeLog', () => {
  test('keeps the newest, newest first', () => {
    const log = new ExchangeLog({ level: 0, maxRecords: 3 });
    for (const id of ['1', '2', '3', '4']) log.add(record(id));
    assert.deepEqual(
      log.recent().map(({ requestId }) => requestId),
      ['4', '3', '2'],
    );
    assert.deepEqual(
      log.recent(1).map(({ requestId }) => requestId),
      ['4'],
    );
    assert.equal(log.find('3')?.requestId, '3');
    assert.equal(log.find('1'), undefined);
    log.clear();
    assert.deepEqual(log.recent(), []);
    log.add(record('5'));
    assert.equal(log.recent().length, 1);
  });

  test('keeps no more memory than allowed and counts what it could not keep', () => {
    const body = 'x'.repeat(1_000);
    const message = { headers: [], body, bodyEncoding: 'utf8' as const, bodyBytes: 1_000 };
    const log = new ExchangeLog({ level: 2, maxRecords: 100, maxBytes: 10_000 });
    for (let i = 0; i < 20; i++) log.add(record(String(i), { level: 2, request: message }));
    assert.equal(log.recent().length, 3);
    assert.equal(log.recent()[0]?.requestId, '19');
    log.add(record('huge', { level: 2, request: { ...message, body: 'x'.repeat(20_000) } }));
    assert.equal(log.dropped, 1);
    assert.equal(log.find('huge'), undefined);
    assert.equal(log.recent().length, 3);
  });

  test('a listener that throws is counted and disturbs nobody', () => {
    const log = new ExchangeLog({ level: 0 });
    const heard: string[] = [];
    log.onExchange(() => {
      throw new Error('listener');
    });
    const stop = log.onExchange(({ requestId }) => heard.push(requestId));
    log.add(record('1'));
    stop();
    log.add(record('2'));
    assert.deepEqual(heard, ['1']);
    assert.equal(log.dropped, 2);
  });

  test('a watch raises the level for a while and never lowers it', () => {
    const log = new ExchangeLog({ level: 1 });
    log.watch('a', 's', 2, 60_000);
    assert.equal(log.level('a', 's'), 2);
    assert.equal(log.level('a', 'other'), 1);
    log.watch('a', 's', 0, 60_000);
    assert.equal(log.level('a', 's'), 1);
    log.watch('a', 's', 2, -1);
    assert.equal(log.level('a', 's'), 1);
  });

  test('no secret is kept or told', () => {
    const log = new ExchangeLog({ level: 2 });
    const told: ExchangeRecord[] = [];
    log.onExchange((kept) => told.push(kept));
    const form = Buffer.from('user=me&password=CANARY&x=1').toString('base64');
    const event = JSON.stringify({
      rawQueryString: 'access_token=CANARY&q=1',
      cookies: ['sid=CANARY', 'b=CANARY'],
      headers: { authorization: 'Bearer CANARY', 'x-api-key': 'CANARY', 'x-amz-security-token': 'CANARY', accept: 'keep' },
      multiValueHeaders: { Authorization: ['Bearer CANARY', 'CANARY "quoted"'] },
      queryStringParameters: { access_token: 'CANARY' },
      body: form,
      isBase64Encoded: true,
    });
    const inner = JSON.stringify({ body: JSON.stringify({ password: 'CANARY', client_secret: 'CANARY', name: 'keep' }) });
    const headers = [
      ['Authorization', 'Bearer CANARY'],
      ['Cookie', 'sid=CANARY'],
      ['Set-Cookie', 'sid=CANARY'],
      ['X-Api-Key', 'CANARY'],
      ['x-amz-security-token', 'CANARY'],
      ['X-Refresh-Token', 'CANARY'],
      ['Accept', 'keep'],
    ] as const;
    const message = (body: string) => ({ headers, body, bodyEncoding: 'utf8' as const, bodyBytes: body.length });
    log.add(
      record('1', {
        level: 2,
        request: message('grant_type=x&client_secret=CANARY&a=keep'),
        response: message('{"id_token" : "CANARY", "n": 1}'),
        integrationRequest: message(event),
        integrationResponse: message(inner),
      }),
    );
    const text = JSON.stringify(told);
    assert.doesNotMatch(text, /CANARY/);
    assert.equal(text.match(/keep/g)?.length, 7);
    assert.ok(
      !Buffer.from(/"body\\":\\"([A-Za-z0-9+/=]+)/.exec(text)?.[1] ?? '', 'base64')
        .toString()
        .includes('CANARY'),
    );
  });

  test('a reason that quotes a function tells no secret, at any level', () => {
    const log = new ExchangeLog({ level: 0 });
    log.add(record('1', { reason: 'The function failed: {"errorMessage":"no","password":"CANARY"}' }));
    assert.doesNotMatch(JSON.stringify(log.recent()), /CANARY/);
    assert.match(log.recent()[0]?.reason ?? '', /errorMessage":"no"/);
  });

  test('a capture that was cut in the middle of a secret tells nothing', () => {
    assert.equal(redactText('{"a":1,"token":"CANA'), `{"a":1,"token":"${REDACTED}"`);
    assert.doesNotMatch(redactText('{"cookies":["CANARY","CAN'), /CAN/);
  });

  test('no body makes the search slow', () => {
    const bodies = [
      'token'.repeat(13_000),
      `"token":[${' '.repeat(65_000)}`,
      '"token'.repeat(11_000),
      `"token":["${'","'.repeat(20_000)}`,
      '"'.repeat(65_000),
      '\\"token\\":'.repeat(6_000),
    ];
    for (const body of bodies) {
      const started = performance.now();
      redactText(body);
      assert.ok(performance.now() - started < 1_000, `${body.slice(0, 20)} took ${performance.now() - started} ms`);
    }
  });
});
