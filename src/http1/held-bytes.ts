// Bytes that arrived and cannot be used yet: a part of a head, or requests that wait their turn.

const FIRST_BYTES = 1024;

/** A queue of bytes in one piece of memory that grows with what is held and is let go when nothing is. */
export class HeldBytes {
  length = 0;
  private memory: Buffer | null = null;

  append(bytes: Buffer, start: number, end: number): void {
    const needed = this.length + end - start;
    if (this.memory === null || this.memory.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed * 2));
      this.memory?.copy(larger, 0, 0, this.length);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.length, start, end);
    this.length = needed;
  }

  /**
   * Hands out what is held and holds nothing more. What of it cannot be used after all is put back with `append`, before
   * anything else is appended.
   */
  take(): Buffer {
    const taken = this.memory?.subarray(0, this.length) ?? Buffer.alloc(0);
    this.length = 0;
    return taken;
  }

  /** Lets the memory go when nothing is held. */
  trim(): void {
    if (this.length === 0) this.memory = null;
  }

  clear(): void {
    this.length = 0;
    this.memory = null;
  }
}
