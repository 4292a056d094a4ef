// Connections to upstreams: kept alive and reused, the most recently used first, bounded per origin with a bounded queue.
// Follows no redirect and answers nothing by itself: a call ends in a response or in a failure with its reason.

import { type ConnectReceiver, type ConnectTarget, connectTransport } from './connect-transport.ts';
import { defaultUpstreamLimits, type UpstreamLimits } from './limits.ts';
import type { UpstreamCall, UpstreamOrigin, UpstreamTicket } from './message.ts';
import { ResponseParser } from './response-parser.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { Transport } from './transport.ts';
import { UpstreamConnection, type UpstreamHost } from './upstream-connection.ts';
import { UpstreamExchange } from './upstream-exchange.ts';

export interface UpstreamPoolOptions {
  readonly limits?: Partial<UpstreamLimits>;
  /** Certificate authorities (PEM) for https origins, instead of the system's list. */
  readonly ca?: string | readonly string[];
  /** False takes any certificate of an https origin. For tests only. */
  readonly rejectUnauthorized?: boolean;
  /** Resolves host names; node:dns when left out. The place to refuse addresses. */
  readonly lookup?: ConnectTarget['lookup'];
  /** Opens connections; TCP, unix sockets and TLS when left out. */
  readonly connect?: (target: ConnectTarget, receiver: ConnectReceiver) => Transport;
  /** Hears what a receiver's callback threw; console.error when left out. */
  readonly onFault?: (error: unknown) => void;
  /** Shared with servers and other pools of the thread; an own one when left out. */
  readonly wheel?: TimerWheel;
}

/** How many connections and calls a pool has. */
export interface UpstreamPoolState {
  readonly connections: number;
  readonly idle: number;
  readonly queued: number;
}

export class UpstreamPool {
  private readonly context: PoolContext;
  /** Origins with connections, by their key. What has none is forgotten: hosts may come from stage variables. */
  private readonly origins = new Map<string, OriginPool>();
  /** Origins are objects made once per deployment: found without making their key. */
  private readonly known = new WeakMap<UpstreamOrigin, OriginPool>();
  private lastOrigin: UpstreamOrigin | undefined;
  private lastPool: OriginPool | undefined;
  private closed = false;

  constructor(options: UpstreamPoolOptions = {}) {
    const limits = { ...defaultUpstreamLimits, ...options.limits };
    const fault = options.onFault ?? ((error: unknown): void => console.error(error));
    this.context = { options, limits, fault, wheel: options.wheel ?? new TimerWheel(fault), parser: new ResponseParser(limits) };
  }

  /** Sends a request. The receiver is called once, never before this returns a ticket unless the call is refused outright. */
  send(call: UpstreamCall): UpstreamTicket {
    const { wheel, limits } = this.context;
    const exchange = new UpstreamExchange(call, call.maxResponseBytes ?? limits.responseBytes, wheel);
    if (this.closed) exchange.fail('refused', 'the upstream pool is closed');
    else if (!isWireTarget(call.target)) exchange.fail('refused', 'the request target holds a character that may not be sent');
    else this.originPool(call.origin).take(exchange);
    return exchange;
  }

  get state(): UpstreamPoolState {
    let connections = 0;
    let idle = 0;
    let queued = 0;
    for (const origin of this.origins.values()) {
      connections += origin.connections;
      idle += origin.idleCount;
      queued += origin.queued;
    }
    return { connections, idle, queued };
  }

  /** Closes idle connections now and every other one when its call is over; further calls are refused. */
  close(): void {
    this.closed = true;
    for (const origin of this.origins.values()) origin.close();
  }

  private originPool(origin: UpstreamOrigin): OriginPool {
    if (origin === this.lastOrigin && this.lastPool?.forgotten === false) return this.lastPool;
    const pool = this.findPool(origin);
    this.lastOrigin = origin;
    this.lastPool = pool;
    return pool;
  }

  private findPool(origin: UpstreamOrigin): OriginPool {
    let pool = this.known.get(origin);
    if (pool !== undefined && !pool.forgotten) return pool;
    const key = `${origin.protocol}://${origin.host}:${origin.port} ${origin.serverName ?? ''} ${origin.anyIssuer === true} ${origin.clientCertificate?.name ?? ''} ${origin.socketPath ?? ''}`;
    pool = this.origins.get(key);
    pool ??= new OriginPool(this.context, origin, key, this.origins);
    this.known.set(origin, pool);
    return pool;
  }
}

