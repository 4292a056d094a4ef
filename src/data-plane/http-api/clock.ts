// Wall-clock text that every request needs, made once a second instead of once a request.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

let second = -1;
let dateLine = '';
let logTime = '';

/** The `Date` header line of a response that is written now. */
export function httpDateLine(nowMs: number): string {
  if (Math.floor(nowMs / 1000) !== second) refresh(nowMs);
  return dateLine;
}

/** `22/Nov/2026:15:04:05 +0000`, as `$context.requestTime` and Lambda events have it. */
export function commonLogTime(nowMs: number): string {
  if (Math.floor(nowMs / 1000) !== second) refresh(nowMs);
  return logTime;
}

function refresh(nowMs: number): void {
  second = Math.floor(nowMs / 1000);
  const date = new Date(second * 1000);
  dateLine = `Date: ${date.toUTCString()}\r\n`;
  const day = two(date.getUTCDate());
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  logTime = `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
