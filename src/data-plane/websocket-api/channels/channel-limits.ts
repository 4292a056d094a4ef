// Every size and count of channels, in one table. Channels are ours, so all figures are.

export interface ChannelLimits {
  /** Channels that one connection is subscribed to. */
  readonly channelsPerConnection: number;
  /** Channels of one stage that have a subscriber, settings or a history. */
  readonly channelsPerStage: number;
  /** A channel with more subscribers tells no presence events: each is a frame for everybody. */
  readonly presenceSubscribers: number;
  /** What a channel's history may be asked to keep. */
  readonly historyMessages: number;
  readonly historySeconds: number;
  /** What one history may hold, and all of this process together; the oldest messages give way. Bytes. */
  readonly historyBytesPerChannel: number;
  readonly historyBytesInAll: number;
  /** A replay waits while more than this is on its way to its client. Well below what ends a slow client's connection. */
  readonly replayQueueBytes: number;
}

export const defaultChannelLimits: ChannelLimits = {
  channelsPerConnection: 100,
  channelsPerStage: 100_000,
  presenceSubscribers: 256,
  historyMessages: 10_000,
  historySeconds: 86_400,
  historyBytesPerChannel: 1024 * 1024,
  historyBytesInAll: 64 * 1024 * 1024,
  replayQueueBytes: 256 * 1024,
};

/** Without `,`, `/`, `*` and the like: a name stands in paths and in the ARNs of policies as it is. */
const CHANNEL_NAME = /^[A-Za-z0-9_.:~-]{1,128}$/;

export const channelNameRule = 'a channel name has 1 to 128 letters, digits and characters of _ . : ~ -';

export function isChannelName(text: string): boolean {
  return CHANNEL_NAME.test(text);
}
