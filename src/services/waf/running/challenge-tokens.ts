// Tokens of CAPTCHA and Challenge: a client that has solved one shows it in a cookie. Nothing is kept of them here: a token says itself
// when it was issued, and the proof and a MAC say that it was solved.
// AWS's own tokens are its SDK's business; the name of the cookie and the header is the same. Seen: WAF developer guide, "Tokens".

import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

export type Puzzle = 'CAPTCHA' | 'CHALLENGE';

export const TOKEN_COOKIE = 'aws-waf-token';
/** Zero bits that the hash of a solved challenge begins with: some ten thousand tries, a fraction of a second in a browser. */
export const PROOF_BITS = 14;
const DIGITS = 6;
const MAC_BYTES = 16;
/** A token that says it comes from the future was not issued here. */
const FUTURE_MS = 5_000;
const TOKEN_MAX = 200;

/** What a page is made from: `token` has to be followed by `.` and the solution. */
export interface IssuedPuzzle {
  readonly token: string;
  /** Of a CAPTCHA: the digits to be read. */
  readonly digits: string;
}

export class ChallengeTokens {
  readonly #secret: Buffer;

  /** `secret`: tokens of another secret are worth nothing. */
  constructor(secret: Buffer = randomBytes(32)) {
    this.#secret = secret;
  }

  issue(puzzle: Puzzle, now: number): IssuedPuzzle {
    const digits = puzzle === 'CAPTCHA' ? String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0') : '';
    const head = `${puzzle === 'CAPTCHA' ? 'c' : 'p'}.${now.toString(36)}.${randomBytes(9).toString('base64url')}`;
    return { token: `${head}.${this.#mac(head, digits)}`, digits };
  }

  /** Whether the token says that the puzzle was solved, not longer ago than `immunitySeconds`. */
  isSolved(token: string, puzzle: Puzzle, immunitySeconds: number, now: number): boolean {
    if (token.length > TOKEN_MAX) return false;
    const parts = token.split('.');
    if (parts.length !== 5) return false;
    const [kind = '', issued = '', nonce = '', mac = '', solution = ''] = parts;
    // There is room for one token: who solved a CAPTCHA need not solve a challenge, too.
    const isCaptcha = kind === 'c';
    if (!isCaptcha && (kind !== 'p' || puzzle === 'CAPTCHA')) return false;
    const issuedAt = Number.parseInt(issued, 36);
    if (!(issuedAt <= now + FUTURE_MS && now - issuedAt < immunitySeconds * 1000)) return false;
    const head = `${kind}.${issued}.${nonce}`;
    const expected = this.#mac(head, isCaptcha ? solution : '');
    if (mac.length !== expected.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return false;
    return isCaptcha || isProof(token);
  }

  #mac(head: string, digits: string): string {
    return createHmac('sha256', this.#secret).update(`${head}.${digits}`).digest().subarray(0, MAC_BYTES).toString('base64url');
  }
}

function isProof(token: string): boolean {
  return createHash('sha256').update(token, 'latin1').digest().readUInt32BE(0) >>> (32 - PROOF_BITS) === 0;
}
