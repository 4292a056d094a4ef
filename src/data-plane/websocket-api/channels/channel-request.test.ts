// The document that asks for channels: what it may say, and that everything else is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { channelNameRule } from './channel-limits.ts';
import { parseChannelRequest, readChannelRequest, readChannelSettings } from './channel-request.ts';

const plainly = { withIds: false, after: undefined, settings: undefined };
const id = '0123456789ab-42';

describe('a request', () => {
  test('names channels, plainly or with options', () => {
    assert.deepEqual(
      parseChannelRequest(
        JSON.stringify({
          subscribe: [
            'news',
            { channel: 'room-7', after: id, presence: true, history: { messages: 5, seconds: 60 } },
            { channel: 'user:42', ids: true },
            { channel: 'x', after: '' },
          ],
          unsubscribe: ['lobby'],
        }),
      ),
      {
        unsubscribe: ['lobby'],
        subscribe: [
          ['news', plainly],
          ['room-7', { withIds: true, after: id, settings: { presence: true, history: { messages: 5, seconds: 60 } } }],
          ['user:42', { ...plainly, withIds: true }],
          ['x', { ...plainly, withIds: true }],
        ],
      },
    );
    assert.deepEqual(parseChannelRequest('{}'), { unsubscribe: [], subscribe: [] });
  });

  const faults: readonly (readonly [desc: string, value: unknown, fault: string])[] = [
    ['no JSON', undefined, 'it must be a JSON object'],
    ['a list', [], 'it must be a JSON object'],
    ['an unknown member', { subcribe: [] }, 'there is no member "subcribe"'],
    ['no list', { subscribe: 'room' }, '"subscribe" and "unsubscribe" are lists'],
    ['a name with a comma', { subscribe: ['a,b'] }, channelNameRule],
    ['a name that is too long', { unsubscribe: ['x'.repeat(129)] }, channelNameRule],
    ['a name with a slash', { subscribe: [{ channel: 'a/b' }] }, channelNameRule],
    ['an unknown option', { subscribe: [{ channel: 'a', since: 1 }] }, 'there is no member "since"'],
    ['an id that is none', { subscribe: [{ channel: 'a', after: 'x' }] }, '"after" is the id of a message'],
    ['too many', { subscribe: Array.from({ length: 101 }, (_, i) => `r${i}`) }, 'a connection can be subscribed to 100 channels'],
  ];
  for (const [desc, value, fault] of faults) {
    test(`is refused with ${desc}`, () => {
      assert.equal(readChannelRequest(value), fault);
    });
  }

  test('is refused when it is too long, before it is read', () => {
    assert.match(String(parseChannelRequest(`{"subscribe":[${' '.repeat(70_000)}]}`)), /longer than/);
    assert.equal(parseChannelRequest('{"subscribe":'), 'it must be a JSON object');
  });
});

test('settings are presence and a bounded history, or none', () => {
  assert.equal(readChannelSettings({}), undefined);
  assert.deepEqual(readChannelSettings({ presence: true }), { presence: true, history: undefined });
  assert.deepEqual(readChannelSettings({ history: { messages: 1, seconds: 1 } }), {
    presence: false,
    history: { messages: 1, seconds: 1 },
  });
  assert.match(String(readChannelSettings({ presence: 'yes' })), /presence/);
  assert.match(String(readChannelSettings({ history: { messages: 0, seconds: 1 } })), /1 to 10000/);
  assert.match(String(readChannelSettings({ history: { messages: 1, seconds: 86_401 } })), /1 to 86400/);
  assert.match(String(readChannelSettings({ history: { messages: 1 } })), /seconds/);
  assert.match(String(readChannelSettings({ history: { messages: 1, seconds: 1, bytes: 1 } })), /"bytes"/);
});
