// Every way a function can misbehave, each followed by a look at its neighbour: it must still answer.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;
let data: string;
before(async () => {
  data = mkdtempSync(path.join(tmpdir(), 'stagegate-hostile-'));
  lambda = await startLambda({ dataDirectory: data, limits: { initTimeoutMs: 1000, invocationLogBytesMax: 65_536 } });
  await lambda.define('neighbour', 'exports.handler = async () => "still here";');
  await lambda.invoke('neighbour');
});
after(async () => {
  await lambda.close();
  execFileSync('chmod', ['-R', 'u+w', data]);
  rmSync(data, { recursive: true, force: true });
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
  { desc: 'throws nothing at all', source: handler('throw undefined'), errorType: 'string', errorMessage: 'handled' },
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
    errorType: 'Error',
    errorMessage: /Unable to stringify response body/,
  },
  {
    desc: 'returns a circle',
    source: handler('const o = {}; o.o = o; return o'),
    errorType: 'Error',
    errorMessage: /Unable to stringify response body/,
  },
  {
    desc: 'returns what throws when written',
    source: handler('return { toJSON() { throw new Error("no") } }'),
    errorType: 'Error',
    errorMessage: 'Unable to stringify response body',
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
      'const f = Buffer.from("\\x0f\\0\\0\\0\\x11\\0\\0\\0\\0\\0\\0\\0\\0\\"fake\\"", "latin1"); require("fs").writeSync(3, f); return "real"',
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
    payload: /^(EROFS|true|written by root)$/,
  },
  {
    desc: 'starts two thousand processes',
    source: handler(
      'require("child_process").spawn("/bin/sh", ["-c", "i=0; while [ $i -lt 2000 ]; do sleep 90 & i=$((i+1)); done; wait"]); await new Promise((r) => setTimeout(r, 80000)); return "survived"',
    ),
    // A machine that is busy starts a hundred in a second.
    settings: { Timeout: 90, MemorySize: 3008 },
    errorType: 'Runtime.ExitError',
    errorMessage: /signal: killed$/,
  },
  {
    desc: 'fills memory in a child process',
    source: handler(
      'const { spawn } = require("child_process"); const c = spawn(process.execPath, ["-e", "const a = []; setInterval(() => { if (a.length < 40) a.push(Buffer.alloc(8e6, 1)); }, 5)"]); await new Promise((r) => setTimeout(r, 15000)); return c.pid',
    ),
    settings: { Timeout: 20 },
    errorType: 'Runtime.OutOfMemory',
    errorMessage: /signal: killed$/,
  },
  {
    desc: 'fills memory with typed arrays in a worker thread',
    source: handler(
      'const { Worker } = require("worker_threads"); new Worker("const a = []; setInterval(() => a.push(new Uint8Array(8e6).fill(1)), 5)", { eval: true }); await new Promise((r) => setTimeout(r, 15000)); return 1',
    ),
    settings: { Timeout: 20 },
    errorType: '(Runtime.OutOfMemory|Error|RangeError)',
    errorMessage: /signal: killed$|out of memory|memory limit|allocation failed/i,
  },
  {
    desc: 'floods its standard error',
    source: handler('const l = "e".repeat(1e5) + "\\n"; for (let i = 0; i < 200; i++) process.stderr.write(l); return "printed"'),
    payload: 'printed',
  },
  {
    desc: 'ignores every signal it can',
    source: handler(
      'for (const s of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"]) process.on(s, () => {}); await new Promise(() => setInterval(() => {}, 1000))',
    ),
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: /timed out/,
  },
  {
    desc: 'leaves zombie children',
    source: handler(
      'require("child_process").spawnSync("/bin/sh", ["-c", "for i in 1 2 3 4 5; do (sleep 0.01 &) ; done"]); return "left"',
    ),
    payload: 'left',
  },
  {
    desc: 'leaves a child in a session of its own',
    source: handler(
      'require("child_process").spawn("sleep", ["60"], { detached: true, stdio: "ignore" }).unref(); process.exit(9)',
    ),
    errorType: 'Runtime.ExitError',
    errorMessage: /exit status 9$/,
  },
  {
    desc: 'makes a file larger than its storage',
    source: handler(
      'const fs = require("fs"); process.on("SIGXFSZ", () => {}); try { const f = fs.openSync(process.env.TMPDIR + "/big", "w"); fs.ftruncateSync(f, 600 * 1048576); return "grown" } catch (error) { return error.code }',
    ),
    payload: 'EFBIG',
  },
  {
    desc: 'links its temporary folder to the outside',
    source: handler(
      'const fs = require("fs"); fs.symlinkSync("/", process.env.TMPDIR + "/root"); fs.mkdirSync(process.env.TMPDIR + "/a/b/c", { recursive: true }); return "linked"',
    ),
    payload: 'linked',
  },
  {
    desc: 'answers very deep JSON',
    source: handler('let o = 1; for (let i = 0; i < 5000; i++) o = [o]; return JSON.stringify(o).length'),
    payload: 10_001,
  },
  {
    desc: 'returns a getter that throws',
    source: handler('return { get x() { throw new Error("no look") } }'),
    errorType: 'Error',
    errorMessage: 'Unable to stringify response body',
  },
  {
    desc: 'returns a thenable that never settles',
    source: 'exports.handler = () => ({ then() { setInterval(() => {}, 1000); } });',
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: /timed out/,
  },
  {
    desc: 'returns a thenable whose then throws',
    source: 'exports.handler = () => ({ then() { throw new RangeError("then"); } });',
    errorType: 'RangeError',
    errorMessage: 'then',
  },
  {
    desc: 'calls back twice',
    source: 'exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; cb(null, 1); cb(null, 2); };',
    payload: 1,
  },
  {
    desc: 'replaces the promise',
    source: handler('globalThis.Promise = null; return "fine"'),
    payload: 'fine',
  },
  {
    desc: 'throws an error with a huge message',
    source: handler('throw new Error("m".repeat(3e6))'),
    settings: { MemorySize: 512, Timeout: 30 },
    errorType: 'Error',
    errorMessage: /^m{1000}/,
  },
  {
    desc: 'writes pieces of a stream that it never began',
    source: handler(
      'const f = Buffer.from("\\x06\\0\\0\\0\\x16\\0\\0\\0\\0x", "latin1"); require("fs").writeSync(3, f); return "unheard"',
    ),
    errorType: 'Runtime.ExitError',
    errorMessage: /Runtime exited/,
  },
  {
    desc: 'begins a stream by hand and answers plainly',
    source: handler(
      'const f = Buffer.from("\\x08\\0\\0\\0\\x15\\0\\0\\0\\0a/b", "latin1"); require("fs").writeSync(3, f); return "unheard"',
    ),
    errorType: 'Runtime.ExitError',
    errorMessage: /Runtime exited/,
  },
  {
    desc: 'says that it is ready again and again',
    source: handler(
      'const f = Buffer.from("\\x05\\0\\0\\0\\x10\\0\\0\\0\\0", "latin1"); for (let i = 0; i < 9; i++) require("fs").writeSync(3, f); return "unheard"',
    ),
    errorType: 'Runtime.ExitError',
    errorMessage: /Runtime exited/,
  },
  {
    desc: 'sends a frame in crumbs and never ends it',
    source: handler(
      'require("fs").writeSync(3, Buffer.from([100, 0, 0, 0, 17])); await new Promise((r) => setTimeout(r, 20)); require("fs").writeSync(3, Buffer.from([0])); await new Promise(() => setInterval(() => {}, 1000))',
    ),
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: /timed out/,
  },
  {
    desc: 'becomes another user',
    source: handler('try { process.setuid(12345); return "became" } catch (error) { return error.code }'),
    payload: /^(EPERM|EINVAL|became)$/,
  },
];

