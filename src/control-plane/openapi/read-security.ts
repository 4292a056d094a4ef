// Security schemes -> authorizers, and the security of an operation -> who guards its route. HTTP APIs have one guard per route.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import type { Input } from '../apigatewayv2/service.ts';
import { present } from '../apigatewayv2/service.ts';
import type { ImportNotes, Wanted } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';

type AuthorizerInput = Wanted<'CreateAuthorizer'>['input'];

/** What the security schemes of a document mean to an HTTP API. */
export interface SecuritySchemes {
  readonly authorizers: ReadonlyMap<string, Wanted<'CreateAuthorizer'>>;
  /** Schemes that mean a signature (x-amazon-apigateway-authtype awsSigv4). */
  readonly signed: ReadonlySet<string>;
  /** Schemes that say nothing to the gateway. */
  readonly unknown: ReadonlySet<string>;
}

export function readSecuritySchemes(root: DocumentNode): SecuritySchemes {
  const authorizers = new Map<string, Wanted<'CreateAuthorizer'>>();
  const signed = new Set<string>();
  const unknown = new Set<string>();
  for (const [name, scheme] of root.member('components')?.member('securitySchemes')?.entries() ?? []) {
    const extension = scheme.member('x-amazon-apigateway-authorizer');
    if (extension !== undefined) authorizers.set(name, { at: extension, input: readAuthorizer(name, scheme, extension) });
    else if (scheme.member('x-amazon-apigateway-authtype')?.text().toLowerCase() === 'awssigv4') signed.add(name);
    else unknown.add(name);
  }
  return { authorizers, signed, unknown };
}

function readAuthorizer(name: string, scheme: DocumentNode, extension: DocumentNode): AuthorizerInput {
  const type = extension.member('type')?.text().toLowerCase();
  const identitySource = readIdentitySource(extension);
  if (type === 'jwt') return jwtAuthorizer(name, scheme, extension, identitySource);
  if (type !== 'request') {
    throw extension.fault(`An authorizer of HTTP APIs has the type jwt or request, and this one has ${type ?? 'none'}.`);
  }
  return present({
    AuthorizerType: 'REQUEST' as const,
    Name: name,
    IdentitySource: identitySource,
    AuthorizerUri: extension.member('authorizerUri')?.text(),
    AuthorizerCredentialsArn: extension.member('authorizerCredentials')?.text(),
    AuthorizerPayloadFormatVersion: payloadFormatVersion(extension),
    AuthorizerResultTtlInSeconds: extension.member('authorizerResultTtlInSeconds')?.number(),
    EnableSimpleResponses: extension.member('enableSimpleResponses')?.boolean(),
    IdentityValidationExpression: extension.member('identityValidationExpression')?.text(),
  });
}

/** AWS: an openIdConnect scheme names its issuer by the discovery document. Seen: developer guide, x-amazon-apigateway-authorizer. */
function jwtAuthorizer(
  name: string,
  scheme: DocumentNode,
  extension: DocumentNode,
  identitySource: string[] | undefined,
): AuthorizerInput {
  const jwt = extension.member('jwtConfiguration');
  const discovery = scheme.member('openIdConnectUrl')?.text();
  return present({
    AuthorizerType: 'JWT' as const,
    Name: name,
    IdentitySource: identitySource ?? ['$request.header.Authorization'],
    JwtConfiguration: present({
      Audience: jwt?.member('audience')?.texts(),
      Issuer: jwt?.member('issuer')?.text() ?? discovery?.replace(/\/\.well-known\/openid-configuration$/, ''),
    }),
  });
}

/** One text with commas, or a list. */
function readIdentitySource(extension: DocumentNode): string[] | undefined {
  const source = extension.member('identitySource');
  if (source === undefined) return undefined;
  const texts = Array.isArray(source.value) ? source.texts() : source.text().split(',');
  const sources = texts.map((text) => text.trim()).filter((text) => text !== '');
  return sources.length === 0 ? undefined : sources;
}

/** A JSON number cannot say 2.0. */
function payloadFormatVersion(extension: DocumentNode): string | undefined {
  const text = extension.member('authorizerPayloadFormatVersion')?.text();
  return text !== undefined && /^\d$/.test(text) ? `${text}.0` : text;
}

export interface RouteSecurity {
  readonly input: Pick<Input<'CreateRoute'>, 'AuthorizationType' | 'AuthorizationScopes'>;
  readonly authorizer: string | undefined;
}

const open: RouteSecurity = { input: {}, authorizer: undefined };

/**
 * Who guards the route of an operation. AWS: security at the root holds for operations that have none of their own. Seen: recorded
 * import of a REST API with a global authorizer (test/parity/openapi.parity.test.ts); for HTTP APIs an analogy.
 */
export function readRouteSecurity(
  root: DocumentNode,
  operation: DocumentNode,
  schemes: SecuritySchemes,
  routeKey: string,
  notes: ImportNotes,
): RouteSecurity {
  const auth = operation.member('x-amazon-apigateway-auth')?.member('type');
  if (auth?.text().toUpperCase() === 'AWS_IAM') return { input: { AuthorizationType: 'AWS_IAM' }, authorizer: undefined };
  const security = operation.member('security') ?? root.member('security');
  const requirements = security?.items() ?? [];
  const required = requirements.filter((requirement) => requirement.names().length > 0);
  const [requirement] = required;
  if (security === undefined || requirement === undefined) return open;
  const [first = '', ...more] = requirement.names();
  // An empty requirement beside others means "or nobody", which no guard can do.
  if (requirements.length > 1 || more.length > 0) {
    throw security.fault(`A route of an HTTP API has one guard, and ${routeKey} asks for several.`);
  }
  if (schemes.signed.has(first)) return { input: { AuthorizationType: 'AWS_IAM' }, authorizer: undefined };
  const authorizer = schemes.authorizers.get(first);
  if (authorizer !== undefined) return guarded(first, authorizer, requirement.member(first)?.texts() ?? []);
  if (!schemes.unknown.has(first)) throw security.fault(`There is no security scheme ${first}.`);
  notes.warn(
    `Security scheme ${first} has no x-amazon-apigateway-authorizer: the gateway lets every request to ${routeKey} through.`,
  );
  return open;
}

function guarded(name: string, authorizer: Wanted<'CreateAuthorizer'>, scopes: readonly string[]): RouteSecurity {
  if (authorizer.input.AuthorizerType !== 'JWT') return { input: { AuthorizationType: 'CUSTOM' }, authorizer: name };
  const input = { AuthorizationType: 'JWT' as const, ...(scopes.length === 0 ? {} : { AuthorizationScopes: [...scopes] }) };
  return { input, authorizer: name };
}
