// What a proxied request of a REST API costs from the bytes of its head to the bytes of its answer, without sockets: nanoseconds a
// request. Connections on both sides are memory; as sockets do, they read from one shared buffer and make flat what is written.
// Run: node src/front-door/proxied-request.bench.ts

import { ACCOUNT_LIMITS } from '../compile/http-api/plan.ts';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { assembleRestApi } from '../compile/rest-api/assemble.ts';
import { planRestApi } from '../compile/rest-api/plan.ts';
import { SlotAllocator } from '../compile/slot-allocator.ts';
import { httpProxy, restApi } from '../compile/testing/rest-api-builder.ts';
import { AuthorizerResults } from '../data-plane/authorizers/authorizer-results.ts';
import type { RestLambdaAnswer } from '../data-plane/rest-api/authorizers/lambda-answer.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import { ExchangeLog } from '../data-plane/telemetry/exchange-log.ts';
import { MetricsCollector } from '../data-plane/telemetry/metrics-collector.ts';
import { FakeDeadlines, FakeFunctions } from '../data-plane/testing/fake-ports.ts';
import type { ConnectReceiver } from '../http1/connect-transport.ts';
import { writeLatin1 } from '../http1/latin1.ts';
import { createHttp1Server } from '../http1/server.ts';
import type { Transport, TransportReceiver } from '../http1/transport.ts';
import { UpstreamPool } from '../http1/upstream-pool.ts';
import { createFrontDoor, createTrafficListener } from './front-door.ts';

const REQUESTS = 100_000;
const ROUNDS = 12;
const CONNECTIONS = 64;

const shared = Buffer.allocUnsafeSlow(65_536);
const out = Buffer.allocUnsafeSlow(65_536);
let sent = 0;

abstract class MemoryTransport implements Transport {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  readonly localPort = 8080;
  receiver!: TransportReceiver;
  readonly queuedBytes = 0;
  readonly holdsAll = false;
  protected held = '';

  write(data: string | Buffer): boolean {
    this.held += String(data);
    return true;
  }

  flush(): void {
    writeLatin1(out, this.held, 0);
    sent += this.held.length;
    this.held = '';
  }

  receive(bytes: Buffer): void {
    bytes.copy(shared, 0);
    this.receiver.onBytes(shared, 0, bytes.length);
  }

  cork(): void {}
  uncork(): void {}
  end(): void {}
  destroy(): void {}
  reset(): void {}
  pause(): void {}
  resume(): void {}
}

class Client extends MemoryTransport {}

const busy: Backend[] = [];

class Backend extends MemoryTransport {
  override write(data: string | Buffer): boolean {
    busy.push(this);
    return super.write(data);
  }
}

const counters = new Int32Array(new SharedArrayBuffer(65_536));
const api = restApi({
  'ANY /items/{id}': {
    integration: httpProxy('http://127.0.0.1:3000/items/{id}', {
      requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
    }),
  },
});
const limits = { ...ACCOUNT_LIMITS, rateLimit: 1e9, burstLimit: 1e9 };
const pool = new UpstreamPool({
  connect: (_target, receiver: ConnectReceiver) => {
    const transport = new Backend();
    transport.receiver = receiver;
    process.nextTick(() => receiver.onConnected());
    return transport;
  },
});
const pipeline = assembleRestApi(
  planRestApi(api.snapshot, api.stage, new SlotAllocator(counters), limits),
  {
    functions: new FakeFunctions(),
    exchanges: new ExchangeLog({ level: 0 }),
    counters,
    metrics: new MetricsCollector(),
    deadlines: new FakeDeadlines(),
    authorizerResults: new AuthorizerResults(),
    restAuthorizerResults: new AuthorizerResults<RestLambdaAnswer>(),
  },
  pool,
);
const liveRestApis = new LiveDeployments<RestApiPipeline>();
liveRestApis.activate(pipeline);
const server = createHttp1Server({
  onRequest: createTrafficListener(createFrontDoor({ live: new LiveDeployments(), liveRestApis })),
  announceKeepAlive: true,
  limits: { requestsPerConnection: Number.MAX_SAFE_INTEGER },
});
const clients = Array.from({ length: CONNECTIONS }, () => {
  const client = new Client();
  server.accept(client);
  return client;
});

const { apiId, stageName } = pipeline.plan;
const head = Buffer.from(`GET /${stageName}/items/42?limit=10 HTTP/1.1\r\nHost: ${apiId}.execute-api.localhost\r\n\r\n`);
const body = JSON.stringify({ id: 42, text: 'x'.repeat(174) });
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 28 Nov 2026 08:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`,
);

function turn(): void {
  for (const client of clients) client.receive(head);
  const asked = busy.splice(0);
  for (const backend of asked) backend.flush();
  for (const backend of asked) backend.receive(answer);
  for (const client of clients) client.flush();
}

turn();
await new Promise((resolve) => setTimeout(resolve, 10));
for (const backend of busy.splice(0)) {
  backend.flush();
  backend.receive(answer);
}
let best = Number.POSITIVE_INFINITY;
for (let round = 0; round < ROUNDS; round++) {
  const before = sent;
  const started = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += CONNECTIONS) turn();
  const { user, system } = process.cpuUsage(started);
  const turns = Math.ceil(REQUESTS / CONNECTIONS);
  const nanoseconds = ((user + system) * 1000) / (turns * CONNECTIONS);
  if (round > 1) best = Math.min(best, nanoseconds);
  console.log(`${Math.round(nanoseconds)} ns a request, ${Math.round((sent - before) / (turns * CONNECTIONS))} bytes written`);
}
console.log(`best: ${Math.round(best)} ns`);
process.exit(0);
