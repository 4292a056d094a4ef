// Which texts are route keys of an HTTP API: `GET /pets/{id}`, `ANY /{proxy+}`, `$default`.

import { badRequest } from './refusals.ts';

const methods = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** RFC 3986 path characters without those that a client cannot send as they are. */
const literal = /^(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
const variable = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/;

const largestRouteKey = 2048;

/** Throws BadRequestException; returns the key when it is one. */
export function checkedRouteKey(routeKey: string | undefined): string {
  // AWS: these words. Seen: goldstack#42.
  if (routeKey === undefined || routeKey === '') throw badRequest('Route key is required');
  if (routeKey === '$default') return routeKey;
  const [method = '', path = '', ...rest] = routeKey.split(' ');
  if (rest.length > 0 || !methods.has(method) || !isPath(path) || routeKey.length > largestRouteKey) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-http-route-key.
    throw badRequest(
      'The provided route key is not formatted properly for HTTP protocol. ' +
        'Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"',
    );
  }
  return routeKey;
}

function isPath(path: string): boolean {
  if (!path.startsWith('/')) return false;
  if (path === '/') return true;
  // AWS: a key that ends in `/` is refused. Seen: storacha/w3infra#166. An empty segment in the middle likewise.
  const segments = path.slice(1).split('/');
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    const match = variable.exec(segment);
    if (match === null) {
      if (!literal.test(segment)) return false;
      continue;
    }
    const [, name = '', greedy] = match;
    if (names.has(name) || (greedy === '+' && index < segments.length - 1)) return false;
    names.add(name);
  }
  return true;
}
