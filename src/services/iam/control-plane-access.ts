// Who may call the control plane when `--auth required`: the administrator everything, a user of IAM what its policies allow.

import { type AuthenticatedCall, accessDenied } from '../../aws/authentication.ts';
import { headerOf } from '../../aws/dispatch.ts';
import { callerContext, denialText, principalOf } from '../../iam-policy/caller-context.ts';
import { decideForCaller } from '../../iam-policy/evaluate.ts';
import { calledActions } from './called-actions.ts';
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
  for (const { action, resource, keys } of calledActions(call, names)) {
    const decision = decideForCaller(caller, {
      principal: principalOf(caller),
      action,
      resource,
      context: callerContext(caller, facts, keys),
    });
    if (decision.effect !== 'allow') {
      throw accessDenied(call.service, denialText(caller.arn, action, resource, decision));
    }
  }
}
