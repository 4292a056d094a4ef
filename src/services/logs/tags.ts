// Tags of log groups: the operations by ARN and the older ones by name change one set.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html

import type { Caller } from '../../aws/operations.ts';
import { type LogGroupDocument, loadLogGroup, logGroupKey, nameInArn } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, scopeOf } from './logs-context.ts';
import { mergedTags, withoutTags } from './tag-rules.ts';

type Tags = Readonly<Record<string, string>>;

export function tagOperations({ store }: LogsContext) {
  async function change(caller: Caller, name: string | undefined, tags: (group: LogGroupDocument) => Tags): Promise<object> {
    const scope = scopeOf(caller);
    await store.transact(async (transaction) => {
      const group = await loadLogGroup(transaction, scope, name);
      await transaction.put(logGroupKey(scope, group.logGroupName), { ...group, tags: tags(group) });
    });
    return {};
  }

  async function read(caller: Caller, name: string | undefined): Promise<{ tags: Record<string, string> }> {
    return { tags: { ...(await loadLogGroup(store, scopeOf(caller), name)).tags } };
  }

  const byArn = (arn: string | undefined, caller: Caller): string => nameInArn(arn ?? '', scopeOf(caller));

  return {
    async TagResource(input: Input<'TagResource'>, caller: Caller) {
      const name = byArn(input.resourceArn, caller);
      return change(caller, name, (group) => mergedTags(group.tags, input.tags ?? {}, name));
    },
    async UntagResource(input: Input<'UntagResource'>, caller: Caller) {
      return change(caller, byArn(input.resourceArn, caller), (group) => withoutTags(group.tags, input.tagKeys ?? []));
    },
    async ListTagsForResource(input: Input<'ListTagsForResource'>, caller: Caller) {
      return read(caller, byArn(input.resourceArn, caller));
    },
    async TagLogGroup(input: Input<'TagLogGroup'>, caller: Caller) {
      return change(caller, input.logGroupName, (group) => mergedTags(group.tags, input.tags ?? {}, group.logGroupName));
    },
    async UntagLogGroup(input: Input<'UntagLogGroup'>, caller: Caller) {
      return change(caller, input.logGroupName, (group) => withoutTags(group.tags, input.tags ?? []));
    },
    async ListTagsLogGroup(input: Input<'ListTagsLogGroup'>, caller: Caller) {
      return read(caller, input.logGroupName);
    },
  } satisfies LogsOperations;
}
