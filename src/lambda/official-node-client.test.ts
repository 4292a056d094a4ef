// Our Node.js bootstrap beside AWS's own runtime client (the npm package aws-lambda-ric), over a table of handlers: the same answers,
// the same errors, the same log lines. It runs where STAGEGATE_TEST_RIC names the folder of an installed copy: the package is compiled
// when it is installed, and is no dependency of this project.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const client = process.env['STAGEGATE_TEST_RIC'];
const skip = client === undefined ? 'STAGEGATE_TEST_RIC names no installed aws-lambda-ric' : false;
/** Functions of this runtime are run by AWS's client, those of the other by ours. */
const THEIRS = 'nodejs20.x';
const OURS = 'nodejs22.x';

interface Row {
  readonly desc: string;
  /** `index.mjs`, or `index.js` when it says `exports`. */
  readonly source: string;
  readonly event?: unknown;
  /** Why the two may differ, and where. */
  readonly differs?: { readonly why: string; readonly at: readonly ('payload' | 'log' | 'error')[] };
}

const rows: readonly Row[] = [
  { desc: 'async', source: 'export const handler = async (event) => ({ n: event.n + 1 });', event: { n: 1 } },
  { desc: 'text', source: "export const handler = async () => 'ü→😀\\u2028';" },
  { desc: 'nothing', source: 'export const handler = async () => {};' },
  { desc: 'null', source: 'export const handler = async () => null;' },
  { desc: 'a thenable', source: 'export const handler = () => ({ then(resolve) { resolve(5); } });' },
  { desc: 'a value that is no promise', source: "export const handler = () => 'lost';" },
  { desc: 'toJSON', source: 'export const handler = async () => ({ at: new Date(0), inner: { toJSON: () => 1 } });' },
  { desc: 'numbers that are none', source: 'export const handler = async () => [NaN, Infinity, undefined, () => 1];' },
  { desc: 'a BigInt', source: 'export const handler = async () => 1n;' },
  { desc: 'a circle', source: 'export const handler = async () => { const a = {}; a.a = a; return a; };' },
  {
    desc: 'the context',
    source: `export const handler = async (event, context) => ({
      names: Object.keys(context).sort(), left: context.getRemainingTimeInMillis() > 1000,
      types: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, typeof value])) });`,
  },
  {
    desc: 'what a handler finds around it',
    source: `export const handler = async () => ({ this: typeof globalThis.awslambda, keys: Object.keys(globalThis.awslambda ?? {}).sort() });`,
  },
  { desc: 'an error', source: "export const handler = async () => { throw new TypeError('no'); };" },
  {
    desc: 'an error with a code',
    source: "export const handler = async () => { const e = new Error('no'); e.code = 'E1'; throw e; };",
  },
  {
    desc: 'an error with a cause',
    source: "export const handler = async () => { throw new Error('outer', { cause: new RangeError('inner') }); };",
  },
  {
    desc: 'a class of its own',
    source: "class Own extends Error {} export const handler = async () => { throw new Own('mine'); };",
  },
  {
    desc: 'a name of its own',
    source: "export const handler = async () => { const e = new Error('m'); e.name = 'Named'; throw e; };",
  },
  { desc: 'a text thrown', source: "export const handler = async () => { throw 'text'; };" },
  { desc: 'nothing thrown', source: 'export const handler = async () => { throw undefined; };' },
  { desc: 'null thrown', source: 'export const handler = async () => { throw null; };' },
  { desc: 'an object thrown', source: "export const handler = async () => { throw { name: 'N', message: 'm', stack: 's' }; };" },
  { desc: 'a number thrown', source: 'export const handler = async () => { throw 7; };' },
  {
    desc: 'an error without a stack',
    source: "export const handler = async () => { const e = new Error('m'); delete e.stack; e.stack = undefined; throw e; };",
  },
  {
    desc: 'several errors',
    source: "export const handler = async () => { throw new AggregateError([new Error('a')], 'all'); };",
  },
  { desc: 'an error outside a promise', source: "export const handler = () => { throw new Error('sync'); };" },
  {
    desc: 'a callback',
    source: 'exports.handler = (event, context, callback) => { setTimeout(() => callback(null, { a: 1 }), 5); };',
  },
  { desc: 'a callback with an error', source: "exports.handler = (event, context, callback) => callback(new Error('cb'));" },
  {
    desc: 'a callback with a text',
    differs: { why: 'AWS makes an error of it where the callback is called, and shows that frame', at: ['log'] },
    source: "exports.handler = (event, context, callback) => callback('text');",
  },
  {
    desc: 'a callback twice',
    source: 'exports.handler = (event, context, callback) => { callback(null, 1); callback(null, 2); };',
  },
  { desc: 'context.succeed', source: 'exports.handler = (event, context) => { context.succeed(1); };' },
  { desc: 'context.fail', source: "exports.handler = (event, context) => { context.fail(new Error('f')); };" },
  { desc: 'context.done', source: "exports.handler = (event, context) => { context.done(null, 'd'); };" },
  {
    desc: 'a promise that is rejected and nobody looks',
    source:
      "exports.handler = async () => { Promise.reject(new Error('left')); await new Promise((r) => setTimeout(r, 50)); return 1; };",
    differs: { why: 'our trace shows where it was rejected', at: ['payload', 'log'] },
  },
  {
    desc: 'an exception outside the handler',
    source:
      "exports.handler = async () => { setTimeout(() => { throw new Error('later'); }, 5); await new Promise((r) => setTimeout(r, 100)); return 1; };",
  },
  { desc: 'an exit', source: 'exports.handler = async () => { process.exit(0); };' },
  { desc: 'an exit with a status', source: 'exports.handler = async () => { process.exit(3); };' },
  { desc: 'an error while it is loaded', source: "throw new Error('init');" },
  { desc: 'a syntax error', source: 'export const handler = async () => {' },
  { desc: 'no handler', source: 'export const other = async () => 1;' },
  { desc: 'a handler that is no function', source: 'export const handler = 5;' },
  { desc: 'a module that is not there', source: "import './missing.mjs'; export const handler = async () => 1;" },
  {
    desc: 'a package that is not there',
    source: "exports.handler = async () => 1; require('no-such-package');",
    differs: { why: 'our trace shows who asked for it', at: ['payload', 'log'] },
  },
  {
    desc: 'lines of a log',
    source: `export const handler = async () => {
      console.log('a', { b: [1, { c: { d: {} } }] }, 5); console.info('%s is %d', 'x', 1); console.warn('two\\nlines');
      console.error(new Error('shown')); console.debug('d'); console.trace('t'); process.stdout.write('raw\\n'); return 1; };`,
  },
];

