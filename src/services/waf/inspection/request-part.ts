// A part of requests that statements look at, compiled.

import type { Inspection } from './matcher.ts';

/** One thing to look at: a part may be several (headers, arguments, members of JSON), of which one has to match. */
export interface PartText {
  readonly text: string;
  /** Name of the header, cookie or argument. */
  readonly fieldName?: string;
}

export interface RequestPart {
  /** The same for all settings that lead to the same texts. */
  readonly key: string;
  /** For logs. */
  readonly location: string;
  /** The answer when a setting gives it without a look: content that is too large, JSON that is none, parts that are never there. */
  readonly decided?: (inspection: Inspection) => boolean | undefined;
  /** None when the request has no such part. */
  readonly texts: (inspection: Inspection) => readonly PartText[];
}

export type Choice = 'MATCH' | 'NO_MATCH' | 'CONTINUE' | 'EVALUATE_AS_STRING' | undefined;

/** What a choice of oversize or fallback behaviour says; undefined to go on looking. */
export function saidBy(choice: Choice): boolean | undefined {
  if (choice === 'MATCH') return true;
  return choice === 'NO_MATCH' ? false : undefined;
}
