// What Lambda says about a function that failed, shorter: the message and the frames of the developer's own files.

/** `The function failed: Error: broken` for a reason that quotes Lambda's error object; any other reason as it is. */
export function shortReason(reason: string): string {
  const quoted = /^(The function failed: )(\{.*)$/s.exec(reason);
  if (quoted === null) return reason;
  const [, head = '', object = ''] = quoted;
  // The object may be cut, so it is searched and not parsed; what is searched for comes before the trace.
  const message = memberText(object, 'errorMessage');
  const type = memberText(object, 'errorType');
  if (message === undefined && type === undefined) return reason;
  return head + [type, message].filter((part) => part !== undefined && part !== '').join(': ');
}

/**
 * The lines of `Invoke Error {…}`, as the runtime logs what a function threw: the message and its stack, as far as it goes
 * through the developer's files. Undefined for any other line.
 */
export function thrownError(message: string): readonly string[] | undefined {
  const match = /^(Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s+(\{.*\})$/s.exec(message);
  if (match === null) return undefined;
  let stack: unknown;
  try {
    ({ stack } = JSON.parse(match[2] ?? '') as { stack?: unknown });
  } catch {
    return undefined;
  }
  if (!Array.isArray(stack) || stack.length === 0) return undefined;
  const lines = stack.map(String);
  const ofRuntime = lines.findIndex((line) => /^\s+at .*\/var\/runtime\//.test(line));
  const [first = '', ...rest] = ofRuntime < 1 ? lines : lines.slice(0, ofRuntime);
  return [`${match[1]}: ${first}`, ...rest];
}

function memberText(object: string, name: string): string | undefined {
  const found = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(object.split('"trace":')[0] ?? '');
  return found?.[1] === undefined ? undefined : (JSON.parse(found[1]) as string);
}
