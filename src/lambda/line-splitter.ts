// Bytes of a pipe into lines, with a bound on the line that has not ended yet.

import { StringDecoder } from 'node:string_decoder';
import { LINE_LENGTH_MAX } from './function-log.ts';

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#emit(text.slice(start, end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    while (this.#rest.length >= LINE_LENGTH_MAX) {
      this.#emit(this.#rest.slice(0, LINE_LENGTH_MAX));
      this.#rest = this.#rest.slice(LINE_LENGTH_MAX);
    }
  }

  /** The pipe has ended, or nothing more is coming for now. */
  flush(): void {
    if (this.#rest === '') return;
    this.#emit(this.#rest);
    this.#rest = '';
  }

  // A record's own newlines travel as carriage returns (see the bootstrap).
  #emit(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    this.#onLine(text.includes('\r') ? text.replaceAll('\r', '\n') : text);
  }
}
