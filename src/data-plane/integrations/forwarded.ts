// How a backend learns who really called: one standard Forwarded field instead of the X-Forwarded-* family, and Via.
// AWS: `forwarded: by=1.2.3.4;for=5.6.7.8;host=my.example.com;proto=https` and `via: HTTP/1.1 AmazonAPIGateway`.
// Seen: expressjs/session#886; what the client sent is put in front (developer guide, HTTP API reserved headers).

import type { HeaderBlock } from '../../http1/header-block.ts';
import { inOnePiece } from '../../http1/latin1.ts';
import type { HeaderView, ServerRequest } from '../../http1/message.ts';

/** AWS names the gateway's outgoing address; ours is not known before a connection is chosen, so it has a name (RFC 7239, 6.3). */
const GATEWAY_NODE = '_stagegate';

export const VIA = 'HTTP/1.1 AmazonAPIGateway';

// What is the same for every request stands in few long texts: the fewer pieces a head is made of, the cheaper it is to write.
const ELEMENT_START = `by=${GATEWAY_NODE};for=`;
const LINE_START = `Forwarded: ${ELEMENT_START}`;
const LINES_END = { http: `;proto=http\r\nVia: ${VIA}\r\n`, https: `;proto=https\r\nVia: ${VIA}\r\n` } as const;

/** Request headers that are replaced on the way to an HTTP backend. */
export const replacedRequestHeaders: ReadonlySet<string> = new Set([
  'expect',
  'forwarded',
  'host',
  'via',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/**
 * Adds both fields. `before` is where the client's own may stand, undefined when it sent none of `replacedRequestHeaders` but Host.
 * The peer's address and the Host field were checked by the core: only a colon makes them need quotes.
 */
export function addForwarded(
  block: HeaderBlock,
  before: HeaderView | undefined,
  { remoteAddress, host }: Pick<ServerRequest, 'remoteAddress' | 'host'>,
  protocol: 'http' | 'https',
): void {
  if (before === undefined) {
    block.addTrusted(linesFor(remoteAddress, host, protocol));
    return;
  }
  const own = `${ELEMENT_START}${origin(remoteAddress, host)};proto=${protocol}`;
  const chain = before.get('forwarded') ?? fromLegacy(before);
  const via = before.get('via');
  // Everything in these lines was checked when it was received.
  block.addTrusted(`Forwarded: ${chain === undefined || chain === '' ? '' : `${chain}, `}${own}\r\n`);
  block.addTrusted(`Via: ${via === undefined ? '' : `${via}, `}${VIA}\r\n`);
}

let lastAddress = '';
let lastHost = '';
let lastProtocol: 'http' | 'https' = 'http';
let lastLines = '';
let lastUsedAgain = false;

/**
 * Both lines of a request that no other proxy has handled. Requests often come in runs from one client to one host; where they do not,
 * nothing is copied for a second use that does not come.
 */
function linesFor(remoteAddress: string, host: string, protocol: 'http' | 'https'): string {
  if (remoteAddress !== lastAddress || host !== lastHost || protocol !== lastProtocol || lastLines === '') {
    lastLines = `${LINE_START}${origin(remoteAddress, host)}${LINES_END[protocol]}`;
    lastAddress = remoteAddress;
    lastHost = host;
    lastProtocol = protocol;
    lastUsedAgain = false;
  } else if (!lastUsedAgain) {
    // Copies in one piece: the host is a slice of a head, and the lines are written many times.
    lastUsedAgain = true;
    lastLines = inOnePiece(lastLines);
    lastHost = inOnePiece(host);
  }
  return lastLines;
}

function origin(remoteAddress: string, host: string): string {
  const from = remoteAddress.includes(':') ? `"[${remoteAddress}]"` : remoteAddress;
  return `${from};host=${host.includes(':') ? `"${host}"` : host}`;
}

/** `X-Forwarded-For: a, b` -> `for=a, for=b`; the client's host and proto belong to the first hop. */
function fromLegacy(headers: HeaderView): string | undefined {
  const chain = headers.get('x-forwarded-for');
  const host = headers.get('x-forwarded-host');
  const proto = headers.get('x-forwarded-proto');
  if (chain === undefined && host === undefined && proto === undefined) return undefined;
  const elements = (chain ?? '').split(',').map((address) => (address.trim() === '' ? '' : `for=${node(address.trim())}`));
  const first = [
    elements[0],
    host === undefined ? '' : `host=${quoted(host)}`,
    proto === undefined ? '' : `proto=${quoted(proto)}`,
  ];
  elements[0] = first.filter((part) => part !== '').join(';');
  return elements.filter((element) => element !== '').join(', ');
}

/** RFC 7239: IPv6 addresses stand in brackets and quotes. */
function node(address: string): string {
  if (/^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*$/.test(address)) return `"[${address}]"`;
  return quoted(address);
}

/** A token as it is, anything else as a quoted string: a client's value must not add parameters. */
function quoted(value: string): string {
  if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
