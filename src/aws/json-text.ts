// JSON that came from outside: measured before it is parsed.

import { isUtf8 } from 'node:buffer';
import { AwsError } from './aws-error.ts';

/** Nesting that no AWS request comes near. */
export const JSON_DEPTH_MAX = 512;
/** Values, keys and brackets in one document. */
export const JSON_TOKENS_MAX = 500_000;

/**
 * Parses a request body. Refuses nesting deeper than JSON_DEPTH_MAX and more than JSON_TOKENS_MAX tokens before anything is
 * built. Throws AwsError `SerializationException`.
 */
export function parseJsonBody(body: Buffer): unknown {
  scan(body);
  // Decoding would put U+FFFD where the client wrote something else, and that would be kept.
  if (!isUtf8(body)) throw new AwsError('SerializationException', 'The request body is not valid UTF-8.', { status: 400 });
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // V8's message quotes the text; AWS's does not help either.
    throw new AwsError('SerializationException', 'Unable to parse the request body as JSON.', { status: 400 });
  }
}

/** One pass over the bytes; strings are skipped with the runtime's own search. */
function scan(body: Buffer): void {
  let depth = 0;
  let tokens = 0;
  for (let i = 0; i < body.length; i++) {
    switch (body[i]) {
      case 0x22: {
        i = endOfString(body, i);
        break;
      }
      case 0x7b:
      case 0x5b:
        depth++;
        tokens++;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x2c:
      case 0x3a:
        tokens++;
        break;
      default:
        continue;
    }
    if (depth > JSON_DEPTH_MAX || tokens > JSON_TOKENS_MAX) {
      throw new AwsError('SerializationException', 'The request body is nested too deeply or has too many values.', {
        status: 400,
      });
    }
  }
}

function endOfString(body: Buffer, start: number): number {
  let end = start;
  for (;;) {
    end = body.indexOf(0x22, end + 1);
    if (end === -1) return body.length;
    let backslashes = 0;
    while (body[end - 1 - backslashes] === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}
