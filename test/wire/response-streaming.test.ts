// Answers in pieces, as the AWS SDK reads them: InvokeWithResponseStream over awslambda.streamifyResponse and the Runtime API.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandInput,
  type InvokeWithResponseStreamCompleteEvent,
} from '@aws-sdk/client-lambda';
import { writeZip } from '../../src/lambda/testing/zip-writer.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { activeFunction, createFunction, role } from './deployed-api.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  server = await startServer();
  clients = awsClients(server);
  await createFunction(clients, 'streams', streams, { memorySize: 256, timeout: 2 });
  // 105 MB take their time on a busy machine.
  await createFunction(clients, 'streams-long', streams, { memorySize: 256, timeout: 30 });
  await createFunction(
    clients,
    'whole',
    'export const handler = async (e) => { if (e.fail) throw new Error("no"); return { whole: "ü" }; };',
  );
});
after(async () => {
  clients?.destroy();
  await server?.stop();
});

const streams = `import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
let pulled = 0;
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  switch (event.do) {
    case 'pulled': stream.write(String(pulled)); break;
    case 'paced': for (let i = 0; i < 4; i++) { stream.write('piece ' + i + ';'); await sleep(event.gapMs ?? 150); } break;
    case 'http': {
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=1'] });
      http.write('body ');
      await sleep(20);
      http.write(Buffer.from('bytes'));
      http.end();
      return;
    }
    case 'type': stream.setContentType('text/plain'); stream.write('t'); break;
    case 'json': stream.write({ n: 1 }); break;
    case 'nothing': break;
    case 'large': await pipeline(Readable.from((function* () { for (let i = 0; i < 30; i++) { pulled++; yield Buffer.alloc(1048576, 97 + (i % 26)); } })()), stream); return;
    case 'slow-reader': await pipeline(Readable.from((function* () { for (let i = 0; i < 1600; i++) { pulled++; const b = Buffer.alloc(65536, 97); b.write(String(Date.now()).padStart(24), 65512); yield b; } })()), stream); return;
    case 'early': throw new TypeError('before anything');
    case 'late': stream.write('some'); await sleep(50); throw new TypeError('in the middle');
    case 'destroy': stream.write('some'); await sleep(20); stream.destroy(new RangeError('gone')); return;
    case 'exit': stream.write('some'); await sleep(50); process.exit(3);
    case 'hang': stream.write('some'); await sleep(60000); break;
    case 'forget': stream.write('some'); return;
    case 'log': console.log('logged', context.awsRequestId); stream.write('x'); break;
  }
  stream.end();
  await stream.finished();
});`;

interface Streamed {
  readonly text: string;
  readonly pieces: readonly { readonly text: string; readonly atMs: number }[];
  readonly complete: InvokeWithResponseStreamCompleteEvent | undefined;
  readonly contentType: string | undefined;
  readonly status: number | undefined;
}

async function stream(
  event: unknown,
  settings: Partial<InvokeWithResponseStreamCommandInput> = {},
  readerPauseMs = 0,
): Promise<Streamed> {
  const output = await clients.lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'streams', Payload: Buffer.from(JSON.stringify(event)), ...settings }),
  );
  const pieces: { text: string; atMs: number }[] = [];
  let complete: InvokeWithResponseStreamCompleteEvent | undefined;
  for await (const item of output.EventStream ?? []) {
    if (item.PayloadChunk !== undefined) {
      pieces.push({ text: Buffer.from(item.PayloadChunk.Payload ?? []).toString(), atMs: performance.now() });
      if (readerPauseMs > 0) await new Promise((resolve) => setTimeout(resolve, readerPauseMs));
    }
    if (item.InvokeComplete !== undefined) complete = item.InvokeComplete;
  }
  const text = pieces.map((piece) => piece.text).join('');
  return { text, pieces, complete, contentType: output.ResponseStreamContentType, status: output.StatusCode };
}

