// An AWS operation failed in a way its caller is told about.

/** What an AwsError may carry besides code and message. */
export interface AwsErrorDetails {
  /** Further modelled members of the error shape, e.g. `{ resourceType: 'Api' }` or `{ Type: 'User' }`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Only for errors that no service model knows (framework errors); otherwise the model says. */
  readonly status?: number;
  /** Why, for our own log; never on the wire. */
  readonly cause?: unknown;
}

/** Thrown by operations. `code` is the error shape's name in the service model, e.g. `NotFoundException`. */
export class AwsError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly status: number | undefined;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'AwsError';
    this.code = code;
    this.fields = details.fields ?? {};
    this.status = details.status;
  }
}
