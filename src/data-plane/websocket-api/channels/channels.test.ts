// Channels: order, resuming without gap or duplicate, what is forgotten and said to be, presence, limits, and that nothing is left over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Member, prod } from '../../../compile/testing/channel-members.ts';
import type { ChannelSettings } from './channel.ts';
import type { ChannelLimits } from './channel-limits.ts';
import { MemoryChannels, type StageId, type SubscribeOptions } from './channels.ts';

const plainly: SubscribeOptions = { withIds: false, after: undefined, settings: undefined };
const withIds: SubscribeOptions = { ...plainly, withIds: true };
const kept: ChannelSettings = { presence: false, history: { messages: 100, seconds: 60 } };
const everyone = { limit: 1000, after: undefined };

class Served extends MemoryChannels {
  clock: { now: number };

  constructor(limits: Partial<ChannelLimits> = {}) {
    const clock = { now: 1_000_000 };
    super(limits, () => clock.now);
    this.clock = clock;
  }

  say(text: string, name = 'room', except?: Member): string {
    return this.publish(prod, name, Buffer.from(text), true, except?.at).id;
  }

  join(member: Member, options: Partial<SubscribeOptions> = {}, name = 'room'): void {
    assert.equal(this.subscribe(member.at, name, { ...plainly, ...options }), undefined);
  }

  names(stage: StageId = prod): string[] {
    return this.list(stage, everyone).items.map(({ name }) => name);
  }
}

describe('a message', () => {
  test('reaches every subscriber of its channel and stage, in order, but who is excluded', () => {
    const channels = new Served();
    const [a, b, elsewhere, other] = [
      new Member('a'),
      new Member('b'),
      new Member('c', { ...prod, stageName: 'dev' }),
      new Member('d'),
    ];
    for (const member of [a, b, elsewhere]) channels.join(member);
    channels.join(other, {}, 'lobby');
    assert.equal(channels.publish(prod, 'room', Buffer.from('one'), true, undefined).delivered, 2);
    assert.equal(channels.publish(prod, 'room', Buffer.from('two'), true, a.at).delivered, 1);
    assert.deepEqual(a.received, ['one']);
    assert.deepEqual(b.received, ['one', 'two']);
    assert.deepEqual([...elsewhere.received, ...other.received], []);
  });

  test('comes with its id to those who asked for ids, bytes as base64', () => {
    const channels = new Served();
    const [plain, enveloped] = [new Member('a'), new Member('b')];
    channels.join(plain);
    channels.join(enveloped, withIds);
    const id = channels.say('"hällo"');
    channels.publish(prod, 'room', Buffer.from([1, 255]), false, undefined);
    assert.deepEqual(plain.received, ['"hällo"', Buffer.from([1, 255])]);
    const [subscribed, text, bytes] = enveloped.heard as { event?: string; id?: string; base64?: string }[];
    assert.equal(subscribed?.event, 'subscribed');
    assert.deepEqual(text, { channel: 'room', id, at: 1_000_000, message: '"hällo"' });
    assert.equal(bytes?.base64, 'Af8=');
  });

  test('to nobody is given to nobody, and makes no channel', () => {
    const channels = new Served();
    assert.equal(channels.publish(prod, 'room', Buffer.from('x'), true, undefined).delivered, 0);
    assert.deepEqual(channels.names(), []);
  });

  test('is not counted for a client that is closing', () => {
    const channels = new Served();
    const member = new Member('a');
    channels.join(member);
    member.close(1000);
    assert.equal(channels.publish(prod, 'room', Buffer.from('x'), true, undefined).delivered, 0);
  });
});

