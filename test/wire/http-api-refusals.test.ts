// Where an HTTP API answers itself: CORS, throttles, limits, missing routes and permissions, and integrations that fail.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetApiCommand,
  UpdateApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { DeleteFunctionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawBytes, rawRequest } from './raw-http.ts';
import { freePorts, type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let origin: Server;
let originUrl: string;
let echoArn: string;

/** What the origin says it received. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodySha256: string;
  readonly bodyLength: number;
}

before(async () => {
  origin = createServer((request, response) => {
    if (request.url?.startsWith('/slow') === true) return;
    if (request.url?.startsWith('/reset') === true) {
      request.socket.destroy();
      return;
    }
    void received(request).then((seen) => {
      response.writeHead(request.url?.startsWith('/teapot') === true ? 418 : 200, {
        'content-type': 'application/json',
        'x-origin': 'yes',
        'access-control-allow-origin': 'https://origin.example',
        'set-cookie': ['a=1', 'b=2'],
      });
      response.end(JSON.stringify(seen));
    });
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  server = await startServer();
  clients = awsClients(server);
  echoArn = (await createFunction(clients, 'echo', echoSource)).FunctionArn ?? '';
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  origin?.closeAllConnections();
  origin?.close();
});

async function received(request: IncomingMessage): Promise<Seen> {
  const hash = createHash('sha256');
  let bodyLength = 0;
  for await (const chunk of request) {
    hash.update(chunk);
    bodyLength += chunk.length;
  }
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers as Record<string, string>,
    bodySha256: hash.digest('hex'),
    bodyLength,
  };
}

/** An HTTP API whose routes all go to `uri`; its id. */
async function proxyApi(uri: string, routeKeys: readonly string[], timeoutInMillis = 30_000, method = 'ANY'): Promise<string> {
  const { ApiId: apiId = '' } = await clients.apis.send(new CreateApiCommand({ Name: 'proxy', ProtocolType: 'HTTP' }));
  const { IntegrationId: integrationId } = await clients.apis.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: method,
      IntegrationUri: uri,
      PayloadFormatVersion: '1.0',
      TimeoutInMillis: timeoutInMillis,
    }),
  );
  for (const routeKey of routeKeys) {
    await clients.apis.send(
      new CreateRouteCommand({ ApiId: apiId, RouteKey: routeKey, Target: `integrations/${integrationId}` }),
    );
  }
  await clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }));
  return apiId;
}

describe('HTTP proxy', () => {
  test('quick-created passes method, path, query, headers and body on, and the answer back', async () => {
    const { ApiId: apiId = '' } = await clients.apis.send(
      new CreateApiCommand({ Name: 'quick-proxy', ProtocolType: 'HTTP', Target: originUrl }),
    );
    const response = await rawRequest(server.port, {
      method: 'PUT',
      target: '/deep/path?a=1&a=2',
      host: hostOf(apiId),
      headers: [
        ['X-Mine', 'kept'],
        ['Connection', 'X-Hop'],
        ['X-Hop', 'dropped'],
      ],
      body: 'payload',
    });
    assert.equal(response.status, 200, response.text());
    const seen = response.json() as Seen;
    assert.equal(seen.method, 'PUT');
    assert.equal(seen.url, '/deep/path?a=1&a=2');
    assert.equal(seen.headers['x-mine'], 'kept');
    assert.equal(seen.headers['x-hop'], undefined);
    assert.equal(seen.bodyLength, 7);
    assert.match(seen.headers['forwarded'] ?? seen.headers['x-forwarded-for'] ?? '', /127\.0\.0\.1/);
    assert.equal(response.header('x-origin'), 'yes');
    assert.deepEqual(response.all('set-cookie'), ['a=1', 'b=2']);
    assert.match(response.header('apigw-requestid') ?? '', /^[A-Za-z0-9_-]{15}=$/);
  });

  test('puts path variables into the URI', async () => {
    const apiId = await proxyApi(`${originUrl}/items/{id}/{proxy}`, ['GET /things/{id}/{proxy+}']);
    const response = await rawRequest(server.port, { target: '/things/7/a/b?q=1', host: hostOf(apiId) });
    assert.equal(response.status, 200, response.text());
    assert.equal((response.json() as Seen).url, '/items/7/a/b?q=1');
  });

  test('passes the status of the origin on', async () => {
    const apiId = await proxyApi(`${originUrl}/teapot`, ['GET /tea']);
    assert.equal((await rawRequest(server.port, { target: '/tea', host: hostOf(apiId) })).status, 418);
  });

  test('streams a large body unchanged', async () => {
    const apiId = await proxyApi(`${originUrl}/upload`, ['POST /upload']);
    const body = Buffer.alloc(9 * 1024 * 1024, 'abcdefg');
    const response = await rawRequest(server.port, { method: 'POST', target: '/upload', host: hostOf(apiId), body });
    assert.equal(response.status, 200, response.text().slice(0, 200));
    const seen = response.json() as Seen;
    assert.equal(seen.bodyLength, body.length);
    assert.equal(seen.bodySha256, createHash('sha256').update(body).digest('hex'));
  });

  test('that takes longer than its timeout is a 503', async () => {
    const apiId = await proxyApi(`${originUrl}/slow`, ['GET /slow'], 300);
    const response = await rawRequest(server.port, { target: '/slow', host: hostOf(apiId) });
    assert.equal(response.status, 503);
    assert.equal(response.text(), '{"message":"Service Unavailable"}');
  });

  test('that nobody listens for, or that hangs up, is a gateway error and not silence', async () => {
    const [closed] = await freePorts(2);
    for (const uri of [`http://127.0.0.1:${closed}/`, `${originUrl}/reset`]) {
      const apiId = await proxyApi(uri, ['GET /down']);
      const response = await rawRequest(server.port, { target: '/down', host: hostOf(apiId) });
      assert.ok(response.status === 503 || response.status === 500, `${uri}: ${response.status}`);
      assert.match(response.text(), /^\{"message":"(Service Unavailable|Internal Server Error)"\}$/);
    }
  });
});