describe('a streaming Node.js handler', () => {
  test('sends each piece when it is written', async () => {
    const { text, pieces, complete, contentType, status } = await stream({ do: 'paced' });
    assert.equal(text, 'piece 0;piece 1;piece 2;piece 3;');
    assert.deepEqual([complete, contentType, status], [{}, 'application/octet-stream', 200]);
    assert.ok(pieces.length >= 3, `${pieces.length} pieces`);
    const spread = (pieces.at(-1)?.atMs ?? 0) - (pieces[0]?.atMs ?? 0);
    assert.ok(spread > 200, `all pieces came within ${spread} ms`);
  });

  test('sends an HTTP answer’s prelude before its body', async () => {
    const { text, contentType } = await stream({ do: 'http' });
    assert.equal(contentType, 'application/vnd.awslambda.http-integration-response');
    assert.equal(text, `{"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=1"]}${'\0'.repeat(8)}body bytes`);
  });

  const plain: readonly (readonly [string, string, string])[] = [
    ['type', 't', 'text/plain'],
    ['json', '{"n":1}', 'application/octet-stream'],
    ['nothing', '', 'application/octet-stream'],
  ];
  for (const [what, text, contentType] of plain) {
    test(`that writes ${what}`, async () => {
      const streamed = await stream({ do: what });
      assert.deepEqual([streamed.text, streamed.contentType, streamed.complete], [text, contentType, {}]);
    });
  }

  test('may answer more than 6 MB', async () => {
    const { text, complete } = await stream({ do: 'large' });
    assert.equal(text.length, 30 * 1_048_576);
    assert.equal(text.at(-1), String.fromCharCode(97 + (29 % 26)));
    assert.deepEqual(complete, {});
  });

  test('is held back by a slow reader', async () => {
    const output = await clients.lambda.send(
      new InvokeWithResponseStreamCommand({ FunctionName: 'streams-long', Payload: Buffer.from('{"do":"slow-reader"}') }),
    );
    let bytes = 0;
    let pausedAt = 0;
    let made = '';
    for await (const { PayloadChunk } of output.EventStream ?? []) {
      const chunk = Buffer.from(PayloadChunk?.Payload ?? []);
      bytes += chunk.length;
      // The last bytes of a piece say how many had been made by then, and when.
      if (pausedAt === 0) {
        pausedAt = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      if (chunk.length > 0) made = chunk.subarray(-24).toString();
    }
    assert.equal(bytes, 1600 * 65_536);
    // 105 MB fit in no buffer on the way (Linux may keep 36 MB in sockets): the last piece was made after the pause.
    assert.ok(Number(made.trim()) >= pausedAt + 450, `${made} ${pausedAt}`);
  });

  const failing: readonly (readonly [string, string, RegExp])[] = [
    ['early', '', /"errorType":"TypeError","errorMessage":"before anything","trace":\[/],
    ['late', 'some', /"errorType":"TypeError","errorMessage":"in the middle"/],
    ['destroy', 'some', /"errorType":"RangeError","errorMessage":"gone"/],
    [
      'exit',
      'some',
      /"errorType":"Runtime\.ExitError","errorMessage":"RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3"/,
    ],
    ['hang', 'some', /"errorType":"Sandbox\.Timedout"/],
    ['forget', 'some', /has ended without ending its response stream/],
  ];
  for (const [what, text, details] of failing) {
    test(`that fails: ${what}`, async () => {
      const streamed = await stream({ do: what });
      assert.equal(streamed.text, text);
      assert.equal(streamed.complete?.ErrorCode, 'Unhandled');
      assert.match(streamed.complete?.ErrorDetails ?? '', details);
      // The next one is served as if nothing had been.
      assert.equal((await stream({ do: 'type' })).text, 't');
    });
  }

  test('gives the log’s tail in the last event', async () => {
    const { complete } = await stream({ do: 'log' }, { LogType: 'Tail' });
    const log = Buffer.from(complete?.LogResult ?? '', 'base64').toString();
    assert.match(log, /START RequestId[\s\S]*logged [0-9a-f-]{36}[\s\S]*END RequestId[\s\S]*REPORT/);
  });

  test('is gathered for a plain Invoke', async () => {
    const invoke = (event: object) =>
      clients.lambda.send(new InvokeCommand({ FunctionName: 'streams', Payload: Buffer.from(JSON.stringify(event)) }));
    const answer = await invoke({ do: 'json' });
    assert.deepEqual([answer.FunctionError, Buffer.from(answer.Payload ?? []).toString()], [undefined, '{"n":1}']);
    const large = await invoke({ do: 'large' });
    assert.equal(large.FunctionError, 'Unhandled');
    assert.match(Buffer.from(large.Payload ?? []).toString(), /Function\.ResponseSizeTooLarge/);
    const late = await invoke({ do: 'late' });
    assert.equal(late.FunctionError, 'Unhandled');
    assert.match(Buffer.from(late.Payload ?? []).toString(), /in the middle/);
  });
});

test('a function that does not stream answers in one piece', async () => {
  const { text, complete, contentType } = await stream({}, { FunctionName: 'whole' });
  assert.deepEqual([text, complete, contentType], ['{"whole":"ü"}', {}, 'application/json']);
  const failed = await stream({ fail: true }, { FunctionName: 'whole' });
  assert.equal(failed.complete?.ErrorCode, 'Unhandled');
});

test('DryRun runs nothing; a missing function is not found', async () => {
  assert.equal((await stream({ do: 'exit' }, { InvocationType: 'DryRun' })).status, 204);
  await assert.rejects(stream({}, { FunctionName: 'nobody' }), { name: 'ResourceNotFoundException' });
});

const withPython = spawnSync('python3', ['-c', '']).status === 0 ? {} : { skip: 'python3 is not on the PATH' };
test('a custom runtime streams over the Runtime API, with an error in its trailers', withPython, async () => {
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'custom',
      Role: role,
      Runtime: 'provided.al2023',
      Handler: 'none',
      Code: { ZipFile: writeZip([{ name: 'bootstrap', data: customRuntime, mode: 0o100755 }]) },
    }),
  );
  await activeFunction(clients, 'custom');
  const { text, complete, contentType, pieces } = await stream({ fail: false }, { FunctionName: 'custom' });
  assert.deepEqual([text, complete, contentType], ['one two three ', {}, 'text/plain']);
  assert.ok(pieces.length >= 2);
  const failed = await stream({ fail: true }, { FunctionName: 'custom' });
  assert.equal(failed.text, 'one two three ');
  assert.deepEqual(failed.complete, {
    ErrorCode: 'Unhandled',
    ErrorDetails: '{"errorType":"Runtime.Late","errorMessage":"at the end"}',
  });
});

const customRuntime = `#!/usr/bin/env python3
import base64, json, os, socket, time
host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
import http.client
while True:
    api = http.client.HTTPConnection(host, int(port))
    api.request('GET', '/2018-06-01/runtime/invocation/next')
    response = api.getresponse()
    event = json.loads(response.read())
    wire = socket.create_connection((host, int(port)))
    wire.sendall(('POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: text/plain\\r\\nLambda-Runtime-Function-Response-Mode: streaming\\r\\nTransfer-Encoding: chunked\\r\\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\\r\\n\\r\\n' % response.headers['Lambda-Runtime-Aws-Request-Id']).encode())
    for word in ('one ', 'two ', 'three '):
        wire.sendall(('%x\\r\\n%s\\r\\n' % (len(word), word)).encode())
        time.sleep(0.05)
    wire.sendall(b'0\\r\\n')
    if event['fail']:
        body = base64.b64encode(b'{"errorType":"Runtime.Late","errorMessage":"at the end"}')
        wire.sendall(b'Lambda-Runtime-Function-Error-Type: Runtime.Late\\r\\nLambda-Runtime-Function-Error-Body: ' + body + b'\\r\\n')
    wire.sendall(b'\\r\\n')
    wire.recv(4096)
    wire.close()
`;
