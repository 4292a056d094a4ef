// A node:net or node:tls socket as a Transport, whichever side opened it: reads into the buffer that all sockets of the thread share,
// writes past the stream where that is possible.

import type net from 'node:net';
import tls from 'node:tls';
import type { Transport, TransportReceiver } from './transport.ts';

export const READ_BUFFER_BYTES = 65_536;
const owner = Symbol('transport');

interface OwnedSocket extends net.Socket {
  [owner]: SocketTransport;
}

/** What a stream calls to hand its socket what was written; `done` is called at once when the kernel took all of it. */
interface DirectWriter {
  _write?(text: string, encoding: 'latin1', done: (error?: Error | null) => void): void;
}

export const shared: net.OnReadOpts = {
  buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
  callback(this: OwnedSocket, bytes: number, buffer: Uint8Array): boolean {
    this[owner].arrived(buffer as Buffer, bytes);
    return true;
  },
};

// Answers that are made while their request is being read are held until the sockets that have something have been read, and then
// leave together: what belongs to one connection in one write, and a peer on this machine that waits for many is woken once. Measured
// with bench/ and 64 connections: 6.8 instead of 7.3 us of CPU for an echo of a WebSocket API, 5.2 instead of 5.8 us of the kernel's
// for a REST API's MOCK. Few are held, so that none waits for long.
const HELD_TRANSPORTS_MAX = 64;
const HELD_CHARACTERS_MAX = 16_384;
const holding: SocketTransport[] = [];
let willFlush = false;

function flushAtEndOfTurn(): void {
  willFlush = false;
  flushAll();
}

function flushAll(): void {
  for (let i = 0; i < holding.length; i++) (holding[i] as SocketTransport).flush();
  holding.length = 0;
}

export class SocketTransport implements Transport {
  receiver: TransportReceiver = nobody;
  /** Writes past the stream; undefined where that is not possible. */
  private readonly direct: Required<DirectWriter> | undefined;
  private readonly directDone = (error?: Error | null): void => this.onDirectDone(error ?? undefined);
  /** A direct write is under way, and whether its call has not returned yet. */
  private directPending = false;
  private directCalling = false;
  private directBytes = 0;
  private corks = 0;
  /** The stream was given something and may hold it still. */
  private streamUsed = false;
  /** Accepted connections hold what is written while they are read. */
  private readonly holds: boolean;
  private reading = false;
  private held = '';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly socket: net.Socket;
  private failure: Error | undefined = undefined;

  constructor(socket: net.Socket, isAccepted: boolean) {
    this.socket = socket;
    this.holds = isAccepted;
    const writer = socket as unknown as DirectWriter;
    this.direct =
      socket instanceof tls.TLSSocket || typeof writer._write !== 'function' ? undefined : (writer as Required<DirectWriter>);
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    this.localPort = socket.localPort ?? 0;
    (socket as OwnedSocket)[owner] = this;
    // Set once, so that it is not looked up for every write.
    socket.setDefaultEncoding('latin1');
    socket.on('drain', onDrain);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  arrived(buffer: Buffer, bytes: number): void {
    this.reading = this.holds;
    this.receiver.onBytes(buffer, 0, bytes);
    this.reading = false;
  }

  write(data: string | Buffer): boolean {
    if (this.reading && typeof data === 'string' && data.length <= HELD_CHARACTERS_MAX && this.isFree()) {
      this.hold(data);
      return true;
    }
    this.flush();
    return this.send(data);
  }

  private hold(data: string): void {
    if (this.held.length + data.length > HELD_CHARACTERS_MAX) this.flush();
    const isFirst = this.held === '';
    this.held += data;
    if (!isFirst) return;
    if (holding.length === HELD_TRANSPORTS_MAX) flushAll();
    holding.push(this);
    if (willFlush) return;
    willFlush = true;
    setImmediate(flushAtEndOfTurn);
  }

  /** Its receiver was told that the text had left, and hears it when that is not so. */
  flush(): void {
    const { held } = this;
    if (held === '') return;
    this.held = '';
    if (!this.socket.destroyed && !this.send(held)) this.receiver.onCongested?.();
  }

  private send(data: string | Buffer): boolean {
    const { direct } = this;
    if (direct !== undefined && typeof data === 'string' && this.isFree()) return this.writeDirect(direct, data);
    this.streamUsed = true;
    return this.socket.write(data);
  }

  /**
   * Text goes straight to the kernel while nothing is queued, past the stream's bookkeeping and the tick it asks for after every
   * write. Measured with bench/: 17.3 instead of 17.7 us CPU for a proxied GET. What the kernel does not take at once is waited for.
   */
  private writeDirect(direct: Required<DirectWriter>, data: string): boolean {
    this.directPending = true;
    this.directCalling = true;
    direct._write(data, 'latin1', this.directDone);
    this.directCalling = false;
    if (!this.directPending) return true;
    this.directBytes = data.length;
    return false;
  }

  get queuedBytes(): number {
    return this.held.length + this.socket.writableLength + (this.directPending ? this.directBytes : 0);
  }

  /** Nothing is queued, and nothing gathered. */
  private isFree(): boolean {
    if (this.corks > 0) return false;
    if (this.streamUsed && this.socket.writableLength === 0) this.streamUsed = false;
    return !this.streamUsed && !this.directPending;
  }

  private onDirectDone(error: Error | undefined): void {
    this.directPending = false;
    if (error !== undefined) this.socket.destroy(error);
    else if (!this.directCalling && !this.socket.destroyed && !this.socket.writableNeedDrain) this.receiver.onDrain();
  }

  cork(): void {
    this.corks++;
    this.socket.cork();
  }

  uncork(): void {
    this.corks--;
    this.socket.uncork();
  }

  end(): void {
    this.flush();
    this.socket.end();
  }

  destroy(): void {
    this.flush();
    this.socket.destroy();
  }

  reset(): void {
    this.flush();
    // Only TCP sockets can be reset; others are closed.
    if (this.remotePort !== 0 && !(this.socket instanceof tls.TLSSocket)) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  failed(error: Error): void {
    this.failure = error;
  }

  closed(): void {
    this.receiver.onClosed(this.failure);
  }
}

export const nobody: TransportReceiver = {
  onBytes(): void {},
  onEnd(): void {},
  onDrain(): void {},
  onClosed(): void {},
};

// Listeners are plain functions with the socket as `this`: one set serves every connection.

export function onData(this: net.Socket, chunk: Buffer): void {
  (this as OwnedSocket)[owner].arrived(chunk, chunk.length);
}

function onDrain(this: net.Socket): void {
  (this as OwnedSocket)[owner].receiver.onDrain();
}

function onEnd(this: net.Socket): void {
  (this as OwnedSocket)[owner].receiver.onEnd();
}

function onError(this: net.Socket, error: Error): void {
  (this as OwnedSocket)[owner].failed(error);
}

function onClose(this: net.Socket): void {
  (this as OwnedSocket)[owner].closed();
}

/** An IPv4 address that a dual-stack listener shows as IPv6 is shown as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
