import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { EventStore } from './event-store.ts';
import type { NewEvent } from './log-event.ts';

const everything = { rows: 10_000, bytes: 1e9 };

function events(count: number, from = 1_000): NewEvent[] {
  return Array.from({ length: count }, (_, i) => ({ timestamp: from + i, message: `event ${from + i}` }));
}

function withFile(work: (file: string) => void): () => void {
  return () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-logs-'));
    try {
      work(path.join(folder, 'logs.sqlite'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** One contract for both places that events are kept in. */
for (const place of ['memory', 'file'] as const) {
  const withStore = (work: (store: EventStore) => void) =>
    withFile((file) => {
      const store = new EventStore(place === 'file' ? file : undefined);
      try {
        store.addGroup('g');
        work(store);
      } finally {
        store.close();
      }
    });
  const append = (store: EventStore, streamName: string, list: readonly NewEvent[], groupId = 'g') =>
    store.append([{ groupId, streamName, ingestionTime: 7, events: list }]);
  const messages = (store: EventStore, request: Partial<Parameters<EventStore['read']>[0]> = {}) =>
    store.read({ groupId: 'g', ...everything, ...request }).map(({ message }) => message);

  describe(`log events in ${place}`, () => {
    test(
      'events are read by time, then by arrival, of one stream or of all',
      withStore((store) => {
        append(store, 'b', [
          { timestamp: 5, message: 'first at 5' },
          { timestamp: 3, message: 'at 3' },
        ]);
        append(store, 'a', [{ timestamp: 5, message: 'second at 5' }]);
        assert.deepEqual(messages(store), ['at 3', 'first at 5', 'second at 5']);
        assert.deepEqual(messages(store, { descending: true }), ['second at 5', 'first at 5', 'at 3']);
        assert.deepEqual(messages(store, { streamName: 'b' }), ['at 3', 'first at 5']);
        assert.deepEqual(messages(store, { streamName: 'none' }), []);
        assert.deepEqual(messages(store, { groupId: 'none' }), []);
        assert.deepEqual(messages(store, { startTime: 5 }), ['first at 5', 'second at 5']);
        assert.deepEqual(messages(store, { endTime: 5 }), ['at 3']);
        assert.deepEqual(store.read({ groupId: 'g', ...everything })[0], {
          streamName: 'b',
          timestamp: 3,
          sequence: 2,
          ingestionTime: 7,
          message: 'at 3',
        });
      }),
    );

    test(
      'a read goes on behind any event, in both directions, also among events of one millisecond',
      withStore((store) => {
        append(
          store,
          's',
          Array.from({ length: 130 }, (_, i) => ({ timestamp: 9, message: `${i}` })),
        );
        append(store, 's', [{ timestamp: 10, message: 'last' }]);
        for (const descending of [false, true]) {
          const seen: string[] = [];
          let beyond: { timestamp: number; sequence: number } | undefined;
          for (;;) {
            const page = store.read({ groupId: 'g', rows: 20, bytes: 1e9, descending, ...(beyond && { beyond }) });
            if (page.length === 0) break;
            seen.push(...page.map(({ message }) => message));
            beyond = page.at(-1);
          }
          const expected = [...Array.from({ length: 130 }, (_, i) => `${i}`), 'last'];
          assert.deepEqual(seen, descending ? expected.reverse() : expected);
        }
      }),
    );

    test(
      'a read is bounded by bytes and gives at least one event',
      withStore((store) => {
        append(
          store,
          's',
          Array.from({ length: 5 }, (_, i) => ({ timestamp: i, message: 'x'.repeat(100) })),
        );
        assert.equal(store.read({ groupId: 'g', rows: 100, bytes: 250 }).length, 3);
        assert.equal(store.read({ groupId: 'g', rows: 100, bytes: 1 }).length, 1);
      }),
    );

    test(
      'text is kept as it is: NUL, line ends, all of Unicode',
      withStore((store) => {
        const text = 'a\0b\r\n\u2028\u{1F600}ä';
        append(store, 's', [{ timestamp: 1, message: text }]);
        assert.deepEqual(messages(store), [text]);
      }),
    );

    test(
      'a stream knows its first and last event; streams are listed by name and by their last event',
      withStore((store) => {
        assert.equal(store.createStream('g', 'empty', 11), true);
        assert.equal(store.createStream('g', 'empty', 12), false);
        append(store, 'late', events(2, 500));
        append(store, 'early', events(3, 100));
        append(store, 'early', events(1, 50));
        assert.deepEqual(store.stream('g', 'early'), {
          streamName: 'early',
          creationTime: 7,
          firstEventTimestamp: 50,
          lastEventTimestamp: 102,
          lastIngestionTime: 7,
        });
        assert.equal(store.stream('g', 'empty')?.lastEventTimestamp, undefined);
        const list = (request: Partial<Parameters<EventStore['streams']>[1]>) =>
          store
            .streams('g', { orderBy: 'LogStreamName', descending: false, limit: 50, ...request })
            .streams.map(({ streamName }) => streamName);
        assert.deepEqual(list({}), ['early', 'empty', 'late']);
        assert.deepEqual(list({ descending: true, limit: 2 }), ['late', 'empty']);
        assert.deepEqual(list({ prefix: 'e' }), ['early', 'empty']);
        assert.deepEqual(list({ orderBy: 'LastEventTime', descending: true }), ['late', 'early', 'empty']);
        assert.deepEqual(list({ after: { streamName: 'early', lastEventTimestamp: 0 } }), ['empty', 'late']);
        assert.deepEqual(
          list({ orderBy: 'LastEventTime', descending: true, after: { streamName: 'late', lastEventTimestamp: 501 } }),
          ['early', 'empty'],
        );
      }),
    );

    test(
      'what is deleted is gone, and its bytes with it',
      withStore((store) => {
        append(store, 'a', events(3));
        append(store, 'b', events(2));
        assert.equal(store.storedBytes('g'), 5 * ('event 1000'.length + 26));
        assert.equal(store.hideStream('g', 'a'), true);
        assert.equal(store.hideStream('g', 'a'), false);
        assert.equal(messages(store).length, 2);
        assert.equal(store.storedBytes('g'), 2 * ('event 1000'.length + 26));
        while (store.removeHidden());
        assert.equal(messages(store).length, 2);
        store.hideGroup('g');
        assert.deepEqual(messages(store), []);
        assert.equal(store.hasGroup('g'), false);
        append(store, 'a', events(1));
        assert.deepEqual(messages(store), [], 'a group that is gone takes no events');
        store.addGroup('g');
        assert.equal(store.stream('g', 'a'), undefined, 'a group made again begins empty');
      }),
    );

    test(
      'what is large is hidden at once and removed in bounded steps, and its bytes are free again',
      withStore((store) => {
        const long = (event: NewEvent) => ({ ...event, message: event.message.padEnd(500) });
        const empty = store.usedBytes;
        append(store, 'a', events(12_000).map(long));
        append(store, 'b', events(12_000).map(long));
        store.hideStream('g', 'a');
        assert.equal(store.read({ groupId: 'g', rows: 50_000, bytes: 1e9 }).length, 12_000);
        assert.equal(store.createStream('g', 'a', 1), true);
        store.hideGroup('g');
        store.addGroup('g');
        append(store, 'a', events(1));
        assert.equal(messages(store).length, 1);
        let steps = 0;
        while (store.removeHidden()) steps++;
        // 24,001 rows, 500 in a step, and a step for each of the two that finds no more.
        assert.equal(steps, 50);
        assert.equal(messages(store).length, 1);
        assert.ok(store.usedBytes < empty + 100_000, `${store.usedBytes} of ${empty}`);
      }),
    );

    test(
      'events before a time go, in bounded steps',
      withStore((store) => {
        append(store, 's', events(1_200, 10_000));
        assert.equal(store.deleteBefore('g', 11_000), true);
        assert.equal(messages(store).length, 700);
        assert.equal(store.deleteBefore('g', 11_000), true);
        assert.equal(store.deleteBefore('g', 11_000), false);
        assert.equal(messages(store).length, 200);
        assert.equal(messages(store)[0], 'event 11000');
      }),
    );

    test(
      'a full store lets the oldest events go until it fits, and its file shrinks',
      withStore((store) => {
        const bytesMax = 2 * 2 ** 20;
        for (let round = 0; round < 20; round++) {
          append(
            store,
            's',
            events(2_000, round * 2_000).map((event) => ({ ...event, message: event.message.padEnd(300) })),
          );
          while (store.trim(bytesMax) > 0);
          assert.ok(store.usedBytes <= bytesMax, `${store.usedBytes} bytes are in use`);
        }
        assert.equal(messages(store).at(-1)?.trim(), 'event 39999', 'the newest are kept');
        assert.ok(store.storedBytes('g') < bytesMax);
      }),
    );

    test(
      'groups that nobody names are forgotten',
      withStore((store) => {
        store.addGroup('orphan');
        append(store, 's', events(1), 'orphan');
        append(store, 's', events(1));
        store.keepOnly(new Set(['g']));
        assert.equal(store.hasGroup('orphan'), false);
        assert.equal(messages(store).length, 1);
        store.clear();
        assert.equal(messages(store).length, 0);
      }),
    );
  });
}

describe('the file of the log events', () => {
  test(
    'events are there again after close and open; only the owner may read them',
    withFile((file) => {
      const first = new EventStore(file);
      first.addGroup('g');
      first.append([{ groupId: 'g', streamName: 's', ingestionTime: 1, events: events(3) }]);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(statSync(`${file}-wal`).mode & 0o777, 0o600);
      first.close();
      const second = new EventStore(file);
      second.append([{ groupId: 'g', streamName: 's', ingestionTime: 1, events: events(1, 1_002) }]);
      const read = second.read({ groupId: 'g', ...everything });
      assert.deepEqual(
        read.map(({ sequence }) => sequence),
        [1, 2, 3, 4],
      );
      second.close();
      assert.throws(() => second.read({ groupId: 'g', ...everything }), { name: 'StoreError', code: 'closed' });
    }),
  );

  test(
    'a file of another program is refused',
    withFile((file) => {
      assert.throws(() => new EventStore(path.join(file, 'below')), Error);
    }),
  );
});
