// An echo server for bench/websocket.ts: `node --expose-gc bench/websocket-server.ts ours|ws|api bytes|text`. `bytes` sends back what came;
// `text` goes through a string, as a gateway does that looks into its messages. `api` is the whole product: a WebSocket API whose MOCK
// route answers with the message. Tells its parent port and path, and how large the young generation is after a collection that the
// parent asks for.

import { getHeapSpaceStatistics } from 'node:v8';
import { WebSocketServer } from 'ws';
import { createHttp1Server } from '../src/http1/server.ts';
import { startStagegate } from '../src/stagegate.ts';
import { acceptWebSocket, readHandshake } from '../src/websocket/handshake.ts';
import { WebSocketEndpoint } from '../src/websocket/websocket-endpoint.ts';

const [candidate, way] = process.argv.slice(2);
const asText = way === 'text';
const { port, path = '/' } =
  candidate === 'api' ? await serveApi() : { port: await (candidate === 'ws' ? serveWs() : serveOurs()) };
process.send?.({ port, path });
process.on('message', () => {
  globalThis.gc?.();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  process.send?.({ youngMb: (young?.physical_space_size ?? 0) / 2 ** 20 });
});
process.on('disconnect', () => process.exit(0));

async function serveOurs(): Promise<number> {
  const endpoint = new WebSocketEndpoint<undefined>({
    onMessage(connection, message, isText): void {
      connection.sendBytes(message, isText);
    },
    ...(asText ? { onText: (connection, text) => void connection.sendText(text) } : {}),
    onClose(): void {},
  });
  const server = createHttp1Server({
    limits: { connections: 20_000 },
    onRequest(request): void {
      const handshake = readHandshake(request);
      if ('refused' in handshake) request.respond(handshake.refused, handshake.headers, handshake.message);
      else acceptWebSocket(request, handshake, endpoint, undefined);
    },
  });
  await server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  return server.port;
}

function serveWs(): Promise<number> {
  return new Promise((resolve) => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      backlog: 4096,
      perMessageDeflate: false,
      maxPayload: 128 * 1024,
    });
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        if (asText) socket.send(data.toString());
        else socket.send(data as Buffer, { binary: isBinary });
      });
      socket.on('error', () => {});
    });
    server.on('listening', () => resolve((server.address() as { port: number }).port));
  });
}

/** The route that messages select answers with them; there is no $connect, so that memory is a connection's own. */
async function serveApi(): Promise<{ readonly port: number; readonly path: string }> {
  const system = await startStagegate({
    ...{ host: '127.0.0.1', port: 0, controlHost: '127.0.0.1', controlPort: 0, dataDirectory: undefined, dev: false },
    ...{ accountId: '000000000000', defaultRegion: 'us-east-1', auth: 'open', accountThrottle: 'none', onNotice: () => {} },
  });
  const call = async (operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> =>
    system.call('apigatewayv2', operation, input);
  const { ApiId } = await call('CreateApi', {
    ...{ Name: 'echo', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  });
  const { IntegrationId } = await call('CreateIntegration', {
    ...{
      ApiId,
      IntegrationType: 'MOCK',
      TemplateSelectionExpression: '\\$default',
      RequestTemplates: { $default: '$input.body' },
    },
  });
  await call('CreateIntegrationResponse', {
    ...{ ApiId, IntegrationId, IntegrationResponseKey: '$default', ResponseTemplates: { $default: '$input.body' } },
    TemplateSelectionExpression: '\\$default',
  });
  const { RouteId } = await call('CreateRoute', {
    ...{ ApiId, RouteKey: 'echo', Target: `integrations/${IntegrationId}`, RouteResponseSelectionExpression: '$default' },
  });
  await call('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
  const { DeploymentId } = await call('CreateDeployment', { ApiId });
  await call('CreateStage', { ApiId, StageName: 'prod', DeploymentId });
  return { port: system.port, path: `/_aws/execute-api/${ApiId}/prod` };
}
