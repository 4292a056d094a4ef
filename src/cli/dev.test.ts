import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

const MAIN = path.join(import.meta.dirname, 'main.mjs');
const WAIT_MS = 30_000;

const yml = (routes: readonly string[]) =>
  ['service: dev-test', 'provider: { name: aws }', 'functions:', '  hello:', '    handler: handler.hello', '    events:']
    .concat(
      routes.map((route) => `      - httpApi: '${route}'`),
      '',
    )
    .join('\n');
const handler = (body: string, delayMs = 0) =>
  `exports.hello = async () => { await new Promise((r) => setTimeout(r, ${delayMs})); return { statusCode: 200, body: '${body}' }; };\n`;

/** One `stagegate dev` on free ports. */
class Dev {
  out = '';
  err = '';
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(folder: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
    const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...more };
    this.#child = spawn(process.execPath, [MAIN, 'dev', folder, ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => (this.out += chunk));
    this.#child.stderr?.on('data', (chunk) => (this.err += chunk));
    this.exited = new Promise((resolve) => this.#child.on('exit', resolve));
  }

  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = Date.now() + WAIT_MS;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${what}\n${this.out}\n${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  ready(): Promise<void> {
    return this.until(() => /^Ready\.$/m.test(this.out), 'Ready.');
  }

  get host(): string {
    return /http:\/\/([a-z0-9]+\.execute-api\.localhost:\d+)/.exec(this.out)?.[1] ?? '';
  }

  /** How many processes it has started that live; 0 where there is no /proc. */
  descendants(): number {
    const parents = new Map<number, number>();
    for (const name of existsSync('/proc') ? readdirSync('/proc') : []) {
      if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/status`)) continue;
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        if (!/^State:\s+Z/m.test(status)) parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      } catch {
        // It ended in between.
      }
    }
    const below = (pid: number): number =>
      [...parents].filter(([, parent]) => parent === pid).reduce((sum, [child]) => sum + 1 + below(child), 0);
    return below(this.#child.pid ?? -1);
  }

  get controlUrl(): string {
    return /AWS APIs +(http:\S+)/.exec(this.out)?.[1] ?? '';
  }

  async control(method: string, target: string): Promise<{ status: number; value: Record<string, unknown> }> {
    const answer = await fetch(this.controlUrl + target, { method });
    return { status: answer.status, value: (await answer.json()) as Record<string, unknown> };
  }

  get(target: string): Promise<{ status: number | undefined; body: string }> {
    const { host } = this;
    return new Promise((resolve, reject) => {
      const request = http.get(
        { host: '127.0.0.1', port: host.split(':')[1], path: target, headers: { host }, agent: false },
        (answer) => {
          let body = '';
          answer.on('data', (chunk) => (body += chunk));
          answer.on('end', () => resolve({ status: answer.statusCode, body }));
        },
      );
      request.on('error', reject);
    });
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), WAIT_MS);
    const code = await this.exited;
    clearTimeout(late);
    return code;
  }
}

describe('stagegate dev', () => {
  const folders: string[] = [];
  const service = (routes: readonly string[] = ['GET /']) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-dev-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'serverless.yml'), yml(routes));
    writeFileSync(path.join(folder, 'handler.js'), handler('one'));
    return folder;
  };
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test('TypeScript: builds, rebuilds what changed, keeps the last good build and says so', async () => {
    const folder = service();
    rmSync(path.join(folder, 'handler.js'));
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      `service: dev-test\nprovider: { name: aws }\nfunctions:\n  hello: { handler: handler.hello, events: [{ httpApi: 'GET /' }] }\n  other: { handler: other.f, events: [{ httpApi: 'GET /other' }] }\n`,
    );
    const source = (text: string) => writeFileSync(path.join(folder, 'text.ts'), `export const text: string = ${text};\n`);
    source(`'one'`);
    writeFileSync(
      path.join(folder, 'handler.ts'),
      `import { text } from './text';\nenum Code { Ok = 200 }\nexport const hello = async () => ({ statusCode: Code.Ok, body: text });\n`,
    );
    // How often its process began, which a reload that does not concern it leaves alone.
    writeFileSync(path.join(folder, 'other.js'), 'const id = process.hrtime.bigint(); exports.f = async () => String(id);\n');
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory']);
    try {
      await dev.ready();
      assert.deepEqual(await dev.get('/'), { status: 200, body: 'one' });
      const other = await dev.get('/other');
      source(`'two'`);
      await dev.until(async () => (await dev.get('/')).body === 'two', 'the rebuilt answer');
      assert.match(dev.out, /^reloaded in \d+ ms: .*text\.ts \(hello\)$/m);
      assert.deepEqual(await dev.get('/other'), other, 'the other function is as warm as before');
      source(`'three' oops`);
      await dev.until(
        () => /text\.ts:1:37 build error Expected ";" but found "oops"\n +1 \| export const/.test(dev.err),
        'the build error',
      );
      assert.deepEqual(await dev.get('/'), { status: 200, body: 'two' });
      await dev.until(() => /an older build answers: .*text\.ts:1:37/.test(dev.out), 'the note under the request');
      source(`'four'`);
      await dev.until(async () => (await dev.get('/')).body === 'four', 'the mended answer');
      assert.deepEqual(await dev.get('/other'), other, 'the other function is still as warm as before');
      assert.equal(await dev.stop(), 0);
    } finally {
      await dev.stop();
    }
  });

  test('--env-file: read like the environment, which wins; a change of it is a reload', async () => {
    const folder = service();
    const file = path.join(folder, 'local.env');
    writeFileSync(file, 'WORD=one\nHOME=elsewhere\n');
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of the service file
      yml(['GET /']).replace('name: aws', "name: aws, environment: { WORD: '${env:WORD}', WHERE: '${env:HOME}' }"),
    );
    writeFileSync(
      path.join(folder, 'handler.js'),
      'exports.hello = async () => process.env.WORD + " " + (process.env.WHERE === "elsewhere");\n',
    );
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory', '--env-file', file]);
    try {
      await dev.ready();
      assert.equal((await dev.get('/')).body, 'one false');
      writeFileSync(file, 'WORD=two\n');
      await dev.until(async () => (await dev.get('/')).body === 'two false', 'the new value');
    } finally {
      await dev.stop();
    }
    // Node itself looks for a file of that name, too, and ends before us.
    const without = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory', '--env-file', 'missing.env']);
    assert.notEqual(await without.exited, 0);
    assert.match(without.err, /missing\.env/);
  });

  test('serves, reloads code and routes, keeps the last good state, ends in order', async () => {
    const folder = service();
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0']);
    try {
      await dev.ready();
      assert.match(dev.out, /^dev-test {2}stage dev, us-east-1/);
      assert.match(dev.out, /^ {2}GET {2}http:\/\/[a-z0-9]{10}\.execute-api\.localhost:\d+\/ {2}hello$/m);
      assert.deepEqual(await dev.get('/'), { status: 200, body: 'one' });
      await dev.until(() => /^GET +\/ +200 +\S+ (ms|us|s) +hello$/m.test(dev.out), 'a line for the request');
      const running = JSON.parse(readFileSync(path.join(folder, '.stagegate/running.json'), 'utf8')) as { functions: unknown };
      assert.deepEqual(running.functions, { hello: 'dev-test-dev-hello' });

      writeFileSync(path.join(folder, 'handler.js'), handler('slow', 600));
      await dev.until(async () => (await dev.get('/')).body === 'slow', 'the new code');
      const inFlight = dev.get('/');
      await new Promise((resolve) => setTimeout(resolve, 150));
      writeFileSync(path.join(folder, 'handler.js'), handler('two'));
      await dev.until(async () => (await dev.get('/')).body === 'two', 'the code after that');
      assert.deepEqual(
        await inFlight,
        { status: 200, body: 'slow' },
        'a request in flight is answered by the code it began with',
      );

      assert.equal((await dev.get('/new')).status, 404);
      await dev.until(() => /why: .*GET \/new.*\(the routes are GET \/\)/.test(dev.out), 'why there is no route');
      writeFileSync(path.join(folder, 'serverless.yml'), yml(['GET /', 'GET /new']));
      await dev.until(async () => (await dev.get('/new')).status === 200, 'the new route');
      await dev.until(() => /^reloaded in \d+ ms: route GET \/new created$/m.test(dev.out), 'what changed');

      writeFileSync(path.join(folder, 'serverless.yml'), yml(['GET /', 'FETCH /new']));
      await dev.until(() => /The service goes on as it was/.test(dev.err), 'the mistake');
      assert.match(dev.err, /serverless\.yml:8:18 error SG_BAD_VALUE FETCH is no method/);
      assert.equal((await dev.get('/new')).status, 200);
      writeFileSync(path.join(folder, 'serverless.yml'), yml(['GET /']));
      await dev.until(async () => (await dev.get('/new')).status === 404, 'the route to be gone');
    } finally {
      assert.equal(await dev.stop(), 0);
    }
    assert.equal(existsSync(path.join(folder, '.stagegate/running.json')), false);
  });

  test('a reset forgets everything but the service, which is there again when it is answered', async () => {
    const folder = service();
    const counting = 'let n = 0; exports.hello = async () => { console.log("called"); return String(++n); };';
    writeFileSync(path.join(folder, 'handler.js'), counting);
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0']);
    try {
      await dev.ready();
      assert.equal((await dev.get('/')).body, '1');
      assert.equal((await dev.get('/')).body, '2');
      const processes = dev.descendants();
      assert.ok(processes > 0 || process.platform !== 'linux');
      for (let round = 0; round < 3; round++) {
        const resets = await Promise.all([dev.control('POST', '/_stagegate/reset'), dev.control('POST', '/moto-api/reset')]);
        assert.deepEqual(
          resets.map(({ status }) => status),
          [200, 200],
          dev.err,
        );
        assert.deepEqual((await dev.control('GET', '/_stagegate/requests')).value, { requests: [] });
        assert.deepEqual((await dev.control('GET', '/_stagegate/logs')).value, { lines: [] });
        assert.equal((await dev.get('/')).body, '1', 'what functions remembered is forgotten, too');
      }
      await dev.until(() => dev.descendants() <= processes, 'the end of the environments of before');
      // The file goes on being followed after a reset.
      writeFileSync(path.join(folder, 'serverless.yml'), yml(['GET /', 'GET /new']));
      await dev.until(async () => (await dev.get('/new')).status === 200, 'the new route');
      await dev.control('POST', '/_stagegate/reset');
      assert.equal((await dev.get('/new')).status, 200);
    } finally {
      await dev.stop();
    }
  });

  test('the limit of the account is the one that was asked for', async () => {
    const limits = ['--throttle-rate-limit', '0', '--throttle-burst-limit', '1'];
    const dev = new Dev(service(), ['--port', '0', '--control-port', '0', '--memory', ...limits]);
    try {
      await dev.ready();
      assert.equal((await dev.get('/')).status, 200);
      assert.equal((await dev.get('/')).status, 429);
      await dev.until(() => /why: .*the account.*0 requests a second with a burst of 1/.test(dev.out), 'why');
    } finally {
      await dev.stop();
    }
  });

  test('state of an earlier run is taken over: routes that are gone from the file are gone', async () => {
    const folder = service(['GET /', 'GET /old']);
    const first = new Dev(folder, ['--port', '0', '--control-port', '0']);
    await first.ready();
    const host = first.host.split(':')[0];
    assert.equal((await first.get('/old')).status, 200);
    await first.stop();
    writeFileSync(path.join(folder, 'serverless.yml'), yml(['GET /']));
    const second = new Dev(folder, ['--port', '0', '--control-port', '0']);
    try {
      await second.ready();
      assert.equal(second.host.split(':')[0], host, 'the API keeps its id');
      assert.equal((await second.get('/old')).status, 404);
      assert.equal((await second.get('/')).status, 200);
    } finally {
      await second.stop();
    }
  });

  test('--memory leaves nothing behind', async () => {
    const folder = service();
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory']);
    await dev.ready();
    assert.equal(await dev.stop(), 0);
    assert.equal(existsSync(path.join(folder, '.stagegate')), false);
  });

  test('a taken port is told with its owner and the way out', async () => {
    const holder = http.createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const dev = new Dev(service(), ['--port', String(port), '--control-port', '0', '--memory']);
    try {
      assert.equal(await dev.exited, 1);
      assert.match(dev.err, new RegExp(`error SG_PORT_TAKEN Port ${port} is taken by `));
      assert.match(dev.err, new RegExp(`take another port: --port ${port + 1}, or --port 0`));
    } finally {
      holder.close();
    }
  });

  test('its own output in the service folder makes it not reload', async () => {
    const folder = service();
    const output = path.join(folder, 'out.txt');
    const descriptor = openSync(output, 'w');
    const args = [
      MAIN,
      'dev',
      folder,
      '--port',
      '0',
      '--control-port',
      '0',
      '--memory',
      '--access-log',
      path.join(folder, 'requests'),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', descriptor, descriptor] });
    const exited = once(child, 'exit');
    const until = async (wanted: RegExp) => {
      for (const end = Date.now() + WAIT_MS; !wanted.test(readFileSync(output, 'utf8')); ) {
        assert.ok(Date.now() < end, `${wanted}: ${readFileSync(output, 'utf8')}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    try {
      await until(/^Ready\.$/m);
      const url = /Also at (http:\S+)/.exec(readFileSync(output, 'utf8'))?.[1] ?? '';
      assert.equal((await fetch(url)).status, 200);
      await until(/^GET +\//m);
      writeFileSync(path.join(folder, 'handler.js'), handler('two'));
      await until(/^reloaded in \d+ ms: .*handler\.js$/m);
      // Long enough for a reload that its own lines would have caused.
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(readFileSync(output, 'utf8').match(/^reloaded/gm)?.length, 1, readFileSync(output, 'utf8'));
    } finally {
      child.kill('SIGKILL');
      await exited;
      closeSync(descriptor);
    }
  });

  test('a runtime that this machine lacks is told with what to do here', async () => {
    const folder = service();
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      'service: dev-test\nprovider: { name: aws, runtime: python3.13 }\nfunctions: { a: { handler: app.main } }\n',
    );
    writeFileSync(path.join(folder, 'app.py'), '');
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory'], { PATH: folder });
    assert.equal(await dev.exited, 1);
    assert.match(dev.err, /SG_APPLY .*There is no python3 on this machine's PATH .*Install it/);
    assert.match(dev.err, /^ {2}fix Put right on this machine what the message names/m);
  });

  test('a bad file stops it, with every problem', async () => {
    const folder = service();
    writeFileSync(path.join(folder, 'serverless.yml'), `${yml(['GET /'])}resources: { a: b }\nfoo: 1\n`);
    const dev = new Dev(folder);
    assert.equal(await dev.exited, 1);
    assert.equal(dev.out, '');
    assert.match(dev.err, /serverless\.yml:8:14 error SG_UNSUPPORTED resources\.a/);
    assert.match(dev.err, / {2}9 \| foo: 1\n {4}\| \^\n {2}fix /);
  });

  test('a syntax error is told with its file and line, in the handler or in what it requires', async () => {
    const folder = service();
    const dev = new Dev(folder);
    await dev.ready();
    writeFileSync(path.join(folder, 'handler.js'), 'exports.hello = async () => {\n  const x = ;\n};\n');
    await dev.until(async () => (await dev.get('/')).status === 500, 'the broken handler');
    await dev.until(
      () => /handler\.js:2:13 SyntaxError: Unexpected token ';'\n.*\n +2 \| {3}const x = ;\n/.test(dev.out),
      'its place',
    );
    writeFileSync(path.join(folder, 'library.js'), 'module.exports = }\n');
    writeFileSync(path.join(folder, 'handler.js'), `require('./library');\n${handler('mended')}`);
    await dev.until(
      async () => (await dev.get('/')).status === 500 && /library\.js:1:18 SyntaxError/.test(dev.out),
      'the library',
    );
    writeFileSync(path.join(folder, 'library.js'), '');
    await dev.until(async () => (await dev.get('/')).body === 'mended', 'the repaired code');
    assert.equal(await dev.stop(), 0);
  });

  test('no service file', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-empty-'));
    folders.push(folder);
    const dev = new Dev(folder);
    assert.equal(await dev.exited, 1);
    assert.match(dev.err, /error SG_NO_SERVICE_FILE There is no serverless\.yml in /);
  });
});