describe('refusals', () => {
  test('no route: 404 with the gateway’s headers', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /here']);
    const response = await rawRequest(server.port, { target: '/there', host: hostOf(apiId) });
    assert.equal(response.status, 404);
    assert.equal(response.text(), '{"message":"Not Found"}');
    assert.equal(response.header('content-type'), 'application/json');
    assert.match(response.header('apigw-requestid') ?? '', /^[A-Za-z0-9_-]{15}=$/);
    assert.equal(response.header('x-amzn-errortype'), undefined);
  });

  test('a trailing slash is another path', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /metrics']);
    assert.equal((await rawRequest(server.port, { target: '/metrics', host: hostOf(apiId) })).status, 200);
    assert.equal((await rawRequest(server.port, { target: '/metrics/', host: hostOf(apiId) })).status, 404);
  });

  test('a function whose permission was taken away: 500', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /x']);
    assert.equal((await rawRequest(server.port, { target: '/x', host: hostOf(apiId) })).status, 200);
    await clients.lambda.send(new RemovePermissionCommand({ FunctionName: 'echo', StatementId: `api-${apiId}` }));
    const response = await rawRequest(server.port, { target: '/x', host: hostOf(apiId) });
    assert.equal(response.status, 500);
    assert.equal(response.text(), '{"message":"Internal Server Error"}');
  });

  test('a function that was deleted: 500', async () => {
    const made = await createFunction(clients, 'short-lived', echoSource);
    const apiId = await createLambdaApi(clients, made.FunctionArn ?? '', ['GET /x']);
    assert.equal((await rawRequest(server.port, { target: '/x', host: hostOf(apiId) })).status, 200);
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: 'short-lived' }));
    const response = await rawRequest(server.port, { target: '/x', host: hostOf(apiId) });
    assert.equal(response.status, 500);
    assert.equal(response.text(), '{"message":"Internal Server Error"}');
  });

  test('a body over 10 MB: 413', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['POST /big']);
    const head = `POST /big HTTP/1.1\r\nHost: ${hostOf(apiId)}\r\nContent-Type: text/plain\r\nContent-Length: ${11 * 1024 * 1024}\r\n\r\n`;
    const response = await rawBytes(server.port, Buffer.from(head));
    assert.equal(response.status, 413);
    assert.equal(response.text(), '{"message":"Request Entity Too Large"}');
  });

  test('a body that makes the event larger than 6 MB: 413', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['POST /big']);
    const response = await rawRequest(server.port, {
      method: 'POST',
      target: '/big',
      host: hostOf(apiId),
      headers: [['Content-Type', 'text/plain']],
      body: Buffer.alloc(7 * 1024 * 1024, 'x'),
    });
    assert.equal(response.status, 413);
    assert.equal(response.text(), '{"message":"Request Entity Too Large"}');
  });

  test('a request head over 10,240 bytes is refused', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /x']);
    const response = await rawRequest(server.port, {
      target: '/x',
      host: hostOf(apiId),
      headers: [['X-Long', 'a'.repeat(11_000)]],
    });
    assert.ok(response.status === 431 || response.status === 400, String(response.status));
  });

  const malformed: { desc: string; bytes: string }[] = [
    { desc: 'a space before the colon', bytes: 'GET / HTTP/1.1\r\nHost : x\r\n\r\n' },
    { desc: 'no Host', bytes: 'GET / HTTP/1.1\r\nAccept: */*\r\n\r\n' },
    { desc: 'two Hosts', bytes: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' },
    {
      desc: 'a length and chunks',
      bytes: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    { desc: 'two lengths', bytes: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd' },
    { desc: 'a folded header', bytes: 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n' },
    { desc: 'an unknown coding', bytes: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n' },
  ];
  for (const row of malformed) {
    test(`a request with ${row.desc} is refused and the connection closed`, async () => {
      const text = await untilClosed(server.port, row.bytes);
      assert.match(text, /^HTTP\/1\.1 (400|501) /);
      assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1, 'one answer only');
    });
  }

  test('the built-in endpoint can be switched off', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /x']);
    await clients.apis.send(new UpdateApiCommand({ ApiId: apiId, DisableExecuteApiEndpoint: true }));
    assert.equal((await clients.apis.send(new GetApiCommand({ ApiId: apiId }))).DisableExecuteApiEndpoint, true);
    const response = await rawRequest(server.port, { target: '/x', host: hostOf(apiId) });
    assert.ok(response.status === 404 || response.status === 403, String(response.status));
  });
});

describe('throttles', () => {
  test('of 0 answer 429 to everything', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /x']);
    await clients.apis.send(
      new UpdateStageCommand({
        ApiId: apiId,
        StageName: '$default',
        DefaultRouteSettings: { ThrottlingBurstLimit: 0, ThrottlingRateLimit: 0 },
      }),
    );
    const response = await rawRequest(server.port, { target: '/x', host: hostOf(apiId) });
    assert.equal(response.status, 429);
    assert.equal(response.text(), '{"message":"Too Many Requests"}');
  });

  test('of one route let its burst through, then answer 429, and leave other routes alone', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /tight', 'GET /free']);
    await clients.apis.send(
      new UpdateStageCommand({
        ApiId: apiId,
        StageName: '$default',
        RouteSettings: { 'GET /tight': { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 0.01 } },
      }),
    );
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await rawRequest(server.port, { target: '/tight', host: hostOf(apiId) })).status);
    assert.deepEqual(statuses, [200, 200, 200, 429, 429, 429]);
    assert.equal((await rawRequest(server.port, { target: '/free', host: hostOf(apiId) })).status, 200);
  });
});