const streamed: readonly Row[] = [
  {
    desc: 'pieces',
    source: "export const handler = awslambda.streamifyResponse(async (e, s) => { s.write('a'); s.write('b'); s.end(); });",
  },
  {
    desc: 'a type',
    source: "export const handler = awslambda.streamifyResponse(async (e, s) => { s.setContentType('text/x'); s.end('a'); });",
  },
  {
    desc: 'a prelude',
    source: `export const handler = awslambda.streamifyResponse(async (e, s) => {
      const http = awslambda.HttpResponseStream.from(s, { statusCode: 201, headers: { 'x-a': 'ü' }, cookies: ['a=1'] });
      http.write('body'); http.end(); });`,
  },
  { desc: 'nothing', source: 'export const handler = awslambda.streamifyResponse(async (e, s) => { s.end(); });' },
  {
    desc: 'no end',
    differs: { why: 'AWS waits for the timeout of the function; we say what is wrong', at: ['error'] },
    source: "export const handler = awslambda.streamifyResponse(async (e, s) => { s.write('a'); });",
  },
  {
    desc: 'an error before',
    source: "export const handler = awslambda.streamifyResponse(async () => { throw new TypeError('early'); });",
  },
  {
    desc: 'an error in the middle',
    source: `export const handler = awslambda.streamifyResponse(async (e, s) => {
      s.write('some'); await new Promise((r) => setTimeout(r, 50)); throw new TypeError('late'); });`,
  },
  {
    desc: 'an object',
    source: 'export const handler = awslambda.streamifyResponse(async (e, s) => { s.write({ a: 1 }); s.end(); });',
  },
  {
    desc: 'a buffer',
    source:
      'export const handler = awslambda.streamifyResponse(async (e, s) => { s.write(Buffer.from([1, 2, 255])); s.end(); });',
  },
  {
    desc: 'a pipeline',
    source: `import { Readable } from 'node:stream'; import { pipeline } from 'node:stream/promises';
      export const handler = awslambda.streamifyResponse(async (e, s) => { await pipeline(Readable.from(['x', 'y', 'z']), s); });`,
  },
];

let lambda: StartedLambda;
before(async () => {
  if (client === undefined) return;
  lambda = await startLambda({
    runtimes: { [THEIRS]: [process.execPath, path.join(client, 'bin/index.mjs'), 'index.handler'] },
    isolation: 'process',
  });
});
after(async () => {
  await lambda?.close();
});

