// Statements become functions that look at one request.

import type { StatementDocument } from '../rule-document.ts';
import { byteMatch } from './byte-match.ts';
import { type Detectors, sqliMatch, xssMatch } from './injection-match.ts';
import { ipSetMatch } from './ip-match.ts';
import { labelMatch } from './label-match.ts';
import type { CompileStatement, Inspection, StatementContext } from './matcher.ts';
import { patternSetMatch, regexMatch } from './pattern-match.ts';
import { withSharedPatterns } from './shared-patterns.ts';
import { sizeConstraint } from './size-constraint.ts';

/**
 * Whether a statement matches. Undefined: it cannot be said, as it is about an address in a header that the request does not have; then
 * neither the statement nor its opposite matches.
 */
type Verdict = (inspection: Inspection) => boolean | undefined;

/** What compiles every statement but those about places of addresses, rates, and groups of rules. */
export function newStatementCompiler(detectors: Detectors): CompileStatement {
  return (statement, context) => {
    const verdict = compile(statement, context, detectors);
    return (inspection) => verdict(inspection) === true;
  };
}

function compile(statement: StatementDocument, context: StatementContext, detectors: Detectors): Verdict {
  const nested = (inner: StatementDocument): Verdict => compile(inner, context, detectors);
  if (statement.ByteMatchStatement !== undefined) return byteMatch(statement.ByteMatchStatement);
  if (statement.SizeConstraintStatement !== undefined) return sizeConstraint(statement.SizeConstraintStatement);
  if (statement.RegexMatchStatement !== undefined) return regexMatch(statement.RegexMatchStatement);
  if (statement.RegexPatternSetReferenceStatement !== undefined) {
    return patternSetMatch(statement.RegexPatternSetReferenceStatement, context);
  }
  if (statement.SqliMatchStatement !== undefined) return sqliMatch(statement.SqliMatchStatement, detectors);
  if (statement.XssMatchStatement !== undefined) return xssMatch(statement.XssMatchStatement, detectors);
  if (statement.IPSetReferenceStatement !== undefined) return ipSetMatch(statement.IPSetReferenceStatement, context);
  if (statement.LabelMatchStatement !== undefined) return labelMatch(statement.LabelMatchStatement, context.labelPrefix);
  if (statement.AndStatement !== undefined) return all((statement.AndStatement.Statements ?? []).map(nested));
  if (statement.OrStatement !== undefined) return any(withSharedPatterns(statement.OrStatement.Statements ?? []).map(nested));
  if (statement.NotStatement?.Statement !== undefined) return not(nested(statement.NotStatement.Statement));
  throw new Error(`no statement that is compiled here: ${Object.keys(statement).join() || 'none at all'}`);
}

function all(verdicts: readonly Verdict[]): Verdict {
  return (inspection) => {
    const before = inspection.details.length;
    let result: boolean | undefined = true;
    for (const verdict of verdicts) {
      const one = verdict(inspection);
      if (one === true) continue;
      result = one;
      if (one === false) break;
    }
    // What matched in vain is no reason of the rule.
    if (result !== true) inspection.details.length = before;
    return result;
  };
}

function any(verdicts: readonly Verdict[]): Verdict {
  return (inspection) => {
    let result: boolean | undefined = false;
    for (const verdict of verdicts) {
      const one = verdict(inspection);
      if (one === true) return true;
      if (one === undefined) result = undefined;
    }
    return result;
  };
}

function not(verdict: Verdict): Verdict {
  return (inspection) => {
    const before = inspection.details.length;
    const result = verdict(inspection);
    inspection.details.length = before;
    return result === undefined ? undefined : !result;
  };
}
