// What a token claims, against what an authorizer wants.

import { quoted, type TokenFault, tokenFault } from './token-fault.ts';

/** What an authorizer accepts. */
export interface ClaimRules {
  /** Compared as it is written, the slash at the end included. */
  readonly issuer: string;
  /** One of them must be the token's `aud` or, when the token has none, its `client_id`; `any` does not ask. */
  readonly audiences: readonly string[] | 'any';
}

/**
 * How far an issuer's clock may be ahead of ours, for `nbf` and `iat`. A token that was issued a moment ago must not be refused for
 * it. `exp` has no leeway: nothing is accepted longer than its issuer said.
 */
const CLOCK_LEEWAY_SECONDS = 60;
/** Later times cannot be counted in milliseconds. */
const SECONDS_MAX = 8.64e12;

/** Says what is wrong with the claims at this time, or when they end (milliseconds since the epoch). */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  rules: ClaimRules,
  nowMs: number,
): { readonly expiresAt: number } | TokenFault {
  const { iss, exp, nbf, iat } = claims;
  if (iss !== rules.issuer) return wrongIssuer(iss, rules.issuer);
  const fault = checkAudience(claims, rules.audiences);
  if (fault !== undefined) return fault;
  if (!isTime(exp)) return tokenFault('expired', 'it does not say in seconds when it ends ("exp")');
  const nowSeconds = nowMs / 1000;
  // AWS: `exp` must be after the current time, `nbf` and `iat` before it. Seen: developer guide, "Validating a JWT".
  if (exp <= nowSeconds) return tokenFault('expired', `it ended at ${timeText(exp)}`);
  for (const [name, time] of [
    ['nbf', nbf],
    ['iat', iat],
  ] as const) {
    if (time === undefined) continue;
    if (!isTime(time)) return tokenFault('notYetValid', `its "${name}" is not a time in seconds`);
    if (time > nowSeconds + CLOCK_LEEWAY_SECONDS) {
      return tokenFault('notYetValid', `its "${name}" is ${timeText(time)}, which is still to come`);
    }
  }
  return { expiresAt: exp * 1000 };
}

/**
 * The scopes a token grants. AWS: `scp` counts before `scope`. Both are text with spaces or a list. Seen: measured answers
 * (a token with both has the scopes of `scp` in `authorizer.jwt.scopes`).
 */
export function scopesOf({ scp, scope }: Readonly<Record<string, unknown>>): readonly string[] {
  const granted = scp ?? scope;
  const list: readonly unknown[] = typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : [];
  return list.filter((name) => typeof name === 'string' && name !== '') as string[];
}

/** AWS: `client_id` is looked at only when there is no `aud`. Seen: developer guide, "Validating a JWT". */
function checkAudience(claims: Readonly<Record<string, unknown>>, audiences: ClaimRules['audiences']): TokenFault | undefined {
  if (audiences === 'any') return undefined;
  const { aud, client_id: clientId } = claims;
  const name = aud === undefined ? 'client_id' : 'aud';
  const given: readonly unknown[] = aud === undefined ? [clientId] : Array.isArray(aud) ? aud : [aud];
  if (given.length === 0 || !given.every((audience) => typeof audience === 'string')) {
    return tokenFault('audience', 'it names nobody that it is for ("aud" or "client_id")');
  }
  if (given.some((audience) => audiences.includes(audience as string))) return undefined;
  const said = quoted((given as readonly string[]).join(', '));
  return tokenFault('audience', `it is for ${said} ("${name}"), the authorizer takes ${quoted(audiences.join(', '))}`);
}

function wrongIssuer(iss: unknown, issuer: string): TokenFault {
  if (typeof iss !== 'string') return tokenFault('issuer', 'it names no issuer ("iss")');
  const hint = iss === `${issuer}/` || issuer === `${iss}/` ? '; they differ in the slash at the end' : '';
  return tokenFault('issuer', `its issuer is ${quoted(iss)}, the authorizer wants ${quoted(issuer)}${hint}`);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= SECONDS_MAX;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
