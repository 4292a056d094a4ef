// The authorizer of one route as a plan. Fail closed: a route that asks for authorization never runs as if it had asked for none.

import { hash } from 'node:crypto';
import { partitionOf } from '../../aws/arn.ts';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { JwtAuthorizer, LambdaAuthorizer, Route, Stage } from '../../model/http-api.ts';
import type {
  AuthorizerPlan,
  IdentitySourcePlan,
  JwtAuthorizerPlan,
  LambdaAuthorizerPlan,
  RoutePlan,
  UnservableAuthorizerPlan,
} from '../../model/http-api-plan.ts';
import { isContextNameBeforeAuthorizers } from '../../parameter-mapping/context-names.ts';
import { planCredentials } from './credentials-plan.ts';
import { functionArnOf } from './function-uri.ts';
import { putInStageVariables } from './stage-variables.ts';

/** The members of a route's plan that say who may call it. */
export function planAuthorizer(snapshot: HttpApiSnapshot, stage: Stage, route: Route): Pick<RoutePlan, 'authorizer'> {
  return route.authorizationType === 'NONE' ? {} : { authorizer: planned(snapshot, stage, route) };
}

function planned(snapshot: HttpApiSnapshot, stage: Stage, route: Route): AuthorizerPlan {
  const about = `Route "${route.routeKey}" has authorizationType ${route.authorizationType}`;
  if (route.authorizationType === 'AWS_IAM') return { type: 'AWS_IAM' };
  if (route.authorizerId === undefined) return unservable(`${about} and names no authorizer.`);
  const authorizer = snapshot.authorizers?.find(({ authorizerId }) => authorizerId === route.authorizerId);
  if (authorizer === undefined)
    return unservable(`${about} and names the authorizer ${route.authorizerId}, which does not exist.`);
  const wanted = route.authorizationType === 'JWT' ? 'JWT' : route.authorizationType === 'CUSTOM' ? 'REQUEST' : undefined;
  if (authorizer.authorizerType === 'REQUEST' && wanted === 'REQUEST') return planLambdaAuthorizer(snapshot, stage, authorizer);
  if (authorizer.authorizerType === 'JWT' && wanted === 'JWT') return planJwtAuthorizer(stage, authorizer, route);
  return unservable(`${about}, but its authorizer "${authorizer.name}" is of type ${authorizer.authorizerType}.`);
}

function planLambdaAuthorizer(
  snapshot: HttpApiSnapshot,
  stage: Stage,
  authorizer: LambdaAuthorizer,
): LambdaAuthorizerPlan | UnservableAuthorizerPlan {
  const about = `The authorizer "${authorizer.name}"`;
  const uri = putInStageVariables(authorizer.authorizerUri, stage.stageVariables);
  if ('missing' in uri) return unservable(`${about} uses the stage variable "${uri.missing}", which this stage does not set.`);
  const functionArn = functionArnOf(uri.text);
  if (functionArn === undefined) return unservable(`${about} names no Lambda function: "${uri.text}".`);
  // Whom an authorizer is asked about has not been asked yet: there is no caller whose credentials could be passed on.
  const credentials = planCredentials(authorizer.authorizerCredentialsArn, { ...stage, isSigned: false });
  if (typeof credentials === 'string') return unservable(`${about} ${credentials}.`);
  const identitySources = identitySourcesOf(authorizer.identitySource, stage);
  if (!Array.isArray(identitySources)) return identitySources;
  const plan = {
    type: 'REQUEST',
    authorizerId: authorizer.authorizerId,
    name: authorizer.name,
    functionArn,
    sourceArn: sourceArn(snapshot, authorizer.authorizerId),
    ...credentials,
    payloadFormatVersion: authorizer.authorizerPayloadFormatVersion,
    enableSimpleResponses: authorizer.enableSimpleResponses ?? false,
    identitySources,
    resultTtlSeconds: identitySources.length === 0 ? 0 : (authorizer.authorizerResultTtlInSeconds ?? 0),
  } as const;
  // Whatever changes about the authorizer or is reset makes former answers unreachable.
  const resultsVersion = hash('sha256', JSON.stringify([plan, stage.authorizersCacheResets ?? 0]), 'hex').slice(0, 16);
  return { ...plan, resultsVersion };
}

function planJwtAuthorizer(stage: Stage, authorizer: JwtAuthorizer, route: Route): JwtAuthorizerPlan | UnservableAuthorizerPlan {
  const identitySources = identitySourcesOf(authorizer.identitySource, stage);
  if (!Array.isArray(identitySources)) return identitySources;
  const [identitySource] = identitySources;
  if (identitySource === undefined) return unservable(`The JWT authorizer "${authorizer.name}" has no identity source.`);
  return {
    type: 'JWT',
    authorizerId: authorizer.authorizerId,
    name: authorizer.name,
    issuer: authorizer.jwtConfiguration.issuer,
    audiences: authorizer.jwtConfiguration.audience,
    identitySource,
    scopes: route.authorizationScopes ?? [],
  };
}

function identitySourcesOf(expressions: readonly string[], stage: Stage): IdentitySourcePlan[] | UnservableAuthorizerPlan {
  const sources: IdentitySourcePlan[] = [];
  for (const expression of expressions) {
    const source = identitySourceOf(expression, stage);
    if (source === undefined) return unservable(`The identity source ${expression} is not served.`);
    sources.push(source);
  }
  return sources;
}

function identitySourceOf(expression: string, stage: Stage): IdentitySourcePlan | undefined {
  const [, kind, name] = /^\$(request\.header|request\.querystring|context|stageVariables)\.(.+)$/.exec(expression) ?? [];
  if (name === undefined) return undefined;
  switch (kind) {
    case 'request.header':
      return { kind: 'header', name: name.toLowerCase(), expression };
    case 'request.querystring':
      return { kind: 'querystring', name, expression };
    case 'context':
      return isContextNameBeforeAuthorizers(name) ? { kind: 'context', name, expression } : undefined;
    default: {
      const value = Object.hasOwn(stage.stageVariables, name) ? stage.stageVariables[name] : undefined;
      return { kind: 'stageVariable', expression, ...(value === undefined ? {} : { value }) };
    }
  }
}

/** AWS: `…:{apiId}/authorizers/{authorizerId}`. Seen: developer guide, Lambda authorizers. */
function sourceArn(snapshot: HttpApiSnapshot, authorizerId: string): string {
  const { account, region } = snapshot.scope;
  return `arn:${partitionOf(region)}:execute-api:${region}:${account}:${snapshot.apiId}/authorizers/${authorizerId}`;
}

function unservable(reason: string): UnservableAuthorizerPlan {
  return { type: 'UNSERVABLE', reason };
}
