import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imitatesProtectedName, isProtectedName } from './field-name.ts';
import { HeaderBlock } from './header-block.ts';
import { type HeaderFields, toTitleCase } from './header-view.ts';
import { defaultLimits } from './limits.ts';
import { RequestParser } from './request-parser.ts';

const parser = new RequestParser(defaultLimits);

function fields(lines: string): HeaderFields {
  const head = `GET / HTTP/1.1\r\nHost: api.example\r\n${lines}\r\n`;
  // In shared memory that is used again, as a read buffer is.
  const memory = Buffer.alloc(20_000, 'Z');
  memory.write(head, 100, 'latin1');
  assert.equal(parser.parse(memory, 100, 100 + Buffer.byteLength(head, 'latin1')), head.length, parser.refusal.reason);
  const view = parser.takeHeaders();
  memory.fill('!');
  parser.parse(memory, 0, 10);
  return view;
}

function forwarded(lines: string, drop: readonly string[] = [], titleCase = false): string {
  const block = new HeaderBlock();
  fields(lines).forwardTo(block, new Set(['host', ...drop]), titleCase);
  return block.text;
}

test('look-ups', () => {
  const view = fields('X-A: 1\r\nx-a:2\r\nX-Empty:\r\nCafé: no\r\n'.replace('Café', 'Cafe'));
  assert.equal(view.get('host'), 'api.example');
  assert.equal(view.get('x-a'), '1,2');
  assert.equal(view.get('x-empty'), '');
  assert.equal(view.get('x-b'), undefined);
  assert.equal(view.get(''), undefined);
  assert.deepEqual(view.raw, ['Host', 'api.example', 'X-A', '1', 'x-a', '2', 'X-Empty', '', 'Cafe', 'no']);
});

test('names of JavaScript’s own objects are names like others', () => {
  const view = fields('__proto__: 1\r\nconstructor: 2\r\nhasOwnProperty: 3\r\n');
  assert.equal(view.get('__proto__'), '1');
  assert.equal(view.get('constructor'), '2');
  assert.equal(view.get('tostring'), undefined);
  assert.equal((Object.prototype as Record<string, unknown>)['1'], undefined);
});

test('forwardTo says how many fields were dropped', () => {
  const drop = new Set(['host', 'via', 'expect']);
  const dropped = (lines: string): number => fields(lines).forwardTo(new HeaderBlock(), drop, false);
  assert.equal(dropped('Accept: */*\r\nConnection: close\r\n'), 1);
  assert.equal(dropped('VIA: 1.1 a\r\nvia: 1.1 b\r\nExpect: 100-continue\r\n'), 4);
  assert.equal(dropped('Connection: via\r\nVia: 1.1 a\r\n'), 2);
});

test('forwardTo', async (t) => {
  const rows: readonly { desc: string; lines: string; drop?: readonly string[]; titleCase?: boolean; expect: string }[] = [
    { desc: 'as received', lines: 'Accept: */*\r\nx-A:  b \r\nX-C:d\r\n', expect: 'Accept: */*\r\nx-A: b\r\nX-C: d\r\n' },
    { desc: 'dropped names, any case', lines: 'X-A: 1\r\nX-B: 2\r\nX-C: 3\r\n', drop: ['x-b'], expect: 'X-A: 1\r\nX-C: 3\r\n' },
    {
      desc: 'hop-by-hop and framing fields',
      lines:
        'Connection: keep-alive\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nProxy-Authorization: x\r\nProxy-Authenticate: x\r\nTE: trailers\r\n' +
        'Trailer: X\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\nX-Kept: 1\r\n',
      expect: 'X-Kept: 1\r\n',
    },
    {
      desc: 'what Connection names',
      lines: 'Connection: close, X-Hop , x-other\r\nX-Hop: 1\r\nX-Kept: 2\r\nX-Other: 3\r\n',
      expect: 'X-Kept: 2\r\n',
    },
    {
      desc: 'what two Connection fields name',
      lines: 'Connection: x-a\r\nX-A: 1\r\nConnection: x-b\r\nX-B: 2\r\nX-C: 3\r\n',
      expect: 'X-C: 3\r\n',
    },
    {
      desc: 'title case',
      lines: 'x-a: 1\r\nX-B: 2\r\nETAG: 3\r\nwww-authenticate: 4\r\n',
      titleCase: true,
      expect: 'X-A: 1\r\nX-B: 2\r\nEtag: 3\r\nWww-Authenticate: 4\r\n',
    },
    { desc: 'bytes above 127 as they are', lines: 'X-A: \xe9\xff\r\n', expect: 'X-A: \xe9\xff\r\n' },
    { desc: 'nothing', lines: '', expect: '' },
  ];
  for (const { desc, lines, drop, titleCase, expect } of rows) {
    await t.test(desc, () => assert.equal(forwarded(lines, drop, titleCase), expect));
  }
});

