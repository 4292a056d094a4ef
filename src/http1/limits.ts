// Every size and every wait of an accepted connection, in one table.

/** Limits of a listener. Sizes in bytes, times in milliseconds. */
export interface Http1Limits {
  /** Longest request line (more is 414) and longest field line (more is 431). */
  readonly lineBytes: number;
  /** Request line and fields together; more is 431. */
  readonly headBytes: number;
  /** Number of fields; more is 431. */
  readonly fieldCount: number;
  /** Longest request body; more is 413, refused before it is read when the length is declared. */
  readonly bodyBytes: number;
  /** Trailer section of a chunked request body; more is malformed. */
  readonly trailerBytes: number;
  /** Bytes of further requests held while one is answered, before the client is held back. */
  readonly pipelinedBytes: number;
  /** The connection is closed after this many requests. */
  readonly requestsPerConnection: number;
  /** Connections at a time; further ones are closed at once. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** From the first byte (or the connection) to the end of a head. */
  readonly headMs: number;
  /** Longest silence in the middle of a request body. */
  readonly bodyIdleMs: number;
  /** Least average rate of a request body once `bodyGraceMs` have passed. */
  readonly bodyBytesPerSecond: number;
  readonly bodyGraceMs: number;
  /** A connection without a request is closed after this. */
  readonly idleMs: number;
  /** A client that takes nothing of what waits for it is cut off after this. */
  readonly writeStallMs: number;
  /** How long a connection is kept for the client to read the answer that refused it. */
  readonly lingerMs: number;
}

/** AWS: the request line and the header fields together have 10,240 bytes, a payload 10 MB. Seen: the HTTP API quotas page. */
export const defaultLimits: Http1Limits = {
  lineBytes: 10_240,
  headBytes: 10_240,
  fieldCount: 200,
  bodyBytes: 10 * 1024 * 1024,
  trailerBytes: 4096,
  pipelinedBytes: 65_536,
  requestsPerConnection: 10_000,
  connections: 16_000,
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  headMs: 10_000,
  bodyIdleMs: 10_000,
  bodyBytesPerSecond: 500,
  bodyGraceMs: 5000,
  idleMs: 65_000,
  writeStallMs: 30_000,
  lingerMs: 2000,
};

/** Limits of a pool of upstream connections. Sizes in bytes, times in milliseconds. */
export interface UpstreamLimits {
  readonly connectionsPerOrigin: number;
  /** Calls that may wait for a connection; further ones fail with `refused`. */
  readonly queuedPerOrigin: number;
  readonly connectMs: number;
  /** An unused connection is closed after this. */
  readonly idleMs: number;
  readonly lineBytes: number;
  readonly headBytes: number;
  readonly fieldCount: number;
  /** Longest response body, unless the call says otherwise. */
  readonly responseBytes: number;
  /** Interim (1xx) responses to one request. */
  readonly interimResponses: number;
}

/** `idleMs` is shorter than the keep-alive time of common servers, so that a connection is rarely closed as it is reused. */
export const defaultUpstreamLimits: UpstreamLimits = {
  connectionsPerOrigin: 512,
  queuedPerOrigin: 4096,
  connectMs: 5000,
  idleMs: 4000,
  lineBytes: 8192,
  headBytes: 16_384,
  fieldCount: 200,
  responseBytes: Number.POSITIVE_INFINITY,
  interimResponses: 8,
};
