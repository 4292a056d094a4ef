// `stagegate dev` on a serverless.yml with websocket events, used with the package `ws`: the handler and the file are edited while a
// connection is open, and it stays open.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { temporaryFolder } from './started-server.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.mjs');
const project = temporaryFolder();

const handler = (word: string) => `exports.main = async ({ body, requestContext: { routeKey, connectionId } }) => {
  console.log('EVENT ' + routeKey + ' ' + connectionId);
  return { statusCode: 200, body: JSON.stringify({ word: '${word}', routeKey, connectionId, body }) };
};
exports.guard = async (event) => ({
  principalId: 'ada',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Resource: event.methodArn,
    Effect: event.queryStringParameters.token === 'right' ? 'Allow' : 'Deny' }] },
});
`;

const answering = (route: string) => `      - websocket: { route: ${route}, routeResponseSelectionExpression: $default }\n`;
const service = (routes: readonly string[], selection = '$request.body.action') => `service: talk
provider:
  name: aws
  runtime: nodejs22.x
  websocketsApiRouteSelectionExpression: ${selection}
functions:
  main:
    handler: handler.main
    events:
      - websocket:
          route: $connect
          authorizer: { name: guard, identitySource: [route.request.querystring.token] }
      - websocket: $disconnect
${routes.map(answering).join('')}  guard: { handler: handler.guard }
`;
const withoutEvents = 'service: talk\nprovider: { name: aws }\nfunctions:\n  main: { handler: handler.main }\n';

const write = (name: string, text: string) => writeFileSync(path.join(project.folder, name), text);

let child: ReturnType<typeof spawn>;
let output = '';
let url = new URL('ws://localhost');
let controlUrl = '';

before(async () => {
  write('handler.js', handler('first'));
  write('serverless.yml', service(['echo', 'old']));
  child = spawn(process.execPath, [main, 'dev', '--port', '0', '--control-port', '0'], {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hear = (bytes: Buffer): void => {
    output += bytes.toString();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  await until('Ready.', () => /^Ready\.$/m.test(output));
  url = new URL(/ {2}WS {2}(ws:\S+) {2}/.exec(output)?.[1] ?? '');
  controlUrl = /AWS APIs +(http:\S+)/.exec(output)?.[1] ?? '';
});

after(async () => {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  project.remove();
});

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(20)) {
    assert.ok(Date.now() < end, `${what} did not come:\n${output}`);
  }
}

interface Client {
  readonly socket: WebSocket;
  /** The answer to a message. */
  ask(message: string): Promise<Record<string, string>>;
}

async function join(token: string): Promise<Client> {
  // Not every resolver knows names under .localhost.
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}${url.pathname}?token=${token}`, { headers: { Host: url.host } });
  await once(socket, 'open');
  return {
    socket,
    ask: async (message) => {
      const answer = once(socket, 'message') as Promise<[Buffer]>;
      socket.send(message);
      return JSON.parse(String((await answer)[0])) as Record<string, string>;
    },
  };
}

/** One run of a command in the project's folder. */
async function command(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const running = spawn(process.execPath, [main, ...args], { cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  running.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  running.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  const [code] = (await once(running, 'close')) as [number];
  return { code, out, err };
}

describe('stagegate dev on websocket events', () => {
  test('the banner has the routes, and the authorizer decides who gets in', async () => {
    assert.match(output, / {2}WS {2}ws:\/\/\w+\.execute-api\.localhost:\d+\/dev {2}\$connect +main \(asks guard\)\n/);
    assert.match(output, /\n +echo +main \(answers\)\n/);
    await assert.rejects(join('wrong'), /403/);
    const { socket } = await join('right');
    socket.close();
  });

  test('a connection lives through edits of the handler and of the file', async () => {
    const { socket, ask } = await join('right');
    const first = await ask('{"action":"echo"}');
    assert.deepEqual([first['word'], first['routeKey']], ['first', 'echo']);

    write('handler.js', handler('second'));
    await until('the new code', async () => (await ask('{"action":"echo"}'))['word'] === 'second');

    write('serverless.yml', service(['echo', 'new']));
    await until('the new route', async () => (await ask('{"action":"new"}'))['routeKey'] === 'new');
    const gone = await ask('{"action":"old"}');
    assert.equal(gone['message'], 'Forbidden');
    assert.equal(gone['connectionId'], first['connectionId']);

    write('serverless.yml', service(['echo', 'new'], '$request.body.kind'));
    await until('the new expression', async () => (await ask('{"kind":"new"}'))['routeKey'] === 'new');
    assert.equal((await ask('{"action":"echo"}'))['message'], 'Forbidden');
    assert.match(output, /reloaded in \d+ ms: .*route/);

    socket.close(4001, 'enough');
    await until('$disconnect', () => output.includes(`EVENT $disconnect ${first['connectionId']}`));
    await until('its line', () => /DISCONNECT {2}\/dev closed with 4001 enough +200 .*main/.test(output));
    assert.match(output, /MESSAGE {2}\/dev echo {2}17 B, \d+ B back +200 .*main/);
    assert.match(output, /MESSAGE {2}\/dev no route .*403/);
    assert.match(output, /why: .*\(\$request\.body\.kind can be echo, new\)/);
  });

  test('a mistake in the file stops with its place, and the API goes on', async () => {
    const { socket, ask } = await join('right');
    write('serverless.yml', service(['$echo']));
    await until('the mistake', () => /serverless\.yml:\d+:\d+.*"\$echo" is no route of a WebSocket API/.test(output));
    assert.equal((await ask('{"kind":"echo"}'))['routeKey'], 'echo');
    write('serverless.yml', service(['echo'], '$request.method'));
    await until('the refusal', () => /error SG_APPLY serverless\.yml:5:\d+ UpdateApi was refused/.test(output));
    write('serverless.yml', service(['echo']));
    await until('the correction', async () => (await ask('{"action":"echo"}'))['routeKey'] === 'echo');
    socket.close();
  });

  test('stagegate ws, connections and requests find the running API', async () => {
    const one = await command('ws', `${url.href}?token=right`, '--message', '{"action":"echo"}');
    assert.equal(one.code, 0, one.err);
    assert.equal((JSON.parse(one.out) as { routeKey: string }).routeKey, 'echo');
    assert.equal((await command('ws', 'dev')).code, 3);
    const { socket } = await join('right');
    const said = once(socket, 'message') as Promise<[Buffer]>;
    const { out } = await command('connections');
    const id = /^(\S+=) +dev-talk-websockets\/dev .* ada/m.exec(out)?.[1] ?? '';
    assert.equal((await command('connections', 'send', id, 'psst')).out, 'Sent 4 bytes.\n');
    assert.equal(String((await said)[0]), 'psst');
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    await command('connections', 'close', id);
    assert.equal((await closed)[0], 1000);
    assert.match((await command('requests')).out, /DISCONNECT +\/dev closed with 1000 Connection Closed Normally +200/);
  });

  test('without websocket events the API goes, and whoever is connected is told', async () => {
    const { socket } = await join('right');
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    write('serverless.yml', withoutEvents);
    assert.equal((await closed)[0], 1001);
    const { stages } = (await (await fetch(`${controlUrl}/_stagegate/connections`)).json()) as { stages: unknown[] };
    assert.deepEqual(stages, []);
    assert.match((await command('ws')).err, /No WebSocket API is deployed/);
  });
});
