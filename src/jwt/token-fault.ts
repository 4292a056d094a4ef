// Why a token was refused: a sentence for the developer, and AWS's words for the client.

/** What was wrong, coarsely. */
export type TokenFaultKind =
  | 'segments'
  | 'malformed'
  | 'algorithm'
  | 'key'
  | 'keysUnavailable'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'notYetValid';

/** A refused token. Neither text holds the token or a part of its signature. */
export interface TokenFault {
  /** For the developer: what is wrong, with the values that differ. Not for the client. */
  readonly fault: string;
  /** For the client: `error_description` of AWS's `www-authenticate` header. */
  readonly description: string;
}

// AWS: `www-authenticate: Bearer scope="" error="invalid_token" error_description="…"`. Seen: the texts of `segments`, `audience`
// and `expired` in answers of API Gateway (developer guide, "Troubleshooting issues with HTTP API JWT authorizers", and public
// notes of users); the others are in their style and not seen.
const DESCRIPTIONS: Readonly<Record<TokenFaultKind, string>> = {
  segments: 'token contains an invalid number of segments',
  malformed: 'the token is malformed',
  algorithm: 'the signing method of the token is invalid',
  key: 'the token does not have a valid key id',
  keysUnavailable: 'the keys of the issuer are not available',
  signature: 'signature is invalid',
  issuer: 'the token does not have a valid issuer',
  audience: 'the token does not have a valid audience',
  expired: 'the token has expired',
  notYetValid: 'the token is not valid yet',
};

/** Builds the fault. `reason` goes on after "The token was refused: ". */
export function tokenFault(kind: TokenFaultKind, reason: string): TokenFault {
  return { fault: `The token was refused: ${reason}.`, description: DESCRIPTIONS[kind] };
}

/** Text that a token chose, made harmless for logs and screens. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
