// Who may call the control plane when `--auth required`: the administrator everything, a user of IAM what its policies allow.

import { type AuthenticatedCall, accessDenied } from '../../aws/authentication.ts';
import { headerOf } from '../../aws/dispatch.ts';
import type { Caller } from '../../aws/operations.ts';
import type { ServiceName } from '../../aws/services.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { callerContext, denialText, principalOf, type RequestFacts } from '../../iam-policy/caller-context.ts';
import { type Decision, decideForCaller } from '../../iam-policy/evaluate.ts';
import { type CalledAction, calledActions, passedRole } from './called-actions.ts';
import { type CallerDirectory, isCallerCredentials } from './caller-directory.ts';

/** Throws AwsError unless every action that the call needs is allowed. Nothing is allowed that no policy names. */
export function assertMayCall(call: AuthenticatedCall, directory: CallerDirectory, now: () => number = Date.now): void {
  // The key is the directory's own object, the one that the signature was checked against.
  if (!isCallerCredentials(call.key)) throw accessDenied(call.service, 'The key belongs to nobody whose policies are known');
  const caller = call.key;
  const { rawHeaders, remoteAddress } = call.request;
  const facts = {
    nowMs: now(),
    region: call.region,
    sourceIp: remoteAddress,
    userAgent: headerOf(rawHeaders, 'user-agent'),
    referer: headerOf(rawHeaders, 'referer'),
    secureTransport: false,
  };
  const names = {
    userArn: (...about: Parameters<CallerDirectory['user']>) => directory.user(...about)?.arn,
    roleArn: (...about: Parameters<CallerDirectory['role']>) => directory.role(...about)?.arn,
    callerArn: caller.arn,
  };
  for (const asked of calledActions(call, names)) assertAllowed(caller, call.service, asked, facts);
}

/**
 * Throws AwsError unless the caller may hand the role to API Gateway: for roles that no member of a call names, but a document in it.
 * The administrator, and whoever calls where nobody is asked for a key, may.
 */
export function assertMayPassRole(
  { key, region, remoteAddress }: Caller,
  service: ServiceName,
  roleArn: string,
  now: () => number = Date.now,
): void {
  if (key === undefined || !isCallerCredentials(key)) return;
  const facts = {
    ...{ nowMs: now(), region, sourceIp: remoteAddress, secureTransport: false },
    ...{ userAgent: undefined, referer: undefined },
  };
  for (const asked of passedRole(roleArn, 'apigateway.amazonaws.com')) assertAllowed(key, service, asked, facts);
}

function assertAllowed(caller: CallerCredentials, service: ServiceName, asked: CalledAction, facts: RequestFacts): void {
  const { action, alternative, resource, keys } = asked;
  const context = callerContext(caller, facts, keys);
  const principal = principalOf(caller);
  const decide = (each: string): Decision => decideForCaller(caller, { principal, action: each, resource, context });
  const decision = decide(action);
  if (decision.effect === 'allow') return;
  if (alternative !== undefined && decision.effect !== 'explicitDeny' && decide(alternative).effect === 'allow') return;
  throw accessDenied(service, denialText(caller.arn, action, resource, decision));
}
