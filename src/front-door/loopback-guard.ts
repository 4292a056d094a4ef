// The door policy of the control listener when any key is accepted: loopback callers that are no web page of somebody else.
// Stops DNS rebinding (a foreign name that resolves to 127.0.0.1) and cross-site requests from a browser on this machine.

import type { ServerRequest } from '../http1/message.ts';

/** Names under which a local control listener is reached; everything under `.localhost` never leaves the machine (RFC 6761). */
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]', 'host.docker.internal']);

/** Wildcard names that public DNS points at 127.0.0.1 and that AWS tools are commonly configured with. */
const LOCAL_SUFFIXES = ['.localhost', '.localhost.localstack.cloud'];

/** Why the request may not reach the control plane, or undefined when it may. */
export function refuseForeignCaller(request: ServerRequest): string | undefined {
  const host = hostName(request.host);
  if (!isLocalName(host)) {
    return `The Host "${request.host}" is not a local name. Call the control listener as http://127.0.0.1 or http://localhost, or start with --auth required.`;
  }
  const origin = request.headers.get('origin');
  if (origin !== undefined && !isLocalOrigin(origin)) {
    return 'Requests from web pages of other origins are not answered while any key is accepted (--auth open).';
  }
  if (request.headers.get('sec-fetch-site') === 'cross-site') {
    return 'Cross-site requests are not answered while any key is accepted (--auth open).';
  }
  return undefined;
}

/** A Host field without its port, in lower case. */
export function hostName(host: string): string {
  if (host.startsWith('[')) return host.slice(0, host.indexOf(']') + 1).toLowerCase();
  const colon = host.indexOf(':');
  return (colon === -1 ? host : host.slice(0, colon)).toLowerCase();
}

export function isLocalName(name: string): boolean {
  return LOCAL_HOSTS.has(name) || LOCAL_SUFFIXES.some((suffix) => name.endsWith(suffix));
}

function isLocalOrigin(origin: string): boolean {
  const scheme = origin.indexOf('://');
  if (scheme === -1) return false;
  return isLocalName(hostName(origin.slice(scheme + 3)));
}
