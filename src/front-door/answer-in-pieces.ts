// An answer whose body is made while it is sent: one piece at a time, no faster than the client takes it.

import type { HeaderBlock } from '../http1/header-block.ts';
import type { ServerRequest } from '../http1/message.ts';

/** Never rejects. A source that fails cuts the connection, so that nobody takes a part for the whole. */
export async function answerInPieces(
  request: ServerRequest,
  status: number,
  headers: HeaderBlock,
  pieces: AsyncIterable<Buffer>,
  onError: (error: unknown) => void,
): Promise<void> {
  const sink = request.startResponse(status, headers, undefined);
  let isOver = false;
  let wake = (): void => {};
  sink.onDrain = () => wake();
  sink.onSinkClosed = () => {
    isOver = true;
    wake();
  };
  try {
    for await (const piece of pieces) {
      if (isOver) return;
      if (sink.write(piece) || isOver) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    sink.end();
  } catch (error) {
    onError(error);
    sink.abort('aborted');
  }
}
