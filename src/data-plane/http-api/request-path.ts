// The one decision about what a request's path means. Route selection, path parameters and events all use its result, and nobody
// reads the path a second time: two readings are how requests get past their guard.

import type { Refusal } from './refusal.ts';

/** A path cut at `/`, each segment decoded once. `%2F` stays inside its segment: it never separates. */
export interface RequestPath {
  /** As received (without the stage), never empty. */
  readonly raw: string;
  /** Segments as received, without the empty text before the first `/`, and without the empty one after a trailing `/`. */
  readonly rawSegments: readonly string[];
  /** The same segments, percent-decoded. */
  readonly segments: readonly string[];
  readonly trailingSlash: boolean;
}

const badEncoding: Refusal = { refused: 'BAD_REQUEST', reason: 'The path holds a percent sign that encodes no UTF-8 text.' };
const badCharacter: Refusal = { refused: 'BAD_REQUEST', reason: 'The path holds an encoded control character.' };
// A whole segment, or a part of one between decoded slashes or backslashes: backends that decode before they resolve would climb.
// Some ignore what follows a semicolon, so `..;` counts as `..`.
const DOT_SEGMENT = /(?:^|[/\\])\.\.?(?:[;/\\]|$)/;

const dotSegment: Refusal = { refused: 'BAD_REQUEST', reason: 'The path holds a "." or ".." segment, perhaps encoded.' };

/** True for paths that parseRequestPath certainly takes: nothing in them could be read in two ways. */
export function hasOneReading(raw: string): boolean {
  return !raw.includes('%') && !raw.includes('.');
}

/**
 * Takes a path apart. Refused are percent signs that decode to no text, encoded control characters and dot segments (also encoded
 * ones): a backend could read each of them as another path than the one that was routed.
 */
export function parseRequestPath(raw: string): RequestPath | Refusal {
  const rawSegments = cutAtSlashes(raw);
  const trailingSlash = rawSegments.length > 0 && rawSegments[rawSegments.length - 1] === '';
  if (trailingSlash) rawSegments.pop();
  let segments = rawSegments;
  if (hasOneReading(raw)) return { raw, rawSegments, segments, trailingSlash };
  if (raw.includes('%')) {
    const decoded = decodeSegments(rawSegments);
    if (!Array.isArray(decoded)) return decoded;
    segments = decoded;
  }
  for (const segment of segments) {
    if (segment.includes('.') && DOT_SEGMENT.test(segment)) return dotSegment;
  }
  return { raw, rawSegments, segments, trailingSlash };
}

/**
 * What stands behind each slash. Cut by hand: `split` looks every piece up among the engine's own names and remembers the result, which
 * took 5 % of a gateway's CPU when each request has another path.
 */
function cutAtSlashes(raw: string): string[] {
  const segments: string[] = [];
  for (let slash = raw.indexOf('/'); slash >= 0; ) {
    const next = raw.indexOf('/', slash + 1);
    segments.push(raw.substring(slash + 1, next < 0 ? raw.length : next));
    slash = next;
  }
  return segments;
}

function decodeSegments(rawSegments: readonly string[]): string[] | Refusal {
  const segments: string[] = [];
  for (const raw of rawSegments) {
    const text = decodePathText(raw);
    if (text === undefined) return badEncoding;
    if (/[\x00-\x1f\x7f]/.test(text)) return badCharacter;
    segments.push(text);
  }
  return segments;
}

/** Percent-decodes UTF-8; undefined when the text encodes none. */
export function decodePathText(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
