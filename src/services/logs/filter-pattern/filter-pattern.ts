// Filter patterns of CloudWatch Logs: terms, JSON properties, space-delimited fields. A pattern is compiled once into a predicate.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

import { compileJsonPattern } from './json-pattern.ts';
import { compileSpacePattern } from './space-pattern.ts';
import { compileTerms } from './term-pattern.ts';

export type MessagePredicate = (message: string) => boolean;

/** Throws InvalidParameterException for a pattern that is none. */
export function parseFilterPattern(pattern: string): MessagePredicate {
  const text = pattern.trim();
  if (text === '' || text === '" "') return () => true;
  if (text.startsWith('{')) return compileJsonPattern(text);
  if (text.startsWith('[')) return compileSpacePattern(text);
  return compileTerms(text);
}
