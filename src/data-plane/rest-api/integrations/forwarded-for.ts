// How a proxied backend or a function learns who really called.
// AWS: X-Forwarded-For goes on with the client's address. Seen: recorded events and requests.

import type { Exchange } from '../exchange.ts';

export interface ForwardedFields {
  readonly for: string;
  readonly port: string;
  readonly proto: string;
}

export function forwardedFields({ request, address }: Exchange): ForwardedFields {
  const before = request.headers.get('x-forwarded-for');
  return {
    for: before === undefined || before === '' ? request.remoteAddress : `${before}, ${request.remoteAddress}`,
    port: String(request.localPort),
    proto: address.protocol,
  };
}

/** The three lines. Everything in them was checked when it was received. */
export function forwardedFor(exchange: Exchange): string {
  const fields = forwardedFields(exchange);
  return `X-Forwarded-For: ${fields.for}\r\nX-Forwarded-Port: ${fields.port}\r\nX-Forwarded-Proto: ${fields.proto}\r\n`;
}
