// The CORS block of an HTTP API: what may stand in it.

import type { CorsConfiguration } from '../../model/http-api.ts';
import { badRequest } from './refusals.ts';
import { type Input, present } from './service.ts';

type SentCors = NonNullable<Input<'CreateApi'>['CorsConfiguration']>;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', '*']);

/** Checked and in the store's spelling; undefined stays undefined. */
export function newCorsConfiguration(sent: SentCors | undefined): CorsConfiguration | undefined {
  if (sent === undefined) return undefined;
  const { AllowCredentials, AllowHeaders, AllowMethods, AllowOrigins, ExposeHeaders, MaxAge } = sent;
  if (AllowCredentials === true && AllowOrigins?.includes('*') === true) {
    // AWS: these words. Seen: aws/aws-cdk#9076.
    throw badRequest(`allow-credentials is not supported if 'allow-origin' is *`);
  }
  for (const origin of AllowOrigins ?? []) {
    if (!isOrigin(origin))
      throw badRequest(`Invalid allow-origin "${origin}": use *, http://*, https://* or scheme://host[:port]`);
  }
  for (const method of AllowMethods ?? []) {
    // AWS: in any case, kept as it was sent. Seen: documents that Terraform's provider imports say `delete`.
    if (!methods.has(method.toUpperCase()))
      throw badRequest(`Invalid allow-method "${method}": use one of ${[...methods].join(', ')}`);
  }
  for (const [name, values] of [
    ['allow-header', AllowHeaders],
    ['expose-header', ExposeHeaders],
  ] as const) {
    for (const value of values ?? [])
      if (!token.test(value)) throw badRequest(`Invalid ${name} "${value}": it is not a header name`);
  }
  if (MaxAge !== undefined && (!Number.isInteger(MaxAge) || MaxAge < -1 || MaxAge > 86_400)) {
    throw badRequest('Invalid max-age: it must be a whole number from -1 to 86400');
  }
  return present({
    allowCredentials: AllowCredentials,
    // AWS: names of headers come back in lower case, methods as they were sent. Seen: go-to-k/cdk-real-drift#257.
    allowHeaders: lowerCase(AllowHeaders),
    allowMethods: AllowMethods,
    allowOrigins: AllowOrigins,
    exposeHeaders: lowerCase(ExposeHeaders),
    maxAge: MaxAge,
  });
}

export function toCorsOutput(cors: CorsConfiguration | undefined): SentCors | undefined {
  if (cors === undefined) return undefined;
  return present({
    // AWS: shown whether or not it was sent. Seen: aws-cli examples, apigatewayv2 update-api.
    AllowCredentials: cors.allowCredentials ?? false,
    AllowHeaders: cors.allowHeaders && [...cors.allowHeaders],
    AllowMethods: cors.allowMethods && [...cors.allowMethods],
    AllowOrigins: cors.allowOrigins && [...cors.allowOrigins],
    ExposeHeaders: cors.exposeHeaders && [...cors.exposeHeaders],
    MaxAge: cors.maxAge,
  });
}

function lowerCase(names: readonly string[] | undefined): string[] | undefined {
  return names?.map((name) => name.toLowerCase());
}

function isOrigin(origin: string): boolean {
  if (origin === '*' || origin === 'http://*' || origin === 'https://*') return true;
  // Schemes of apps (capacitor://localhost, chrome-extension://id) are origins, too.
  return /^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(origin);
}
