// One connection in one channel: live, or still being told what it missed. While it is told that, new messages reach it through the
// history alone, so that there is neither a gap nor a duplicate where the two meet.

import type { Connection } from '../connection.ts';
import type { Channel } from './channel.ts';
import { envelopeFrame, gapFrame, subscribedFrame } from './channel-frames.ts';
import type { Position } from './message-ids.ts';

export class Subscription {
  readonly channel: Channel;
  readonly connection: Connection;
  /** Its messages come with ids, in envelopes. */
  readonly withIds: boolean;
  /** The number of the last message it was told; undefined when it is live. */
  #cursor: number | undefined;

  /** `after`: where it stands; undefined for "here". Only who gets ids can know. */
  constructor(channel: Channel, connection: Connection, withIds: boolean, after: Position | undefined) {
    this.channel = channel;
    this.connection = connection;
    this.withIds = withIds;
    // Before the first of all: whatever is missing from the history is a gap.
    this.#cursor = after === 'elsewhere' ? -1 : after;
  }

  get isLive(): boolean {
    return this.#cursor === undefined;
  }

  /** Sends what was missed, as much as the client takes now; called again when it has taken it. */
  catchUp(now: number): void {
    const { socket } = this.connection;
    const { history, limits, name, ids } = this.channel;
    history.expire(now);
    while (this.#cursor !== undefined) {
      if (socket === undefined || socket.queuedBytes > limits.replayQueueBytes) return;
      if (this.#cursor < history.lostThrough) {
        this.#cursor = history.lostThrough;
        if (socket.send(gapFrame(name)) !== undefined) return;
      }
      const message = history.after(this.#cursor);
      if (message === undefined) {
        this.#cursor = undefined;
        this.announce();
        return;
      }
      this.#cursor = message.number;
      if (socket.send(envelopeFrame(name, ids.textOf(message.number), message)) !== undefined) return;
    }
  }

  /** Tells the client where it stands, so that it can come back also when it never got a message. */
  announce(): void {
    const { name, ids } = this.channel;
    if (this.withIds) this.connection.socket?.send(subscribedFrame(name, ids.textOf(ids.last)));
  }
}
