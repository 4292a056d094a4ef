// The composed system over real sockets: what is acknowledged is live, who may call the control listener, our own endpoints.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { webSocketGateway } from './control-plane/apigatewayv2/websocket-gateway-under-test.ts';
import { type RunningStagegate, type StagegateOptions, startStagegate } from './stagegate.ts';
import { openSqliteStore } from './store/sqlite.ts';

const memory: StagegateOptions = {
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
};

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function call(port: number, method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A backend that says what reached it. */
async function echoBackend(): Promise<{ readonly port: number; close(): void }> {
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, close: () => server.close() };
}

describe('a running system', () => {
  let running: RunningStagegate;
  let backend: Awaited<ReturnType<typeof echoBackend>>;

  before(async () => {
    backend = await echoBackend();
    running = await startStagegate(memory);
  });

  after(async () => {
    await running.close(0);
    backend.close();
  });

  async function quickCreate(name: string): Promise<string> {
    const api = await running.call('apigatewayv2', 'CreateApi', {
      Name: name,
      ProtocolType: 'HTTP',
      Target: `http://127.0.0.1:${backend.port}`,
    });
    return api.ApiId as string;
  }

  test('an API answers as soon as its creation is acknowledged, through every URL form on both listeners', async () => {
    const apiId = await quickCreate('forms');
    const forms: { readonly desc: string; readonly path: string; readonly host?: string }[] = [
      { desc: 'host', path: '/a?b=1', host: `${apiId}.execute-api.localhost` },
      { desc: 'host with region', path: '/a?b=1', host: `${apiId}.execute-api.us-east-1.amazonaws.com` },
      { desc: 'path', path: `/_aws/execute-api/${apiId}/$default/a?b=1` },
      { desc: 'user request path', path: `/restapis/${apiId}/$default/_user_request_/a?b=1` },
    ];
    for (const port of [running.port, running.controlPort]) {
      for (const form of forms) {
        const answer = await call(port, 'GET', form.path, form.host === undefined ? {} : { host: form.host });
        assert.equal(answer.status, 200, `${form.desc} on ${port}: ${answer.body}`);
        assert.deepEqual(JSON.parse(answer.body), { method: 'GET', url: '/a?b=1' }, form.desc);
      }
    }
  });

  test('answers say that the connection stays open, as those of AWS do', async () => {
    const apiId = await quickCreate('kept');
    const agent = new http.Agent({ keepAlive: true });
    try {
      for (const [port, path] of [
        [running.port, `/_aws/execute-api/${apiId}/$default/x`],
        [running.controlPort, '/_stagegate/health'],
      ] as const) {
        const headers = await new Promise<http.IncomingHttpHeaders>((resolve, reject) => {
          const request = http.get({ host: '127.0.0.1', port, path, agent }, (response) => {
            response.resume().on('end', () => resolve(response.headers));
          });
          request.on('error', reject);
        });
        assert.equal(headers.connection, 'keep-alive');
      }
    } finally {
      agent.destroy();
    }
  });

  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '127.1', '0.0.0.0']) {
    test(`no integration reaches the control listener: ${host}`, async () => {
      const api = await running.call('apigatewayv2', 'CreateApi', {
        Name: 'loop',
        ProtocolType: 'HTTP',
        Target: `http://${host}:${running.controlPort}/_stagegate/health`,
      });
      const answer = await call(running.port, 'GET', `/_aws/execute-api/${api.ApiId}/$default/`);
      assert.equal(answer.status, 503);
      const requestId = String(answer.headers['apigw-requestid']);
      const record = JSON.parse((await call(running.controlPort, 'GET', `/_stagegate/requests/${requestId}`)).body);
      assert.match(record.reason, /control listener of this gateway; no integration may reach it/);
    });
  }

  test('an API that was deleted answers no more', async () => {
    const apiId = await quickCreate('gone');
    const path = `/_aws/execute-api/${apiId}/$default/`;
    assert.equal((await call(running.port, 'GET', path)).status, 200);
    await running.call('apigatewayv2', 'DeleteApi', { ApiId: apiId });
    assert.equal((await call(running.port, 'GET', path)).status, 403);
  });

  test('explain names the route, an exchange is kept, health tells the addresses', async () => {
    const apiId = await quickCreate('looked-at');
    const answer = await call(running.port, 'GET', `/_aws/execute-api/${apiId}/$default/pets`);
    const requestId = answer.headers['apigw-requestid'] as string;
    const record = await call(running.controlPort, 'GET', `/_stagegate/requests/${encodeURIComponent(requestId)}`);
    assert.equal(JSON.parse(record.body).routeKey, '$default');
    const explained = JSON.parse(
      (await call(running.controlPort, 'GET', `/_stagegate/explain?method=get&path=/pets&api=${apiId}`)).body,
    );
    assert.equal(explained.length, 1);
    assert.equal(explained[0].match.routeKey, '$default');
    const health = JSON.parse((await call(running.controlPort, 'GET', '/_localstack/health')).body);
    assert.equal(health.status, 'ok');
    assert.equal(health.apiUrl, running.apiUrl);
  });

  test('followers see requests as they end', async () => {
    const apiId = await quickCreate('followed');
    const line = await new Promise<string>((resolve, reject) => {
      const request = http.get(
        { host: '127.0.0.1', port: running.controlPort, path: '/_stagegate/requests?follow=1', agent: false },
        (response) => {
          response.once('data', (chunk: Buffer) => {
            resolve(chunk.toString('utf8'));
            request.destroy();
          });
          response.on('error', () => {});
          call(running.port, 'GET', `/_aws/execute-api/${apiId}/$default/seen`).catch(reject);
        },
      );
      request.on('error', () => {});
    });
    assert.equal(JSON.parse(line).path, '/seen');
  });

  const foreign: { readonly desc: string; readonly headers: Record<string, string> }[] = [
    { desc: 'a foreign Host (DNS rebinding)', headers: { host: 'attacker.example' } },
    { desc: 'a foreign Origin', headers: { origin: 'https://attacker.example' } },
    { desc: 'an opaque Origin', headers: { origin: 'null' } },
    { desc: 'a cross-site fetch', headers: { 'sec-fetch-site': 'cross-site' } },
    { desc: 'a name that only begins like ours', headers: { host: 'localhost.attacker.example' } },
  ];
  for (const { desc, headers } of foreign) {
    test(`the control listener refuses ${desc}`, async () => {
      for (const path of ['/v2/apis', '/_stagegate/health', '/_stagegate/requests']) {
        assert.equal((await call(running.controlPort, 'GET', path, headers)).status, 403, path);
      }
    });
  }

  test('the traffic listener serves neither AWS APIs nor our own endpoints', async () => {
    for (const path of ['/v2/apis', '/_stagegate/health', '/2015-03-31/functions']) {
      assert.equal((await call(running.port, 'GET', path)).status, 404, path);
    }
  });

  test('a custom domain is live when it is acknowledged, and forgotten by reset', async () => {
    const made = await running.call('apigatewayv2', 'CreateApi', {
      Name: 'mapped',
      ProtocolType: 'HTTP',
      Target: `http://127.0.0.1:${backend.port}/base`,
    });
    const DomainName = 'api.shop.test';
    const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1';
    const ask = async (path: string) => (await call(running.port, 'GET', path, { host: DomainName })).body;
    await running.call('apigatewayv2', 'CreateDomainName', { DomainName, DomainNameConfigurations: [{ CertificateArn }] });
    assert.equal(await ask('/orders/v1/a'), '{"message":"Not Found"}');
    const mapping = { DomainName, ApiId: made['ApiId'], Stage: '$default', ApiMappingKey: 'orders/v1' };
    await running.call('apigatewayv2', 'CreateApiMapping', mapping);
    // AWS: on the $default route the request's path is appended; that of a mapping is the path behind its key.
    assert.equal(await ask('/orders/v1/a?b=c'), '{"method":"GET","url":"/base/a?b=c"}');
    assert.equal((await call(running.controlPort, 'POST', '/_stagegate/reset')).status, 200);
    assert.match(await ask('/orders/v1/a'), /No API is meant/);
  });

  test('reset forgets every definition', async () => {
    const apiId = await quickCreate('forgotten');
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/reset')).status, 405);
    assert.equal((await call(running.controlPort, 'POST', '/moto-api/reset')).status, 200);
    assert.equal((await call(running.port, 'GET', `/_aws/execute-api/${apiId}/$default/`)).status, 403);
    assert.deepEqual((await running.call('apigatewayv2', 'GetApis', {})).Items, []);
  });
});

