// What an access log costs a request: the line alone, the line into a file, the line into a log group, each with everything that
// happens later because of it (writes, transactions). CPU time of the process, not wall time.
// Run: node src/data-plane/context-variables/log-line.bench.ts

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { namedAccessLogFormats, parseAccessLogFormat } from '../../compile/http-api/access-log-format.ts';
import { httpApi, lambda } from '../../compile/testing/http-api-builder.ts';
import { ServedApi } from '../../compile/testing/served-api.ts';
import { createLogsService, newLogStream } from '../../services/logs/logs-service.ts';
import { openSqliteStore } from '../../store/sqlite.ts';
import { LogFile } from '../access-log/log-file.ts';
import { Exchange } from '../http-api/exchange.ts';
import { FakeRequest } from '../testing/fake-messages.ts';
import { contextVariable } from './context-variables.ts';
import { assembleLogLine } from './log-line.ts';

const LINES = 200_000;
const ROUNDS = 5;

const formats = {
  'JSON, 10 variables':
    '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","path":"$context.path","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength","latency":"$context.responseLatency"}',
  '--access-log-format json': namedAccessLogFormats['json'] as string,
  '--access-log-format clf': namedAccessLogFormats['clf'] as string,
};

const api = new ServedApi(httpApi({ 'GET /users/{id}': lambda() }));
const request = new FakeRequest({
  target: '/users/5',
  headers: [['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0']],
});
const exchanges = Array.from({ length: 1_000 }, () => {
  const exchange = new Exchange(api.pipeline, request, api.address(request), undefined);
  exchange.route = api.pipeline.routes.select('GET', '/users/5') as never;
  exchange.route = (exchange.route as unknown as { route: never }).route;
  exchange.status = 200;
  exchange.totalUs = 1_234;
  return exchange;
});

const folder = mkdtempSync(path.join(tmpdir(), 'stagegate-bench-'));
const file = new LogFile({ target: path.join(folder, 'access.log'), onLoss: fail });
const store = await openSqliteStore({ directory: path.join(folder, 'data') });
const logs = await createLogsService({ store, dataDirectory: path.join(folder, 'data'), onNotice: (text) => fail(0, text) });
const stream = newLogStream({ account: '000000000000', region: 'us-east-1' }, '/apigw/access');
let characters = 0;
const sinks = {
  'the line alone': {
    write: (line: string) => {
      characters += line.length;
    },
    flush: async () => {},
  },
  'into a file': file,
  'into a log group': { write: (line: string, at: number) => logs.append(stream, at, line), flush: () => logs.flush() },
};

for (const [what, format] of Object.entries(formats)) {
  const line = assembleLogLine(parseAccessLogFormat(format), api.pipeline.plan, contextVariable);
  console.log(`${what}, ${line(exchanges[0] as Exchange).length} characters`);
  for (const [where, sink] of Object.entries(sinks)) {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const before = process.cpuUsage();
      for (let i = 0; i < LINES; i++) {
        const exchange = exchanges[i % exchanges.length] as Exchange;
        sink.write(line(exchange), exchange.at);
        // As many requests as are answered in one turn of the event loop.
        if (i % 100 === 0) await nextTurn();
        if (i % 20_000 === 0) await sink.flush();
      }
      await sink.flush();
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, (user + system) / LINES);
    }
    console.log(`  ${where}: ${best.toFixed(2)} us of CPU a request`);
  }
}
console.log(`${characters} characters`);
await logs.close();
await store.close();
await file.close();
rmSync(folder, { recursive: true, force: true });

function fail(lines: number, reason: string): void {
  throw new Error(`${lines} lines were lost (${reason}): this measures something else`);
}
