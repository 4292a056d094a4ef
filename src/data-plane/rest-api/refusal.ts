// What the gateway itself answers when it does not serve a request, as values. The defaults are AWS's, byte for byte; an API may
// customise each type (gateway-response.ts).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

import type { BodyFailure } from '../../http1/message.ts';
import type { GatewayResponseType } from '../../model/rest-api-plan.ts';
import type { WebAclAnswer } from '../web-acls.ts';
import type { Caller } from './auth-decision.ts';

/** A stage's decision not to go on. Refusing is ordinary work and the hot path under attack, so it is returned, not thrown. */
export interface Refusal {
  readonly refused: GatewayResponseType;
  /** Why, in one line for the developer; never sent to the client. */
  readonly reason: string;
  /** `$context.error.message`, when it is not the type's own; null for none at all. */
  readonly message?: string | null;
  /** `x-amzn-ErrorType`, when it is not the type's own. */
  readonly errorType?: string;
  /** Status of the built-in answer, when it is not the type's own. */
  readonly status?: number;
  /** Exact bytes of the built-in answer, where AWS writes others than its default template. */
  readonly body?: string;
  /** `$context.error.validationErrorString` */
  readonly validationError?: string;
  /** The web ACL's own answer. AWS: it wins over the gateway response. Seen: WAF developer guide, custom responses. */
  readonly answer?: WebAclAnswer | undefined;
  /** A usage plan refused, not the stage. */
  readonly byUsagePlan?: true;
  /** Who was recognised, and is not let in. */
  readonly caller?: Caller;
  /** AWS's words in the execution log, when they are others than the reason. */
  readonly logged?: string;
}

export function isRefusal(value: unknown): value is Refusal {
  // Not `in`: what is asked about has many shapes, and then a look at a member costs a fraction of that.
  return typeof value === 'object' && value !== null && (value as Partial<Refusal>).refused !== undefined;
}

export interface GatewayResponseDefault {
  readonly status: number;
  readonly errorType: string;
  readonly message: string | null;
}

export const INTERNAL = 'Internal server error';
const TIMED_OUT = 'Endpoint request timed out';
export const NETWORK_ERROR = 'Network error communicating with endpoint';

/**
 * AWS: these sentences come with a space in front of them; all others are compact JSON. Seen: recorded responses (36 bytes); public
 * captures of 504s, one with its Content-Length (56 bytes, network error), several of clients that print the body as it came.
 */
export const spacedMessages: ReadonlySet<string | null> = new Set([INTERNAL, TIMED_OUT, NETWORK_ERROR]);

// Seen: names and messages in responses that LocalStack's tests recorded and in public reports; 413's and the two authorizer types'
// names are from memory of the service.
export const gatewayResponseDefaults: Readonly<Record<GatewayResponseType, GatewayResponseDefault>> = {
  ACCESS_DENIED: {
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
  },
  API_CONFIGURATION_ERROR: { status: 500, errorType: 'InternalServerErrorException', message: INTERNAL },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, errorType: 'AuthorizerConfigurationException', message: null },
  AUTHORIZER_FAILURE: { status: 500, errorType: 'AuthorizerFailureException', message: null },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException', message: 'Invalid request body' },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: 'BadRequestException', message: 'Missing required request parameters' },
  DEFAULT_4XX: { status: 400, errorType: 'BadRequestException', message: 'Bad Request' },
  DEFAULT_5XX: { status: 500, errorType: 'InternalServerErrorException', message: INTERNAL },
  EXPIRED_TOKEN: {
    status: 403,
    errorType: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  },
  INTEGRATION_FAILURE: { status: 504, errorType: 'InternalServerErrorException', message: INTERNAL },
  INTEGRATION_TIMEOUT: { status: 504, errorType: 'InternalServerErrorException', message: TIMED_OUT },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
  INVALID_SIGNATURE: {
    status: 403,
    errorType: 'InvalidSignatureException',
    message: 'The request signature we calculated does not match the signature you provided.',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  QUOTA_EXCEEDED: { status: 429, errorType: 'LimitExceededException', message: 'Limit Exceeded' },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'RequestEntityTooLargeException', message: 'Request Too Long' },
  RESOURCE_NOT_FOUND: { status: 404, errorType: 'NotFoundException', message: 'Not Found' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException', message: 'Too Many Requests' },
  UNAUTHORIZED: { status: 401, errorType: 'UnauthorizedException', message: 'Unauthorized' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorType: 'BadRequestException', message: 'Unsupported Media Type' },
  WAF_FILTERED: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
};

/** Something about the definition or its mapping does not work: a 500. */
export function misconfigured(reason: string): Refusal {
  return { refused: 'API_CONFIGURATION_ERROR', reason };
}

/** A function that failed, or whose answer no client can be sent. AWS: 502. Seen: recorded responses (malformed output). */
export function badProxyOutput(reason: string, logged = MALFORMED_OUTPUT): Refusal {
  return { refused: 'INTEGRATION_FAILURE', reason, status: 502, logged };
}

/** Seen: LocalStack's account of the service. */
export const MALFORMED_OUTPUT = 'Execution failed due to configuration error: Malformed Lambda proxy response';

/** A body that did not arrive whole. */
export function bodyRefusal(failure: BodyFailure): Refusal {
  return failure === 'tooLarge'
    ? { refused: 'REQUEST_TOO_LARGE', reason: 'The request body is larger than 10 MB.' }
    : { refused: 'DEFAULT_4XX', reason: `The request body did not arrive whole (${failure}).` };
}
