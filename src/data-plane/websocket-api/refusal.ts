// What the gateway itself says when it does not serve an event of a WebSocket API: an HTTP answer while the client asks for a connection,
// a frame afterwards.

/** A stage's decision not to go on. Refusing is ordinary work, so it is returned, not thrown. */
export interface Refusal {
  readonly refused: RefusalKind;
  /** Why, in one line for the developer; never sent to the client. */
  readonly reason: string;
  /** Status of the handshake's answer, when it is not the kind's own. */
  readonly status?: number;
  /** What the client is told, when it is not the kind's own. */
  readonly message?: string;
  /** Words of the execution log, when they are others than the reason, which may show what a function said. */
  readonly logged?: string;
  /** `$context.error.validationErrorString` */
  readonly validationError?: string;
}

export type RefusalKind = keyof typeof refusals;

interface Told {
  /** Of a handshake's answer; of other events in logs. */
  readonly status: number;
  readonly message: string;
  /** AWS's name of it, as gateway responses of REST APIs are named: `$context.error.responseType`. */
  readonly responseType: string;
}

// AWS: statuses of handshakes. Seen: public reports of 401, 403, 429, 500, 502. Messages: frames that users quote ("Internal server
// error", "Forbidden", "Endpoint request timed out"); the others by analogy with REST APIs.
export const refusals = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', responseType: 'UNAUTHORIZED' },
  FORBIDDEN: { status: 403, message: 'Forbidden', responseType: 'ACCESS_DENIED' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden', responseType: 'INVALID_API_KEY' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Bad Request', responseType: 'BAD_REQUEST_PARAMETERS' },
  BAD_REQUEST_BODY: { status: 400, message: 'Bad request body', responseType: 'BAD_REQUEST_BODY' },
  /** AWS: status and message. By analogy with REST APIs. */
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Unsupported Media Type', responseType: 'UNSUPPORTED_MEDIA_TYPE' },
  THROTTLED: { status: 429, message: 'Too Many Requests', responseType: 'THROTTLED' },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded', responseType: 'QUOTA_EXCEEDED' },
  /** Ours: see channels/. */
  CHANNEL_LIMIT: { status: 429, message: 'Limit Exceeded', responseType: 'DEFAULT_4XX' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal server error', responseType: 'AUTHORIZER_FAILURE' },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error', responseType: 'API_CONFIGURATION_ERROR' },
  INTEGRATION_FAILURE: { status: 502, message: 'Internal server error', responseType: 'INTEGRATION_FAILURE' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out', responseType: 'INTEGRATION_TIMEOUT' },
  /** The client went away before there was an answer. The number is nginx's. */
  CLIENT_GONE: { status: 499, message: '', responseType: 'DEFAULT_4XX' },
} as const satisfies Readonly<Record<string, Told>>;

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** Something about the definition or its mapping does not work: a 500. */
export function misconfigured(reason: string): Refusal {
  return { refused: 'API_CONFIGURATION_ERROR', reason };
}

export function statusOf({ refused, status }: Refusal): number {
  return status ?? refusals[refused].status;
}

export function messageOf({ refused, message }: Refusal): string {
  return message ?? refusals[refused].message;
}
