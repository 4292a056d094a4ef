// The Runtime API as programs of any kind use it: shell scripts with curl, C, and Python's http.client.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { ACCOUNT, REGION, type StartedLambda, startLambda } from '../testing/started-lambda.ts';
import { writeZip } from '../testing/zip-writer.ts';

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
const withCurl = has('curl') ? {} : { skip: 'curl is not installed: shell bootstraps are not tested' };
const withC = has('cc') ? {} : { skip: 'no C compiler: a compiled bootstrap is not tested' };

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda({ limits: { initTimeoutMs: 5000 } });
});
after(async () => {
  await lambda.close();
});

async function define(
  name: string,
  bootstrap: string | Buffer | undefined,
  settings: Partial<CreateFunctionCommandInput> = {},
  mode = 0o755,
): Promise<void> {
  const files = [
    { name: 'readme.txt', data: 'x' },
    ...(bootstrap === undefined ? [] : [{ name: 'bootstrap', data: bootstrap, mode }]),
  ];
  await lambda.call('CreateFunction', {
    FunctionName: name,
    Role: 'arn:aws:iam::000000000000:role/lambda-role',
    Runtime: 'provided.al2023',
    Handler: 'any.thing',
    Code: { ZipFile: writeZip(files) },
    ...settings,
  });
}

const SHELL = `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
heads="$TMPDIR/heads"
next() { body=$(curl -sS -D "$heads" "$api/invocation/next"); id=$(field lambda-runtime-aws-request-id); }
field() { tr -d '\\r' < "$heads" | sed -n "s/^$1: //Ip"; }
post() { curl -sS -o "$TMPDIR/answer" -w '%{http_code}' -X POST "$@"; }
`;

