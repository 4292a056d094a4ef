import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ExchangeRecord } from '../model/exchange-record.ts';
import { runCommand } from './testing/run-command.ts';

const run = (
  args: readonly string[],
  { cwd, environment = {}, stdin = '' }: { cwd?: string; environment?: Record<string, string>; stdin?: string } = {},
) => runCommand(args, [stdin], { environment, ...(cwd === undefined ? {} : { workingDirectory: cwd }) });

const record: ExchangeRecord = {
  requestId: 'Abc123=',
  apiId: 'a1b2c3d4e5',
  apiKind: 'http-api',
  stage: '$default',
  deploymentId: 'd1',
  at: 1_700_000_000_000,
  method: 'GET',
  path: '/orders/17\u001b[2J',
  routeKey: '',
  status: 404,
  totalUs: 3210,
  refusedAt: 'route',
  reason: 'no route matches GET /orders/17',
  sourceIp: '127.0.0.1',
  bytesIn: 10,
  bytesOut: 20,
  level: 2,
  steps: [
    { stage: 'route', startUs: 0, durationUs: 12, outcome: 'refused', finding: { refused: 'NOT_FOUND', reason: 'no route' } },
    { stage: 'throttle', startUs: 12, durationUs: 1, outcome: 'passed', finding: { slot: 4, rateLimit: 10, burstLimit: 5 } },
  ],
  request: { headers: [['Host', 'x']], body: '{"a":1}', bodyEncoding: 'utf8', bodyBytes: 7 },
};

/** The folder that the stubbed system says it runs for. */
const serviceFolder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-service-'));

/** A control listener that answers what these tests ask for; unknown paths are 404. */
function controlListener(): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const json = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(value));
    };
    if (pathname === '/_stagegate/health') json(200, { pid: process.pid, project: path.join(serviceFolder, '.stagegate') });
    else if (pathname === '/_stagegate/requests' && searchParams.get('follow') === '1') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(`${JSON.stringify(record)}\n${JSON.stringify({ ...record, status: 200, reason: undefined })}\n`);
    } else if (pathname === '/_stagegate/requests') json(200, { requests: [record] });
    else if (pathname === `/_stagegate/requests/${encodeURIComponent(record.requestId)}`) json(200, record);
    else if (pathname === '/_stagegate/logs') {
      const functionName = searchParams.get('function') ?? 'svc-dev-hello';
      const lines = [
        { at: 1, functionName, stream: 'platform', text: 'START RequestId: 1' },
        { at: 1, functionName, stream: 'stdout', text: 'hello\u0007\rmore' },
      ];
      json(200, { lines });
    } else if (pathname === '/_stagegate/explain') {
      json(200, [
        {
          considered:
            searchParams.get('path') === '/many'
              ? Array.from({ length: 20 }, (_, index) => ({
                  routeKey: `GET /r${index}`,
                  outcome: index === 7 ? 'other method' : 'other path',
                  why: 'because',
                }))
              : undefined,
          apiId: 'a',
          apiName: 'n',
          stageName: '$default',
          method: searchParams.get('method'),
          path: searchParams.get('path'),
          refusal: { refused: 'x', reason: 'No route.' },
        },
      ]);
    } else if (pathname.startsWith('/2015-03-31/functions/svc-dev-hello/')) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const event = JSON.parse(Buffer.concat(chunks).toString()) as { fail?: boolean };
        const log = { 'x-amz-log-result': Buffer.from('START\na line\n').toString('base64') };
        if (event.fail) json(200, { errorMessage: 'broken' }, { ...log, 'x-amz-function-error': 'Unhandled' });
        else json(200, { event, signed: request.headers.authorization?.split('/')[0] }, log);
      });
    } else json(404, { message: 'No such request is kept (the last 2,000 are).' });
  });
}

