// What a route asks of channels for its connection, without a call to the management API: a JSON document under the name
// `Stagegate-Channels`. AWS ignores it where it stands: a header of a function's answer, or the key of a request template that no expression
// selects (channel-template.ts).
//
//   {"subscribe": ["news", {"channel": "room-7", "after": "…", "ids": true, "presence": true, "history": {"messages": 100, "seconds": 300}}],
//    "unsubscribe": ["lobby"]}
//
// It is JSON so that a name that a client gave cannot become two.

import type { Connection } from '../connection.ts';
import type { ChannelSettings } from './channel.ts';
import { channelNameRule, defaultChannelLimits, isChannelName } from './channel-limits.ts';
import type { ChannelRefusal, Channels, SubscribeOptions } from './channels.ts';
import { isMessageId } from './message-ids.ts';

/** Of a header, which is compared without regard to case, or of a request template. */
export const CHANNELS_MEMBER = 'Stagegate-Channels';

/** Characters of the document; more than 100 names and their options need. */
const DOCUMENT_LENGTH_MAX = 65_536;

export interface ChannelRequest {
  readonly unsubscribe: readonly string[];
  readonly subscribe: readonly (readonly [name: string, options: SubscribeOptions])[];
}

type Members = Readonly<Record<string, unknown>>;

/** Does it, in the order of the document, subscriptions last; the first that a limit refuses is where it ends. */
export function applyChannelRequest(
  channels: Channels,
  connection: Connection,
  { unsubscribe, subscribe }: ChannelRequest,
): ChannelRefusal | undefined {
  for (const name of unsubscribe) channels.unsubscribe(connection, name);
  for (const [name, options] of subscribe) {
    const refused = channels.subscribe(connection, name, options);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** From JSON text. A string says what is wrong with it. */
export function parseChannelRequest(text: string): ChannelRequest | string {
  if (text.length > DOCUMENT_LENGTH_MAX) return `it is longer than ${DOCUMENT_LENGTH_MAX} characters`;
  return readChannelRequest(parseJsonText(text));
}

/** A string says what is wrong with it. */
export function readChannelRequest(value: unknown): ChannelRequest | string {
  const members = readMembers(value, ['subscribe', 'unsubscribe']);
  if (typeof members === 'string') return members;
  const { subscribe = [], unsubscribe = [] } = members;
  const { channelsPerConnection } = defaultChannelLimits;
  for (const list of [subscribe, unsubscribe]) {
    if (!Array.isArray(list)) return '"subscribe" and "unsubscribe" are lists';
    if (list.length > channelsPerConnection) return `a connection can be subscribed to ${channelsPerConnection} channels`;
  }
  const names: string[] = [];
  for (const name of unsubscribe as readonly unknown[]) {
    if (!isName(name)) return channelNameRule;
    names.push(name);
  }
  const wanted: (readonly [string, SubscribeOptions])[] = [];
  for (const entry of subscribe as readonly unknown[]) {
    const read = readEntry(entry);
    if (typeof read === 'string') return read;
    wanted.push(read);
  }
  return { unsubscribe: names, subscribe: wanted };
}

function readEntry(entry: unknown): readonly [string, SubscribeOptions] | string {
  if (isName(entry)) return [entry, plainly];
  const members = readMembers(entry, ['channel', ...optionMembers]);
  if (typeof members === 'string') return typeof entry === 'string' ? channelNameRule : members;
  const { channel, ...options } = members;
  if (!isName(channel)) return channelNameRule;
  const read = readSubscribeOptions(options);
  return typeof read === 'string' ? read : [channel, read];
}

const optionMembers = ['after', 'ids', 'presence', 'history'];
const plainly: SubscribeOptions = { withIds: false, after: undefined, settings: undefined };

/** `{"after", "ids", "presence", "history"}`, each optional. An empty `after` is nothing missed, with ids. */
export function readSubscribeOptions(value: unknown): SubscribeOptions | string {
  const members = readMembers(value, optionMembers);
  if (typeof members === 'string') return members;
  const { after, ids = after !== undefined, ...settings } = members;
  if (typeof ids !== 'boolean') return '"ids" is true or false';
  if (after !== undefined && after !== '' && !(typeof after === 'string' && isMessageId(after))) {
    return '"after" is the id of a message';
  }
  const read = readChannelSettings(settings);
  if (typeof read === 'string') return read;
  return { withIds: ids, after: after === '' ? undefined : after, settings: read };
}

/** `{"presence", "history": {"messages", "seconds"}}`, each optional. Undefined when there is none. */
export function readChannelSettings(value: unknown): ChannelSettings | undefined | string {
  const members = readMembers(value, ['presence', 'history']);
  if (typeof members === 'string') return members;
  const { presence, history } = members;
  if (presence === undefined && history === undefined) return undefined;
  if (presence !== undefined && typeof presence !== 'boolean') return '"presence" is true or false';
  if (history === undefined) return { presence: presence === true, history: undefined };
  const bounds = readMembers(history, ['messages', 'seconds']);
  if (typeof bounds === 'string') return `"history": ${bounds}`;
  const { historyMessages, historySeconds } = defaultChannelLimits;
  const { messages, seconds } = bounds;
  if (!isCount(messages, historyMessages)) return `"history.messages" is a number from 1 to ${historyMessages}`;
  if (!isCount(seconds, historySeconds)) return `"history.seconds" is a number from 1 to ${historySeconds}`;
  return { presence: presence === true, history: { messages, seconds } };
}

/** Undefined when it is no JSON. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readMembers(value: unknown, known: readonly string[]): Members | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it must be a JSON object';
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  return unknown === undefined ? (value as Members) : `there is no member "${unknown.slice(0, 64)}"`;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && isChannelName(value);
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}
