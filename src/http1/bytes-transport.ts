// A transport without a socket: tests and fuzzers feed bytes in and read what came out, one byte at a time if they like.

import type { Transport, TransportReceiver } from './transport.ts';

/** Both ends of a connection in memory. The owner of the other end calls `feed`, `feedEnd` and reads `sent`. */
export class BytesTransport implements Transport {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 0;
  readonly localPort = 0;
  receiver: TransportReceiver = nobody;
  /** True once the connection sent its end. */
  ended = false;
  /** True once it closed both directions. */
  destroyed = false;
  /** True when it closed by reset. */
  wasReset = false;
  paused = false;
  /** While true, writes are held and answer false, as those of a socket whose peer does not read. */
  congested = false;
  /** What was written while congested. */
  queuedBytes = 0;
  /** One entry per write, in order. */
  readonly writes: string[] = [];
  private readonly incoming: Buffer[] = [];
  private incomingEnd = false;

  /** Everything written so far, as latin1 text. */
  get sent(): string {
    return this.writes.join('');
  }

  /** Bytes arrive from the peer. They are overwritten after delivery, as a shared read buffer is. */
  feed(data: string | Buffer): void {
    this.incoming.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data));
    this.deliver();
  }

  /** The same, byte by byte. */
  feedBytewise(data: string): void {
    for (const char of data) this.feed(char);
  }

  /** The peer sends nothing more. */
  feedEnd(): void {
    this.incomingEnd = true;
    this.deliver();
  }

  /** The connection breaks. */
  feedError(error: Error): void {
    this.close(error);
  }

  /** The peer reads again. */
  drain(): void {
    this.congested = false;
    this.queuedBytes = 0;
    if (!this.destroyed) this.receiver.onDrain();
  }

  write(data: string | Buffer): boolean {
    if (this.destroyed || this.ended) return false;
    this.writes.push(typeof data === 'string' ? data : data.toString('latin1'));
    if (this.congested) this.queuedBytes += data.length;
    return !this.congested;
  }

  readonly holdsAll = false;

  flush(): void {}

  cork(): void {}

  uncork(): void {}

  end(): void {
    if (this.destroyed) return;
    this.ended = true;
    if (this.incomingEnd) this.close(undefined);
  }

  destroy(): void {
    this.close(undefined);
  }

  reset(): void {
    this.wasReset = true;
    this.close(undefined);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    queueMicrotask(() => this.deliver());
  }

  private deliver(): void {
    while (!this.paused && !this.destroyed) {
      const chunk = this.incoming.shift();
      if (chunk === undefined) break;
      // Bytes on both sides belong to somebody else: a parser that reads past its range is caught.
      const memory = Buffer.alloc(chunk.length + 16, 'G');
      chunk.copy(memory, 8);
      this.receiver.onBytes(memory, 8, 8 + chunk.length);
      memory.fill(0x21);
    }
    if (!this.paused && !this.destroyed && this.incoming.length === 0 && this.incomingEnd) {
      this.receiver.onEnd();
      if (this.ended) this.close(undefined);
    }
  }

  private close(error: Error | undefined): void {
    if (this.destroyed) return;
    this.destroyed = true;
    const receiver = this.receiver;
    // As with a socket, the news comes after the call that caused it has returned.
    queueMicrotask(() => receiver.onClosed(error));
  }
}

const nobody: TransportReceiver = {
  onBytes(): void {},
  onEnd(): void {},
  onDrain(): void {},
  onClosed(): void {},
};
