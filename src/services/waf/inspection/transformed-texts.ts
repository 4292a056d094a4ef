// The texts of a part of a request after transformations, worked out once for all statements that look at the same.

import type { TextTransformationDocument } from '../rule-document.ts';
import type { Inspection } from './matcher.ts';
import { type PartText, type PartTexts, type RequestPart, textsOf } from './request-parts.ts';
import { transformationNamed, transformationNames } from './text-transformations.ts';

/** All texts that the rules make of one request, together. AWS documents no such limit; a body of 64 KB in eighty forms fits. */
const CHARACTERS_MAX = 5 * 2 ** 20;
/** Where the count is kept among what was worked out. */
const SPENT = 'characters';

/** Shared steps: `URL_DECODE, LOWERCASE` begins with what `URL_DECODE` alone made. */
export function transformedTexts(
  part: RequestPart,
  documents: readonly TextTransformationDocument[] | undefined,
): (inspection: Inspection) => PartTexts {
  let texts = (inspection: Inspection): PartTexts => textsOf(part, inspection);
  let key = part.key;
  for (const name of transformationNames(documents)) {
    const before = texts;
    const transform = transformationNamed(name);
    key = `${key}|${name}`;
    const stepKey = key;
    texts = (inspection) => {
      const known = inspection.worked.get(stepKey) as PartTexts | undefined;
      if (known !== undefined) return known;
      const from = before(inspection);
      const made = typeof from === 'string' ? from : transformed(from, transform, inspection);
      inspection.worked.set(stepKey, made);
      return made;
    };
  }
  return texts;
}

/** A request that asks for more than its share is taken for an attack. */
function transformed(texts: readonly PartText[], transform: (text: string) => string, { worked }: Inspection): PartTexts {
  let spent = (worked.get(SPENT) as number | undefined) ?? 0;
  const made: PartText[] = [];
  let isSame = true;
  for (const part of texts) {
    const text = transform(part.text);
    if (text === part.text) {
      made.push(part);
      continue;
    }
    isSame = false;
    spent += text.length;
    if (spent > CHARACTERS_MAX) return 'match';
    made.push({ ...part, text });
  }
  worked.set(SPENT, spent);
  return isSame ? texts : made;
}
