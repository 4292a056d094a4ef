// Security schemes as authorizers of a REST API, and what the security of one operation asks for.

import { badRequest } from '../apigateway/refusals.ts';
import { type Input, present } from '../apigateway/service.ts';
import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';
import { EXTENSION } from './read-rest-api.ts';
import type { RestDefinition } from './rest-definition.ts';

interface AuthorizerScheme {
  readonly kind: 'authorizer';
  /** `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS` */
  readonly type: string;
  readonly at: DocumentNode;
  readonly authorizer: DocumentNode;
}

type Scheme =
  | AuthorizerScheme
  | { readonly kind: 'iam' }
  | { readonly kind: 'api-key' }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown' };

export type RestSecuritySchemes = ReadonlyMap<string, Scheme>;

export interface RestMethodSecurity {
  readonly authorizationType: string;
  readonly authorizer: string | undefined;
  readonly authorizationScopes: string[] | undefined;
  readonly apiKeyRequired: boolean;
}

export function readRestSecuritySchemes(root: DocumentNode, notes: ImportNotes): RestSecuritySchemes {
  const schemes = root.member('securityDefinitions') ?? root.member('components')?.member('securitySchemes');
  return new Map((schemes?.entries() ?? []).map(([name, at]) => [name, readScheme(name, at, notes)]));
}

function readScheme(name: string, at: DocumentNode, notes: ImportNotes): Scheme {
  const authorizer = at.member(`${EXTENSION}authorizer`);
  if (authorizer !== undefined) {
    return { kind: 'authorizer', type: authorizer.member('type')?.text().toUpperCase() ?? 'TOKEN', at, authorizer };
  }
  if (at.member(`${EXTENSION}authtype`)?.text().toLowerCase() === 'awssigv4') return { kind: 'iam' };
  const type = at.member('type')?.text();
  if (type !== undefined && type !== 'apiKey') {
    // AWS: these words. Seen: public reports of imports (`'http' for 'basicAuth'`, `'oauth2' for 'oauth'`).
    notes.warn(`Unsupported security definition type '${type}' for '${name}'. Ignoring.`);
    return { kind: 'ignored' };
  }
  const isKey = type === 'apiKey' && at.member('name')?.text().toLowerCase() === 'x-api-key';
  return { kind: isKey ? 'api-key' : 'unknown' };
}

/** AWS: all of them are made, also those that no operation uses. Seen: recorded GetAuthorizers, test_import_swagger_api. */
export function readRestAuthorizers(schemes: RestSecuritySchemes): RestDefinition['authorizers'] {
  return [...schemes].flatMap(([name, scheme]) => {
    if (scheme.kind !== 'authorizer') return [];
    const { at, authorizer, type } = scheme;
    const ttl = authorizer.member('authorizerResultTtlInSeconds')?.number();
    const input = present({
      name,
      type: type as Input<'CreateAuthorizer'>['type'],
      authType: at.member(`${EXTENSION}authtype`)?.text(),
      authorizerUri: authorizer.member('authorizerUri')?.text(),
      authorizerCredentials: authorizer.member('authorizerCredentials')?.text() || undefined,
      identitySource: authorizer.member('identitySource')?.text() || sourceOf(at, type, ttl),
      identityValidationExpression: authorizer.member('identityValidationExpression')?.text() || undefined,
      authorizerResultTtlInSeconds: ttl,
      providerARNs: authorizer.member('providerARNs')?.texts(),
    });
    return [{ at, input }];
  });
}

/** AWS: the header that the scheme names. Seen: recorded GetAuthorizers, test_import_with_cognito_auth_identity_source. */
function sourceOf(at: DocumentNode, type: string, ttl: number | undefined): string | undefined {
  const name = at.member('name')?.text();
  // AWS: `Unused` stands for no parameter. Seen: developer guide, x-amazon-apigateway-authorizer, example of a request authorizer.
  if (name === undefined || (type === 'REQUEST' && (name === 'Unused' || ttl === 0))) return undefined;
  const place = type === 'REQUEST' && at.member('in')?.text() === 'query' ? 'querystring' : 'header';
  return `method.request.${place}.${name}`;
}

/** AWS: the security of the root stands for operations that have none. Seen: recorded GetMethod, test_import_with_global_api_key_authorizer. */
export function readRestSecurity(
  root: DocumentNode,
  operation: DocumentNode,
  schemes: RestSecuritySchemes,
  notes: ImportNotes,
): RestMethodSecurity {
  let asked: Omit<RestMethodSecurity, 'apiKeyRequired'> | undefined;
  let apiKeyRequired = false;
  const requirements = (operation.member('security') ?? root.member('security'))?.items() ?? [];
  for (const [name, scopes] of requirements.flatMap((requirement) => requirement.entries())) {
    const scheme = schemes.get(name);
    if (scheme === undefined) throw scopes.placed(badRequest(`There is no security scheme with the name ${name.slice(0, 200)}`));
    if (scheme.kind === 'ignored') continue;
    if (scheme.kind === 'api-key') apiKeyRequired = true;
    else if (scheme.kind === 'unknown') {
      notes.warn(
        `Security scheme '${name}' of ${operation.pointer} has no ${EXTENSION}authorizer; it guards nothing and was ignored.`,
      );
    } else if (asked !== undefined) {
      notes.warn(`${operation.pointer} asks for more than one authorizer; '${name}' was ignored.`);
    } else if (scheme.kind === 'iam') {
      asked = { authorizationType: 'AWS_IAM', authorizer: undefined, authorizationScopes: undefined };
    } else {
      const isCognito = scheme.type === 'COGNITO_USER_POOLS';
      const texts = scopes.texts();
      asked = {
        authorizationType: isCognito ? 'COGNITO_USER_POOLS' : 'CUSTOM',
        authorizer: name,
        authorizationScopes: isCognito && texts.length > 0 ? texts : undefined,
      };
    }
  }
  const auth = operation.member(`${EXTENSION}auth`)?.member('type')?.text().toUpperCase();
  if (auth === 'NONE' || auth === 'AWS_IAM') {
    asked = { authorizationType: auth, authorizer: undefined, authorizationScopes: undefined };
  }
  return {
    ...(asked ?? { authorizationType: 'NONE', authorizer: undefined, authorizationScopes: undefined }),
    apiKeyRequired,
  };
}