describe('resuming', () => {
  test('replays what was missed, in order, says that it is live, and goes on', () => {
    const channels = new Served();
    channels.configure(prod, 'room', kept);
    const ids = ['1', '2', '3'].map((text) => channels.say(text));
    const back = new Member('a');
    channels.join(back, { after: ids[0] });
    channels.say('4');
    assert.deepEqual(back.texts, ['2', '3', '4']);
    assert.deepEqual(back.heard[2], { channel: 'room', event: 'subscribed', id: ids[2] });
  });

  test('has no gap and no duplicate when messages come while a slow client is told what it missed', () => {
    const channels = new Served({ replayQueueBytes: 300 });
    channels.configure(prod, 'room', { presence: false, history: { messages: 1000, seconds: 60 } });
    const first = channels.say('0');
    for (let i = 1; i <= 20; i++) channels.say(String(i));
    const slow = new Member('slow');
    slow.takes = false;
    channels.join(slow, { after: first });
    const atOnce = slow.texts.length;
    assert.ok(atOnce > 0 && atOnce < 20, String(atOnce));
    let next = 21;
    for (let round = 0; slow.texts.length < 40; round++) {
      assert.ok(round < 100, 'it goes on');
      // More is said before, and after, it has taken something.
      if (next <= 40) channels.say(String(next++));
      slow.queuedBytes = 0;
      channels.drained(slow.at);
      if (next <= 40) channels.say(String(next++));
    }
    assert.deepEqual(
      slow.texts,
      Array.from({ length: 40 }, (_, i) => String(i + 1)),
    );
    assert.equal(slow.heard.filter((each) => (each as { event?: string }).event === 'subscribed').length, 1);
    assert.equal(slow.heard.filter((each) => (each as { event?: string }).event === 'gap').length, 0);
  });

  test('says so when messages are not there any more: too many, too old, of another process, never kept', () => {
    const channels = new Served();
    channels.configure(prod, 'room', { presence: false, history: { messages: 2, seconds: 60 } });
    const first = channels.say('1');
    for (const text of ['2', '3', '4']) channels.say(text);
    const gap = { channel: 'room', event: 'gap' };
    const many = new Member('many');
    channels.join(many, { after: first });
    assert.deepEqual([many.heard[0], many.texts], [gap, ['3', '4']]);
    const foreign = new Member('foreign');
    channels.join(foreign, { after: '0123456789ab-4' });
    assert.deepEqual([foreign.heard[0], foreign.texts], [gap, ['3', '4']]);
    channels.clock.now += 60_001;
    const late = new Member('late');
    channels.join(late, { after: first });
    assert.deepEqual([late.heard[0], late.texts, late.heard.length], [gap, [], 2]);
    const unkept = channels.say('5', 'other');
    const watcher = new Member('watcher');
    channels.join(watcher, withIds, 'other');
    channels.say('6', 'other');
    const returned = new Member('returned');
    channels.join(returned, { after: unkept }, 'other');
    assert.deepEqual([returned.heard[0], returned.texts], [{ channel: 'other', event: 'gap' }, []]);
  });

  test('tells a gap when the history moves on while a client is behind', () => {
    const channels = new Served({ replayQueueBytes: 100 });
    channels.configure(prod, 'room', { presence: false, history: { messages: 3, seconds: 60 } });
    const first = channels.say('0');
    for (const text of ['1', '2', '3']) channels.say(text);
    const slow = new Member('slow');
    slow.takes = false;
    channels.join(slow, { after: first });
    assert.deepEqual(slow.texts, ['1', '2']);
    for (const text of ['4', '5', '6']) channels.say(text);
    slow.takes = true;
    slow.queuedBytes = 0;
    channels.drained(slow.at);
    assert.deepEqual(slow.texts, ['1', '2', '4', '5', '6']);
    assert.equal((slow.heard[2] as { event: string }).event, 'gap');
  });

  test('of one that is subscribed already is asked for again, and is no joining', () => {
    const channels = new Served();
    channels.configure(prod, 'room', { ...kept, presence: true });
    const [member, other] = [new Member('a'), new Member('b')];
    const first = channels.say('1');
    channels.say('2');
    channels.join(other);
    channels.join(member, withIds);
    channels.join(member, { after: first });
    assert.deepEqual(member.texts, ['2']);
    assert.equal(other.heard.length, 1);
    assert.equal(channels.describe(prod, 'room', everyone).subscriberCount, 2);
  });
});

describe('a history', () => {
  test('holds no more bytes than it may, nor all of them together; the oldest message gives way', () => {
    const channels = new Served({ historyBytesPerChannel: 3000, historyBytesInAll: 5000 });
    for (const name of ['a', 'b']) channels.configure(prod, name, kept);
    const held = (name: string) => channels.describe(prod, name, everyone).held;
    for (let i = 0; i < 10; i++) channels.say('x'.repeat(488), 'a');
    assert.deepEqual([held('a').messages, held('a').bytes], [3, 3000]);
    for (let i = 0; i < 3; i++) channels.say('x'.repeat(488), 'b');
    assert.deepEqual([held('a').messages, held('b').messages], [2, 3]);
    // One that does not fit at all leaves nothing behind that would hide its absence.
    channels.say('x'.repeat(3000), 'b');
    assert.equal(held('b').messages, 0);
    channels.configure(prod, 'a', undefined);
    assert.deepEqual(held('a'), { messages: 0, bytes: 0, oldestId: undefined });
  });

  test('is cut when its settings become less', () => {
    const channels = new Served();
    channels.configure(prod, 'room', kept);
    for (const text of ['1', '2', '3']) channels.say(text);
    channels.configure(prod, 'room', { presence: false, history: { messages: 1, seconds: 60 } });
    assert.equal(channels.describe(prod, 'room', everyone).held.messages, 1);
  });
});

