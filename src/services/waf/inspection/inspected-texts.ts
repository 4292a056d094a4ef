// The texts that a statement looks at: a part of the request, transformed. What several statements look at is transformed once.

import type { TextTransformationType } from '@aws-sdk/client-wafv2';
import type { FieldToMatchDocument, TextTransformationDocument } from '../rule-document.ts';
import { budgetOf } from './inspection-budget.ts';
import type { Inspection } from './matcher.ts';
import type { PreParseTransformations } from './query-arguments.ts';
import type { PartText, RequestPart } from './request-part.ts';
import { compileRequestPart } from './request-parts.ts';
import { inOrder, TEXT_TRANSFORMATIONS } from './text-transformations.ts';

/** The members that all statements about a part of the request have. */
export interface PartStatement {
  readonly FieldToMatch: FieldToMatchDocument | undefined;
  readonly TextTransformations: readonly TextTransformationDocument[] | undefined;
  readonly PreParseTextTransformations?: PreParseTransformations | undefined;
}

export interface InspectedTexts {
  /** The same for statements that look at the same. */
  readonly key: string;
  readonly location: string;
  /** The texts, or the answer when there is nothing to look at. */
  readonly of: (inspection: Inspection) => readonly PartText[] | boolean;
}

interface Step {
  readonly type: TextTransformationType;
  /** What the texts after this step are called. */
  readonly key: string;
}

export function compileInspectedTexts(statement: PartStatement): InspectedTexts {
  const part = compileRequestPart(statement.FieldToMatch ?? {}, statement.PreParseTextTransformations);
  const first = `texts ${part.key}`;
  const types = inOrder<TextTransformationType>(statement.TextTransformations);
  const steps = types.map((type, i): Step => ({ type, key: `${first}|${types.slice(0, i + 1).join()}` }));
  return {
    key: steps.at(-1)?.key ?? first,
    location: part.location,
    of: (inspection) => part.decided?.(inspection) ?? transformed(inspection, part, first, steps) ?? false,
  };
}

/** Undefined when it would be too much work. */
function transformed(
  inspection: Inspection,
  part: RequestPart,
  first: string,
  steps: readonly Step[],
): readonly PartText[] | undefined {
  const { worked } = inspection;
  const done = steps.findLastIndex(({ key }) => worked.has(key)) + 1;
  const start = done === 0 ? first : (steps[done - 1] as Step).key;
  let texts = worked.get(start) as readonly PartText[] | undefined;
  if (texts === undefined) {
    texts = part.texts(inspection);
    worked.set(start, texts);
  }
  for (const { type, key } of steps.slice(done)) {
    if (!budgetOf(inspection).spend(bytesOf(texts), texts.length)) return undefined;
    const transform = TEXT_TRANSFORMATIONS[type];
    texts = texts.map((one) => {
      const text = transform(one.text);
      return text === one.text ? one : { ...one, text };
    });
    worked.set(key, texts);
  }
  return texts;
}

/** Bytes of the texts together. */
export function bytesOf(texts: readonly PartText[]): number {
  return texts.reduce((sum, { text }) => sum + text.length, 0);
}
