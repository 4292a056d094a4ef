import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CachedResponse, fromStored, toStored } from './cached-response.ts';
import { type CacheFlight, type CacheLookup, MethodCache } from './method-cache.ts';

const response = (text: string, more: Partial<CachedResponse> = {}): CachedResponse => ({
  ...{ status: 200, headers: ['Content-Type', 'text/plain'], body: Buffer.from(text) },
  ...more,
});

function cached(bytesMax = 100_000) {
  const cache = new MethodCache(bytesMax);
  const shared: (string | undefined)[] = [];
  const ask = (key = 'k', nowMs = 0, more: { ttlMs?: number; encrypted?: boolean; refresh?: boolean } = {}): CacheLookup =>
    cache.lookUp(
      { key, ttlMs: 1000, encrypted: false, refresh: false, ...more },
      { onShared: (answer) => shared.push(answer?.body.toString()) },
      nowMs,
    );
  const fetch = (...args: Parameters<typeof ask>): CacheFlight => {
    const found = ask(...args);
    assert.ok(found.kind === 'fetch', `${found.kind} and not fetch`);
    return found.flight;
  };
  const text = (...args: Parameters<typeof ask>): string => {
    const found = ask(...args);
    return found.kind === 'hit' ? found.response.body.toString() : found.kind;
  };
  return { cache, shared, ask, fetch, text };
}

for (const encrypted of [false, true]) {
  test(`a response is answered again until its time is over, ${encrypted ? 'encrypted' : 'as it is'}`, () => {
    const { ask, fetch, text } = cached();
    const sent = response('one', { status: 201, headers: ['X-A', '1', 'x-a', '2', 'X-B', 'ü'] });
    fetch('k', 0, { encrypted }).settle(sent, 10);
    const found = ask('k', 1009, { encrypted });
    assert.deepEqual(found, { kind: 'hit', response: sent });
    assert.equal(text('other', 1009), 'fetch');
    assert.equal(text('k', 1010), 'fetch');
  });
}

test('the copy is not the bytes that were sent', () => {
  const { fetch, text } = cached();
  const body = Buffer.from('secret');
  fetch('k').settle(response('', { body }), 0);
  body.write('public');
  assert.equal(text('k'), 'secret');
});

test('what is encrypted does not show in memory, and opens under its own key only', () => {
  const stored = toStored(response('secret', { headers: ['X-Secret', 'secret'] }), 'k', true);
  assert.ok(stored.sealed && !stored.sealedBytes.includes('ecret'));
  assert.equal(fromStored(stored, 'k').body.toString(), 'secret');
  assert.throws(() => fromStored(stored, 'other'));
});

describe('what is not kept', () => {
  const rows: [desc: string, answer: CachedResponse | undefined, kept: boolean][] = [
    ['a response', response('x'), true],
    ['a redirect', response('x', { status: 302 }), true],
    ['1 MiB', response('x'.repeat(1_048_576)), true],
    ['more than 1 MiB', response('x'.repeat(1_048_577)), false],
    ['an error of the client', response('x', { status: 404 }), false],
    ['an error of the server', response('x', { status: 500 }), false],
    ['a cookie', response('x', { headers: ['X', '1', 'SET-cookie', 'a=1'] }), false],
    ['nothing', undefined, false],
  ];
  for (const [desc, answer, kept] of rows) {
    test(`${desc}: ${kept ? 'kept, and shared' : 'neither kept nor shared'}`, () => {
      const { fetch, ask, shared } = cached(10_000_000);
      const flight = fetch();
      assert.equal(ask().kind, 'wait');
      flight.settle(answer, 0);
      assert.equal(ask('k', 1).kind, kept ? 'hit' : 'fetch');
      assert.deepEqual(shared, [kept ? answer?.body.toString() : undefined]);
    });
  }

  test('with no time to live nothing is kept and nobody waits', () => {
    const { fetch, shared } = cached();
    const first = fetch('k', 0, { ttlMs: 0 });
    const second = fetch('k', 0, { ttlMs: 0 });
    first.settle(response('a'), 0);
    second.settle(response('b'), 0);
    fetch('k', 0, { ttlMs: 0 });
    assert.deepEqual(shared, []);
  });
});

describe('many ask at once', () => {
  test('one asks the backend, the others get what it got, each once', () => {
    const { fetch, ask, shared } = cached();
    const flight = fetch();
    for (let i = 0; i < 5; i++) assert.equal(ask().kind, 'wait');
    assert.equal(ask('other').kind, 'fetch');
    flight.settle(response('a'), 0);
    flight.settle(response('b'), 0);
    assert.deepEqual(shared, ['a', 'a', 'a', 'a', 'a']);
  });

  test('more than a thousand do not wait for one', () => {
    const { fetch, ask } = cached();
    fetch();
    for (let i = 0; i < 1000; i++) assert.equal(ask().kind, 'wait');
    fetch();
  });
});

describe('a client that asks for a fresh response', () => {
  test('gets one, which replaces the former', () => {
    const { fetch, text } = cached();
    fetch().settle(response('old'), 0);
    const flight = fetch('k', 1, { refresh: true });
    assert.equal(text('k', 1), 'wait');
    flight.settle(response('new'), 1);
    assert.equal(text('k', 1), 'new');
  });

  test('does not share what was asked for before, and that is not kept', () => {
    const { fetch, text } = cached();
    const old = fetch();
    const fresh = fetch('k', 1, { refresh: true });
    fresh.settle(response('new'), 2);
    old.settle(response('old'), 3);
    assert.equal(text('k', 3), 'new');
  });
});

test('a flush forgets what is there and what is on its way; who waits is answered', () => {
  const { cache, fetch, ask, text, shared } = cached();
  fetch('a').settle(response('a'), 0);
  const flight = fetch('b');
  ask('b');
  cache.flush();
  assert.equal(cache.bytes, 0);
  flight.settle(response('b'), 0);
  assert.deepEqual(shared, ['b']);
  assert.deepEqual([text('a'), text('b')], ['fetch', 'fetch']);
});

describe('memory', () => {
  test('is bounded; what was not used for longest goes first', () => {
    const { cache, fetch, text } = cached(10_000);
    for (const key of ['a', 'b', 'c']) fetch(key).settle(response(key.repeat(3000)), 0);
    text('a');
    fetch('d').settle(response('d'.repeat(3000)), 0);
    assert.ok(cache.bytes <= 10_000);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => text(key).length > 100),
      [true, false, true, true],
    );
    cache.resize(4000);
    assert.ok(cache.bytes <= 4000);
    fetch('huge').settle(response('h'.repeat(5000)), 0);
    assert.equal(text('huge'), 'fetch');
  });

  test('is given back by what expired, though nobody asks for it', () => {
    const { cache, fetch } = cached();
    for (let i = 0; i < 8; i++) fetch(`old${i}`).settle(response('x'.repeat(1000)), 0);
    for (let i = 0; i < 4; i++) fetch(`new${i}`, 2000).settle(response('y'), 2000);
    assert.ok(cache.bytes < 4 * 400, `${cache.bytes}`);
  });
});
