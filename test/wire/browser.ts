// A real browser for tests: Chromium without a window, driven over its debugging protocol.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './started-server.ts';

/** The command of Chromium or Chrome on this machine, or undefined. */
export function browserCommand(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find(
    (command) => spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0,
  );
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #home: ReturnType<typeof temporaryFolder>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #calls = 0;

  private constructor(child: ChildProcess, socket: WebSocket, home: ReturnType<typeof temporaryFolder>) {
    this.#child = child;
    this.#socket = socket;
    this.#home = home;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Reply));
  }

  static async start(command: string): Promise<Browser> {
    const home = temporaryFolder();
    const child = spawn(
      command,
      [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
        ...['--remote-debugging-port=0', `--user-data-dir=${home.folder}`, 'about:blank'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr?.on('data', (bytes) => {
        said += bytes;
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on('exit', () => reject(new Error(`${command} ended: ${said}`)));
    });
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Browser(child, socket, home);
  }

  /** A page of its own, like another window. */
  async open(url: string): Promise<Page> {
    const { browserContextId } = (await this.call('Target.createBrowserContext', {})) as { browserContextId: string };
    const created = await this.call('Target.createTarget', { url: 'about:blank', browserContextId, width: 480, height: 640 });
    const { targetId } = created as { targetId: string };
    const { sessionId } = (await this.call('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
    const page = new Page(this, sessionId);
    await this.call('Page.navigate', { url }, sessionId);
    await page.until("document.readyState === 'complete' && location.href !== 'about:blank'");
    return page;
  }

  call(method: string, params: Readonly<Record<string, unknown>>, sessionId?: string): Promise<unknown> {
    const id = ++this.#calls;
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async stop(): Promise<void> {
    this.#socket.close();
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    this.#home.remove();
  }

  #hear({ id, result, error }: Reply): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}

export class Page {
  readonly #browser: Browser;
  readonly #sessionId: string;

  constructor(browser: Browser, sessionId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const answer = (await this.#browser.call('Runtime.evaluate', params, this.#sessionId)) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (answer.exceptionDetails !== undefined) {
      throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    }
    return answer.result.value;
  }

  /** Waits until an expression holds. */
  async until(expression: string): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt++) {
      if (await this.evaluate(expression).catch(() => false)) return;
      await sleep(50);
    }
    throw new Error(`The page never had ${expression}. It says: ${String(await this.evaluate('document.body.innerText'))}`);
  }

  /** Types as a person does, into the element that has the focus. */
  async type(text: string): Promise<void> {
    await this.#browser.call('Input.insertText', { text }, this.#sessionId);
  }

  async press(key: 'Enter'): Promise<void> {
    const event = { key, code: key, windowsVirtualKeyCode: 13, nativeVirtualKeyCode: 13, text: '\r' };
    await this.#browser.call('Input.dispatchKeyEvent', { type: 'keyDown', ...event }, this.#sessionId);
    await this.#browser.call('Input.dispatchKeyEvent', { type: 'keyUp', ...event }, this.#sessionId);
  }

  async screenshot(file: string): Promise<void> {
    const { data } = (await this.#browser.call('Page.captureScreenshot', { format: 'png' }, this.#sessionId)) as { data: string };
    writeFileSync(file, Buffer.from(data, 'base64'));
  }
}
