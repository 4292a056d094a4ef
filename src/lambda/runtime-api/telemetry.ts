// The Telemetry API and the older Logs API of one environment: extensions subscribe, and get batches of what happens by HTTP.
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html

import type { Upstreams } from '../../data-plane/ports.ts';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { ServerRequest } from '../../http1/message.ts';
import type { Extensions } from './extensions.ts';
import { parseJson, readSmallBody } from './json-body.ts';
import { answerText, refuse } from './sandbox-api.ts';

const PATHS: ReadonlySet<string> = new Set(['/2022-07-01/telemetry', '/2020-08-15/logs']);
const TYPES: ReadonlySet<string> = new Set(['platform', 'function', 'extension']);
/** Names of the environment itself: nothing leaves it. */
const OWN_HOSTS: ReadonlySet<string> = new Set(['sandbox', 'sandbox.localdomain', 'localhost', '127.0.0.1']);
/** Of what happened before anybody could subscribe. */
const BACKLOG_MAX = 200;
/** A subscriber that takes nothing loses the oldest. */
const WAITING_BYTES_MAX = 4_194_304;
const DELIVERY_TIMEOUT_MS = 5000;

export type TelemetryType = 'platform' | 'function' | 'extension';

interface Subscription {
  readonly types: ReadonlySet<string>;
  readonly port: number;
  readonly target: string;
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** JSON texts of events. */
  waiting: string[];
  bytes: number;
  timer: NodeJS.Timeout | undefined;
}

export class Telemetry {
  readonly #upstreams: Upstreams;
  readonly #extensions: Extensions;
  readonly #subscriptions = new Map<string, Subscription>();
  #backlog: { readonly type: TelemetryType; readonly event: string }[] = [];

  constructor(upstreams: Upstreams, extensions: Extensions) {
    this.#upstreams = upstreams;
    this.#extensions = extensions;
  }

  /** An event as JSON text: `{"time":…,"type":…,"record":…}`. */
  publish(type: TelemetryType, event: string): void {
    this.#backlog.push({ type, event });
    if (this.#backlog.length > BACKLOG_MAX) this.#backlog.shift();
    for (const subscription of this.#subscriptions.values()) this.#add(subscription, type, event);
  }

  /** Sends what waits; nothing more comes. */
  close(): void {
    for (const subscription of this.#subscriptions.values()) this.#deliver(subscription);
    this.#subscriptions.clear();
  }

  readonly route = (request: ServerRequest): boolean => {
    if (!PATHS.has(request.path) || request.method !== 'PUT') return false;
    const extension = this.#extensions.identify(request);
    if (extension === undefined) {
      request.body.discard();
      return true;
    }
    readSmallBody(request, (body) => {
      const subscription = toSubscription(parseJson(body));
      if (typeof subscription === 'string') {
        refuse(request, 400, 'ValidationError', subscription);
        return;
      }
      const before = this.#subscriptions.get(extension.name);
      if (before !== undefined) this.#deliver(before);
      this.#subscriptions.set(extension.name, subscription);
      answerText(request, 200, '"OK"');
      for (const { type, event } of before === undefined ? this.#backlog : []) this.#add(subscription, type, event);
    });
    return true;
  };

  #add(subscription: Subscription, type: TelemetryType, event: string): void {
    if (!subscription.types.has(type)) return;
    subscription.waiting.push(event);
    subscription.bytes += event.length;
    while (subscription.bytes > WAITING_BYTES_MAX) subscription.bytes -= subscription.waiting.shift()?.length ?? 0;
    if (subscription.waiting.length >= subscription.maxItems || subscription.bytes >= subscription.maxBytes) {
      this.#deliver(subscription);
    } else {
      subscription.timer ??= setTimeout(() => this.#deliver(subscription), subscription.timeoutMs).unref();
    }
  }

  #deliver(subscription: Subscription): void {
    clearTimeout(subscription.timer);
    subscription.timer = undefined;
    if (subscription.waiting.length === 0) return;
    const body = Buffer.from(`[${subscription.waiting.join(',')}]`);
    subscription.waiting = [];
    subscription.bytes = 0;
    const headers = new HeaderBlock();
    headers.add('Host', `sandbox.localdomain:${subscription.port}`);
    headers.add('Content-Type', 'application/json');
    this.#upstreams.send({
      origin: { protocol: 'http', host: '127.0.0.1', port: subscription.port },
      method: 'POST',
      target: subscription.target,
      headers,
      body,
      timeoutMs: DELIVERY_TIMEOUT_MS,
      maxResponseBytes: 65_536,
      receiver: { onResponse: (response) => response.body.discard(), onFailure() {} },
    });
  }
}

/** What is subscribed to, or what is wrong with it. */
function toSubscription(given: Readonly<Record<string, unknown>> | undefined): Subscription | string {
  if (given === undefined) return 'The request body is not a JSON object';
  const types = given['types'];
  if (!Array.isArray(types) || types.length === 0 || !types.every((type) => TYPES.has(type))) {
    return 'types must name some of platform, function, extension';
  }
  const { protocol, URI: uri } = (given['destination'] ?? {}) as Readonly<Record<string, unknown>>;
  if (protocol !== 'HTTP') return 'Stagegate delivers telemetry to HTTP destinations only';
  const address = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined;
  if (address === undefined || address.protocol !== 'http:' || !OWN_HOSTS.has(address.hostname) || address.port === '') {
    return 'destination.URI must be http://sandbox.localdomain with a port';
  }
  const buffering = (given['buffering'] ?? {}) as Readonly<Record<string, unknown>>;
  const bounded = (name: string, least: number, most: number, otherwise: number): number => {
    const value = buffering[name];
    return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
  };
  return {
    types: new Set(types as string[]),
    port: Number(address.port),
    target: address.pathname + address.search,
    // AWS: bounds and defaults. Seen: Telemetry API reference, "Subscribe".
    maxItems: bounded('maxItems', 1000, 10_000, 10_000),
    maxBytes: bounded('maxBytes', 262_144, 1_048_576, 262_144),
    timeoutMs: bounded('timeoutMs', 25, 30_000, 1000),
    waiting: [],
    bytes: 0,
    timer: undefined,
  };
}
