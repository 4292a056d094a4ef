// The account's concurrency and what functions have kept of it: reserved for a function, or provisioned for a version of it.

/** One function's part. */
export class FunctionConcurrency {
  /** Its own part and its upper bound; undefined lets it share the rest with the others. */
  reserved: number | undefined;
  /** Kept for versions with provisioned concurrency, over all of them. It counts against the reservation when there is one. */
  provisioned = 0;
  /** Invocations at work or waiting beyond what is provisioned. */
  onDemand = 0;
}

export class Concurrency {
  readonly #total: number;
  readonly #functions = new Map<string, FunctionConcurrency>();
  /** Kept from functions that have nothing of their own. */
  #kept = 0;
  /** Invocations of functions without a reservation, beyond what is provisioned. */
  #shared = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** The part of a function, by its unqualified ARN. */
  of(functionArn: string): FunctionConcurrency {
    let part = this.#functions.get(functionArn);
    if (part === undefined) {
      part = new FunctionConcurrency();
      this.#functions.set(functionArn, part);
    }
    return part;
  }

  /** Whether one more invocation has to be refused. */
  isFull(part: FunctionConcurrency): boolean {
    return part.reserved === undefined
      ? this.#shared >= this.#total - this.#kept
      : part.onDemand >= part.reserved - part.provisioned;
  }

  take(part: FunctionConcurrency): void {
    part.onDemand++;
    if (part.reserved === undefined) this.#shared++;
  }

  release(part: FunctionConcurrency): void {
    part.onDemand--;
    if (part.reserved === undefined) this.#shared--;
  }

  /** Sets a function's reservation; invocations at work count to it from now on. */
  reserve(part: FunctionConcurrency, reserved: number | undefined): void {
    this.#change(part, () => {
      part.reserved = reserved;
    });
  }

  /** A version has `more` environments of its own than before, and so many invocations less that share. */
  provision(part: FunctionConcurrency, more: number, fewerOnDemand: number): void {
    this.#change(part, () => {
      part.provisioned += more;
      part.onDemand -= fewerOnDemand;
    });
  }

  #change(part: FunctionConcurrency, change: () => void): void {
    this.#kept -= kept(part);
    if (part.reserved === undefined) this.#shared -= part.onDemand;
    change();
    this.#kept += kept(part);
    if (part.reserved === undefined) this.#shared += part.onDemand;
  }
}

function kept({ reserved, provisioned }: FunctionConcurrency): number {
  return reserved ?? provisioned;
}
