// External extensions: programs in a layer's folder `extensions` that live beside the function's process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FunctionResult } from '../../data-plane/ports.ts';
import { FunctionLog } from '../function-log.ts';
import type { FunctionVersion } from '../function-version.ts';
import { Interpreters } from '../interpreters.ts';
import { Invocation } from '../invocation.ts';
import { probeIsolation } from '../isolation.ts';
import { defaultLambdaLimits } from '../limits.ts';
import { Pool } from '../pool.ts';

const skip = spawnSync('python3', ['-c', '']).status === 0 ? false : 'python3 is not on the PATH: extensions are not tested';

/** In the command line of its process, which in a sandbox says nothing else of this run. */
const UNIQUE = `my-extension-${process.pid}`;

let root: string;
let pool: Pool;
const lines: string[] = [];
before(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'stagegate-extensions-'));
  const isolation = await probeIsolation('auto');
  pool = new Pool({
    limits: { ...defaultLambdaLimits(), initTimeoutMs: 3000 },
    log: new FunctionLog(1_000_000, ({ functionName, text }) => lines.push(`${functionName}: ${text}`)),
    isolation,
    commands: { own: {}, interpreters: new Interpreters() },
    nodeBinary: process.execPath,
    runtimeFolder: root,
    compileCacheFolder: () => undefined,
    inspect: new Map(),
    endpointUrl: () => undefined,
    readMode: 'data',
    credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
  });
});
after(async () => {
  await pool.close(0);
  rmSync(root, { recursive: true, force: true });
});

/** Says in the log what it hears. `EVENTS` and `AFTER` are replaced. */
const EXTENSION = `#!/usr/bin/python3
import http.client, json, os, sys, time
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
    api.request(method, '/2020-01-01/extension/' + path, body, headers)
    answer = api.getresponse()
    return answer, json.loads(answer.read())
name = os.path.basename(sys.argv[0])
answer, body = call('POST', 'register', json.dumps({'events': EVENTS}), {'Lambda-Extension-Name': name, 'Lambda-Extension-Accept-Feature': 'accountId'})
print('registered', answer.status, json.dumps(body, sort_keys=True), '_HANDLER' in os.environ, flush=True)
me = {'Lambda-Extension-Identifier': answer.headers['Lambda-Extension-Identifier']}
while True:
    AFTER
    answer, event = call('GET', 'event/next', headers=me)
    print('event', event['eventType'], event.get('requestId'), event.get('shutdownReason'), event['deadlineMs'] > time.time() * 1000, flush=True)
    if event['eventType'] == 'SHUTDOWN':
        open(os.environ['TMPDIR'] + '/goodbye', 'w').close()
        break
`;

function define(
  name: string,
  extensions: Readonly<Record<string, string>>,
  runtime: string,
  files: Readonly<Record<string, string>>,
) {
  const folder = path.join(root, name);
  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
    chmodSync(path.join(folder, file), 0o755);
  };
  for (const [file, text] of Object.entries(files)) put(`code/${file}`, text);
  for (const [file, text] of Object.entries(extensions)) put(`layer/extensions/${file}`, text);
  return {
    scope: { account: '000000000000', region: 'us-east-1' },
    functionName: name,
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    versionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    version: '$LATEST',
    runtime,
    roleArn: 'arn',
    runtimeVersionArn: 'arn',
    handler: 'index.handler',
    memoryMb: 256,
    timeoutMs: 3000,
    ephemeralStorageMb: 512,
    environment: {},
    logFormat: 'Text',
    applicationLogLevel: undefined,
    systemLogLevel: undefined,
    logGroup: `/aws/lambda/${name}`,
    codeFolder: path.join(folder, 'code'),
    layerFolders: [path.join(folder, 'layer')],
    codeKind: 'zip',
    codeKey: name,
  } satisfies FunctionVersion;
}

function invoke(version: FunctionVersion, requestId: string): Promise<FunctionResult> {
  return new Promise((resolve) => {
    const invocation = new Invocation({ requestId, event: '{}', traceId: '', receiver: { onFunctionResult: resolve } });
    assert.equal(pool.invoke(version, invocation), undefined);
  });
}

const said = (name: string): string =>
  lines
    .filter((line) => line.startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2))
    .join('\n');
const NODE = { 'index.js': 'exports.handler = async () => process.env.AWS_LAMBDA_RUNTIME_API !== undefined;' };
const listener = (events: string, after = 'pass'): string => EXTENSION.replace('EVENTS', events).replace('AFTER', after);

