import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const MAIN = path.join(import.meta.dirname, 'main.mjs');
const WAIT_MS = 30_000;

/** One `stagegate start` on free ports of this machine. */
class Start {
  out = '';
  err = '';
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(folder: string, args: readonly string[]) {
    const listeners = ['--host', '127.0.0.1', '--port', '0', '--control-port', '0'];
    this.#child = spawn(process.execPath, [MAIN, 'start', ...listeners, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => (this.out += chunk));
    this.#child.stderr?.on('data', (chunk) => (this.err += chunk));
    this.exited = new Promise((resolve) => this.#child.on('exit', resolve));
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + WAIT_MS;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${what}\n${this.out}\n${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  url(name: string): string {
    return new RegExp(`${name} +(http:\\S+)`).exec(this.out)?.[1] ?? '';
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), WAIT_MS);
    const code = await this.exited;
    clearTimeout(late);
    return code;
  }
}

describe('stagegate start', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-start-'));
  const backend = http.createServer((_request, response) => response.end('from behind'));
  before(() => new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve)));
  after(() => {
    backend.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Creates an API, asks it `times` times and returns the answers' status codes and what was printed after Ready. */
  async function used(args: readonly string[], times: number): Promise<{ statuses: number[]; printed: string }> {
    const start = new Start(folder, ['--memory', '--auth', 'open', ...args]);
    try {
      await start.until(() => /^Ready\.$/m.test(start.out), 'Ready.');
      const target = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
      const created = await fetch(`${start.url('AWS APIs')}/v2/apis`, {
        method: 'POST',
        body: JSON.stringify({ name: 'a', protocolType: 'HTTP', target }),
      });
      const { apiId } = (await created.json()) as { apiId: string };
      const statuses: number[] = [];
      for (let i = 0; i < times; i++) {
        const answer = await fetch(`${start.url('API traffic')}/_aws/execute-api/${apiId}/$default/seen`);
        await answer.text();
        statuses.push(answer.status);
      }
      assert.equal(await start.stop(), 0);
      return { statuses, printed: start.out.slice(start.out.indexOf('Ready.')) };
    } finally {
      await start.stop();
    }
  }

  test('a data folder that cannot be made is named, whatever is in its way', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const places = [file, path.join(file, 'below'), ...(process.platform === 'linux' ? ['/proc/stagegate'] : [])];
    for (const place of places) {
      const start = new Start(folder, ['--data', place, '--auth', 'open']);
      assert.equal(await start.exited, 1, place);
      assert.match(start.err, /error SG_DATA_FOLDER The data directory \S+ cannot be used: [A-Z]+/, place);
      assert.match(start.err, /Choose one that this user may write to\. Or keep nothing: --memory\./, place);
    }
  });

  test("a new data folder is its owner's alone, and the access log may lie in it", async () => {
    const data = path.join(folder, 'new', 'data');
    const start = new Start(folder, ['--data', data, '--auth', 'open', '--access-log', path.join(data, 'access.log')]);
    try {
      await start.until(() => /^Ready\.$/m.test(start.out), 'Ready.');
      assert.equal(statSync(data).mode & 0o777, 0o700);
    } finally {
      await start.stop();
    }
  });

  test('prints no line per request', async () => {
    const { statuses, printed } = await used([], 3);
    assert.deepEqual(statuses, [200, 200, 200]);
    assert.equal(printed, 'Ready.\nStopping: requests in flight finish first. Ctrl-C again ends at once.\n');
  });

  test('--verbose prints each, and the limit of the account is the one that was asked for', async () => {
    const { statuses, printed } = await used(['-v', '--throttle-rate-limit', '0', '--throttle-burst-limit', '2'], 3);
    assert.deepEqual(statuses, [200, 200, 429]);
    assert.match(printed, /^Ready\.\nGET +\/seen +200 .*\nGET +\/seen +200 .*\nGET +\/seen +429 .*\n +why: Throttled/);
  });
});
