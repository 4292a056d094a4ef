// One entry of requestParameters or responseParameters: what is changed, and to what.

import type { ParameterChange } from '../model/parameter-mapping.ts';
import { isStatic, type MappingSide, parseParameterValue } from './parameter-value.ts';

/** Why an entry is refused. */
export type InvalidChange =
  | { readonly invalid: 'destination' | 'source' }
  /** A header that belongs to the gateway. */
  | { readonly invalid: 'restricted'; readonly header: string };

const KEY = /^(append|overwrite|remove):(?:(header|querystring)\.(.+)|(path)|(statuscode))$/s;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUERY_NAME = /^[^\x00-\x20\x7f]+$/;

/** AWS: "Reserved headers". Seen: developer guide, parameter mapping. */
const reservedNames: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'forwarded',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  // The guide names "Trailers"; the field is called Trailer.
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  // Ours: fields of one connection that HTTP/1.1 does not let through, or that are answered by the gateway itself.
  'expect',
  'http2-settings',
  'proxy-connection',
]);
const reservedPrefixes = ['access-control-', 'apigw-', 'x-amz-', 'x-amzn-'];

export function parseParameterChange(key: string, text: string, side: MappingSide): ParameterChange | InvalidChange {
  const match = KEY.exec(key);
  if (match === null) return { invalid: 'destination' };
  const action = match[1] as ParameterChange['action'];
  const location = (match[2] ?? match[4] ?? match[5]) as ParameterChange['location'];
  const name = match[3] ?? '';
  if (!isDestination(action, location, name, side)) return { invalid: 'destination' };
  if (location === 'header' && isRestricted(action, name.toLowerCase())) return { invalid: 'restricted', header: name };
  if (action === 'remove') return text === '' || text === "''" ? { action, location, name, value: [] } : { invalid: 'source' };
  const value = parseParameterValue(text, side);
  if (value === undefined || !value.every((piece) => typeof piece !== 'string' || isTextFor(location, piece))) {
    return { invalid: 'source' };
  }
  if (location === 'statuscode' && isStatic(value) && !isStatusCode(value.join(''))) return { invalid: 'source' };
  return { action, location, name, value };
}

function isDestination(
  action: ParameterChange['action'],
  location: ParameterChange['location'],
  name: string,
  side: MappingSide,
): boolean {
  switch (location) {
    case 'header':
      return HEADER_NAME.test(name);
    case 'querystring':
      return side === 'request' && QUERY_NAME.test(name);
    case 'path':
      return side === 'request' && action === 'overwrite';
    case 'statuscode':
      return side === 'response' && action === 'overwrite';
  }
}

function isRestricted(action: ParameterChange['action'], lowerName: string): boolean {
  // A request has exactly one Host; it can be another one, but not none and not two.
  if (lowerName === 'host') return action !== 'overwrite';
  return reservedNames.has(lowerName) || reservedPrefixes.some((prefix) => lowerName.startsWith(prefix));
}

/** Text that stands in the definition must be able to stand where it goes; what requests bring is checked when they come. */
function isTextFor(location: ParameterChange['location'], text: string): boolean {
  if (location === 'path') return /^[\x21-\x7e]*$/.test(text) && !/[?#\\]/.test(text);
  return !/[\x00-\x1f\x7f]/.test(text);
}

/** AWS: a status code from 200 to 599. */
export function isStatusCode(text: string): boolean {
  return /^[2-5]\d\d$/.test(text);
}
