// A node:net or node:tls socket as a Transport, whichever side opened it: reads into the buffer that all sockets of the thread share,
// writes past the stream where that is possible.

import type net from 'node:net';
import tls from 'node:tls';
import {
  bytesRead,
  canReadDirectly,
  canWriteDirectly,
  type ReadableHandle,
  type WritableHandle,
  writeError,
  writeText,
} from './stream-handle.ts';
import type { Transport, TransportReceiver } from './transport.ts';

export const READ_BUFFER_BYTES = 65_536;
const owner = Symbol('transport');

interface OwnedSocket extends net.Socket {
  [owner]: SocketTransport;
}

type OwnedHandle = ReadableHandle & WritableHandle & { [owner]: SocketTransport };

interface SocketInside {
  /** null once the socket is closing. */
  readonly _handle: OwnedHandle | null;
}

export const shared: net.OnReadOpts = {
  buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
  callback(this: OwnedSocket, bytes: number, buffer: Uint8Array): boolean {
    this[owner].arrived(buffer as Buffer, bytes);
    return true;
  },
};

// What is written while something arrives, wherever it arrives, is held until the sockets that have something have been read, and then
// leaves together: what belongs to one connection in one write, and a peer on this machine that waits for many is woken once. Measured
// with bench/ and 64 connections: 6.8 instead of 7.3 us of CPU for an echo of a WebSocket API, 5.2 instead of 5.8 us of the kernel's
// for a REST API's MOCK, 3 to 5 % less CPU for a proxied request. Few are held, so that none waits for long.
const HELD_TRANSPORTS_MAX = 32;
const HELD_CHARACTERS_MAX = 16_384;
/** Somebody is being told of what has arrived. */
let arriving = false;
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
  /**
   * Where text goes past the stream; null where it cannot. Kept here because sockets come in many shapes, which makes looking it up there
   * slow. Once the socket is closing it takes nothing and says so.
   */
  private handle: OwnedHandle | null = null;
  /** Text that went past the stream and that the kernel has not taken yet, in bytes. */
  private bytesUnderWay = 0;
  private corks = 0;
  /** The stream was given something and may hold it still. */
  private streamUsed = false;
  /**
   * What cannot be written any more is dropped, and what the peer wrote before it went is still read, to its end. Without it a write that
   * fails closes the transport at once.
   */
  readsOn = false;
  private cannotWrite = false;
  private readonly isAccepted: boolean;
  private held = '';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly socket: net.Socket;
  private failure: Error | undefined = undefined;

  constructor(socket: net.Socket, isAccepted: boolean) {
    this.socket = socket;
    this.isAccepted = isAccepted;
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

  /**
   * From here on bytes can flow: what is read comes past the socket's stream when it comes into the buffer that all share, and text
   * goes past it. Measured with bench/, same rounds: a proxied GET 14.9 instead of 15.5 us of CPU, a WebSocket echo 1.27 instead of 1.23
   * of `ws`.
   */
  opened(readsShared: boolean): void {
    const handle = (this.socket as unknown as SocketInside)._handle;
    if (handle === null || this.socket instanceof tls.TLSSocket) return;
    if (canWriteDirectly(handle)) this.handle = handle;
    if (!readsShared || !canReadDirectly) return;
    handle[owner] = this;
    streamOnRead ??= handle.onread;
    handle.onread = onRead;
  }

  arrived(buffer: Buffer, bytes: number): void {
    arriving = true;
    this.receiver.onBytes(buffer, 0, bytes);
    arriving = false;
  }

  write(data: string | Buffer): boolean {
    if (arriving && typeof data === 'string' && data.length <= HELD_CHARACTERS_MAX && this.isFree()) {
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
    if (!this.send(held)) this.receiver.onCongested?.();
  }

  private send(data: string | Buffer): boolean {
    if (this.cannotWrite) return true;
    const { handle } = this;
    if (handle !== null && typeof data === 'string' && this.isFree()) return this.sendDirectly(handle, data);
    if (this.socket.destroyed) return true;
    this.streamUsed = true;
    return this.socket.write(data);
  }

  /**
   * Text goes straight to the kernel while nothing is queued, past the stream's bookkeeping, its request objects and the tick it asks
   * for after every write. What the kernel does not take at once is waited for.
   */
  private sendDirectly(handle: OwnedHandle, text: string): boolean {
    const rest = writeText(handle, text);
    if (rest === undefined) return true;
    if (rest instanceof Error) {
      this.writeFailed(rest);
      return true;
    }
    this.bytesUnderWay = text.length;
    rest.oncomplete = (status) => this.onTaken(status);
    return false;
  }

  private onTaken(status: number): void {
    this.bytesUnderWay = 0;
    if (this.socket.destroyed) return;
    if (status < 0) this.writeFailed(writeError(status));
    else if (!this.socket.writableNeedDrain) this.receiver.onDrain();
  }

  /** Lets `readsOn` be so where it can: node:net's own writes destroy a socket when they fail. */
  readOn(): void {
    this.readsOn = this.handle !== null;
  }

  private writeFailed(error: Error): void {
    if (this.readsOn) this.cannotWrite = true;
    else this.socket.destroy(error);
  }

  get holdsAll(): boolean {
    return this.held !== '';
  }

  get queuedBytes(): number {
    return this.held.length + this.socket.writableLength + this.bytesUnderWay;
  }

  /** Nothing is queued, and nothing gathered. */
  private isFree(): boolean {
    if (this.corks > 0) return false;
    if (this.streamUsed && this.socket.writableLength === 0) this.streamUsed = false;
    return !this.streamUsed && this.bytesUnderWay === 0;
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

  /** Before an end at once: the answers of an accepted connection leave, and a request that has not left is not made any more. */
  private settleHeld(): void {
    if (this.isAccepted) this.flush();
    else this.held = '';
  }

  destroy(): void {
    this.settleHeld();
    this.socket.destroy();
  }

  reset(): void {
    this.settleHeld();
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
    this.handle = null;
    this.receiver.onClosed(this.failure);
  }
}

export const nobody: TransportReceiver = {
  onBytes(): void {},
  onEnd(): void {},
  onDrain(): void {},
  onClosed(): void {},
};

/** What node:net reads with: one function for all handles. */
let streamOnRead: ReadableHandle['onread'] | undefined;

function onRead(this: ReadableHandle, arrayBuffer: unknown): unknown {
  const bytes = bytesRead();
  // The end and errors are the stream's.
  if (bytes <= 0) return streamOnRead?.call(this, arrayBuffer);
  (this as OwnedHandle)[owner].arrived(shared.buffer as Buffer, bytes);
  return undefined;
}

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
