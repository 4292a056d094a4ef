// GetFunction's download link: short-lived and signed, because whoever has it gets the code.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../store/store.ts';

/** AWS: ten minutes. Seen: GetFunction. */
const LIFETIME_MS = 600_000;
/** Path of the link on the control listener; the query says which code and until when. */
export const CODE_LOCATION_PATH = '/_stagegate/lambda/code';

export class CodeLocations {
  readonly #key = randomBytes(32);
  readonly #store: Store;
  readonly #endpointUrl: () => string | undefined;

  constructor(store: Store, endpointUrl: () => string | undefined) {
    this.#store = store;
    this.#endpointUrl = endpointUrl;
  }

  /** The link of an archive; undefined while nothing listens. */
  link(sha256: string): string | undefined {
    const base = this.#endpointUrl();
    if (base === undefined) return undefined;
    const code = Buffer.from(sha256, 'base64').toString('base64url');
    const expires = Date.now() + LIFETIME_MS;
    return `${base.replace(/\/$/, '')}${CODE_LOCATION_PATH}?code=${code}&expires=${expires}&signature=${this.#sign(code, expires)}`;
  }

  /** The archive behind a link's query; undefined when the link is forged, too old, or its code is gone. */
  async download(query: string): Promise<Uint8Array | undefined> {
    const parameters = new URLSearchParams(query);
    const code = parameters.get('code') ?? '';
    const expires = Number(parameters.get('expires'));
    const given = Buffer.from(parameters.get('signature') ?? '', 'base64url');
    const wanted = Buffer.from(this.#sign(code, expires), 'base64url');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || !(expires > Date.now())) return undefined;
    return this.#store.getBlob(Buffer.from(code, 'base64url').toString('base64'));
  }

  #sign(code: string, expires: number): string {
    return createHmac('sha256', this.#key).update(`${code}\n${expires}`).digest('base64url');
  }
}