test('Connection cannot remove what protects the upstream', async (t) => {
  const names = [
    'Authorization',
    'Host',
    'Cookie',
    'X-Api-Key',
    'X-Amz-Date',
    'X-Amz-Security-Token',
    'X-Amz-Content-Sha256',
    'X-Amz-Invocation-Type',
    'X-Amzn-Trace-Id',
    'X-Amzn-RequestId',
    'X-Amzn-ApiGateway-Api-Id',
    'X-Amz-Cf-Id',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-Host',
    'X-Forwarded-Prefix',
    'Forwarded',
    'Via',
    'X-Real-IP',
    'True-Client-IP',
    'X-Client-Cert',
    'Client-Cert',
    'Origin',
    'Referer',
    'User-Agent',
    'Content-Type',
    'Content-Encoding',
    'Set-Cookie',
    'WWW-Authenticate',
    'Strict-Transport-Security',
    'Access-Control-Allow-Origin',
    'Access-Control-Request-Method',
    'Sec-Fetch-Site',
    'Sec-WebSocket-Key',
    'If-Match',
    'If-None-Match',
    'Range',
    'Cache-Control',
    'Vary',
    'CloudFront-Viewer-Country',
    'Date',
    'Location',
  ];
  assert.ok(names.length >= 40);
  for (const name of names) {
    await t.test(name, () => {
      const block = new HeaderBlock();
      const lines = name === 'Host' ? 'Connection: Host\r\n' : `Connection: close, ${name.toUpperCase()}\r\n${name}: value\r\n`;
      fields(lines).forwardTo(block, new Set(), false);
      assert.match(block.text, new RegExp(`^${name}: `, 'm'));
      assert.equal(isProtectedName(name.toLowerCase()), true);
      if (name.includes('-')) assert.equal(imitatesProtectedName(name.replaceAll('-', '_')), true);
    });
  }
});

test('title case', () => {
  for (const [name, expect] of [
    ['a', 'A'],
    ['x-amzn-requestid', 'X-Amzn-Requestid'],
    ['ETag', 'Etag'],
    ['-x-', '-X-'],
    ['x--y', 'X--Y'],
    ['X_Y', 'X_y'],
    ['', ''],
  ] as const) {
    assert.equal(toTitleCase(name), expect);
  }
});

test('a header block takes no field that could shift a boundary', async (t) => {
  const block = new HeaderBlock();
  for (const [name, value] of [
    ['X A', '1'],
    ['X\r\nY', '1'],
    ['', '1'],
    ['X:', '1'],
    ['X', 'a\r\nb'],
    ['X', 'a\nb'],
    ['X', 'a\rb'],
    ['X', 'a\0b'],
    ['X', '\x7f'],
    ['caf\xe9', '1'],
  ] as const) {
    await t.test(JSON.stringify([name, value]), () => assert.equal(block.add(name, value), false));
  }
  for (const name of [
    'Content-Length',
    'transfer-encoding',
    'CONNECTION',
    'Keep-Alive',
    'Upgrade',
    'TE',
    'Trailer',
    'Proxy-Connection',
  ]) {
    await t.test(`${name} is left out`, () => assert.equal(block.add(name, '1'), true));
  }
  assert.equal(block.text, '');
  assert.equal(block.add('X-A', 'caf\xe9\t1'), true);
  assert.equal(block.add('X-B', '\u20ac'), true);
  assert.equal(block.text, 'X-A: caf\xe9\t1\r\nX-B: \xe2\x82\xac\r\n');
});
