// Functions fast enough to be given events ahead: what they print, how long they have, and what becomes of the events behind one that
// fails must be as if each had come alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;

before(async () => {
  lambda = await startLambda();
});

after(() => lambda.close());

type Answer = Awaited<ReturnType<StartedLambda['invoke']>>;

/** One environment that is known to be fast, then as many calls at once. */
async function atOnce(name: string, events: readonly unknown[]): Promise<Answer[]> {
  for (let call = 0; call < 20; call++) await lambda.invoke(name, { warm: true });
  return await Promise.all(events.map((event) => lambda.invoke(name, event, { LogType: 'Tail' })));
}

const numbered = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

test('calls of a fast function are in its process before their turn comes', async () => {
  await lambda.define('begun', 'exports.handler = async () => performance.timeOrigin + performance.now();');
  for (let call = 0; call < 20; call++) await lambda.invoke('begun');
  const now = (): number => performance.timeOrigin + performance.now();
  const blocks: number[] = [];
  // Long enough for the function's process to get its turn on a machine that is busy with other things.
  const blockMs = 15;
  const calls = numbered(100).map(async (event) => {
    const { payload } = await lambda.invoke('begun', event);
    // The gateway does nothing: what begins now was in the process before.
    const from = now();
    blocks.push(from);
    while (now() < from + blockMs);
    return payload as number;
  });
  const begun = await Promise.all(calls);
  const meanwhile = blocks.map((from) => begun.filter((at) => at > from && at < from + blockMs).length);
  assert.ok(Math.max(...meanwhile) > 2, `while the gateway did nothing there were begun: ${meanwhile}`);
});

test('every line stands in the log of the invocation that printed it, and no other', async () => {
  await lambda.define(
    'prints',
    `exports.handler = async ({ n }) => {
      console.log("log " + n);
      process.stdout.write("out " + n + "\\n");
      await null;
      process.stderr.write(Buffer.from("err " + n + "\\n"));
      process.stdout.write("rest " + n);
      return n;
    };`,
  );
  const answers = await atOnce('prints', numbered(150));
  for (const [n, { payload, log }] of answers.entries()) {
    assert.equal(payload, n);
    const lines = (log ?? '').trimEnd().split('\n');
    const shown = lines.map((line) =>
      line.replace(/^(START|END|REPORT) RequestId: \S+.*/, '$1').replace(/^\S+Z\t\S+\tINFO\t/, ''),
    );
    assert.deepEqual(shown, ['START', `log ${n}`, `out ${n}`, `err ${n}`, `rest ${n}`, 'END', 'REPORT']);
    const ids = new Set(lines.flatMap((line) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line)?.slice() ?? []));
    assert.equal(ids.size, 1, log ?? '');
  }
});

test('an event that waited in the process has the whole of its time', async () => {
  await lambda.define(
    'remaining',
    'exports.handler = async (event, context) => { const end = performance.now() + 0.4; while (performance.now() < end); return context.getRemainingTimeInMillis(); };',
    { Timeout: 5 },
  );
  const answers = await atOnce('remaining', numbered(100));
  for (const { payload } of answers) assert.ok((payload as number) >= 4990 && (payload as number) <= 5000, String(payload));
});

test('what a handler does after its callback comes before the next event', async () => {
  await lambda.define(
    'after',
    'let n = 0; exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; callback(null, n); n++; };',
  );
  const answers = await atOnce('after', numbered(100));
  assert.equal(new Set(answers.map(({ payload }) => payload)).size, 100);
});

test('the durations of events that were answered together add up to the time they took', async () => {
  await lambda.define(
    'spins',
    'exports.handler = async () => { const end = performance.now() + 0.2; while (performance.now() < end); return 1; };',
  );
  const answers = await atOnce('spins', numbered(60));
  for (const { log } of answers) {
    const duration = Number(/Duration: ([\d.]+) ms/.exec(log ?? '')?.[1]);
    assert.ok(duration >= 0.2, log ?? '');
  }
});

test('one that takes long holds nobody up: what is behind it runs elsewhere', async () => {
  await lambda.define(
    'slow-one',
    'exports.handler = async ({ n }) => { if (n === 40) await new Promise((resolve) => setTimeout(resolve, 4000)); return n; };',
    { Timeout: 10 },
  );
  let slowest = 0;
  const started = performance.now();
  for (let call = 0; call < 20; call++) await lambda.invoke('slow-one');
  const answers = numbered(120).map(async (event) => {
    const { payload } = await lambda.invoke('slow-one', event);
    if (event.n !== 40) slowest = Math.max(slowest, performance.now() - started);
    return payload;
  });
  assert.deepEqual(
    await Promise.all(answers),
    numbered(120).map(({ n }) => n),
  );
  assert.ok(slowest < 3500, `the others were done after ${slowest} ms`);
});