describe('hostile', { concurrency: 3 }, () => {
  for (const [index, row] of rows.entries()) test(`a function that ${row.desc}`, { timeout: 30_000 }, () => attempt(row, index));
});

async function attempt(row: Hostile, index: number): Promise<void> {
  const name = `hostile-${index}`;
  // Where time is not what the function is hostile with, it has enough on a slow machine, too.
  await lambda.define(name, row.source, { Timeout: 20, ...row.settings });
  const { payload, error } = await lambda.invoke(name);
  if (row.errorType === undefined) {
    assert.equal(error, undefined, JSON.stringify(payload));
    if (row.payload instanceof RegExp) assert.match(String(payload), row.payload);
    else assert.deepEqual(payload, row.payload);
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
    if (lambda.service.stats().isolation === 'process') return context.skip(lambda.notices.join(' '));
    await lambda.define(`outside-${index}`, row.source);
    assert.deepEqual((await lambda.invoke(`outside-${index}`)).payload, row.payload);
    assert.equal((await lambda.invoke('neighbour')).payload, 'still here');
  });
}

// What only a file system of its own keeps from a function.
const walls: readonly { desc: string; source: string; payload: unknown }[] = [
  {
    desc: 'reads the gateway’s data',
    source: `try { return require("fs").readdirSync(DATA) } catch (error) { return error.code }`,
    payload: 'ENOENT',
  },
  {
    desc: 'looks for homes',
    source: 'return ["/root", "/home", "/mnt", "/srv", "/var/lib"].filter(require("fs").existsSync)',
    payload: [],
  },
  {
    desc: 'reads the password file',
    source: 'try { return require("fs").readFileSync("/etc/shadow", "utf8") } catch (error) { return error.code }',
    payload: 'ENOENT',
  },
  {
    desc: 'writes to the system',
    source: 'try { require("fs").writeFileSync("/usr/bin/x", ""); return "written" } catch (error) { return error.code }',
    payload: 'EROFS',
  },
  {
    desc: 'writes to its code',
    source: 'try { require("fs").writeFileSync("/var/task/x", ""); return "written" } catch (error) { return error.code }',
    payload: 'EROFS',
  },
  {
    desc: 'finds itself where AWS has it',
    source: 'return [__filename, process.cwd(), process.env.LAMBDA_TASK_ROOT, process.env.TMPDIR]',
    payload: ['/var/task/index.js', '/var/task', '/var/task', '/tmp'],
  },
  {
    desc: 'has privileges',
    source: 'return /CapEff:\\t0+\\n/.test(require("fs").readFileSync("/proc/self/status", "utf8"))',
    payload: true,
  },
  {
    desc: 'mounts something',
    source: 'return require("child_process").spawnSync("mount", ["-t", "tmpfs", "none", "/tmp"]).status !== 0',
    payload: true,
  },
  {
    desc: 'climbs out by a link',
    source:
      'const fs = require("fs"); fs.symlinkSync("/root/../root", "/tmp/out"); try { return fs.readdirSync("/tmp/out") } catch (error) { return error.code }',
    payload: 'ENOENT',
  },
  {
    desc: 'sees its neighbours’ temporary files',
    // What the runtime needs may lie below /tmp, and then its folder is there.
    source: 'return require("fs").readdirSync("/tmp").filter((name) => name.startsWith("stagegate-neighbour-"))',
    payload: [],
  },
  {
    desc: 'traces another process',
    source: `try { return require("fs").readFileSync("/proc/${process.pid}/mem") } catch (error) { return error.code }`,
    payload: 'ENOENT',
  },
];
describe('behind the walls', { concurrency: 3 }, () => {
  let neighbour: string;
  before(() => {
    neighbour = mkdtempSync('/tmp/stagegate-neighbour-');
  });
  after(() => rmSync(neighbour, { recursive: true }));

  for (const [index, row] of walls.entries()) {
    test(`a function that ${row.desc}`, async (context) => {
      if (lambda.service.stats().isolation !== 'bwrap')
        return context.skip('bubblewrap does not work here: functions have no walls');
      await lambda.define(`wall-${index}`, handler(row.source.replace('DATA', JSON.stringify(data))));
      assert.deepEqual((await lambda.invoke(`wall-${index}`)).payload, row.payload);
    });
  }
});

test('no zombie is left of all of them', { skip: process.platform !== 'linux' }, () => {
  const zombies = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // Behind the name in brackets: the state, then the parent.
      const [state, parent] = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
      return state === 'Z' && Number(parent) === process.pid;
    } catch {
      return false;
    }
  });
  assert.deepEqual(zombies, []);
});

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
