// ws, connections and explain against a running system with a WebSocket API that has one route and no function behind it: every other
// message is answered with an error frame.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';
import { type RunningStagegate, startStagegate } from '../stagegate.ts';
import { connectWebSocket, type WebSocketClient } from '../websocket/client.ts';
import { runCommand } from './testing/run-command.ts';
import { stageNamed, urlOf } from './websocket-stages.ts';

let system: RunningStagegate;
let url = '';
const ids: string[] = [];

async function call(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  return system.call('apigatewayv2', operation, input);
}

async function deploy(name: string, stages: readonly string[]): Promise<string> {
  const { ApiId } = await call('CreateApi', {
    Name: name,
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  });
  const { IntegrationId } = await call('CreateIntegration', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri:
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:gone/invocations',
  });
  await call('CreateRoute', { ApiId, RouteKey: 'send', Target: `integrations/${IntegrationId}` });
  for (const StageName of stages) {
    const { DeploymentId } = await call('CreateDeployment', { ApiId });
    await call('CreateStage', { ApiId, StageName, DeploymentId });
  }
  return String(ApiId);
}

before(async () => {
  system = await startStagegate({
    host: '127.0.0.1',
    port: 0,
    controlHost: '127.0.0.1',
    controlPort: 0,
    dataDirectory: undefined,
    accountId: '000000000000',
    defaultRegion: 'us-east-1',
    auth: 'open',
    dev: true,
    onNotice: () => {},
  });
  ids.push(await deploy('chat', ['dev']));
  url = system.invokeUrl(ids[0] as string, 'dev').replace('http', 'ws');
});

after(() => system.close(0));

const run = (args: readonly string[], stdin?: readonly string[] | NodeJS.ReadableStream) =>
  runCommand([...args, '--control-url', system.controlUrl], stdin);

async function connected(heard: string[] = []): Promise<WebSocketClient> {
  return connectWebSocket(
    { url: new URL(url), headers: { 'User-Agent': 'a test' } },
    { onMessage: (payload) => heard.push(String(payload)), onClose: (code, reason) => heard.push(`closed ${code} ${reason}`) },
  );
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await holds()) return;
    await sleep(20);
  }
  assert.fail('it did not come');
}

const FORBIDDEN = /^\{"message": "Forbidden", "connectionId":"[^"]+", "requestId":"[^"]+"\}\n/;

