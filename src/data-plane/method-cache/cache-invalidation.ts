// `Cache-Control: max-age=0` from a client: it asks for a fresh response. Who may do so is a setting of the method, and so is what
// becomes of a client that may not.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html#invalidate-method-caching

import type { RestMethodSetting } from '../../model/rest-api.ts';

export type InvalidationSettings = Pick<
  RestMethodSetting,
  'requireAuthorizationForCacheControl' | 'unauthorizedCacheControlHeaderStrategy'
>;

export type Invalidation =
  /** The client asks for nothing. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refresh' }
  /** The request goes on as if nothing had been asked for; `warning` is the value of a response header `Warning`, if there is one. */
  | { readonly kind: 'ignored'; readonly warning: string | undefined }
  /** 403. */
  | { readonly kind: 'refused' };

/** AWS: this value. From memory of the service. */
const WARNING = '199 Cache-control headers were ignored because the caller was unauthorized.';

const none: Invalidation = { kind: 'none' };
const refresh: Invalidation = { kind: 'refresh' };
const refused: Invalidation = { kind: 'refused' };
const ignoredSilently: Invalidation = { kind: 'ignored', warning: undefined };
const ignored: Invalidation = { kind: 'ignored', warning: WARNING };

/**
 * `cacheControl`: the values of the request's header fields, joined with commas. `mayInvalidate`: whether the caller's policies allow
 * `execute-api:InvalidateCache` on the method; false for a caller without any.
 */
export function invalidationOf(
  cacheControl: string | undefined,
  settings: InvalidationSettings,
  mayInvalidate: () => boolean,
): Invalidation {
  if (cacheControl === undefined || !asksForFreshResponse(cacheControl)) return none;
  if (!settings.requireAuthorizationForCacheControl || mayInvalidate()) return refresh;
  switch (settings.unauthorizedCacheControlHeaderStrategy) {
    case 'FAIL_WITH_403':
      return refused;
    case 'SUCCEED_WITHOUT_RESPONSE_HEADER':
      return ignoredSilently;
    case 'SUCCEED_WITH_RESPONSE_HEADER':
      return ignored;
  }
}

/** AWS: `max-age=0` and nothing else does. Seen: developer guide. */
function asksForFreshResponse(cacheControl: string): boolean {
  return cacheControl.split(',').some((directive) => {
    const [name = '', value = ''] = directive.split('=');
    return name.trim().toLowerCase() === 'max-age' && /^"?0+"?$/.test(value.trim());
  });
}
