// Tags of sampling rules and groups.
// https://docs.aws.amazon.com/xray/latest/api/API_TagResource.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { findGroupByArn, groupKey } from './group-document.ts';
import { findSamplingRule, ruleNameIn, samplingRuleKey } from './sampling-rule.ts';
import { mergedTags, type Tags } from './tag-rules.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

interface Tagged {
  readonly key: DocumentKey;
  readonly document: { readonly tags: Tags };
}

export function tagOperations({ store }: XRayContext) {
  async function change(caller: Caller, arn: string, tags: (present: Tags) => Tags): Promise<object> {
    await store.transact(async (transaction) => {
      const { key, document } = await taggedBy(transaction, scopeOf(caller), arn);
      await transaction.put(key, { ...document, tags: tags(document.tags) });
    });
    return {};
  }

  return {
    async TagResource({ ResourceARN: arn = '', Tags: added = [] }: Input<'TagResource'>, caller: Caller) {
      return change(caller, arn, (present) => mergedTags(present, added, arn));
    },
    async UntagResource({ ResourceARN: arn = '', TagKeys: keys = [] }: Input<'UntagResource'>, caller: Caller) {
      const removed = new Set(keys);
      const without = (present: Tags) => Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(key)));
      return change(caller, arn, without);
    },
    async ListTagsForResource({ ResourceARN: arn = '' }: Input<'ListTagsForResource'>, caller: Caller) {
      const { document } = await taggedBy(store, scopeOf(caller), arn);
      return { Tags: Object.entries(document.tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  } satisfies XRayOperations;
}

async function taggedBy(reader: Reader, scope: Scope, arn: string): Promise<Tagged> {
  const ruleName = ruleNameIn(arn, scope);
  const rule = ruleName === undefined ? undefined : await findSamplingRule(reader, scope, ruleName);
  if (rule !== undefined) return { key: samplingRuleKey(scope, rule.ruleName), document: rule };
  const group = await findGroupByArn(reader, scope, arn);
  if (group !== undefined) return { key: groupKey(scope, group.groupName), document: group };
  throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, { fields: { ResourceName: arn } });
}