describe('presence', () => {
  test('tells the others who comes and goes, and only where it was asked for', () => {
    const channels = new Served();
    channels.configure(prod, 'room', { presence: true, history: undefined });
    const [a, b] = [new Member('conn-a'), new Member('conn-b')];
    for (const name of ['room', 'quiet']) {
      channels.join(a, {}, name);
      channels.join(b, {}, name);
    }
    channels.unsubscribe(b.at, 'room');
    channels.join(b);
    channels.leave(b.at);
    const event = (kind: string) => ({ channel: 'room', event: kind, connectionId: 'conn-b', at: 1_000_000 });
    assert.deepEqual(a.heard, [event('join'), event('leave'), event('join'), event('leave')]);
    assert.deepEqual(b.heard, []);
  });

  test('is silent in a channel with too many subscribers', () => {
    const channels = new Served({ presenceSubscribers: 2 });
    channels.configure(prod, 'room', { presence: true, history: undefined });
    const members = ['a', 'b', 'c'].map((id) => new Member(id));
    for (const member of members) channels.join(member);
    assert.equal(members[0]?.heard.length, 1);
    assert.equal(members[1]?.heard.length, 0);
  });
});

describe('limits', () => {
  test('of channels per connection and per stage', () => {
    const channels = new Served({ channelsPerConnection: 2, channelsPerStage: 3 });
    const [a, b] = [new Member('a'), new Member('b')];
    channels.join(a, {}, '1');
    channels.join(a, {}, '2');
    assert.deepEqual(channels.subscribe(a.at, '3', plainly), { limit: 'A connection can be subscribed to 2 channels.' });
    assert.equal(channels.subscribe(a.at, '2', withIds), undefined);
    channels.join(b, {}, '3');
    assert.deepEqual(channels.subscribe(b.at, '4', plainly), { limit: 'A stage can have 3 channels.' });
    assert.deepEqual(channels.configure(prod, '4', kept), { limit: 'A stage can have 3 channels.' });
    const elsewhere = new Member('c', { ...prod, apiId: 'other' });
    channels.join(elsewhere, {}, '4');
    channels.unsubscribe(a.at, '1');
    channels.join(b, {}, '4');
  });

  test('a stage that is full of histories finds room when they are too old', () => {
    const channels = new Served({ channelsPerStage: 2 });
    for (const name of ['1', '2']) {
      const member = new Member(name);
      channels.join(member, { settings: kept }, name);
      channels.say('x', name);
      channels.leave(member.at);
    }
    assert.deepEqual(channels.names(), ['1', '2']);
    const late = new Member('late');
    assert.notEqual(channels.subscribe(late.at, '3', plainly), undefined);
    channels.clock.now += 61_000;
    channels.join(late, {}, '3');
    assert.deepEqual(channels.names(), ['3']);
  });
});

describe('what is left over', () => {
  test('nothing of a connection that is over, and no channel that nobody needs', () => {
    const channels = new Served();
    channels.configure(prod, 'set', kept);
    const member = new Member('a');
    for (const name of ['1', '2', 'set']) channels.join(member, {}, name);
    channels.leave(member.at);
    assert.equal(member.at.subscriptions, undefined);
    assert.deepEqual(channels.names(), ['set']);
    channels.configure(prod, 'set', undefined);
    assert.deepEqual(channels.names(), []);
    assert.equal(channels.unsubscribe(member.at, '1'), false);
  });

  test('settings of the first subscriber go with the last one and its messages; those of the API stay', () => {
    const channels = new Served();
    const member = new Member('a');
    channels.join(member, { settings: { ...kept, presence: true } });
    const second = new Member('b');
    channels.join(second, { settings: { presence: false, history: undefined } });
    assert.deepEqual(channels.describe(prod, 'room', everyone).settings, { ...kept, presence: true });
    channels.leave(member.at);
    channels.leave(second.at);
    assert.deepEqual(channels.names(), []);
    channels.configure(prod, 'room', kept);
    channels.join(member, { settings: { presence: true, history: undefined } });
    channels.leave(member.at);
    assert.deepEqual(channels.describe(prod, 'room', everyone).settings, kept);
  });

  test('stages that are gone take their channels and histories along', () => {
    const channels = new Served();
    const member = new Member('a');
    channels.configure(prod, 'room', kept);
    channels.join(member);
    channels.say('x');
    channels.retain(() => false);
    assert.deepEqual(channels.names(), []);
    // A stage of the same name is made before the connection is over.
    channels.join(new Member('b'));
    channels.leave(member.at);
    assert.equal(channels.describe(prod, 'room', everyone).subscriberCount, 1);
  });
});

test('names and subscribers come in pages', () => {
  const channels = new Served();
  const members = ['c', 'a', 'd', 'b'].map((id) => new Member(id));
  for (const member of members) channels.join(member);
  channels.join(members[0] as Member, {}, 'lobby');
  assert.deepEqual(channels.list(prod, { limit: 1, after: undefined }), {
    items: [{ name: 'lobby', subscribers: 1 }],
    next: 'lobby',
  });
  assert.deepEqual(channels.list(prod, { limit: 1, after: 'lobby' }), {
    items: [{ name: 'room', subscribers: 4 }],
    next: undefined,
  });
  const page = (after: string | undefined) => channels.describe(prod, 'room', { limit: 3, after }).subscribers;
  assert.deepEqual(page(undefined), { items: ['a', 'b', 'c'], next: 'c' });
  assert.deepEqual(page('c'), { items: ['d'], next: undefined });
});
