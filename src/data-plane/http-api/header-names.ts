// Forms of a header name: lower case as payload 2.0 shows it, Title-Case as payload 1.0 and HTTP/1.1 responses show it.
// Names repeat with every request, so the forms are kept; the store is bounded because clients choose the names.

/** One header name in every form that is needed. */
export interface HeaderName {
  readonly lower: string;
  readonly title: string;
  /** The lower-case and Title-Case forms as JSON member names, e.g. `"accept":`. */
  readonly lowerMember: string;
  readonly titleMember: string;
}

const KEPT_NAMES = 1024;
const KEPT_LENGTH = 64;
const kept = new Map<string, HeaderName>();

export function headerName(received: string): HeaderName {
  const known = kept.get(received);
  if (known !== undefined) return known;
  // A copy, because `received` may be a slice that holds the whole request head in memory.
  const copy = Buffer.from(received, 'latin1').toString('latin1');
  const lower = copy.toLowerCase();
  const title = titleCase(lower);
  const forms = { lower, title, lowerMember: `${JSON.stringify(lower)}:`, titleMember: `${JSON.stringify(title)}:` };
  if (kept.size < KEPT_NAMES && copy.length <= KEPT_LENGTH) kept.set(copy, forms);
  return forms;
}

/** `x-api-key` -> `X-Api-Key`. AWS: HTTP APIs answer so over HTTP/1.1. Seen: responses recorded by the AWS .NET Lambda test tool. */
export function titleCase(lower: string): string {
  let out = '';
  let start = true;
  for (const character of lower) {
    out += start ? character.toUpperCase() : character;
    start = character === '-';
  }
  return out;
}
