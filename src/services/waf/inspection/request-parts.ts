// FieldToMatch: which part of requests a statement looks at.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html

import type { FieldToMatchDocument } from '../rule-document.ts';
import { body, jsonBody } from './body.ts';
import { cookies } from './cookies.ts';
import { allHeaders, headerOrder, singleHeader } from './headers.ts';
import { allQueryArguments, type PreParseTransformations, singleQueryArgument } from './query-arguments.ts';
import { type Choice, type RequestPart, saidBy } from './request-part.ts';
import type { WebRequest } from './web-request.ts';

/** Throws for a field that is none. */
export function compileRequestPart(field: FieldToMatchDocument, preParse?: PreParseTransformations): RequestPart {
  if (field.SingleHeader !== undefined) return singleHeader(field.SingleHeader.Name ?? '');
  if (field.SingleQueryArgument !== undefined) return singleQueryArgument(field.SingleQueryArgument.Name ?? '', preParse);
  if (field.AllQueryArguments !== undefined) return allQueryArguments(preParse);
  if (field.UriPath !== undefined) return simple('path', 'URI', ({ path }) => path);
  if (field.QueryString !== undefined) return simple('query', 'QUERY_STRING', ({ query }) => query);
  if (field.Method !== undefined) return simple('method', 'METHOD', ({ method }) => method);
  if (field.Body !== undefined) return body(field.Body);
  if (field.JsonBody !== undefined) return jsonBody(field.JsonBody);
  if (field.Headers !== undefined) return allHeaders(field.Headers);
  if (field.Cookies !== undefined) return cookies(field.Cookies);
  if (field.HeaderOrder !== undefined) return headerOrder(field.HeaderOrder);
  // No request to API Gateway has these: fragments stay with the client, and the handshake is over when a request is looked at.
  if (field.UriFragment !== undefined) return never(field.UriFragment.FallbackBehavior);
  if (field.JA3Fingerprint !== undefined) return never(field.JA3Fingerprint.FallbackBehavior);
  if (field.JA4Fingerprint !== undefined) return never(field.JA4Fingerprint.FallbackBehavior);
  throw new Error(`no part of a request: ${Object.keys(field).join()}`);
}

/** A part that is there when it is not empty. */
function simple(key: string, location: string, textOf: (request: WebRequest) => string): RequestPart {
  return {
    key,
    location,
    texts: ({ request }) => {
      const text = textOf(request);
      return text === '' ? [] : [{ text }];
    },
  };
}

function never(choice: Choice): RequestPart {
  const said = saidBy(choice);
  return { key: 'never', location: 'UNKNOWN', decided: () => said, texts: () => [] };
}
