// Hexadecimal digits as values: several encodings hide characters in them.

/** Value of each character code below 128, 255 for what is no hexadecimal digit. */
const VALUES = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) {
  VALUES[i.toString(16).charCodeAt(0)] = i;
  VALUES[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

/** Whether the character at a place is a hexadecimal digit; false beyond the end. */
export function isHexDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit < 128 && VALUES[unit] !== 255;
}

/** The number that `count` hexadecimal digits from a place make; -1 when there are not so many. */
export function hexNumber(text: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    if (!isHexDigit(text, i)) return -1;
    number = number * 16 + (VALUES[text.charCodeAt(i)] as number);
  }
  return number;
}

/**
 * The byte that a sixteen-bit code stands for: its low one, and for a full-width form of an ASCII character that character. AWS: so
 * for `%uHHHH`, `\uHHHH` and CSS. Seen: the developer guide, "Using text transformations".
 */
export function lowByte(code: number): number {
  return code >= 0xff01 && code <= 0xff5e ? (code & 0xff) + 0x20 : code & 0xff;
}
