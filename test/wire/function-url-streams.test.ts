// Function URLs with InvokeMode RESPONSE_STREAM, over a socket: what a function streams, as it comes, and how that goes wrong.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  type InvokeMode,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction } from './deployed-api.ts';
import { type RawRequest, type RawResponse, rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

/** What a path makes the function do. */
const streams = `import { setTimeout as sleep } from 'node:timers/promises';
const pieces = {
  '/http': (stream) => {
    const http = awslambda.HttpResponseStream.from(stream, {
      statusCode: 418,
      headers: { 'X-Own': 'ü', 'Content-Type': 'text/tea', 'Content-Length': '1', 'Transfer-Encoding': 'gzip' },
      cookies: ['a=1', 'b=2; Secure'],
    });
    http.write('short and ');
    http.write('stout');
    http.end();
  },
  '/bare': (stream) => { awslambda.HttpResponseStream.from(stream, {}).end('x'); },
  '/empty': (stream) => { const http = awslambda.HttpResponseStream.from(stream, { statusCode: 204 }); http.write(''); http.end(); },
  '/plain': (stream) => { stream.write('Hello, '); stream.end('world!'); },
  '/typed': (stream) => { stream.setContentType('text/event-stream'); stream.end('data: 1\\n\\n'); },
  '/split': async (stream) => {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    for (const piece of ['{"status', 'Code": 202}', '\\0\\0\\0', '\\0\\0\\0\\0', '\\0tail']) { stream.write(piece); await sleep(20); }
    stream.end();
  },
  '/no-delimiter': (stream) => {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    stream.end('{"statusCode": 200}');
  },
  '/long-prelude': (stream) => {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    stream.end(JSON.stringify({ headers: { 'x-long': 'x'.repeat(20000) } }) + '\\0'.repeat(8) + 'body');
  },
  '/bad-status': (stream) => { awslambda.HttpResponseStream.from(stream, { statusCode: 42 }).end('x'); },
  '/bad-header': (stream) => { awslambda.HttpResponseStream.from(stream, { headers: { 'x-a': 'b\\r\\nx-evil: 1' } }).end('x'); },
  '/bad-json': (stream) => {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    stream.end('nothing of the kind' + '\\0'.repeat(8));
  },
  '/early': () => { throw new Error('secret before anything'); },
  '/late': async (stream) => { stream.write('some'); await sleep(50); throw new Error('secret in the middle'); },
  '/exit': async (stream) => { stream.write('some'); await sleep(50); process.exit(3); },
  '/paced': async (stream) => { for (let i = 0; i < 3; i++) { stream.write('piece ' + i + ';'); await sleep(150); } stream.end(); },
  '/endless': async (stream) => {
    const piece = Buffer.alloc(65536, 97);
    for (let i = 0; i < 1600; i++) if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve));
    console.log('all taken');
    stream.end();
  },
};
export const handler = awslambda.streamifyResponse(async (event, stream) => { await pieces[event.rawPath](stream); });
`;

let server: StartedServer;
let clients: AwsClients;
let id: string;
let wholeId: string;
before(async () => {
  server = await startServer();
  clients = awsClients(server);
  await createFunction(clients, 'streams', streams, { memorySize: 256 });
  id = await withUrl('streams', 'RESPONSE_STREAM');
  const whole = `export const handler = async (event) => {
    if (event.rawPath === '/fail') throw new Error('secret');
    return { statusCode: 201, body: 'made ü' };
  };`;
  await createFunction(clients, 'whole', whole);
  wholeId = await withUrl('whole', 'RESPONSE_STREAM');
});
after(async () => {
  clients?.destroy();
  await server?.stop();
});

async function withUrl(name: string, mode: InvokeMode): Promise<string> {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  );
  const { FunctionUrl = '', InvokeMode } = await clients.lambda.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName: name,
      AuthType: 'NONE',
      InvokeMode: mode,
      Cors: { AllowOrigins: ['https://a.example'] },
    }),
  );
  assert.equal(InvokeMode, mode);
  return new URL(FunctionUrl).host.split('.')[0] ?? '';
}

const hostOf = (urlId: string): string => `${urlId}.lambda-url.us-east-1.on.aws`;
const ask = (target: string, request: Partial<RawRequest> = {}, urlId = id): Promise<RawResponse> =>
  rawRequest(server.port, { target, host: hostOf(urlId), ...request });

interface RecordOfRequest {
  readonly status: number;
  readonly functionName: string;
  readonly apiKind: string;
  readonly reason?: string;
  readonly bytesOut: number;
}

async function recordOf(requestId: string): Promise<RecordOfRequest> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${server.controlPort}/_stagegate/requests/${requestId}`);
    if (answer.status === 200) return (await answer.json()) as RecordOfRequest;
    await sleep(20);
  }
  throw new Error(`no record of ${requestId}`);
}

/** A request whose answer is read as it comes. */
function open(target: string): { readonly socket: Socket; readonly read: () => string } {
  let received = '';
  const socket = connect({ port: server.port, host: '127.0.0.1' }, () =>
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostOf(id)}\r\n\r\n`),
  );
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  return { socket, read: () => received };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`never: ${what}`);
}

