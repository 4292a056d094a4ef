// A body that arrived completely with its head: the common case, and the cheap one.

import type { BodyReceiver, BodySink, MessageBody } from './message.ts';

/** Bodies up to this size that arrived with their head are handed on as text, in one write. */
export const TEXT_BYTES_MAX = 16_384;

/** A small body as latin1 text. */
export class WholeBody implements MessageBody {
  private text: string | undefined;
  readonly length: number;

  constructor(text: string) {
    this.text = text;
    this.length = text.length;
  }

  takeText(): string | undefined {
    const { text } = this;
    this.text = undefined;
    return text;
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    const text = this.claim('readAll');
    if (text.length > limitBytes) receiver.onBodyFailure('tooLarge');
    else receiver.onBody(Buffer.from(text, 'latin1'));
  }

  pipeTo(sink: BodySink): void {
    const text = this.claim('pipe');
    sink.write(Buffer.from(text, 'latin1'));
    sink.end();
  }

  discard(): void {
    this.claim('discard');
  }

  private claim(use: string): string {
    const { text } = this;
    if (text === undefined) throw new Error(`the body was already consumed; it cannot be consumed again (${use})`);
    this.text = undefined;
    return text;
  }
}

/** The body of a message that has none. It may be consumed any number of times. */
export const noBody: MessageBody = {
  length: 0,
  takeText(): string {
    return '';
  },
  readAll(_limitBytes: number, receiver: BodyReceiver): void {
    receiver.onBody(Buffer.alloc(0));
  },
  pipeTo(sink: BodySink): void {
    sink.end();
  },
  discard(): void {},
};
