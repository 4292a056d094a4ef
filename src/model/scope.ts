// Where a resource lives: AWS keeps every resource per account and per region, and so do we.

/** The account and region a resource belongs to, as they stand in its ARN. */
export interface Scope {
  /** Twelve digits, e.g. `000000000000`. */
  readonly account: string;
  /** e.g. `us-east-1`. */
  readonly region: string;
}
