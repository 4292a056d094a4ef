// Python functions: what a handler is given, what it may return, and AWS's words for everything that can go wrong.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { ACCOUNT, REGION, type StartedLambda, startLambda } from './testing/started-lambda.ts';

const found = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
const here = found.status === 0 ? found.stdout.toString().trim() : undefined;
const skip = here === undefined ? 'python3 is not on the PATH: Python functions are not tested' : false;

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

type Files = string | Readonly<Record<string, string>>;

async function define(name: string, files: Files, settings: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
  await lambda.define(name, typeof files === 'string' ? { 'index.py': files } : files, {
    Runtime: `python${here}` as 'python3.12',
    ...settings,
  });
}

interface Answering {
  readonly desc: string;
  readonly files: Files;
  readonly event?: unknown;
  readonly settings?: Partial<CreateFunctionCommandInput>;
  readonly payload: unknown;
}

const answering: readonly Answering[] = [
  {
    desc: 'the event',
    files: 'def handler(event, context): return event',
    event: { a: ['ü', 1.5, null] },
    payload: { a: ['ü', 1.5, null] },
  },
  { desc: 'nothing', files: 'def handler(event, context): pass', payload: null },
  { desc: 'text beyond ASCII', files: 'def handler(e, c): return "→😀\\u2028"', payload: '→😀\u2028' },
  {
    desc: 'a Decimal',
    files: 'from decimal import Decimal\ndef handler(e, c): return {"n": Decimal("1.5")}',
    payload: { n: 1.5 },
  },
  {
    desc: 'a handler in a package',
    files: {
      'pkg/__init__.py': '',
      'pkg/deep/mod.py': 'from pkg.deep import other\ndef run(e, c): return other.X',
      'pkg/deep/other.py': 'X = 5',
    },
    settings: { Handler: 'pkg/deep/mod.run' },
    payload: 5,
  },
  { desc: 'a handler with dots', files: { 'a/b.py': 'def run(e, c): return 1' }, settings: { Handler: 'a.b.run' }, payload: 1 },
  { desc: 'a callable object', files: 'class H:\n  def __call__(self, e, c): return "obj"\nhandler = H()', payload: 'obj' },
  {
    desc: 'its context',
    files: `def handler(e, c):
  return [c.function_name, c.function_version, c.memory_limit_in_mb, c.invoked_function_arn, c.log_group_name,
    len(c.aws_request_id), 2000 < c.get_remaining_time_in_millis() <= 3000, c.client_context, c.identity.cognito_identity_id,
    type(c).__name__, bool(c.log_stream_name)]`,
    payload: [
      'py-its-context',
      '$LATEST',
      '128',
      `arn:aws:lambda:${REGION}:${ACCOUNT}:function:py-its-context`,
      '/aws/lambda/py-its-context',
      36,
      true,
      null,
      null,
      'LambdaContext',
      true,
    ],
  },
  {
    desc: 'its environment',
    files:
      'import os, sys\ndef handler(e, c): return [os.environ["MY"], os.environ["_HANDLER"], os.getcwd() == os.environ["LAMBDA_TASK_ROOT"] == sys.path[0], os.environ["AWS_ENDPOINT_URL"]]',
    settings: { Environment: { Variables: { MY: "it's" } } },
    payload: ["it's", 'index.handler', true, 'http://127.0.0.1:4566'],
  },
  {
    desc: 'a large answer',
    files: 'def handler(e, c): return e["t"]',
    event: { t: 'a'.repeat(3_000_000) },
    payload: 'a'.repeat(3_000_000),
    settings: { MemorySize: 512 },
  },
  {
    desc: 'what PYTHONPATH adds',
    files: { 'index.py': 'import far\ndef handler(e, c): return far.X', 'lib/far.py': 'X = 9' },
    settings: { Environment: { Variables: { PYTHONPATH: 'lib' } } },
    payload: 9,
  },
  {
    desc: 'threads and processes of its own',
    files:
      'import subprocess, threading\ndef handler(e, c):\n  t = threading.Thread(target=lambda: None); t.start(); t.join()\n  return subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout',
    payload: 'hi\n',
  },
];

describe('a Python handler answers with', { skip, concurrency: 2 }, () => {
  for (const row of answering) {
    test(row.desc, async () => {
      const name = `py-${row.desc.replaceAll(/[^a-z]+/gi, '-')}`;
      await define(name, row.files, row.settings);
      const { payload, error } = await lambda.invoke(name, row.event ?? {});
      assert.equal(error, undefined, JSON.stringify(payload));
      assert.deepEqual(payload, row.payload);
    });
  }

  test('a client context', async () => {
    await define(
      'py-client',
      'def handler(e, c): return [c.client_context.custom, c.client_context.env, c.client_context.client.app_title]',
    );
    const ClientContext = Buffer.from('{"custom":{"k":"v"},"env":{"e":1},"client":{"app_title":"T"}}').toString('base64');
    assert.deepEqual((await lambda.invoke('py-client', {}, { ClientContext })).payload, [{ k: 'v' }, { e: 1 }, 'T']);
  });

  test('what it remembered, in the same process', async () => {
    await define('py-warm', 'n = 0\ndef handler(e, c):\n  global n\n  n += 1\n  return n');
    assert.deepEqual([(await lambda.invoke('py-warm')).payload, (await lambda.invoke('py-warm')).payload], [1, 2]);
  });

  test('text beyond ASCII as its version of the runtime writes it', async () => {
    for (const [Runtime, raw] of [
      ['python3.11', '"\\u00fc"'],
      ['python3.12', '"ü"'],
    ] as const) {
      await define(`py-ascii-${Runtime.slice(-2)}`, 'def handler(e, c): return "ü"', { Runtime });
      const { response } = await lambda.invoke(`py-ascii-${Runtime.slice(-2)}`);
      assert.equal(Buffer.from(response.Payload ?? []).toString(), raw);
    }
  });
});

