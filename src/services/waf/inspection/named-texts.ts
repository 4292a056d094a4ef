// Headers and cookies as lists: names with values, of which so many and so much are looked at.

import type { Inspection } from './matcher.ts';
import { type Choice, type PartText, type RequestPart, saidBy } from './request-part.ts';

export interface NamedText {
  readonly name: string;
  readonly value: string;
}

export interface LimitedList {
  readonly items: readonly NamedText[];
  /** There was more. */
  readonly oversize: boolean;
}

// AWS: the first 8,192 bytes and the first 200 of headers, and the same of cookies. Seen: the developer guide, "Request components".
export const LISTED_BYTES_MAX = 8192;
export const LISTED_MAX = 200;

/** What is looked at of a list. Bytes are those of names and values. */
export function withinLimits(all: readonly NamedText[]): LimitedList {
  const items: NamedText[] = [];
  let left = LISTED_BYTES_MAX;
  for (const { name, value } of all) {
    if (items.length === LISTED_MAX) return { items, oversize: true };
    if (name.length + value.length > left) {
      items.push({ name: name.slice(0, left), value: value.slice(0, Math.max(0, left - name.length)) });
      return { items, oversize: true };
    }
    left -= name.length + value.length;
    items.push({ name, value });
  }
  return { items, oversize: false };
}

export interface NamedTextsSettings {
  readonly list: (inspection: Inspection) => LimitedList;
  /** What the list and the choice of names are called. */
  readonly key: string;
  readonly location: string;
  readonly isIncluded: (name: string) => boolean;
  readonly scope: 'ALL' | 'KEY' | 'VALUE' | undefined;
  readonly oversize: Choice;
}

export function namedTexts({ list, key, location, isIncluded, scope, oversize }: NamedTextsSettings): RequestPart {
  const whenOversize = saidBy(oversize);
  const texts = ({ name, value }: NamedText): PartText[] => {
    if (!isIncluded(name)) return [];
    const [keyText, valueText] = [
      { text: name, fieldName: name },
      { text: value, fieldName: name },
    ];
    if (scope === 'KEY') return [keyText];
    return scope === 'VALUE' ? [valueText] : [keyText, valueText];
  };
  return {
    key: `${key}|${scope}`,
    location,
    decided: (inspection) => (whenOversize !== undefined && list(inspection).oversize ? whenOversize : undefined),
    texts: (inspection) => list(inspection).items.flatMap(texts),
  };
}
