// CloudWatch Logs as callers see it, grouped by what AWS answers; in process, over a store in memory.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createAwsEndpoint } from '../../aws/endpoint.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { openSqliteStore } from '../../store/sqlite.ts';
import type { Store } from '../../store/store.ts';
import { EventStore } from './event-store.ts';
import { LogWriter } from './log-writer.ts';
import { createLogsService, type LogsService, type LogsServiceOptions } from './logs-service.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

// biome-ignore lint/suspicious/noExplicitAny: the answers of many operations, looked into freely by tests
type Answer = any;

interface Under {
  readonly logs: LogsService;
  readonly store: Store;
  readonly notices: string[];
  /** Moves the clock. */
  readonly clock: { now: number };
  call(operation: string, input?: Record<string, unknown>, region?: string): Promise<Answer>;
}

function withLogs(work: (under: Under) => Promise<void>, options: Partial<LogsServiceOptions> = {}) {
  return async () => {
    const store = createMemoryStore();
    const notices: string[] = [];
    const clock = { now: Date.now() };
    const logs = await createLogsService({
      store,
      dataDirectory: undefined,
      now: () => clock.now,
      onNotice: (text) => notices.push(text),
      ...options,
    });
    try {
      await work({ logs, store, notices, clock, call: caller(logs) });
    } finally {
      await logs.close();
      await store.close();
    }
  };
}

function caller(logs: LogsService): Under['call'] {
  const endpoint = createAwsEndpoint({
    services: { logs: logs.operations },
    authentication: { mode: 'open' },
    accountId: scope.account,
    defaultRegion: scope.region,
    onError: (error) => {
      throw error;
    },
  });
  return (operation, input = {}, region = scope.region) => endpoint.call('logs', operation, input, { region });
}

const refused = (code: string, message?: RegExp | string) => (error: unknown) => {
  const { code: found, message: text } = error as { code: string; message: string };
  assert.equal(found, code, text);
  if (message !== undefined) typeof message === 'string' ? assert.equal(text, message) : assert.match(text, message);
  return true;
};

async function streamOf(call: Under['call'], logGroupName = 'g', logStreamName = 's') {
  await call('CreateLogGroup', { logGroupName });
  await call('CreateLogStream', { logGroupName, logStreamName });
  return { logGroupName, logStreamName };
}

