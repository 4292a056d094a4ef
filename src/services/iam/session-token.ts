// Session tokens of temporary credentials: everything there is to know about the session, encrypted. Nothing is stored, so a token
// is as good after a restart, and what ends a session is its time, or the end of the role or user it was made of.

import { gunzipSync, gzipSync } from 'node:zlib';
import type { Scope } from '../../model/scope.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { IamTag } from './iam-documents.ts';

export interface Session {
  readonly kind: 'role' | 'user' | 'account';
  /** Of IAM, as `iamScope` makes it. */
  readonly scope: Scope;
  /** Name and unique id of the role or user; empty for the account. */
  readonly name: string;
  readonly id: string;
  readonly sessionName: string;
  readonly secretAccessKey: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Policies that limit the session, as JSON text. */
  readonly policies: readonly string[];
  readonly tags: readonly IamTag[];
  /** Keys of the tags that go on to sessions made with this one. */
  readonly transitiveTagKeys: readonly string[];
}

/** Longest token that is looked at; ours stay below. */
const TOKEN_LENGTH_MAX = 8192;
/** Bytes of a session as JSON; what claims to be longer is none of ours. */
const SESSION_BYTES_MAX = 65_536;

export function makeSessionToken(secrets: SecretBox, accessKeyId: string, session: Session): string {
  return secrets.seal(gzipSync(JSON.stringify(session)).toString('base64'), accessKeyId);
}

/** The session, or undefined when the token was not made here for this key. */
export function openSessionToken(secrets: SecretBox, accessKeyId: string, token: string): Session | undefined {
  if (token.length > TOKEN_LENGTH_MAX) return undefined;
  const packed = secrets.open(token, accessKeyId);
  if (packed === undefined) return undefined;
  const text = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: SESSION_BYTES_MAX }).toString('utf8');
  return JSON.parse(text) as Session;
}

/** How much of a token's room a session takes, in percent. AWS: PackedPolicySize. */
export function packedSize(token: string): number {
  return Math.ceil((token.length * 100) / TOKEN_LENGTH_MAX);
}
