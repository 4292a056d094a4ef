// Character classes in brackets: `[a-z\d]`, in Java also unions `[a-c[x-z]]` and intersections `[a-z&&[^aeiou]]`, and in PCRE names
// `[[:alpha:]_]`.

import { type CharacterSet, intersectionSet, onlyMember, rangeSet, singleSet, unionSet } from './character-set.ts';
import { ANYTHING, bracketSet, maybeNegated, NOTHING } from './named-sets.ts';
import { parseEscape } from './parse-escape.ts';
import type { PatternDialect } from './pattern-node.ts';
import type { PatternReader } from './pattern-reader.ts';

const NESTING_MAX = 50;

/** Reads a class whose `[` has been taken. */
export function parseClass(reader: PatternReader, dialect: PatternDialect, depth = 0): CharacterSet {
  const start = reader.at - 1;
  if (depth > NESTING_MAX) reader.limit('classes are nested too deeply');
  const negated = reader.take('^');
  if (dialect === 'ecma' && reader.take(']')) return negated ? ANYTHING : NOTHING;
  const factors: CharacterSet[] = [];
  let items: CharacterSet[] = [];
  for (let first = true; ; first = false) {
    // PCRE: a space in a class is a space, also with the flag x.
    if (dialect !== 'pcre') reader.skipComments();
    if (reader.done) reader.fail('a character class is not closed', start);
    // Java and PCRE: a bracket that closes nothing yet stands for itself.
    if (!first && !reader.quoted && reader.take(']')) break;
    if (dialect === 'java' && !reader.quoted) {
      if (reader.take('&&')) {
        if (items.length > 0) factors.push(unionSet(items));
        items = [];
        continue;
      }
      if (reader.take('[')) {
        items.push(parseClass(reader, dialect, depth + 1));
        continue;
      }
    }
    if (dialect !== 'ecma' && !reader.quoted && reader.take('\\Q')) {
      reader.quoted = true;
      continue;
    }
    if (dialect === 'pcre' && !reader.quoted) {
      const named = bracketName(reader);
      if (named !== undefined) {
        items.push(named);
        continue;
      }
    }
    if (reader.quoted && reader.take('\\E')) {
      reader.quoted = false;
      continue;
    }
    items.push(parseItem(reader, dialect));
  }
  if (items.length > 0) factors.push(unionSet(items));
  if (factors.length === 0) reader.fail('a character class is empty', start);
  return maybeNegated(intersectionSet(factors), negated);
}

/** Takes `[:alpha:]` or `[:^alpha:]`; takes nothing when it is none. */
function bracketName(reader: PatternReader): CharacterSet | undefined {
  const found = /^\[:(\^?)([a-z]{1,10}):\]/.exec(reader.text.slice(reader.at, reader.at + 15));
  if (found === null) return undefined;
  const [all, negation, name] = found as unknown as [string, string, string];
  const set = bracketSet(name);
  if (set === undefined) reader.fail(`there is no class [:${name}:]`);
  reader.at += all.length;
  return maybeNegated(reader.inBothCases(set), negation !== '');
}

/** One character, one range, or one class by name. */
function parseItem(reader: PatternReader, dialect: PatternDialect): CharacterSet {
  const from = parseMember(reader, dialect);
  const low = onlyMember(from);
  const dashed = low !== undefined && !reader.quoted && reader.peek('-');
  const after = reader.text[reader.at + 1];
  if (!dashed || after === ']' || after === undefined || (dialect === 'java' && (after === '[' || reader.peek('-&&')))) {
    return reader.inBothCases(from);
  }
  const dash = reader.at;
  reader.at++;
  const to = parseMember(reader, dialect);
  const high = onlyMember(to);
  if (high === undefined) {
    if (dialect === 'java') reader.fail('a range ends in a class', dash);
    return unionSet([reader.inBothCases(from), singleSet(45), to]);
  }
  if (high < low) reader.fail('a range is out of order', dash);
  return reader.inBothCases(rangeSet([low, high]));
}

function parseMember(reader: PatternReader, dialect: PatternDialect): CharacterSet {
  if (!reader.quoted && reader.take('\\')) return parseEscape(reader, dialect, true);
  return singleSet(reader.codePoint());
}
