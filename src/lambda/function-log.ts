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

/** What a line takes besides its text: a record's own bytes, and what whoever reads it makes of it. */
const LINE_OVERHEAD_BYTES = 160;
/** Bytes before a block's text: its length and its number of lines (both u32). */
const HEAD_BYTES = 8;
/** Lines of a block at most, and characters from which on it is full. */
const BLOCK_LINES = 32;
const BLOCK_LENGTH = 8_192;
const streams = ['stdout', 'stderr', 'platform'] as const;

/**
 * Lines are kept as bytes in one piece of memory, by the block, and become objects when somebody reads them. As objects they were carried
 * from one collection to the next: a Lambda proxy call, which writes three, took 5 % more CPU.
 */
export class FunctionLog {
  readonly #bytesMax: number;
  readonly #onLine: (line: FunctionLogLine, source: LogSource) => void;
  /** Made with the first block. Blocks lie one behind the other; what does not fit at the end begins at the start. */
  #memory: Buffer | undefined;
  /** The newest lines, which are no block yet. */
  #newest = '';
  #newestLines = 0;
  /** Where the oldest block is and where the next one goes. */
  #oldest = 0;
  #next = 0;
  /** Where the blocks end that lie behind the newest; as `#next` while none do. */
  #end = 0;
  #count = 0;
  /** Of the blocks, with the overhead of their lines. */
  #bytes = 0;

  constructor(bytesMax: number, onLine: (line: FunctionLogLine, source: LogSource) => void) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
  }

  write(source: LogSource, requestId: string | undefined, stream: FunctionLogLine['stream'], text: string): void {
    const { functionName } = source;
    const line = { at: Date.now(), functionName, requestId, stream, text };
    const large = text.length * 3 > Math.min(BLOCK_LENGTH, this.#bytesMax / 8);
    // A line that does not fit takes no others with it.
    if (large) this.#keepNewest();
    // Neither names nor request ids hold a line's end.
    this.#newest += `${streams.indexOf(stream)}${line.at}\n${functionName}\n${requestId ?? ''}\n${text.length}\n${text}`;
    this.#newestLines++;
    if (large || this.#isBlockFull()) this.#keepNewest();
    this.#onLine(line, source);
  }

  /** Forgets every line. */
  clear(): void {
    this.#newest = '';
    this.#newestLines = 0;
    this.#forgetBlocks();
  }

  #forgetBlocks(): void {
    this.#oldest = 0;
    this.#next = 0;
    this.#end = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Lines still kept, oldest first; of one function, or at or after a time (epoch ms). */
  lines(functionName?: string, since = 0): readonly FunctionLogLine[] {
    this.#keepNewest();
    const kept: FunctionLogLine[] = [];
    let at = this.#oldest;
    for (let left = this.#count; left > 0; left--) {
      if (at === this.#end) at = 0;
      for (const line of this.#linesAt(at)) {
        if (line.at >= since && (functionName === undefined || line.functionName === functionName)) kept.push(line);
      }
      at += this.#sizeAt(at);
    }
    return kept;
  }

  /** Blocks go as a whole: a small log has small ones, so that it is never left with none. */
  #isBlockFull(): boolean {
    const lines = this.#newestLines;
    const { length } = this.#newest;
    if (lines === BLOCK_LINES || length > BLOCK_LENGTH) return true;
    return length * 3 + lines * LINE_OVERHEAD_BYTES > this.#bytesMax / 4;
  }

  #keepNewest(): void {
    const lines = this.#newestLines;
    if (lines === 0) return;
    this.#keep(this.#newest, lines);
    this.#newest = '';
    this.#newestLines = 0;
  }

  #keep(text: string, lines: number): void {
    this.#memory ??= Buffer.allocUnsafeSlow(this.#bytesMax);
    const memory = this.#memory;
    // Three bytes at most for a code unit: only a long text has to be counted.
    const most = text.length * 3 < 1024 ? text.length * 3 : Buffer.byteLength(text);
    const room = HEAD_BYTES + most;
    if (room + lines * LINE_OVERHEAD_BYTES > this.#bytesMax) {
      this.#forgetBlocks();
      return;
    }
    this.#makeRoom(room);
    const start = this.#next;
    const size = HEAD_BYTES + memory.write(text, start + HEAD_BYTES, 'utf8');
    memory.writeUInt32LE(size, start);
    memory.writeUInt32LE(lines, start + 4);
    this.#next += size;
    if (this.#next > this.#end) this.#end = this.#next;
    this.#count++;
    this.#bytes += size + lines * LINE_OVERHEAD_BYTES;
    while (this.#bytes > this.#bytesMax) this.#forgetOldest();
  }

  /** Makes `#next` a place behind which so many bytes are free. */
  #makeRoom(room: number): void {
    if (this.#next + room > this.#bytesMax) {
      // What lies behind is older than what lies at the start.
      while (this.#count > 0 && this.#oldest >= this.#next) this.#forgetOldest();
      this.#end = this.#next;
      this.#next = 0;
    }
    while (this.#count > 0 && this.#oldest >= this.#next && this.#oldest < this.#next + room) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const size = this.#sizeAt(this.#oldest);
    this.#bytes -= size + (this.#memory as Buffer).readUInt32LE(this.#oldest + 4) * LINE_OVERHEAD_BYTES;
    this.#oldest += size;
    this.#count--;
    if (this.#count === 0) {
      this.#forgetBlocks();
    } else if (this.#oldest === this.#end) {
      this.#oldest = 0;
      this.#end = this.#next;
    }
  }

  #sizeAt(at: number): number {
    return (this.#memory as Buffer).readUInt32LE(at);
  }

  #linesAt(start: number): FunctionLogLine[] {
    const memory = this.#memory as Buffer;
    const block = memory.toString('utf8', start + HEAD_BYTES, start + this.#sizeAt(start));
    const lines: FunctionLogLine[] = [];
    for (let at = 0; at < block.length; ) {
      const [timeEnd, nameEnd, idEnd, lengthEnd] = lineEnds(block, at);
      const textEnd = lengthEnd + 1 + Number(block.slice(idEnd + 1, lengthEnd));
      lines.push({
        at: Number(block.slice(at + 1, timeEnd)),
        functionName: block.slice(timeEnd + 1, nameEnd),
        requestId: block.slice(nameEnd + 1, idEnd) || undefined,
        stream: streams[Number(block[at])] ?? 'stdout',
        text: block.slice(lengthEnd + 1, textEnd),
      });
      at = textEnd;
    }
    return lines;
  }
}

/** The first four line ends from `from` on. */
function lineEnds(text: string, from: number): readonly [number, number, number, number] {
  const first = text.indexOf('\n', from);
  const second = text.indexOf('\n', first + 1);
  const third = text.indexOf('\n', second + 1);
  return [first, second, third, text.indexOf('\n', third + 1)];
}
