// A request body as the `body` member of a Lambda event: text or base64, by content type.

import { isAscii } from 'node:buffer';

/** `body` as JSON text (`undefined` for no body) and whether it is base64. */
export interface EventBody {
  readonly json: string | undefined;
  readonly isBase64Encoded: boolean;
}

const none: EventBody = { json: undefined, isBase64Encoded: false };

/**
 * AWS: only text/*, application/json, application/xml and application/javascript arrive as text; everything else, also a body without
 * content type and suffix types like application/problem+json, arrives as base64. Seen: floci#2172, serverless-offline#1776.
 */
export function toEventBody(body: Buffer, contentType: string | undefined): EventBody {
  if (body.length === 0) return none;
  if (!isTextType(contentType)) return { json: `"${body.toString('base64')}"`, isBase64Encoded: true };
  const text = body.toString(isAscii(body) ? 'latin1' : 'utf8');
  return { json: JSON.stringify(text), isBase64Encoded: false };
}

function isTextType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  const end = contentType.indexOf(';');
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return (
    type.startsWith('text/') || type === 'application/json' || type === 'application/xml' || type === 'application/javascript'
  );
}
