// The headers and the query string of a request as a REST API shows them to mappings, templates, authorizers and functions. Read once,
// when somebody asks.
// AWS: header names keep the case they came with; these fields are dropped before anything sees them. Seen: recorded events.

import type { HeaderView, ServerRequest } from '../../http1/message.ts';
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

/** What is read of a header section. */
interface Section {
  readonly values: Values;
  /** Undefined before somebody asked. */
  last: ReadonlyMap<string, string> | undefined;
}

// A client that keeps its connection sends the same section again and again: it is read once.
const remembered = new WeakMap<HeaderView, Section>();

export class RequestFields {
  readonly #request: ServerRequest;
  #section: Section | undefined;
  #query: Map<string, string[]> | undefined;

  constructor(request: ServerRequest) {
    this.#request = request;
  }

  /** All values in the order received, by name as received; a name that comes in two cases is one, named as it came first. */
  get headers(): Values {
    return this.#read().values;
  }

  /** AWS: templates see the last of several values. Seen: recorded requests. */
  get lastHeaders(): ReadonlyMap<string, string> {
    const section = this.#read();
    section.last ??= lastOf(section.values);
    return section.last;
  }

  /** The same of the query string. */
  get lastQuery(): ReadonlyMap<string, string> {
    return lastOf(this.query);
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

  #read(): Section {
    if (this.#section !== undefined) return this.#section;
    const { headers } = this.#request;
    const isKept = headers.repeats === true;
    let section = isKept ? remembered.get(headers) : undefined;
    if (section === undefined) {
      section = { values: valuesOf(headers.raw), last: undefined };
      if (isKept) remembered.set(headers, section);
    }
    this.#section = section;
    return section;
  }
}

function valuesOf(raw: readonly string[]): Values {
  const headers = new Map<string, string[]>();
  const names = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const received = raw[i] as string;
    const lower = received.toLowerCase();
    if (unseen.has(lower)) continue;
    const values = names.get(lower);
    if (values !== undefined) {
      values.push(raw[i + 1] as string);
      continue;
    }
    const first = [raw[i + 1] as string];
    names.set(lower, first);
    headers.set(shownName(received, lower), first);
  }
  return headers;
}

function lastOf(values: Values): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const [name, all] of values) last.set(name, all[all.length - 1] ?? '');
  return last;
}

/** AWS: these two are shown in Title-Case however they came. Seen: recorded events. */
function shownName(received: string, lower: string): string {
  if (lower === 'authorization') return 'Authorization';
  return lower === 'user-agent' ? 'User-Agent' : received;
}
