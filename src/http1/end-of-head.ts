// How the head of an answer ends: its length and what becomes of the connection. What most answers say is made once, for a head that is
// put together of few pieces is cheap to write.

/** The last lines of an answer after which the connection stays open, where that is said. */
export const KEEP_ALIVE = 'Connection: keep-alive\r\n\r\n';

/** Ends for bodies up to this length are kept. */
const LENGTH_MAX = 2048;
const kept: (string | undefined)[] = new Array(LENGTH_MAX + 1).fill(undefined);

/** `connection`: KEEP_ALIVE or what else stands behind the length. */
export function endOfHead(contentLength: number, connection: string): string {
  if (contentLength > LENGTH_MAX || connection !== KEEP_ALIVE) return `Content-Length: ${contentLength}\r\n${connection}`;
  let end = kept[contentLength];
  if (end === undefined) {
    // A number that becomes text by joining is text in pieces.
    end = ['Content-Length: ', contentLength, '\r\n', KEEP_ALIVE].join('');
    kept[contentLength] = end;
  }
  return end;
}
