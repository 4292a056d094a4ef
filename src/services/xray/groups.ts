// Groups: filter expressions with a name.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-configuration.html#xray-api-configuration-groups

import type { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { parseFilterExpression } from './filter-expression.ts';
import { findGroup, findGroupByArn, type GroupDocument, groupArn, groupKey, groupKind, newGroupId } from './group-document.ts';
import { pageOf } from './paging.ts';
import { invalidRequest, isName } from './refusals.ts';
import { newTags } from './tag-rules.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

/** AWS: Seen: X-Ray quotas. */
const GROUPS_MAX = 25;
/** AWS: the name of the group of all traces, which nobody creates. Seen: API reference, CreateGroup. */
const RESERVED_NAME = 'Default';

type WireInsights = NonNullable<Input<'CreateGroup'>['InsightsConfiguration']>;

export function groupOperations({ store, keptOnly }: XRayContext) {
  const tell = ({ insightsEnabled }: GroupDocument): void => {
    if (insightsEnabled) keptOnly('Insights of an X-Ray group');
  };

  return {
    async CreateGroup(input: Input<'CreateGroup'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { GroupName: groupName = '', FilterExpression: filterExpression, InsightsConfiguration: insights = {} } = input;
      if (!isName(groupName)) throw invalidRequest('The name of the group has characters that are not allowed.');
      if (groupName === RESERVED_NAME) throw invalidRequest(`The group name ${RESERVED_NAME} is reserved.`);
      const group: GroupDocument = {
        ...{ groupName, uniqueId: newGroupId() },
        ...checkedFilter(filterExpression),
        ...insightsOf(insights, { insightsEnabled: false, notificationsEnabled: false }),
        tags: newTags(input.Tags),
      };
      await store.transact(async (transaction) => {
        const { items } = await transaction.list<GroupDocument>(scope, groupKind, '');
        if (items.some((other) => other.groupName === groupName)) {
          throw invalidRequest(`A group with the name ${groupName} already exists.`);
        }
        if (items.length >= GROUPS_MAX) throw invalidRequest(`There can be at most ${GROUPS_MAX} groups.`);
        await transaction.put(groupKey(scope, groupName), group);
      });
      tell(group);
      return { Group: toGroup(group, scope) };
    },

    async GetGroup(input: Input<'GetGroup'>, caller: Caller) {
      const scope = scopeOf(caller);
      return { Group: toGroup(await namedGroup(store, input, scope), scope) };
    },

    async UpdateGroup(input: Input<'UpdateGroup'>, caller: Caller) {
      const scope = scopeOf(caller);
      const filter = checkedFilter(input.FilterExpression);
      const group = await store.transact(async (transaction) => {
        const former = await namedGroup(transaction, input, scope);
        const next: GroupDocument = { ...former, ...filter, ...insightsOf(input.InsightsConfiguration ?? {}, former) };
        await transaction.put(groupKey(scope, former.groupName), next);
        return next;
      });
      tell(group);
      return { Group: toGroup(group, scope) };
    },

    async DeleteGroup(input: Input<'DeleteGroup'>, caller: Caller) {
      const scope = scopeOf(caller);
      await store.transact(async (transaction) => {
        const { groupName } = await namedGroup(transaction, input, scope);
        await transaction.delete(groupKey(scope, groupName));
      });
      return {};
    },

    async GetGroups(input: Input<'GetGroups'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { items: groups } = await store.list<GroupDocument>(scope, groupKind, '');
      const { items, next } = pageOf(groups, input.NextToken, ['groups', scope.account, scope.region]);
      return { Groups: items.map((group) => toGroup(group, scope)), ...next };
    },
  } satisfies XRayOperations;
}

interface NamesGroup {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

/**
 * The group that a request names, by name, by ARN or by both. Throws InvalidRequestException.
 * AWS: both may be given. Seen: devguide xray-api-configuration.
 */
export async function namedGroup(
  reader: Reader,
  { GroupName: name, GroupARN: arn }: NamesGroup,
  scope: Scope,
): Promise<GroupDocument> {
  if (name === undefined && arn === undefined) throw invalidRequest('Either GroupName or GroupARN must be given.');
  const group = arn === undefined ? await findGroup(reader, scope, name ?? '') : await findGroupByArn(reader, scope, arn);
  if (group === undefined || (name !== undefined && group.groupName !== name)) throw noGroup();
  return group;
}

/** An empty expression chooses every trace. */
function checkedFilter(text: string | undefined): Pick<GroupDocument, 'filterExpression'> {
  if (text === undefined) return {};
  if (text.trim() !== '') {
    const filter = parseFilterExpression(text);
    if (filter.kind === 'problem') throw invalidRequest(`Invalid filter expression: ${filter.message}`);
  }
  return { filterExpression: text };
}

type Insights = Pick<GroupDocument, 'insightsEnabled' | 'notificationsEnabled'>;

function insightsOf({ InsightsEnabled: enabled, NotificationsEnabled: notifying }: WireInsights, former: Insights): Insights {
  const insightsEnabled = enabled ?? former.insightsEnabled;
  // AWS: Seen: API reference, InsightsConfiguration.
  if (notifying === true && !insightsEnabled) {
    throw invalidRequest('NotificationsEnabled can only be true when InsightsEnabled is true.');
  }
  return { insightsEnabled, notificationsEnabled: insightsEnabled && (notifying ?? former.notificationsEnabled) };
}

/** AWS: these words. Seen: Terraform's provider looks for them, internal/service/xray/group.go. */
function noGroup(): AwsError {
  return invalidRequest('Group not found');
}

function toGroup(group: GroupDocument, scope: Scope) {
  const { groupName, filterExpression, insightsEnabled, notificationsEnabled } = group;
  return {
    ...{ GroupName: groupName, GroupARN: groupArn(scope, group) },
    ...(filterExpression !== undefined && { FilterExpression: filterExpression }),
    InsightsConfiguration: { InsightsEnabled: insightsEnabled, NotificationsEnabled: notificationsEnabled },
  };
}
