// Who may call: the endpoint's rule about credentials, and how each protocol tells a client that its signature failed.

import { AwsError } from './aws-error.ts';
import { type Protocol, SERVICES, type ServiceName } from './services.ts';
import type { SignatureFailure, SignatureFailureKind } from './sigv4.ts';
import type { WireRequest } from './wire-message.ts';

/** What the owner of an access key id is known by. */
export interface AccessKey {
  readonly secretAccessKey: string;
  /** Set for temporary credentials: the request must carry exactly this token. */
  readonly sessionToken?: string;
  /** Milliseconds since the epoch after which a temporary credential is refused. */
  readonly expiresAt?: number;
  /** Twelve digits, when the key belongs to another account than the endpoint's. */
  readonly account?: string;
}

/** A call whose signature is good and whose input is valid: everything that decides whether the signer may make it. */
export interface AuthenticatedCall {
  readonly key: AccessKey;
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly request: WireRequest;
  readonly account: string;
  readonly region: string;
}

/** Whose requests are answered. */
export type Authentication =
  /** Any credential or none; only the scope (service, region) is read. */
  | { readonly mode: 'open' }
  | {
      readonly mode: 'required';
      readonly credentials: (accessKeyId: string, sessionToken: string | undefined) => AccessKey | undefined;
      /** Throws AwsError when the owner of the key may not make the call. Without it, a good signature is enough. */
      readonly authorize?: (call: AuthenticatedCall) => void;
    };

/** The refusal of a call that no policy allows, as the protocol names it. */
export function accessDenied(service: ServiceName, message: string): AwsError {
  // AWS: query services say AccessDenied, the others AccessDeniedException. Seen: their pages of common errors.
  const isQuery = SERVICES[service].protocols.includes('awsQuery');
  return new AwsError(isQuery ? 'AccessDenied' : 'AccessDeniedException', message, {
    status: isQuery || SERVICES[service].protocols.includes('restJson1') ? 403 : 400,
  });
}

// AWS: the names of the failures differ between query services and the others, and so do the statuses.
// Seen: AWS's pages of common errors; the credential failures are the same for all services.
const NAMES: Readonly<Record<SignatureFailureKind, { readonly query: string; readonly other: string }>> = {
  missing: { query: 'MissingAuthenticationToken', other: 'MissingAuthenticationTokenException' },
  incomplete: { query: 'IncompleteSignature', other: 'IncompleteSignatureException' },
  unknownKey: { query: 'InvalidClientTokenId', other: 'UnrecognizedClientException' },
  mismatch: { query: 'SignatureDoesNotMatch', other: 'InvalidSignatureException' },
  expired: { query: 'RequestExpired', other: 'InvalidSignatureException' },
  tokenExpired: { query: 'ExpiredToken', other: 'ExpiredTokenException' },
};

/** The error a client of `protocol` is told. */
export function signatureError({ kind, message }: SignatureFailure, protocol: Protocol): AwsError {
  const names = NAMES[kind];
  if (protocol === 'awsQuery') {
    const said = kind === 'missing' ? 'Request is missing Authentication Token' : message;
    return new AwsError(names.query, said, { status: kind === 'incomplete' || kind === 'expired' ? 400 : 403 });
  }
  return new AwsError(names.other, message, { status: protocol === 'restJson1' ? 403 : 400 });
}
