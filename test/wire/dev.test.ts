// The first minute of a new user: `stagegate dev` on the hello example, a request, a change of the handler, a request.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rawRequest } from './raw-http.ts';
import { temporaryFolder } from './started-server.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('stagegate dev serves the hello example and reloads a changed handler', async () => {
  const project = temporaryFolder();
  // What an earlier run of the example left is not part of it.
  const filter = (from: string) => path.basename(from) !== '.stagegate';
  cpSync(path.join(root, 'examples/hello'), project.folder, { recursive: true, filter });
  const args = [path.join(root, 'src/cli/main.mjs'), 'dev', '--port', '0', '--control-port', '0'];
  const child = spawn(process.execPath, args, { cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const hear = (bytes: Buffer): void => {
    text += bytes.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'exit');
  try {
    await until(
      () => /^\s*Ready\./m.test(text),
      60_000,
      () => `not ready:\n${text}`,
    );
    const url = /http:\/\/[\w.-]+:\d+\/?/.exec(text.split('\n').find((line) => /GET/.test(line)) ?? text)?.[0] ?? '';
    assert.ok(url !== '', `no URL of the route in:\n${text}`);
    const { apiUrl } = JSON.parse(readFileSync(path.join(project.folder, '.stagegate/running.json'), 'utf8')) as {
      apiUrl: string;
    };
    const ask = async (): Promise<{ message?: string }> => {
      // The printed name ends in .localhost: it is the Host header that matters, not what the system's resolver makes of it.
      const { port } = new URL(apiUrl);
      const response = await rawRequest(Number(port), { target: '/', host: new URL(url).host });
      return response.json() as { message?: string };
    };
    assert.equal((await ask()).message, 'Hello from your function');
    const handler = path.join(project.folder, 'handler.js');
    writeFileSync(handler, readFileSync(handler, 'utf8').replace('Hello from your function', 'Changed'));
    let last: unknown;
    for (let attempt = 0; attempt < 200; attempt++) {
      last = await ask();
      if ((last as { message?: string }).message === 'Changed') break;
      await sleep(50);
    }
    assert.deepEqual(last, { message: 'Changed' }, text);
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    assert.ok(code === 0 || signal === 'SIGTERM', `ended with ${code ?? signal}:\n${text}`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    project.remove();
  }
});

async function until(holds: () => boolean, withinMs: number, message: () => string): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds(); await sleep(20)) {
    assert.ok(Date.now() < deadline, message());
  }
}
