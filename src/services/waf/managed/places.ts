// Where the managed rules look, and how what stands there may be encoded.

import type { TextTransformationType } from '@aws-sdk/client-wafv2';
import type { FieldToMatchDocument } from '../rule-document.ts';

export type Transformations = readonly TextTransformationType[];

export interface Place {
  readonly field: FieldToMatchDocument;
  /** Each of them is tried: what a client wrote may be encoded in one way or the other. */
  readonly decodings: readonly Transformations[];
}

/** Twice: a proxy or a framework in between may decode once more than the gateway does. */
const URL_TWICE: Transformations = ['URL_DECODE_UNI', 'URL_DECODE_UNI'];

export const uriPath: Place = { field: { UriPath: {} }, decodings: [URL_TWICE] };
export const queryString: Place = { field: { QueryString: {} }, decodings: [URL_TWICE] };
/** Values only. */
export const queryArguments: Place = { field: { AllQueryArguments: {} }, decodings: [URL_TWICE] };
export const method: Place = { field: { Method: {} }, decodings: [[]] };

/**
 * A body is a form, JSON or anything else: as it is, and with the escapes of JSON strings undone (`http:\/\/`, `\u0024{`).
 * AWS: the rules look at as much as the web ACL's limit lets through. Seen: each group's documentation, "uses the Continue option".
 */
export const body: Place = {
  field: { Body: { OversizeHandling: 'CONTINUE' } },
  decodings: [['URL_DECODE_UNI'], ['JS_DECODE', 'URL_DECODE_UNI']],
};

/** Names and values. */
export const headers: Place = {
  field: { Headers: { MatchPattern: { All: {} }, MatchScope: 'ALL', OversizeHandling: 'CONTINUE' } },
  decodings: [['URL_DECODE_UNI']],
};

export const cookies: Place = {
  field: { Cookies: { MatchPattern: { All: {} }, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } },
  decodings: [['URL_DECODE_UNI']],
};

export function header(name: string): Place {
  return { field: { SingleHeader: { Name: name } }, decodings: [[]] };
}
