// The `statusCode` of a MOCK integration's request. AWS reads it with a parser that forgives much: names without quotes or in single
// ones, commas that are too many, and whatever else stands inside the outer braces. Any integer passes, also 0 and -1000.
// Seen: LocalStack's account of the service and its recorded cases.

const STATUS = /(?:^|[{,\s])(?:"statusCode"|'statusCode'|statusCode)\s*:\s*(-?\d{1,9})\s*(?=[,}\]\s]|$)/;

/** Undefined when there is none. */
export function readMockStatus(body: string): number | undefined {
  const text = body.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const match = STATUS.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** The status code of one integration's requests: most templates are fixed texts and say the same each time. */
export class MockStatus {
  #text: string | undefined;
  #status: number | undefined;

  of(text: string): number | undefined {
    if (text !== this.#text) {
      this.#status = readMockStatus(text);
      this.#text = text.length <= TEXT_MAX ? text : undefined;
    }
    return this.#status;
  }
}

/** Longer texts are hardly fixed, and are not kept from one request to the next. */
const TEXT_MAX = 200;
