// The authorization of `$connect` as a plan. Fail closed: a route that asks for authorization never runs as if it had asked for none.

import type { WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import {
  type HandshakeContextVariable,
  handshakeContextVariables,
  type WebSocketRoute,
  type WebSocketStage,
} from '../../model/websocket-api.ts';
import type { HandshakeIdentitySourcePlan, WebSocketAuthorizationPlan } from '../../model/websocket-api-plan.ts';
import { planCredentials } from '../http-api/credentials-plan.ts';
import { functionArnOf } from '../http-api/function-uri.ts';
import { putInStageVariables } from '../http-api/stage-variables.ts';

/** `executeApiArn` completes `arn:…:{apiId}/`. */
export function planAuthorization(
  snapshot: WebSocketApiSnapshot,
  stage: WebSocketStage,
  route: WebSocketRoute,
  executeApiArn: (what: string) => string,
): WebSocketAuthorizationPlan {
  const { authorizationType, authorizerId } = route;
  if (authorizationType === 'NONE') return { type: 'NONE' };
  // Only a handshake carries credentials.
  if (route.routeKey !== '$connect')
    return unservable(`Route "${route.routeKey}" asks for ${authorizationType}, which only $connect can.`);
  if (authorizationType === 'AWS_IAM') return { type: 'AWS_IAM' };
  const authorizer = snapshot.authorizers.find((each) => each.authorizerId === authorizerId);
  if (authorizer === undefined)
    return unservable(`Route "$connect" names the authorizer ${authorizerId ?? '(none)'}, which does not exist.`);
  const about = `The authorizer "${authorizer.name}"`;
  const uri = putInStageVariables(authorizer.authorizerUri, stage.stageVariables);
  if ('missing' in uri) return unservable(`${about} uses the stage variable "${uri.missing}", which this stage does not set.`);
  const functionArn = functionArnOf(uri.text);
  if (functionArn === undefined) return unservable(`${about} names no Lambda function: "${uri.text}".`);
  // Whom an authorizer is asked about has not been asked yet: there is no caller whose credentials could be passed on.
  const credentials = planCredentials(authorizer.authorizerCredentialsArn, { ...stage, isSigned: false });
  if (typeof credentials === 'string') return unservable(`${about} ${credentials}.`);
  const identitySources: HandshakeIdentitySourcePlan[] = [];
  for (const expression of authorizer.identitySource) {
    const source = identitySourceOf(expression, stage);
    if (source === undefined) return unservable(`${about} has the identity source ${expression}, which is not served.`);
    identitySources.push(source);
  }
  return {
    type: 'REQUEST',
    authorizerId: authorizer.authorizerId,
    name: authorizer.name,
    functionArn,
    // AWS: `…:{apiId}/authorizers/{authorizerId}`. Seen: developer guide, Lambda authorizers.
    sourceArn: executeApiArn(`authorizers/${authorizer.authorizerId}`),
    ...credentials,
    identitySources,
  };
}

function identitySourceOf(expression: string, stage: WebSocketStage): HandshakeIdentitySourcePlan | undefined {
  const [, kind, name] =
    /^(route\.request\.header|route\.request\.querystring|context|stageVariables)\.(.+)$/.exec(expression) ?? [];
  if (name === undefined) return undefined;
  switch (kind) {
    case 'route.request.header':
      return { kind: 'header', name: name.toLowerCase(), expression };
    case 'route.request.querystring':
      return { kind: 'querystring', name, expression };
    case 'context':
      return isHandshakeVariable(name) ? { kind: 'context', name, expression } : undefined;
    default: {
      const value = Object.hasOwn(stage.stageVariables, name) ? stage.stageVariables[name] : undefined;
      return { kind: 'stageVariable', expression, ...(value === undefined ? {} : { value }) };
    }
  }
}

function isHandshakeVariable(name: string): name is HandshakeContextVariable {
  return (handshakeContextVariables as readonly string[]).includes(name);
}

function unservable(reason: string): WebSocketAuthorizationPlan {
  return { type: 'UNSERVABLE', reason };
}
