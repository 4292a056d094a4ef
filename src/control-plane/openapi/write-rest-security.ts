// What guards the methods of a REST API, as security schemes and the security of operations.

import type { RestAuthorizer, RestMethod } from '../../model/rest-api.ts';
import { present } from '../apigateway/service.ts';
import { EXTENSION } from './read-rest-api.ts';

export class RestSecurityWriter {
  readonly #authorizers: ReadonlyMap<string, RestAuthorizer>;
  readonly #extensions: boolean;
  readonly #schemes = new Map<string, object>();

  constructor(authorizers: readonly RestAuthorizer[], extensions: boolean) {
    this.#authorizers = new Map(authorizers.map((authorizer) => [authorizer.id, authorizer]));
    this.#extensions = extensions;
    // With the extension the authorizers are part of the API, also those that no method uses.
    if (extensions) for (const authorizer of authorizers) this.#schemes.set(authorizer.name, this.#scheme(authorizer));
  }

  /** The security of an operation; undefined when everybody may call it. */
  of({ authorizationType, authorizerId, authorizationScopes, apiKeyRequired }: RestMethod): object[] | undefined {
    const security: object[] = [];
    const authorizer = this.#authorizers.get(authorizerId ?? '');
    if (authorizationType === 'AWS_IAM') {
      this.#schemes.set('sigv4', { ...keyIn('Authorization'), [`${EXTENSION}authtype`]: 'awsSigv4' });
      security.push({ sigv4: [] });
    } else if (authorizer !== undefined) {
      this.#schemes.set(authorizer.name, this.#scheme(authorizer));
      security.push({ [authorizer.name]: authorizationScopes ?? [] });
    }
    if (apiKeyRequired) {
      this.#schemes.set('api_key', keyIn('x-api-key'));
      security.push({ api_key: [] });
    }
    return security.length === 0 ? undefined : security;
  }

  /** To be called after the operations. */
  schemes(): object | undefined {
    return this.#schemes.size === 0 ? undefined : Object.fromEntries(this.#schemes);
  }

  #scheme(authorizer: RestAuthorizer): object {
    const name = /^method\.request\.header\.([^,]+)$/.exec(authorizer.identitySource ?? '')?.[1];
    const scheme = { ...keyIn(name ?? 'Unused'), [`${EXTENSION}authtype`]: authorizer.authType };
    if (!this.#extensions) return present(scheme);
    return present({
      ...scheme,
      [`${EXTENSION}authorizer`]: present({
        type: authorizer.type.toLowerCase(),
        providerARNs: authorizer.providerARNs,
        authorizerUri: authorizer.authorizerUri,
        authorizerCredentials: authorizer.authorizerCredentials,
        identitySource: authorizer.type === 'REQUEST' ? authorizer.identitySource : undefined,
        identityValidationExpression: authorizer.identityValidationExpression,
        authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
      }),
    });
  }
}

function keyIn(name: string): object {
  return { type: 'apiKey', name, in: 'header' };
}