const define = (name: string, { source }: Row, runtime: string): Promise<void> =>
  lambda.define(
    name,
    { [/exports\.|^throw/.test(source) ? 'index.js' : 'index.mjs']: source },
    { Runtime: runtime as 'nodejs22.x', Timeout: 5, MemorySize: 256 },
  );

/** What is a matter of the run and not of the runtime: ids, times, folders, frames of the runtimes' own code. */
function settled(text: string, name: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/(?:file:\/\/)?\/[^\s"'()]*\/code\/[^\s"'()/]*\//g, '<code>/')
    .replaceAll(/- \/\S*\/index\.mjs/g, '- <runtime>')
    .replaceAll(name, '<name>');
}

/** The frames below the function's own are the runtime's, and no two have the same. */
function ownFrames(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((line) => !/^\s+at /.test(String(line)) || String(line).includes('<code>')).map(ownFrames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, ownFrames(member)]));
}

/** What the function printed and what its runtime said of errors, without Lambda's own lines. */
function saidBy(name: string): readonly string[] {
  return (
    lambda.service
      .logs(name)
      // Their command says what it does.
      .filter(({ stream, text }) => stream !== 'platform' && !text.startsWith("Executing 'index.handler'"))
      .flatMap(({ text }) => settled(text, name).split('\n'))
      .map((line) => line.replaceAll(/,"\s+at (?![^"]*<code>)[^"]*"/g, ''))
      .filter((line) => !/^\s+at /.test(line) || line.includes('<code>'))
  );
}

interface Observed {
  readonly error: string | undefined;
  readonly payload: unknown;
  readonly log: readonly string[];
}

async function observe(name: string, row: Row, runtime: string): Promise<Observed> {
  await define(name, row, runtime);
  const { error, payload } = await lambda.invoke(name, row.event);
  const text = settled(JSON.stringify(payload) ?? 'undefined', name);
  // Their client answers over a connection of its own, which may be read before what it printed.
  await sleep(200);
  return { error, payload: ownFrames(text === 'undefined' ? undefined : JSON.parse(text)), log: saidBy(name) };
}

interface ObservedStream {
  contentType: string | undefined;
  body: string;
  error: unknown;
}

async function observeStream(name: string, row: Row, runtime: string): Promise<ObservedStream> {
  await define(name, row, runtime);
  // The first invocation, gathered, brings the code to disk and the function to life.
  await lambda.call('Invoke', { FunctionName: name });
  const seen: ObservedStream = { contentType: undefined, body: '', error: undefined };
  const answer = (await (lambda.service.operations as unknown as Streaming).InvokeWithResponseStream(
    { FunctionName: name, Payload: Buffer.from('{}') },
    { account: '000000000000', region: 'us-east-1', requestId: crypto.randomUUID() },
  )) as { ResponseStreamContentType: string; EventStream: AsyncIterable<StreamEvent> };
  seen.contentType = answer.ResponseStreamContentType;
  for await (const event of answer.EventStream) {
    if (event.PayloadChunk !== undefined) seen.body += event.PayloadChunk.Payload.toString('latin1');
    const details = event.InvokeComplete?.ErrorDetails;
    if (details !== undefined) seen.error = ownFrames(JSON.parse(settled(details, name)));
  }
  return seen;
}

interface StreamEvent {
  readonly PayloadChunk?: { readonly Payload: Buffer };
  readonly InvokeComplete?: { readonly ErrorDetails?: string };
}

interface Streaming {
  InvokeWithResponseStream(input: object, caller: object): Promise<unknown>;
}

describe('beside AWS’s own client', { skip }, () => {
  for (const [index, row] of rows.entries()) {
    test(row.desc, async () => {
      const theirs = await observe(`theirs-${index}`, row, THEIRS);
      const ours = await observe(`ours-${index}`, row, OURS);
      for (const part of ['error', 'payload', 'log'] as const) {
        if (row.differs?.at.includes(part) !== true) assert.deepEqual(ours[part], theirs[part], part);
      }
    });
  }
});

describe('streams beside AWS’s own client', { skip }, () => {
  for (const [index, row] of streamed.entries()) {
    test(row.desc, async () => {
      const theirs = await observeStream(`theirs-stream-${index}`, row, THEIRS);
      const ours = await observeStream(`ours-stream-${index}`, row, OURS);
      const parts =
        row.differs?.at.includes('error') === true
          ? (['body', 'contentType'] as const)
          : (['body', 'contentType', 'error'] as const);
      for (const part of parts) assert.deepEqual(ours[part], theirs[part], part);
    });
  }
});
