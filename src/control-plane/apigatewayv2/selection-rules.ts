// Selection expressions are parsed when they are written: a message is never the first to find out that one is wrong.

import { parseSelectionExpression, type SelectionScope } from '../../selection-expression/parse-selection-expression.ts';
import { badRequest } from './refusals.ts';

/** Returns the text when it is an expression; throws BadRequestException with the position of what is wrong. The words are ours. */
export function checkedSelection(member: string, text: string, scope: SelectionScope): string {
  const { fault } = parseSelectionExpression(text, scope);
  if (fault === undefined) return text;
  throw badRequest(
    `Invalid ${member}: ${fault.message} (character ${fault.position + 1}). Use $request.body.{path}, \${...} around a variable, ` +
      'and \\$ for a dollar sign.',
  );
}

/** The expression that was sent over the one there is; the empty text removes it. */
export function updatedSelection(
  member: string,
  sent: string | undefined,
  former: string | undefined,
  scope: SelectionScope,
): string | undefined {
  if (sent === undefined) return former;
  return sent === '' ? undefined : checkedSelection(member, sent, scope);
}