const endings = [
  { desc: 'an exit', what: 'process.exit(3)', error: /Runtime exited with error: exit status 3/ },
  { desc: 'a timeout', what: 'await new Promise(() => setInterval(() => {}, 1000))', error: /Task timed out after 1.00 seconds/ },
  {
    desc: 'an exception nobody catches',
    what: 'setImmediate(() => { throw new Error("stray") }); await new Promise(() => {})',
    error: /stray/,
  },
] as const;

for (const [index, { desc, what, error }] of endings.entries()) {
  test(`${desc} fails one event; those behind it run once, in another process`, { timeout: 30_000 }, async () => {
    await lambda.define(
      `ending-${index}`,
      `exports.handler = async (event) => { console.log("begun", event.n); if (event.n === 30) { ${what} } return event.n; };`,
      { Timeout: 1 },
    );
    const answers = await atOnce(`ending-${index}`, numbered(100));
    for (const [n, { payload, error: kind, log }] of answers.entries()) {
      assert.equal(log?.match(/\tbegun \d+$/gm)?.join(), `\tbegun ${n}`);
      if (n !== 30) assert.deepEqual([payload, kind], [n, undefined]);
      else assert.match(JSON.stringify(payload), error);
    }
  });
}

test('large events come one at a time, and are answered all', async () => {
  await lambda.define('weighs', 'exports.handler = async ({ fill }) => fill.length;');
  for (let call = 0; call < 20; call++) await lambda.invoke('weighs', { fill: '' });
  const answers = await Promise.all(numbered(40).map(({ n }) => lambda.invoke('weighs', { fill: 'x'.repeat(n * 20_000) })));
  for (const [n, { payload }] of answers.entries()) assert.equal(payload, n * 20_000);
});

test('a large answer leaves whole before the next event begins', async () => {
  await lambda.define(
    'large',
    'exports.handler = async ({ n }) => { if (n % 10 === 1) process.exit(3); return n % 10 === 0 ? n + "x".repeat(2_000_000) : n; };',
  );
  const answers = await atOnce('large', numbered(60));
  for (const [n, { payload, error }] of answers.entries()) {
    if (n % 10 === 1) assert.equal(error, 'Unhandled');
    else assert.equal(String(payload).replace(/x*$/, ''), String(n));
  }
});

test('a function that prints past its channel gets one event at a time', async () => {
  await lambda.define(
    'unsorted',
    'const fs = require("fs"); exports.handler = async ({ n }) => { fs.writeSync(1, "line " + n + "\\n"); return n; };',
  );
  const answers = await atOnce('unsorted', numbered(60));
  for (const [n, { log }] of answers.entries()) assert.match(log ?? '', new RegExp(`^START [^\\n]+\\nline ${n}\\nEND `));
});

test('events that a function holds when it is changed are answered', async () => {
  await lambda.define('changed', 'exports.handler = async ({ n }) => n;');
  for (let call = 0; call < 20; call++) await lambda.invoke('changed');
  const answers = numbered(200).map((event) => lambda.invoke('changed', event));
  await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'changed', Environment: { Variables: { CHANGED: '1' } } });
  for (const [n, { payload, error }] of (await Promise.all(answers)).entries())
    assert.deepEqual([payload, error], [n, undefined]);
});

/** By what an event asks for: how the function ends with it. */
const behaviours: Readonly<Record<string, string>> = {
  exit: 'process.exit(7)',
  throw: 'throw new Error("thrown " + n)',
  sleep: 'await new Promise((resolve) => setTimeout(resolve, 12))',
  spin: 'const end = Date.now() + 8; while (Date.now() < end);',
  large: 'return { n, fill: "x".repeat(200_000) }',
  raw: 'require("fs").writeSync(1, "raw\\n")',
};

test('thousands of calls of every kind: each has its own answer and its own log', { timeout: 60_000 }, async () => {
  const cases = Object.entries(behaviours).map(([kind, code]) => `if (kind === ${JSON.stringify(kind)}) { ${code}; }`);
  await lambda.define(
    'mixed',
    `let inside = 0;
    exports.handler = async ({ n, kind }) => {
      if (inside++ > 0) return "two at once";
      try { console.log("printed", n); ${cases.join('\n')} return { n }; } finally { inside = 0; }
    };`,
  );
  const kinds = Object.keys(behaviours);
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < 6_000) {
      const n = next++;
      // Every fiftieth does something else than to answer.
      const kind = n % 50 === 0 ? kinds[(n / 50) % kinds.length] : 'plain';
      const { payload, error, log } = await lambda.invoke('mixed', { n, kind }, { LogType: 'Tail' });
      const shown = JSON.stringify(payload).slice(0, 200);
      if (kind === 'exit') assert.match(shown, /exit status 7/);
      else if (kind === 'throw') assert.match(shown, new RegExp(`thrown ${n}"`));
      else assert.deepEqual([error, (payload as { n: number }).n], [undefined, n], `${kind} ${shown}`);
      assert.deepEqual(log?.match(/\tprinted \d+$/gm), [`\tprinted ${n}`]);
      assert.equal(log?.match(/^(?:START|END|REPORT) RequestId: /gm)?.length, 3, log);
    }
  };
  await Promise.all(Array.from({ length: 48 }, client));
});
