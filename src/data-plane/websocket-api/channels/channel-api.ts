// The management API of channels. A function, or anybody else who may, does with them:
//
//   GET    /{stage}/@channels                                the names, with how many are subscribed
//   POST   /{stage}/@channels/{name}                         sends the body to every subscriber, but the one of `?exclude=`
//   GET    /{stage}/@channels/{name}                         settings, history, subscribers
//   PUT    /{stage}/@channels/{name}                         settings
//   PUT    /{stage}/@channels/{name}/connections/{id}        subscribes a connection, from `?after=` on
//   DELETE /{stage}/@channels/{name}/connections/{id}        and no longer
//
// AWS has nothing like it. Who may is decided as for connections.

import { isUtf8 } from 'node:buffer';
import type { ServerRequest } from '../../../http1/message.ts';
import type { Connection } from '../connection.ts';
import {
  badRequest,
  decoded,
  gone,
  invalidConnectionId,
  isConnectionId,
  type ManagementAnswer,
  type ManagementApi,
  ManagementCall,
  noContent,
  refused,
} from '../management-call.ts';
import { channelNameRule, isChannelName } from './channel-limits.ts';
import { parseJsonText, readChannelSettings, readSubscribeOptions } from './channel-request.ts';
import type { ChannelDescription, ChannelRefusal, Channels, PageRequest, StageId } from './channels.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
/** Of settings and options. */
const DOCUMENT_BYTES_MAX = 4096;

const methodsOf = {
  channels: ['GET'],
  channel: ['POST', 'GET', 'PUT'],
  subscription: ['PUT', 'DELETE'],
} as const;

export class ChannelCall extends ManagementCall {
  protected override readonly resource: string;
  readonly #kind: keyof typeof methodsOf | undefined;
  readonly #name: string;
  readonly #connectionId: string;
  readonly #query: URLSearchParams;

  /** `path`: what is behind `@channels`, with its first slash. */
  constructor(api: ManagementApi, request: ServerRequest, path: string) {
    super(api, request);
    const [, name = '', connections, connectionId = '', more] = path.split('/');
    if (name === '' && connections === undefined) this.#kind = 'channels';
    else if (connections === undefined) this.#kind = 'channel';
    else this.#kind = connections === 'connections' && more === undefined ? 'subscription' : undefined;
    this.#name = decoded(name) ?? '';
    this.#connectionId = decoded(connectionId) ?? '';
    this.resource = ['@channels', this.#name, connections, this.#connectionId].filter(Boolean).join('/');
    this.#query = new URLSearchParams(request.query);
  }

  protected override get isKnown(): boolean {
    return this.#kind !== undefined && (methodsOf[this.#kind] as readonly string[]).includes(this.request.method);
  }

  protected override call(body: Buffer): ManagementAnswer {
    if (this.#kind !== 'channels' && !isChannelName(this.#name)) return badRequest(`Invalid channel: ${channelNameRule}`);
    const throttled = this.throttled();
    if (throttled !== undefined) return throttled;
    const { method } = this.request;
    if (this.#kind === 'subscription') return method === 'PUT' ? this.#subscribe(body) : this.#unsubscribe();
    if (method === 'POST') return this.#publish(body);
    if (method === 'PUT') return this.#configure(body);
    const page = this.#page();
    if ('status' in page) return page;
    return this.#kind === 'channels' ? this.#list(page) : this.#describe(page);
  }

  get #channels(): Channels {
    return this.api.pipeline.channels;
  }

  get #stage(): StageId {
    return this.api.pipeline.plan;
  }

  #publish(body: Buffer): ManagementAnswer {
    const excluded = this.#query.get('exclude');
    if (excluded !== null && !isConnectionId(excluded)) return invalidConnectionId(excluded);
    const except = excluded === null ? undefined : this.#connection(excluded);
    const published = this.#channels.publish(this.#stage, this.#name, body, isUtf8(body), except);
    this.api.pipeline.metrics?.sent(published.delivered);
    return json(published);
  }

  #configure(body: Buffer): ManagementAnswer {
    const document = documentOf(body);
    if ('status' in document) return document;
    const settings = readChannelSettings(document.value);
    if (typeof settings === 'string') return badRequest(`Invalid settings: ${settings}`);
    const limit = this.#channels.configure(this.#stage, this.#name, settings);
    return limit === undefined ? json({ name: this.#name, ...settingsOf(settings) }) : limited(limit);
  }

  #subscribe(body: Buffer): ManagementAnswer {
    if (!isConnectionId(this.#connectionId)) return invalidConnectionId(this.#connectionId);
    const document = documentOf(body);
    if ('status' in document) return document;
    const after = this.#query.get('after');
    const { value } = document;
    const options = readSubscribeOptions(after !== null && isObject(value) ? { ...value, after } : value);
    if (typeof options === 'string') return badRequest(`Invalid subscription: ${options}`);
    const connection = this.#connection(this.#connectionId);
    if (connection?.socket?.isOpen !== true) return gone;
    const limit = this.#channels.subscribe(connection, this.#name, options);
    return limit === undefined ? noContent : limited(limit);
  }

  #unsubscribe(): ManagementAnswer {
    if (!isConnectionId(this.#connectionId)) return invalidConnectionId(this.#connectionId);
    const connection = this.#connection(this.#connectionId);
    if (connection === undefined) return gone;
    this.#channels.unsubscribe(connection, this.#name);
    return noContent;
  }

  #list(page: PageRequest): ManagementAnswer {
    const { items, next } = this.#channels.list(this.#stage, page);
    return json({ channels: items, nextToken: next });
  }

  #describe(page: PageRequest): ManagementAnswer {
    return json(described(this.#channels.describe(this.#stage, this.#name, page)));
  }

  #connection(id: string): Connection | undefined {
    const { pipeline } = this.api;
    const { scope, apiId, stageName } = pipeline.plan;
    return pipeline.connections.find(scope, apiId, stageName, id);
  }

  #page(): PageRequest | ManagementAnswer {
    const limit = Number(this.#query.get('limit') ?? PAGE_DEFAULT);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) return badRequest(`limit is a number from 1 to ${PAGE_MAX}`);
    return { limit, after: this.#query.get('nextToken') ?? undefined };
  }
}

function described({ subscribers, settings, held, ...channel }: ChannelDescription): object {
  const { name, subscriberCount, latestId } = channel;
  const { presence, history } = settingsOf(settings);
  return {
    name,
    subscriberCount,
    subscribers: subscribers.items,
    nextToken: subscribers.next,
    presence,
    history: history && { ...history, held: held.messages, heldBytes: held.bytes, oldestId: held.oldestId },
    latestId,
  };
}

function settingsOf(settings: ChannelDescription['settings'] | undefined) {
  return { presence: settings?.presence === true, history: settings?.history };
}

/** No body is a document without members. */
function documentOf(body: Buffer): { readonly value: unknown } | ManagementAnswer {
  if (body.length > DOCUMENT_BYTES_MAX) return badRequest(`The body has more than ${DOCUMENT_BYTES_MAX} bytes.`);
  return { value: body.length === 0 ? {} : parseJsonText(body.toString('utf8')) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members that are undefined are not there. */
function json(value: object): ManagementAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function limited({ limit }: ChannelRefusal): ManagementAnswer {
  return refused(429, 'LimitExceededException', limit);
}
