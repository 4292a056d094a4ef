// The proof that a request may reach its integration, and what the gateway knows about who sent it. Only the functions of this file
// make one; an integration cannot be started without it.

import type { AuthorizationType } from '../../model/http-api.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';

declare const decided: unique symbol;

interface Decided {
  /** Keeps object literals elsewhere from passing as a decision. */
  readonly [decided]: true;
  /** What `requestContext.authorizer` is in an event of payload format 1.0, as JSON text. */
  readonly authorizer1: string;
  /** The same for payload format 2.0; undefined where the event has no such member. */
  readonly authorizer2: string | undefined;
  /** What `$context.authorizer.*` is read from: see authorizerVariable(). */
  readonly authorizerContext: Readonly<Record<string, unknown>>;
  /** What the developer is shown: plain data without tokens or the values of claims. */
  readonly finding: Readonly<Record<string, unknown>>;
}

/** A route with authorizationType NONE. */
export interface OpenDecision extends Decided {
  readonly authorizationType: 'NONE';
}

/** A Lambda authorizer let the request pass. */
export interface LambdaDecision extends Decided {
  readonly authorizationType: 'CUSTOM';
  /** Undefined after a simple response. */
  readonly principalId: string | undefined;
}

/** The bearer of a valid token. */
export interface JwtDecision extends Decided {
  readonly authorizationType: 'JWT';
}

/** Who signed a request. Absent values are null in events. */
export interface IamIdentity {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly userArn: string;
  readonly userId: string;
  readonly principalOrgId?: string;
}

/** The signer of a request with AWS credentials. */
export interface IamDecision extends Decided {
  readonly authorizationType: 'AWS_IAM';
  readonly identity: IamIdentity;
  /** The signer as the directory of callers knows it, for what else its policies are asked about. */
  readonly signer: CallerCredentials;
}

export type AuthDecision = OpenDecision | LambdaDecision | JwtDecision | IamDecision;

/** AWS: payload 1.0 shows these two nulls on routes without authorizer. Seen: developer guide sample. */
const NOBODY = '{"claims":null,"scopes":null}';

const open = brand<OpenDecision>({
  authorizationType: 'NONE',
  authorizer1: NOBODY,
  authorizer2: undefined,
  authorizerContext: {},
  finding: { authorizationType: 'NONE' },
});

/** The decision for a route that asks for no authorization. Any other route here is a bug, and answered like one. */
export function openDecision(route: { readonly authorizationType: AuthorizationType; readonly routeKey: string }): OpenDecision {
  if (route.authorizationType !== 'NONE') {
    throw new Error(`Route "${route.routeKey}" has authorizationType ${route.authorizationType} and no authorizer.`);
  }
  return open;
}

export interface LambdaVerdict {
  readonly authorizerId: string;
  readonly principalId: string | undefined;
  /** What the function returned as `context`; undefined when it returned none. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
}

/** The decision that a Lambda authorizer's answer stands for. It may be kept and used for many requests. */
export function lambdaDecision({ authorizerId, principalId, context }: LambdaVerdict): LambdaDecision {
  const principal = principalId === undefined ? {} : { principalId };
  return brand({
    authorizationType: 'CUSTOM',
    principalId,
    // Payload 1.0 has the members side by side, as on REST APIs. By analogy with REST events, not recorded for HTTP APIs.
    authorizer1: JSON.stringify({ ...context, ...principal }),
    // AWS: native values under `lambda`, and null without a context. Seen: powertools-lambda-typescript's recorded events.
    authorizer2: JSON.stringify({ lambda: context ?? null }),
    authorizerContext: { ...context, ...principal },
    finding: { authorizationType: 'CUSTOM', authorizerId, ...principal, context: Object.keys(context ?? {}) },
  });
}

/** The same decision, made by an answer that was kept: the developer is shown that the function was not asked this time. */
export function keptDecision(decision: LambdaDecision): LambdaDecision {
  return brand({ ...decision, finding: { ...decision.finding, kept: true } });
}

export interface JwtVerdict {
  readonly authorizerId: string;
  /** Claims as events show them: text only. */
  readonly claims: Readonly<Record<string, string>>;
  /** Null when the route asks for no scopes. */
  readonly scopes: readonly string[] | null;
}

/** The decision for a token that was verified. */
export function jwtDecision({ authorizerId, claims, scopes }: JwtVerdict): JwtDecision {
  const shown = { claims, scopes };
  return brand({
    authorizationType: 'JWT',
    authorizer1: JSON.stringify(shown),
    authorizer2: JSON.stringify({ jwt: shown }),
    authorizerContext: shown,
    finding: { authorizationType: 'JWT', authorizerId, claims: Object.keys(claims), scopes },
  });
}

/** The decision for a signed request whose signer may invoke the route. */
export function iamDecision(identity: IamIdentity, signer: CallerCredentials): IamDecision {
  // AWS: these members in this order. Seen: powertools-lambda-typescript's recorded events.
  const shown = {
    accessKey: identity.accessKey,
    accountId: identity.accountId,
    callerId: identity.callerId,
    cognitoIdentity: null,
    principalOrgId: identity.principalOrgId ?? null,
    userArn: identity.userArn,
    userId: identity.userId,
  };
  return brand({
    authorizationType: 'AWS_IAM',
    identity,
    signer,
    authorizer1: NOBODY,
    authorizer2: JSON.stringify({ iam: shown }),
    authorizerContext: {},
    finding: { authorizationType: 'AWS_IAM', userArn: identity.userArn },
  });
}

/**
 * The value of `$context.authorizer.{path}`, e.g. ['claims', 'sub'] or ['tenant']; undefined where there is none.
 * Text stays text, everything else is JSON text. `claims` as a whole has no value on AWS.
 */
export function authorizerVariable(decision: AuthDecision, path: readonly string[]): string | undefined {
  let value: unknown = decision.authorizerContext;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  if (value === undefined || value === null || (path.length === 1 && path[0] === 'claims')) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function brand<D extends AuthDecision>(members: Omit<D, typeof decided>): D {
  // The only place where members become a decision.
  return Object.freeze(members) as D;
}
