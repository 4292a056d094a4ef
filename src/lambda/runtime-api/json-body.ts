// Small JSON bodies of requests inside an environment.

import type { ServerRequest } from '../../http1/message.ts';
import { refuse } from './sandbox-api.ts';

const BODY_BYTES_MAX = 262_144;

/** Reads it whole; one that is too large is refused and not given. */
export function readSmallBody(request: ServerRequest, then: (body: string) => void): void {
  request.body.readAll(BODY_BYTES_MAX, {
    onBody: (body) => then(body.toString()),
    onBodyFailure: (failure) => {
      if (failure === 'tooLarge') refuse(request, 413, 'RequestEntityTooLarge', 'The request body is too large.');
    },
  });
}

/** Undefined when it is no JSON object. */
export function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
