// Fetches small documents that the gateway itself needs (an issuer's keys) over the same guarded connections as integrations: what no
// integration may reach, no document comes from. Redirects are not followed, because the pool follows none.

import { HeaderBlock } from '../../http1/header-block.ts';
import type { UpstreamResponse } from '../../http1/message.ts';
import type { FetchDocument, FetchedDocument } from '../../jwt/issuer-keys.ts';
import type { Upstreams } from '../ports.ts';

/** The egress guard sits in the pool's `connect`, which sees the address that is really connected to. */
export function createDocumentFetch(upstreams: Upstreams): FetchDocument {
  return (url, { timeoutMs, maxBytes }) =>
    new Promise<FetchedDocument>((resolve, reject) => {
      const headers = new HeaderBlock();
      headers.add('Host', url.host);
      headers.add('Accept', 'application/json');
      headers.add('User-Agent', 'stagegate');
      upstreams.send({
        origin: originOf(url),
        method: 'GET',
        target: url.pathname + url.search,
        headers,
        body: null,
        timeoutMs,
        maxResponseBytes: maxBytes,
        receiver: {
          onResponse: (response) => readDocument(response, maxBytes, resolve, reject),
          onFailure: ({ message }) => reject(new Error(`${url.host}: ${message}`)),
        },
      });
    });
}

function originOf(url: URL): { readonly protocol: 'http' | 'https'; readonly host: string; readonly port: number } {
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const defaultPort = protocol === 'https' ? 443 : 80;
  return { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? defaultPort : Number(url.port) };
}

function readDocument(
  { status, body }: UpstreamResponse,
  maxBytes: number,
  resolve: (document: FetchedDocument) => void,
  reject: (error: Error) => void,
): void {
  body.readAll(maxBytes, {
    onBody: (bytes) => resolve({ status, body: bytes }),
    onBodyFailure: (failure) => reject(new Error(`the answer could not be read: ${failure}`)),
  });
}
