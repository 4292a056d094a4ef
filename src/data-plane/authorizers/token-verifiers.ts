// The verifiers of JWT authorizers: one for each set of rules, so that a redeploy keeps the keys and tokens that are known. They live
// as long as a pipeline uses them.

import { type FetchDocument, IssuerKeys } from '../../jwt/issuer-keys.ts';
import { JwtVerifier } from '../../jwt/jwt-verifier.ts';
import type { TokenVerifier, TokenVerifierPort } from '../ports.ts';
import { lengthPrefixed } from './authorizer-results.ts';

export class TokenVerifiers implements TokenVerifierPort {
  readonly #fetch: FetchDocument;
  readonly #verifiers = new Held<JwtVerifier>();
  readonly #issuers = new Held<IssuerKeys>();

  constructor(fetch: FetchDocument) {
    this.#fetch = fetch;
  }

  verifier({ issuer, audiences }: { readonly issuer: string; readonly audiences: readonly string[] | 'any' }): TokenVerifier {
    // Without a length in front, so that no list of audiences has the same name.
    const names = audiences === 'any' ? 'any' : audiences.map(lengthPrefixed).join('');
    return this.#verifiers.get(lengthPrefixed(issuer) + names, () => {
      const keys = this.#issuers.get(issuer, () => new IssuerKeys(issuer, this.#fetch));
      return new JwtVerifier(keys, { issuer, audiences });
    });
  }
}

/** Things by name for as long as somebody else holds them. */
class Held<T extends object> {
  readonly #things = new Map<string, WeakRef<T>>();
  /** Names of things that are gone are swept out when there are this many. */
  #sweepAt = 64;

  get(name: string, make: () => T): T {
    const known = this.#things.get(name)?.deref();
    if (known !== undefined) return known;
    const made = make();
    this.#things.set(name, new WeakRef(made));
    if (this.#things.size >= this.#sweepAt) this.#sweep();
    return made;
  }

  #sweep(): void {
    for (const [name, thing] of this.#things) if (thing.deref() === undefined) this.#things.delete(name);
    this.#sweepAt = Math.max(64, this.#things.size * 2);
  }
}
