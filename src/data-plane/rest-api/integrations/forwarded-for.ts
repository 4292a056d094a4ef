// How a proxied backend or a function learns who really called.
// AWS: X-Forwarded-For goes on with the client's address. Seen: recorded events and requests.

import { inOnePiece } from '../../../http1/latin1.ts';
import type { Exchange } from '../exchange.ts';
import { field } from '../request-fields.ts';

export interface ForwardedFields {
  readonly for: string;
  readonly port: string;
  readonly proto: string;
}

export function forwardedFields({ request, address, fields }: Exchange): ForwardedFields {
  const before = fields.one(field.forwardedFor);
  return {
    for: before === undefined || before === '' ? request.remoteAddress : `${before}, ${request.remoteAddress}`,
    port: String(request.localPort),
    proto: address.protocol,
  };
}

let lastAddress = '';
let lastPort = 0;
let lastProtocol = '';
let lastLines = '';

/**
 * The three lines. Everything in them was checked when it was received. Requests that no other proxy has handled come in runs from one
 * client: their lines are made once, in one piece, for the fewer pieces a head is made of, the cheaper it is to write.
 */
export function forwardedFor(exchange: Exchange): string {
  if (exchange.fields.one(field.forwardedFor) !== undefined) return linesOf(forwardedFields(exchange));
  const { remoteAddress, localPort } = exchange.request;
  const { protocol } = exchange.address;
  if (remoteAddress !== lastAddress || localPort !== lastPort || protocol !== lastProtocol) {
    lastAddress = remoteAddress;
    lastPort = localPort;
    lastProtocol = protocol;
    lastLines = inOnePiece(linesOf(forwardedFields(exchange)));
  }
  return lastLines;
}

function linesOf(fields: ForwardedFields): string {
  return `X-Forwarded-For: ${fields.for}\r\nX-Forwarded-Port: ${fields.port}\r\nX-Forwarded-Proto: ${fields.proto}\r\n`;
}
