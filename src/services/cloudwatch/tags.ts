// Tags of alarms and dashboards.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { DocumentKey } from '../../store/store.ts';
import { alarmKey, alarmNameIn } from './alarm-document.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { dashboardArn, dashboardKey } from './dashboards.ts';
import { mergedTags, type Tags } from './tag-rules.ts';

interface Tagged {
  readonly tags: Tags;
}

export function tagOperations({ store }: CloudWatchContext) {
  async function change(caller: Caller, arn: string | undefined, tags: (present: Tags) => Tags): Promise<object> {
    const key = keyOf(arn ?? '', caller);
    await store.transact(async (transaction) => {
      const tagged = key === undefined ? undefined : await transaction.get<Tagged>(key);
      if (key === undefined || tagged === undefined) throw unknown(arn ?? '');
      await transaction.put(key, { ...tagged, tags: tags(tagged.tags) });
    });
    return {};
  }

  return {
    async TagResource(input: Input<'TagResource'>, caller: Caller) {
      return change(caller, input.ResourceARN, (present) => mergedTags(present, input.Tags ?? []));
    },
    async UntagResource(input: Input<'UntagResource'>, caller: Caller) {
      const removed = new Set(input.TagKeys ?? []);
      const without = (present: Tags) => Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(key)));
      return change(caller, input.ResourceARN, without);
    },
    async ListTagsForResource(input: Input<'ListTagsForResource'>, caller: Caller) {
      const key = keyOf(input.ResourceARN ?? '', caller);
      // AWS: what is gone has no tags. Seen: recorded answers, test_tagging_metric_alarm.
      const tagged = key === undefined ? undefined : await store.get<Tagged>(key);
      return { Tags: Object.entries(tagged?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
    },
  } satisfies CloudWatchOperations;
}

/** Undefined for the ARN of nothing that is here. */
function keyOf(arn: string, caller: Caller): DocumentKey | undefined {
  const scope = scopeOf(caller);
  const alarmName = alarmNameIn(arn, scope);
  if (alarmName !== undefined) return alarmKey(scope, alarmName);
  const dashboards = dashboardArn(scope.account, '', scope.region);
  return arn.startsWith(dashboards) && arn.length > dashboards.length
    ? dashboardKey(scope.account, arn.slice(dashboards.length))
    : undefined;
}

function unknown(arn: string): AwsError {
  const fields = { ResourceType: arn.includes(':dashboard/') ? 'Dashboard' : 'Alarm', ResourceId: arn };
  return new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, { fields });
}
