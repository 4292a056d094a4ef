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

/** What was read of a header section; undefined before somebody asked. */
interface Section {
  values: Values | undefined;
  last: ReadonlyMap<string, string> | undefined;
}

// A client that keeps its connection sends the same section again and again: it is read once.
const remembered = new WeakMap<HeaderView, Section>();

export class RequestFields {
  readonly #request: ServerRequest;
  #section: Section | undefined;
  #query: Map<string, string[]> | undefined;
  #lastQuery: ReadonlyMap<string, string> | undefined;

  constructor(request: ServerRequest) {
    this.#request = request;
  }

  /** All values in the order received, by name as received; a name that comes in two cases is one, named as it came first. */
  get headers(): Values {
    const section = this.#sectionOf();
    section.values ??= valuesOf(this.#request.headers.raw);
    return section.values;
  }

  /** AWS: templates see the last of several values. Seen: recorded requests. */
  get lastHeaders(): ReadonlyMap<string, string> {
    const section = this.#sectionOf();
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

  #sectionOf(): Section {
    if (this.#section !== undefined) return this.#section;
    const { headers } = this.#request;
    const isKept = headers.repeats === true;
    let section = isKept ? remembered.get(headers) : undefined;
    if (section === undefined) {
      section = { values: undefined, last: undefined };
      if (isKept) remembered.set(headers, section);
    }
    this.#section = section;
    return section;
  }
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
