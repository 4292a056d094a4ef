// The listening side of the HTTP/1.1 core: accepts connections, keeps them within limits, and winds them down without
// cutting anybody off.

import net from 'node:net';
import { ServerConnection } from './connection.ts';
import type { ConnectionHost } from './connection-host.ts';
import { HeaderBlock } from './header-block.ts';
import { httpDate } from './http-date.ts';
import { defaultLimits, type Http1Limits } from './limits.ts';
import type { CoreAnswer, RequestAddress, ServerRequest } from './message.ts';
import type { ProtocolOwner } from './protocol-switch.ts';
import { RequestParser } from './request-parser.ts';
import { adoptAcceptedSocket, probeReadMode, type ReadMode } from './tcp-transport.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { Transport } from './transport.ts';

/** A request the core answered itself, for the log. */
export interface RefusedRequest {
  readonly status: number;
  readonly reason: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface Http1ServerOptions {
  /** Called for every well-formed request. What it throws is answered with 500 and reported to `onFault`. */
  readonly onRequest: (request: ServerRequest) => void;
  readonly limits?: Partial<Http1Limits>;
  /** Answers say `Connection: keep-alive` when the connection stays open. HTTP/1.1 needs that no more; AWS sends it. */
  readonly announceKeepAlive?: boolean;
  /** Fields and body of the core's own answers (400, 408, 413, 414, 417, 431, 500, 501); plain JSON when left out. 413 has an address. */
  readonly refusal?: (status: number, reason: string, address: RequestAddress | undefined) => CoreAnswer;
  readonly onRefused?: (refused: RefusedRequest) => void;
  /** Hears what `onRequest` or a callback it gave threw; console.error when left out. */
  readonly onFault?: (error: unknown) => void;
  /** How accepted sockets are read; `data` is the slower fallback that needs no internals. What works is used when left out. */
  readonly readMode?: ReadMode;
  /** Shared with other servers and pools of the thread; an own one when left out. */
  readonly wheel?: TimerWheel;
}

/** Where to listen. Port 0 picks a free one. */
export type ListenAddress =
  | { readonly port: number; readonly host?: string; readonly reusePort?: boolean; readonly backlog?: number }
  | { readonly path: string; readonly backlog?: number }
  | { readonly fd: number };

/** A running listener. */
export interface Http1Server {
  /** Listens at one more address. Rejects with the system's error, e.g. EADDRINUSE. */
  listen(address: ListenAddress): Promise<void>;
  /** The port of the first TCP listener, or 0. */
  readonly port: number;
  /** Open connections, those that switched protocols among them. */
  readonly connections: number;
  /** Takes a connection that something else accepted (TLS, memory in tests). */
  accept(transport: Transport): void;
  /** Stops listening and closes every connection now. */
  close(): Promise<void>;
  /**
   * Stops listening; answers what is in flight, and what clients still send, with `Connection: close`; closes connections
   * without a request after `idleMs`, and everything after `graceMs`. Connections that switched protocols are told to wind
   * themselves up at once. Resolves when all are closed.
   */
  drain(graceMs: number, idleMs?: number): Promise<void>;
}

export function createHttp1Server(options: Http1ServerOptions): Http1Server {
  return new Listener(options);
}

const DRAIN_IDLE_MS = 1500;

class Listener implements Http1Server, ConnectionHost {
  readonly limits: Http1Limits;
  readonly wheel: TimerWheel;
  readonly parser: RequestParser;
  readonly announceKeepAlive: boolean;
  draining = false;
  readonly onRequest: (request: ServerRequest) => void;
  private readonly options: Http1ServerOptions;
  private readonly servers: net.Server[] = [];
  private readonly open = new Set<ServerConnection>();
  private readonly owners = new Set<ProtocolOwner>();
  private readonly perAddress = new Map<string, number>();
  private readMode: ReadMode | undefined;
  private whenEmpty: (() => void)[] = [];

  constructor(options: Http1ServerOptions) {
    this.options = options;
    this.readMode = options.readMode;
    this.announceKeepAlive = options.announceKeepAlive === true;
    this.limits = { ...defaultLimits, ...options.limits };
    this.wheel = options.wheel ?? new TimerWheel((error) => this.fault(error));
    this.parser = new RequestParser(this.limits);
    this.onRequest = options.onRequest;
  }

