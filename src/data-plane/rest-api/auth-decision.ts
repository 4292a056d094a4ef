// The proof that a request may reach its integration, and what the gateway knows about who sent it. Only the functions of this file
// make one; an integration cannot be started without it.

import type { RestAuthorizationPlan } from '../../model/rest-api-plan.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';
import type { Refusal } from './refusal.ts';

declare const decided: unique symbol;

/** Who signed a request with AWS credentials. */
export interface IamIdentity {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly userArn: string;
  readonly userId: string;
}

/** Who calls, as far as an authorizer or a signature tells; also of somebody who is not let in. */
export interface Caller {
  readonly principalId?: string;
  /** What a Lambda authorizer said about the caller. AWS: REST APIs show every value as text. */
  readonly context?: Readonly<Record<string, string>>;
  /** Of a Cognito token, as text. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly identity?: IamIdentity;
  /** What the authorizer's call took, in milliseconds; absent for others. */
  readonly integrationLatencyMs?: number;
  /** Lambda's id of the authorizer's call; absent where its answer was kept. */
  readonly integrationRequestId?: string | undefined;
}

export interface AuthDecision extends Caller {
  /** Keeps object literals elsewhere from passing as a decision. */
  readonly [decided]: true;
  readonly authorizationType: 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
  /** The signer as the directory of callers knows it, for what else its policies are asked about. */
  readonly signer?: CallerCredentials;
  /** The API key that a Lambda authorizer named, for APIs whose key source is the authorizer. */
  readonly usageIdentifierKey?: string;
  /**
   * The caller's own policies say neither yes nor no: this refusal stands unless the API's resource policy allows the call.
   * AWS: "silent" in the tables of the authorization flow.
   */
  readonly unlessAllowed?: Refusal;
  /** What the developer is shown: plain data without tokens or the values of claims. */
  readonly finding: Readonly<Record<string, unknown>>;
}

type Members = Omit<AuthDecision, typeof decided>;

const open = brand({ authorizationType: 'NONE', finding: { authorizationType: 'NONE' } });

/** The decision for a method that asks for no authorization. Any other method here is a bug, and answered like one. */
export function openDecision(method: {
  readonly authorization: RestAuthorizationPlan;
  readonly resourcePath: string;
}): AuthDecision {
  if (method.authorization.type !== 'NONE') {
    throw new Error(`A method of ${method.resourcePath} has authorization ${method.authorization.type} and no authorizer.`);
  }
  return open;
}

export interface LambdaCallerMembers {
  readonly principalId: string;
  readonly context: Readonly<Record<string, unknown>> | undefined;
  readonly integrationLatencyMs: number;
  readonly integrationRequestId: string | undefined;
}

export interface LambdaDecisionMembers extends LambdaCallerMembers {
  readonly authorizerId: string;
  readonly usageIdentifierKey: string | undefined;
  readonly unlessAllowed?: Refusal;
}

/** Who a Lambda authorizer says it is, whether it lets him in or not. */
export function lambdaCaller(members: LambdaCallerMembers): Caller & Required<Pick<Caller, 'context'>> {
  const { principalId, integrationLatencyMs, integrationRequestId } = members;
  const context: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(members.context ?? {})) {
    if (value !== null) context[name] = String(value);
  }
  return { principalId, context, integrationLatencyMs, integrationRequestId };
}

/** A Lambda authorizer let the request pass. */
export function lambdaDecision(members: LambdaDecisionMembers): AuthDecision {
  const { authorizerId, principalId, usageIdentifierKey } = members;
  const caller = lambdaCaller(members);
  const { context } = caller;
  return brand({
    authorizationType: 'CUSTOM',
    ...caller,
    ...(usageIdentifierKey === undefined ? {} : { usageIdentifierKey }),
    ...(members.unlessAllowed === undefined ? {} : { unlessAllowed: members.unlessAllowed }),
    finding: { authorizationType: 'CUSTOM', authorizerId, principalId, context: Object.keys(context) },
  });
}

/** The bearer of a valid token of a user pool. */
export function cognitoDecision(authorizerId: string, claims: Readonly<Record<string, string>>): AuthDecision {
  return brand({
    authorizationType: 'COGNITO_USER_POOLS',
    claims,
    finding: { authorizationType: 'COGNITO_USER_POOLS', authorizerId, claims: Object.keys(claims) },
  });
}

export function identityOf({ accessKeyId, account, arn, userId }: CallerCredentials): IamIdentity {
  return { accessKey: accessKeyId, accountId: account, callerId: userId, userArn: arn, userId };
}

/** The signer of a request. */
export function iamDecision(identity: IamIdentity, signer: CallerCredentials, unlessAllowed?: Refusal): AuthDecision {
  return brand({
    ...(unlessAllowed === undefined ? {} : { unlessAllowed }),
    authorizationType: 'AWS_IAM',
    identity,
    signer,
    finding: { authorizationType: 'AWS_IAM', userArn: identity.userArn },
  });
}

function brand(members: Members): AuthDecision {
  // The only place where members become a decision.
  return Object.freeze(members) as AuthDecision;
}
