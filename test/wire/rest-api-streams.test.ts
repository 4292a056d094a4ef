// REST APIs whose methods stream their answers (responseTransferMode STREAM), over a socket: functions and HTTP backends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BadRequestException,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutMethodCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-api-gateway';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

const streams = `import { setTimeout as sleep } from 'node:timers/promises';
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.queryStringParameters?.how === 'early') throw new Error('early');
  const http = awslambda.HttpResponseStream.from(stream, {
    statusCode: 201,
    headers: { 'Content-Type': 'text/plain', 'X-Method': event.httpMethod },
    multiValueHeaders: { 'x-two': ['1', '2'] },
    cookies: ['a=1', 'b=2'],
  });
  for (let piece = 0; piece < 3; piece++) {
    http.write('piece ' + piece + ';');
    await sleep(150);
    if (event.queryStringParameters?.how === 'middle') throw new Error('middle');
  }
  http.end();
});`;
const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${account}:function:streams`;
const STREAMING_URI = `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${FUNCTION_ARN}/response-streaming-invocations`;
const BUFFERED_URI = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;

let server: StartedServer;
let clients: AwsClients;
let backend: Server;
let restApiId = '';
let rootId = '';
const resourceIds = new Map<string, string>();

/** What the backend has written of an answer that has no end. */
let flooded = 0;

async function addMethod(pathPart: string, integration: Partial<PutIntegrationCommandInput>): Promise<void> {
  const { id: resourceId = '' } = await clients.restApis.send(
    new CreateResourceCommand({ restApiId, parentId: rootId, pathPart }),
  );
  resourceIds.set(pathPart, resourceId);
  const at = { restApiId, resourceId, httpMethod: 'ANY' };
  await clients.restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  await put(pathPart, integration);
}

const put = (pathPart: string, integration: Partial<PutIntegrationCommandInput>) =>
  clients.restApis.send(
    new PutIntegrationCommand({
      restApiId,
      resourceId: resourceIds.get(pathPart),
      httpMethod: 'ANY',
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: STREAMING_URI,
      responseTransferMode: 'STREAM',
      ...integration,
    }),
  );

const ask = (target: string, method = 'GET') => rawRequest(server.port, { method, target, host: hostOf(restApiId) });

/** A request whose answer is read as it comes. */
function open(target: string): { readonly socket: Socket; readonly read: () => string } {
  let received = '';
  const socket = connect({ port: server.port, host: '127.0.0.1' }, () =>
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostOf(restApiId)}\r\n\r\n`),
  );
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  return { socket, read: () => received };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (isSo()) return;
    await sleep(20);
  }
  throw new Error(`never: ${what}`);
}

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  backend = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    if (request.url === '/flood') {
      const more = (): void => {
        while (!response.destroyed) {
          flooded += 65_536;
          if (!response.write(Buffer.alloc(65_536, 0xff))) break;
        }
      };
      response.on('drain', more);
      more();
      return;
    }
    response.write('first;');
    setTimeout(() => (request.url === '/break' ? response.destroy() : response.end('last;')), 300);
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  await createFunction(clients, 'streams', streams);
  const principal = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
  await clients.lambda.send(new AddPermissionCommand({ FunctionName: 'streams', StatementId: 'api', ...principal }));
  const created = await clients.restApis.send(new CreateRestApiCommand({ name: 'streams' }));
  restApiId = created.id ?? '';
  rootId = created.rootResourceId ?? '';
  await addMethod('function', { timeoutInMillis: 900_000 });
  for (const name of ['http', 'break', 'flood']) {
    await addMethod(name, { type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: `http://127.0.0.1:${port}/${name}` });
  }
  await clients.restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
});

after(async () => {
  await server?.stop();
  backend?.closeAllConnections();
  backend?.close();
});

