// How an invocation of a function differs from a plain one.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

/** What an invocation is asked for beyond its event. */
export interface FunctionCallOptions {
  /** Nothing runs: only whether it may. The receiver hears `returned` with an empty payload. */
  readonly isDryRun?: boolean;
  /** A version or an alias, of a function that the target names without one. */
  readonly qualifier?: string;
  /** JSON text in base64. */
  readonly clientContext?: string;
  /** The end of the log comes with the result. */
  readonly wantsLog?: boolean;
}