interface PoolContext {
  readonly options: UpstreamPoolOptions;
  readonly limits: UpstreamLimits;
  readonly fault: (error: unknown) => void;
  readonly wheel: TimerWheel;
  readonly parser: ResponseParser;
}

/** The connections to one origin and the calls that wait for one. */
class OriginPool implements UpstreamHost {
  readonly limits: UpstreamLimits;
  readonly wheel: TimerWheel;
  readonly parser: ResponseParser;
  readonly fault: (error: unknown) => void;
  connections = 0;
  /** True once the last connection is gone: another is made for the next call. */
  forgotten = false;
  private readonly key: string;
  private readonly registry: Map<string, OriginPool>;
  private readonly target: ConnectTarget;
  private readonly openTransport: (target: ConnectTarget, receiver: ConnectReceiver) => Transport;
  private readonly idle: UpstreamConnection[] = [];
  private waiting: UpstreamExchange[] = [];
  private waitingFrom = 0;
  private closing = false;

  constructor(context: PoolContext, origin: UpstreamOrigin, key: string, registry: Map<string, OriginPool>) {
    this.key = key;
    this.registry = registry;
    this.limits = context.limits;
    this.wheel = context.wheel;
    this.parser = context.parser;
    this.fault = context.fault;
    const { ca, rejectUnauthorized = true, lookup, connect = connectTransport } = context.options;
    this.openTransport = connect;
    this.target = {
      host: origin.host,
      port: origin.port,
      socketPath: origin.socketPath,
      tls:
        origin.protocol === 'https'
          ? {
              ...{ ca, rejectUnauthorized, serverName: origin.serverName },
              ...{ anyIssuer: origin.anyIssuer === true, clientCertificate: origin.clientCertificate },
            }
          : undefined,
      lookup,
    };
  }

  get idleCount(): number {
    return this.idle.length;
  }

  get queued(): number {
    let count = 0;
    for (let i = this.waitingFrom; i < this.waiting.length; i++) if (this.waiting[i]?.over === false) count++;
    return count;
  }

  /** Sends on the connection used last, a new one, or when one becomes free. */
  take(exchange: UpstreamExchange): void {
    const connection = this.idle.pop();
    if (connection !== undefined) connection.start(exchange);
    else if (this.connections < this.limits.connectionsPerOrigin) this.open(exchange);
    else if (this.waiting.length - this.waitingFrom < this.limits.queuedPerOrigin) {
      exchange.wait();
      this.waiting.push(exchange);
    } else exchange.fail('refused', `${this.limits.queuedPerOrigin} calls already wait for a connection to ${this.target.host}`);
  }

  released(connection: UpstreamConnection): void {
    const next = this.nextWaiting();
    if (next !== undefined) connection.start(next);
    else if (this.closing) connection.destroy();
    else {
      this.idle.push(connection);
      connection.rest();
    }
  }

  gone(connection: UpstreamConnection): void {
    this.connections--;
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
    if (this.connections >= this.limits.connectionsPerOrigin) return;
    const next = this.nextWaiting();
    if (next !== undefined) this.open(next);
    else if (this.connections === 0) {
      this.forgotten = true;
      this.registry.delete(this.key);
    }
  }

  connect(receiver: ConnectReceiver): Transport {
    return this.openTransport(this.target, receiver);
  }

  /** Not on a kept connection: those may have gone the same way. */
  retry(exchange: UpstreamExchange): void {
    this.open(exchange);
  }

  close(): void {
    this.closing = true;
    for (const connection of [...this.idle]) connection.destroy();
  }

  private open(exchange: UpstreamExchange): void {
    if (this.connections++ === 0) {
      this.forgotten = false;
      this.registry.set(this.key, this);
    }
    exchange.wait();
    new UpstreamConnection(this).start(exchange);
  }

  private nextWaiting(): UpstreamExchange | undefined {
    while (this.waitingFrom < this.waiting.length) {
      const next = this.waiting[this.waitingFrom++] as UpstreamExchange;
      if (this.waitingFrom > 64 && this.waitingFrom * 2 > this.waiting.length) {
        this.waiting = this.waiting.slice(this.waitingFrom);
        this.waitingFrom = 0;
      }
      if (!next.over) return next;
    }
    return undefined;
  }
}

/** Visible ASCII only: a space or a line end would shift the request line. */
function isWireTarget(target: string): boolean {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return target.length > 0;
}
