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
/** Bytes before a record's text: its length (u32), its time (f64), its stream (u8). */
const HEAD_BYTES = 13;
const streams = ['stdout', 'stderr', 'platform'] as const;

/**
 * Lines are kept as bytes in one piece of memory and become objects when somebody reads them. As objects they were carried from one
 * collection to the next: a Lambda proxy call, which writes three, took 5 % more CPU.
 */
export class FunctionLog {
  readonly #bytesMax: number;
  readonly #onLine: (line: FunctionLogLine, source: LogSource) => void;
  /** Made with the first line. Records lie one behind the other; what does not fit at the end begins at the start. */
  #memory: Buffer | undefined;
  /** Where the oldest record is and where the next one goes. */
  #oldest = 0;
  #next = 0;
  /** Where the records end that lie behind the newest; as `#next` while none do. */
  #end = 0;
  #count = 0;
  /** With the overhead. */
  #bytes = 0;

  constructor(bytesMax: number, onLine: (line: FunctionLogLine, source: LogSource) => void) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
  }

  write(source: LogSource, requestId: string | undefined, stream: FunctionLogLine['stream'], text: string): void {
    const { functionName } = source;
    const line = { at: Date.now(), functionName, requestId, stream, text };
    // Neither names nor request ids hold a line's end.
    this.#keep(line.at, streams.indexOf(stream), `${functionName}\n${requestId ?? ''}\n${text}`);
    this.#onLine(line, source);
  }

  /** Forgets every line. */
  clear(): void {
    this.#oldest = 0;
    this.#next = 0;
    this.#end = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Lines still kept, oldest first; of one function, or at or after a time (epoch ms). */
  lines(functionName?: string, since = 0): readonly FunctionLogLine[] {
    const kept: FunctionLogLine[] = [];
    let at = this.#oldest;
    for (let left = this.#count; left > 0; left--) {
      if (at === this.#end) at = 0;
      const line = this.#read(at);
      if (line.at >= since && (functionName === undefined || line.functionName === functionName)) kept.push(line);
      at += this.#sizeAt(at);
    }
    return kept;
  }

  #keep(at: number, stream: number, text: string): void {
    this.#memory ??= Buffer.allocUnsafeSlow(this.#bytesMax);
    const memory = this.#memory;
    // Three bytes at most for a code unit: only a long text has to be counted.
    const most = text.length * 3 < 1024 ? text.length * 3 : Buffer.byteLength(text);
    const room = HEAD_BYTES + most;
    if (room + LINE_OVERHEAD_BYTES > this.#bytesMax) {
      this.clear();
      return;
    }
    this.#makeRoom(room);
    const start = this.#next;
    const size = HEAD_BYTES + memory.write(text, start + HEAD_BYTES, 'utf8');
    memory.writeUInt32LE(size, start);
    memory.writeDoubleLE(at, start + 4);
    memory[start + 12] = stream;
    this.#next += size;
    if (this.#next > this.#end) this.#end = this.#next;
    this.#count++;
    this.#bytes += size + LINE_OVERHEAD_BYTES;
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
    this.#bytes -= size + LINE_OVERHEAD_BYTES;
    this.#oldest += size;
    this.#count--;
    if (this.#count === 0) {
      this.clear();
    } else if (this.#oldest === this.#end) {
      this.#oldest = 0;
      this.#end = this.#next;
    }
  }

  #sizeAt(at: number): number {
    return (this.#memory as Buffer).readUInt32LE(at);
  }

  #read(at: number): FunctionLogLine {
    const memory = this.#memory as Buffer;
    const text = memory.toString('utf8', at + HEAD_BYTES, at + this.#sizeAt(at));
    const nameEnd = text.indexOf('\n');
    const idEnd = text.indexOf('\n', nameEnd + 1);
    return {
      at: memory.readDoubleLE(at + 4),
      functionName: text.slice(0, nameEnd),
      requestId: text.slice(nameEnd + 1, idEnd) || undefined,
      stream: streams[memory[at + 12] as number] ?? 'stdout',
      text: text.slice(idEnd + 1),
    };
  }
}
