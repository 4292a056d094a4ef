// Patterns of one OrStatement that look at the same texts become one pattern: an automaton reads a text once for all of them. With the
// managed groups and a body of 64 KB that is a third of the time.

import type { StatementDocument } from '../rule-document.ts';
import { compileRulePattern } from './pattern-match.ts';

type RegexMatch = NonNullable<StatementDocument['RegexMatchStatement']>;

/** What reaches beyond the end of a pattern that it stands in: quotations without an end, comments to the end of the line. */
const OPEN_ENDED = /\\Q|#|\(\?[a-z-]*x/;

/** The same statements, those that can be joined in the place of the first of them. */
export function withSharedPatterns(statements: readonly StatementDocument[]): readonly StatementDocument[] {
  const kept: StatementDocument[] = [];
  /** By what a statement looks at: where in `kept` it is. */
  const places = new Map<string, number>();
  for (const statement of statements) {
    const { RegexMatchStatement: regex } = statement;
    if (regex === undefined || OPEN_ENDED.test(regex.RegexString ?? '')) {
      kept.push(statement);
      continue;
    }
    const { RegexString: _, ...looks } = regex;
    const key = JSON.stringify(looks);
    const place = places.get(key);
    const joined = place === undefined ? undefined : join(kept[place]?.RegexMatchStatement, regex);
    if (place !== undefined && joined !== undefined) kept[place] = { RegexMatchStatement: joined };
    else {
      // What does not fit any more is the beginning of another.
      places.set(key, kept.push(statement) - 1);
    }
  }
  return kept;
}

/** Undefined when both together are no pattern: too large, or with a name twice. */
function join(one: RegexMatch | undefined, other: RegexMatch): RegexMatch | undefined {
  const RegexString = `(?:${one?.RegexString})|(?:${other.RegexString})`;
  return compileRulePattern(RegexString).regex === undefined ? undefined : { ...other, RegexString };
}