describe('log groups', () => {
  test(
    'are kept per region, found by prefix and pattern, page by page',
    withLogs(async ({ call }) => {
      for (const name of ['/app', '/app/a', '/app/b', '/app/c', '/other/a']) await call('CreateLogGroup', { logGroupName: name });
      await call('CreateLogGroup', { logGroupName: '/app/elsewhere' }, 'eu-west-1');
      const names = (answer: Answer) => answer.logGroups.map((group: Answer) => group.logGroupName);
      assert.deepEqual(names(await call('DescribeLogGroups')), ['/app', '/app/a', '/app/b', '/app/c', '/other/a']);
      assert.deepEqual(names(await call('DescribeLogGroups', { logGroupNamePrefix: '/app' })), [
        '/app',
        '/app/a',
        '/app/b',
        '/app/c',
      ]);
      assert.deepEqual(names(await call('DescribeLogGroups', { logGroupNamePattern: 'p/a' })), ['/app/a']);
      assert.deepEqual(names(await call('ListLogGroups', { logGroupNamePattern: '^/app/a|other' })), ['/app/a', '/other/a']);
      const pages: string[][] = [];
      let nextToken: string | undefined;
      do {
        const page: Answer = await call('DescribeLogGroups', { logGroupNamePrefix: '/app', limit: 3, nextToken });
        pages.push(names(page));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      assert.deepEqual(pages, [['/app', '/app/a', '/app/b'], ['/app/c']]);
      const first = await call('DescribeLogGroups', { limit: 1 });
      await assert.rejects(
        call('DescribeLogGroups', { logGroupNamePrefix: '/app', nextToken: first.nextToken }),
        refused('InvalidParameterException', 'The specified nextToken is invalid.'),
      );
    }),
  );

  test(
    'ResourceAlreadyExistsException, ResourceNotFoundException, InvalidParameterException',
    withLogs(async ({ call }) => {
      await call('CreateLogGroup', { logGroupName: 'g' });
      await assert.rejects(call('CreateLogGroup', { logGroupName: 'g' }), refused('ResourceAlreadyExistsException'));
      await assert.rejects(call('CreateLogGroup', { logGroupName: 'a b' }), refused('InvalidParameterException', /pattern/));
      await assert.rejects(call('DeleteLogGroup', { logGroupName: 'none' }), refused('ResourceNotFoundException'));
      await assert.rejects(
        call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 2 }),
        refused('InvalidParameterException', /enum value set: \[1, 3, 5/),
      );
    }),
  );

  test(
    'deletion is real: a group of the same name begins empty; protection keeps it',
    withLogs(async ({ call, clock }) => {
      const names = await streamOf(call);
      await call('PutLogEvents', { ...names, logEvents: [{ timestamp: clock.now, message: 'secret' }] });
      await call('PutLogGroupDeletionProtection', { logGroupIdentifier: 'g', deletionProtectionEnabled: true });
      await assert.rejects(call('DeleteLogGroup', { logGroupName: 'g' }), refused('ValidationException', /deletion protection/));
      await call('PutLogGroupDeletionProtection', { logGroupIdentifier: 'g', deletionProtectionEnabled: false });
      await call('DeleteLogGroup', { logGroupName: 'g' });
      await assert.rejects(call('PutLogEvents', { ...names, logEvents: [] }), refused('InvalidParameterException'));
      await call('CreateLogGroup', { logGroupName: 'g' });
      assert.deepEqual((await call('DescribeLogStreams', { logGroupName: 'g' })).logStreams, []);
      assert.deepEqual((await call('FilterLogEvents', { logGroupName: 'g' })).events, []);
    }),
  );

  test(
    'retention hides and then removes what is older',
    withLogs(async ({ call, clock }) => {
      const names = await streamOf(call);
      await call('PutLogEvents', { ...names, logEvents: [{ timestamp: clock.now - 2 * DAY, message: 'old' }] });
      await call('PutLogEvents', { ...names, logEvents: [{ timestamp: clock.now, message: 'new' }] });
      await call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
      assert.equal((await call('DescribeLogGroups')).logGroups[0].retentionInDays, 1);
      const messages = async () =>
        (await call('FilterLogEvents', { logGroupName: 'g' })).events.map((event: Answer) => event.message);
      assert.deepEqual(await messages(), ['new']);
      assert.deepEqual(
        (await call('PutLogEvents', { ...names, logEvents: [{ timestamp: clock.now - 2 * DAY, message: 'late' }] }))
          .rejectedLogEventsInfo,
        { expiredLogEventEndIndex: 1 },
      );
      await call('DeleteRetentionPolicy', { logGroupName: 'g' });
      assert.deepEqual(await messages(), ['old', 'new']);
    }),
  );
});

describe('PutLogEvents', () => {
  test(
    '200: events are counted, and what is too old or too new is told',
    withLogs(async ({ call, clock }) => {
      const names = await streamOf(call);
      const { now } = clock;
      const put = (...times: number[]) =>
        call('PutLogEvents', { ...names, logEvents: times.map((timestamp) => ({ timestamp, message: `${timestamp - now}` })) });
      assert.equal((await put(now)).rejectedLogEventsInfo, undefined);
      assert.match((await put(now)).nextSequenceToken, /^\d{56}$/);
      assert.deepEqual((await put(now - 15 * DAY, now - 14 * DAY)).rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 });
      assert.deepEqual((await put(now, now + HOUR, now + 3 * HOUR)).rejectedLogEventsInfo, { tooNewLogEventStartIndex: 2 });
      const group = (await call('DescribeLogGroups')).logGroups[0];
      assert.ok(group.storedBytes > 5 * 26);
      const [stream] = (await call('DescribeLogStreams', { logGroupName: 'g' })).logStreams;
      assert.equal(stream.firstEventTimestamp, now - 14 * DAY);
      assert.equal(stream.lastEventTimestamp, now + HOUR);
    }),
  );

  const now = Date.now();
  const cases: readonly (readonly [desc: string, events: readonly { timestamp: number; message: string }[], message: RegExp])[] =
    [
      [
        'no order',
        [
          { timestamp: now, message: 'a' },
          { timestamp: now - 1, message: 'b' },
        ],
        /chronological order/,
      ],
      [
        'more than a day',
        [
          { timestamp: now - DAY - 1, message: 'a' },
          { timestamp: now, message: 'b' },
        ],
        /span more than 24 hours/,
      ],
      [
        'a large event',
        [{ timestamp: now, message: 'x'.repeat(1_048_551) }],
        /^Log event too large: 1048577 bytes exceeds limit of 1048576$/,
      ],
      ['UTF-8 counts', [{ timestamp: now, message: 'ä'.repeat(524_276) }], /^Log event too large: 1048578 bytes/],
      [
        'a large request',
        [1, 2].map(() => ({ timestamp: now, message: 'x'.repeat(600_000) })),
        /^Upload too large: 1200052 bytes exceeds limit of 1048576$/,
      ],
      ['an empty message', [{ timestamp: now, message: '' }], /length greater than or equal to 1/],
    ];
  for (const [desc, logEvents, message] of cases) {
    test(
      `InvalidParameterException: ${desc}`,
      withLogs(async ({ call }) => {
        const names = await streamOf(call);
        await assert.rejects(call('PutLogEvents', { ...names, logEvents }), refused('InvalidParameterException', message));
        assert.deepEqual((await call('GetLogEvents', names)).events, []);
      }),
    );
  }

  test(
    'ResourceNotFoundException: no group, no stream',
    withLogs(async ({ call, clock }) => {
      const logEvents = [{ timestamp: clock.now, message: 'x' }];
      await call('CreateLogGroup', { logGroupName: 'g' });
      for (const [logGroupName, message] of [
        ['none', 'The specified log group does not exist.'],
        ['g', 'The specified log stream does not exist.'],
      ]) {
        await assert.rejects(
          call('PutLogEvents', { logGroupName, logStreamName: 's', logEvents }),
          refused('ResourceNotFoundException', message),
        );
      }
    }),
  );
});

