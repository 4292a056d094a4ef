// AssumeRole: the role's trust policy and the caller's own policies decide, and a session comes out.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

import type * as Sts from '@aws-sdk/client-sts';
import { parseArn } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, OperationInput } from '../../aws/operations.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { callerContext, principalOf } from '../../iam-policy/caller-context.ts';
import type { ConditionContext } from '../../iam-policy/condition.ts';
import { decideForCaller, evaluatePolicies } from '../../iam-policy/evaluate.ts';
import { type Policy, parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import { type IamTag, iamPartition, iamScope, type RoleDocument } from '../iam/iam-documents.ts';
import { limitExceeded, noSuchEntity, validationError } from '../iam/iam-refusals.ts';
import { checkedPolicyText, policyLength } from '../iam/policy-text.ts';
import { packedSize, type Session } from '../iam/session-token.ts';
import { withTags } from '../iam/tags.ts';
import { accountItself, issueSession, refuseMembers, type StsContext } from './sessions.ts';

const SESSION_SECONDS = 3600;
/** AWS: a role that was assumed with a role's session lasts an hour at most. Seen: IAM user guide, "Role chaining". */
const CHAINED_SECONDS_MAX = 3600;
const SESSION_POLICY_CHARACTERS_MAX = 2048;
/** What is asked of us and not done. */
const REFUSED = ['SerialNumber', 'TokenCode', 'SourceIdentity', 'ProvidedContexts'] as const;

export async function assumeRole(context: StsContext, input: OperationInput<typeof Sts, 'AssumeRole'>, wire: Caller) {
  refuseMembers('AssumeRole', input, REFUSED);
  const roleArn = input.RoleArn ?? '';
  const arn = parseArn(roleArn);
  if (arn?.service !== 'iam' || !arn.resource.startsWith('role/')) throw validationError(`${roleArn} is invalid`);
  const caller = context.callerOf(wire) ?? accountItself(wire);
  const scope = iamScope({ account: arn.account, region: wire.region });
  const role = context.directory.role(scope, arn.resource.slice(arn.resource.lastIndexOf('/') + 1));
  const chained = context.sessionOf(wire);
  const tags = sessionTags(input, chained);
  if (role === undefined || role.arn !== roleArn) throw denied(caller, 'sts:AssumeRole', roleArn);
  const questions = ['sts:AssumeRole', ...(tags.length > 0 ? ['sts:TagSession'] : [])];
  for (const action of questions) assertMayAssume(caller, role, action, input, wire);
  const seconds = input.DurationSeconds ?? SESSION_SECONDS;
  if (seconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  if (chained?.kind === 'role' && seconds > CHAINED_SECONDS_MAX) {
    throw validationError('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  }
  const sessionName = input.RoleSessionName ?? '';
  const policies = sessionPolicies(context, input, scope);
  const { credentials, token } = issueSession(context, seconds, {
    kind: 'role',
    scope,
    name: role.name,
    id: role.id,
    sessionName,
    policies,
    tags,
    transitiveTagKeys: [...(chained?.transitiveTagKeys ?? []), ...(input.TransitiveTagKeys ?? [])],
  });
  return {
    Credentials: credentials,
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: `arn:${iamPartition(scope)}:sts::${arn.account}:assumed-role/${role.name}/${sessionName}`,
    },
    // AWS: only there when the session has policies or tags. Seen: test/parity, test_assume_role.
    ...(policies.length + tags.length > 0 ? { PackedPolicySize: packedSize(token) } : {}),
  };
}

/**
 * The trust policy must allow. When it names the caller's whole account (or everybody), the caller's own policies must allow, too;
 * when it names the caller itself, in the same account, a silence of theirs is enough. Their deny always counts.
 */
function assertMayAssume(
  caller: CallerCredentials,
  role: RoleDocument,
  action: string,
  input: { readonly ExternalId?: string | undefined; readonly RoleSessionName: string | undefined },
  wire: Caller,
): void {
  const trust = parsePolicy(role.trustPolicy, 'trust');
  if (isFault(trust)) throw denied(caller, action, role.arn);
  const request = { principal: principalOf(caller), action, resource: role.arn, context: contextOf(caller, input, wire) };
  const trusted = evaluatePolicies([trust], request);
  if (trusted.effect !== 'allow') throw denied(caller, action, role.arn);
  const own = decideForCaller(caller, request);
  if (own.effect === 'allow') return;
  const sameAccount = role.arn.split(':')[4] === caller.account;
  const byName = evaluatePolicies([namingOnly(trust, caller)], request).effect === 'allow';
  if (own.effect === 'explicitDeny' || !sameAccount || !byName || (caller.limits ?? []).length > 0) {
    throw denied(caller, action, role.arn);
  }
}

/** The statements that name the caller itself. */
function namingOnly(trust: Policy, { arn, roleArn }: CallerCredentials): Policy {
  const statements = trust.statements.filter(({ principal }) => {
    if (principal === undefined || principal.negated) return false;
    return principal.named.aws.has(arn) || (roleArn !== undefined && principal.named.aws.has(roleArn));
  });
  return { ...trust, statements };
}

function contextOf(
  caller: CallerCredentials,
  input: { readonly ExternalId?: string | undefined; readonly RoleSessionName: string | undefined },
  wire: Caller,
): ConditionContext {
  return callerContext(
    caller,
    {
      nowMs: Date.now(),
      region: wire.region,
      sourceIp: wire.remoteAddress,
      userAgent: undefined,
      referer: undefined,
      secureTransport: false,
    },
    {
      'sts:RoleSessionName': input.RoleSessionName ?? '',
      ...(input.ExternalId === undefined ? {} : { 'sts:ExternalId': input.ExternalId }),
    },
  );
}

/** The policies that limit the session: the one that was given and the managed ones that were named. */
function sessionPolicies(
  { directory }: StsContext,
  input: OperationInput<typeof Sts, 'AssumeRole'>,
  scope: Session['scope'],
): string[] {
  const texts: string[] = [];
  if (input.Policy !== undefined) {
    if (policyLength(input.Policy) > SESSION_POLICY_CHARACTERS_MAX) {
      throw limitExceeded('ACLSizePerSession', SESSION_POLICY_CHARACTERS_MAX);
    }
    texts.push(checkedPolicyText(input.Policy, 'identity'));
  }
  for (const { arn = '' } of input.PolicyArns ?? []) {
    const text = directory.policyText(scope, arn);
    if (text === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    texts.push(text);
  }
  return texts;
}

// AWS: the sentences. Seen: recorded answers (tag validation, role chaining).
function sessionTags(input: OperationInput<typeof Sts, 'AssumeRole'>, chained: Session | undefined): readonly IamTag[] {
  const given = input.Tags ?? [];
  const keys = given.map(({ Key = '' }) => Key.toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw invalidValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if ((input.TransitiveTagKeys ?? []).some((key) => !keys.includes(key.toLowerCase()))) {
    throw invalidValue('The specified transitive tag key must be included in the requested tags.');
  }
  const inherited = new Set((chained?.transitiveTagKeys ?? []).map((key) => key.toLowerCase()));
  if (keys.some((key) => inherited.has(key))) {
    throw invalidValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const kept = (chained?.tags ?? []).filter(({ Key }) => inherited.has(Key.toLowerCase()));
  return withTags(kept, given);
}

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, { status: 400 });
}

function denied({ arn }: CallerCredentials, action: string, resource: string): AwsError {
  return new AwsError('AccessDenied', `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`, {
    status: 403,
  });
}
