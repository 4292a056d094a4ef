// What the flow of a message itself costs, without sockets: nanoseconds a message for echoes and fixed answers of a MOCK, and for a
// one-way function. Run: node src/data-plane/websocket-api/receive.bench.ts

import { ACCOUNT_LIMITS } from '../../compile/http-api/plan.ts';
import { SlotAllocator } from '../../compile/slot-allocator.ts';
import { lambdaProxy, mock, webSocketApi } from '../../compile/testing/websocket-api-builder.ts';
import { assembleWebSocketApi } from '../../compile/websocket-api/assemble.ts';
import { planWebSocketApi } from '../../compile/websocket-api/plan.ts';
import { AuthorizerResults } from '../authorizers/authorizer-results.ts';
import type { BoundFunction } from '../ports.ts';
import { ExchangeLog } from '../telemetry/exchange-log.ts';
import { MetricsCollector } from '../telemetry/metrics-collector.ts';
import { FakeDeadlines, FakeUpstreams } from '../testing/fake-ports.ts';
import { MemoryChannels } from './channels/channels.ts';
import { type ClientSocket, Connection, newConnectionId } from './connection.ts';
import { Connections } from './connections.ts';
import { Departures } from './departures.ts';
import type { WebSocketApiPipeline } from './pipeline.ts';
import { receive } from './receive.ts';

const MESSAGES = 100_000;
/** The first is a warm-up; the best of the others counts. */
const ROUNDS = 5;

let sent = 0;
let lastText = '';

class BenchSocket implements ClientSocket {
  readonly isOpen = true;
  readonly lastActiveAt = 0;
  readonly queuedBytes = 0;

  sendText(text: string): undefined {
    sent += text.length;
    lastText = text;
  }

  sendBytes(bytes: Buffer): undefined {
    sent += bytes.length;
  }

  send({ wire, payloadBytes }: { readonly wire: string; readonly payloadBytes: number }): undefined {
    sent += payloadBytes;
    lastText = wire.slice(wire.indexOf('{'));
  }

  close(): boolean {
    return true;
  }

  pause(): void {}

  resume(): void {}
}

const done = { kind: 'returned', payload: '{"statusCode":200}' } as const;
const boundFunction: BoundFunction = {
  invoke: (_event, _trace, receiver) => receiver.onFunctionResult(done),
  enqueue: (_event, receiver) => receiver.onFunctionResult(done),
};

const answer = (template: string) => ({ $default: { responseTemplates: { $default: template } } });
const others = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`route${i}`, { integration: lambdaProxy() }]));
const built = webSocketApi({
  ...others,
  $default: { integration: lambdaProxy() },
  fixed: { answers: true, integration: mock('{"statusCode":200}', answer('{"pong":true}')) },
  passed: { answers: true, integration: { integrationType: 'MOCK', responses: { $default: {} } } },
  body: { answers: true, integration: mock('$input.body', answer('$input.body')) },
  mapped: {
    answers: true,
    integration: mock(`{"statusCode":200,"text":$input.json('$.text')}`, answer(`{"text":$input.json('$.text')}`)),
  },
  context: {
    answers: true,
    integration: mock('{"statusCode":200}', answer('{"id":"$context.connectionId","at":$context.requestTimeEpoch}')),
  },
  oneway: { integration: lambdaProxy() },
});

const text = '"text":"hello everybody, this is a chat message","statusCode":200}';
const kinds: readonly (readonly [what: string, message: string, answer: RegExp])[] = [
  ['MOCK, fixed answer', `{"action":"fixed",${text}`, /^\{"pong":true\}$/],
  ['MOCK echo, message passed on', `{"action":"passed",${text}`, /^\{"action":"passed".*200\}$/],
  ['MOCK echo, $input.body templates', `{"action":"body",${text}`, /^\{"action":"body".*200\}$/],
  ["MOCK echo, $input.json('$.text') templates", `{"action":"mapped",${text}`, /^\{"text":"hello.*"\}$/],
  ['MOCK, two $context variables', `{"action":"context",${text}`, /^\{"id":"[^"]+=","at":\d+\}$/],
  ['one-way function', `{"action":"oneway",${text}`, /^$/],
  ['no JSON, one-way function of $default', 'hello everybody, this is a chat message', /^$/],
];

for (const level of [0, 2] as const) {
  const counters = new Int32Array(new SharedArrayBuffer(65_536));
  const metrics = new MetricsCollector();
  const limits = { ...ACCOUNT_LIMITS, rateLimit: 1e9, burstLimit: 1e9 };
  const plan = planWebSocketApi(built.snapshot, built.stage, new SlotAllocator(counters), limits);
  const ports = {
    functions: { bind: () => boundFunction },
    exchanges: new ExchangeLog({ level }),
    counters,
    metrics,
    deadlines: new FakeDeadlines(),
    authorizerResults: new AuthorizerResults(),
    connections: new Connections(),
    channels: new MemoryChannels(),
    departures: new Departures(),
    journal: { opened: (_facts: object, open: (error: undefined) => void) => open(undefined), closed: () => {} },
  };
  const pipeline = assembleWebSocketApi(plan, ports, new FakeUpstreams());
  const connection = new Connection({
    connectionId: newConnectionId(),
    scope: plan.scope,
    apiId: plan.apiId,
    stageName: plan.stageName,
    connectedAt: Date.now(),
    sourceIp: '127.0.0.1',
    userAgent: undefined,
    domainName: 'w1x2y3z4a5.execute-api.localhost',
    authorizer: undefined,
    signer: undefined,
    apiKey: undefined,
  });
  connection.socket = new BenchSocket();
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, message, expected] of kinds) {
      lastText = '';
      const nanoseconds = measure(pipeline, connection, message, level === 0 ? MESSAGES : MESSAGES / 10);
      if (!expected.test(lastText)) throw new Error(`${what} was answered ${lastText}: this measures something else`);
      if (round > 0) best.set(what, Math.min(best.get(what) ?? nanoseconds, nanoseconds));
    }
  }
  for (const [what, nanoseconds] of best) console.log(`level ${level}  ${what}: ${Math.round(nanoseconds)} ns/message`);
  const counted = metrics.collect().find(({ metric }) => metric.metricName.endsWith('Count'))?.distribution.sum;
  console.log(`${counted} messages, ${sent} characters`);
}

function measure(pipeline: WebSocketApiPipeline, connection: Connection, message: string, messages: number): number {
  const started = performance.now();
  for (let i = 0; i < messages; i++) receive(pipeline, connection, message, message.length, performance.now());
  return ((performance.now() - started) * 1e6) / messages;
}