describe('a shell script with curl', withCurl, () => {
  test('answers events one after the other in one process', async () => {
    await define(
      'echo',
      `${SHELL}n=0\nwhile :; do next; n=$((n+1)); post "$api/invocation/$id/response" -d "[$n,$body]" >/dev/null; done`,
    );
    assert.deepEqual((await lambda.invoke('echo', { a: 'ü' })).payload, [1, { a: 'ü' }]);
    assert.deepEqual((await lambda.invoke('echo', { b: 2 })).payload, [2, { b: 2 }]);
  });

  test('is given every header AWS gives', async () => {
    await define(
      'headers',
      `${SHELL}while :; do next; echo "noted $id"; tr -d '\\r' < "$heads" > "$TMPDIR/h"; post "$api/invocation/$id/response" --data-binary @"$TMPDIR/h" >/dev/null; done`,
    );
    const response = await lambda.call('Invoke', {
      FunctionName: 'headers',
      LogType: 'Tail',
      ClientContext: Buffer.from('{"custom":{"k":"v"}}').toString('base64'),
    });
    const text = Buffer.from(response.Payload ?? []).toString();
    assert.match(text, /^HTTP\/1\.1 200 OK$/m);
    assert.match(text, /^Content-Type: application\/json$/m);
    assert.match(text, /^Lambda-Runtime-Aws-Request-Id: [0-9a-f-]{36}$/m);
    assert.match(text, /^Lambda-Runtime-Deadline-Ms: \d{13}$/m);
    assert.match(
      text,
      new RegExp(`^Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:${REGION}:${ACCOUNT}:function:headers$`, 'm'),
    );
    assert.match(text, /^Lambda-Runtime-Client-Context: \{"custom":\{"k":"v"\}\}$/m);
    const log = Buffer.from(response.LogResult ?? '', 'base64').toString();
    assert.match(log, /START RequestId[^\n]*\nnoted [0-9a-f-]{36}\nEND[\s\S]*Max Memory Used: [1-9]/);
  });

  test('refuses a wrong id with 400, a second answer with 400 or 403, a large one with 413, an unknown path with 404', async () => {
    await define(
      'codes',
      `${SHELL}while :; do next
a=$(post "$api/invocation/not-this-one/response" -d 1); aa=$(cat "$TMPDIR/answer")
b=$(curl -sS -o /dev/null -w '%{http_code}' "$api/invocation/next")
c=$(curl -sS -o /dev/null -w '%{http_code}' "$api/nowhere")
d=$(post "$api/init/error" -d 1)
e=$(curl -sS -o /dev/null -w '%{http_code}' "$api/invocation/$id/response")
post "$api/invocation/$id/response" -d "{\\"codes\\":\\"$a $b $c $d $e\\",\\"body\\":$aa}" > "$TMPDIR/ok"
echo "accepted $(cat "$TMPDIR/ok") $(cat "$TMPDIR/answer")"
echo "again $(post "$api/invocation/$id/response" -d 1)"; done`,
    );
    const { payload } = await lambda.invoke('codes');
    assert.deepEqual(payload, {
      codes: '400 403 404 403 405',
      body: { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' },
    });
    await until(
      () => /accepted 202 \{"status":"OK"\}[\s\S]*again 403/.test(logOf('codes')),
      () => logOf('codes'),
    );
  });

  test('that answers too much gets 413 and the caller Function.ResponseSizeTooLarge', async () => {
    await define(
      'large',
      `${SHELL}head -c 7000000 /dev/zero | tr '\\0' x > "$TMPDIR/large"
while :; do next; echo "code $(post "$api/invocation/$id/response" -H 'Expect:' --data-binary @"$TMPDIR/large") $(cat "$TMPDIR/answer")"; done`,
    );
    const { error, payload } = await lambda.invoke('large');
    assert.equal(error, 'Unhandled');
    assert.deepEqual(payload, {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    await until(
      () => /code 413 .*RequestEntityTooLarge/.test(logOf('large')),
      () => logOf('large'),
    );
  });

  test('reports an error of the function and goes on', async () => {
    await define(
      'fails',
      `${SHELL}while :; do next; post "$api/invocation/$id/error" -H 'Lambda-Runtime-Function-Error-Type: Runtime.Oops' -d '{"errorType":"Runtime.Oops","errorMessage":"no","stackTrace":["a"]}' >/dev/null; done`,
    );
    for (let turn = 0; turn < 2; turn++) {
      const { error, payload } = await lambda.invoke('fails');
      assert.equal(error, 'Unhandled');
      assert.deepEqual(payload, { errorType: 'Runtime.Oops', errorMessage: 'no', stackTrace: ['a'] });
    }
    await until(
      () => /Status: error\tError Type: Runtime\.Oops/.test(logOf('fails')),
      () => logOf('fails'),
    );
  });

  test('reports that it cannot start', async () => {
    await define(
      'init',
      `${SHELL}post "$api/init/error" -d '{"errorType":"Runtime.NoConfig","errorMessage":"no config"}'; exit 1`,
    );
    const { error, payload } = await lambda.invoke('init');
    assert.equal(error, 'Unhandled');
    assert.deepEqual(payload, { errorType: 'Runtime.NoConfig', errorMessage: 'no config' });
  });

  test('ends after its answer: the next event goes to another process', async () => {
    await define('once', `${SHELL}next; post "$api/invocation/$id/response" -d "$$" >/dev/null`);
    for (let turn = 0; turn < 3; turn++) assert.equal((await lambda.invoke('once')).error, undefined);
  });

  test('is cut off at its timeout', async () => {
    await define('slow', `${SHELL}next; sleep 20`, { Timeout: 1 });
    const { payload } = await lambda.invoke('slow');
    assert.equal((payload as { errorType: string }).errorType, 'Sandbox.Timedout');
  });

  test('answers in pieces, gathered for who invokes it plainly', async () => {
    await define(
      'pieces',
      `${SHELL}while :; do next; (echo '"a'; sleep 0.1; echo 'b"') | tr -d '\\n' | post "$api/invocation/$id/response" -H 'Lambda-Runtime-Function-Response-Mode: streaming' -H 'Transfer-Encoding: chunked' -H 'Expect:' -T - >/dev/null; done`,
    );
    assert.equal((await lambda.invoke('pieces')).payload, 'ab');
    assert.equal((await lambda.invoke('pieces')).payload, 'ab');
  });

  test('lets nobody but its own processes connect', { skip: process.platform !== 'linux' }, async () => {
    await define(
      'private',
      `${SHELL}while :; do next; post "$api/invocation/$id/response" -d "\\"$AWS_LAMBDA_RUNTIME_API\\"" >/dev/null; done`,
    );
    const [host, port] = ((await lambda.invoke('private')).payload as string).split(':');
    const heard = await new Promise<string>((resolve) => {
      const socket = net.connect(Number(port), host as string);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
      socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n');
    });
    assert.equal(heard, '');
    assert.equal((await lambda.invoke('private')).payload, `${host}:${port}`);
  });
});

const broken: readonly { desc: string; bootstrap: string | undefined; mode?: number; errorType: string; message: RegExp }[] = [
  {
    desc: 'is missing',
    bootstrap: undefined,
    errorType: 'Runtime.InvalidEntrypoint',
    message: /^RequestId: [0-9a-f-]{36} Error: Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]$/,
  },
  {
    desc: 'may not be executed',
    bootstrap: '#!/bin/sh\n',
    mode: 0o644,
    errorType: 'Runtime.InvalidEntrypoint',
    message: /^RequestId: [0-9a-f-]{36} Error: fork\/exec \/var\/task\/bootstrap: permission denied$/,
  },
  {
    desc: 'ends at once',
    bootstrap: '#!/bin/sh\nexit 5\n',
    errorType: 'Runtime.ExitError',
    message: /exit status 5$/,
  },
  {
    desc: 'needs an interpreter that is not there',
    bootstrap: '#!/nowhere/sh\n',
    errorType: 'Runtime.(InvalidEntrypoint|ExitError)',
    message: /./,
  },
];
describe('a bootstrap that', () => {
  for (const [index, row] of broken.entries()) {
    test(row.desc, async () => {
      await define(`broken-${index}`, row.bootstrap, {}, row.mode);
      const { error, payload } = await lambda.invoke(`broken-${index}`);
      assert.equal(error, 'Unhandled');
      const given = payload as { errorType: string; errorMessage: string };
      assert.match(given.errorType, new RegExp(`^${row.errorType}$`));
      assert.match(given.errorMessage, row.message);
    });
  }
});

test('a compiled program', withC, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-c-'));
  try {
    const source = path.join(import.meta.dirname, 'testdata/bootstrap.c');
    execFileSync('cc', ['-O1', '-o', path.join(folder, 'bootstrap'), source]);
    await define('compiled', readFileSync(path.join(folder, 'bootstrap')));
    assert.deepEqual((await lambda.invoke('compiled', { n: 1 })).payload, { n: 1 });
    assert.deepEqual((await lambda.invoke('compiled', { n: 2 })).payload, { n: 2 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a command of the user’s own runs a runtime that is not here', withCurl, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-own-'));
  const own = await startLambda({
    runtimes: {
      java21: [
        '/bin/sh',
        '-c',
        `${SHELL}while :; do next; post "$api/invocation/$id/response" -d "\\"$_HANDLER\\"" >/dev/null; done`,
      ],
    },
  });
  try {
    await own.define('java', 'x', { Runtime: 'java21', Handler: 'com.example.Main::handle' });
    assert.equal((await own.invoke('java')).payload, 'com.example.Main::handle');
    await assert.rejects(own.define('net', 'x', { Runtime: 'dotnet8' }), {
      message: /^Stagegate does not run dotnet8 functions by itself\. Name a command/,
    });
  } finally {
    await own.close();
    rmSync(folder, { recursive: true });
  }
});

function logOf(name: string): string {
  return lambda.service
    .logs(name)
    .map(({ text }) => text)
    .join('\n');
}

async function until(holds: () => boolean, explain: () => string): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, explain());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
