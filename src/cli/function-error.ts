// What Lambda says about a function that failed, shorter: the message and the frames of the developer's own files.

/** AWS's place of the runtime, and the file that stands for it here. */
const RUNTIME_FRAME = /\/var\/runtime\/|[\\/]lambda[\\/]bootstraps[\\/]node[\\/]bootstrap\.c?js:/;
const LOADER_FRAME = /\(node:internal\/modules\/|^\s+at (?:async )?node:internal\/modules\/|\(node:diagnostics_channel:/;

/** `The function failed: Error: broken` for a reason that quotes Lambda's error object; any other reason as it is. */
export function shortReason(reason: string): string {
  const quoted = /^(The function failed: )(\{.*)$/s.exec(reason);
  if (quoted === null) return reason;
  const [, head = '', object = ''] = quoted;
  // The object may be cut, so it is searched and not parsed; what is searched for comes before the trace.
  const message = memberText(object, 'errorMessage');
  const type = memberText(object, 'errorType');
  if (message === undefined && type === undefined) return reason;
  // Node adds lines to a message (the require stack, the circle of a structure); the first says what it is about.
  const text = message?.split('\n')[0]?.replace(/^RequestId: [0-9a-f-]{36} Error: /, '');
  return head + [type, text].filter((part) => part !== undefined && part !== '').join(': ');
}

/**
 * The lines of `Invoke Error {…}`, as the runtime logs what a function threw: the message and its stack, as far as it goes
 * through the developer's files. Undefined for any other line.
 */
export function thrownError(message: string): readonly string[] | undefined {
  const match = /^(Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s+(\{.*\}|".*")$/s.exec(message);
  if (match === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(match[2] ?? '');
  } catch {
    return undefined;
  }
  // Anything can be thrown.
  if (typeof value === 'string') return [`${match[1]}: ${value}`];
  const { stack } = value as { stack?: unknown };
  if (!Array.isArray(stack) || stack.length === 0) return undefined;
  const [first = '', ...rest] = ownFrames(stack.map(String));
  return [`${match[1]}: ${first}`, ...rest];
}

/** The lines of a message or a stack without the frames of the runtime that called the handler, and of Node's own loader. */
export function ownFrames(lines: readonly string[]): readonly string[] {
  let isBelowRuntime = false;
  return lines.filter((line, index) => {
    if (index === 0 || !/^\s+at /.test(line)) {
      isBelowRuntime = false;
      return true;
    }
    isBelowRuntime ||= RUNTIME_FRAME.test(line);
    return !isBelowRuntime && !LOADER_FRAME.test(line);
  });
}

function memberText(object: string, name: string): string | undefined {
  const found = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(object.split('"trace":')[0] ?? '');
  return found?.[1] === undefined ? undefined : (JSON.parse(found[1]) as string);
}
