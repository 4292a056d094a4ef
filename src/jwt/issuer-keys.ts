// The keys of an OpenID Connect issuer: found through its discovery document, kept, renewed before they grow old, and fetched anew
// when a token names a key that is not known yet.
//
// AWS keeps keys for two hours and advises to publish the old and the new key together for that long when keys are rotated. Here
// keys are renewed after one hour, in the background; while the issuer cannot be reached the old ones go on for one hour more, two
// hours in all. An unknown key id asks the issuer at most once in 30 seconds, whoever sends it, so that made-up key ids neither
// hammer the issuer nor make requests wait; a rotated key is known after 30 seconds at the latest.

import type { KeyFault, KeySource } from './jwt-verifier.ts';
import { importSigningKeys, type SigningKey } from './signing-key.ts';
import { parseStrictJson } from './strict-json.ts';
import { quoted } from './token-fault.ts';

/** AWS: both documents must come within 1,500 ms, and a key set has at most 150,000 bytes. Seen: quotas of HTTP APIs. */
export const DOCUMENT_LIMITS: DocumentLimits = { timeoutMs: 1500, maxBytes: 150_000 };

const RENEW_AFTER_MS = 60 * 60_000;
const KEEP_AT_MOST_MS = 120 * 60_000;
const ASK_AGAIN_AFTER_MS = 30_000;
/** After a failure the next try is allowed sooner and then ever later, up to ASK_AGAIN_AFTER_MS. */
const FIRST_RETRY_AFTER_MS = 1000;
const DEPTH_MAX = 20;

export interface DocumentLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** What came back, whatever its status. */
export interface FetchedDocument {
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * Fetches a document with GET. Rejects when it cannot be had within the limits. Must not follow redirects and must refuse addresses
 * that nothing may reach.
 */
export type FetchDocument = (url: URL, limits: DocumentLimits) => Promise<FetchedDocument>;

/** One for each issuer; authorizers of one issuer may share it. */
export class IssuerKeys implements KeySource {
  readonly #issuer: string;
  readonly #fetch: FetchDocument;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, SigningKey> = new Map();
  #loadedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #lastFailure = 'the keys of the issuer were not fetched yet';
  #underWay: Promise<void> | undefined;

  /** `now`: milliseconds of a clock that is never set back (performance.now). */
  constructor(issuer: string, fetch: FetchDocument, now: () => number = () => performance.now()) {
    this.#issuer = issuer;
    this.#fetch = fetch;
    this.#now = now;
  }

  find(keyId: string): SigningKey | KeyFault | Promise<SigningKey | KeyFault> {
    this.refreshIfDue();
    const known = this.#known(keyId);
    if (known !== undefined) return known;
    if (this.#underWay === undefined && !this.#mayAsk()) return this.#missing(keyId);
    return this.#refresh().then(() => this.#known(keyId) ?? this.#missing(keyId));
  }

  refreshIfDue(): void {
    const now = this.#now();
    if (now - this.#loadedAt < RENEW_AFTER_MS || this.#underWay !== undefined) return;
    // Too old even for an outage: what was verified with these keys must not go on either.
    if (now - this.#loadedAt >= KEEP_AT_MOST_MS && this.#keys.size > 0) this.#replace(new Map());
    if (this.#loadedAt !== Number.NEGATIVE_INFINITY && this.#mayAsk()) void this.#refresh();
  }

  #known(keyId: string): SigningKey | undefined {
    return this.#now() - this.#loadedAt < KEEP_AT_MOST_MS ? this.#keys.get(keyId) : undefined;
  }

  #missing(keyId: string): KeyFault {
    if (this.#now() - this.#loadedAt >= KEEP_AT_MOST_MS) return { unavailable: true, reason: this.#lastFailure };
    return { unavailable: false, reason: `the issuer ${quoted(this.#issuer)} has no key ${quoted(keyId)} that can be used` };
  }

  #mayAsk(): boolean {
    const wait =
      this.#failures === 0 ? ASK_AGAIN_AFTER_MS : Math.min(ASK_AGAIN_AFTER_MS, FIRST_RETRY_AFTER_MS * 2 ** (this.#failures - 1));
    return this.#now() - this.#askedAt >= wait;
  }

  /** One at a time; whoever needs it waits for the one that is under way. Never rejects. */
  #refresh(): Promise<void> {
    this.#underWay ??= this.#load().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #load(): Promise<void> {
    this.#askedAt = this.#now();
    try {
      const keys = await fetchKeys(this.#issuer, this.#fetch, this.#keys);
      this.#replace(keys);
      this.#loadedAt = this.#now();
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      this.#lastFailure = `the keys of the issuer ${quoted(this.#issuer)} could not be fetched: ${(error as Error).message}`;
    }
  }

  #replace(keys: ReadonlyMap<string, SigningKey>): void {
    for (const [keyId, key] of this.#keys) if (keys.get(keyId) !== key) key.withdrawn = true;
    this.#keys = keys;
  }
}

/** Discovery, then the key set. Throws an Error whose message says what is wrong, without the documents' text. */
async function fetchKeys(
  issuer: string,
  fetch: FetchDocument,
  known: ReadonlyMap<string, SigningKey>,
): Promise<Map<string, SigningKey>> {
  const discoveryUrl = documentUrl(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const discovery = await fetchObject(discoveryUrl, fetch);
  const { issuer: named, jwks_uri: location } = discovery;
  // OpenID Connect Discovery 4.3: the issuer named must be the one asked.
  if (typeof named === 'string' && named.replace(/\/$/, '') !== issuer.replace(/\/$/, '')) {
    throw new Error(`${discoveryUrl.href} is of another issuer, ${quoted(named)}`);
  }
  if (typeof location !== 'string' || location.length > 2048) throw new Error(`${discoveryUrl.href} has no jwks_uri`);
  const keysUrl = documentUrl(location);
  // A stranger's document must not send us into this machine.
  if (isLoopback(keysUrl) && !isLoopback(discoveryUrl)) throw new Error(`the jwks_uri ${quoted(location)} is this machine`);
  const keys = importSigningKeys(await fetchObject(keysUrl, fetch), known);
  if (keys.size === 0) throw new Error(`${keysUrl.href} has no RSA key that can be used`);
  return keys;
}

async function fetchObject(url: URL, fetch: FetchDocument): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await fetch(url, DOCUMENT_LIMITS);
  if (status !== 200) throw new Error(`${url.href} answered ${status}`);
  if (body.length > DOCUMENT_LIMITS.maxBytes) throw new Error(`${url.href} is longer than ${DOCUMENT_LIMITS.maxBytes} bytes`);
  const read = parseStrictJson(body, DEPTH_MAX);
  if (read.object === undefined) throw new Error(`${url.href} ${read.fault}`);
  return read.object;
}

/** https, or http on this machine for development; no user name. */
function documentUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new Error(`${quoted(text)} is no URL`);
  if (url.username !== '' || url.password !== '') throw new Error('a URL with a user name is not used');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new Error(`${quoted(text)} is not https (http is taken only on this machine)`);
  }
  url.hash = '';
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]'
  );
}