describe('a function that streams', () => {
  test('says status, header fields and cookies in its metadata', async () => {
    const answer = await ask('/prod/function');
    assert.deepEqual([answer.status, answer.text()], [201, 'piece 0;piece 1;piece 2;']);
    assert.deepEqual(answer.all('x-two'), ['1', '2']);
    assert.deepEqual(answer.all('set-cookie'), ['a=1', 'b=2']);
    assert.deepEqual([answer.header('x-method'), answer.header('transfer-encoding')], ['GET', 'chunked']);
    assert.match(answer.header('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  });

  test('pieces arrive as they are written', async () => {
    const { socket, read } = open('/prod/function');
    await until('the first piece', () => read().includes('piece 0;'));
    assert.ok(!read().includes('piece 2;'), 'the last piece came with the first');
    await until('the end', () => read().endsWith('0\r\n\r\n'));
    socket.destroy();
  });

  test('a failure before the metadata is a 502', async () => {
    const answer = await ask('/prod/function?how=early');
    assert.deepEqual([answer.status, answer.text()], [502, '{"message": "Internal server error"}']);
  });

  test('a failure in the middle: the answer has no end', async () => {
    const { socket, read } = open('/prod/function?how=middle');
    await until('the connection is cut', () => socket.closed);
    assert.match(read(), /^HTTP\/1\.1 201 /);
    assert.match(read(), /piece 0;/);
    assert.ok(!read().endsWith('0\r\n\r\n'));
  });
});

describe('an HTTP backend that streams', () => {
  test('pieces arrive as they are written', async () => {
    const { socket, read } = open('/prod/http');
    await until('the first piece', () => read().includes('first;'));
    assert.ok(!read().includes('last;'), 'the last piece came with the first');
    await until('the end', () => read().endsWith('0\r\n\r\n'));
    socket.destroy();
  });

  test('a backend that breaks off: the answer has no end', async () => {
    const { socket, read } = open('/prod/break');
    await until('the connection is cut', () => socket.closed);
    assert.match(read(), /first;/);
    assert.ok(!read().endsWith('0\r\n\r\n'));
  });

  test('a client that does not read holds the backend back, and takes it along when it leaves', async () => {
    const { socket } = open('/prod/flood');
    socket.pause();
    await until('the flood began', () => flooded > 0);
    let seen = -1;
    while (seen !== flooded) {
      seen = flooded;
      await sleep(400);
    }
    assert.ok(flooded < 64 * 2 ** 20, `${flooded} bytes were taken for a client that reads none`);
    socket.destroy();
    const connections = (): Promise<number> => new Promise((done) => backend.getConnections((_, count) => done(count)));
    for (let attempt = 0; attempt < 200 && (await connections()) > 2; attempt++) await sleep(20);
    const left = flooded;
    await sleep(200);
    assert.equal(flooded, left, 'the backend still writes');
  });
});

describe('what PutIntegration refuses', () => {
  for (const [desc, integration, message] of [
    ['MOCK', { type: 'MOCK' }, /STREAM is for integrations of type HTTP_PROXY and AWS_PROXY/],
    ['more than fifteen minutes', { timeoutInMillis: 900_001 }, /between 50 ms and 900000 ms/],
    [
      'more than 29 s without streaming',
      { responseTransferMode: 'BUFFERED', uri: BUFFERED_URI, timeoutInMillis: 29_001 },
      /29000 ms/,
    ],
    ['STREAM with the URI of Invoke', { uri: BUFFERED_URI }, /response-streaming-invocations/],
    ['the streaming URI without STREAM', { responseTransferMode: 'BUFFERED' }, /responseTransferMode STREAM/],
  ] as const) {
    test(desc, async () => {
      await assert.rejects(put('function', integration), (error: unknown) => {
        assert.ok(error instanceof BadRequestException);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('UpdateIntegration changes mode and URI together', async () => {
    const patch = (mode: string, uri: string) =>
      clients.restApis.send(
        new UpdateIntegrationCommand({
          restApiId,
          resourceId: resourceIds.get('function'),
          httpMethod: 'ANY',
          patchOperations: [
            { op: 'replace', path: '/timeoutInMillis', value: '29000' },
            { op: 'replace', path: '/uri', value: uri },
            { op: 'replace', path: '/responseTransferMode', value: mode },
          ],
        }),
      );
    assert.equal((await patch('BUFFERED', BUFFERED_URI)).responseTransferMode, 'BUFFERED');
    assert.equal((await patch('STREAM', STREAMING_URI)).responseTransferMode, 'STREAM');
  });
});
