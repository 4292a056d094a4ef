// The log of a test as its answer shows it.

import type { ExecutionLogLine } from '../../data-plane/rest-api/execution-log.ts';
import { javaDate } from '../../data-plane/rest-api/java-date.ts';

/** AWS: this head, and the date before each line. Seen: recorded TestInvokeMethod, public logs of TestInvokeAuthorizer. */
export function testLog(requestId: string, lines: readonly ExecutionLogLine[]): string {
  return [`Execution log for request ${requestId}`, ...lines.map(({ at, text }) => `${javaDate(at)} : ${text}`), ''].join('\n');
}
