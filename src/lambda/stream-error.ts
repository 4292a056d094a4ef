// How an answer in pieces can fail after it has begun.

import type { FunctionStreamError } from '../data-plane/ports.ts';

/** From a runtime's error object as JSON text; '' is no error. */
export function readStreamError(text: string): FunctionStreamError | undefined {
  return text === '' ? undefined : { errorType: errorTypeOf(text) ?? 'Runtime.Unknown', payload: text };
}

/** The type stands in the first members; a huge payload is not parsed for it. */
export function errorTypeOf(payload: string): string | undefined {
  return /"errorType":\s*"((?:[^"\\]|\\.){1,200})"/.exec(payload.slice(0, 65_536))?.[1];
}
