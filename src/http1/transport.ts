// What a connection needs from whatever carries its bytes: TCP, a unix socket, TLS, or plain memory in tests.

/** Takes what arrives. The calls come one at a time, never inside a call of the transport's own methods but `destroy`. */
export interface TransportReceiver {
  /** Bytes `start` to `end` of `buffer`. The memory is shared: whatever is kept must be copied before returning. */
  onBytes(buffer: Buffer, start: number, end: number): void;
  /** The peer sends nothing more; it may still read. */
  onEnd(): void;
  /**
   * What was written a moment ago, and `write` answered with true, has to wait: as if it had answered with false. It may come from
   * within `write`, `flush` and the methods that end a connection.
   */
  onCongested?(): void;
  /** What `write` held back has left. */
  onDrain(): void;
  /** The carrier is gone. Called exactly once, and last. `error` is why, when it was not an orderly end. */
  onClosed(error: Error | undefined): void;
}

/** A two-way stream of bytes. After `destroy`, `reset` or onClosed every method does nothing. */
export interface Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  receiver: TransportReceiver;
  /** Bytes that were written and that the carrier has not taken yet. */
  readonly queuedBytes: number;
  /** What was written last has not left, nor has anything of it. */
  readonly holdsAll: boolean;
  /** Text is latin1. Bytes must not be changed afterwards. False: wait for onDrain before writing much more. */
  write(data: string | Buffer): boolean;
  /** What was written while bytes arrived may be held until they have been dealt with: it leaves now. */
  flush(): void;
  /** Gathers the writes until `uncork` into one. */
  cork(): void;
  uncork(): void;
  /** Sends what was written, then tells the peer that nothing follows. */
  end(): void;
  /** Ends both directions now; what was not sent is lost. */
  destroy(): void;
  /** As `destroy`, but the peer sees an error (RST) where the carrier has one, so that it cannot mistake it for an end. */
  reset(): void;
  /** Stops reading; the peer is held back by the carrier's flow control. */
  pause(): void;
  resume(): void;
}
