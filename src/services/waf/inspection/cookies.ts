// The cookies of a request.

import type { Document, FieldToMatchDocument } from '../rule-document.ts';
import { headerValue } from './headers.ts';
import type { Inspection } from './matcher.ts';
import { type LimitedList, type NamedText, namedTexts, withinLimits } from './named-texts.ts';
import type { RequestPart } from './request-part.ts';
import { trim } from './transformations/white-space.ts';
import { worked } from './worked.ts';

type CookiesDocument = Document<NonNullable<FieldToMatchDocument['Cookies']>>;

/** AWS: names are compared with the case of their letters. Seen: the developer guide, "Request components". */
export function cookies({ MatchPattern, MatchScope, OversizeHandling }: CookiesDocument): RequestPart {
  const { IncludedCookies: included, ExcludedCookies: excluded } = MatchPattern ?? {};
  const names = new Set((included ?? excluded ?? []).map((name) => Buffer.from(name).toString('latin1')));
  return namedTexts({
    list: cookieList,
    key: `cookies|${included === undefined ? 'but' : 'only'} ${JSON.stringify([...names].sort())}`,
    location: 'COOKIE',
    isIncluded: (name) => names.has(name) === (included !== undefined),
    scope: MatchScope,
    oversize: OversizeHandling,
  });
}

function cookieList(inspection: Inspection): LimitedList {
  return worked(inspection, 'cookie list', () => withinLimits(parseCookies(headerValue(inspection, 'cookie') ?? '')));
}

/** A cookie without an equals sign is a value without a name, as browsers send it. */
function parseCookies(header: string): NamedText[] {
  return header.split(';').flatMap((piece) => {
    const cookie = trim(piece);
    if (cookie === '') return [];
    const equals = cookie.indexOf('=');
    return [{ name: cookie.slice(0, Math.max(0, equals)), value: cookie.slice(equals + 1) }];
  });
}
