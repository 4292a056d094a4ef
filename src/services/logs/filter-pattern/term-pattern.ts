// Patterns of terms: `ERROR -timeout`, `?WARN ?FATAL`, `"exact phrase"`. Terms are found anywhere and are case-sensitive.

import { invalidParameter } from '../refusals.ts';
import type { MessagePredicate } from './filter-pattern.ts';
import { PatternReader } from './pattern-reader.ts';

export function compileTerms(text: string): MessagePredicate {
  const reader = new PatternReader(text);
  const required: string[] = [];
  const excluded: string[] = [];
  const optional: string[] = [];
  while (!reader.isAtEnd) {
    const kind = reader.take('-') ? excluded : reader.take('?') ? optional : required;
    kind.push(readTerm(reader));
  }
  // From memory of the service: beside plain terms the optional ones count for nothing.
  const anyOf = required.length > 0 ? [] : optional;
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (anyOf.length === 0 || anyOf.some((term) => message.includes(term)));
}

function readTerm(reader: PatternReader): string {
  reader.refuseRegularExpression();
  if (reader.text[reader.at] === '"') return reader.quoted();
  const word = reader.until(' \t\r\n');
  // AWS: anything but letters, digits and underscores must be quoted. Seen: the guide's section on unstructured events. The words
  // are from memory of the service.
  if (!/^[\p{L}\p{N}_]+$/u.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`);
  return word;
}
