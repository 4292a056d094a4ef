// The answer of a function that streams (a function URL with InvokeMode RESPONSE_STREAM, a REST API's integration with
// responseTransferMode STREAM) on its way to the client: the prelude becomes status and header fields, what follows is passed on as it
// comes, and the function is held back when the client is slow.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { BodySink } from '../../http1/message.ts';
import type { FunctionStreamError, FunctionStreamSink } from '../ports.ts';

/** What a function names its stream when it begins with a prelude. */
export const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';
/** AWS: the prelude stands in the first 16 KB. Seen: API Gateway developer guide, Lambda response streaming. */
const PRELUDE_BYTES_MAX = 16_384;
const DELIMITER = Buffer.alloc(8);

/** The exchange that a stream answers. */
export interface StreamOwner {
  /** Starts the answer; undefined when the prelude (undefined: there is none) cannot be used, and the client has been told. */
  beginStream(contentType: string, prelude: string | undefined): BodySink | undefined;
  /** Bytes of the body, for who keeps them. */
  streamed(chunk: Buffer): void;
  /** Over before the answer was begun. `why` is for the developer. */
  failStream(why: string): void;
  /** The answer is complete, or `why` it is not. */
  streamEnded(why: string | undefined): void;
}

export class StreamedAnswer implements FunctionStreamSink {
  onDrain: (() => void) | null = null;
  readonly #owner: StreamOwner;
  readonly #contentType: string;
  #state: 'prelude' | 'unstarted' | 'body' | 'over';
  #prelude = Buffer.alloc(0);
  #sink: BodySink | undefined;

  constructor(owner: StreamOwner, contentType: string) {
    this.#owner = owner;
    this.#contentType = contentType;
    this.#state = contentType === PRELUDE_CONTENT_TYPE ? 'prelude' : 'unstarted';
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    switch (this.#state) {
      case 'prelude':
        return this.#readPrelude(chunk);
      case 'unstarted':
        this.#begin(undefined);
        return this.#pass(chunk);
      case 'body':
        return this.#pass(chunk);
      case 'over':
        return true;
    }
  }

  end(error: FunctionStreamError | undefined): void {
    if (this.#state === 'over') return;
    if (this.#state === 'unstarted' && error === undefined) this.#begin(undefined);
    else if (this.#sink === undefined)
      this.#fail(error?.payload ?? 'the stream ended before its prelude did: no eight NUL bytes');
    const sink = this.#sink;
    if (sink === undefined) return;
    this.#state = 'over';
    // AWS: status and header fields are out. The client sees an answer without its end, so that no part passes for the whole.
    if (error === undefined) {
      sink.end();
      this.#owner.streamEnded(undefined);
    } else {
      // The owner first: whoever sees the sink break has no other account of it.
      this.#owner.streamEnded(`the function failed while it streamed: ${error.payload}`);
      sink.abort('aborted');
    }
  }

  #fail(why: string): void {
    this.#state = 'over';
    this.#owner.failStream(why);
  }

  #readPrelude(chunk: Buffer): boolean {
    const known = this.#prelude.length;
    const bytes = Buffer.concat([this.#prelude, chunk]);
    const at = bytes.indexOf(DELIMITER, Math.max(0, known - DELIMITER.length + 1));
    if (at === -1 ? bytes.length >= PRELUDE_BYTES_MAX + DELIMITER.length : at > PRELUDE_BYTES_MAX) {
      this.#fail(`the stream has no prelude in its first ${PRELUDE_BYTES_MAX} bytes`);
      return true;
    }
    if (at === -1) {
      this.#prelude = bytes;
      return true;
    }
    this.#prelude = Buffer.alloc(0);
    this.#begin(bytes.toString('utf8', 0, at));
    return at + DELIMITER.length === bytes.length || this.#pass(bytes.subarray(at + DELIMITER.length));
  }

  #begin(prelude: string | undefined): void {
    const sink = this.#owner.beginStream(this.#contentType, prelude);
    this.#state = sink === undefined ? 'over' : 'body';
    if (sink === undefined) return;
    this.#sink = sink;
    sink.onDrain = () => this.onDrain?.();
    // AWS: the function goes on when its client has left. Nobody keeps what it says, and nothing holds it back.
    sink.onSinkClosed = () => {
      if (this.#state === 'over') return;
      this.#state = 'over';
      this.#owner.streamEnded('the client left before the answer was complete');
      this.onDrain?.();
    };
  }

  #pass(chunk: Buffer): boolean {
    if (this.#state !== 'body' || this.#sink === undefined) return true;
    this.#owner.streamed(chunk);
    return this.#sink.write(chunk) || this.#isOver();
  }

  /** Asked where a call may have ended it. */
  #isOver(): boolean {
    return this.#state === 'over';
  }
}

/** The content type of a streamed answer that names none. AWS: Seen: Lambda guide, "Tutorial: Creating a response streaming function". */
export const STREAMED_CONTENT_TYPE = 'application/octet-stream';

/** A content type from the function, which must not end the line it stands on. */
export function addContentType(headers: HeaderBlock, contentType: string): void {
  if (contentType === '' || !headers.add('Content-Type', contentType))
    headers.addTrusted(`Content-Type: ${STREAMED_CONTENT_TYPE}\r\n`);
}
