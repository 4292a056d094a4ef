// The authorizers of an HTTP API as API Gateway v2 operations.

import { isDeepStrictEqual } from 'node:util';
import type { DesiredAuthorizer, DesiredState } from './desired-state.ts';

type Answer = Record<string, unknown>;

export function authorizerInput(authorizer: DesiredAuthorizer, desired: DesiredState): Answer {
  const { name, identitySource } = authorizer;
  if (authorizer.type === 'JWT') {
    const JwtConfiguration = { Issuer: authorizer.issuer, Audience: authorizer.audience };
    return { Name: name, AuthorizerType: 'JWT', IdentitySource: identitySource, JwtConfiguration };
  }
  const { functionArn, payloadFormatVersion, resultTtlInSeconds, enableSimpleResponses } = authorizer;
  return {
    Name: name,
    AuthorizerType: 'REQUEST',
    AuthorizerUri: `arn:aws:apigateway:${desired.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    AuthorizerPayloadFormatVersion: payloadFormatVersion,
    IdentitySource: identitySource,
    ...(resultTtlInSeconds === undefined ? {} : { AuthorizerResultTtlInSeconds: resultTtlInSeconds }),
    ...(enableSimpleResponses === undefined ? {} : { EnableSimpleResponses: enableSimpleResponses }),
  };
}

/** Whether an authorizer that is there is what is wanted. What is not said may have any value AWS gives it. */
export function isAuthorizer(found: Answer, wanted: Answer): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const nothing = name === 'EnableSimpleResponses' ? false : name === 'IdentitySource' ? [] : undefined;
    const current = found[name] ?? nothing;
    return isDeepStrictEqual(plain(current), plain(value));
  });
}

/** Members of lists and maps in one order, and none that are undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value, sorted));
}

function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
