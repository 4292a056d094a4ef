// The control plane of WebSocket APIs over a socket, before the product serves such APIs: `stagegate start` refuses to make one.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAwsEndpoint } from '../../src/aws/endpoint.ts';
import { notYetEnforced } from '../../src/control-plane/apigatewayv2/not-yet-enforced.ts';
import { apiGatewayV2Operations } from '../../src/control-plane/apigatewayv2/operations.ts';
import { createMemoryStore } from '../../src/store/memory.ts';

export interface ControlServer {
  /** `http://127.0.0.1:PORT` */
  readonly controlUrl: string;
  /** Bugs of operations; a test expects none. */
  readonly failures: readonly unknown[];
  stop(): Promise<void>;
}

export async function startWebSocketControlServer(): Promise<ControlServer> {
  const failures: unknown[] = [];
  const endpoint = createAwsEndpoint({
    services: {
      apigatewayv2: apiGatewayV2Operations({
        store: createMemoryStore(),
        notYetEnforced: notYetEnforced.filter(({ feature }) => feature !== 'WebSocket APIs'),
      }),
    },
    authentication: { mode: 'open' },
    accountId: '000000000000',
    defaultRegion: 'us-east-1',
    onError: (error) => failures.push(error),
  });
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', async () => {
      const [path = '', query = ''] = (request.url ?? '').split('?', 2);
      const { method = '', rawHeaders } = request;
      const answer = await endpoint.handle({ method, path, query, rawHeaders, body: Buffer.concat(pieces) });
      response.writeHead(answer.status, answer.headers.flat());
      response.end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    controlUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
