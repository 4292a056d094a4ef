// SizeConstraintStatement: how many bytes a text has after its transformations.

import type { ComparisonOperator } from '@aws-sdk/client-wafv2';
import type { StatementDocument } from '../rule-document.ts';
import { anyText } from './any-text.ts';
import { compileInspectedTexts } from './inspected-texts.ts';
import type { Matcher } from './matcher.ts';

type SizeConstraint = NonNullable<StatementDocument['SizeConstraintStatement']>;

const OPERATORS: Readonly<Record<ComparisonOperator, (length: number, size: number) => boolean>> = {
  EQ: (length, size) => length === size,
  NE: (length, size) => length !== size,
  LE: (length, size) => length <= size,
  LT: (length, size) => length < size,
  GE: (length, size) => length >= size,
  GT: (length, size) => length > size,
};

export function sizeConstraint(statement: SizeConstraint): Matcher {
  const compare = OPERATORS[statement.ComparisonOperator as ComparisonOperator];
  if (compare === undefined) throw new Error(`no comparison operator: ${statement.ComparisonOperator}`);
  const size = statement.Size ?? 0;
  return anyText(compileInspectedTexts(statement), ({ text }) => compare(text.length, size));
}
