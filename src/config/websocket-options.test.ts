import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webSocketLimits, webSocketOrigins } from './websocket-options.ts';

test('limits, in the units of their names', () => {
  const given = new Map([
    ['frame-kb', '64'],
    ['message-kb', '1024'],
    ['idle-seconds', '30'],
    ['life-seconds', 'none'],
  ]);
  const read = webSocketLimits(given);
  assert.deepEqual({ ...read, lifeMs: 0 }, { frameBytes: 65_536, messageBytes: 1_048_576, idleMs: 30_000, lifeMs: 0 });
  assert.ok((read.lifeMs ?? 0) > 300_000_000_000);
  assert.deepEqual(webSocketLimits(new Map()), {});
});

for (const [name, value, message] of [
  ['idle', '5', /idle is unknown; there are frame-kb, message-kb, idle-seconds, life-seconds/],
  ['frame-kb', 'none', /frame-kb is none, but it must be a whole number from 1 to 65536\./],
  ['idle-seconds', '0', /must be a whole number from 1 to \d+, or none/],
  ['life-seconds', '-1', /must be a whole number/],
  ['__proto__', '1', /__proto__ is unknown/],
] as const) {
  test(`refused: ${name}=${value}`, () => assert.throws(() => webSocketLimits(new Map([[name, value]])), { message }));
}

test('origins as browsers send them', () => {
  assert.equal(webSocketOrigins(undefined), undefined);
  assert.deepEqual(
    [...(webSocketOrigins('https://a.example.com, http://localhost:3000') ?? [])],
    ['https://a.example.com', 'http://localhost:3000'],
  );
  for (const text of ['', 'a.example.com', 'https://a.example.com/', 'https://a.example.com:443']) {
    assert.throws(() => webSocketOrigins(text), { message: /which is no origin as browsers send it/ }, text);
  }
});
