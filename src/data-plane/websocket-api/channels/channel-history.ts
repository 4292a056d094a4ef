// What a channel remembers: its newest messages, bounded in number, age and bytes, and by the bytes of all histories together. Messages
// leave in the order in which they came, so that what is held has no hole.

import type { ChannelLimits } from './channel-limits.ts';

export interface ChannelMessage {
  /** Grows from message to message; see message-ids.ts. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly body: Buffer;
  /** The body is UTF-8. */
  readonly isText: boolean;
}

export interface HistorySettings {
  readonly messages: number;
  readonly seconds: number;
}

/** Beside its body: the objects and the memory block that a message is made of, and its places in two lists. */
const OVERHEAD_BYTES = 512;
/** Empty places at the front of a history that are worth a copy of the rest. */
const COMPACT_AT = 64;

class Held {
  readonly message: ChannelMessage;
  readonly history: ChannelHistory;
  older: Held | undefined = undefined;
  newer: Held | undefined = undefined;

  constructor(message: ChannelMessage, history: ChannelHistory) {
    this.message = message;
    this.history = history;
  }

  get bytes(): number {
    return this.message.body.length + OVERHEAD_BYTES;
  }
}

/** The messages of all histories by age, and the bytes they hold. */
export class HistoryMemory {
  readonly limits: ChannelLimits;
  bytes = 0;
  #oldest: Held | undefined = undefined;
  #newest: Held | undefined = undefined;

  constructor(limits: ChannelLimits) {
    this.limits = limits;
  }

  add(held: Held): void {
    held.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = held;
    else this.#newest.newer = held;
    this.#newest = held;
    this.bytes += held.bytes;
    while (this.bytes > this.limits.historyBytesInAll) this.#oldest?.history.dropOldest();
  }

  remove({ older, newer, bytes }: Held): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    this.bytes -= bytes;
  }
}

export class ChannelHistory {
  readonly #memory: HistoryMemory;
  /** Undefined: nothing is kept. */
  #settings: HistorySettings | undefined = undefined;
  /** From `#first` on; what is before has left. */
  #held: Held[] = [];
  #first = 0;
  #bytes = 0;
  #lostThrough: number;

  /** `lostThrough`: what was said before is unknown. */
  constructor(memory: HistoryMemory, lostThrough: number) {
    this.#memory = memory;
    this.#lostThrough = lostThrough;
  }

  get settings(): HistorySettings | undefined {
    return this.#settings;
  }

  get size(): number {
    return this.#held.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): ChannelMessage | undefined {
    return this.#held[this.#first]?.message;
  }

  /** The number of the newest message that is not here any more: everything after it is. */
  get lostThrough(): number {
    return this.#lostThrough;
  }

  configure(settings: HistorySettings | undefined, now: number): void {
    this.#settings = settings;
    this.expire(now);
  }

  /** Numbers grow from call to call. */
  add(message: ChannelMessage): void {
    if (this.#settings === undefined || message.body.length + OVERHEAD_BYTES > this.#memory.limits.historyBytesPerChannel) {
      while (this.size > 0) this.dropOldest();
      this.#lostThrough = message.number;
      return;
    }
    const held = new Held(ownMemory(message), this);
    this.#held.push(held);
    this.#bytes += held.bytes;
    this.#memory.add(held);
    this.expire(message.at);
  }

  /** Drops what is too old or too much. */
  expire(now: number): void {
    const { messages, seconds } = this.#settings ?? { messages: 0, seconds: 0 };
    const since = now - seconds * 1000;
    while (this.size > 0) {
      const isOver =
        this.size > messages ||
        this.#bytes > this.#memory.limits.historyBytesPerChannel ||
        (this.oldest as ChannelMessage).at < since;
      if (!isOver) return;
      this.dropOldest();
    }
  }

  dropOldest(): void {
    const held = this.#held[this.#first];
    if (held === undefined) return;
    this.#memory.remove(held);
    this.#bytes -= held.bytes;
    this.#lostThrough = held.message.number;
    // Its place must not keep it.
    this.#held[this.#first++] = undefined as unknown as Held;
    if (this.#first >= COMPACT_AT && this.#first * 2 >= this.#held.length) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The first message behind this number, of those that are held. */
  after(number: number): ChannelMessage | undefined {
    let low = this.#first;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#held[middle] as Held).message.number <= number) low = middle + 1;
      else high = middle;
    }
    return this.#held[low]?.message;
  }
}

/** A short body is a part of a larger block, all of which it would keep. */
function ownMemory(message: ChannelMessage): ChannelMessage {
  const { body } = message;
  if (body.buffer.byteLength === body.length) return message;
  const copy = Buffer.allocUnsafeSlow(body.length);
  body.copy(copy);
  return { ...message, body: copy };
}
