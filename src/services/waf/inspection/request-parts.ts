// Where statements look: a part of a request as the texts that stand there.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html

import type * as Wire from '@aws-sdk/client-wafv2';
import type { Document, FieldToMatchDocument } from '../rule-document.ts';
import { jsonTexts } from './json-body.ts';
import type { Inspection } from './matcher.ts';
import type { WebRequest } from './web-request.ts';

/** Texts to be looked at one by one; any of them may match. `match` and `noMatch`: the statement is decided without a look. */
export type PartTexts = readonly PartText[] | 'match' | 'noMatch';

export interface PartText {
  readonly text: string;
  /** Name of the header, cookie or argument. */
  readonly name?: string;
}

export interface RequestPart {
  /** As logs call it: `HEADER`, `BODY`, … */
  readonly location: string;
  /** Tells it from every other part. */
  readonly key: string;
  texts(request: WebRequest): PartTexts;
}

/** AWS: as much of the headers, and of the cookies, is looked at. Seen: WAF developer guide, oversize handling. */
const SECTION_BYTES_MAX = 8192;
const SECTION_FIELDS_MAX = 200;

const nothing: readonly PartText[] = [];

/** The part that a statement names. Throws for one that names none: rules are checked when they are written. */
export function requestPart(field: FieldToMatchDocument): RequestPart {
  const part = (location: string, texts: RequestPart['texts']): RequestPart => ({ location, key: JSON.stringify(field), texts });
  const one = (location: string, of: (request: WebRequest) => string) => part(location, (request) => [{ text: of(request) }]);
  const { SingleHeader, SingleQueryArgument, Headers, Cookies, Body, JsonBody } = field;
  if (SingleHeader !== undefined) return part('HEADER', singleHeader(SingleHeader.Name ?? ''));
  if (SingleQueryArgument !== undefined) return part('SINGLE_QUERY_ARG', singleArgument(SingleQueryArgument.Name ?? ''));
  if (field.AllQueryArguments !== undefined)
    return part('ALL_QUERY_ARGS', ({ query }) => queryArguments(query).map(({ name, value: text }) => ({ name, text })));
  if (field.UriPath !== undefined) return one('URI', ({ path }) => path);
  if (field.QueryString !== undefined) return one('QUERY_STRING', ({ query }) => query);
  if (field.Method !== undefined) return one('METHOD', ({ method }) => method);
  if (Body !== undefined)
    return part('BODY', (request) => oversizeBody(request, Body.OversizeHandling) ?? [{ text: request.body }]);
  if (JsonBody !== undefined)
    return part('UNKNOWN', (request) => oversizeBody(request, JsonBody.OversizeHandling) ?? jsonTexts(request.body, JsonBody));
  if (Headers !== undefined) return part('HEADER', headersPart(Headers));
  if (Cookies !== undefined) return part('COOKIE', cookiesPart(Cookies));
  if (field.HeaderOrder !== undefined) return part('HEADER_ORDER', headerOrder(field.HeaderOrder));
  // AWS: there are no fingerprints behind API Gateway, and no client sends a fragment: what is missing there is decided by the rule.
  const missing = field.JA3Fingerprint ?? field.JA4Fingerprint ?? field.UriFragment;
  if (missing === undefined) throw new Error(`No part of a request is ${Object.keys(field).join()}.`);
  return part('UNKNOWN', () => (missing.FallbackBehavior === 'MATCH' ? 'match' : 'noMatch'));
}

/** The texts, worked out once for a request. */
export function textsOf(part: RequestPart, { request, worked }: Inspection): PartTexts {
  const known = worked.get(part.key) as PartTexts | undefined;
  if (known !== undefined) return known;
  const texts = part.texts(request);
  worked.set(part.key, texts);
  return texts;
}

/** The values of a header, joined as one. AWS: in any case. Undefined when it is absent. */
export function headerValue(headers: readonly string[], lowerName: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== lowerName) continue;
    found = found === undefined ? headers[i + 1] : `${found},${headers[i + 1]}`;
  }
  return found;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** As they were sent, not decoded. */
export function queryArguments(query: string): readonly NamedValue[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? { name: pair, value: '' } : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
}

export function cookiesOf(headers: readonly string[]): readonly NamedValue[] {
  const cookies: NamedValue[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== 'cookie') continue;
    for (const pair of (headers[i + 1] as string).split(';')) {
      const text = pair.trim();
      const equals = text.indexOf('=');
      if (text !== '')
        cookies.push({ name: equals < 0 ? text : text.slice(0, equals), value: equals < 0 ? '' : text.slice(equals + 1) });
    }
  }
  return cookies;
}

