// The authorization of one method as a plan. Fail closed: a method that asks for authorization never runs as if it had asked for none.

import { hash } from 'node:crypto';
import { partitionOf } from '../../aws/arn.ts';
import { compileJavaPattern } from '../../data-plane/rest-api/java-pattern.ts';
import type { RestApiSnapshot, RestAuthorizer, RestMethod, RestStage } from '../../model/rest-api.ts';
import type { RestAuthorizationPlan } from '../../model/rest-api-plan.ts';
import { functionArnOf } from '../http-api/function-uri.ts';
import { putInStageVariables } from '../http-api/stage-variables.ts';
import type { Surroundings } from '../http-api/surroundings.ts';

/** AWS: answers are kept for five minutes unless the authorizer says otherwise. Seen: API reference, CreateAuthorizer. */
const DEFAULT_TTL_SECONDS = 300;

export function planAuthorization(
  snapshot: RestApiSnapshot,
  stage: RestStage,
  method: RestMethod,
  surroundings: Surroundings,
): RestAuthorizationPlan {
  if (method.authorizationType === 'NONE') return { type: 'NONE' };
  if (method.authorizationType === 'AWS_IAM') return { type: 'AWS_IAM' };
  const about = `A method with authorizationType ${method.authorizationType}`;
  const authorizer = snapshot.authorizers.find(({ id }) => id === method.authorizerId);
  if (authorizer === undefined)
    return unservable(`${about} names the authorizer ${method.authorizerId ?? '(none)'}, which does not exist.`);
  const { identityValidationExpression } = authorizer;
  const fault = identityValidationExpression === undefined ? undefined : compileJavaPattern(identityValidationExpression).fault;
  if (fault !== undefined)
    return unservable(`The authorizer "${authorizer.name}" has a validation expression that cannot be run: ${fault}`);
  const isCognito = authorizer.type === 'COGNITO_USER_POOLS';
  if (isCognito !== (method.authorizationType === 'COGNITO_USER_POOLS')) {
    return unservable(`${about} names the authorizer "${authorizer.name}", which is of type ${authorizer.type}.`);
  }
  return isCognito ? planCognito(authorizer, method, surroundings) : planLambda(snapshot, stage, authorizer);
}

function planLambda(snapshot: RestApiSnapshot, stage: RestStage, authorizer: RestAuthorizer): RestAuthorizationPlan {
  const { id: authorizerId, name, identityValidationExpression } = authorizer;
  const uri = putInStageVariables(authorizer.authorizerUri ?? '', stage.variables ?? {});
  if ('missing' in uri)
    return unservable(`The authorizer "${name}" uses the stage variable "${uri.missing}", which this stage does not set.`);
  const functionArn = functionArnOf(uri.text);
  if (functionArn === undefined) return unservable(`The authorizer "${name}" names no Lambda function: "${uri.text}".`);
  const { account, region } = snapshot.scope;
  const role = authorizer.authorizerCredentials || undefined;
  const shared = {
    authorizerId,
    name,
    functionArn,
    // AWS: seen in the developer guide, Lambda authorizers.
    sourceArn: `arn:${partitionOf(region)}:execute-api:${region}:${account}:${snapshot.restApi.id}/authorizers/${authorizerId}`,
    ...(role === undefined ? {} : { credentials: { type: 'role' as const, roleArn: role } }),
    resultTtlSeconds: authorizer.authorizerResultTtlInSeconds ?? DEFAULT_TTL_SECONDS,
  };
  const sources = (authorizer.identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  // Whatever changes about the authorizer makes former answers unreachable.
  const resultsVersion = hash(
    'sha256',
    JSON.stringify([shared, authorizer.type, sources, identityValidationExpression, stage.authorizersCacheFlushes ?? 0]),
    'hex',
  ).slice(0, 16);
  if (authorizer.type === 'REQUEST') return { type: 'REQUEST', ...shared, resultsVersion, identitySources: sources };
  const header = headerOf(sources);
  if (header === undefined) return unservable(`The TOKEN authorizer "${name}" needs one header as its identity source.`);
  return {
    type: 'TOKEN',
    ...shared,
    resultsVersion,
    header,
    ...(identityValidationExpression === undefined ? {} : { identityValidationExpression }),
  };
}

function planCognito(authorizer: RestAuthorizer, method: RestMethod, surroundings: Surroundings): RestAuthorizationPlan {
  const { id: authorizerId, name, identityValidationExpression } = authorizer;
  const header = headerOf([authorizer.identitySource ?? '']);
  if (header === undefined) return unservable(`The user pool authorizer "${name}" needs one header as its identity source.`);
  const issuers: string[] = [];
  for (const arn of authorizer.providerARNs ?? []) {
    const issuer = issuerOf(arn, surroundings.cognitoIssuer);
    if (issuer === undefined) return unservable(`The authorizer "${name}" names ${arn}, which is no user pool.`);
    issuers.push(issuer);
  }
  if (issuers.length === 0) return unservable(`The authorizer "${name}" names no user pool.`);
  return {
    type: 'COGNITO_USER_POOLS',
    authorizerId,
    name,
    header,
    ...(identityValidationExpression === undefined ? {} : { identityValidationExpression }),
    issuers,
    scopes: method.authorizationScopes ?? [],
  };
}

const DEFAULT_ISSUER = 'https://cognito-idp.{region}.amazonaws.com/{poolId}';

/** `arn:aws:cognito-idp:{region}:{account}:userpool/{poolId}` */
function issuerOf(arn: string, template: string = DEFAULT_ISSUER): string | undefined {
  const match = /^arn:aws[a-z-]*:cognito-idp:([a-z0-9-]+):\d{12}:userpool\/([A-Za-z0-9_-]+)$/.exec(arn);
  if (match === null) return undefined;
  return template.replaceAll('{region}', match[1] as string).replaceAll('{poolId}', match[2] as string);
}

function headerOf(sources: readonly string[]): string | undefined {
  if (sources.length !== 1) return undefined;
  return /^method\.request\.header\.(.+)$/.exec(sources[0] as string)?.[1];
}

function unservable(reason: string): RestAuthorizationPlan {
  return { type: 'UNSERVABLE', reason };
}
