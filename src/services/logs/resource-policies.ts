// Resource policies of CloudWatch Logs. They are kept and shown; here nobody needs one to write to a log group.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey } from '../../store/store.ts';
import { type Input, type LogsContext, type LogsOperations, present, scopeOf } from './logs-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { invalidParameter, limitExceeded } from './refusals.ts';

interface ResourcePolicyDocument {
  readonly policyName: string;
  readonly policyDocument: string;
  readonly lastUpdatedTime: number;
}

const policyKind = 'logs/resource-policy';
/** AWS: 10 for an account in a region, 5,120 characters each. Seen: API reference, PutResourcePolicy. */
const POLICIES_MAX = 10;
const POLICY_LENGTH_MAX = 5_120;

export function resourcePolicyOperations({ store, now }: LogsContext) {
  return {
    async PutResourcePolicy(input: Input<'PutResourcePolicy'>, caller: Caller) {
      refuseForResource(input.resourceArn, input.expectedRevisionId);
      const { policyName = '', policyDocument = '' } = input;
      if (policyName === '') throw invalidParameter('Policy name must be given.');
      if (policyDocument.length > POLICY_LENGTH_MAX || !isJsonObject(policyDocument)) {
        throw invalidParameter(`The policy document must be a JSON object of at most ${POLICY_LENGTH_MAX} characters.`);
      }
      const scope = scopeOf(caller);
      const policy: ResourcePolicyDocument = { policyName, policyDocument, lastUpdatedTime: now() };
      await store.transact(async (transaction) => {
        const policies = await transaction.list<ResourcePolicyDocument>(scope, policyKind, '');
        const isNew = !policies.items.some((each) => each.policyName === policyName);
        if (isNew && policies.items.length >= POLICIES_MAX) throw limitExceeded();
        await transaction.put(keyOf(scope, policyName), policy);
      });
      return { resourcePolicy: { ...policy, policyScope: 'ACCOUNT' as const } };
    },

    async DescribeResourcePolicies(input: Input<'DescribeResourcePolicies'>, caller: Caller) {
      refuseForResource(input.resourceArn, undefined);
      if (input.policyScope === 'RESOURCE') return { resourcePolicies: [] };
      const scope = scopeOf(caller);
      const list = ['DescribeResourcePolicies', scope.account, scope.region];
      const after = fromPageToken(input.nextToken, list)?.[0]?.toString();
      const page = await store.list<ResourcePolicyDocument>(scope, policyKind, '', { after, limit: input.limit ?? 50 });
      return present({
        resourcePolicies: page.items.map((policy) => ({
          ...policy,
          policyDocument: normalised(policy.policyDocument),
          policyScope: 'ACCOUNT' as const,
        })),
        nextToken: page.next === undefined ? undefined : toPageToken(list, [page.next]),
      });
    },

    async DeleteResourcePolicy(input: Input<'DeleteResourcePolicy'>, caller: Caller) {
      refuseForResource(input.resourceArn, input.expectedRevisionId);
      const { policyName = '' } = input;
      await store.transact(async (transaction) => {
        if (policyName !== '' && (await transaction.delete(keyOf(scopeOf(caller), policyName)))) return;
        throw new AwsError('ResourceNotFoundException', `Policy with name [${policyName}] does not exist.`);
      });
      return {};
    },
  } satisfies LogsOperations;
}

function keyOf(scope: Scope, policyName: string): DocumentKey {
  return { scope, kind: policyKind, parent: '', id: policyName };
}

function refuseForResource(resourceArn: string | undefined, revision: string | undefined): void {
  if (resourceArn === undefined && revision === undefined) return;
  throw invalidParameter(
    'Stagegate does not run policies of single log groups yet: leave resourceArn and expectedRevisionId out.',
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * AWS: a principal that was sent as a list of one comes back as the one, from Describe but not from Put.
 * Seen: test/parity, test_describe_resource_policies and test_put_resource_policy.
 */
function normalised(policyDocument: string): string {
  return JSON.stringify(JSON.parse(policyDocument), (key, value: unknown) => {
    if (key !== 'Principal' || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([kind, named]) => [kind, Array.isArray(named) && named.length === 1 ? named[0] : named]),
    );
  });
}
