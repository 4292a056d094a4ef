// What a definition carries for engines of its own, checked when it is written: patterns, templates, schemas. Each engine is plugged in
// here and nowhere else.

import { badRequest } from './refusals.ts';

/** Ours: AWS gives no figure. */
const PATTERN_LENGTH_MAX = 1_024;
/** Source: "Amazon API Gateway quotas": 300 KB for a mapping template. */
const TEMPLATE_LENGTH_MAX = 300 * 1024;
/** Source: the same, 400 KB for a model. */
const SCHEMA_LENGTH_MAX = 400 * 1024;

/** A Java pattern that runs in linear time: no look-around, no back reference, no possessive or atomic group. */
export function checkPattern(pattern: string): void {
  const problem = problemOfPattern(pattern);
  if (problem !== undefined) throw badRequest(`Invalid selection pattern specified: ${problem}`);
}

function problemOfPattern(pattern: string): string | undefined {
  if (pattern.length > PATTERN_LENGTH_MAX) return `it has more than ${PATTERN_LENGTH_MAX} characters`;
  let open = 0;
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') {
      const escaped = pattern[++i];
      if (escaped === undefined) return 'it ends with a backslash';
      if (/[1-9k]/.test(escaped)) return 'back references are not supported';
    } else if (inClass) inClass = char !== ']';
    else if (char === '[') {
      inClass = true;
      // A bracket that comes first stands for itself.
      if (pattern[i + 1] === '^') i++;
      if (pattern[i + 1] === ']') i++;
    } else if (char === '(') {
      if (/^\(\?(?:[=!>]|<[=!])/.test(pattern.slice(i, i + 4))) return 'look-around and atomic groups are not supported';
      open++;
    } else if (char === ')' && --open < 0) return 'a parenthesis is closed that was not opened';
    else if (/[*+?}]/.test(char ?? '') && pattern[i + 1] === '+') return 'possessive quantifiers are not supported';
    else if (/[*+]/.test(char ?? '') && pattern[i + 1] === '*') return 'a quantifier has nothing to repeat';
  }
  if (/^[*+?]/.test(pattern)) return 'a quantifier has nothing to repeat';
  if (inClass) return 'a character class is not closed';
  return open > 0 ? 'a parenthesis is not closed' : undefined;
}

/** A mapping template. */
export function checkTemplate(contentType: string, template: string | null): void {
  if (template !== null && template.length > TEMPLATE_LENGTH_MAX) {
    throw badRequest(`Invalid template for ${contentType}: it has more than ${TEMPLATE_LENGTH_MAX} characters`);
  }
}

export type Templates = Readonly<Record<string, string | null>>;

/** The templates as they are kept: an empty one is null, which is how AWS answers it. */
export function checkedTemplates(sent: Readonly<Record<string, string | null>> | undefined): Templates | undefined {
  if (sent === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(sent).map(([contentType, template]) => {
      const kept = template === '' ? null : template;
      checkTemplate(contentType, kept);
      return [contentType, kept];
    }),
  );
}

/** The schema of a model with a JSON content type. AWS: these words. Seen: recorded UpdateModel; the frame in terraform-provider-aws issues. */
export function checkSchema(text: string): void {
  if (text.length > SCHEMA_LENGTH_MAX) throw badRequest('Model schema must have at most 400 KB');
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    throw badRequest(invalidSchema);
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw badRequest(invalidSchema);
}

const invalidSchema = 'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]';
