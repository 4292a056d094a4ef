// What the gateway itself answers when it does not serve a request, as values: AWS's bodies, byte for byte.

/** The kinds of answers that an HTTP API makes by itself. */
export type RefusalKind =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'REQUEST_TOO_LARGE'
  | 'THROTTLED'
  | 'HEADERS_TOO_LARGE'
  | 'INTERNAL_ERROR'
  | 'UNAVAILABLE';

/** A stage's decision not to go on. Refusing is ordinary work and the hot path under attack, so it is returned, not thrown. */
export interface Refusal {
  readonly refused: RefusalKind;
  /** Why, in one line for the developer; never sent to the client. */
  readonly reason: string;
  /** The `www-authenticate` header that goes with it. */
  readonly challenge?: string;
}

export function isRefusal(value: object): value is Refusal {
  // Not `in`: what is asked about has many shapes, and then a look at a member costs a fraction of that.
  return (value as Partial<Refusal>).refused !== undefined;
}

// The bodies of 400, 403, 431 and 503 are from memory of the service, the others are documented or recorded.
export const gatewayAnswers = {
  BAD_REQUEST: { status: 400, body: '{"message":"Bad Request"}' },
  UNAUTHORIZED: { status: 401, body: '{"message":"Unauthorized"}' },
  FORBIDDEN: { status: 403, body: '{"message":"Forbidden"}' },
  NOT_FOUND: { status: 404, body: '{"message":"Not Found"}' },
  REQUEST_TOO_LARGE: { status: 413, body: '{"message":"Request Entity Too Large"}' },
  THROTTLED: { status: 429, body: '{"message":"Too Many Requests"}' },
  HEADERS_TOO_LARGE: { status: 431, body: '{"message":"Request Header Fields Too Large"}' },
  INTERNAL_ERROR: { status: 500, body: '{"message":"Internal Server Error"}' },
  UNAVAILABLE: { status: 503, body: '{"message":"Service Unavailable"}' },
} as const satisfies Readonly<Record<RefusalKind, { readonly status: number; readonly body: string }>>;
