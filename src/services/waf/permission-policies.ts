// Who else may use a rule group. There are no other accounts: the policies are kept and shown.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { entityByArn, entityKey } from './entities.ts';
import { checkedEntityName } from './entity-arn.ts';
import { nonexistentItem } from './refusals.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import { type PermissionPolicyDocument, permissionPolicyKind, ruleGroupKind } from './waf-documents.ts';

export function permissionPolicyOperations({ store, keptOnly }: WafContext) {
  return {
    async PutPermissionPolicy(input: Input<'PutPermissionPolicy'>, caller: Caller) {
      const { ResourceArn: arn = '', Policy: policy = '' } = input;
      assertPolicy(policy);
      await store.transact(async (transaction) => {
        const key = await policyKey(transaction, arn, caller);
        await transaction.put(key, { policy } satisfies PermissionPolicyDocument);
      });
      keptOnly('The permission policy of a WAF rule group');
      return {};
    },

    async GetPermissionPolicy({ ResourceArn: arn = '' }: Input<'GetPermissionPolicy'>, caller: Caller) {
      const found = await store.get<PermissionPolicyDocument>(await policyKey(store, arn, caller));
      if (found === undefined) throw nonexistentItem();
      return { Policy: found.policy };
    },

    async DeletePermissionPolicy({ ResourceArn: arn = '' }: Input<'DeletePermissionPolicy'>, caller: Caller) {
      await store.transact(async (transaction) => {
        if (!(await transaction.delete(await policyKey(transaction, arn, caller)))) throw nonexistentItem();
      });
      return {};
    },
  } satisfies WafOperations;
}

async function policyKey(reader: Reader, arn: string, caller: Caller): Promise<DocumentKey> {
  const scope = scopeOf(caller);
  const { wafScope } = checkedEntityName(arn, scope, [ruleGroupKind]);
  const group = await entityByArn(reader, scope, ruleGroupKind, arn);
  if (group === undefined) throw nonexistentItem();
  return { ...entityKey({ scope, wafScope }, ruleGroupKind, group.id), kind: permissionPolicyKind };
}

/** AWS: version 2012-10-17, every statement allows, and names principals and WAF's actions. Seen: API reference, PutPermissionPolicy. */
function assertPolicy(text: string): void {
  // AWS: no Resource, which is the group itself: the form of a role's trust policy. Seen: the same page.
  const policy = parsePolicy(text, 'trust');
  if (isFault(policy)) throw invalidPolicy(policy.path === '' ? policy.message : `${policy.path}: ${policy.message}`);
  if (policy.statements.some(({ effect }) => effect !== 'Allow')) throw invalidPolicy('Every statement has to allow.');
}

function invalidPolicy(what: string): AwsError {
  return new AwsError('WAFInvalidPermissionPolicyException', `The policy is not valid. ${what}`);
}
