// Who guards a route -> the security scheme that says so.

import type { Route } from '../../model/http-api.ts';
import { type Output, present } from '../apigatewayv2/service.ts';

export type ExportedAuthorizer = NonNullable<Output<'GetAuthorizers'>['Items']>[number];

export interface WrittenSecurity {
  readonly name: string;
  /** Undefined when the authorizer is gone since: then the document is refused on import, and nothing is opened. */
  readonly scheme: object | undefined;
  readonly scopes: readonly string[];
}

/** Undefined for a route that no authorizer guards. */
export function writeSecurity(route: Route, authorizers: ReadonlyMap<string, ExportedAuthorizer>): WrittenSecurity | undefined {
  const authorizer = authorizers.get(route.authorizerId ?? '');
  if (route.authorizationType !== 'JWT' && route.authorizationType !== 'CUSTOM') return undefined;
  const scopes = route.authorizationType === 'JWT' ? (route.authorizationScopes ?? []) : [];
  const name = authorizer?.Name ?? `authorizer-${route.authorizerId ?? ''}`;
  return { name, scheme: authorizer && writeScheme(authorizer), scopes };
}

function writeScheme(authorizer: ExportedAuthorizer): object {
  const identitySource = authorizer.IdentitySource?.join(',');
  if (authorizer.AuthorizerType === 'JWT') {
    const { Audience, Issuer } = authorizer.JwtConfiguration ?? {};
    const jwtConfiguration = present({ issuer: Issuer, audience: Audience });
    return { type: 'oauth2', 'x-amazon-apigateway-authorizer': present({ type: 'jwt', identitySource, jwtConfiguration }) };
  }
  const header = /^\$request\.header\.([^,]+)$/.exec(identitySource ?? '')?.[1];
  return {
    type: 'apiKey',
    // AWS: a scheme that no single header stands for is called Unused. Seen: developer guide, x-amazon-apigateway-authorizer.
    name: header ?? 'Unused',
    in: 'header',
    'x-amazon-apigateway-authorizer': present({
      type: 'request',
      identitySource,
      authorizerUri: authorizer.AuthorizerUri,
      authorizerCredentials: authorizer.AuthorizerCredentialsArn,
      authorizerPayloadFormatVersion: authorizer.AuthorizerPayloadFormatVersion,
      authorizerResultTtlInSeconds: authorizer.AuthorizerResultTtlInSeconds,
      enableSimpleResponses: authorizer.EnableSimpleResponses,
    }),
  };
}
