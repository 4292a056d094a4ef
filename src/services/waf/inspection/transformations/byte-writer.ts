// The output of a transformation, byte by byte: appending characters to a string would make a tree of as many parts.

export class ByteWriter {
  readonly #bytes: Buffer;
  length = 0;

  /** `size`: as many bytes as there can be at most. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** Adds the low eight bits of a number. */
  put(byte: number): void {
    this.#bytes[this.length++] = byte;
  }

  /** Adds latin1 text. */
  putText(text: string): void {
    this.length += this.#bytes.write(text, this.length, 'latin1');
  }

  /** The last byte; -1 when there is none. */
  get last(): number {
    return this.length === 0 ? -1 : (this.#bytes[this.length - 1] as number);
  }

  dropLast(): void {
    this.length--;
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.length);
  }
}
