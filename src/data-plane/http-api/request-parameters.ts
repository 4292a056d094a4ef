// The query string and the headers of a request as Lambda events show them, written as JSON text.

import { headerName } from './header-names.ts';

/** Fields that belong to the connection to the gateway; functions never see them. */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields that the gateway writes itself, whatever the client sent. */
const rewrittenFields: ReadonlySet<string> = new Set([
  'content-length',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** Header fields by lower-case name, all values in the order received. */
export type HeaderValues = Map<string, string | string[]>;

/** What the gateway says about the request in the event's headers. */
export interface GatewayFields {
  /** Undefined when the body's length is not known yet. */
  readonly contentLength: number | undefined;
  readonly traceId: string;
  /** The chain so far, as the client sent it. */
  readonly forwardedFor: string | undefined;
  readonly sourceIp: string;
  readonly port: number;
  readonly protocol: string;
}

/** Groups the received fields by lower-case name and adds the gateway's own. */
export function collectHeaders(raw: readonly string[], gateway: GatewayFields): HeaderValues {
  const values = collectReceived(raw);
  if (gateway.contentLength !== undefined) values.set('content-length', String(gateway.contentLength));
  values.set('x-amzn-trace-id', gateway.traceId);
  values.set('x-forwarded-for', forwardedChain(gateway.forwardedFor, gateway.sourceIp));
  values.set('x-forwarded-port', String(gateway.port));
  values.set('x-forwarded-proto', gateway.protocol);
  return values;
}

/** The chain of proxies with the peer at its end. */
export function forwardedChain(received: string | undefined, sourceIp: string): string {
  return received ? `${received}, ${sourceIp}` : sourceIp;
}

/** The received fields that events show, by lower-case name. */
export function collectReceived(raw: readonly string[]): HeaderValues {
  const values: HeaderValues = new Map();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const { lower } = headerName(raw[i] as string);
    if (connectionFields.has(lower) || rewrittenFields.has(lower)) continue;
    const value = raw[i + 1] as string;
    const before = values.get(lower);
    if (before === undefined) values.set(lower, value);
    else if (typeof before === 'string') values.set(lower, [before, value]);
    else before.push(value);
  }
  return values;
}

/** A header's values as one text, as payload 2.0 joins them. */
export function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(',');
}

/** Decoded query parameters, all values in order. AWS: `+` is a space. Seen: recorded events. */
export function parseQuery(query: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  if (query === '') return parameters;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeQueryText(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeQueryText(pair.slice(equals + 1));
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return parameters;
}

/** Text that encodes nothing stays as it was: a query is data, never a decision. */
function decodeQueryText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
