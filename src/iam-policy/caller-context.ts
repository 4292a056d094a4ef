// The condition keys that every signed request has, whatever service it is for.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

import type { ConditionContext } from './condition.ts';
import type { Decision } from './evaluate.ts';
import type { RequestPrincipal } from './principal.ts';

/** Who signed, as far as policies can ask. */
export interface CallerFacts {
  readonly account: string;
  /** `arn:aws:iam::{account}:user/{path}{name}`; of a session `arn:aws:sts::{account}:assumed-role/{role}/{session}`. */
  readonly arn: string;
  /** Of a session of a role: the role's ARN. */
  readonly roleArn?: string;
  /** Of temporary credentials: when they were made, in milliseconds since the epoch. */
  readonly issuedAt?: number;
  /** `AIDA…`; `AROA…:{session}`; the account id for the account itself. */
  readonly userId: string;
  /** Undefined for everybody but users. */
  readonly userName: string | undefined;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** How the request came. What is undefined is absent, not empty. */
export interface RequestFacts {
  readonly nowMs: number;
  readonly region: string;
  readonly sourceIp: string | undefined;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
  readonly secureTransport: boolean;
}

/**
 * AWS: which keys are there for whom. Seen: IAM user guide, "Global condition keys". `aws:MultiFactorAuthPresent` is absent for
 * long-term keys and false for temporary ones: nobody here has such a device. `more` are the keys of the service that is asked.
 */
export function callerContext(
  caller: CallerFacts,
  request: RequestFacts,
  more: Readonly<Record<string, string | readonly string[]>> = {},
): ConditionContext {
  const context = new Map<string, readonly string[]>();
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined) context.set(key.toLowerCase(), [value]);
  };
  for (const { Key, Value } of caller.tags) add(`aws:PrincipalTag/${Key}`, Value);
  for (const [key, value] of Object.entries(more)) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  add('aws:PrincipalAccount', caller.account);
  // AWS: of a session this is the role, not the session.
  add('aws:PrincipalArn', caller.roleArn ?? caller.arn);
  add('aws:PrincipalType', caller.roleArn !== undefined ? 'AssumedRole' : caller.userName === undefined ? 'Account' : 'User');
  if (caller.issuedAt !== undefined) {
    add('aws:TokenIssueTime', timeText(caller.issuedAt));
    add('aws:MultiFactorAuthPresent', 'false');
  }
  add('aws:PrincipalIsAWSService', 'false');
  add('aws:ViaAWSService', 'false');
  add('aws:userid', caller.userId);
  add('aws:username', caller.userName);
  add('aws:CurrentTime', timeText(request.nowMs));
  add('aws:EpochTime', String(Math.floor(request.nowMs / 1000)));
  add('aws:RequestedRegion', request.region);
  add('aws:SecureTransport', String(request.secureTransport));
  add('aws:SourceIp', request.sourceIp);
  add('aws:UserAgent', request.userAgent);
  add('aws:Referer', request.referer);
  return context;
}

/** The caller as policies name it. */
export function principalOf({ account, arn, roleArn }: CallerFacts): RequestPrincipal {
  return roleArn === undefined ? { kind: 'aws', account, arn } : { kind: 'aws', account, arn, roleArn };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** AWS: how a refusal by identity policies is worded. Seen: IAM user guide, "Troubleshoot access denied error messages". */
export function denialText(callerArn: string, action: string, resource: string, { effect }: Decision): string {
  const why =
    effect === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