describe('GetLogEvents', () => {
  test(
    'begins at the newest page; tokens walk both ways, stay at the ends and see what comes later',
    withLogs(async ({ call, clock }) => {
      const names = await streamOf(call);
      const { now } = clock;
      const put = (from: number, count: number) =>
        call('PutLogEvents', {
          ...names,
          logEvents: Array.from({ length: count }, (_, i) => ({ timestamp: now + from + i, message: `${from + i}` })),
        });
      const messages = (answer: Answer) => answer.events.map((event: Answer) => event.message);
      const empty = await call('GetLogEvents', names);
      assert.deepEqual(messages(empty), []);
      await put(0, 5);
      const newest = await call('GetLogEvents', { ...names, limit: 2 });
      assert.deepEqual(messages(newest), ['3', '4']);
      const before = await call('GetLogEvents', { ...names, limit: 2, nextToken: newest.nextBackwardToken });
      assert.deepEqual(messages(before), ['1', '2']);
      const after = await call('GetLogEvents', { ...names, nextToken: before.nextForwardToken });
      assert.deepEqual(messages(after), ['3', '4']);
      const end = await call('GetLogEvents', { ...names, nextToken: after.nextForwardToken });
      assert.deepEqual(messages(end), []);
      assert.equal(end.nextForwardToken, after.nextForwardToken, 'the end gives the same token again');
      await put(5, 1);
      assert.deepEqual(messages(await call('GetLogEvents', { ...names, nextToken: end.nextForwardToken })), ['5']);
      assert.deepEqual(messages(await call('GetLogEvents', { ...names, nextToken: empty.nextForwardToken })), [
        '0',
        '1',
        '2',
        '3',
        '4',
        '5',
      ]);
      const head = await call('GetLogEvents', { ...names, startFromHead: true, limit: 1 });
      assert.deepEqual(messages(head), ['0']);
      assert.match(head.nextForwardToken, /^f\/\d{56}$/);
      assert.match(head.nextBackwardToken, /^b\/\d{56}$/);
      assert.deepEqual(
        messages(await call('GetLogEvents', { ...names, startTime: now + 1, endTime: now + 3 })),
        ['1', '2'],
        'the end of the range is exclusive',
      );
    }),
  );
});

