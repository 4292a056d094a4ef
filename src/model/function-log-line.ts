// What a function writes while it runs, line by line.

/** One line a function wrote, or one of Lambda's START/END/REPORT lines. */
export interface FunctionLogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly text: string;
}
