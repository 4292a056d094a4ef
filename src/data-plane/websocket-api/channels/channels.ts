// Channels of WebSocket APIs: named groups of a stage's connections that are sent to in one call. AWS has no such thing; who does not use
// it never meets it. Everything is in the memory of this process and goes with it.

import type { ConnectionFacts } from '../../../model/connection-facts.ts';
import type { Connection } from '../connection.ts';
import { stageKey } from '../connections.ts';
import { Channel, type ChannelSettings } from './channel.ts';
import { HistoryMemory } from './channel-history.ts';
import { type ChannelLimits, defaultChannelLimits } from './channel-limits.ts';
import { MessageIds } from './message-ids.ts';
import { type Page, pageOf } from './pages.ts';
import { Subscription } from './subscription.ts';

export type StageId = Pick<ConnectionFacts, 'scope' | 'apiId' | 'stageName'>;

export interface SubscribeOptions {
  /** Messages come in envelopes that say their ids. */
  readonly withIds: boolean;
  /** Id of the last message that the client knows: it is told the later ones first. */
  readonly after: string | undefined;
  /** For a channel that has no settings yet. */
  readonly settings: ChannelSettings | undefined;
}

/** Why something was not done: a limit, in one sentence. */
export interface ChannelRefusal {
  readonly limit: string;
}

export interface Published {
  readonly id: string;
  /** Connections that it was given to. */
  readonly delivered: number;
}

export interface ChannelSummary {
  readonly name: string;
  readonly subscribers: number;
}

export interface ChannelDescription {
  readonly name: string;
  readonly subscriberCount: number;
  /** Connection ids. */
  readonly subscribers: Page<string>;
  readonly settings: ChannelSettings;
  readonly held: { readonly messages: number; readonly bytes: number; readonly oldestId: string | undefined };
  /** Where a subscriber stands that knows everything. */
  readonly latestId: string;
}

export interface PageRequest {
  readonly limit: number;
  /** What the page before ended with. */
  readonly after: string | undefined;
}

/**
 * What the flow and the management API know of channels. Names are `isChannelName`, ids `isMessageId`. Stages, names, messages and ids
 * are plain values: connections of other processes can be reached by a bus behind `publish` and `configure`, while subscriptions stay
 * with the process that has the connection.
 */
export interface Channels {
  publish(stage: StageId, name: string, body: Buffer, isText: boolean, except: Connection | undefined): Published;
  /** Again: asks for another form, or for what was missed once more. */
  subscribe(connection: Connection, name: string, options: SubscribeOptions): ChannelRefusal | undefined;
  /** False when it was not subscribed. */
  unsubscribe(connection: Connection, name: string): boolean;
  /** The connection is over: it leaves all its channels. */
  leave(connection: Connection): void;
  /** The connection's client has taken what waited for it. */
  drained(connection: Connection): void;
  /** Undefined takes the settings away. */
  configure(stage: StageId, name: string, settings: ChannelSettings | undefined): ChannelRefusal | undefined;
  list(stage: StageId, page: PageRequest): Page<ChannelSummary>;
  /** A channel that nobody uses is one with nobody in it. */
  describe(stage: StageId, name: string, page: PageRequest): ChannelDescription;
}

interface StageChannels {
  readonly id: StageId;
  readonly byName: Map<string, Channel>;
  /** So many are looked through for idle ones: the cost of it is shared by those that were made since. */
  sweepAt: number;
  sweptAt: number;
}

const SWEEP_FROM = 1024;
const SWEEP_EVERY_MS = 1000;

export class MemoryChannels implements Channels {
  readonly #limits: ChannelLimits;
  readonly #memory: HistoryMemory;
  readonly #ids = new MessageIds();
  readonly #stages = new Map<string, StageChannels>();
  readonly #now: () => number;

  constructor(limits: Partial<ChannelLimits> = {}, now: () => number = Date.now) {
    this.#limits = { ...defaultChannelLimits, ...limits };
    this.#memory = new HistoryMemory(this.#limits);
    this.#now = now;
  }

