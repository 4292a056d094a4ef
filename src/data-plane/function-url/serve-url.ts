// A request to a function URL, from its head to its answer: CORS, who may, the event, the function, the response.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

import type { ServerRequest } from '../../http1/message.ts';
import { CorsPolicy } from '../http-api/cors.ts';
import type { FunctionUrl } from '../ports.ts';
import { StreamingUrlExchange, type UrlAddress, UrlExchange, type UrlServing } from './url-exchange.ts';

/** Answers a request, now or later. */
export function serveUrl(url: FunctionUrl, request: ServerRequest, address: UrlAddress, serving: UrlServing): void {
  const exchange = url.streams
    ? new StreamingUrlExchange(url, corsOf(url), request, address, serving)
    : new UrlExchange(url, corsOf(url), request, address, serving);
  exchange.serve();
}

const policies = new WeakMap<FunctionUrl, CorsPolicy>();

/** The URL's CORS, its header lines made once. */
function corsOf(url: FunctionUrl): CorsPolicy | undefined {
  if (url.cors === undefined) return undefined;
  let policy = policies.get(url);
  if (policy === undefined) {
    policy = new CorsPolicy(url.cors);
    policies.set(url, policy);
  }
  return policy;
}
