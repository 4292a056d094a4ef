// Verifies the tokens of one JWT authorizer: form, claims, key, signature, in this order, so that a token that cannot be right
// costs neither a look-up at the issuer nor a signature.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

import { type ClaimRules, checkClaims, scopesOf } from './claims.ts';
import { type CompactToken, parseCompactToken, TOKEN_LENGTH_MAX } from './compact-token.ts';
import type { SigningKey } from './signing-key.ts';
import { quoted, type TokenFault, tokenFault } from './token-fault.ts';
import { type VerifiedTokenLimits, VerifiedTokens } from './verified-tokens.ts';

/** What a genuine token says. Shared by all requests that bring the token: not to be changed. */
export interface VerifiedToken {
  /** Every claim as the token has it. An object without prototype. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Everything the token grants, in its order; which of it a route wants is the route's business. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; not true any longer from then on. */
  readonly expiresAt: number;
}

/** The answer about a token. `'fault' in verdict` tells them apart. */
export type JwtVerdict = VerifiedToken | TokenFault;

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** The key of that name, at once when it is known. The fault is the end of a sentence. Never throws, never rejects. */
  find(keyId: string): SigningKey | KeyFault | Promise<SigningKey | KeyFault>;
  /** Asked on every verdict that needs no key: keys must not grow old because every token is known already. Cheap. */
  refreshIfDue(): void;
}

/** Why there is no key. `unavailable`: the issuer could not be asked, so that nobody can say whether the key exists. */
export interface KeyFault {
  readonly unavailable: boolean;
  readonly reason: string;
}

interface Remembered {
  readonly verdict: VerifiedToken;
  readonly key: SigningKey;
}

/** One for each authorizer; lives as long as the authorizer does, so that deployments keep what was learned. */
export class JwtVerifier {
  readonly #source: KeySource;
  readonly #rules: ClaimRules;
  readonly #now: () => number;
  readonly #verified: VerifiedTokens<Remembered>;

  /** `now`: milliseconds since the epoch, wall clock. */
  constructor(source: KeySource, rules: ClaimRules, now: () => number = Date.now, limits?: VerifiedTokenLimits) {
    this.#source = source;
    this.#rules = { issuer: rules.issuer, audiences: rules.audiences === 'any' ? 'any' : [...rules.audiences] };
    this.#now = now;
    this.#verified = new VerifiedTokens(limits);
  }

  /**
   * The verdict about a bare token (no `Bearer `). At once when the token was verified before and when its key is known; a promise
   * only when the issuer must be asked. Never throws, never rejects.
   */
  verify(token: string): JwtVerdict | Promise<JwtVerdict> {
    if (token.length > TOKEN_LENGTH_MAX) {
      return tokenFault('malformed', `it is longer than ${TOKEN_LENGTH_MAX} characters`);
    }
    const known = this.#verified.get(token);
    if (known !== undefined) {
      this.#source.refreshIfDue();
      if (!known.key.withdrawn && this.#now() < known.verdict.expiresAt) return known.verdict;
      this.#verified.delete(token);
    }
    const parsed = parseCompactToken(token);
    if ('fault' in parsed) return parsed;
    const checked = checkClaims(parsed.claims, this.#rules, this.#now());
    if ('fault' in checked) return checked;
    const key = this.#source.find(parsed.keyId);
    if (key instanceof Promise) {
      return key.then((found) => this.#verdict(token, parsed, checked.expiresAt, found));
    }
    return this.#verdict(token, parsed, checked.expiresAt, key);
  }

  #verdict(token: string, parsed: CompactToken, expiresAt: number, key: SigningKey | KeyFault): JwtVerdict {
    if ('reason' in key) return tokenFault(key.unavailable ? 'keysUnavailable' : 'key', key.reason);
    const { algorithm, claims, signed, signature } = parsed;
    if (!key.algorithms.has(algorithm)) {
      const served = [...key.algorithms].join(', ');
      return tokenFault('algorithm', `it is signed with ${quoted(algorithm)}, its key is for ${served}`);
    }
    if (!key.verifies(algorithm, signed, signature)) {
      return tokenFault('signature', `its signature is not of the issuer's key ${quoted(key.keyId)}`);
    }
    // The issuer may have taken its time to answer.
    if (this.#now() >= expiresAt) return tokenFault('expired', 'it ended while its key was looked for');
    const verdict: VerifiedToken = Object.freeze({ claims, scopes: Object.freeze(scopesOf(claims)), expiresAt });
    this.#verified.set(token, { verdict, key });
    return verdict;
  }
}
