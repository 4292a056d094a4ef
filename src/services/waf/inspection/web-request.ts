// A request as web ACLs look at it. Text is latin1 throughout: one character for each byte that came in.

export interface WebRequest {
  /** The address of the connection's other end. */
  readonly clientIp: string;
  readonly method: string;
  /** As received, not decoded, with the stage: `/prod/pets`. */
  readonly path: string;
  /** As received, without the question mark; '' for none. */
  readonly query: string;
  /** Name and value in turn, in the order and the case they came. */
  readonly headers: readonly string[];
  /** At most as much of the body as the web ACL looks at. */
  readonly body: string;
  /** Bytes of the whole body; more than `body.length` when that is a part of it. */
  readonly bodyLength: number;
}