describe('an external extension', { skip }, () => {
  for (const [kind, runtime, files] of [
    ['framed', 'nodejs22.x', NODE],
    [
      'Runtime API',
      'provided.al2023',
      {
        bootstrap: `#!/usr/bin/python3
import http.client, os
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
while True:
    api.request('GET', '/2018-06-01/runtime/invocation/next'); answer = api.getresponse(); answer.read()
    api.request('POST', '/2018-06-01/runtime/invocation/%s/response' % answer.headers['Lambda-Runtime-Aws-Request-Id'], 'true'); api.getresponse().read()
`,
      },
    ],
  ] as const) {
    test(`hears of every invocation and of the end: ${kind}`, async () => {
      const name = `hears-${kind.replace(' ', '-')}`;
      const version = define(name, { [UNIQUE]: listener('["INVOKE", "SHUTDOWN"]') }, runtime, files);
      assert.deepEqual(await invoke(version, 'one'), { kind: 'returned', payload: 'true' });
      assert.deepEqual(await invoke(version, 'two'), { kind: 'returned', payload: 'true' });
      pool.retire(version.versionArn);
      await until(
        () => said(name).includes('SHUTDOWN'),
        () => said(name),
      );
      const heard = said(name);
      assert.match(
        heard,
        new RegExp(
          `registered 200 \\{"accountId": "000000000000", "functionName": "${name}", "functionVersion": "\\$LATEST", "handler": "index\\.handler"\\} False`,
        ),
      );
      assert.match(heard, /event INVOKE one None True[\s\S]*event INVOKE two None True[\s\S]*event SHUTDOWN None spindown True/);
    });
  }

  test('that crashes before it registers fails the start', async () => {
    const version = define('crashes', { bad: '#!/bin/sh\nexit 3\n' }, 'nodejs22.x', NODE);
    const result = await invoke(version, 'one');
    assert.equal(result.kind, 'functionError');
    assert.match(result.kind === 'functionError' ? result.payload : '', /"errorType":"Extension\.Crash".*bad: exit status 3/);
  });

  test('that never registers is not waited for longer than a start may take', async () => {
    const version = define('silent', { silent: '#!/bin/sh\nsleep 30\n' }, 'nodejs22.x', NODE);
    const result = await invoke(version, 'one');
    assert.match(result.kind === 'functionError' ? result.payload : '', /Sandbox\.Timedout/);
  });

  test('keeps the environment, not the caller, while it works', async () => {
    const version = define('works', { slow: listener('["INVOKE"]', 'time.sleep(0.4)') }, 'nodejs22.x', NODE);
    const before = pool.stats().coldStarts;
    await invoke(version, 'one');
    // The caller has its answer and the extension still works: the next event needs another environment.
    await invoke(version, 'two');
    assert.equal(pool.stats().coldStarts - before, 2);
    await until(
      () => said('works').includes('event INVOKE two'),
      () => said('works'),
    );
    assert.match(said('works'), /event INVOKE one/);
  });

  test('gets the telemetry it subscribed to', async () => {
    const subscriber = listener('["INVOKE"]').replace(
      'while True:',
      `import http.server, threading
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for event in json.loads(self.rfile.read(int(self.headers['Content-Length']))):
            if event['type'] != 'extension': print('told', event['type'], json.dumps(event['record'], sort_keys=True), flush=True)
        self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
def subscribe(uri):
    api.request('PUT', '/2022-07-01/telemetry', json.dumps({'schemaVersion': '2022-12-13', 'types': ['platform', 'function'], 'buffering': {'timeoutMs': 25}, 'destination': {'protocol': 'HTTP', 'URI': uri}}), me)
    answer = api.getresponse()
    print('subscribed', answer.status, answer.read().decode().strip(), flush=True)
subscribe('http://169.254.169.254:80/')
subscribe('http://sandbox.localdomain:%d/in' % server.server_port)
while True:`,
    );
    const version = define('subscribes', { subscriber }, 'nodejs22.x', {
      'index.js': 'exports.handler = async () => { process.stdout.write("printed by it\\n"); };',
    });
    await invoke(version, 'one');
    await until(
      () => said('subscribes').includes('platform.report') || /told platform.report .*billedDurationMs/.test(said('subscribes')),
      () => said('subscribes'),
    );
    const heard = said('subscribes');
    assert.match(heard, /subscribed 400 .*ValidationError[\s\S]*subscribed 200 "OK"/);
    assert.match(heard, /told platform.initStart .*"initializationType": "on-demand"/);
    assert.match(heard, /told platform\.start \{"requestId": "one", "version": "\$LATEST"\}/);
    assert.match(heard, /told function "printed by it"/);
    assert.match(
      heard,
      /told platform\.runtimeDone \{"metrics": \{"durationMs": [\d.]+\}, "requestId": "one", "status": "success"\}/,
    );
  });

  test('may not register with an event that there is not', async () => {
    const version = define(
      'asks',
      { odd: listener('["INVOKE", "WEEKEND"]').replaceAll("answer.headers['Lambda-Extension-Identifier']", "''") },
      'nodejs22.x',
      NODE,
    );
    await invoke(version, 'one');
    assert.match(
      said('asks'),
      /registered 400 \{"errorMessage": "Event WEEKEND is not supported", "errorType": "Extension\.InvalidEventType"\}/,
    );
  });

  test('leaves no process behind', async () => {
    await pool.close(0);
    // Each of ours is named by the folder it is bound from or by this run's own extension.
    const left = (): readonly string[] => {
      const commands = spawnSync('ps', ['-eo', 'args']).stdout.toString().split('\n');
      return commands.filter((command) => command.includes(root) || command.endsWith(`/extensions/${UNIQUE}`));
    };
    await until(
      () => left().length === 0,
      () => left().join('\n').slice(0, 2000),
    );
    assert.equal(pool.stats().environments, 0);
  });
});

async function until(holds: () => boolean, explain: () => string): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, explain());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
