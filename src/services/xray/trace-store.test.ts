import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readSegment, type Segment } from './segment.ts';
import { TraceIntake } from './trace-intake.ts';
import { TraceStore } from './trace-store.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const start = Date.UTC(2026, 10, 28) / 1000;
const traceId = (number: number) => `1-6740a1b2-${number.toString(16).padStart(24, '0')}`;

function document(id: number, trace: number, more: object = {}): string {
  const segment = { id: id.toString(16).padStart(16, '0'), trace_id: traceId(trace), name: 's', start_time: start + trace };
  return JSON.stringify({ ...segment, end_time: start + trace + 1, ...more });
}

function put(store: TraceStore, ...texts: string[]): void {
  store.add(texts.map((text) => ({ scope, text, segment: readSegment(text) as Segment })));
}

const within = (store: TraceStore, more: object = {}) =>
  store.within(scope, { from: start * 1000, to: (start + 1000) * 1000, limit: 100, ...more });

test('traces within a time, page by page, oldest first; another region has its own', () => {
  const store = new TraceStore(undefined);
  put(store, document(1, 3), document(2, 1), document(3, 2), document(4, 1));
  assert.deepEqual(
    within(store).map(({ id, segments }) => [id, segments.length]),
    [
      [traceId(1), 2],
      [traceId(2), 1],
      [traceId(3), 1],
    ],
  );
  const [first] = within(store, { limit: 1 });
  assert.deepEqual(
    within(store, { after: first }).map(({ id }) => id),
    [traceId(2), traceId(3)],
  );
  assert.deepEqual(store.within({ ...scope, region: 'eu-west-1' }, { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 9 }), []);
  assert.equal(store.find(scope, traceId(9)), undefined);
  store.close();
});

test('a complete document takes the place of one in progress, and stays', () => {
  const store = new TraceStore(undefined);
  const progress = document(1, 1, { end_time: undefined, in_progress: true });
  put(store, progress);
  put(store, document(1, 1, { name: 'done' }));
  put(store, progress);
  const [segment] = store.find(scope, traceId(1))?.segments ?? [];
  assert.equal(segment?.name, 'done');
  store.close();
});

test('a trace has 500 KB at most, and says when there was more', () => {
  const store = new TraceStore(undefined);
  const large = { metadata: { default: { text: 'x'.repeat(60_000) } } };
  for (let id = 1; id <= 10; id++) put(store, document(id, 1, large));
  const trace = store.find(scope, traceId(1));
  assert.deepEqual([trace?.segments.length, trace?.isCut], [8, true]);
  store.close();
});

test('old traces go after 30 days', () => {
  const store = new TraceStore(undefined);
  put(store, document(1, 1), document(2, 2));
  assert.equal(store.sweep((start + 1.5 + 30 * 86_400) * 1000), false);
  assert.deepEqual(
    within(store).map(({ id }) => id),
    [traceId(2)],
  );
  store.close();
});

test('the oldest traces go when there are too many', () => {
  const store = new TraceStore(undefined, 300_000);
  for (let n = 1; n <= 400; n++) put(store, document(1, n, { metadata: { text: 'x'.repeat(1_000) } }));
  while (store.sweep(start * 1000));
  const left = within(store, { limit: 1_000 }).map(({ id }) => id);
  assert.ok(left.length > 0 && left.length < 200, String(left.length));
  assert.equal(left.at(-1), traceId(400));
  store.close();
});

test('is there after a restart; what comes in waits a moment, and what is no document is dropped', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'traces-'));
  const file = path.join(folder, 'traces.sqlite');
  const store = new TraceStore(file);
  const intake = new TraceIntake({ traces: store, onNotice: assert.fail });
  intake.add(scope, JSON.parse(document(1, 1)));
  intake.add(scope, document(2, 1));
  intake.add(scope, 'nonsense');
  assert.equal(store.find(scope, traceId(1)), undefined);
  intake.flush();
  store.close();
  const again = new TraceStore(file);
  assert.equal(again.find(scope, traceId(1))?.segments.length, 2);
  again.close();
  rmSync(folder, { recursive: true });
});

for (const [what, text, problem] of [
  ['no JSON', '{', 'ParseError'],
  ['a list', '[]', 'ParseError'],
  ['no id', '{"trace_id":"x"}', 'MissingId'],
  ['a bad id', '{"id":"x"}', 'InvalidSegmentId'],
  ['no trace id', '{"id":"0123456789abcdef"}', 'MissingTraceId'],
  ['a bad trace id', '{"id":"0123456789abcdef","trace_id":"1-2"}', 'InvalidTraceId'],
  ['no name', `{"id":"0123456789abcdef","trace_id":"${traceId(1)}","start_time":1}`, 'ParseError'],
  ['too long', `{"id":"${'x'.repeat(70_000)}"}`, 'SegmentTooLong'],
  [
    'too deep',
    `{"id":"0123456789abcdef","trace_id":"${traceId(1)}","name":"s","start_time":1,"m":${'['.repeat(100)}${']'.repeat(100)}}`,
    'ParseError',
  ],
] as const) {
  test(`a document with ${what} is refused`, () => {
    const read = readSegment(text);
    assert.ok('problem' in read);
    assert.equal(read.problem, problem);
  });
}