describe('stagegate ws', () => {
  test('--message prints the first message that comes, and nothing else on stdout', async () => {
    for (const named of [[], ['chat'], ['dev'], [`${ids[0]}/dev`], [url]]) {
      const { code, out, err } = await run(['ws', ...named, '--message', '{"action":"x"}']);
      assert.equal(code, 0, err);
      assert.match(out, FORBIDDEN);
      assert.match(err, /^connected to ws:\/\/.*\nclosed with 1000\n$/);
    }
  });

  test('--message without an answer is told apart, and 0 waits for none', async () => {
    const silent = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    silent.on('connection', (socket) => socket.on('message', (data) => String(data) === 'go' && socket.close(1000)));
    await once(silent, 'listening');
    const there = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    try {
      const late = await run(['ws', there, '--message', 'x', '--wait', '1']);
      assert.deepEqual([late.code, late.out], [1, '']);
      assert.match(late.err, /No message came within 1 s/);
      assert.equal((await run(['ws', there, '--message', 'go'])).code, 1);
      assert.equal((await run(['ws', there, '--message', 'x', '--wait', '0'])).code, 0);
      assert.equal((await run(['ws', there, '--wait', '0'], ['x\n'])).code, 0);
    } finally {
      silent.close();
    }
  });

  test('lines of a pipe are messages; what comes afterwards is waited for', async () => {
    const { code, out } = await run(['ws', url, '--wait', '1'], ['{"action":"x"}\n', 'no JSON\n{"action":"y"}']);
    assert.equal(code, 0);
    assert.equal(out.match(/"Forbidden"/g)?.length, 3);
  });

  test('--json has a line for each message and one for the end', async () => {
    const { out } = await run(['ws', url, '--message', 'hi', '--json']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ type, code }) => [type, code]),
      [
        ['message', undefined],
        ['close', 1000],
      ],
    );
  });

  test('a connection that is ended otherwise than in order has an exit code of its own', async () => {
    const stdin = new PassThrough();
    const running = run(['ws', url, '--header', 'User-Agent: the one', '--protocol', 'a, b'], stdin);
    let connectionId = '';
    await until(async () => {
      const { out } = await run(['connections', '--json']);
      const { connections } = JSON.parse(out) as { connections: { connectionId: string; userAgent?: string }[] };
      connectionId = connections.find((one) => one.userAgent === 'the one')?.connectionId ?? '';
      return connectionId !== '';
    });
    // 32 KB in one message are several frames of the client's; 128 KB are too many.
    stdin.write(`${'x'.repeat(140_000)}\n`);
    const { code, err } = await running;
    assert.equal(code, 4, err);
    assert.match(err, /closed with 1009/);
  });

  test('through TLS, when the certificate is trusted', async () => {
    const testdata = path.resolve(import.meta.dirname, '../http1/testdata');
    const cert = path.join(testdata, 'localhost-cert.pem');
    const key = readFileSync(path.join(testdata, 'localhost-key.pem'));
    // As a load balancer in front of a gateway.
    const front = tls.createServer({ cert: readFileSync(cert), key }, (client) => {
      const behind = net.connect(system.port, '127.0.0.1');
      client.on('error', () => behind.destroy()).pipe(behind);
      behind.on('error', () => client.destroy()).pipe(client);
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as AddressInfo;
    const target = `wss://localhost:${port}/_aws/execute-api/${ids[0]}/dev`;
    const refused = await run(['ws', target, '--message', 'hello']);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /could not be opened \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.\n {2}fix .*NODE_EXTRA_CA_CERTS=FILE/);
    // Node reads the variable when it starts.
    const args = [path.join(import.meta.dirname, 'main.mjs'), 'ws', target, '--message', 'hello'];
    const environment = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment, timeout: 30_000 });
    assert.match(stdout, /"message": "Forbidden"/);
    await new Promise((resolve) => front.close(resolve));
  });

  test('what is not let in, not there, or no URL', async () => {
    const refused = await run(['ws', `${url.slice(0, -3)}other`]);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /answered 403: \{"message":"Forbidden"\}/);
    const nobody = await run(['ws', 'ws://127.0.0.1:1/']);
    assert.equal(nobody.code, 3);
    assert.match(nobody.err, /ECONNREFUSED/);
    const named = await run(['ws', 'nowhere']);
    assert.deepEqual([named.code, /No WebSocket API or stage is called nowhere/.test(named.err)], [1, true]);
    assert.equal((await run(['ws', 'ftp://x/'])).code, 2);
    const header = await run(['ws', url, '--header', 'a b:c']);
    assert.deepEqual([header.code, /--header/.test(header.err)], [2, true]);
    assert.equal((await run(['ws', url, '--header', 'nothing'])).code, 2);
  });
});

describe('which stage a word means', () => {
  const stage = (apiId: string, apiName: string, name: string) => ({
    apiId,
    apiName,
    stage: name,
    url: `ws://${apiId}.execute-api.localhost:8080/${name}`,
    connections: 0,
  });
  const stages = [stage('a1', 'chat', 'dev'), stage('a1', 'chat', 'prod'), stage('b2', 'game', 'dev')];

  test('one that is clear', () => {
    assert.equal(stageNamed('prod', stages).url, stages[1]?.url);
    assert.equal(stageNamed('game', stages).url, stages[2]?.url);
    assert.equal(stageNamed('chat/dev', stages).url, stages[0]?.url);
    assert.equal(stageNamed(undefined, stages.slice(2)).url, stages[2]?.url);
  });

  test('several, and none', () => {
    assert.throws(() => stageNamed('dev', stages), /dev is several of them/);
    assert.throws(() => stageNamed(undefined, stages), /several stages/);
    assert.throws(() => stageNamed('x', stages), /called x/);
    assert.throws(() => stageNamed(undefined, []), /No WebSocket API is deployed/);
  });

  test('a Stagegate on another machine is reached by path', () => {
    const [first] = stages as [(typeof stages)[0]];
    assert.equal(urlOf(first, { url: 'http://127.0.0.1:4566' }), first.url);
    assert.equal(urlOf(first, { url: 'http://10.0.0.7:4566' }), 'ws://10.0.0.7:8080/_aws/execute-api/a1/dev');
  });
});

