// Whether rules look at bodies: a request whose rules do not is let through while its body is still on its way.

import { innerStatements } from '../references.ts';
import type { StatementDocument } from '../rule-document.ts';

/** Groups of rules that the statement refers to have statements of their own, which are not looked into. */
export function bodyWanted(statement: StatementDocument): boolean {
  const parts = [
    statement.ByteMatchStatement,
    statement.SizeConstraintStatement,
    statement.RegexMatchStatement,
    statement.RegexPatternSetReferenceStatement,
    statement.SqliMatchStatement,
    statement.XssMatchStatement,
  ];
  if (parts.some((part) => part?.FieldToMatch?.Body !== undefined || part?.FieldToMatch?.JsonBody !== undefined)) return true;
  return innerStatements(statement).some(bodyWanted);
}
