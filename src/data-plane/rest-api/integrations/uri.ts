// URIs with placeholders: `{name}` is put in from the mapped path parameters. A placeholder without a value stays as it is written.

import type { UriPiece } from '../../../model/http-api-plan.ts';
import { ALPHANUMERIC, CharacterSet } from '../../character-set.ts';
import type { MappedValues } from '../integration-request.ts';

/** What a target may hold as it is; and a name or value of a query that is decoded and encoded again. */
const inTarget = new CharacterSet(`${ALPHANUMERIC}._~!$&'()*+,;=:@/-`);
const inQuery = new CharacterSet(`${ALPHANUMERIC}_.~*!'()-`);

export function fixedText(pieces: readonly UriPiece[]): string | undefined {
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}

/** Values stand in a path as they were mapped, already encoded where the client encoded them; what no target may hold is encoded. */
export function renderPath(pieces: readonly UriPiece[], values: Pick<MappedValues, 'get'>): string {
  let text = '';
  for (const piece of pieces) {
    text += typeof piece === 'string' ? piece : encodeTarget(values.get(piece.pathVariable) ?? `{${piece.pathVariable}}`);
  }
  return text;
}

export function renderPlain(pieces: readonly UriPiece[], values: Pick<MappedValues, 'get'>): string {
  let text = '';
  for (const piece of pieces) text += typeof piece === 'string' ? piece : (values.get(piece.pathVariable) ?? '');
  return text;
}

/** `?`, `#` and everything that is not printable ASCII is percent-encoded; a `%` that begins an encoding stays. */
function encodeTarget(text: string): string {
  if (inTarget.spans(text)) return text;
  return text
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/%-]/gu, (character) => encodeURIComponent(character));
}

const EQUALS = 0x3d;
const AMPERSAND = 0x26;
/** Comparing more names with one another takes longer than to decode and encode them. */
const PLAIN_PAIRS_MAX = 6;

/** True when a received query would come out of decoding and encoding as it is: nothing to decode, and no name twice. */
export function isPlainQuery(query: string): boolean {
  let name = 0;
  let isInName = true;
  let isAlone = true;
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (inQuery.has(code)) continue;
    if (isInName ? code !== EQUALS || i === name : code !== AMPERSAND) return false;
    if (!isInName) {
      isAlone = false;
      name = i + 1;
    }
    isInName = !isInName;
  }
  if (isInName) return false;
  if (isAlone) return true;
  const pairs = query.split('&');
  if (pairs.length > PLAIN_PAIRS_MAX) return false;
  const names = pairs.map((pair) => pair.slice(0, pair.indexOf('=') + 1));
  return names.every((name, at) => names.indexOf(name) === at);
}

/** `a=1&b=2`; AWS: values are decoded on the way in, so they are encoded again on the way out. */
export function encodeQuery(pairs: Iterable<readonly [string, string | readonly string[]]>): string {
  const parts: string[] = [];
  for (const [name, value] of pairs) {
    for (const each of typeof value === 'string' ? [value] : value) parts.push(`${encode(name)}=${encode(each)}`);
  }
  return parts.join('&');
}

function encode(text: string): string {
  if (inQuery.spans(text)) return text;
  return encodeURIComponent(text.toWellFormed());
}
