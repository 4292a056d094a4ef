// Bytes on the wire as text, one character per byte.

/** What every Buffer has and its types leave out: the conversions without the look at an encoding's name. */
interface Latin1Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number): number;
}

/** Bytes `start` to `end` as latin1 text in memory of its own. */
export function latin1Text(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Latin1Buffer).latin1Slice(start, end);
}

/** The same latin1 text, no longer as the pieces that it was put together of: for what is written or looked at many times. */
export function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Writes latin1 text at `offset`. */
export function writeLatin1(bytes: Buffer, text: string, offset: number): void {
  (bytes as unknown as Latin1Buffer).latin1Write(text, offset);
}
