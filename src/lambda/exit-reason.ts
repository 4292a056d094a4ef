// Why a function's process ended, in Lambda's words.

/** Names as AWS prints them (Go's). Seen: test/parity; Lambda troubleshooting guide. */
const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'file size limit exceeded',
};

/** The error object of an invocation whose process ended. */
export interface SandboxError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** The process ended by itself. */
export function exitError(requestId: string, code: number | null, signal: string | null): SandboxError {
  // AWS: an exit with status 0 has no reason. Seen: test/parity, test_lambda_handler_exit.
  let reason = 'Runtime exited without providing a reason';
  if (signal !== null) reason = `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal.toLowerCase()}`;
  else if (code !== null && code !== 0) reason = `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` };
}

/** The process took more memory than the function has. */
export function outOfMemoryError(requestId: string): SandboxError {
  return {
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
  };
}

/** The invocation took longer than the function's timeout. */
export function timeoutError(requestId: string, timeoutMs: number): SandboxError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  };
}
