// The common shape of statements about a part of the request: one of its texts has to match.

import type { InspectedTexts } from './inspected-texts.ts';
import type { Inspection, Matcher } from './matcher.ts';
import type { PartText } from './request-part.ts';

export function anyText(texts: InspectedTexts, matches: (text: PartText, inspection: Inspection) => boolean): Matcher {
  return (inspection) => {
    const found = texts.of(inspection);
    if (typeof found === 'boolean') return found;
    for (const text of found) if (matches(text, inspection)) return true;
    return false;
  };
}