function singleHeader(name: string): RequestPart['texts'] {
  const lower = name.toLowerCase();
  return ({ headers }) => {
    const text = headerValue(headers, lower);
    return text === undefined ? nothing : [{ text, name: lower }];
  };
}

/** AWS: the name in any case; every value is tried. Seen: WAF developer guide. */
function singleArgument(name: string): RequestPart['texts'] {
  const lower = name.toLowerCase();
  return ({ query }) => {
    const found = queryArguments(query).filter((argument) => argument.name.toLowerCase() === lower);
    return found.map(({ value: text }) => ({ text, name: lower }));
  };
}

function oversizeBody({ body, bodyLength }: WebRequest, handling: Wire.OversizeHandling | undefined): PartTexts | undefined {
  return bodyLength > body.length ? oversize(handling) : undefined;
}

/** AWS: CONTINUE looks at what is within the limit. */
function oversize(handling: Wire.OversizeHandling | undefined): 'match' | 'noMatch' | undefined {
  if (handling === 'MATCH') return 'match';
  return handling === 'NO_MATCH' ? 'noMatch' : undefined;
}

function headersPart({ MatchPattern = {}, MatchScope, OversizeHandling }: Document<Wire.Headers>): RequestPart['texts'] {
  const wanted = wantedNames(MatchPattern.IncludedHeaders, MatchPattern.ExcludedHeaders, (name) => name.toLowerCase());
  return ({ headers }) => {
    const fields: NamedValue[] = [];
    for (let i = 0; i + 1 < headers.length; i += 2) fields.push({ name: headers[i] as string, value: headers[i + 1] as string });
    return sectionTexts(fields, { wanted: (name) => wanted(name.toLowerCase()), scope: MatchScope, handling: OversizeHandling });
  };
}

/** AWS: names of cookies count with their case. Seen: WAF developer guide. */
function cookiesPart({ MatchPattern = {}, MatchScope, OversizeHandling }: Document<Wire.Cookies>): RequestPart['texts'] {
  const wanted = wantedNames(MatchPattern.IncludedCookies, MatchPattern.ExcludedCookies, (name) => name);
  return ({ headers }) => sectionTexts(cookiesOf(headers), { wanted, scope: MatchScope, handling: OversizeHandling });
}

function wantedNames(
  included: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
  fold: (name: string) => string,
): (name: string) => boolean {
  if (included !== undefined) {
    const names = new Set(included.map(fold));
    return (name) => names.has(name);
  }
  const names = new Set(excluded?.map(fold));
  return (name) => !names.has(name);
}

interface Section {
  readonly wanted: (name: string) => boolean;
  readonly scope: Wire.MapMatchScope | undefined;
  readonly handling: Wire.OversizeHandling | undefined;
}

function sectionTexts(fields: readonly NamedValue[], { wanted, scope = 'ALL', handling }: Section): PartTexts {
  const texts: PartText[] = [];
  let bytes = 0;
  for (const [at, { name, value }] of fields.entries()) {
    const room = SECTION_BYTES_MAX - bytes;
    bytes += name.length + value.length;
    if (bytes > SECTION_BYTES_MAX || at >= SECTION_FIELDS_MAX) {
      const decided = oversize(handling);
      if (decided !== undefined) return decided;
      if (at >= SECTION_FIELDS_MAX || room <= name.length) return texts;
    }
    if (!wanted(name)) continue;
    const shown = value.slice(0, Math.max(0, room - name.length));
    if (scope !== 'VALUE') texts.push({ text: name, name });
    if (scope !== 'KEY') texts.push({ text: shown, name });
    if (bytes > SECTION_BYTES_MAX) return texts;
  }
  return texts;
}

/** AWS: the names in the order they came, with colons between. Seen: API reference, HeaderOrder. */
function headerOrder({ OversizeHandling }: Document<Wire.HeaderOrder>): RequestPart['texts'] {
  return ({ headers }) => {
    const names = headers.filter((_, at) => at % 2 === 0);
    const bytes = headers.reduce((sum, text) => sum + text.length, 0);
    const isOver = names.length > SECTION_FIELDS_MAX || bytes > SECTION_BYTES_MAX;
    return (isOver ? oversize(OversizeHandling) : undefined) ?? [{ text: names.slice(0, SECTION_FIELDS_MAX).join(':') }];
  };
}
