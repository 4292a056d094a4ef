// COMPRESS_WHITE_SPACE, REMOVE_WHITESPACE, TRIM, TRIM_LEFT, TRIM_RIGHT.

// AWS: tab, line feed, vertical tab, form feed, carriage return, space, and byte 160 where white space is compressed.
// Seen: the developer guide, "Using text transformations".
const SPACES = /[\t-\r \xa0]+/g;

export function compressWhiteSpace(text: string): string {
  return text.replace(SPACES, ' ');
}

export function removeWhiteSpace(text: string): string {
  return text.replace(SPACES, '');
}

export function trim(text: string): string {
  return trimRight(trimLeft(text));
}

export function trimLeft(text: string): string {
  let start = 0;
  while (isSpace(text.charCodeAt(start))) start++;
  return text.slice(start);
}

export function trimRight(text: string): string {
  let end = text.length;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** A space as C knows it; false beyond either end. */
export function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13);
}
