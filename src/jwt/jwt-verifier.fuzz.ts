// Genuine tokens of every algorithm, changed at random: none of them may be accepted. `npm run fuzz` does it by the million.

import { IssuerKeys } from './issuer-keys.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { base64url, makeTestIssuer, makeTestKey } from './testing/test-issuer.ts';

/** What one run found; in the words of the other fuzzers. */
export interface TokenFuzzReport {
  readonly cases: number;
  /** Changed tokens that were accepted: each is a disagreement. */
  readonly accepted: number;
  /** Tokens that came as far as their signature. */
  readonly requests: number;
  readonly disagreements: readonly { readonly case: number; readonly wire: string; readonly what: string }[];
}

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0"{}%';

type Random = (below: number) => number;

const MUTATIONS: readonly ((token: string, random: Random) => string)[] = [
  (token, random) => splice(token, random(token.length), 1, ALPHABET[random(ALPHABET.length)] as string),
  (token, random) => token.slice(0, random(token.length)),
  (token, random) => token.slice(random(token.length)),
  (token, random) => splice(token, random(token.length), 1 + random(8), ''),
  (token, random) => splice(token, random(token.length), 0, ALPHABET[random(ALPHABET.length)] as string),
  (token, random) => splice(token, random(token.length), 0, token.slice(random(20), 20 + random(40))),
  flipBit,
  flipBit,
  swapParts,
  (token) => token.toLowerCase(),
];

/** One issuer for all runs: its keys are dear to make. */
let made: { readonly tokens: readonly string[]; readonly verifier: JwtVerifier } | undefined;

/** Tries `cases` changed tokens. The numbers choose the changes; the keys are new in each process. */
export async function fuzzJwtVerifier(cases: number, seed: number): Promise<TokenFuzzReport> {
  made ??= makeTokens();
  const { tokens, verifier } = made;
  const genuine = new Set(tokens);
  const random = xorshift(seed);
  const disagreements: { case: number; wire: string; what: string }[] = [];
  let requests = 0;
  for (const token of tokens) {
    if ('fault' in (await verifier.verify(token)))
      disagreements.push({ case: -1, wire: token, what: 'a genuine token is refused' });
  }
  for (let tried = 0; tried < cases; ) {
    let token = tokens[random(tokens.length)] as string;
    for (let i = random(4); i >= 0; i--) {
      token = (MUTATIONS[random(MUTATIONS.length)] as (typeof MUTATIONS)[number])(token, random);
    }
    if (genuine.has(token)) continue;
    const verdict = await verifier.verify(token);
    if (!('fault' in verdict)) disagreements.push({ case: tried, wire: token, what: 'a changed token is accepted' });
    else if (verdict.fault.includes('signature')) requests++;
    tried++;
  }
  return { cases, accepted: disagreements.length, requests, disagreements };
}

function makeTokens(): NonNullable<typeof made> {
  const issuer = makeTestIssuer();
  const pss = ['PS256', 'PS384', 'PS512'].map((alg) => ({ alg, key: makeTestKey(alg) }));
  issuer.keys = [issuer.key.jwk, ...pss.map(({ alg, key }) => ({ ...key.jwk, alg }))];
  const claims = { iss: issuer.issuer, aud: 'client', exp: NOW / 1000 + 3600, sub: 'user', scope: 'read write' };
  return {
    tokens: [
      ...['RS256', 'RS384', 'RS512'].map((alg) => issuer.token(claims, { alg })),
      ...pss.map((options) => issuer.token(claims, options)),
    ],
    verifier: new JwtVerifier(
      new IssuerKeys(issuer.issuer, issuer.fetch),
      { issuer: issuer.issuer, audiences: ['client'] },
      () => NOW,
    ),
  };
}

function xorshift(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return below === 0 ? 0 : (state >>> 0) % below;
  };
}

function splice(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** Changes one bit of a decoded part and encodes it again, so that the form stays right. */
function flipBit(token: string, random: Random): string {
  const parts = token.split('.');
  const part = random(3);
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  if (bytes.length > 0) {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  }
  parts[part] = base64url(bytes);
  return parts.join('.');
}

function swapParts(token: string, random: Random): string {
  const parts = token.split('.');
  const [a, b] = [random(3), random(3)];
  [parts[a], parts[b]] = [parts[b] ?? '', parts[a] ?? ''];
  return parts.join('.');
}
