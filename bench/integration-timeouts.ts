// How exact TimeoutInMillis is: `node bench/integration-timeouts.ts [requests]` sends requests to a backend that never answers, through
// the whole gateway, and prints by how much each timeout was missed, beside plain timers of the same process and time: what those are
// late by is the machine's doing. The wheel ticks every 10 ms.

import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { startStagegate } from '../src/stagegate.ts';

const requests = Number(process.argv[2] ?? 200);
const timeouts = [50, 75, 100, 333, 1000, 2999, 3001, 5000];

const silent = createServer((socket) => socket.on('error', () => {}).resume());
silent.listen(0, '127.0.0.1');
await once(silent, 'listening');
const target = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
const system = await startStagegate({
  host: '127.0.0.1',
  port: 0,
  controlHost: '127.0.0.1',
  controlPort: 0,
  dataDirectory: undefined,
  accountId: '000000000000',
  defaultRegion: 'us-east-1',
  auth: 'open',
  dev: false,
});
const { ApiId } = await system.call('apigatewayv2', 'CreateApi', { Name: 'timeouts', ProtocolType: 'HTTP' });
for (const timeout of timeouts) {
  const { IntegrationId } = await system.call('apigatewayv2', 'CreateIntegration', {
    ApiId,
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'ANY',
    IntegrationUri: target,
    TimeoutInMillis: timeout,
  });
  await system.call('apigatewayv2', 'CreateRoute', {
    ApiId,
    RouteKey: `GET /${timeout}`,
    Target: `integrations/${IntegrationId}`,
  });
}
await system.call('apigatewayv2', 'CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });

console.log('TimeoutInMillis  requests  late by, ms: min  median  90 %  99 %  |  plain timers: min  median  90 %  99 %');
for (const timeout of timeouts) {
  const late: number[] = [];
  const control: number[] = [];
  // Spread over a second, so that every phase of the wheel's tick is met.
  await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, (i * 997) % 1000));
      const began = performance.now();
      setTimeout(() => control.push(performance.now() - began - timeout), timeout);
      late.push((await timeOf(`/${timeout}`)) - timeout);
    }),
  );
  console.log(`${timeout}  ${late.length}  ${figures(late)}  |  ${figures(control)}`);
}
silent.close();
await system.close(0);
process.exit(0);

function figures(values: number[]): string {
  values.sort((a, b) => a - b);
  return [0, 0.5, 0.9, 0.99].map((share) => (values[Math.floor(share * values.length)] as number).toFixed(1)).join('  ');
}

function timeOf(path: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port: system.port, path, headers: { host: `${ApiId}.execute-api.localhost` }, agent: false },
      (response) => {
        const took = performance.now() - began;
        response.resume();
        response.on('end', () =>
          response.statusCode === 503 ? resolve(took) : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    )
      .on('error', reject)
      .end();
  });
}