interface Failing {
  readonly desc: string;
  readonly files: Files;
  readonly settings?: Partial<CreateFunctionCommandInput>;
  readonly errorType: string;
  readonly errorMessage: string | RegExp;
  readonly stackTrace?: readonly RegExp[];
  readonly logs?: RegExp;
}

const failing: readonly Failing[] = [
  {
    desc: 'raises',
    files: 'def deeper():\n  raise ValueError("no good")\n\ndef handler(event, context):\n  deeper()\n',
    errorType: 'ValueError',
    errorMessage: 'no good',
    stackTrace: [
      /^ {2}File ".*\/index\.py", line 5, in handler\n {4}deeper\(\)\n$/,
      /^ {2}File ".*\/index\.py", line 2, in deeper\n {4}raise ValueError\("no good"\)\n$/,
    ],
    logs: /^\[ERROR\] ValueError: no good\nTraceback \(most recent call last\):\n\u00a0\u00a0File ".*index\.py", line 5, in handler\n\u00a0\u00a0\u00a0\u00a0deeper\(\)/m,
  },
  {
    desc: 'raises without words',
    files: 'def handler(e, c): raise KeyError()',
    errorType: 'KeyError',
    errorMessage: '',
    logs: /^\[ERROR\] KeyError\nTraceback/m,
  },
  {
    desc: 'raises what cannot be shown',
    files: 'class E(Exception):\n  def __str__(self): raise 1\ndef handler(e, c): raise E()',
    errorType: 'E',
    errorMessage: /unprintable/,
  },
  {
    desc: 'returns a set',
    files: 'def handler(e, c): return {1}',
    errorType: 'Runtime.MarshalError',
    errorMessage: 'Unable to marshal response: Object of type set is not JSON serializable',
    stackTrace: [],
  },
  {
    desc: 'returns bytes',
    files: 'def handler(e, c): return b"x"',
    errorType: 'Runtime.MarshalError',
    errorMessage: 'Unable to marshal response: Object of type bytes is not JSON serializable',
  },
  {
    desc: 'returns a circle',
    files: 'def handler(e, c):\n  a = []\n  a.append(a)\n  return a',
    errorType: 'Runtime.MarshalError',
    errorMessage: 'Unable to marshal response: Circular reference detected',
  },
  {
    desc: 'returns too much',
    files: 'def handler(e, c): return "x" * 7000000',
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: /6291556/,
    settings: { MemorySize: 512 },
  },
  {
    desc: 'recurses for ever',
    files: 'def handler(e, c): return handler(e, c)',
    errorType: 'RecursionError',
    errorMessage: /maximum recursion depth/,
  },
  {
    desc: 'has no such module',
    files: { 'other.py': '' },
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Unable to import module 'index': No module named 'index'",
    stackTrace: [],
    logs: /^\[ERROR\] Runtime\.ImportModuleError: Unable to import module 'index'/m,
  },
  {
    desc: 'imports what is not there',
    files: 'import nowhere',
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Unable to import module 'index': No module named 'nowhere'",
  },
  {
    desc: 'is no Python',
    files: 'def handler(',
    errorType: 'Runtime.UserCodeSyntaxError',
    errorMessage: /^Syntax error in module 'index': '\(' was never closed \(index\.py, line 1\)$|^Syntax error in module 'index'/,
    stackTrace: [/^ {2}File ".*index\.py" Line 1\n {4}def handler\(/],
  },
  {
    desc: 'has no handler',
    files: 'x = 1',
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: "Handler 'handler' missing on module 'index'",
  },
  {
    desc: 'has a handler name without a dot',
    files: 'x = 1',
    settings: { Handler: 'index' },
    errorType: 'Runtime.MalformedHandlerName',
    errorMessage: "Bad handler 'index': not enough values to unpack (expected 2, got 1)",
  },
  {
    desc: 'is named like a built-in module',
    files: { 'time.py': '' },
    settings: { Handler: 'time.sleep' },
    errorType: 'Runtime.BuiltInModuleConflict',
    errorMessage: 'Cannot use built-in module time as a handler module',
  },
  {
    desc: 'raises while it is loaded',
    files: 'raise RuntimeError("bad start")',
    errorType: 'RuntimeError',
    errorMessage: 'bad start',
    logs: /INIT_REPORT.*Status: error/,
  },
  {
    desc: 'exits',
    files: 'import sys\ndef handler(e, c): sys.exit(3)',
    errorType: 'Runtime.ExitError',
    errorMessage: /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/,
  },
  {
    desc: 'exits with 0',
    files: 'def handler(e, c): exit()',
    errorType: 'Runtime.ExitError',
    errorMessage: /without providing a reason$/,
  },
  {
    desc: 'ends by a segmentation fault',
    files: 'import os, signal\ndef handler(e, c): os.kill(os.getpid(), signal.SIGSEGV)',
    errorType: 'Runtime.ExitError',
    errorMessage: /signal: segmentation fault$/,
  },
  {
    desc: 'never ends',
    files: 'def handler(e, c):\n  while True: pass',
    settings: { Timeout: 1 },
    errorType: 'Sandbox.Timedout',
    errorMessage: /timed out after 1\.00 seconds/,
  },
  {
    desc: 'fills its memory',
    files: 'def handler(e, c):\n  a = []\n  while True: a.append(b"x" * 1000000)',
    settings: { Timeout: 30 },
    errorType: '(Runtime.OutOfMemory|MemoryError)',
    errorMessage: /./,
  },
];

describe('a Python function that', { skip, concurrency: 2 }, () => {
  for (const [index, row] of failing.entries()) {
    test(row.desc, async () => {
      const name = `py-fails-${index}`;
      await define(name, row.files, row.settings);
      const { payload, error } = await lambda.invoke(name);
      assert.equal(error, 'Unhandled', JSON.stringify(payload));
      const given = payload as { errorType: string; errorMessage: string; stackTrace?: string[]; requestId?: string };
      assert.match(given.errorType, new RegExp(`^${row.errorType}$`));
      if (typeof row.errorMessage === 'string') assert.equal(given.errorMessage, row.errorMessage);
      else assert.match(given.errorMessage, row.errorMessage);
      if (row.stackTrace !== undefined) {
        assert.equal(given.stackTrace?.length, row.stackTrace.length, JSON.stringify(given.stackTrace));
        for (const [at, pattern] of row.stackTrace.entries()) assert.match(given.stackTrace?.[at] ?? '', pattern);
        assert.equal(typeof given.requestId, 'string');
      }
      const { logs } = row;
      if (logs !== undefined)
        await until(
          () => logs.test(logOf(name)),
          () => logOf(name),
        );
    });
  }
});

describe('what a Python function prints', { skip }, () => {
  test('is in the log of its invocation, logging with its request id', async () => {
    await define(
      'py-log',
      `import logging
logger = logging.getLogger("mine")
def handler(e, c):
  print("printed")
  print("a", "b", end="")
  logger.warning("careful\\nsecond line")
  logger.info("too quiet for the root logger's level")
  logger.error("wrong %s", 1)
  return c.aws_request_id`,
    );
    const { log, payload } = await lambda.invoke('py-log', {}, { LogType: 'Tail' });
    const lines = (log ?? '').split('\n');
    assert.ok(lines.includes('printed'), log ?? '');
    assert.match(
      log ?? '',
      new RegExp(
        `^a b\\[WARNING\\]\\t\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,3}Z\\t${payload}\\tcareful\\nsecond line$`,
        'm',
      ),
    );
    assert.match(log ?? '', new RegExp(`^\\[ERROR\\]\\t\\S+Z\\t${payload}\\twrong 1$`, 'm'));
    assert.ok(!log?.includes('too quiet'));
  });

  test('is JSON when the function asks for it', async () => {
    await define('py-json', 'import logging\ndef handler(e, c): logging.getLogger().info("hello", extra={"k": 1})', {
      LoggingConfig: { LogFormat: 'JSON' },
    });
    await lambda.invoke('py-json');
    await until(
      () => logOf('py-json').includes('hello'),
      () => logOf('py-json'),
    );
    const line = lambda.service.logs('py-json').find(({ text }) => text.includes('hello'))?.text ?? '';
    const { timestamp, requestId, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(String(requestId), /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, { level: 'INFO', message: 'hello', logger: 'root', k: 1 });
  });

  test('does not hold anybody up', async () => {
    await define('py-flood', 'def handler(e, c):\n  for i in range(300): print("y" * 100000)\n  return "printed"', {
      Timeout: 30,
    });
    assert.equal((await lambda.invoke('py-flood')).payload, 'printed');
  });
});

test('another version than the one at hand is said once', { skip }, async () => {
  const other = here === '3.8' ? 'python3.9' : 'python3.8';
  if (spawnSync(other as string, ['-c', '']).status === 0) return;
  await define('py-other', 'def handler(e, c): return 1', { Runtime: other as 'python3.8' });
  assert.equal((await lambda.invoke('py-other')).payload, 1);
  assert.equal(
    lambda.notices.filter((text) => text.startsWith(`Functions for ${other} run on the Python at hand, ${here}`)).length,
    1,
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
