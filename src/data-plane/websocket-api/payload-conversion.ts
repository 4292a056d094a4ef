// What contentHandlingStrategy makes of payloads. Clients of WebSocket APIs speak text; what goes to an integration and what comes back may
// be bytes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html

import type { HeaderView } from '../../http1/message.ts';
import type { ContentHandlingStrategy } from '../../model/websocket-api.ts';
import { mediaTypeOf } from '../rest-api/media-type.ts';

/** Text, or bytes that are none. */
export type Payload = string | Buffer;

export function bytesOf(payload: Payload): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
}

/** Read as UTF-8; bytes that are none become U+FFFD. */
export function textOf(payload: Payload): string {
  return typeof payload === 'string' ? payload : payload.toString('utf8');
}

/** The payload was to be base64 and is none. */
export const unconvertible = Symbol('unconvertible');

/** What an integration gets of a message. */
export function convertRequest(text: string, handling: ContentHandlingStrategy | undefined): Payload | typeof unconvertible {
  return handling === 'CONVERT_TO_BINARY' ? fromBase64(text) : text;
}

/** What a client gets of an integration's body. */
export function convertResponse(
  body: Payload,
  headers: HeaderView,
  handling: ContentHandlingStrategy | undefined,
): Payload | typeof unconvertible {
  switch (handling) {
    case 'CONVERT_TO_BINARY':
      return typeof body === 'string' ? fromBase64(body) : body;
    case 'CONVERT_TO_TEXT':
      if (typeof body !== 'string') return body.toString('base64');
      return isTextType(headers.get('content-type')) ? body : Buffer.from(body, 'utf8').toString('base64');
    case undefined:
      return body;
  }
}

/** Which bodies AWS takes for binary here is not documented: those that say so, or that are no text. */
function isTextType(contentType: string | undefined): boolean {
  const type = mediaTypeOf(contentType);
  return type === undefined || /^text\/|[/+](?:json|xml|javascript|x-www-form-urlencoded)$/.test(type);
}

/** AWS: text that is no base64 fails the conversion. By analogy with REST APIs. */
function fromBase64(text: string): Buffer | typeof unconvertible {
  const trimmed = text.trim();
  if (trimmed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(trimmed)) return unconvertible;
  return Buffer.from(trimmed, 'base64');
}
