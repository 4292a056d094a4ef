// Ids of messages: the process, then a number that only grows. Within a process they are ordered over all channels; an id of a former
// process is told from those of this one.

import { randomBytes } from 'node:crypto';

const MESSAGE_ID = /^([0-9a-f]{12})-(0|[1-9]\d{0,14})$/;

/** Where in a channel somebody stands: behind the message of this number; `elsewhere` when this process does not know. */
export type Position = number | 'elsewhere';

export function isMessageId(text: string): boolean {
  return MESSAGE_ID.test(text);
}

export class MessageIds {
  readonly #process = randomBytes(6).toString('hex');
  #last = 0;

  /** Number of the newest message; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    return ++this.#last;
  }

  textOf(number: number): string {
    return `${this.#process}-${number}`;
  }

  /** Of an id that `isMessageId`. Numbers that were never given are from elsewhere, too. */
  positionOf(id: string): Position {
    const [, process, number] = MESSAGE_ID.exec(id) ?? [];
    return process === this.#process && Number(number) <= this.#last ? Number(number) : 'elsewhere';
  }
}