describe('FilterLogEvents', () => {
  test(
    'merges streams by time; streams, prefix, range, pattern and pages choose',
    withLogs(async ({ call, clock }) => {
      const { now } = clock;
      await streamOf(call, 'g', 'web/1');
      for (const logStreamName of ['web/2', 'job/1']) await call('CreateLogStream', { logGroupName: 'g', logStreamName });
      for (const [i, logStreamName] of ['web/1', 'job/1', 'web/2', 'web/1'].entries()) {
        await call('PutLogEvents', {
          logGroupName: 'g',
          logStreamName,
          logEvents: [{ timestamp: now + i, message: `{"n":${i},"stream":"${logStreamName}"}` }],
        });
      }
      const find = async (input: Record<string, unknown>) =>
        (await call('FilterLogEvents', { logGroupName: 'g', ...input })).events.map(
          (event: Answer) => JSON.parse(event.message).n,
        );
      assert.deepEqual(await find({}), [0, 1, 2, 3]);
      assert.deepEqual(await find({ interleaved: true, logStreamNames: ['web/1'] }), [0, 3]);
      assert.deepEqual(await find({ logStreamNames: ['web/2', 'job/1'] }), [1, 2]);
      assert.deepEqual(await find({ logStreamNamePrefix: 'web/' }), [0, 2, 3]);
      assert.deepEqual(await find({ startTime: now + 1, endTime: now + 2 }), [1, 2]);
      assert.deepEqual(await find({ filterPattern: '{ $.n >= 2 }' }), [2, 3]);
      assert.deepEqual(
        await find({ logGroupIdentifier: `arn:aws:logs:us-east-1:${scope.account}:log-group:g`, logGroupName: undefined }),
        [0, 1, 2, 3],
      );
      const [event] = (await call('FilterLogEvents', { logGroupName: 'g', limit: 1 })).events;
      assert.match(event.eventId, /^\d{56}$/);
      assert.deepEqual(Object.keys(event).sort(), ['eventId', 'ingestionTime', 'logStreamName', 'message', 'timestamp']);
      const seen: number[] = [];
      let nextToken: string | undefined;
      do {
        const page: Answer = await call('FilterLogEvents', { logGroupName: 'g', limit: 3, nextToken });
        seen.push(...page.events.map((each: Answer) => JSON.parse(each.message).n));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      assert.deepEqual(seen, [0, 1, 2, 3]);
    }),
  );

  test(
    'a search that finds nothing for long gives an empty page and a token',
    withLogs(async ({ call, logs, clock }) => {
      const stream = { scope, logGroupName: 'g', logStreamName: 's' };
      for (let i = 0; i < 60_000; i++) logs.append(stream, clock.now, i === 59_999 ? 'needle' : 'hay');
      const first = await call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'needle' });
      assert.deepEqual(first.events, []);
      const second = await call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'needle', nextToken: first.nextToken });
      assert.deepEqual(
        second.events.map((event: Answer) => event.message),
        ['needle'],
      );
      assert.equal(second.nextToken, undefined);
    }),
  );

  test(
    'InvalidParameterException, ResourceNotFoundException',
    withLogs(async ({ call }) => {
      await call('CreateLogGroup', { logGroupName: 'g' });
      const filter = (input: Record<string, unknown>) => call('FilterLogEvents', { logGroupName: 'g', ...input });
      await assert.rejects(filter({ logStreamNames: ['none'] }), refused('ResourceNotFoundException', /stream/));
      await assert.rejects(filter({ logStreamNames: ['a'], logStreamNamePrefix: 'a' }), refused('InvalidParameterException'));
      await assert.rejects(filter({ filterPattern: '{ $.a' }), refused('InvalidParameterException', /filter pattern/));
      await assert.rejects(filter({ filterPattern: '%a+%' }), refused('InvalidParameterException', /regular expressions/));
      await assert.rejects(filter({ logGroupIdentifier: 'g' }), refused('ValidationException', /mutually exclusive/));
    }),
  );
});

describe('what is not built', () => {
  for (const [operation, input] of [
    ['StartLiveTail', { logGroupIdentifiers: [`arn:aws:logs:us-east-1:${scope.account}:log-group:g`] }],
    ['StartQuery', { logGroupName: 'g', startTime: 0, endTime: 1, queryString: 'fields @message' }],
    ['PutSubscriptionFilter', { logGroupName: 'g', filterName: 'f', filterPattern: '', destinationArn: 'arn:aws:lambda:a' }],
  ] as const) {
    test(
      `${operation} is refused by its name`,
      withLogs(async ({ call }) => {
        await assert.rejects(
          call(operation, input),
          refused('NotImplementedException', new RegExp(`^${operation} of service logs`)),
        );
      }),
    );
  }
});

