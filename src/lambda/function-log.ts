// The recent log of every function: a ring bounded by bytes, and whoever listens.

import type { FunctionLogLine } from '../model/function-log-line.ts';
import type { Scope } from '../model/scope.ts';

/** A line is cut at this length; CloudWatch's own limit for an event. */
export const LINE_LENGTH_MAX = 262_144;

/** Whose lines they are: one execution environment, and the log stream that is its own. */
export interface LogSource {
  readonly scope: Scope;
  readonly functionName: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** What a line costs in memory besides its text. */
const LINE_OVERHEAD_BYTES = 160;

export class FunctionLog {
  readonly #bytesMax: number;
  readonly #onLine: (line: FunctionLogLine, source: LogSource) => void;
  #lines: (FunctionLogLine | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor(bytesMax: number, onLine: (line: FunctionLogLine, source: LogSource) => void) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
  }

  write(source: LogSource, requestId: string | undefined, stream: FunctionLogLine['stream'], text: string): void {
    const line = { at: Date.now(), functionName: source.functionName, requestId, stream, text };
    this.#lines.push(line);
    this.#bytes += text.length + LINE_OVERHEAD_BYTES;
    while (this.#bytes > this.#bytesMax && this.#first < this.#lines.length) {
      this.#bytes -= (this.#lines[this.#first]?.text.length ?? 0) + LINE_OVERHEAD_BYTES;
      this.#lines[this.#first++] = undefined;
    }
    // Forgotten places are given back in one piece, so that a write stays cheap.
    if (this.#first > 4096 && this.#first * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
    this.#onLine(line, source);
  }

  /** Forgets every line. */
  clear(): void {
    this.#lines = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  /** Lines still kept, oldest first; of one function, or at or after a time (epoch ms). */
  lines(functionName?: string, since = 0): readonly FunctionLogLine[] {
    const kept = this.#lines.slice(this.#first) as FunctionLogLine[];
    return kept.filter((line) => line.at >= since && (functionName === undefined || line.functionName === functionName));
  }
}