describe('stagegate dev with http events', () => {
  test('both APIs are listed with their URLs, and a REST route answers below its stage', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-dev-rest-'));
    writeFileSync(path.join(folder, 'handler.js'), handler('hello'));
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      [
        'service: both',
        "provider: { name: aws, apiGateway: { apiKeys: [{ name: ci, value: 'a-key-of-twenty-letters' }, made] } }",
        'functions:',
        '  hello:',
        '    handler: handler.hello',
        '    events:',
        '      - httpApi: GET /new',
        '      - http: GET /old',
        '      - http: { path: /mock, method: get, cors: true, integration: mock, request: { template: { application/json: \'{"statusCode": 200}\' } }, response: { template: \'{"up":true}\' } }',
        '',
      ].join('\n'),
    );
    const dev = new Dev(folder, ['--port', '0', '--control-port', '0', '--memory']);
    try {
      await dev.ready();
      assert.match(dev.out, /GET +http:\/\/[a-z0-9]+\.execute-api\.localhost:\d+\/new +hello/);
      const [, host, port] = /GET +http:\/\/([a-z0-9]+\.execute-api\.localhost):(\d+)\/dev\/old +hello/.exec(dev.out) ?? [];
      assert.ok(host, dev.out);
      assert.match(dev.out, /GET +http:\/\/\S+\/dev\/mock +the gateway itself \(mock\)/);
      assert.doesNotMatch(dev.out, /OPTIONS/);
      assert.match(dev.out, /API key +ci +x-api-key: a-key-of-twenty-letters$/m);
      assert.match(dev.out, /API key +made +x-api-key: \S{20,}$/m);
      const get = (target: string, method = 'GET') =>
        new Promise<{ status?: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
          const request = http.request(
            { host: '127.0.0.1', port, path: target, method, headers: { Host: String(host) } },
            (answer) => {
              let body = '';
              answer.on('data', (chunk) => (body += chunk));
              answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
            },
          );
          request.on('error', reject);
          request.end();
        });
      assert.equal((await get('/dev/old')).body, 'hello');
      const plain = `http://127.0.0.1:${port}`;
      assert.ok(dev.out.includes(`Also at ${plain}/, ${plain}/dev/`), dev.out);
      for (const target of ['/new', '/dev/old']) assert.equal(await (await fetch(plain + target)).text(), 'hello', target);
      assert.equal((await fetch(`${plain}/old`)).status, 404);
      assert.equal((await get('/dev/mock')).body, '{"up":true}');
      assert.equal((await get('/dev/mock', 'OPTIONS')).headers['access-control-allow-methods'], 'OPTIONS,GET');
      assert.equal((await get('/dev/odl')).status, 403);
      await dev.until(() => /the nearest route is GET \/old/.test(dev.out), 'the hint');
      assert.match(dev.out, /GET +\/dev\/old +200 .* hello/);
    } finally {
      await dev.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
