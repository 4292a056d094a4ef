// RegexMatchStatement and RegexPatternSetReferenceStatement: whether a pattern is found in a text.

import { type CompiledRegex, compileSafeRegex, regexFaultText, type SafeRegex } from '../../../safe-regex/safe-regex.ts';
import { RegexTooExpensive } from '../../../safe-regex/work-budget.ts';
import type { StatementDocument } from '../rule-document.ts';
import { anyText } from './any-text.ts';
import { compileInspectedTexts, type PartStatement } from './inspected-texts.ts';
import { budgetOf } from './inspection-budget.ts';
import type { Inspection, Matcher, ReferencedSets } from './matcher.ts';

type RegexMatch = NonNullable<StatementDocument['RegexMatchStatement']>;
type PatternSetReference = NonNullable<StatementDocument['RegexPatternSetReferenceStatement']>;

/** Characters of what a pattern found that go to a log. */
const MATCHED_LENGTH_MAX = 200;

/** A pattern as rules run it: over bytes, so that its characters are their bytes in UTF-8. */
export function compileRulePattern(pattern: string): CompiledRegex {
  return compileSafeRegex(Buffer.from(pattern).toString('latin1'), { dialect: 'pcre' });
}

export function regexMatch(statement: RegexMatch): Matcher {
  return patternsMatch(statement, [statement.RegexString ?? '']);
}

export function patternSetMatch(statement: PatternSetReference, sets: ReferencedSets): Matcher {
  const arn = statement.ARN ?? '';
  const patterns = sets.regexPatternSet(arn);
  if (patterns === undefined) throw new Error(`there is no regex pattern set ${arn}`);
  return patternsMatch(statement, patterns);
}

function patternsMatch(statement: PartStatement, patterns: readonly string[]): Matcher {
  const regexes = patterns.map((pattern) => {
    const compiled = compileRulePattern(pattern);
    if (compiled.regex === undefined) throw new Error(`${pattern}: ${regexFaultText(compiled.fault)}`);
    return compiled.regex;
  });
  const texts = compileInspectedTexts(statement);
  return anyText(texts, ({ text, fieldName }, inspection) => {
    const regex = regexes.find((one) => isFound(one, text, inspection));
    if (regex === undefined) return false;
    inspection.details.push({
      conditionType: 'REGEX',
      location: texts.location,
      matchedData: matchedData(regex, text, inspection),
      ...(fieldName === undefined ? {} : { matchedFieldName: fieldName }),
    });
    return true;
  });
}

function isFound(regex: SafeRegex, text: string, inspection: Inspection): boolean {
  const budget = budgetOf(inspection);
  if (budget.exceeded) return false;
  try {
    return regex.find(text, budget.patterns);
  } catch (error) {
    if (!(error instanceof RegexTooExpensive)) throw error;
    budget.exceed();
    return false;
  }
}

/** What was found, when that is not too much work: the answer is known already. */
function matchedData(regex: SafeRegex, text: string, inspection: Inspection): readonly string[] {
  try {
    const match = regex.exec(text, 0, budgetOf(inspection).details);
    return match === undefined ? [] : [text.slice(match.start, match.end).slice(0, MATCHED_LENGTH_MAX)];
  } catch (error) {
    if (!(error instanceof RegexTooExpensive)) throw error;
    return [];
  }
}
