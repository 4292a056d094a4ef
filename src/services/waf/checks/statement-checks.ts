// What statements may be, and where they may stand.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html

import { invalidParameter, REASONS } from '../refusals.ts';
import type { StatementDocument } from '../rule-document.ts';
import { checkFieldToMatch, checkTransformations } from './component-checks.ts';
import { checkManagedRuleGroup, checkRuleGroupReference } from './group-checks.ts';
import { checkRateBased } from './rate-checks.ts';
import { assertPatternRuns } from './regex-pattern.ts';
import type { RuleSurroundings } from './rule-checks.ts';

/** Right under a rule, or inside another statement. */
export type StatementPlace = 'rule' | 'statement';

/** AWS: Seen: developer guide, "String match rule statement" (bytes). */
const SEARCH_BYTES_MAX = 200;
/** Deeper than any rule that people read. */
const NESTING_MAX = 20;

/** Throws WAFInvalidParameterException and the like. */
export function checkStatement(
  statement: StatementDocument,
  surroundings: RuleSurroundings,
  place: StatementPlace,
  depth = 0,
): void {
  if (depth > NESTING_MAX) throw invalidParameter('The statement is nested too deeply.', 'STATEMENT', 'Statement');
  const given = Object.entries(statement).filter(([, member]) => member !== undefined);
  // AWS: Seen: aws/aws-cli#5571 for rules.
  if (given.length !== 1) throw invalidParameter(REASONS.exactlyOne, 'STATEMENT', 'Statement');
  const inside = (inner: StatementDocument): void => checkStatement(inner, surroundings, 'statement', depth + 1);
  checkMatch(statement);
  checkLogical(statement, inside);
  checkWhatStandsOnTop(statement, surroundings, place, inside);
}

function checkMatch(statement: StatementDocument): void {
  for (const match of [
    statement.ByteMatchStatement,
    statement.SqliMatchStatement,
    statement.XssMatchStatement,
    statement.SizeConstraintStatement,
    statement.RegexMatchStatement,
    statement.RegexPatternSetReferenceStatement,
  ]) {
    if (match === undefined) continue;
    checkFieldToMatch(match.FieldToMatch);
    checkTransformations(match.TextTransformations ?? []);
    // AWS: of query arguments. Seen: WAF developer guide, "Pre-parse text transformations".
    const isOfArguments = match.FieldToMatch?.SingleQueryArgument ?? match.FieldToMatch?.AllQueryArguments;
    if ((match.PreParseTextTransformations ?? []).length > 0 && isOfArguments === undefined) {
      throw invalidParameter(
        'Only query arguments have PreParseTextTransformations.',
        'PRE_PARSE_TEXT_TRANSFORMATION',
        'PreParseTextTransformations',
      );
    }
  }
  const { ByteMatchStatement: bytes, RegexMatchStatement: regex, LabelMatchStatement: label } = statement;
  if (bytes !== undefined) checkSearchString(bytes.SearchString ?? '');
  if (regex !== undefined) assertPatternRuns(regex.RegexString ?? '', 'STATEMENT');
  if (label !== undefined) checkLabelKey(label.Key ?? '', label.Scope ?? 'LABEL');
  if (statement.GeoMatchStatement !== undefined) {
    throw invalidParameter(
      'GeoMatchStatement is not run here: it needs to know the country of every address, and there is no such data.',
      'GEO_MATCH_STATEMENT',
      'GeoMatchStatement',
    );
  }
  if (statement.AsnMatchStatement !== undefined) {
    throw invalidParameter(
      'AsnMatchStatement is not run here: it needs to know the network of every address, and there is no such data.',
      'STATEMENT',
      'AsnMatchStatement',
    );
  }
}

function checkSearchString(base64: string): void {
  const bytes = Buffer.from(base64, 'base64').length;
  if (bytes > 0 && bytes <= SEARCH_BYTES_MAX) return;
  throw invalidParameter(`A search string has 1 to ${SEARCH_BYTES_MAX} bytes.`, 'BYTE_MATCH_STATEMENT', 'SearchString');
}

/** AWS: a namespace ends with a colon, a label does not. Seen: API reference, LabelMatchStatement, Key. */
function checkLabelKey(key: string, scope: 'LABEL' | 'NAMESPACE'): void {
  if (key.endsWith(':') !== (scope === 'NAMESPACE')) {
    throw invalidParameter(REASONS.formatting, 'LABEL_MATCH_STATEMENT', key);
  }
}

function checkLogical(statement: StatementDocument, inside: (inner: StatementDocument) => void): void {
  const { AndStatement: and, OrStatement: or, NotStatement: not } = statement;
  // AWS: Seen: hashicorp/terraform-provider-aws#34320.
  if (and !== undefined) {
    if ((and.Statements ?? []).length < 2) throw invalidParameter(REASONS.minimum, 'AND_STATEMENT', 'AndStatement');
    and.Statements?.forEach(inside);
  }
  if (or !== undefined) {
    if ((or.Statements ?? []).length < 2) throw invalidParameter(REASONS.minimum, 'OR_STATEMENT', 'OrStatement');
    or.Statements?.forEach(inside);
  }
  if (not !== undefined) {
    if (not.Statement === undefined) throw invalidParameter(REASONS.exactlyOne, 'NOT_STATEMENT', 'NotStatement');
    inside(not.Statement);
  }
}

function checkWhatStandsOnTop(
  statement: StatementDocument,
  surroundings: RuleSurroundings,
  place: StatementPlace,
  inside: (inner: StatementDocument) => void,
): void {
  const { RateBasedStatement: rate, RuleGroupReferenceStatement: group, ManagedRuleGroupStatement: managed } = statement;
  if (rate === undefined && group === undefined && managed === undefined) return;
  const [name = ''] = Object.keys(statement);
  if (place !== 'rule') throw invalidParameter(`${name} cannot stand inside another statement.`, 'STATEMENT', name);
  if (rate !== undefined) checkRateBased(rate);
  // AWS: Seen: developer guide, "Rule group rule statement": not inside another rule group.
  if (rate === undefined && surroundings.owner === 'rule group') {
    throw invalidParameter('A rule group cannot refer to rule groups.', 'RULE_GROUP', name);
  }
  if (group !== undefined) checkRuleGroupReference(group, surroundings);
  if (managed !== undefined) checkManagedRuleGroup(managed, surroundings);
  const scopeDown = rate?.ScopeDownStatement ?? managed?.ScopeDownStatement;
  if (scopeDown !== undefined) inside(scopeDown);
}
