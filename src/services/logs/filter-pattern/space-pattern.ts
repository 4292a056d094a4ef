// Patterns on lines of fields: `[ip, user, ..., status = 5* || status = 404, bytes > 1000]`.
// Fields are split at blanks; `[…]` and `"…"` are one field each.

import { type Comparison, readComparison } from './comparison.ts';
import type { MessagePredicate } from './filter-pattern.ts';
import { PatternReader } from './pattern-reader.ts';

type FieldPredicate = (value: string) => boolean;

const ELLIPSIS = '...';

export function compileSpacePattern(text: string): MessagePredicate {
  const reader = new PatternReader(text);
  reader.expect('[');
  const before: FieldPredicate[] = [];
  let behind: FieldPredicate[] | undefined;
  do {
    if (reader.take(ELLIPSIS)) {
      if (behind !== undefined) throw reader.fault('"..." may stand once');
      behind = [];
    } else {
      (behind ?? before).push(readField(reader));
    }
  } while (reader.take(','));
  reader.expect(']');
  if (!reader.isAtEnd) throw reader.fault('nothing may follow the closing bracket');
  const tail = behind;
  return (message) => {
    const fields = splitFields(message);
    // AWS: the pattern names every field, or leaves a gap with "...". Seen: the guide's section on space-delimited events.
    const enough = tail === undefined ? fields.length === before.length : fields.length >= before.length + tail.length;
    if (!enough) return false;
    const offset = fields.length - (tail?.length ?? 0);
    return (
      before.every((matches, i) => matches(fields[i] as string)) &&
      (tail === undefined || tail.every((matches, i) => matches(fields[offset + i] as string)))
    );
  };
}

function readField(reader: PatternReader): FieldPredicate {
  reader.skipBlanks();
  const name = reader.until(' \t,]=!<>&|');
  const isBare = (): boolean => {
    reader.skipBlanks();
    return ',]'.includes(reader.text[reader.at] ?? ',');
  };
  if (isBare()) return () => true;
  if (name === '') throw reader.fault('expected a field name');
  return readAlternatives(reader, name);
}

function readAlternatives(reader: PatternReader, name: string): FieldPredicate {
  const compare = (): Comparison => readComparison(reader, ' \t,]&|');
  // `&&` binds tighter than `||`; every comparison repeats the field's name.
  const alternatives: Comparison[][] = [[compare()]];
  for (;;) {
    const joint = reader.takeOne(['&&', '||']);
    if (joint === undefined) break;
    reader.skipBlanks();
    if (reader.until(' \t,]=!<>&|') !== name) throw reader.fault(`a condition of the field ${name} names ${name} again`);
    if (joint === '&&') (alternatives.at(-1) as Comparison[]).push(compare());
    else alternatives.push([compare()]);
  }
  return (value) => alternatives.some((conditions) => conditions.every((condition) => condition(value)));
}

/** The fields of a line, without the brackets or quotes around them. */
export function splitFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at < line.length) {
    const first = line[at] as string;
    if (/\s/.test(first)) {
      at++;
      continue;
    }
    const closing = first === '[' ? ']' : first === '"' ? '"' : undefined;
    const end = closing === undefined ? -1 : line.indexOf(closing, at + 1);
    if (end >= 0) {
      fields.push(line.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    const from = at;
    while (at < line.length && !/\s/.test(line[at] as string)) at++;
    fields.push(line.slice(from, at));
  }
  return fields;
}
