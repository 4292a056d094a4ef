// Secrets that are only ever recognised, like API keys in requests, are found by a digest of theirs. The digest is made with a pepper
// that lies outside of the store, so that a copy of the database does not let anybody try out values.

import { hash, hkdfSync } from 'node:crypto';

/** Longer texts are no secret of ours; they are not hashed. */
const TEXT_MAX = 256;

/** SHA-256 of a pepper and the secret. */
export class SecretDigest {
  readonly #pepper: string;

  /** `purpose` keeps the digests of one kind of secret apart from those of another. */
  constructor(masterKey: Buffer, purpose: string) {
    // As many characters whatever the key: where the pepper ends and the secret begins is never in doubt.
    this.#pepper = Buffer.from(hkdfSync('sha256', masterKey, '', `stagegate ${purpose}`, 32)).toString('base64url');
  }

  /**
   * 43 characters, to be looked up in a table. Whoever tries secrets cannot know or steer the digest, so the time that a look-up by
   * it takes tells nothing about how much of a secret was right. Undefined for a text that is too long to be one.
   */
  of(secret: string): string | undefined {
    return secret.length > TEXT_MAX ? undefined : hash('sha256', this.#pepper + secret, 'base64url');
  }
}