  get port(): number {
    for (const server of this.servers) {
      const address = server.address();
      if (address !== null && typeof address === 'object') return address.port;
    }
    return 0;
  }

  get connections(): number {
    return this.open.size + this.owners.size;
  }

  async listen(address: ListenAddress): Promise<void> {
    this.readMode ??= await probeReadMode();
    const server = net.createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.adopt(socket));
    this.servers.push(server);
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void => {
        this.servers.splice(this.servers.indexOf(server), 1);
        reject(error);
      };
      server.once('error', failed);
      server.listen(address, () => {
        server.off('error', failed);
        // Afterwards only a failed accept (no file descriptors left) arrives here; the listener goes on.
        server.on('error', (error) => this.fault(error));
        resolve();
      });
    });
  }

  accept(transport: Transport): void {
    const { limits } = this;
    const address = transport.remoteAddress;
    const fromAddress = this.perAddress.get(address) ?? 0;
    if (this.connections >= limits.connections || fromAddress >= limits.connectionsPerAddress) {
      transport.destroy();
      return;
    }
    const connection = new ServerConnection(this, transport);
    transport.receiver = connection;
    this.open.add(connection);
    if (address !== '' && limits.connectionsPerAddress !== Number.POSITIVE_INFINITY)
      this.perAddress.set(address, fromAddress + 1);
  }

  async close(): Promise<void> {
    this.draining = true;
    const closed = this.stopListening();
    this.destroyAll();
    await Promise.all([closed, this.empty()]);
  }

  async drain(graceMs: number, idleMs: number = Math.min(DRAIN_IDLE_MS, graceMs / 2)): Promise<void> {
    this.draining = true;
    const closed = this.stopListening();
    for (const owner of this.owners) owner.onServerDrain();
    const idleTimer = setTimeout(() => {
      for (const connection of this.open) if (connection.isIdle) connection.destroy();
    }, idleMs);
    const hardStop = setTimeout(() => this.destroyAll(), graceMs);
    await Promise.all([closed, this.empty()]);
    clearTimeout(idleTimer);
    clearTimeout(hardStop);
  }

  refusal(status: number, reason: string, address: RequestAddress | undefined): CoreAnswer {
    return (this.options.refusal ?? plainRefusal)(status, reason, address);
  }

  refused(status: number, reason: string, transport: Transport): void {
    this.options.onRefused?.({ status, reason, remoteAddress: transport.remoteAddress, remotePort: transport.remotePort });
  }

  fault(error: unknown): void {
    if (this.options.onFault === undefined) console.error(error);
    else this.options.onFault(error);
  }

  gone(connection: ServerConnection): void {
    if (this.open.delete(connection)) this.freePlace(connection.remoteAddress);
  }

  switched(connection: ServerConnection, owner: ProtocolOwner): void {
    this.open.delete(connection);
    this.owners.add(owner);
    if (this.draining) process.nextTick(drainOwner, owner);
  }

  left(owner: ProtocolOwner): void {
    if (this.owners.delete(owner)) this.freePlace(owner.remoteAddress);
  }

  private freePlace(address: string): void {
    const left = (this.perAddress.get(address) ?? 0) - 1;
    if (left > 0) this.perAddress.set(address, left);
    else this.perAddress.delete(address);
    if (this.connections > 0) return;
    for (const tell of this.whenEmpty.splice(0)) tell();
  }

  private destroyAll(): void {
    for (const connection of this.open) connection.destroy();
    for (const owner of this.owners) owner.destroy();
  }

  private adopt(socket: net.Socket): void {
    // The peer may be gone before it was looked at.
    socket.on('error', ignore);
    if (socket.destroyed) return;
    this.accept(adoptAcceptedSocket(socket, this.readMode ?? 'data'));
  }

  private stopListening(): Promise<unknown> {
    return Promise.all(this.servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  private empty(): Promise<void> {
    if (this.connections === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenEmpty.push(resolve));
  }
}

function ignore(): void {}

function drainOwner(owner: ProtocolOwner): void {
  owner.onServerDrain();
}

/** AWS: errors before an API is known are JSON with a `message`. Seen: HTTP API error answers. */
function plainRefusal(status: number, _reason: string): CoreAnswer {
  const headers = new HeaderBlock();
  headers.add('Date', httpDate());
  headers.add('Content-Type', 'application/json');
  return { headers, body: JSON.stringify({ message: messages[status] ?? 'Bad Request' }) };
}

const messages: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
};
