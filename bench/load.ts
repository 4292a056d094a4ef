// Drives wrk against one URL and reads its figures.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LoadRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent in turn instead of the one request; their headers are added to the others. */
  readonly variants?: readonly LoadVariant[];
}

export interface LoadVariant {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx or 3xx, and connections that failed or timed out. */
  readonly errors: number;
}

/**
 * One wrk run: one thread, `connections` keep-alive connections. The figures come from wrk's own Lua interface as JSON, not
 * from its printed table, where "50%" also stands in the +/- stdev column.
 */
export async function load(
  request: LoadRequest,
  options: {
    readonly connections: number;
    readonly seconds: number;
    readonly prefix: readonly string[];
    readonly folder: string;
  },
): Promise<LoadResult> {
  const script = path.join(options.folder, `wrk-${process.pid}-${Date.now()}.lua`);
  writeFileSync(script, luaScript(request));
  const [command = 'wrk', ...args] = [
    ...options.prefix,
    'wrk',
    ...['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '--timeout', '10s', '-s', script, request.url],
  ];
  const { stdout } = await run(command, args, { timeout: (options.seconds + 30) * 1000 });
  const line = /^BENCH (\{.*\})$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk gave no figures:\n${stdout}`);
  const figures = JSON.parse(line) as Record<string, number>;
  const number = (name: string): number => {
    const value = figures[name];
    if (value === undefined || !Number.isFinite(value)) throw new Error(`wrk gave no ${name}: ${line}`);
    return value;
  };
  const seconds = number('durationUs') / 1e6;
  return {
    requests: number('requests'),
    seconds,
    requestsPerSecond: number('requests') / seconds,
    p50Ms: number('p50Us') / 1000,
    p99Ms: number('p99Us') / 1000,
    errors: number('status') + number('connect') + number('read') + number('write') + number('timeout'),
  };
}

function luaScript(request: LoadRequest): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  return [
    `wrk.method = ${lua(request.method)}`,
    ...headers,
    ...(request.body === undefined ? [] : [`wrk.body = ${lua(request.body)}`]),
    ...(request.variants === undefined ? [] : luaVariants(request.variants)),
    'function done(summary, latency, requests)',
    '  local e = summary.errors',
    `  print(string.format('BENCH {"requests":%d,"durationUs":%d,"p50Us":%.1f,"p99Us":%.1f,"status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}',`,
    '    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),',
    '    e.status, e.connect, e.read, e.write, e.timeout))',
    'end',
    '',
  ].join('\n');
}

/** The texts of the requests are made before the clock runs; wrk knows its Host header when it calls `init`. */
function luaVariants(variants: readonly LoadVariant[]): string[] {
  const adds = variants.map(({ path: target, headers }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${lua(name)}] = ${lua(value)}`);
    return `  add(${lua(target)}, {${fields.join(', ')}})`;
  });
  return [
    'local texts, at = {}, 0',
    'local function add(target, fields)',
    '  for name, value in pairs(wrk.headers) do if fields[name] == nil then fields[name] = value end end',
    '  texts[#texts + 1] = wrk.format(nil, target, fields)',
    'end',
    'function init()',
    ...adds,
    'end',
    'function request()',
    '  at = at % #texts + 1',
    '  return texts[at]',
    'end',
  ];
}

function lua(text: string): string {
  return JSON.stringify(text);
}
