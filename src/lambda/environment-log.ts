// What an execution environment says: the lines its processes print, and Lambda's own lines around them, to the log and to
// whoever subscribed to telemetry.

import type { Readable } from 'node:stream';
import type { EnvironmentStart } from './environment-start.ts';
import type { InitializationType } from './environment-variables.ts';
import type { FunctionLog, LogSource } from './function-log.ts';
import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';
import { LineSplitter } from './line-splitter.ts';
import { endLine, initReportLine, initStartLine, printedLine, reportLine, runtimeDoneLine, startLine } from './platform-lines.ts';
import type { Telemetry } from './runtime-api/telemetry.ts';

export class EnvironmentLog {
  readonly #log: FunctionLog;
  readonly #version: FunctionVersion;
  readonly #initializationType: InitializationType;
  readonly #source: LogSource;
  readonly #invocationBytesMax: number;
  /** Where somebody may listen. */
  telemetry: Telemetry | undefined;
  /** What comes over the pipes of the function's process, and what it says on its channel; each has its own unended line. */
  readonly #printed: LineSplitter[] = [];
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #current: () => Invocation | undefined;
  // AWS: SystemLogLevel WARN leaves out START, END and REPORT. Text logs have no levels.
  readonly #writesPlatform: boolean;

  constructor(
    log: FunctionLog,
    start: Pick<EnvironmentStart, 'version' | 'initializationType' | 'logSource'>,
    invocationBytesMax: number,
    telemetry: Telemetry | undefined,
    current: () => Invocation | undefined,
  ) {
    this.#log = log;
    this.#version = start.version;
    this.#initializationType = start.initializationType;
    this.#source = start.logSource;
    this.#invocationBytesMax = invocationBytesMax;
    this.telemetry = telemetry;
    this.#writesPlatform = start.version.systemLogLevel !== 'WARN';
    this.#current = current;
    this.#stdout = this.#splitter('stdout');
    this.#stderr = this.#splitter('stderr');
  }

  #splitter(stream: 'stdout' | 'stderr'): LineSplitter {
    const lines = new LineSplitter((text) => {
      this.telemetry?.publish('function', printedLine('function', text));
      this.#write(stream, text, this.#current());
    });
    this.#printed.push(lines);
    return lines;
  }

  /** Reads a pipe of the function's process; its lines belong to the invocation at hand. */
  read(pipe: Readable, stream: 'stdout' | 'stderr'): void {
    const lines = this.#splitter(stream);
    pipe.on('error', () => {});
    pipe.on('data', (chunk: Buffer) => this.#take(lines, chunk));
  }

  /** What the process says on its channel that it prints. */
  printed(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#take(stream === 'stdout' ? this.#stdout : this.#stderr, chunk);
  }

  #take(lines: LineSplitter, chunk: Buffer): void {
    const invocation = this.#current();
    if (invocation !== undefined && invocation.logBytes > this.#invocationBytesMax) {
      // Read and forgotten: a function that floods its output must block neither itself nor anybody else.
      invocation.logBytesDropped += chunk.length;
      return;
    }
    if (invocation !== undefined) invocation.logBytes += chunk.length;
    lines.push(chunk);
  }

  /** Text without a line end is complete: it belongs to this invocation, not to the next one's first line. */
  flush(): void {
    for (const lines of this.#printed) lines.flush();
  }

  /** A line of an extension. */
  extension(text: string, invocation: Invocation | undefined): void {
    this.telemetry?.publish('extension', printedLine('extension', text));
    this.#write('stdout', text, invocation);
  }

  platform(text: string, invocation: Invocation | undefined): void {
    this.#write('platform', text, invocation);
  }

  initStart(): void {
    this.telemetry?.publish('platform', initStartLine(asJson(this.#version), this.#initializationType));
    if (this.#writesPlatform) this.#write('platform', initStartLine(this.#version, this.#initializationType), undefined);
  }

  /** A start that failed. */
  initReport(durationMs: number, status: 'error' | 'timeout', errorType?: string): void {
    this.telemetry?.publish(
      'platform',
      initReportLine(asJson(this.#version), this.#initializationType, durationMs, status, errorType),
    );
    this.#write('platform', initReportLine(this.#version, this.#initializationType, durationMs, status, errorType), undefined);
  }

  start(invocation: Invocation): void {
    this.telemetry?.publish('platform', startLine(asJson(this.#version), invocation));
    if (this.#writesPlatform) this.#write('platform', startLine(this.#version, invocation), invocation);
  }

  /** Everything an invocation printed has been read: its END and REPORT. */
  report(invocation: Invocation, peakMemoryKib: number): void {
    this.flush();
    if (invocation.logBytesDropped > 0) {
      const text = `[Stagegate] ${invocation.logBytesDropped} bytes of output were dropped: an invocation keeps ${this.#invocationBytesMax} bytes.`;
      this.#write('platform', text, invocation);
    }
    const megabytes = Math.min(Math.ceil(peakMemoryKib / 1024), this.#version.memoryMb);
    if (this.telemetry !== undefined) {
      this.telemetry.publish('platform', runtimeDoneLine(invocation));
      this.telemetry.publish('platform', reportLine(asJson(this.#version), invocation, megabytes));
    }
    if (!this.#writesPlatform) return;
    const end = endLine(this.#version, invocation);
    if (end !== undefined) this.#write('platform', end, invocation);
    this.#write('platform', reportLine(this.#version, invocation, megabytes), invocation);
  }

  #write(stream: 'stdout' | 'stderr' | 'platform', text: string, invocation: Invocation | undefined): void {
    invocation?.log?.push(text);
    this.#log.write(this.#source, invocation?.requestId, stream, text);
  }
}

/** Telemetry is JSON whatever the log is. */
function asJson(version: FunctionVersion): FunctionVersion {
  return { ...version, logFormat: 'JSON' };
}