  publish(stage: StageId, name: string, body: Buffer, isText: boolean, except: Connection | undefined): Published {
    const number = this.#ids.next();
    const delivered = this.#find(stage, name)?.publish({ number, at: this.#now(), body, isText }, except) ?? 0;
    return { id: this.#ids.textOf(number), delivered };
  }

  subscribe(connection: Connection, name: string, options: SubscribeOptions): ChannelRefusal | undefined {
    const { channelsPerConnection } = this.#limits;
    const known = connection.subscriptions?.get(name);
    if (known === undefined && (connection.subscriptions?.size ?? 0) >= channelsPerConnection) {
      return { limit: `A connection can be subscribed to ${channelsPerConnection} channels.` };
    }
    const channel = known?.channel ?? this.#findOrMake(connection.facts, name);
    if ('limit' in channel) return channel;
    const now = this.#now();
    const { settings, withIds, after } = options;
    if (settings !== undefined && !channel.isConfigured) channel.configure(settings, false, now);
    const position = after === undefined ? undefined : this.#ids.positionOf(after);
    const subscription = new Subscription(channel, connection, withIds || after !== undefined, position);
    connection.subscriptions ??= new Map();
    connection.subscriptions.set(name, subscription);
    channel.subscribers.set(connection, subscription);
    if (known === undefined) channel.announce('join', connection, now);
    if (subscription.isLive) subscription.announce();
    else subscription.catchUp(now);
    return undefined;
  }

  unsubscribe(connection: Connection, name: string): boolean {
    const subscription = connection.subscriptions?.get(name);
    if (subscription === undefined) return false;
    connection.subscriptions?.delete(name);
    this.#part(subscription);
    return true;
  }

  leave(connection: Connection): void {
    const { subscriptions } = connection;
    if (subscriptions === undefined) return;
    connection.subscriptions = undefined;
    for (const subscription of subscriptions.values()) this.#part(subscription);
  }

  drained(connection: Connection): void {
    const { subscriptions } = connection;
    if (subscriptions === undefined) return;
    for (const subscription of subscriptions.values()) if (!subscription.isLive) subscription.catchUp(this.#now());
  }

  configure(stage: StageId, name: string, settings: ChannelSettings | undefined): ChannelRefusal | undefined {
    const channel = settings === undefined ? this.#find(stage, name) : this.#findOrMake(stage, name);
    if (channel === undefined) return undefined;
    if ('limit' in channel) return channel;
    channel.configure(settings, true, this.#now());
    if (settings === undefined) this.#dropIfIdle(stage, channel);
    return undefined;
  }

  list(stage: StageId, { limit, after }: PageRequest): Page<ChannelSummary> {
    const byName = this.#stages.get(keyOf(stage))?.byName ?? new Map<string, Channel>();
    const { items, next } = pageOf(byName.keys(), limit, after);
    return { items: items.map((name) => ({ name, subscribers: byName.get(name)?.subscribers.size ?? 0 })), next };
  }

  describe(stage: StageId, name: string, { limit, after }: PageRequest): ChannelDescription {
    const channel = this.#find(stage, name) ?? new Channel(name, this.#memory, this.#ids);
    const { history, settings, subscribers } = channel;
    history.expire(this.#now());
    const { oldest } = history;
    return {
      name,
      subscriberCount: subscribers.size,
      subscribers: pageOf(idsOf(subscribers.keys()), limit, after),
      settings,
      held: {
        messages: history.size,
        bytes: history.bytes,
        oldestId: oldest && this.#ids.textOf(oldest.number),
      },
      latestId: this.#ids.textOf(this.#ids.last),
    };
  }

  /** Forgets the channels of stages that are gone. */
  retain(isThere: (stage: StageId) => boolean): void {
    for (const [key, stage] of this.#stages) if (!isThere(stage.id)) this.#forget(key, stage);
  }

  /** Forgets everything, for test suites. */
  clear(): void {
    this.retain(() => false);
  }

  #find(stage: StageId, name: string): Channel | undefined {
    return this.#stages.get(keyOf(stage))?.byName.get(name);
  }

  #findOrMake(id: StageId, name: string): Channel | ChannelRefusal {
    const key = keyOf(id);
    const stage = this.#stages.get(key);
    const found = stage?.byName.get(name);
    if (found !== undefined) return found;
    if (stage !== undefined && stage.byName.size >= stage.sweepAt) this.#sweep(stage);
    const { channelsPerStage } = this.#limits;
    if ((stage?.byName.size ?? 0) >= channelsPerStage) return { limit: `A stage can have ${channelsPerStage} channels.` };
    const channel = new Channel(name, this.#memory, this.#ids);
    if (stage !== undefined) {
      stage.byName.set(name, channel);
      return channel;
    }
    const { scope, apiId, stageName } = id;
    this.#stages.set(key, {
      id: { scope, apiId, stageName },
      byName: new Map([[name, channel]]),
      sweepAt: Math.min(SWEEP_FROM, channelsPerStage),
      sweptAt: 0,
    });
    return channel;
  }

  /** Those that were kept for their histories alone, which have become too old. */
  #sweep(stage: StageChannels): void {
    const now = this.#now();
    // A stage that is full must not pay for it with every call.
    if (now - stage.sweptAt < SWEEP_EVERY_MS && now >= stage.sweptAt) return;
    stage.sweptAt = now;
    for (const [name, channel] of stage.byName) if (channel.isIdle(now)) stage.byName.delete(name);
    stage.sweepAt = Math.min(Math.max(SWEEP_FROM, stage.byName.size * 2), this.#limits.channelsPerStage);
  }

  #part({ channel, connection }: Subscription): void {
    channel.subscribers.delete(connection);
    channel.announce('leave', connection, this.#now());
    this.#dropIfIdle(connection.facts, channel);
  }

  #dropIfIdle(id: StageId, channel: Channel): void {
    if (!channel.isIdle(this.#now())) return;
    const key = keyOf(id);
    const stage = this.#stages.get(key);
    // Its stage may have been forgotten, and a namesake made, before its last connection was over.
    if (stage?.byName.get(channel.name) !== channel) return;
    stage.byName.delete(channel.name);
    if (stage.byName.size === 0) this.#stages.delete(key);
  }

  #forget(key: string, { byName }: StageChannels): void {
    // What their messages held is given back at once; connections may keep a channel until they are over.
    for (const channel of byName.values()) channel.configure(undefined, false, 0);
    this.#stages.delete(key);
  }
}

function keyOf({ scope, apiId, stageName }: StageId): string {
  return stageKey(scope, apiId, stageName);
}

function* idsOf(connections: Iterable<Connection>): Iterable<string> {
  for (const connection of connections) yield connection.id;
}
