// One channel of a stage: who is subscribed, what it remembers, and how a message reaches everybody.

import type { MessageFrame } from '../../../websocket/frame.ts';
import type { Connection } from '../connection.ts';
import { envelopeFrame, plainFrame, presenceFrame } from './channel-frames.ts';
import { ChannelHistory, type ChannelMessage, type HistoryMemory, type HistorySettings } from './channel-history.ts';
import type { ChannelLimits } from './channel-limits.ts';
import type { MessageIds } from './message-ids.ts';
import type { Subscription } from './subscription.ts';

export interface ChannelSettings {
  /** Subscribers are told who comes and goes. */
  readonly presence: boolean;
  readonly history: HistorySettings | undefined;
}

const nothing: ChannelSettings = { presence: false, history: undefined };

export class Channel {
  readonly name: string;
  readonly limits: ChannelLimits;
  readonly ids: MessageIds;
  readonly history: ChannelHistory;
  readonly subscribers = new Map<Connection, Subscription>();
  #settings: ChannelSettings | undefined = undefined;
  /** Its settings stay when nobody is subscribed any more. */
  #isPinned = false;

  constructor(name: string, memory: HistoryMemory, ids: MessageIds) {
    this.name = name;
    this.limits = memory.limits;
    this.ids = ids;
    this.history = new ChannelHistory(memory, ids.last);
  }

  get settings(): ChannelSettings {
    return this.#settings ?? nothing;
  }

  get isConfigured(): boolean {
    return this.#settings !== undefined;
  }

  /** Undefined takes its settings away. Pinned ones outlive its subscribers and its messages. */
  configure(settings: ChannelSettings | undefined, isPinned: boolean, now: number): void {
    this.#settings = settings;
    this.#isPinned = isPinned && settings !== undefined;
    this.history.configure(settings?.history, now);
  }

  /** Nothing would be lost with it. */
  isIdle(now: number): boolean {
    if (this.subscribers.size > 0 || this.#isPinned) return false;
    this.history.expire(now);
    return this.history.size === 0;
  }

  /** Gives the message to everybody but `except`; returns to how many. Who reads too slowly is cut off by its own connection. */
  publish(message: ChannelMessage, except: Connection | undefined): number {
    this.history.add(message);
    let plain: MessageFrame | undefined;
    let envelope: MessageFrame | undefined;
    let delivered = 0;
    for (const subscription of this.subscribers.values()) {
      const { connection } = subscription;
      if (connection === except) continue;
      if (!subscription.isLive) {
        // It comes to it in its turn.
        delivered++;
        continue;
      }
      let frame: MessageFrame;
      if (subscription.withIds) frame = envelope ??= envelopeFrame(this.name, this.ids.textOf(message.number), message);
      else frame = plain ??= plainFrame(message);
      const { socket } = connection;
      if (socket !== undefined && socket.send(frame) === undefined) delivered++;
    }
    return delivered;
  }

  /** Somebody else's coming or going. */
  announce(event: 'join' | 'leave', who: Connection, at: number): void {
    if (!this.settings.presence || this.subscribers.size > this.limits.presenceSubscribers) return;
    let frame: MessageFrame | undefined;
    for (const connection of this.subscribers.keys()) {
      if (connection === who) continue;
      frame ??= presenceFrame(this.name, event, who.id, at);
      connection.socket?.send(frame);
    }
  }
}
