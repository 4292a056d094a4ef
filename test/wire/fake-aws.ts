// A small AWS: takes calls of any service, checks their signatures as AWS does, remembers them and answers what each protocol answers.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from '../../src/aws/sigv4.ts';
import { hashBody } from '../../src/aws/sigv4-canonical-request.ts';

export interface AwsCall {
  /** Service and region that it was signed for, or why the signature was refused. */
  readonly signature: string;
  /** The access key of a signature that is good. */
  readonly signer: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface FakeAws {
  readonly url: string;
  readonly calls: AwsCall[];
  /** Whose signatures are good besides the gateway's own: by access key. */
  readonly keys: Map<string, { readonly secretAccessKey: string; readonly sessionToken?: string }>;
  /** Answers an operation with a status instead, until it is restored. */
  refuse(operation: string, status: number): { restore(): void };
  close(): Promise<void>;
}

export const awsKeys = { AWS_ACCESS_KEY_ID: 'AKIAGATEWAY', AWS_SECRET_ACCESS_KEY: 'gateway-secret', AWS_SESSION_TOKEN: 'token' };

/** Answers by what the call asks for: the target's operation, the form's action, or the path. */
const answers: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
  PutEvents: { type: 'application/x-amz-json-1.1', body: '{"Entries":[{"EventId":"e1"}],"FailedEntryCount":0}' },
  SendMessage: {
    type: 'text/xml',
    body: '<?xml version="1.0"?><SendMessageResponse><SendMessageResult><MessageId>m1</MessageId></SendMessageResult></SendMessageResponse>',
  },
  Publish: {
    type: 'text/xml',
    body: '<?xml version="1.0"?><PublishResponse><PublishResult><MessageId>p1</MessageId></PublishResult></PublishResponse>',
  },
  ReceiveMessage: { type: 'text/xml', body: '<?xml version="1.0"?><ReceiveMessageResponse/>' },
  DeleteMessage: { type: 'text/xml', body: '<?xml version="1.0"?><DeleteMessageResponse/>' },
  PurgeQueue: { type: 'text/xml', body: '<?xml version="1.0"?><PurgeQueueResponse/>' },
  PutRecord: { type: 'application/x-amz-json-1.1', body: '{"SequenceNumber":"1","ShardId":"shard-0"}' },
  StartExecution: { type: 'application/x-amz-json-1.0', body: '{"executionArn":"arn","startDate":1.5}' },
  StartSyncExecution: { type: 'application/x-amz-json-1.0', body: '{"status":"SUCCEEDED","output":"{}"}' },
  StopExecution: { type: 'application/x-amz-json-1.0', body: '{"stopDate":1.5}' },
  GetConfiguration: { type: 'application/json', body: '{"flag":true}' },
};

export async function startFakeAws(): Promise<FakeAws> {
  const calls: AwsCall[] = [];
  const keys: FakeAws['keys'] = new Map([
    [awsKeys.AWS_ACCESS_KEY_ID, { secretAccessKey: awsKeys.AWS_SECRET_ACCESS_KEY, sessionToken: awsKeys.AWS_SESSION_TOKEN }],
  ]);
  const refused = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const found = verifySignature(
        { method: request.method ?? '', path, query, rawHeaders: request.rawHeaders, bodyHash: hashBody(body) },
        {
          now: Date.now(),
          credentials: (id) => keys.get(id),
          clockSkewMs: 300_000,
        },
      );
      const signature = found.verified ? `${found.scope.service} in ${found.scope.region}` : found.message;
      const text = body.toString('utf8');
      const signer = found.verified ? found.scope.accessKeyId : undefined;
      const { method = '', url: target = '', headers } = request;
      calls.push({ signature, signer, method, target, headers, body: text });
      const operation =
        String(request.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ||
        new URLSearchParams(text).get('Action') ||
        'GetConfiguration';
      const answer = answers[operation];
      response.setHeader('x-amzn-RequestId', `request-${calls.length}`);
      const status = refused.get(operation);
      if (!found.verified || answer === undefined || status !== undefined) {
        response.statusCode = status ?? 403;
        response.end(`{"message":${JSON.stringify(signature)}}`);
        return;
      }
      response.setHeader('Content-Type', answer.type);
      response.end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    keys,
    refuse(operation, status) {
      refused.set(operation, status);
      return { restore: () => void refused.delete(operation) };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
