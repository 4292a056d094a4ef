// What the flow of REST APIs itself costs, without sockets: nanoseconds a request for a refusal, a MOCK answer through the passthrough
// template and an HTTP_PROXY answer. Run: node src/data-plane/rest-api/invoke.bench.ts

import { ACCOUNT_LIMITS } from '../../compile/http-api/plan.ts';
import { assembleRestApi } from '../../compile/rest-api/assemble.ts';
import { planRestApi } from '../../compile/rest-api/plan.ts';
import { SlotAllocator } from '../../compile/slot-allocator.ts';
import { httpProxy, mock, restApi } from '../../compile/testing/rest-api-builder.ts';
import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodySink, HeaderView, MessageBody, ServerRequest, UpstreamCall, UpstreamTicket } from '../../http1/message.ts';
import { AuthorizerResults } from '../authorizers/authorizer-results.ts';
import type { InvocationAddress } from '../http-api/exchange.ts';
import { ExchangeLog } from '../telemetry/exchange-log.ts';
import { MetricsCollector } from '../telemetry/metrics-collector.ts';
import { FakeDeadlines, FakeFunctions } from '../testing/fake-ports.ts';
import type { RestLambdaAnswer } from './authorizers/lambda-answer.ts';
import { invoke } from './invoke.ts';
import type { RestApiPipeline } from './pipeline.ts';

const REQUESTS = 60_000;
/** The first is a warm-up; the best of the others counts. */
const ROUNDS = 4;

/** Like the template that the console writes for "method request passthrough". */
const PASSTHROUGH = `#set($allParams = $input.params())
{
"statusCode": 200,
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage" : "$context.stage"
}`;

/** Like what people write for a mock: a few values of the request in the answer. */
const FEW_VALUES =
  '{"id": "$input.params(\'id\')", "limit": "$input.params(\'limit\')", "request": "$context.requestId", "body": $input.json(\'$\')}';

const noBody: MessageBody = {
  length: 0,
  takeText: () => '',
  readAll: () => {},
  pipeTo: () => {},
  discard: () => {},
};

/** About the head of a browser's request; forwarding is one copy, as in the core. */
class BenchHeaders implements HeaderView {
  readonly raw = [
    'Host',
    'a1b2c3.execute-api.localhost',
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    'Accept',
    'application/json, text/plain, */*',
    'Accept-Language',
    'en-US,en;q=0.9',
    'Cookie',
    'session=0123456789abcdef; theme=dark',
    'Authorization',
    'Bearer 0123456789abcdef0123456789abcdef',
  ];
  readonly #lines = `${this.raw.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')}`;
  readonly #values = new Map<string, string>();

  constructor() {
    for (let i = 0; i < this.raw.length; i += 2)
      this.#values.set((this.raw[i] as string).toLowerCase(), this.raw[i + 1] as string);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  forwardTo(block: HeaderBlock): number {
    block.addTrusted(this.#lines);
    return 1;
  }
}

const headers = new BenchHeaders();
let sent = 0;
let lastStatus = 0;

class BenchRequest implements ServerRequest {
  readonly method = 'GET';
  readonly target: string;
  readonly path: string;
  readonly query = 'limit=10';
  readonly host = 'a1b2c3.execute-api.localhost';
  readonly httpMinor = 1;
  readonly headers: HeaderView = headers;
  readonly body = noBody;
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  readonly localPort = 8080;
  readonly startedAt = performance.now();
  readonly headBytes = 400;
  readonly answered = false;
  readonly bytesOut = 0;
  onAbort: ServerRequest['onAbort'] = null;

  constructor(path: string) {
    this.target = `${path}?limit=10`;
    this.path = path;
  }

  respond(status: number, block: HeaderBlock, body: string | Buffer): boolean {
    lastStatus = status;
    sent += block.text.length + body.length;
    return true;
  }

  startResponse(): BodySink {
    throw new Error('Nothing is streamed here.');
  }
}

const backendHeaders: HeaderView = {
  raw: ['Content-Type', 'application/json', 'Server', 'bench'],
  get: (name) => (name === 'content-type' ? 'application/json' : undefined),
  forwardTo: () => 0,
};
const response = { status: 200, headers: backendHeaders, body: { ...noBody, takeText: () => '{"id":5}' }, declaredLength: 8 };
const ticket: UpstreamTicket = { cancel: () => {} };
const upstreams = {
  send: (call: UpstreamCall): UpstreamTicket => {
    call.receiver.onResponse(response);
    return ticket;
  },
};

const counters = new Int32Array(new SharedArrayBuffer(65_536));
const metrics = new MetricsCollector();
const others = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`GET /items${i}/{id}`, { integration: mock() }]));
const api = restApi({
  ...others,
  'GET /mock': { integration: mock() },
  'GET /passthrough/{id}': { integration: mock({ requestTemplates: { 'application/json': PASSTHROUGH } }) },
  'GET /few/{id}': { integration: mock({ responses: { 200: { responseTemplates: { 'application/json': FEW_VALUES } } } }) },
  'GET /users/{id}': {
    integration: httpProxy('http://127.0.0.1:3000/v1/{id}', {
      requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
    }),
  },
});
const plan = planRestApi(api.snapshot, api.stage, new SlotAllocator(counters), {
  ...ACCOUNT_LIMITS,
  rateLimit: 1e9,
  burstLimit: 1e9,
});

const kinds = [
  ['403 refusal', '/nothing/here', 403],
  ['MOCK', '/mock', 200],
  ['MOCK through the passthrough template', '/passthrough/5', 200],
  ['MOCK that answers with four values', '/few/5', 200],
  ['HTTP_PROXY, one path variable', '/users/5', 200],
] as const;

for (const level of [0, 2] as const) {
  const ports = {
    functions: new FakeFunctions(),
    exchanges: new ExchangeLog({ level }),
    counters,
    metrics,
    deadlines: new FakeDeadlines(),
    authorizerResults: new AuthorizerResults(),
    restAuthorizerResults: new AuthorizerResults<RestLambdaAnswer>(),
  };
  const pipeline = assembleRestApi(plan, ports, upstreams);
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, path, status] of kinds) {
      const nanoseconds = measure(pipeline, path, level === 0 ? REQUESTS : REQUESTS / 10);
      if (lastStatus !== status) throw new Error(`${what} was answered ${lastStatus}: this measures something else`);
      if (round > 0) best.set(what, Math.min(best.get(what) ?? nanoseconds, nanoseconds));
    }
  }
  for (const [what, nanoseconds] of best) console.log(`level ${level}  ${what}: ${Math.round(nanoseconds)} ns/request`);
}

function measure(pipeline: RestApiPipeline, path: string, requests: number): number {
  const address: InvocationAddress = {
    path,
    pathWithStage: `/prod${path}`,
    pathWithMapping: `/prod${path}`,
    domainName: 'a1b2c3.execute-api.localhost',
    domainPrefix: 'a1b2c3',
    protocol: 'http',
  };
  const started = performance.now();
  for (let i = 0; i < requests; i++) invoke(pipeline, new BenchRequest(path), address);
  return ((performance.now() - started) * 1e6) / requests;
}

const counted = metrics.collect().find(({ metric }) => metric.metricName.endsWith('Count'))?.distribution.sum;
console.log(`${counted} requests, ${sent} bytes`);
