// A request body that was read whole before the integration was started (its signature covers it): integrations take it like any
// other body.

import type { BodyReceiver, BodySink, MessageBody } from '../../http1/message.ts';

export class HeldBody implements MessageBody {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  takeText(): string {
    return this.#bytes.toString('latin1');
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    if (this.#bytes.length > limitBytes) receiver.onBodyFailure('tooLarge');
    else receiver.onBody(this.#bytes);
  }

  pipeTo(sink: BodySink): void {
    if (this.#bytes.length > 0) sink.write(this.#bytes);
    sink.end();
  }

  discard(): void {}
}
