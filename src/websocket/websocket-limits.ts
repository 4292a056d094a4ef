// Every size, count and wait of a WebSocket, in one table.

/** Limits of the connections of an endpoint. Sizes in bytes, times in milliseconds. */
export interface WebSocketLimits {
  /** Longest payload of one data frame; more is closed with 1009 before it is read. */
  readonly frameBytes: number;
  /** Longest message, all its frames together; more is closed with 1009. */
  readonly messageBytes: number;
  /** Frames of one message; more is closed with 1008. */
  readonly framesPerMessage: number;
  /** Pings, pongs and the like within a second; more is closed with 1008. */
  readonly controlFramesPerSecond: number;
  /** Binary messages are served; otherwise they are closed with 1003. */
  readonly binary: boolean;
  /** What may wait for one client that reads too slowly; a message that would exceed it ends the connection. */
  readonly queueBytes: number;
  /** What may wait for all clients of the endpoint together. */
  readonly queueBytesInAll: number;
  /** A client that takes nothing of what waits for it is cut off after this. */
  readonly writeStallMs: number;
  /** From the first byte of a message to its last; later is closed with 1008. */
  readonly messageMs: number;
  /** Without a message in either direction the connection is closed with 1001 after this. */
  readonly idleMs: number;
  /** A ping or pong of the client counts as a message for `idleMs`. */
  readonly pingsKeepAlive: boolean;
  /** The connection is closed with 1001 after this, whatever happens on it. */
  readonly lifeMs: number;
  /** How long a client has to answer a Close frame and to close its side. */
  readonly closeMs: number;
}

/**
 * AWS: frames of 32 KB, messages of 128 KB, 10 minutes idle, 2 hours in all. Seen: the WebSocket quotas page. Whether a client's
 * pings keep a connection is not documented; that the page counts messages speaks against it. The other figures are ours.
 */
export const defaultWebSocketLimits: WebSocketLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  framesPerMessage: 1024,
  controlFramesPerSecond: 100,
  binary: true,
  queueBytes: 1024 * 1024,
  queueBytesInAll: 256 * 1024 * 1024,
  writeStallMs: 30_000,
  messageMs: 60_000,
  idleMs: 10 * 60_000,
  pingsKeepAlive: false,
  lifeMs: 2 * 60 * 60_000,
  closeMs: 5000,
};
