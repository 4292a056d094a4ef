// A control-plane request and its answer, free of any transport.

/** A request as it came. */
export interface WireRequest {
  readonly method: string;
  /** Undecoded path, without the query. */
  readonly path: string;
  /** Undecoded query without `?`, or ''. */
  readonly query: string;
  /** [name, value, …] as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The address the request came from, for policies that ask. */
  readonly remoteAddress?: string;
}

/** An answer as it goes; the transport adds Content-Length and Date. */
export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** A body that comes in pieces, instead of `body`; whoever stops reading it early ends it. */
  readonly stream?: AsyncIterable<Buffer>;
}
