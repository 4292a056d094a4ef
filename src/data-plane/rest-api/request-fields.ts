// The headers and the query string of a request as a REST API shows them to mappings, templates, authorizers and functions. Read once,
// when somebody asks.
// AWS: header names keep the case they came with; these fields are dropped before anything sees them. Seen: recorded events.

import type { HeaderView, ServerRequest } from '../../http1/message.ts';
import { headerName } from '../http-api/header-names.ts';
import { parseQuery } from '../http-api/request-parameters.ts';

const unseen: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'www-authenticate',
]);

type Values = ReadonlyMap<string, readonly string[]>;

/** Headers that the gateway itself asks for, by their place among what is kept of a section. */
export const field = {
  authorization: 0,
  contentEncoding: 1,
  contentType: 2,
  methodOverride: 3,
  requestId: 4,
  traceId: 5,
  forwardedFor: 6,
} as const;

const fieldNames: Readonly<Record<keyof typeof field, string>> = {
  authorization: 'authorization',
  contentEncoding: 'content-encoding',
  contentType: 'content-type',
  methodOverride: 'x-http-method-override',
  requestId: 'x-amzn-requestid',
  traceId: 'x-amzn-trace-id',
  forwardedFor: 'x-forwarded-for',
};
const names: string[] = [];
for (const [key, place] of Object.entries(field)) names[place] = fieldNames[key as keyof typeof field];

/** What a proxied backend is sent of a section. */
export interface ProxiedHead {
  /** To whom. */
  readonly backend: object;
  /** The fields that stay behind. */
  readonly withheld: ReadonlySet<string>;
  readonly lines: string;
}

/** What was read of a header section; undefined before somebody asked. */
class Section {
  proxied: ProxiedHead | undefined = undefined;
  values: Values | undefined = undefined;
  last: ReadonlyMap<string, string> | undefined = undefined;
  /** By place in `field`: null before somebody asked. */
  readonly ones: (string | undefined | null)[] = [null, null, null, null, null, null, null];
}

export class RequestFields {
  readonly #request: ServerRequest;
  readonly #section: Section;
  #query: Map<string, string[]> | undefined;
  #lastQuery: ReadonlyMap<string, string> | undefined;

  constructor(request: ServerRequest) {
    this.#request = request;
    this.#section = sectionOf(request.headers);
  }

  /** What was sent last. A section belongs to one connection: what the connection says is always the same. */
  get proxiedHead(): ProxiedHead | undefined {
    return this.#section.proxied;
  }

  keepProxiedHead(head: ProxiedHead): void {
    if (this.#request.headers.repeats === true) this.#section.proxied = head;
  }

  /** The value of one of the headers in `field`; several are joined with a comma. */
  one(place: (typeof field)[keyof typeof field]): string | undefined {
    const { ones } = this.#section;
    const known = ones[place];
    if (known !== null) return known;
    const value = this.#request.headers.get(names[place] as string);
    ones[place] = value;
    return value;
  }

  /** All values in the order received, by name as received; a name that comes in two cases is one, named as it came first. */
  get headers(): Values {
    const section = this.#section;
    section.values ??= valuesOf(this.#request.headers.raw);
    return section.values;
  }

  /** AWS: templates see the last of several values. Seen: recorded requests. */
  get lastHeaders(): ReadonlyMap<string, string> {
    const section = this.#section;
    section.last ??= lastValuesOf(this.#request.headers.raw);
    return section.last;
  }

  /** The same of the query string. */
  get lastQuery(): ReadonlyMap<string, string> {
    this.#lastQuery ??= lastOf(this.query);
    return this.#lastQuery;
  }

  /** The last value of one parameter, decoded. */
  lastQueryValue(name: string): string | undefined {
    const all = this.query.get(name);
    return all === undefined ? undefined : all[all.length - 1];
  }

  /**
   * The values of one header. AWS's own look-up is said to be case-sensitive (LocalStack); clients that write every name in lower case
   * are many, so a name that is not there in this spelling is looked for in any.
   */
  header(name: string): readonly string[] | undefined {
    const exact = this.headers.get(name);
    if (exact !== undefined) return exact;
    const lower = name.toLowerCase();
    for (const [received, values] of this.headers) if (received.toLowerCase() === lower) return values;
    return undefined;
  }

  /** Decoded, all values in order. */
  get query(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.#request.query);
    return this.#query;
  }
}

/** A client that keeps its connection sends the same section again and again: it is read once. */
function sectionOf(headers: HeaderView): Section {
  if (headers.repeats !== true) return new Section();
  if (headers.reading instanceof Section) return headers.reading;
  const section = new Section();
  headers.reading = section;
  return section;
}

const noQuery: ReadonlyMap<string, string> = new Map();

function lastOf(query: Values): ReadonlyMap<string, string> {
  if (query.size === 0) return noQuery;
  const last = new Map<string, string>();
  for (const [name, all] of query) last.set(name, all[all.length - 1] ?? '');
  return last;
}

function valuesOf(raw: readonly string[]): Values {
  const headers = new Map<string, string[]>();
  forEachSeen(raw, (name, value) => {
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  });
  return headers;
}

function lastValuesOf(raw: readonly string[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  forEachSeen(raw, (name, value) => last.set(name, value));
  return last;
}

/** Each field that is shown, under the name that it has everywhere: as it came first. */
function forEachSeen(raw: readonly string[], see: (name: string, value: string) => void): void {
  const lowers: string[] = [];
  const shown: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const received = raw[i] as string;
    const { lower } = headerName(received);
    if (unseen.has(lower)) continue;
    let at = lowers.indexOf(lower);
    if (at < 0) {
      at = lowers.push(lower) - 1;
      shown.push(shownName(received, lower));
    }
    see(shown[at] as string, raw[i + 1] as string);
  }
}

/** AWS: these two are shown in Title-Case however they came. Seen: recorded events. */
function shownName(received: string, lower: string): string {
  if (lower === 'authorization') return 'Authorization';
  return lower === 'user-agent' ? 'User-Agent' : received;
}
