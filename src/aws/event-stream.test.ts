import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createAwsEndpoint } from './endpoint.ts';

test("the SDK's client reads the events of an answer one by one", async () => {
  const endpoint = createAwsEndpoint({
    services: {
      lambda: {
        InvokeWithResponseStream: async () => ({
          StatusCode: 200,
          ResponseStreamContentType: 'text/plain',
          EventStream: [
            { PayloadChunk: { Payload: Buffer.from('hello ') } },
            { PayloadChunk: { Payload: Buffer.from('world') } },
            { InvokeComplete: { ErrorCode: 'E', LogResult: 'log' } },
          ],
        }),
      },
    },
    authentication: { mode: 'open' },
    accountId: '111111111111',
    defaultRegion: 'us-east-1',
    onError: (error) => assert.fail(String(error)),
  });
  const client = new LambdaClient({
    region: 'us-east-1',
    endpoint: 'http://localhost:4566',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: async (request: { method: string; path: string; headers: Record<string, string> }) => {
        const { method, path } = request;
        const answer = await endpoint.handle({
          method,
          path,
          query: '',
          rawHeaders: Object.entries(request.headers).flat(),
          body: Buffer.alloc(0),
        });
        const headers = Object.fromEntries(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
        return { response: { statusCode: answer.status, headers, body: Readable.from([answer.body]) } as never };
      },
    },
  });
  const { EventStream, ResponseStreamContentType } = await client.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'f' }),
  );
  assert.equal(ResponseStreamContentType, 'text/plain');
  let text = '';
  let complete: unknown;
  for await (const event of EventStream ?? []) {
    if (event.PayloadChunk?.Payload !== undefined) text += Buffer.from(event.PayloadChunk.Payload).toString();
    if (event.InvokeComplete !== undefined) complete = event.InvokeComplete;
  }
  assert.equal(text, 'hello world');
  assert.deepEqual({ ...(complete as object) }, { ErrorCode: 'E', LogResult: 'log' });
  client.destroy();
});
