// The ways to write a handler, what it is given, and what it may print.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;
let folder: string;
before(async () => {
  lambda = await startLambda();
  folder = mkdtempSync(path.join(tmpdir(), 'stagegate-handlers-'));
});
after(async () => {
  await lambda.close();
  rmSync(folder, { recursive: true });
});

interface Style {
  readonly desc: string;
  readonly files: string | Readonly<Record<string, string>>;
  readonly settings?: Partial<CreateFunctionCommandInput>;
  readonly event?: unknown;
  readonly payload: unknown;
}

const styles: readonly Style[] = [
  { desc: 'async', files: 'exports.handler = async (e) => e.n + 1;', event: { n: 1 }, payload: 2 },
  { desc: 'a promise', files: 'exports.handler = () => new Promise((r) => setTimeout(() => r("late"), 5));', payload: 'late' },
  { desc: 'a thenable', files: 'exports.handler = () => ({ then(r) { r("then"); } });', payload: 'then' },
  { desc: 'a callback', files: 'exports.handler = (e, c, cb) => setTimeout(() => cb(null, { ok: 1 }), 5);', payload: { ok: 1 } },
  {
    desc: 'a callback that waits for the event loop',
    files: 'let n = 0; exports.handler = (e, c, cb) => { cb(null, { get n() { return n } }); setTimeout(() => n++, 30); };',
    payload: { n: 1 },
  },
  {
    desc: 'a callback that does not',
    files:
      'let n = 0; exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1e4); cb(null, n); };',
    payload: 0,
  },
  {
    desc: 'the environment, in which the trace id is a variable like any other',
    files: `exports.handler = async () => {
      const name = '_X_AMZN_TRACE_ID';
      const before = [name in process.env, process.env[name] === undefined];
      process.env[name] = 'Root=1';
      process.env.OTHER = 2;
      const child = require('node:child_process').execFileSync('/bin/sh', ['-c', 'echo $_X_AMZN_TRACE_ID $OTHER']).toString();
      const set = [name in process.env, process.env[name], Object.keys(process.env).includes(name), { ...process.env }[name], child];
      delete process.env[name];
      return { before, set, after: [name in process.env, Object.hasOwn(process.env, name), process.env.OTHER] };
    };`,
    payload: {
      before: [true, false],
      set: [true, 'Root=1', true, 'Root=1', 'Root=1 2\n'],
      after: [false, false, '2'],
    },
  },
  { desc: 'context.succeed', files: 'exports.handler = (e, c) => c.succeed("done");', payload: 'done' },
  { desc: 'context.done', files: 'exports.handler = (e, c) => c.done(null, "done");', payload: 'done' },
  { desc: 'no answer at all', files: 'exports.handler = (e) => { setTimeout(() => {}, 10); };', payload: null },
  { desc: 'a promise nobody keeps', files: 'exports.handler = () => new Promise(() => {});', payload: null },
  { desc: 'undefined', files: 'exports.handler = async () => {};', payload: null },
  {
    desc: 'text beyond ASCII',
    files: 'exports.handler = async (e) => e.t + "→😀";',
    event: { t: 'ü\u2028' },
    payload: 'ü\u2028→😀',
  },
  {
    desc: 'a large event and answer',
    files: 'exports.handler = async (e) => e.t;',
    event: { t: 'ä'.repeat(1_500_000) },
    payload: 'ä'.repeat(1_500_000),
    settings: { MemorySize: 512 },
  },
  {
    desc: 'a folder in the handler name',
    files: { 'src/handlers/a.js': 'exports.run = async () => __filename.endsWith("src/handlers/a.js");' },
    settings: { Handler: 'src/handlers/a.run' },
    payload: true,
  },
  {
    desc: 'nested exports',
    files: 'exports.api = { v1: { handler: async () => "deep" } };',
    settings: { Handler: 'index.api.v1.handler' },
    payload: 'deep',
  },
  {
    desc: 'an ES module (.mjs)',
    files: { 'index.mjs': 'import path from "node:path"; export const handler = async () => path.basename(import.meta.url);' },
    payload: 'index.mjs',
  },
  {
    desc: 'top-level await',
    files: { 'index.mjs': 'const n = await Promise.resolve(7); export const handler = async () => n;' },
    payload: 7,
  },
  {
    desc: 'an ES module by package.json',
    files: { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => typeof require;' },
    payload: 'undefined',
  },
  {
    desc: 'a CommonJS module (.cjs)',
    files: { 'package.json': '{"type":"module"}', 'index.cjs': 'exports.handler = async () => typeof require;' },
    payload: 'function',
  },
  { desc: 'an ES module by its syntax alone', files: 'export const handler = async () => "esm";', payload: 'esm' },
  {
    desc: 'a package of its own',
    files: {
      'index.js': 'exports.handler = require("dep");',
      'node_modules/dep/package.json': '{"main":"main.js"}',
      'node_modules/dep/main.js': 'module.exports = async () => "dep";',
    },
    settings: { Handler: 'index.handler' },
    payload: 'dep',
  },
];

for (const [index, row] of styles.entries()) {
  test(`handler › ${row.desc}`, async () => {
    await lambda.define(`style-${index}`, row.files, row.settings);
    for (const _ of ['cold', 'warm']) {
      const { payload, error } = await lambda.invoke(`style-${index}`, row.event);
      assert.equal(error, undefined, JSON.stringify(payload)?.slice(0, 500));
      assert.deepEqual(payload, row.payload);
      if (row.desc.startsWith('a callback that waits')) return;
    }
  });
}

// A developer's project is often "type": "module" while its function's folder says nothing.
const shielded: readonly { desc: string; files: Readonly<Record<string, string>>; payload: unknown }[] = [
  {
    desc: 'CommonJS',
    files: { 'index.js': 'exports.handler = async () => require("./lib/x.js");', 'lib/x.js': 'module.exports = typeof module;' },
    payload: 'object',
  },
  {
    desc: 'module syntax',
    files: { 'index.js': 'import x from "./x.js"; export const handler = async () => x;', 'x.js': 'export default "esm";' },
    payload: 'esm',
  },
  {
    desc: 'its own package.json counts',
    files: { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => "own";' },
    payload: 'own',
  },
  {
    desc: 'its packages are CommonJS',
    files: {
      'index.mjs': 'import d from "dep"; export const handler = async () => d;',
      'node_modules/dep/package.json': '{"name":"dep"}',
      'node_modules/dep/index.js': 'module.exports = "cjs";',
    },
    payload: 'cjs',
  },
];
for (const [index, row] of shielded.entries()) {
  test(`a package.json above the task root decides nothing › ${row.desc}`, async () => {
    const project = path.join(folder, `project-${index}`);
    const task = path.join(project, 'functions/hello');
    for (const [file, text] of Object.entries(row.files)) {
      mkdirSync(path.dirname(path.join(task, file)), { recursive: true });
      writeFileSync(path.join(task, file), text);
    }
    writeFileSync(path.join(project, 'package.json'), '{"type":"module"}');
    await lambda.define(`shield-${index}`, '', { Code: { S3Bucket: 'hot-reload', S3Key: task } });
    const { payload } = await lambda.invoke(`shield-${index}`);
    assert.deepEqual(payload, row.payload);
  });
}

test('the context and the environment are AWS’s', async () => {
  const source = `exports.handler = async (event, context) => ({ context, remaining: context.getRemainingTimeInMillis(), env: process.env, cwd: process.cwd(), dirname: __dirname, argv: process.argv.length });`;
  await lambda.define('inside', source, { MemorySize: 256, Timeout: 7, Environment: { Variables: { TABLE: 'pets' } } });
  process.env['SECRET_OF_THE_GATEWAY'] = 'hidden';
  const context = Buffer.from('{"client":{"app":"x"}}').toString('base64');
  const { payload } = await lambda.invoke('inside', {}, { ClientContext: context, Qualifier: '$LATEST' });
  delete process.env['SECRET_OF_THE_GATEWAY'];
  const seen = payload as Record<string, never> & { context: Record<string, unknown>; env: Record<string, string> };
  assert.equal(seen.context['functionName'], 'inside');
  assert.equal(seen.context['functionVersion'], '$LATEST');
  assert.equal(seen.context['memoryLimitInMB'], '256');
  assert.equal(seen.context['logGroupName'], '/aws/lambda/inside');
  assert.match(String(seen.context['logStreamName']), /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  assert.match(String(seen.context['awsRequestId']), /^[0-9a-f-]{36}$/);
  assert.equal(seen.context['invokedFunctionArn'], 'arn:aws:lambda:us-east-1:000000000000:function:inside:$LATEST');
  assert.deepEqual(seen.context['clientContext'], { client: { app: 'x' } });
  assert.ok(Number(seen['remaining']) > 6000 && Number(seen['remaining']) <= 7000);
  assert.equal(seen.env['TABLE'], 'pets');
  assert.equal(seen.env['AWS_LAMBDA_FUNCTION_NAME'], 'inside');
  assert.equal(seen.env['AWS_EXECUTION_ENV'], 'AWS_Lambda_nodejs22.x');
  assert.equal(seen.env['AWS_ENDPOINT_URL'], 'http://127.0.0.1:4566');
  assert.equal(seen.env['SECRET_OF_THE_GATEWAY'], undefined);
  assert.equal(seen.env['LAMBDA_TASK_ROOT'], seen['dirname']);
  assert.equal(seen['cwd'], seen['dirname']);
  assert.equal(seen['argv'], 2);
});

test('variables arrive as they are, whatever a shell or a loader would make of them', async () => {
  const Variables = {
    QUOTES: `it's "quoted" \\ $HOME \`id\` $(id) ; & | < > # ~ *`,
    LINES: 'one\ntwo\r\n\tthree\n',
    TEXT: 'äöü→😀',
    EMPTY: '',
    IFS: 'x',
    PATH: '/opt/mine:/usr/bin',
    UID: '5',
    LD_PRELOAD: '/nowhere/none.so',
  };
  await lambda.define('variables', 'exports.handler = async () => process.env;', { Environment: { Variables } });
  const seen = (await lambda.invoke('variables')).payload as Record<string, string>;
  for (const [name, value] of Object.entries(Variables)) assert.equal(seen[name], value, name);
  assert.equal(seen['PWD'], seen['LAMBDA_TASK_ROOT']);
  assert.deepEqual(
    Object.keys(seen).filter((name) => /STAGEGATE|SHLVL|^_$|OLDPWD/.test(name)),
    [],
  );
});

test('the log › text', async () => {
  await lambda.define(
    'talker',
    'exports.handler = async () => { console.log("one", { a: 1 }); console.error("two\\nlines"); process.stdout.write("raw\\n"); return 1; };',
  );
  const { log, response } = await lambda.invoke('talker', {}, { LogType: 'Tail' });
  const id = /START RequestId: (\S+)/.exec(log ?? '')?.[1];
  const lines = (log ?? '').split('\n');
  assert.equal(lines[0], `START RequestId: ${id} Version: $LATEST`);
  assert.match(lines[1] ?? '', new RegExp(`^\\d{4}-.*Z\\t${id}\\tINFO\\tone \\{ a: 1 \\}$`));
  assert.match(lines[2] ?? '', new RegExp(`^\\d{4}-.*Z\\t${id}\\tERROR\\ttwo$`));
  assert.equal(lines[3], 'lines');
  assert.equal(lines[4], 'raw');
  assert.equal(lines[5], `END RequestId: ${id}`);
  assert.match(
    lines[6] ?? '',
    /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
  );
  assert.equal(response.ExecutedVersion, '$LATEST');
  assert.match(lambda.service.logs('talker')[0]?.text ?? '', /^INIT_START Runtime Version: nodejs:22/);
  const warm = await lambda.invoke('talker', {}, { LogType: 'Tail' });
  assert.doesNotMatch(warm.log ?? '', /Init Duration/);
});

test('the log › text without a line end stays with its invocation', async () => {
  await lambda.define('unended', 'let n = 0; exports.handler = async () => { process.stdout.write("part " + ++n); };');
  for (const n of [1, 2]) {
    const { log } = await lambda.invoke('unended', {}, { LogType: 'Tail' });
    assert.match(log ?? '', new RegExp(`\\npart ${n}\\nEND `));
  }
});

test('the log › the tail is the last 4 KB', async () => {
  await lambda.define('long', 'exports.handler = async () => { for (let i = 0; i < 500; i++) console.log("line " + i); };');
  const { log } = await lambda.invoke('long', {}, { LogType: 'Tail' });
  assert.equal(Buffer.byteLength(log ?? ''), 4096);
  assert.match(log ?? '', /line 499\nEND RequestId/);
});

test('the log › JSON with levels', async () => {
  const source =
    'exports.handler = async () => { console.debug("no"); console.info("yes", new RangeError("far")); console.warn({ a: 1 }); return 1; };';
  await lambda.define('json', source, { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' } });
  const { log } = await lambda.invoke('json', {}, { LogType: 'Tail' });
  const lines = (log ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line.type ?? line.level),
    ['platform.start', 'INFO', 'WARN', 'platform.report'],
  );
  assert.equal(lines[1].errorType, 'RangeError');
  assert.equal(lines[1].errorMessage, 'far');
  assert.deepEqual(lines[2].message, { a: 1 });
  assert.equal(lines[3].record.status, 'success');
});

test("a runtime name of the service model that AWS's refusal does not list runs", async () => {
  await lambda.define('newer', 'exports.handler = async () => process.version;', { Runtime: 'nodejs26.x' });
  assert.equal((await lambda.invoke('newer')).payload, process.version);
});
