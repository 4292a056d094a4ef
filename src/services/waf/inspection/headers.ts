// The headers of a request: one of them, all of them, their order.

import type { Document, FieldToMatchDocument } from '../rule-document.ts';
import type { Inspection } from './matcher.ts';
import { type LimitedList, type NamedText, namedTexts, withinLimits } from './named-texts.ts';
import { type RequestPart, saidBy } from './request-part.ts';
import { lowerCase } from './text-transformations.ts';
import { worked } from './worked.ts';

type HeadersDocument = Document<NonNullable<FieldToMatchDocument['Headers']>>;
type HeaderOrderDocument = Document<NonNullable<FieldToMatchDocument['HeaderOrder']>>;

export function singleHeader(name: string): RequestPart {
  const wanted = lowerCase(name);
  return {
    key: `header ${wanted}`,
    location: 'HEADER',
    texts: (inspection) => {
      const value = headerValue(inspection, wanted);
      return value === undefined ? [] : [{ text: value, fieldName: wanted }];
    },
  };
}

/** All lines of one header as one value; undefined when there is none. `name` in small letters. */
export function headerValue(inspection: Inspection, name: string): string | undefined {
  return worked(inspection, 'header values', () => joinedByName(inspection.request.headers)).get(name);
}

export function allHeaders({ MatchPattern, MatchScope, OversizeHandling }: HeadersDocument): RequestPart {
  const { IncludedHeaders: included, ExcludedHeaders: excluded } = MatchPattern ?? {};
  const names = new Set((included ?? excluded ?? []).map(lowerCase));
  return namedTexts({
    list: headerList,
    key: `headers|${included === undefined ? 'but' : 'only'} ${JSON.stringify([...names].sort())}`,
    location: 'HEADER',
    isIncluded: (name) => names.has(lowerCase(name)) === (included !== undefined),
    scope: MatchScope,
    oversize: OversizeHandling,
  });
}

/** AWS: `host:user-agent:accept`. Seen: the API reference, HeaderOrder. */
export function headerOrder({ OversizeHandling }: HeaderOrderDocument): RequestPart {
  const whenOversize = saidBy(OversizeHandling);
  return {
    key: 'header order',
    location: 'HEADER_ORDER',
    decided: (inspection) => (whenOversize !== undefined && headerList(inspection).oversize ? whenOversize : undefined),
    texts: (inspection) => {
      const { items } = headerList(inspection);
      return items.length === 0 ? [] : [{ text: items.map(({ name }) => name).join(':') }];
    },
  };
}

function headerList(inspection: Inspection): LimitedList {
  return worked(inspection, 'header list', () => withinLimits(pairs(inspection.request.headers)));
}

function pairs(headers: readonly string[]): NamedText[] {
  const all: NamedText[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) all.push({ name: headers[i] as string, value: headers[i + 1] as string });
  return all;
}

function joinedByName(headers: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of pairs(headers)) {
    const lower = lowerCase(name);
    const before = values.get(lower);
    // A comma would end nothing in a cookie.
    values.set(lower, before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ','}${value}`);
  }
  return values;
}