describe('the command line', () => {
  test('without a command it shows what there is', async () => {
    const { code, out } = await run([]);
    assert.equal(code, 0);
    assert.match(out, /^ {2}dev +Runs the service/m);
  });

  test('--version', async () => assert.match((await run(['--version'])).out, /^stagegate \d+\.\d+\.\d+\n$/));

  test('a misspelt command is corrected, with exit code 2', async () => {
    const { code, err, out } = await run(['reqests']);
    assert.deepEqual([code, out], [2, '']);
    assert.equal(err, 'error SG_UNKNOWN_COMMAND There is no command "reqests".\n  fix Did you mean stagegate requests?\n');
  });

  test('every command has help with its options', async () => {
    for (const command of [
      'dev',
      'start',
      'explain',
      'deployments',
      'rollback',
      'canary',
      'invoke',
      'requests',
      'metrics',
      'logs',
      'env',
      'doctor',
    ]) {
      const { code, out } = await run([command, '--help']);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^  stagegate ${command}`, 'm'));
      assert.doesNotMatch(out, /undefined/);
    }
  });

  test('nobody there is said in one sentence with the way out', async () => {
    const { code, err } = await run(['requests', '--control-url', 'http://127.0.0.1:1']);
    assert.equal(code, 1);
    assert.match(
      err,
      /^error SG_NOT_RUNNING No Stagegate answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\.\n {2}fix Start one/,
    );
  });
});

describe('commands that talk to a running Stagegate', () => {
  const server = controlListener();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-cli-'));
  let url = '';
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    mkdirSync(path.join(folder, '.stagegate'));
    mkdirSync(path.join(folder, 'deep/er'), { recursive: true });
    const running = {
      pid: process.pid,
      controlUrl: url,
      apiUrl: url,
      region: 'eu-west-1',
      auth: 'open',
      functions: { hello: 'svc-dev-hello' },
    };
    writeFileSync(path.join(folder, '.stagegate/running.json'), JSON.stringify(running));
    mkdirSync(path.join(serviceFolder, '.stagegate'));
    writeFileSync(path.join(serviceFolder, '.stagegate/running.json'), JSON.stringify(running));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
    rmSync(serviceFolder, { recursive: true });
  });
  const here = (args: readonly string[], more = {}) => run(args, { cwd: path.join(folder, 'deep/er'), ...more });

  test('requests lists, and what came from outside cannot move the cursor', async () => {
    const { code, out } = await here(['requests']);
    assert.equal(code, 0);
    assert.match(out, /GET +\/orders\/17\\x1b\[2J +404 +3\.2 ms +Abc123= +no route matches/);
  });

  test('requests ID shows each stage and the messages', async () => {
    const { out } = await here(['requests', 'Abc123=']);
    assert.match(out, /why: no route matches GET \/orders\/17/);
    assert.match(out, /route +refused +12 us +NOT_FOUND\n +throttle +passed +1 us +rateLimit 10, burstLimit 5\n/);
    assert.match(out, / {2}request\n {4}Host: x\n\n {4}\{\n {4} {2}"a": 1\n {4}\}/);
  });

  test('requests of an unknown ID', async () => {
    const { code, err } = await here(['requests', 'nope']);
    assert.equal(code, 1);
    assert.match(err, /^error SG_NOT_FOUND There is no request nope among those that are kept/);
  });

  test('requests of an ID that begins with a dash is no option', async () => {
    for (const id of ['-wowPlXMOU6j3QF=', '--owPlXMOU6j3QF=']) {
      const { code, err } = await here(['requests', id]);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`SG_NOT_FOUND There is no request ${id} among`));
    }
  });

  test('in any folder, functions have the names of the service file that the running system serves', async () => {
    const elsewhere = (args: readonly string[]) => run([...args, '--control-url', url]);
    assert.equal((await elsewhere(['invoke', 'hello'])).code, 0);
    assert.match((await elsewhere(['logs', 'hello'])).out, /\[hello\] hello/);
    assert.match((await elsewhere(['invoke', 'nope'])).err, /There is no function nope\.\n {2}fix The service has: hello\./);
  });

  test('requests -f prints each as it comes', async () => {
    const { code, out } = await here(['requests', '-f', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as ExchangeRecord).status),
      [404, 200],
    );
  });

  test('logs takes the name of the service file, leaves routine lines out, and keeps the lines of a message together', async () => {
    const { out } = await here(['logs', 'hello']);
    assert.match(out, /^\d\d:\d\d:\d\d\.001 \[hello\] hello\\x07\n {13}\[hello\] more\n$/);
    assert.match((await here(['logs', 'hello', '-v'])).out, /^\S+ \[hello\] START RequestId: 1\n/);
  });

  test('explain says why, and its exit code tells whether a route answers', async () => {
    const { code, out } = await here(['explain', 'post', 'orders']);
    assert.equal(code, 1);
    assert.match(out, /^POST \/orders {2}on n \(a\), stage \$default\n\n {2}no route {2}No route\.\n$/);
  });

  test('explain with a method alone asks for the path', async () => {
    const { code, err } = await here(['explain', 'GET']);
    assert.deepEqual([code, /SG_BAD_ARGUMENT GET is no path.*\n {2}fix .*stagegate explain GET \/orders/.test(err)], [2, true]);
  });

  test('explain counts the routes of other paths when there are many', async () => {
    const { out } = await here(['explain', '/many']);
    assert.match(out, /asked\n {4}GET \/r7 {2}other method {2}because\n {4}and 19 of another path \(all: --json\)\n$/);
  });

  test('invoke sends the event, signed, from each of its sources', async () => {
    const file = path.join(folder, 'event.json');
    writeFileSync(file, '{"from":"file"}');
    for (const [args, stdin, event] of [
      [[], '', {}],
      [['--data', '{"from":"flag"}'], '', { from: 'flag' }],
      [['--path', file], '', { from: 'file' }],
      [['--event', 'stdin'], '{"from":"stdin"}', { from: 'stdin' }],
      [['--event', '-'], '{"from":"stdin"}', { from: 'stdin' }],
      [['--event', file], '', { from: 'file' }],
    ] as const) {
      const { code, out } = await here(['invoke', 'hello', ...args], { stdin });
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(out), { event, signed: 'AWS4-HMAC-SHA256 Credential=test' });
    }
  });

  test('invoke makes sample events', async () => {
    const { out } = await here(['invoke', 'hello', '--sample', 'http-api-v2:PUT /orders?a=1', '--data', 'text']);
    const { event } = JSON.parse(out) as { event: Record<string, unknown> };
    assert.deepEqual([event['rawPath'], event['queryStringParameters'], event['body']], ['/orders', { a: '1' }, 'text']);
    const bad = await here(['invoke', 'hello', '--sample', 'sqss']);
    assert.match(bad.err, /SG_EVENT There is no sample sqss\.\n {2}fix The samples are http-api-v2, /);
    const twice = await here(['invoke', 'hello', '--sample', 'sqs', '--event', '-']);
    assert.match(twice.err, /SG_EVENT The event is given more than once/);
  });

  test('logs of a time and with a text', async () => {
    assert.match((await here(['logs', 'hello', '--filter', 'HELLO'])).out, /\[hello\] hello/);
    assert.equal((await here(['logs', 'hello', '--filter', 'nothing like it'])).out, 'Nothing of what is kept is like that.\n');
    assert.equal((await here(['logs', 'hello', '--since', '5m'])).out, 'Nothing of what is kept is like that.\n');
    assert.match((await here(['logs', 'hello', '--since', '9999999h'])).out, /\[hello\] hello/);
    assert.match((await here(['logs', 'hello', '--since', 'soon'])).err, /a time span such as 30s, 5m or 2h/);
  });

  test('invoke --log, and a function that fails', async () => {
    const fine = await here(['invoke', 'hello', '--log']);
    assert.match(fine.err, /START\na line\n/);
    const failed = await here(['invoke', 'hello', '--data', '{"fail":true}']);
    assert.equal(failed.code, 1);
    assert.match(failed.out, /"errorMessage": "broken"/);
    assert.match(failed.err, /SG_FUNCTION_ERROR svc-dev-hello failed/);
  });

  test('invoke refuses what is no JSON, and a function that is not there', async () => {
    const bad = await here(['invoke', 'hello', '--data', '{']);
    assert.deepEqual([bad.code, /SG_EVENT The event from --data is not JSON/.test(bad.err)], [2, true]);
    const unknown = await here(['invoke', 'nope']);
    assert.match(unknown.err, /SG_NOT_FOUND There is no function nope\.\n {2}fix The service has: hello\./);
  });

  test('env writes for each shell', async () => {
    assert.equal(
      (await here(['env'])).out,
      `export AWS_ENDPOINT_URL=${url}\nexport AWS_ACCESS_KEY_ID=test\nexport AWS_SECRET_ACCESS_KEY=test\nexport AWS_REGION=eu-west-1\nexport AWS_DEFAULT_REGION=eu-west-1\n`,
    );
    assert.match((await here(['env', '--shell', 'fish'])).out, /^set -gx AWS_REGION 'eu-west-1'$/m);
    assert.match((await here(['env', '--shell', 'powershell'])).out, /^\$Env:AWS_REGION = 'eu-west-1'$/m);
    assert.deepEqual(Object.keys(JSON.parse((await here(['env', '--json'])).out)).length, 5);
  });

  test('env takes away what would win over it', async () => {
    const environment = { AWS_SESSION_TOKEN: 'x', AWS_PROFILE: 'y', AWS_ENDPOINT_URL_LAMBDA: 'z', AWS_CA_BUNDLE: 'stays' };
    assert.match(
      (await here(['env'], { environment })).out,
      /^unset AWS_ENDPOINT_URL_LAMBDA\nunset AWS_PROFILE\nunset AWS_SESSION_TOKEN\nexport AWS_ENDPOINT_URL=/,
    );
    assert.match((await here(['env', '--shell', 'fish'], { environment })).out, /^set -e AWS_PROFILE$/m);
    assert.match((await here(['env', '--shell', 'powershell'], { environment })).out, /^Remove-Item Env:AWS_PROFILE$/m);
  });

  test('env notes on stderr that nobody answers yet', async () => {
    const { code, out, err } = await run(['env', '--control-url', 'http://127.0.0.1:1']);
    assert.equal(code, 0);
    assert.match(out, /^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:1$/m);
    assert.match(err, /^note No Stagegate answers at http:\/\/127\.0\.0\.1:1/);
  });

  test('doctor answers with a list of checks', async () => {
    const { out } = await here(['doctor', '--json', '--port', '0', '--control-port', '0']);
    const checks = JSON.parse(out) as { name: string; outcome: string }[];
    assert.equal(checks.find((check) => check.name === 'Node.js')?.outcome, 'ok');
  });

  test('a file of a process that is gone is not believed', async () => {
    const other = mkdtempSync(path.join(os.tmpdir(), 'stagegate-stale-'));
    mkdirSync(path.join(other, '.stagegate'));
    writeFileSync(
      path.join(other, '.stagegate/running.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, controlUrl: 'http://127.0.0.1:9' }),
    );
    const { out } = await run(['env'], { cwd: other });
    assert.match(out, /AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:4566/);
    rmSync(other, { recursive: true });
  });
});
