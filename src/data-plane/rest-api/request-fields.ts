// The headers and the query string of a request as a REST API shows them to mappings, templates, authorizers and functions. Read once,
// when somebody asks.
// AWS: with who called and the trace among the headers, for every type of integration: X-Forwarded-For goes on with the client's
// address. Seen: recorded events, execution logs (elastic/integrations#4266), `$input.params()` in public logs of functions.
// AWS: header names keep the case they came with; these fields are dropped before anything sees them. Seen: recorded events.

import type { HeaderView, ServerRequest } from '../../http1/message.ts';
import { headerName } from '../http-api/header-names.ts';
import { parseQuery } from '../http-api/request-parameters.ts';
import { HeadersWithTrace, TRACE_HEADER, type TraceSource } from './headers-with-trace.ts';
import type { ForwardedFields } from './integrations/forwarded-for.ts';

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

/** What the gateway says about a request among its headers. */
export interface GatewayHeaders extends TraceSource {
  /** Always the same for one header section; undefined for a request that no connection brought: nothing is said about it. */
  readonly forwarded: ForwardedFields | undefined;
}

/** What was read of a header section; undefined before somebody asked. */
class Section {
  proxied: ProxiedHead | undefined = undefined;
  /** As received. */
  values: Values | undefined = undefined;
  /** With the gateway's own; the trace has its place alone. */
  shown: Values | undefined = undefined;
  /** The last of each, as templates see them; of a section that no template sees they are not asked for. */
  last: ReadonlyMap<string, string> | undefined = undefined;
  /** By place in `field`: null before somebody asked. */
  readonly ones: (string | undefined | null)[] = [null, null, null, null, null, null, null];
}

export class RequestFields {
  readonly #request: ServerRequest;
  readonly #section: Section;
  readonly #gateway: GatewayHeaders | undefined;
  #query: Map<string, string[]> | undefined;
  #lastQuery: ReadonlyMap<string, string> | undefined;

  /** Without `gateway` there are only the headers that were received. */
  constructor(request: ServerRequest, gateway?: GatewayHeaders) {
    this.#request = request;
    this.#gateway = gateway;
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
    const gateway = this.#gateway;
    const shown = gateway && this.#shown(gateway);
    if (gateway !== undefined && shown !== undefined) return new HeadersWithTrace(shown, gateway, listOf);
    const section = this.#section;
    section.values ??= valuesOf(this.#request.headers.raw, undefined);
    return section.values;
  }

  /**
   * It is signed for the gateway. AWS: then neither functions nor backends nor templates see the signature. Seen: developer guide;
   * amazon-archives/amazon-cognito-identity-js#92 (`$input.params()` of a signed request).
   */
  get isSigned(): boolean {
    return this.one(field.authorization)?.startsWith('AWS4-HMAC-SHA256') === true;
  }

  /** AWS: templates see the last of several values. Seen: recorded requests. */
  get lastHeaders(): ReadonlyMap<string, string> {
    const section = this.#section;
    const gateway = this.#gateway;
    const shown = gateway && this.#shown(gateway);
    section.last ??= lastOf(shown ?? this.headers, this.isSigned ? 'Authorization' : undefined);
    return gateway === undefined || shown === undefined ? section.last : new HeadersWithTrace(section.last, gateway, itself);
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
    const { headers } = this;
    const exact = headers.get(name);
    if (exact !== undefined) return exact;
    const lower = name.toLowerCase();
    for (const received of headers.keys()) if (received.toLowerCase() === lower) return headers.get(received);
    return undefined;
  }

  /** Decoded, all values in order. */
  get query(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.#request.query);
    return this.#query;
  }

  #shown(gateway: GatewayHeaders): Values | undefined {
    const section = this.#section;
    if (section.shown !== undefined) return section.shown;
    const { forwarded } = gateway;
    if (forwarded !== undefined) section.shown = valuesOf(this.#request.headers.raw, forwarded);
    return section.shown;
  }
}

const listOf = (trace: string): readonly string[] => [trace];
const itself = (trace: string): string => trace;

/** A client that keeps its connection sends the same section again and again: it is read once. */
function sectionOf(headers: HeaderView): Section {
  if (headers.repeats !== true) return new Section();
  if (headers.reading instanceof Section) return headers.reading;
  const section = new Section();
  headers.reading = section;
  return section;
}

const none: ReadonlyMap<string, string> = new Map();

function lastOf(values: Values, hidden?: string): ReadonlyMap<string, string> {
  if (values.size === 0) return none;
  const last = new Map<string, string>();
  for (const [name, all] of values) if (name !== hidden) last.set(name, all[all.length - 1] ?? '');
  return last;
}

/** What the gateway says itself, whatever the client said. */
const gatewayFields: ReadonlySet<string> = new Set([
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** Each field that is shown, under the name that it has everywhere: as it came first. */
function valuesOf(raw: readonly string[], forwarded: ForwardedFields | undefined): Values {
  const headers = new Map<string, readonly string[]>();
  const lowers: string[] = [];
  const lists: string[][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const received = raw[i] as string;
    const { lower } = headerName(received);
    if (unseen.has(lower) || (forwarded !== undefined && gatewayFields.has(lower))) continue;
    const at = lowers.indexOf(lower);
    if (at >= 0) (lists[at] as string[]).push(raw[i + 1] as string);
    else {
      const list = [raw[i + 1] as string];
      lowers.push(lower);
      lists.push(list);
      headers.set(shownName(received, lower), list);
    }
  }
  if (forwarded === undefined) return headers;
  return headers
    .set(TRACE_HEADER, [''])
    .set('X-Forwarded-For', [forwarded.for])
    .set('X-Forwarded-Port', [forwarded.port])
    .set('X-Forwarded-Proto', [forwarded.proto]);
}

/** AWS: these two are shown in Title-Case however they came. Seen: recorded events. */
function shownName(received: string, lower: string): string {
  if (lower === 'authorization') return 'Authorization';
  return lower === 'user-agent' ? 'User-Agent' : received;
}