describe('reset', () => {
  test('forgets requests and function lines, then waits for onReset, one reset after the other', async () => {
    const steps: string[] = [];
    let count = 0;
    const running = await startStagegate({
      ...memory,
      async onReset() {
        const mine = ++count;
        steps.push(`begin ${mine}`);
        assert.deepEqual((await running.call('apigatewayv2', 'GetApis', {})).Items, []);
        await running.call('apigatewayv2', 'CreateApi', {
          Name: 'again',
          ProtocolType: 'HTTP',
          Tags: { _custom_id_: 'again00000' },
        });
        steps.push(`end ${mine}`);
        if (mine === 3) throw new Error('refused');
      },
      onError: (error) => steps.push(String(error)),
    });
    try {
      const reset = () => call(running.controlPort, 'POST', '/_stagegate/reset');
      const requests = async () => JSON.parse((await call(running.controlPort, 'GET', '/_stagegate/requests')).body).requests;
      await reset();
      await call(running.port, 'GET', '/_aws/execute-api/again00000/$default/x');
      await call(running.port, 'GET', '/restapis/again00000/$default/_user_request_/x');
      const [answer, refused] = await Promise.all([reset(), reset()]);
      assert.deepEqual([answer.status, refused.status], [200, 500]);
      assert.deepEqual(steps, ['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3', 'Error: refused']);
      assert.deepEqual(await requests(), []);
      assert.equal((await reset()).status, 200, 'a reset that failed does not stand in the way of the next');
    } finally {
      await running.close(0);
    }
  });
});

