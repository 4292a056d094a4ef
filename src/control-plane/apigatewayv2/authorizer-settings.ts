// What CreateAuthorizer and UpdateAuthorizer may ask for.

import type { Authorizer, JwtAuthorizer, LambdaAuthorizer } from '../../model/http-api.ts';
import { isCallerCredentials } from '../../model/integration-credentials.ts';
import { isContextNameBeforeAuthorizers } from '../../parameter-mapping/context-names.ts';
import { checkCredentials } from '../apigateway/integration-rules.ts';
import { checkedAuthorizerUri } from './integration-uri.ts';
import { assertLength, isEmpty, updatedText } from './member-rules.ts';
import { badRequest } from './refusals.ts';
import { type Input, present, type Quotas } from './service.ts';

type Sent = Input<'CreateAuthorizer'> | Input<'UpdateAuthorizer'>;

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
export function toAuthorizer(input: Sent, former: Authorizer | undefined, quotas: Quotas): Authorizer {
  const type = input.AuthorizerType ?? former?.authorizerType;
  if (former !== undefined && type !== former.authorizerType) {
    throw badRequest(`The type of an authorizer cannot be changed from ${former.authorizerType} to ${type}.`);
  }
  const name = input.Name ?? former?.name;
  assertLength('Name', name ?? '', 1, 128);
  // AWS: has no effect on HTTP APIs, "does not apply to the REQUEST authorizer". Seen: API reference.
  if (!isEmpty(input.IdentityValidationExpression)) {
    throw badRequest('IdentityValidationExpression is not supported on protocolType HTTP');
  }
  const shared = { authorizerId: former?.authorizerId ?? '', name: name as string };
  if (type === 'REQUEST') return { ...shared, ...toLambdaAuthorizer(input, former as LambdaAuthorizer | undefined) };
  if (type === 'JWT') return { ...shared, ...toJwtAuthorizer(input, former as JwtAuthorizer | undefined, quotas) };
  throw badRequest('Invalid AuthorizerType: it must be REQUEST or JWT');
}

/** Ours: AWS names no number. Each of them is read for each request. */
export const IDENTITY_SOURCES_MAX = 50;

type Shared = 'authorizerId' | 'name';

function toLambdaAuthorizer(input: Sent, former: LambdaAuthorizer | undefined): Omit<LambdaAuthorizer, Shared> {
  if (!isEmpty(input.JwtConfiguration)) throw badRequest('JwtConfiguration is only supported for JWT authorizers');
  const version = input.AuthorizerPayloadFormatVersion || former?.authorizerPayloadFormatVersion;
  // AWS: these words. Seen: terraform-provider-aws#15181.
  if (version === undefined) throw badRequest('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
  if (version !== '1.0' && version !== '2.0') throw badRequest('Invalid AuthorizerPayloadFormatVersion: it must be 1.0 or 2.0');
  const simple = input.EnableSimpleResponses ?? former?.enableSimpleResponses;
  if (simple === true && version === '1.0') {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-simple-responses-payload-version.
    throw badRequest('EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".');
  }
  const ttl = input.AuthorizerResultTtlInSeconds ?? former?.authorizerResultTtlInSeconds;
  if (ttl !== undefined && (!Number.isInteger(ttl) || ttl < 0 || ttl > 3600)) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-authorizer-ttl-range.
    throw badRequest('Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.');
  }
  const identitySource = input.IdentitySource ?? former?.identitySource ?? [];
  if (identitySource.length > IDENTITY_SOURCES_MAX)
    throw badRequest(`At most ${IDENTITY_SOURCES_MAX} identity sources are taken.`);
  for (const source of identitySource) assertIdentitySource(source, false);
  // AWS: results are kept by their identity sources, and these words. Seen: developer guide, "Caching authorizer responses";
  // cdk-preflight's deployed cases, pf-apigwv2-authorizer-ttl-identity-source.
  if (ttl !== undefined && ttl > 0 && identitySource.length === 0) {
    throw badRequest('Identity source must be set if authorizer caching is enabled (TTL is greater than 0)');
  }
  return present({
    authorizerType: 'REQUEST' as const,
    authorizerPayloadFormatVersion: version,
    authorizerResultTtlInSeconds: ttl,
    authorizerUri: checkedAuthorizerUri(input.AuthorizerUri ?? former?.authorizerUri),
    authorizerCredentialsArn: checkedAuthorizerRole(
      updatedText(input.AuthorizerCredentialsArn, former?.authorizerCredentialsArn),
    ),
    enableSimpleResponses: simple,
    identitySource: [...identitySource],
  });
}