describe('lines of functions and APIs', () => {
  test(
    'make their group and stream and can be read at once',
    withLogs(async ({ call, logs, clock }) => {
      const stream = { scope, logGroupName: '/aws/lambda/f', logStreamName: '2026/11/27/[$LATEST]abc' };
      logs.append(stream, clock.now, 'START\n');
      logs.append(stream, clock.now, 'END\n');
      const { events } = await call('GetLogEvents', { logGroupName: '/aws/lambda/f', logStreamName: stream.logStreamName });
      assert.deepEqual(
        events.map((event: Answer) => event.message),
        ['START\n', 'END\n'],
      );
      assert.equal((await call('DescribeLogGroups', { logGroupNamePrefix: '/aws/lambda/f' })).logGroups.length, 1);
    }),
  );

  test(
    'a group that was deleted is made anew by the next line, without the lines before',
    withLogs(async ({ call, logs, clock }) => {
      const stream = { scope, logGroupName: 'g', logStreamName: 's' };
      logs.append(stream, clock.now, 'before');
      await call('DeleteLogGroup', { logGroupName: 'g' }).catch(() => {});
      logs.append(stream, clock.now, 'after');
      const { events } = await call('FilterLogEvents', { logGroupName: 'g' });
      assert.deepEqual(
        events.map((event: Answer) => event.message),
        ['after'],
      );
    }),
  );

  test(
    'a full store says so once and keeps the newest',
    withLogs(
      async ({ call, logs, notices, clock }) => {
        const stream = { scope, logGroupName: 'g', logStreamName: 's' };
        for (let round = 0; round < 6; round++) {
          for (let i = 0; i < 3_000; i++) logs.append(stream, clock.now + round, `${round} `.padEnd(400, 'x'));
          await logs.flush();
        }
        assert.equal(notices.length, 1);
        assert.match(notices[0] ?? '', /log store is full \(2 MB\): the oldest/);
        const newest = await call('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 1 });
        assert.match(newest.events[0].message, /^5 /);
        const oldest = await call('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 1, startFromHead: true });
        assert.doesNotMatch(oldest.events[0].message, /^0 /);
      },
      { bytesMax: 2 * 2 ** 20 },
    ),
  );

  test(
    'lines beyond the queue are dropped and counted',
    withLogs(async ({ call, logs, notices, clock }) => {
      const stream = { scope, logGroupName: 'g', logStreamName: 's' };
      const line = 'x'.repeat(1_000_000);
      for (let i = 0; i < 80; i++) logs.append(stream, clock.now, line);
      assert.equal(logs.dropped, 80 - 67);
      await logs.flush();
      assert.match(notices.join(), /^13 log lines were lost/);
      logs.append(stream, clock.now, 'again');
      const { events } = await call('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 1 });
      assert.equal(events[0].message, 'again', 'the queue is free again');
    }),
  );

  test('a store that fails: callers are told, lines are counted as lost, nothing is thrown at who logs', async () => {
    const store = createMemoryStore();
    const events = new EventStore(undefined);
    const told: string[] = [];
    const writer = new LogWriter({
      store,
      events,
      now: Date.now,
      onKept: () => {},
      onLoss: (lines, reason) => told.push(`${lines}: ${reason}`),
    });
    const stream = { scope, logGroupName: 'g', logStreamName: 's' };
    writer.append(stream, 1, 'kept');
    await writer.flush();
    events.close();
    writer.append(stream, 2, 'lost');
    writer.append(stream, 3, 'lost');
    await writer.flush();
    assert.deepEqual(told, ['2: The log store is closed.']);
    assert.equal(writer.dropped, 2);
    await store.close();

    const broken = createMemoryStore();
    const logs = await createLogsService({ store: broken, dataDirectory: undefined });
    const call = caller(logs);
    const names = await streamOf(call);
    await logs.close();
    await assert.rejects(
      call('PutLogEvents', { ...names, logEvents: [{ timestamp: Date.now(), message: 'x' }] }),
      refused('ServiceUnavailableException', /Nothing was acknowledged/),
    );
    await broken.close();
  });

  test('a damaged file is put aside and told; logs begin anew', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-logs-'));
    try {
      writeFileSync(path.join(folder, 'logs.sqlite'), 'this was a database once '.repeat(500));
      const store = createMemoryStore();
      const notices: string[] = [];
      const logs = await createLogsService({ store, dataDirectory: folder, onNotice: (text) => notices.push(text) });
      assert.match(notices.join(), /^The log events in .*logs\.sqlite are damaged .* log events begin anew\.$/);
      const names = await streamOf(caller(logs));
      assert.deepEqual((await caller(logs)('GetLogEvents', names)).events, []);
      await logs.close();
      await store.close();
      assert.equal(readdirSync(folder).filter((name) => name.startsWith('logs.sqlite.damaged-')).length, 1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('nothing that was queued is lost by a clean stop, and everything is there after a start', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-logs-'));
    try {
      const stream = { scope, logGroupName: '/aws/lambda/f', logStreamName: 's' };
      const open = async () => {
        const store = await openSqliteStore({ directory: folder });
        const logs = await createLogsService({ store, dataDirectory: folder });
        return { store, logs, call: caller(logs) };
      };
      const first = await open();
      for (let i = 0; i < 2_500; i++) first.logs.append(stream, Date.now(), `line ${i}`);
      await first.logs.close();
      await first.store.close();
      const second = await open();
      const { events } = await second.call('GetLogEvents', { logGroupName: '/aws/lambda/f', logStreamName: 's' });
      assert.equal(events.length, 2_500);
      assert.equal(events.at(-1).message, 'line 2499');
      await second.logs.close();
      await second.store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
