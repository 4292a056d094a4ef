// The headers that every answer of a REST API carries, whoever made it.
// AWS: Date, Content-Type, x-amzn-RequestId, what the integration says, x-amz-apigw-id, X-Amzn-Trace-Id. Seen: recorded responses.
// The core adds Content-Length and Connection behind the last field of the block.

import { HeaderBlock } from '../../http1/header-block.ts';
import { httpDateLine } from '../http-api/clock.ts';
import type { Exchange } from './exchange.ts';

export function beginResponseHeaders(nowMs: number = Date.now()): HeaderBlock {
  const block = new HeaderBlock();
  block.addTrusted(httpDateLine(nowMs));
  return block;
}

/** AWS: answers of functions, services and mapped backends carry the trace; MOCK, proxied backends and errors do not. */
export function addTraceId(exchange: Exchange, block: HeaderBlock): void {
  block.addTrusted(`X-Amzn-Trace-Id: ${exchange.answeredTrace}\r\n`);
}

export function addRequestIds(exchange: Exchange, block: HeaderBlock): void {
  block.addTrusted(exchange.idLines);
}

/**
 * Names an integration cannot set: they come out as `x-amzn-Remapped-{name}`. AWS: for every type. Seen: recorded responses;
 * `www-authenticate`: developer guide's note on 401 answers, serverless-offline#236 (functions), modelix.core#1658 (a backend).
 */
const remappedAlways: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'server', 'www-authenticate']);
/** The same for mapped headers of AWS and HTTP integrations. */
const remappedWhenMapped: ReadonlySet<string> = new Set([
  ...remappedAlways,
  'authorization',
  'content-md5',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'trailer',
  'upgrade',
  'user-agent',
]);

/** How an integration's header is named in the answer; undefined: it is left out. */
export function answeredName(name: string, kind: 'mapped' | 'proxied' | 'streamed' | 'function'): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'transfer-encoding') return undefined;
  // A streamed body passes byte by byte: what it is coded with has to stay with it.
  if (kind === 'streamed' && lower === 'via') return undefined;
  if (kind === 'proxied' && (lower === 'content-encoding' || lower === 'via')) return undefined;
  const remapped =
    (kind === 'mapped' ? remappedWhenMapped : remappedAlways).has(lower) ||
    lower === 'x-amzn-requestid' ||
    lower === 'x-amz-apigw-id';
  return remapped ? `x-amzn-Remapped-${name}` : name;
}
