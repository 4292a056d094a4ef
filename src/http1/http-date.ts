// The Date field of responses, made once a second at most.

let second = -1;
let text = '';

/** The current time as RFC 9110 section 5.6.7 has it: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function httpDate(): string {
  const now = Date.now();
  const nowSecond = Math.floor(now / 1000);
  if (nowSecond !== second) {
    second = nowSecond;
    text = new Date(now).toUTCString();
  }
  return text;
}
