// The regular expressions of a REST API's definition (selection patterns, validation expressions): Java's dialect, in time linear in the
// text.
// AWS: a pattern must match the whole text, and its dot no line break. Seen: public reports ("Invalid*" does not match "Invalid input",
// "^[BadRequest].*" does not match a text with a line break).

import { compileSafeRegex, regexFaultText } from '../../safe-regex/safe-regex.ts';
import { RegexTooExpensive } from '../../safe-regex/work-budget.ts';

export type JavaPattern =
  | { readonly matches: (text: string) => boolean; readonly fault?: undefined }
  /** Why it cannot be run. */
  | { readonly fault: string };

/** A text that would cost more than its budget does not match. */
export function compileJavaPattern(pattern: string): JavaPattern {
  const compiled = compileSafeRegex(pattern);
  if (compiled.regex === undefined) return { fault: regexFaultText(compiled.fault) };
  const { regex } = compiled;
  return {
    matches: (text) => {
      try {
        return regex.matches(text);
      } catch (error) {
        if (error instanceof RegexTooExpensive) return false;
        throw error;
      }
    },
  };
}

/** A validation expression that was checked when it was planned. */
export function validationOf(expression: string): (text: string) => boolean {
  const pattern = compileJavaPattern(expression);
  if (pattern.fault !== undefined) throw new Error(`A validation expression was planned that cannot be run: ${pattern.fault}`);
  return pattern.matches;
}
