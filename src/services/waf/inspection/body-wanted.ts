// Whether rules look at bodies: where none does, nothing waits for one.

import { innerStatements } from '../references.ts';
import type { StatementDocument } from '../rule-document.ts';

export function bodyWanted(statement: StatementDocument): boolean {
  const field = [
    statement.ByteMatchStatement,
    statement.SizeConstraintStatement,
    statement.RegexMatchStatement,
    statement.RegexPatternSetReferenceStatement,
    statement.SqliMatchStatement,
    statement.XssMatchStatement,
  ].find((looks) => looks !== undefined)?.FieldToMatch;
  return field?.Body !== undefined || field?.JsonBody !== undefined || innerStatements(statement).some(bodyWanted);
}
