// A control-plane request and its answer, free of any transport.

export interface WireRequest {
  readonly method: string;
  /** Undecoded path, without the query. */
  readonly path: string;
  /** Undecoded query without `?`, or ''. */
  readonly query: string;
  /** [name, value, …] as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}
