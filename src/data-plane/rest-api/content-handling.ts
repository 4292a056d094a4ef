// Text and bytes: which payloads of an API are binary, and what contentHandling makes of them on the way in and out.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html

import { isAscii } from 'node:buffer';
import type { ContentHandling } from '../../model/rest-api.ts';
import { mediaTypeOf } from './media-type.ts';
import { bytesOf, type Payload } from './payload.ts';

/** The API's binaryMediaTypes. */
export class BinaryMediaTypes {
  /** There are none at all, which is not the same as none that match: Accept is not looked at then. */
  readonly isEmpty: boolean;
  readonly #all: boolean;
  readonly #exact: ReadonlySet<string>;
  /** `image/` of `image/*`. */
  readonly #families: readonly string[];

  constructor(types: readonly string[]) {
    const lower = types.map((type) => type.toLowerCase());
    this.isEmpty = types.length === 0;
    this.#all = lower.includes('*/*');
    this.#exact = new Set(lower);
    this.#families = lower.filter((type) => type.endsWith('/*')).map((type) => type.slice(0, -1));
  }

  /** `value` is a Content-Type or Accept header. AWS: of a list only the first type counts. Seen: developer guide. */
  matches(value: string | undefined): boolean {
    if (this.isEmpty) return false;
    if (this.#all) return true;
    const type = mediaTypeOf(value);
    return type !== undefined && (this.#exact.has(type) || this.#families.some((family) => type.startsWith(family)));
  }
}

/** The payload could not be converted: base64 was announced and is none. */
export const unconvertible = Symbol('unconvertible');

/** What the integration gets of a request's body. */
export function convertRequest(
  body: Payload,
  isBinary: boolean,
  handling: ContentHandling | undefined,
): Payload | typeof unconvertible {
  if (isBinary) return handling === 'CONVERT_TO_TEXT' ? toBase64(body) : body;
  return handling === 'CONVERT_TO_BINARY' ? fromBase64(body) : asText(body);
}

/** Whether the client gets bytes. `acceptsBinary`: the type that it accepts is among the API's. */
export function answersBytes(acceptsBinary: boolean, handling: ContentHandling | undefined): boolean {
  return acceptsBinary ? handling !== 'CONVERT_TO_TEXT' : handling === 'CONVERT_TO_BINARY';
}

/** What the client gets of an integration's body. `isBinary`: the integration's content type is among the API's. */
export function convertResponse(body: Payload, isBinary: boolean, asBytes: boolean): Payload | typeof unconvertible {
  if (isBinary) return asBytes ? body : toBase64(body);
  return asBytes ? fromBase64(body) : asText(body);
}

function toBase64(body: Payload): Payload {
  return bytesOf(body).toString('base64');
}

/** AWS: text that is no base64 is a failure of the conversion (500). Seen: LocalStack's account of the service. */
function fromBase64(body: Payload): Payload | typeof unconvertible {
  const text = (typeof body === 'string' ? body : body.toString('latin1')).trim();
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return unconvertible;
  return Buffer.from(text, 'base64');
}

/** AWS: bytes that are no UTF-8 become U+FFFD on their way through text. Seen: recorded responses. */
export function asText(body: Payload): Payload {
  if (typeof body === 'string' || isAscii(body)) return body;
  const text = body.toString('utf8');
  return text.includes('\ufffd') ? Buffer.from(text, 'utf8') : body;
}
