// Strict JSON objects by the engine's own parser, for whoever wants nothing of them but members and texts: about these it says the same
// as parseJson, several times faster. Numbers are another matter: parseJson keeps Java's kinds apart.

import { JSON_DEPTH_MAX } from './parse-json.ts';

const OPEN_OBJECT = 123;

/** Undefined for what parseJson has to read: no object, no strict JSON, or perhaps too deep for it. */
export function parsePlainObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.charCodeAt(0) !== OPEN_OBJECT || mayBeTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Brackets inside texts count, too: such a document is read the other way, which is right, but slower. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= JSON_DEPTH_MAX) return false;
  return !hasAtMost(text, '{', JSON_DEPTH_MAX / 2) || !hasAtMost(text, '[', JSON_DEPTH_MAX / 2);
}

function hasAtMost(text: string, bracket: string, max: number): boolean {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++count > max) return false;
  return true;
}
