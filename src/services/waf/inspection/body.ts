// The body of a request, as text and as JSON.

import type { Document, FieldToMatchDocument } from '../rule-document.ts';
import { budgetOf } from './inspection-budget.ts';
import { type JsonElements, pointerTree, readJsonElements, WHOLE_DOCUMENT } from './json-elements.ts';
import type { Inspection } from './matcher.ts';
import { type Choice, type PartText, type RequestPart, saidBy } from './request-part.ts';
import { worked } from './worked.ts';

type BodyDocument = Document<NonNullable<FieldToMatchDocument['Body']>>;
type JsonBodyDocument = Document<NonNullable<FieldToMatchDocument['JsonBody']>>;

/** Of a request that was too much work. */
const NOT_READ: JsonElements = { elements: [], complete: true };

export function body({ OversizeHandling }: BodyDocument): RequestPart {
  return {
    key: 'body',
    location: 'BODY',
    decided: (inspection) => saidByOversize(inspection, OversizeHandling),
    texts: bodyText,
  };
}

export function jsonBody({ MatchPattern, MatchScope, InvalidFallbackBehavior, OversizeHandling }: JsonBodyDocument): RequestPart {
  const pointers = MatchPattern?.IncludedPaths;
  const tree = pointers === undefined ? WHOLE_DOCUMENT : pointerTree(pointers);
  const key = `json ${pointers === undefined ? '' : JSON.stringify(pointers)}`;
  const read = (inspection: Inspection): JsonElements =>
    worked(inspection, key, () => {
      const { body: text } = inspection.request;
      return budgetOf(inspection).spend(text.length, 1) ? readJsonElements(text, tree) : NOT_READ;
    });
  const whenInvalid = saidBy(InvalidFallbackBehavior);
  const asString = InvalidFallbackBehavior === 'EVALUATE_AS_STRING';
  return {
    key: `${key}|${MatchScope}|${asString ? 'string' : ''}`,
    // AWS: of JSON it is UNKNOWN. Seen: the developer guide, log fields.
    location: 'UNKNOWN',
    decided: (inspection) => {
      const said = saidByOversize(inspection, OversizeHandling);
      if (said !== undefined || whenInvalid === undefined || inspection.request.bodyLength === 0) return said;
      return read(inspection).complete ? undefined : whenInvalid;
    },
    texts: (inspection) => {
      if (inspection.request.bodyLength === 0) return [];
      const { elements, complete } = read(inspection);
      if (!complete && asString) return bodyText(inspection);
      return MatchScope === 'KEY' || MatchScope === 'VALUE' ? elements.filter(({ kind }) => kind === MatchScope) : elements;
    },
  };
}

function bodyText({ request }: Inspection): readonly PartText[] {
  return request.bodyLength === 0 ? [] : [{ text: request.body }];
}

function saidByOversize({ request }: Inspection, choice: Choice): boolean | undefined {
  return request.bodyLength > request.body.length ? saidBy(choice) : undefined;
}