describe('CORS', () => {
  let host: string;
  before(async () => {
    const apiId = await proxyApi(`${originUrl}/x`, ['GET /x']);
    await clients.apis.send(
      new UpdateApiCommand({
        ApiId: apiId,
        CorsConfiguration: {
          AllowOrigins: ['https://shop.example', 'http://localhost:3000'],
          AllowMethods: ['GET', 'POST'],
          AllowHeaders: ['content-type', 'x-mine'],
          ExposeHeaders: ['x-total'],
          MaxAge: 300,
          AllowCredentials: true,
        },
      }),
    );
    host = hostOf(apiId);
  });

  const preflight = (origin: string) =>
    rawRequest(server.port, {
      method: 'OPTIONS',
      target: '/x',
      host,
      headers: [
        ['Origin', origin],
        ['Access-Control-Request-Method', 'GET'],
        ['Access-Control-Request-Headers', 'x-mine'],
      ],
    });

  test('answers a preflight without a route for it', async () => {
    const response = await preflight('https://shop.example');
    assert.equal(response.status, 204);
    assert.equal(response.header('access-control-allow-origin'), 'https://shop.example');
    assert.deepEqual(words(response.header('access-control-allow-methods')), ['get', 'post']);
    assert.deepEqual(words(response.header('access-control-allow-headers')), ['content-type', 'x-mine']);
    assert.equal(response.header('access-control-max-age'), '300');
    assert.equal(response.header('access-control-allow-credentials'), 'true');
  });

  test('gives an origin that is not listed no permission', async () => {
    const response = await preflight('https://evil.example');
    assert.equal(response.header('access-control-allow-origin'), undefined);
  });

  test('replaces the CORS headers of the integration', async () => {
    const response = await rawRequest(server.port, { target: '/x', host, headers: [['Origin', 'http://localhost:3000']] });
    assert.equal(response.status, 200);
    assert.deepEqual(response.all('access-control-allow-origin'), ['http://localhost:3000']);
    assert.deepEqual(words(response.header('access-control-expose-headers')), ['x-total']);
  });

  test('adds nothing to a request without Origin', async () => {
    const response = await rawRequest(server.port, { target: '/x', host });
    assert.equal(response.status, 200);
    assert.deepEqual(response.all('access-control-allow-origin'), []);
  });
});

describe('connections', () => {
  test('are kept alive and answer pipelined requests in order', async () => {
    const apiId = await createLambdaApi(clients, echoArn, ['GET /{n}']);
    const request = (n: number, last: boolean) =>
      `GET /${n} HTTP/1.1\r\nHost: ${hostOf(apiId)}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
    const text = await untilClosed(server.port, request(1, false) + request(2, false) + request(3, true));
    assert.deepEqual(
      [...text.matchAll(/"rawPath":"\/(\d)"/g)].map((match) => match[1]),
      ['1', '2', '3'],
    );
  });
});

function words(list: string | undefined): string[] {
  return (list ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .sort();
}

/** Sends bytes and resolves with everything that came back when the server closed the connection. */
function untilClosed(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes, 'latin1'));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server kept the connection open; it sent ${JSON.stringify(text)}`));
    }, 20_000);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}
