// Whether a text has given bytes in it, and where.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html

import type { PositionalConstraint } from '@aws-sdk/client-wafv2';

export function byteMatch(searched: string, constraint: PositionalConstraint | undefined): (text: string) => boolean {
  switch (constraint) {
    case 'EXACTLY':
      return (text) => text === searched;
    case 'STARTS_WITH':
      return (text) => text.startsWith(searched);
    case 'ENDS_WITH':
      return (text) => text.endsWith(searched);
    case 'CONTAINS_WORD':
      return (text) => containsWord(text, searched);
    default:
      return (text) => text.includes(searched);
  }
}

/** AWS: no letter, digit or underscore stands beside it. */
function containsWord(text: string, searched: string): boolean {
  for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + 1)) {
    if (!isWordCharacter(text.charCodeAt(at - 1)) && !isWordCharacter(text.charCodeAt(at + searched.length))) return true;
  }
  return false;
}

/** NaN, of a place outside the text, is none. */
function isWordCharacter(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a);
}
