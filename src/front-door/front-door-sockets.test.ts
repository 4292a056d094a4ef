// The gateway end to end over real sockets: node:http client -> our listener -> front door -> flow -> our upstream pool -> node:http
// backend.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { assembleHttpApi } from '../compile/http-api/assemble.ts';
import { ACCOUNT_LIMITS, planHttpApi } from '../compile/http-api/plan.ts';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { SlotAllocator } from '../compile/slot-allocator.ts';
import { httpApi, httpProxy, lambda } from '../compile/testing/http-api-builder.ts';
import { FakePorts } from '../data-plane/testing/fake-ports.ts';
import { createHttp1Server, type Http1Server } from '../http1/server.ts';
import { TimerWheel } from '../http1/timer-wheel.ts';
import { UpstreamPool } from '../http1/upstream-pool.ts';
import { coreAnswer } from './core-answer.ts';
import { createFrontDoor, createTrafficListener } from './front-door.ts';

interface Answer {
  readonly status: number;
  readonly rawHeaders: string[];
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const wheel = new TimerWheel();
const ports = Object.assign(new FakePorts(), { deadlines: wheel });
const pool = new UpstreamPool({ wheel });
const faults: unknown[] = [];
let endlessClosed: () => void = () => {};
let patientAsked: () => void = () => {};
let patientClosed: () => void = () => {};
let gateway: Http1Server;
let backend: http.Server;
let backendPort = 0;
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });

before(async () => {
  backend = http.createServer((request, response) => {
    if (request.url?.startsWith('/silent')) return;
    if (request.url?.startsWith('/patient')) {
      patientAsked();
      response.on('close', () => patientClosed());
      return;
    }
    if (request.url?.startsWith('/large')) {
      response.setHeader('content-type', 'application/octet-stream');
      response.end(Buffer.alloc(1_000_000, 0x7a));
      return;
    }
    if (request.url?.startsWith('/endless')) {
      const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 5);
      response.on('close', () => {
        clearInterval(timer);
        endlessClosed();
      });
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('x-backend', 'yes');
      const body = Buffer.concat(chunks);
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, bytes: body.length }));
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  backendPort = (backend.address() as AddressInfo).port;
  const unused = await freePort();

  const live = new LiveDeployments();
  const api = httpApi(
    {
      'GET /hello': lambda(),
      'POST /slow': lambda({ timeoutInMillis: 60 }),
      'ANY /echo/{proxy+}': httpProxy(`http://127.0.0.1:${backendPort}/base/{proxy}`),
      'GET /large': httpProxy(`http://127.0.0.1:${backendPort}/large`),
      'GET /endless': httpProxy(`http://127.0.0.1:${backendPort}/endless`),
      'GET /silent': httpProxy(`http://127.0.0.1:${backendPort}/silent`, { timeoutInMillis: 80 }),
      'GET /patient': httpProxy(`http://127.0.0.1:${backendPort}/patient`),
      'GET /unreachable': httpProxy(`http://127.0.0.1:${unused}/`),
      'GET /throttled': lambda(),
    },
    {
      stageName: 'prod',
      cors: { allowOrigins: ['https://app.example'], allowMethods: ['POST'] },
      routeSettings: { 'GET /throttled': { throttlingBurstLimit: 3, throttlingRateLimit: 0 } },
    },
  );
  live.activate(
    assembleHttpApi(planHttpApi(api.snapshot, api.stage, new SlotAllocator(ports.counters), ACCOUNT_LIMITS), ports, pool),
  );
  ports.functions.handler = (event) => {
    const { rawPath, body } = JSON.parse(event) as { rawPath: string; body?: string };
    if (rawPath === '/prod/slow') return undefined;
    return {
      kind: 'returned',
      payload: JSON.stringify({ statusCode: 200, headers: { 'x-fn': 'é' }, body: `${rawPath} ${body ?? ''} ✓` }),
    };
  };
  gateway = createHttp1Server({
    onRequest: createTrafficListener(createFrontDoor({ live })),
    refusal: (status) => coreAnswer(status),
    onFault: (fault) => faults.push(fault),
    wheel,
  });
  await gateway.listen({ port: 0, host: '127.0.0.1' });
});

after(async () => {
  agent.destroy();
  pool.close();
  await gateway.close();
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
});

