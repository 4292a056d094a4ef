// A selection expression of a snapshot as data. It was parsed when it was written, so here it parses.

import type { SelectionExpression } from '../../model/selection-expression.ts';
import { parseSelectionExpression, type SelectionScope } from '../../selection-expression/parse-selection-expression.ts';

/** Throws for an expression that the control plane refuses: the stage then keeps its former deployment. */
export function planSelection(text: string, scope: SelectionScope): SelectionExpression {
  const { expression, fault } = parseSelectionExpression(text, scope);
  if (expression === undefined) throw new Error(`The selection expression ${text} cannot be used: ${fault.message}`);
  return expression;
}