describe('a function that streams', () => {
  test('says status, header fields and cookies in its prelude; framing is ours', async () => {
    const answer = await ask('/http', { headers: [['Origin', 'https://a.example']] });
    assert.equal(answer.status, 418);
    assert.equal(answer.text(), 'short and stout');
    assert.equal(answer.header('content-type'), 'text/tea');
    assert.equal(answer.header('x-own'), 'ü');
    assert.deepEqual(answer.all('set-cookie'), ['a=1', 'b=2; Secure']);
    assert.deepEqual(answer.all('content-length'), []);
    assert.deepEqual(answer.all('transfer-encoding'), ['chunked']);
    assert.deepEqual(answer.all('access-control-allow-origin'), ['https://a.example']);
    assert.match(answer.header('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  });

  const rows: readonly (readonly [desc: string, target: string, status: number, type: string | undefined, body: string])[] = [
    ['an empty prelude is a 200', '/bare', 200, 'application/octet-stream', 'x'],
    ['a 204 has no body', '/empty', 204, 'application/octet-stream', ''],
    ['without a prelude it is bytes', '/plain', 200, 'application/octet-stream', 'Hello, world!'],
    ['a content type of its own', '/typed', 200, 'text/event-stream', 'data: 1\n\n'],
    ['a prelude in small pieces', '/split', 202, 'application/octet-stream', 'tail'],
    ['a prelude without its end', '/no-delimiter', 502, 'application/json', 'Internal Server Error'],
    ['a prelude of more than 16 KB', '/long-prelude', 502, 'application/json', 'Internal Server Error'],
    ['a status that is none', '/bad-status', 502, 'application/json', 'Internal Server Error'],
    ['a header that would split the answer', '/bad-header', 502, 'application/json', 'Internal Server Error'],
    ['a prelude that is no JSON', '/bad-json', 502, 'application/json', 'Internal Server Error'],
    ['a failure before anything was said', '/early', 502, 'application/json', 'Internal Server Error'],
  ];
  for (const [desc, target, status, type, body] of rows) {
    test(desc, async () => {
      const answer = await ask(target);
      assert.deepEqual([answer.status, answer.header('content-type'), answer.text()], [status, type, body]);
      const record = await recordOf(answer.header('x-amzn-requestid') ?? '');
      assert.deepEqual([record.status, record.functionName, record.apiKind], [status, 'streams', 'function-url']);
      assert.equal(record.reason !== undefined, status === 502);
    });
  }

  test('HEAD has the header fields and no body', async () => {
    const answer = await ask('/http', { method: 'HEAD' });
    assert.deepEqual([answer.status, answer.header('x-own'), answer.text()], [418, 'ü', '']);
  });

  test('pieces arrive as they are written', async () => {
    const { socket, read } = open('/paced');
    await until('the first piece', () => read().includes('piece 0;'));
    assert.ok(!read().includes('piece 2;'), 'the last piece came with the first');
    await until('the end', () => read().endsWith('0\r\n\r\n'));
    socket.destroy();
  });

  for (const [desc, target] of [
    ['a failure in the middle', '/late'],
    ['a process that ends in the middle', '/exit'],
  ] as const) {
    test(`${desc} cuts the answer: no part passes for the whole`, async () => {
      const { socket, read } = open(target);
      let closed = false;
      socket.on('close', () => {
        closed = true;
      });
      await until('the connection was closed', () => closed);
      assert.match(read(), /^HTTP\/1\.1 200 /);
      assert.match(read(), /some/);
      assert.ok(!read().includes('0\r\n\r\n') && !read().includes('secret'), read());
      const record = await recordOf(/x-amzn-requestid: (\S+)/i.exec(read())?.[1] ?? '');
      assert.match(record.reason ?? '', /not complete/);
      assert.equal(record.bytesOut, 4);
    });
  }
});

describe('a slow client', () => {
  test('holds the function back, and lets it go when it leaves', async () => {
    const { socket, read } = open('/endless');
    await until('the first bytes', () => read().length > 0);
    socket.pause();
    await sleep(1000);
    assert.equal(await isAllTaken(), false, '105 MB went somewhere');
    socket.destroy();
    await until('the function went on', isAllTaken);
    const record = await recordOf(/x-amzn-requestid: (\S+)/i.exec(read())?.[1] ?? '');
    assert.match(record.reason ?? '', /the client left/);
  });
});

async function isAllTaken(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${server.controlPort}/_stagegate/logs?function=streams`);
  return (await answer.text()).includes('all taken');
}

describe('modes that do not match', () => {
  test('a function that returns, behind a URL that streams: the JSON as it is', async () => {
    const answer = await ask('/', {}, wholeId);
    assert.deepEqual([answer.status, answer.header('content-type')], [200, 'application/json']);
    assert.deepEqual(JSON.parse(answer.body.toString()), { statusCode: 201, body: 'made ü' });
  });

  test('a function that fails, behind a URL that streams', async () => {
    const answer = await ask('/fail', {}, wholeId);
    assert.deepEqual([answer.status, answer.text()], [502, 'Internal Server Error']);
  });

  test('a function that streams, behind a URL that does not: gathered, prelude and all', async () => {
    await clients.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'streams', InvokeMode: 'BUFFERED' }));
    try {
      assert.deepEqual([(await ask('/plain')).text()], ['Hello, world!']);
      const answer = await ask('/bare');
      assert.deepEqual([answer.status, answer.text()], [200, `{}${'\0'.repeat(8)}x`]);
      assert.equal((await ask('/late')).status, 502);
    } finally {
      await clients.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'streams', InvokeMode: 'RESPONSE_STREAM' }));
    }
  });
});