describe('stagegate connections', () => {
  test('lists, sends and closes', async () => {
    await until(async () => /^Nobody is connected\.\n {2}chat {2}ws:/.test((await run(['connections'])).out));
    const heard: string[] = [];
    await connected(heard);
    let id = '';
    await until(async () => {
      const { out } = await run(['connections', '--api', 'chat']);
      id = /^(\S+=) {2}chat\/dev +\d+ s +\d+ s +127\.0\.0\.1 +a test$/m.exec(out)?.[1] ?? '';
      return id !== '';
    });
    assert.match((await run(['connections', '--api', 'other'])).out, /^No WebSocket API other is deployed/);
    assert.deepEqual((await run(['connections', 'send', id, 'hällo'])).out, 'Sent 6 bytes.\n');
    assert.equal((await run(['connections', 'send', id, '-'], ['from a ', 'pipe'])).code, 0);
    await until(() => heard.length === 2);
    assert.deepEqual(heard, ['hällo', 'from a pipe']);
    assert.equal((await run(['connections', 'close', id])).code, 0);
    await until(() => heard.length === 3);
    assert.equal(heard[2], 'closed 1000 Connection Closed Normally');
    const gone = await run(['connections', 'close', id]);
    assert.deepEqual([gone.code, /No connection .* is open/.test(gone.err)], [1, true]);
  });

  test('what it does not understand, and ids that look like flags', async () => {
    for (const args of [['send', 'x'], ['close'], ['list'], ['close', 'x', 'y']]) {
      assert.equal((await run(['connections', ...args])).code, 2, args.join(' '));
    }
    const dashed = await run(['connections', 'close', '-pJ3Zk0h2mQ1y7Vb4NcXwab=']);
    assert.match(dashed.err, /No connection -pJ3Zk0h2mQ1y7Vb4NcXwab= is open/);
  });

  test('the endpoints refuse what they do not do, and what is too long', async () => {
    const ask = async (method: string, name: string, body?: string) => {
      const answer = await fetch(`${system.controlUrl}/_stagegate/connections${name}`, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    assert.deepEqual(
      [await ask('POST', ''), await ask('PUT', '/x'), await ask('POST', '/x', 'y'), await ask('DELETE', '/x')],
      [405, 405, 404, 404],
    );
    assert.equal(await ask('POST', '/x', 'x'.repeat(128 * 1024 + 1)), 413);
  });
});

describe('what is told of events', () => {
  test('requests names the event, the route and how a connection ended', async () => {
    const heard: string[] = [];
    const client = await connected(heard);
    client.sendText('{"action":"send"}');
    await until(() => heard.length === 1);
    client.close(4000, 'bye');
    await until(() => heard.length === 2);
    const { out } = await run(['requests']);
    assert.match(out, /CONNECT +\/dev +101 /);
    assert.match(out, /MESSAGE +\/dev send {2}17 B, \d+ B back +500 /);
  });

  test('explain names the route of each event', async () => {
    const message = await run(['explain', 'MESSAGE', '{"action":"send"}']);
    assert.match(message.out, /^MESSAGE \{"action":"send"\} {2}on chat/);
    assert.match(message.out, /route +send\n +selected key +send\n/);
    const none = await run(['explain', 'MESSAGE', 'no JSON', '--api', 'chat']);
    assert.equal(none.code, 1);
    assert.match(none.out, /no route .*selects no key, and the API has no \$default route/);
    assert.match((await run(['explain', 'CONNECT'])).out, /^CONNECT {2}on chat .*\n\n +no route +Without a \$connect route/);
  });
});
