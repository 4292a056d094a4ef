import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStore } from './event-store.ts';
import type { NewEvent, StoredEvent } from './log-event.ts';
import { PACKED_EVENTS_MAX, packEvents, unpackMessages } from './packed-events.ts';

test('only neighbours of one millisecond share a row, and only short ones', () => {
  const at = (timestamp: number, message: string): NewEvent => ({ timestamp, message });
  const counts = (events: readonly NewEvent[]): number[] => packEvents(events).map(({ count }) => count);
  assert.deepEqual(counts([]), []);
  assert.deepEqual(counts([at(1, 'a'), at(1, 'b'), at(2, 'c'), at(1, 'd')]), [2, 1, 1]);
  assert.deepEqual(counts([at(1, 'x'.repeat(2_000)), at(1, 'y'.repeat(100)), at(1, 'z')]), [1, 2]);
  assert.deepEqual(counts([at(1, 'x'.repeat(5_000)), at(1, 'x'.repeat(5_000))]), [1, 1]);
  assert.deepEqual(counts(Array.from({ length: PACKED_EVENTS_MAX + 1 }, () => at(1, 'x'))), [PACKED_EVENTS_MAX, 1]);
});

test('messages come out of a row as they went in: empty ones, NUL, halves of pairs', () => {
  const messages = ['', 'a,b\n', 'x\0y', '\u{1F600}ä', '', '\ud83d', '\ude00', 'END'];
  const rows = packEvents(messages.map((message) => ({ timestamp: 1, message })));
  assert.deepEqual(rows.flatMap(unpackMessages), messages);
  // In a row of their own, so that the database, which keeps UTF-8, does not make one character of them.
  assert.deepEqual(
    rows.map(({ count }) => count),
    [6, 2],
  );
});

/** A small generator with a seed, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

test('a store with packed rows reads, pages and forgets like a plain list of events', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const below = random(seed);
    const store = new EventStore(undefined);
    let model: StoredEvent[] = [];
    try {
      store.addGroup('g');
      let sequence = 0;
      for (let batch = 0; batch < 12; batch++) {
        const streamName = `s${below(3)}`;
        let timestamp = 100 + below(6);
        const events = Array.from({ length: 1 + below(90) }, (): NewEvent => {
          if (below(4) === 0) timestamp += below(3);
          return { timestamp, message: below(30) === 0 ? 'long '.repeat(300) : `m${below(1e6)}` };
        });
        store.append([{ groupId: 'g', streamName, ingestionTime: batch, events }]);
        for (const event of events) model.push({ ...event, streamName, ingestionTime: batch, sequence: ++sequence });
        if (below(6) === 0) {
          const before = 100 + below(8);
          store.deleteBefore('g', before);
          model = model.filter((event) => event.timestamp >= before);
        }
      }
      const bytes = model.reduce((sum, { message }) => sum + message.length + 26, 0);
      assert.equal(store.storedBytes('g'), bytes, `bytes, seed ${seed}`);
      for (let question = 0; question < 12; question++) {
        const descending = below(2) === 0;
        const streamName = below(2) === 0 ? undefined : `s${below(3)}`;
        const startTime = below(2) === 0 ? undefined : 100 + below(12);
        const endTime = below(2) === 0 ? undefined : 100 + below(16);
        const expected = model
          .filter((event) => streamName === undefined || event.streamName === streamName)
          .filter(({ timestamp }) => timestamp >= (startTime ?? 0) && timestamp < (endTime ?? Number.POSITIVE_INFINITY))
          .sort((one, other) => one.timestamp - other.timestamp || one.sequence - other.sequence);
        if (descending) expected.reverse();
        const rows = 1 + below(70);
        const seen: StoredEvent[] = [];
        for (;;) {
          const page = store.read({
            groupId: 'g',
            ...(streamName !== undefined && { streamName }),
            ...(startTime !== undefined && { startTime }),
            ...(endTime !== undefined && { endTime }),
            descending,
            ...(seen.length > 0 && { beyond: seen.at(-1) as StoredEvent }),
            rows,
            bytes: below(3) === 0 ? 2_000 : 1e9,
          });
          assert.ok(page.length <= rows);
          if (page.length === 0) break;
          seen.push(...page);
        }
        assert.deepEqual(seen, expected, `seed ${seed}, question ${question}`);
      }
    } finally {
      store.close();
    }
  }
});