/** AWS: a role, and no caller's credentials: the caller is not known yet. Seen: API reference, CreateAuthorizer. */
export function checkedAuthorizerRole(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  checkCredentials(arn);
  // The words are those of REST APIs for other ARNs.
  if (isCallerCredentials(arn)) throw badRequest('Invalid ARN specified in the request');
  return arn;
}

function toJwtAuthorizer(input: Sent, former: JwtAuthorizer | undefined, quotas: Quotas): Omit<JwtAuthorizer, Shared> {
  const { AuthorizerPayloadFormatVersion, AuthorizerResultTtlInSeconds, AuthorizerUri, EnableSimpleResponses } = input;
  const { AuthorizerCredentialsArn } = input;
  const lambdaOnly = {
    AuthorizerCredentialsArn,
    AuthorizerPayloadFormatVersion,
    AuthorizerResultTtlInSeconds,
    AuthorizerUri,
    EnableSimpleResponses,
  };
  for (const [member, value] of Object.entries(lambdaOnly)) {
    if (!isEmpty(value) && value !== 0) throw badRequest(`${member} is only supported for REQUEST authorizers`);
  }
  const identitySource = input.IdentitySource ?? former?.identitySource ?? [];
  if (identitySource.length !== 1) throw badRequest('A JWT authorizer needs exactly one IdentitySource');
  for (const source of identitySource) assertIdentitySource(source, true);
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-jwt-authorizer-config and pf-apigwv2-jwt-audience-required.
  if ((input.JwtConfiguration ?? former) === undefined) throw badRequest('JwtConfiguration must not be null for JWT Authorizer');
  const audience = input.JwtConfiguration?.Audience ?? former?.jwtConfiguration.audience ?? [];
  if (audience.length === 0) throw badRequest('Audience list must have at least 1 item for JWT Authorizer');
  if (audience.length > quotas.audiencesPerAuthorizer) {
    throw badRequest(`A JWT authorizer can have at most ${quotas.audiencesPerAuthorizer} audiences.`);
  }
  for (const each of audience) assertLength('Audience', each, 1, 512);
  const issuer = input.JwtConfiguration?.Issuer ?? former?.jwtConfiguration.issuer;
  return {
    authorizerType: 'JWT',
    identitySource: [...identitySource],
    jwtConfiguration: { audience: [...audience], issuer: checkedIssuer(issuer) },
  };
}

/**
 * Kept as it was sent: a slash at the end makes another issuer. http is for issuers on this machine only. AWS asks the issuer for its
 * discovery document here and refuses one that does not answer; this gateway asks with the first token, so that it works offline.
 */
function checkedIssuer(issuer: string | undefined): string {
  const url = issuer !== undefined && issuer.length <= 2048 && URL.canParse(issuer) ? new URL(issuer) : undefined;
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-jwt-issuer-https.
  if (url === undefined || !isSecureOrHere(url)) {
    throw badRequest('Invalid issuer: Issuer is not a valid URL for JWT Authorizer');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    // AWS: these words, behind another sentence. Seen: cognito-kakao-example#1.
    throw badRequest(
      `Invalid issuer: ${issuer}. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'`,
    );
  }
  return issuer as string;
}

function isSecureOrHere({ protocol, hostname }: URL): boolean {
  const isHere = /^(?:.+\.)?localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$/.test(hostname);
  return hostname !== '' && (protocol === 'https:' || (protocol === 'http:' && isHere));
}

const requestSource = /^\$request\.(header|querystring)\.[\x21-\x7e]+$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * AWS: any supported variable of `$context`. Seen: developer guide, "Identity sources" of Lambda authorizers. One that has no value before
 * an authorizer is asked never has one, so that nobody gets in. `$request.header.X`, `$request.querystring.X`, `$context.X`, `$stageVariables.X`.
 * Seen: API reference, IdentitySource.
 */
function assertIdentitySource(source: string, requestOnly: boolean): void {
  assertLength('IdentitySource', source, 1, 512);
  if (requestSource.test(source)) {
    if (!source.startsWith('$request.header.') || headerName.test(source.slice('$request.header.'.length))) return;
  } else if (!requestOnly) {
    if (/^\$stageVariables\.[A-Za-z0-9_]+$/.test(source)) return;
    if (source.startsWith('$context.')) {
      if (isContextNameBeforeAuthorizers(source.slice('$context.'.length))) return;
      throw badRequest(`Invalid identity source: ${source}. HTTP APIs have no such variable before their authorizers.`);
    }
  }
  if (requestOnly && /^\$(?:context|stageVariables)\./.test(source)) {
    throw badRequest(`Invalid identity source: ${source}. Use $request.header.{name}, $request.querystring.{name}.`);
  }
  // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-http-identity-source-expression.
  throw badRequest(
    `Invalid identity source expression: ${source}. The source must be a request header, request querystring, stage variable or context parameter`,
  );
}