test('with the local API endpoint, what CreateApi returns is where the API answers', async () => {
  const running = await startStagegate({ ...memory, apiEndpoint: 'local' });
  try {
    const api = await running.call('apigatewayv2', 'CreateApi', {
      Name: 'local',
      ProtocolType: 'HTTP',
      Target: 'http://127.0.0.1:9/',
    });
    const endpoint = new URL(api.ApiEndpoint as string);
    assert.equal(endpoint.port, String(running.port));
    // Nobody listens at the integration's address: the API itself was found.
    assert.equal((await call(running.port, 'GET', '/', { host: endpoint.host })).status, 503);
  } finally {
    await running.close(0);
  }
});

test('a WebSocket API and an HTTP API answer beside each other, whatever is changed of either', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'stagegate-websocket-'));
  const backend = await echoBackend();
  let running: RunningStagegate | undefined;
  try {
    const store = await openSqliteStore({ directory });
    const gateway = await webSocketGateway({ store });
    const { ApiId } = gateway;
    const us = { account: memory.accountId, region: 'us-east-1', requestId: 'test' };
    const chat = await gateway.call(
      'CreateApi',
      { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
      us,
    );
    await gateway.call('CreateRoute', { ApiId: chat.ApiId, RouteKey: '$default' }, us);
    await gateway.call('CreateStage', { ApiId: chat.ApiId, StageName: 'prod', AutoDeploy: true }, us);
    await store.close();

    running = await startStagegate({ ...memory, dataDirectory: directory });
    const http = await running.call('apigatewayv2', 'CreateApi', {
      Name: 'orders',
      ProtocolType: 'HTTP',
      Target: `http://127.0.0.1:${backend.port}`,
    });
    const ask = (apiId: unknown, target: string) =>
      call((running as RunningStagegate).port, 'GET', target, { host: `${apiId}.execute-api.localhost` });
    for (let round = 0; round < 2; round++) {
      assert.equal((await ask(http.ApiId, '/a')).status, 200);
      assert.equal((await ask(chat.ApiId, '/prod')).status, 426, 'no handshake');
      assert.equal((await ask(chat.ApiId, '/none')).status, 403);
      await running.call('apigatewayv2', 'UpdateApi', { ApiId: chat.ApiId, Description: `round ${round}` });
    }
    const read = await running.call('apigatewayv2', 'GetApi', { ApiId: chat.ApiId });
    assert.equal(read.Description, 'round 1');
    await assert.rejects(running.call('apigatewayv2', 'GetApi', { ApiId }), /Invalid API identifier/, 'of another region');
  } finally {
    await running?.close(0);
    backend.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

describe('with --auth required', () => {
  let running: RunningStagegate;
  before(async () => {
    running = await startStagegate({ ...memory, auth: 'required', dev: false });
  });
  after(() => running.close(0));

  test('unsigned calls and our own endpoints without the token are refused, health answers', async () => {
    assert.equal((await call(running.controlPort, 'GET', '/v2/apis')).status, 403);
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/requests')).status, 403);
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/requests', { authorization: 'Bearer wrong' })).status, 403);
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/connections')).status, 403);
    assert.equal((await call(running.controlPort, 'POST', '/_stagegate/connections/c')).status, 403);
    assert.equal((await call(running.controlPort, 'DELETE', '/_stagegate/connections/c')).status, 403);
    const token = { authorization: `Bearer ${running.administrator.adminToken}` };
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/connections', token)).status, 200);
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/requests', token)).status, 200);
    assert.equal((await call(running.controlPort, 'POST', '/_stagegate/reset', token)).status, 403);
    assert.equal((await call(running.controlPort, 'GET', '/_stagegate/health')).status, 200);
  });
});
