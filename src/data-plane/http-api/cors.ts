// The CORS answers of an HTTP API: preflight requests are answered before a route is looked for, and on every other response the
// gateway's CORS headers replace whatever the backend sent.
// AWS: with corsConfiguration set, backend CORS headers are ignored. Seen: developer guide, "Configuring CORS for HTTP APIs".

import { HeaderBlock } from '../../http1/header-block.ts';
import type { HeaderView } from '../../http1/message.ts';
import type { CorsConfiguration } from '../../model/http-api.ts';

/** AWS answers preflights with 204. From memory of the service, not recorded. */
export const PREFLIGHT_STATUS = 204;

/** Response headers that a backend may not set when the API has CORS configured. */
export const corsHeaderNames: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
]);

/** `corsConfiguration`, with its header lines made once. */
export class CorsPolicy {
  readonly #anyOrigin: boolean;
  readonly #origins: ReadonlySet<string>;
  /** `https://` when `https://*` is allowed, and the same for http. */
  readonly #schemes: readonly string[];
  readonly #preflightLines: string;
  readonly #responseLines: string;

  constructor(configuration: CorsConfiguration) {
    const origins = (configuration.allowOrigins ?? []).map((origin) => origin.toLowerCase());
    // A browser takes no `*` together with credentials, so the origin is named then.
    this.#anyOrigin = origins.includes('*') && configuration.allowCredentials !== true;
    this.#schemes = origins.includes('*')
      ? ['']
      : origins.filter((origin) => /^https?:\/\/\*$/.test(origin)).map((o) => o.slice(0, -1));
    this.#origins = new Set(origins);
    const credentials = configuration.allowCredentials === true ? 'true' : undefined;
    this.#preflightLines = lines([
      ['Access-Control-Allow-Methods', configuration.allowMethods?.join(',').toUpperCase()],
      ['Access-Control-Allow-Headers', configuration.allowHeaders?.join(',')],
      ['Access-Control-Allow-Credentials', credentials],
      ['Access-Control-Max-Age', configuration.maxAge === undefined ? undefined : String(configuration.maxAge)],
    ]);
    this.#responseLines = lines([
      ['Access-Control-Allow-Credentials', credentials],
      ['Access-Control-Expose-Headers', configuration.exposeHeaders?.join(',')],
    ]);
  }

  /** A preflight is OPTIONS with both Origin and Access-Control-Request-Method; any other OPTIONS is an ordinary request. */
  isPreflight(method: string, headers: HeaderView): boolean {
    return (
      method === 'OPTIONS' && headers.get('origin') !== undefined && headers.get('access-control-request-method') !== undefined
    );
  }

  /** Adds the preflight answer; nothing when the origin is not allowed. */
  addToPreflight(block: HeaderBlock, origin: string | undefined): void {
    if (this.#addOrigin(block, origin)) block.addTrusted(this.#preflightLines);
  }

  /** Adds the CORS headers of an ordinary response; nothing when there is no origin or it is not allowed. */
  addToResponse(block: HeaderBlock, origin: string | undefined): void {
    if (this.#addOrigin(block, origin)) block.addTrusted(this.#responseLines);
  }

  #addOrigin(block: HeaderBlock, origin: string | undefined): boolean {
    if (origin === undefined || !this.#allows(origin.toLowerCase())) return false;
    return block.add('Access-Control-Allow-Origin', this.#anyOrigin ? '*' : origin);
  }

  #allows(origin: string): boolean {
    return this.#origins.has(origin) || this.#schemes.some((scheme) => origin.startsWith(scheme));
  }
}

function lines(fields: readonly (readonly [string, string | undefined])[]): string {
  const block = new HeaderBlock();
  for (const [name, value] of fields) {
    if (value !== undefined && value !== '') block.add(name, value);
  }
  return block.text;
}
