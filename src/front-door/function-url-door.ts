// Which function URL a request is for, by its host or by its path. Two forms, on every listener:
//
//   Host: {urlId}.lambda-url.<anything>     /path
//   any host                                /_aws/lambda-url/{urlId}/path

import { serveUrl } from '../data-plane/function-url/serve-url.ts';
import { refuseUrl } from '../data-plane/function-url/url-answers.ts';
import type { UrlServing } from '../data-plane/function-url/url-exchange.ts';
import type { FunctionUrlPort } from '../data-plane/ports.ts';
import type { ServerRequest } from '../http1/message.ts';

const MARK = '.lambda-url.';
const PATH_PREFIX = '/_aws/lambda-url/';
const URL_ID = /^[a-z0-9]{1,64}$/;

/** What host and path say. */
export interface FunctionUrlAddress {
  readonly urlId: string;
  /** From `{urlId}.lambda-url.{region}.…`, when it is there. */
  readonly region: string | undefined;
  /** The host without its port, in the host form. */
  readonly hostName: string | undefined;
  /** Undecoded, beginning with `/`. */
  readonly path: string;
}

/** True when the request was for a function URL; it is answered, now or later. */
export function createFunctionUrlDoor(urls: FunctionUrlPort, serving: UrlServing): (request: ServerRequest) => boolean {
  return (request) => {
    const address = parseFunctionUrlAddress(request.host, request.path);
    if (address === undefined) return false;
    const url = urls.find(address.urlId);
    if (url === undefined || (address.region !== undefined && address.region !== url.region)) refuseUrl(request);
    else {
      const domainName = address.hostName ?? `${url.urlId}.lambda-url.${url.region}.on.aws`;
      serveUrl(url, request, { path: address.path, domainName }, serving);
    }
    return true;
  };
}

/** Undefined when the request is for no function URL at all. */
export function parseFunctionUrlAddress(host: string, path: string): FunctionUrlAddress | undefined {
  const at = host.indexOf('.');
  if (at > 0 && host.slice(at, at + MARK.length).toLowerCase() === MARK) {
    const hostName = (host.includes(':') ? host.slice(0, host.indexOf(':')) : host).toLowerCase();
    const urlId = hostName.slice(0, at);
    if (!URL_ID.test(urlId)) return undefined;
    const label = hostName.slice(at + MARK.length).split('.', 1)[0] ?? '';
    const region = /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(label) ? label : undefined;
    return { urlId, region, hostName, path: path.startsWith('/') ? path : '/' };
  }
  if (!path.startsWith(PATH_PREFIX)) return undefined;
  const rest = path.slice(PATH_PREFIX.length);
  const slash = rest.indexOf('/');
  const urlId = slash === -1 ? rest : rest.slice(0, slash);
  if (!URL_ID.test(urlId)) return undefined;
  return { urlId, region: undefined, hostName: undefined, path: slash === -1 ? '/' : rest.slice(slash) };
}