describe('over sockets', () => {
  test('a function: event in, answer out, UTF-8 kept', async () => {
    const answer = await call('GET', '/prod/hello');
    assert.equal(answer.status, 200);
    assert.equal(answer.body, '/prod/hello  ✓');
    // Whether an HTTP/1.1 answer says `Connection: keep-alive` is the core's business.
    const names = answer.rawHeaders.filter((name, i) => i % 2 === 0 && name !== 'Connection');
    assert.deepEqual([...names].sort(), ['Apigw-Requestid', 'Content-Length', 'Content-Type', 'Date', 'X-Fn']);
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.body)));
  });

  test('a backend: method, path, query, body and headers arrive', async () => {
    const answer = await call('POST', '/prod/echo/a%2Fb/c?q=1&q=2', { 'Content-Type': 'text/plain' }, 'hello');
    const seen = JSON.parse(answer.body) as { method: string; url: string; headers: Record<string, string>; bytes: number };
    assert.equal(answer.headers['x-backend'], 'yes');
    assert.equal(seen.method, 'POST');
    assert.equal(seen.url, '/base/a%2Fb/c?q=1&q=2');
    assert.equal(seen.bytes, 5);
    assert.equal(seen.headers['host'], `127.0.0.1:${backendPort}`);
    assert.match(
      seen.headers['forwarded'] ?? '',
      /^by=_stagegate;for=127\.0\.0\.1;host=a1b2c3\.execute-api\.localhost;proto=http$/,
    );
    assert.equal(seen.headers['via'], 'HTTP/1.1 AmazonAPIGateway');
    assert.equal(seen.headers['content-type'], 'text/plain');
  });

  test('a megabyte each way is streamed', async () => {
    const up = await call('PUT', '/prod/echo/x', { 'Transfer-Encoding': 'chunked' }, 'y'.repeat(1_000_000));
    assert.equal((JSON.parse(up.body) as { bytes: number }).bytes, 1_000_000);
    const down = await call('GET', '/prod/large');
    assert.equal(down.body.length, 1_000_000);
    assert.ok(ports.exchanges.records.some(({ bytesOut }) => bytesOut === 1_000_000));
  });

  test('HEAD has the headers and no body', async () => {
    const answer = await call('HEAD', '/prod/echo/x');
    assert.equal(answer.status, 200);
    assert.equal(answer.body, '');
    assert.equal(answer.headers['x-backend'], 'yes');
  });

  const refusals: [desc: string, method: string, path: string, status: number, body: string][] = [
    ['no route', 'GET', '/prod/none', 404, '{"message":"Not Found"}'],
    ['a backend that does not answer in time', 'GET', '/prod/silent', 503, '{"message":"Service Unavailable"}'],
    ['a backend that is not there', 'GET', '/prod/unreachable', 503, '{"message":"Service Unavailable"}'],
    ['a function that does not answer in time', 'POST', '/prod/slow', 503, '{"message":"Service Unavailable"}'],
    ['a dot segment', 'GET', '/prod/echo/%2e%2e/x', 400, '{"message":"Bad Request"}'],
  ];
  for (const [desc, method, path, status, body] of refusals) {
    test(`${desc}: ${status}`, async () => {
      const answer = await call(method, path);
      assert.equal(answer.status, status);
      assert.equal(answer.body, body);
      assert.equal(answer.headers['content-type'], 'application/json');
    });
  }

  test('a body over 10 MB: 413, with the gateway answer', async () => {
    const answer = await call('POST', '/prod/echo/x', { 'Content-Length': String(11 * 2 ** 20) });
    assert.equal(answer.status, 413);
    assert.equal(answer.body, '{"message":"Request Entity Too Large"}');
  });

  test('a head over 10,240 bytes: 431', async () => {
    const answer = await call('GET', '/prod/hello', { 'X-Long': 'x'.repeat(6_000), 'X-Long2': 'x'.repeat(6_000) });
    assert.equal(answer.status, 431);
    assert.match(answer.body, /^\{"message":/);
  });

  test('preflight', async () => {
    const answer = await call('OPTIONS', '/prod/anything', {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'POST',
    });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], 'https://app.example');
    assert.equal(answer.headers['content-length'], undefined);
  });

  test('a client that goes away stops the backend, and the record says so', { timeout: 10_000 }, async () => {
    const closed = new Promise<void>((resolve) => {
      endlessClosed = resolve;
    });
    const headers = { Host: 'a1b2c3.execute-api.localhost' };
    const request = http.get({ host: '127.0.0.1', port: gateway.port, path: '/prod/endless', headers }, (response) => {
      response.once('data', () => response.destroy());
    });
    request.on('error', () => {});
    await closed;
    const record = ports.exchanges.records.find(({ routeKey }) => routeKey === 'GET /endless');
    assert.match(record?.reason ?? '', /client went away/);
    assert.equal(record?.status, 200);
  });

  test('a client that is gone before the backend answered: the call is given up, nothing is left', {
    timeout: 10_000,
  }, async () => {
    const asked = new Promise<void>((resolve) => {
      patientAsked = resolve;
    });
    const closed = new Promise<void>((resolve) => {
      patientClosed = resolve;
    });
    const connections = pool.state.connections - pool.state.idle;
    const client = net.connect(gateway.port, '127.0.0.1');
    client.on('error', () => {});
    client.write('GET /prod/patient HTTP/1.1\r\nHost: a1b2c3.execute-api.localhost\r\n\r\n');
    await asked;
    client.resetAndDestroy();
    await closed;
    const records = ports.exchanges.records.filter(({ routeKey }) => routeKey === 'GET /patient');
    assert.deepEqual(
      records.map(({ status, refusedAt }) => [status, refusedAt]),
      [[499, 'integration']],
    );
    assert.equal(pool.state.connections - pool.state.idle, connections);
  });

  test('many at once on kept connections: each gets its own answer, throttles count exactly', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        if (i % 30 === 0) return call('GET', '/prod/throttled');
        const answer = await call('GET', i % 2 === 0 ? '/prod/hello' : `/prod/echo/${i}`);
        if (i % 2 === 1) assert.equal((JSON.parse(answer.body) as { url: string }).url, `/base/${i}`);
        return answer;
      }),
    );
    assert.equal(answers.filter(({ status }) => status === 429).length, 7);
    assert.equal(answers.filter(({ status }) => status === 200).length, 293);
    assert.equal(new Set(answers.map(({ headers }) => headers['apigw-requestid'])).size, 300);
  });

  test('nothing failed inside', () => {
    assert.deepEqual(faults, []);
    assert.ok(ports.exchanges.records.every(({ reason }) => !reason?.startsWith('Internal fault')));
  });
});

function call(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: gateway.port,
        method,
        path,
        agent,
        headers: { Host: 'a1b2c3.execute-api.localhost', ...headers },
        timeout: 10_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            rawHeaders: response.rawHeaders,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          });
          if (headers['Content-Length'] !== undefined) request.destroy();
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on('error', reject);
    if (headers['Content-Length'] === undefined) request.end(body);
    else request.flushHeaders();
  });
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
