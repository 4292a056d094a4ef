// Text that tells how often it was looked at: both tokenisers read user-controlled text through this, and their tests hold the number
// of reads to a few for each character. Nothing searches ahead (indexOf): what is read is counted.

/** No character: reading past the end. */
export const END = -1;

export class CountedText {
  readonly text: string;
  readonly length: number;
  reads = 0;

  constructor(text: string) {
    this.text = text;
    this.length = text.length;
  }

  code(at: number): number {
    this.reads++;
    return at < this.length ? this.text.charCodeAt(at) : END;
  }

  /** At most `lengthMax` characters: what goes to logs, and what words are compared with. */
  cut(from: number, to: number, lengthMax: number): string {
    return this.text.slice(from, Math.min(to, from + lengthMax));
  }
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

export function isHexDigit(code: number): boolean {
  const small = code | 0x20;
  return isDigit(code) || (small >= 0x61 && small <= 0x66);
}
