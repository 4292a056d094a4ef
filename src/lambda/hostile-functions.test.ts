// Every way a function can misbehave, each followed by a look at its neighbour: it must still answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda({ limits: { initTimeoutMs: 1000, invocationLogBytesMax: 65_536 } });
  await lambda.define('neighbour', 'exports.handler = async () => "still here";');
  await lambda.invoke('neighbour');
});
after(async () => {
  await lambda.close();
});

interface Hostile {
  readonly desc: string;
  readonly source: string | Readonly<Record<string, string>>;
  readonly settings?: Partial<CreateFunctionCommandInput>;
  /** Checked as a pattern: `<id>` is the request id. */
  readonly errorType?: string;
  readonly errorMessage?: string | RegExp;
  readonly payload?: unknown;
  /** The next invocation of the same function. */
  readonly again?: unknown;
  readonly logs?: RegExp;
}

const handler = (body: string): string => `exports.handler = async (event) => { ${body} };`;

const rows: readonly Hostile[] = [
  {
    desc: 'throws an Error',
    source: handler('throw new TypeError("boom")'),
    errorType: 'TypeError',
    errorMessage: 'boom',
    logs: /ERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"boom","stack":\[/,
  },
  { desc: 'throws a string', source: handler('throw "boom"'), errorType: 'string', errorMessage: 'boom' },
  { desc: 'throws nothing at all', source: handler('throw undefined'), errorType: 'undefined', errorMessage: 'undefined' },
  { desc: 'throws a number', source: handler('throw 42'), errorType: 'number', errorMessage: '42' },
  {
    desc: 'throws an error whose members throw',
    source: handler('throw Object.defineProperty(new Error("x"), "message", { get() { throw 1 } })'),
    errorType: 'handled',
    errorMessage: /problem while retrieving/,
  },
  {
    desc: 'throws synchronously, not async',
    source: 'exports.handler = () => { throw new Error("sync") };',
    errorType: 'Error',
    errorMessage: 'sync',
  },
  {
    desc: 'calls back with an error',
    source: 'exports.handler = (e, c, cb) => cb(new RangeError("far"));',
    errorType: 'RangeError',
    errorMessage: 'far',
  },
  {
    desc: 'never ends',
    source: handler('if (event.ok) return "back"; await new Promise(() => setInterval(() => {}, 1000))'),
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: 'RequestId: <id> Error: Task timed out after 1.00 seconds',
    again: 'back',
    logs: /Task timed out after 1\.00 seconds[\s\S]*Status: timeout/,
  },
  {
    desc: 'loops without a pause',
    source: handler('if (event.ok) return "back"; for (;;);'),
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: 'RequestId: <id> Error: Task timed out after 1.00 seconds',
    again: 'back',
  },
  {
    desc: 'stops itself',
    source: handler('process.kill(process.pid, "SIGSTOP"); await new Promise(() => setInterval(() => {}, 1000))'),
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: /timed out/,
  },
  {
    desc: 'exits with 1',
    source: handler('if (event.ok) return "back"; process.exit(1)'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: exit status 1',
    again: 'back',
  },
  {
    desc: 'exits with 0',
    source: handler('process.exit(0)'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited without providing a reason',
  },
  {
    desc: 'kills itself',
    source: handler('process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000))'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: signal: killed',
  },
  {
    desc: 'aborts',
    source: handler('process.abort()'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: signal: aborted',
  },
  {
    desc: 'exits while it is loaded',
    source: 'process.exit(3)',
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: exit status 3',
  },
  {
    desc: 'throws while it is loaded',
    source: 'throw new Error("bad start")',
    errorType: 'Error',
    errorMessage: 'bad start',
    logs: /INIT_REPORT Init Duration: .* Phase: init\tStatus: error|INIT_REPORT/,
  },
  {
    desc: 'rejects while it is loaded',
    source: 'Promise.reject(new Error("late")); exports.handler = async () => 1; require("fs").readFileSync(__filename); ',
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: late',
  },
  {
    desc: 'never gets loaded',
    source: 'for (;;);',
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: 'RequestId: <id> Error: Task timed out after 1.00 seconds',
  },
  {
    desc: 'leaves a rejection unhandled',
    source: handler('Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 200))'),
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: lost',
  },
  {
    desc: 'throws in a timer',
    source: handler('setTimeout(() => { throw new Error("later") }, 1); await new Promise((r) => setTimeout(r, 500))'),
    errorType: 'Error',
    errorMessage: 'later',
  },
  {
    desc: 'has no such file',
    source: { 'other.js': '' },
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Error: Cannot find module 'index'\nRequire stack:\n- /var/runtime/index.mjs",
  },
  {
    desc: 'requires what is not there',
    source: "require('nowhere'); exports.handler = async () => 1;",
    errorType: 'Runtime.ImportModuleError',
    errorMessage: /^Error: Cannot find module 'nowhere'\nRequire stack:\n- .*index\.js\n- \/var\/runtime\/index\.mjs$/,
  },
  {
    desc: 'exports no handler',
    source: 'exports.other = 1;',
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: 'index.handler is undefined or not exported',
  },
  {
    desc: 'exports no function',
    source: 'exports.handler = 1;',
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: 'index.handler is not a function',
  },
  {
    desc: 'has a handler name without a dot',
    source: 'exports.handler = 1;',
    settings: { Handler: 'index' },
    errorType: 'Runtime.MalformedHandlerName',
    errorMessage: 'Bad handler',
  },
  {
    desc: 'has a handler name that climbs',
    source: 'exports.handler = 1;',
    settings: { Handler: '../index.handler' },
    errorType: 'Runtime.MalformedHandlerName',
    errorMessage: /not a valid handler name/,
  },
  {
    desc: 'is no JavaScript',
    source: 'exports.handler = async (',
    errorType: 'Runtime.UserCodeSyntaxError',
    errorMessage: /^SyntaxError: /,
  },
  {
    desc: 'returns a BigInt',
    source: handler('return { n: 1n }'),
    errorType: 'Runtime.MarshalError',
    errorMessage: /Unable to stringify response body/,
  },
  {
    desc: 'returns a circle',
    source: handler('const o = {}; o.o = o; return o'),
    errorType: 'Runtime.MarshalError',
    errorMessage: /Unable to stringify response body/,
  },
  {
    desc: 'returns what throws when written',
    source: handler('return { toJSON() { throw new Error("no") } }'),
    errorType: 'Runtime.MarshalError',
    errorMessage: /no/,
  },
  { desc: 'returns a function', source: handler('return () => {}'), payload: null },
  {
    desc: 'returns too much',
    source: handler('return "x".repeat(7e6)'),
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    settings: { MemorySize: 512 },
  },
  {
    desc: 'fills its heap',
    source: handler('const a = []; for (;;) a.push(new Array(1e4).fill(a.length))'),
    settings: { Timeout: 30 },
    errorType: '(Runtime.ExitError|Runtime.OutOfMemory)',
    errorMessage: /^RequestId: <id> Error: Runtime exited with error: signal: (aborted|killed|trace\/breakpoint trap)$/,
  },
  {
    desc: 'fills memory outside the heap',
    source: handler('const a = []; for (;;) { a.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)) }'),
    settings: { Timeout: 30 },
    errorType: 'Runtime.OutOfMemory',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: signal: killed',
  },
  {
    desc: 'prints megabytes',
    source: handler('const l = "y".repeat(1e5); for (let i = 0; i < 200; i++) console.log(l); return "printed"'),
    payload: 'printed',
    logs: /\[Stagegate\] \d+ bytes of output were dropped/,
  },
  {
    desc: 'prints megabytes without a line end',
    source: handler('process.stdout.write("z".repeat(2e7)); return "printed"'),
    payload: 'printed',
  },
  {
    desc: 'prints bytes that are no text',
    source: handler('process.stdout.write(Buffer.from([0xff, 0xfe, 0, 10])); return "printed"'),
    payload: 'printed',
  },
  {
    desc: 'closes its standard output',
    source: handler('require("fs").closeSync(1); console.log("gone"); return "quiet"'),
    payload: 'quiet',
  },
  {
    desc: 'closes its channel',
    source: handler('require("fs").closeSync(3); return "unheard"'),
    errorType: 'Runtime.ExitError',
    errorMessage: /^RequestId: <id> Error: Runtime exited/,
  },
  {
    desc: 'writes garbage to its channel',
    source: handler('if (event.ok) return "back"; require("fs").writeSync(3, Buffer.alloc(64, 0xee)); return "unheard"'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited without providing a reason',
    again: 'back',
  },
  {
    desc: 'claims a frame of 4 GB',
    source: handler('require("fs").writeSync(3, Buffer.from([0xff, 0xff, 0xff, 0xff, 17])); return "unheard"'),
    errorType: 'Runtime.ExitError',
    errorMessage: /without providing a reason/,
  },
  {
    desc: 'answers twice over its channel',
    source: handler(
      'const f = Buffer.from("\\x0b\\0\\0\\0\\x11\\0\\0\\0\\0\\"fake\\"", "latin1"); require("fs").writeSync(3, f); return "real"',
    ),
    payload: 'fake',
  },
  {
    desc: 'kills its whole process group',
    source: handler('process.kill(0, "SIGTERM"); await new Promise(() => setInterval(() => {}, 1000))'),
    errorType: 'Runtime.ExitError',
    errorMessage: /signal: terminated/,
  },
  {
    desc: 'leaves a child behind that holds its pipes',
    source: handler('require("child_process").spawn("sleep", ["30"], { stdio: "inherit" }); process.exit(7)'),
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: <id> Error: Runtime exited with error: exit status 7',
  },
  {
    desc: 'replaces what the runtime uses',
    source: handler('JSON.stringify = () => { throw 1 }; Buffer.allocUnsafe = null; console.log = null; return { a: 1 }'),
    payload: { a: 1 },
  },
  {
    desc: 'pollutes prototypes',
    source: handler('Object.prototype.then = (r) => r("hijacked"); return { a: 1 }'),
    payload: 'hijacked',
  },
  {
    desc: 'hangs after its answer',
    source: 'exports.handler = async (e) => { if (!e.ok) setTimeout(() => { for (;;); }, 5); return "answered"; };',
    settings: { Timeout: 1 },
    payload: 'answered',
  },
  {
    desc: 'opens files until there are no more',
    source: handler('const fs = require("fs"); for (;;) fs.openSync(__filename)'),
    errorType: 'Error',
    errorMessage: /EMFILE/,
  },
  { desc: 'recurses for ever', source: handler('const f = () => f(); f()'), errorType: 'RangeError', errorMessage: /call stack/ },
  {
    desc: 'changes its folder',
    source: handler(
      'try { require("fs").writeFileSync(__dirname + "/new.js", "x"); } catch (e) { return e.code === "EACCES" || e.code }; return "written by root"',
    ),
    payload: process.getuid?.() === 0 ? 'written by root' : true,
  },
];

describe('hostile', { concurrency: 3 }, () => {
  for (const [index, row] of rows.entries()) test(`a function that ${row.desc}`, { timeout: 30_000 }, () => attempt(row, index));
});

async function attempt(row: Hostile, index: number): Promise<void> {
  const name = `hostile-${index}`;
  await lambda.define(name, row.source, row.settings);
  const { payload, error } = await lambda.invoke(name);
  if (row.errorType === undefined) {
    assert.equal(error, undefined, JSON.stringify(payload));
    assert.deepEqual(payload, row.payload);
  } else {
    assert.equal(error, 'Unhandled', JSON.stringify(payload));
    const given = payload as { errorType: string; errorMessage: string };
    assert.match(given.errorType, new RegExp(`^${row.errorType}$`));
    const message = given.errorMessage.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '<id>');
    if (typeof row.errorMessage === 'string') assert.equal(message, row.errorMessage);
    else assert.match(message, row.errorMessage ?? /never/);
  }
  if (row.logs !== undefined) {
    const { logs } = row;
    await until(
      () => logs.test(logOf(name)),
      () => logOf(name),
    );
  }
  if (row.again !== undefined) {
    assert.deepEqual((await lambda.invoke(name, { ok: true })).payload, row.again);
  }
  assert.equal((await lambda.invoke('neighbour')).payload, 'still here');
}

// Of the same user, nothing but a process table of its own keeps a function from signalling the gateway. Where this machine
// has none to give, the service says so in a notice, and these cannot be promised.
const outside: readonly { desc: string; source: string; payload: unknown }[] = [
  {
    desc: 'kills its parent',
    source: handler('process.kill(process.ppid, "SIGKILL"); await new Promise((r) => setTimeout(r, 50)); return "tried"'),
    payload: 'tried',
  },
  {
    desc: 'kills the gateway',
    source: handler(`try { process.kill(${process.pid}, "SIGKILL") } catch (error) { return error.code }`),
    payload: 'ESRCH',
  },
  {
    desc: 'kills everybody',
    source: handler(
      'if (!event.done) { require("child_process").spawn("sleep", ["30"]); try { process.kill(-1, "SIGKILL") } catch {} } return "tried"',
    ),
    payload: 'tried',
  },
  {
    desc: 'reads the gateway’s environment',
    source: handler(
      `try { return require("fs").readFileSync("/proc/${process.pid}/environ", "utf8") } catch (error) { return error.code }`,
    ),
    payload: 'ENOENT',
  },
  {
    desc: 'counts the processes',
    source: handler('return require("fs").readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length <= 2'),
    payload: true,
  },
];
for (const [index, row] of outside.entries()) {
  test(`a function that ${row.desc}`, async (context) => {
    if (lambda.service.stats().isolation !== 'namespace') return context.skip(lambda.notices.join(' '));
    await lambda.define(`outside-${index}`, row.source);
    assert.deepEqual((await lambda.invoke(`outside-${index}`)).payload, row.payload);
    assert.equal((await lambda.invoke('neighbour')).payload, 'still here');
  });
}

test('after all of it no process is left but idle ones', async () => {
  await until(
    () => lambda.service.stats().executing === 0 && lambda.service.stats().starting === 0,
    () => JSON.stringify(lambda.service.stats()),
  );
});

function logOf(name: string): string {
  return lambda.service
    .logs(name)
    .map(({ text }) => text.slice(0, 2000))
    .join('\n');
}

async function until(holds: () => boolean, explain: () => string): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, explain());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
