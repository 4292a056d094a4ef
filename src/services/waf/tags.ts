// Tags of sets, rule groups and web ACLs.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_TagResource.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { entityByArn, entityKey } from './entities.ts';
import { checkedEntityName, ENTITY_KINDS } from './entity-arn.ts';
import { pageOf } from './paging.ts';
import { nonexistentItem } from './refusals.ts';
import { mergedTags, type Tags, toWireTags } from './tag-rules.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import type { EntityDocument } from './waf-documents.ts';

export function tagOperations({ store }: WafContext) {
  async function change(caller: Caller, arn: string, tags: (present: Tags) => Tags): Promise<object> {
    await store.transact(async (transaction) => {
      const { key, document } = await taggedBy(transaction, scopeOf(caller), arn);
      await transaction.put(key, { ...document, tags: tags(document.tags) });
    });
    return {};
  }

  return {
    async TagResource({ ResourceARN: arn = '', Tags: added = [] }: Input<'TagResource'>, caller: Caller) {
      return change(caller, arn, (present) => mergedTags(present, added));
    },

    async UntagResource({ ResourceARN: arn = '', TagKeys: keys = [] }: Input<'UntagResource'>, caller: Caller) {
      const removed = new Set(keys);
      const without = (present: Tags) => Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(key)));
      return change(caller, arn, without);
    },

    async ListTagsForResource(input: Input<'ListTagsForResource'>, caller: Caller) {
      const arn = input.ResourceARN ?? '';
      const { document } = await taggedBy(store, scopeOf(caller), arn);
      const { items, next } = pageOf(toWireTags(document.tags), input, ['tags', arn]);
      return { TagInfoForResource: { ResourceARN: arn, TagList: items }, ...next };
    },
  } satisfies WafOperations;
}

interface Tagged {
  readonly key: DocumentKey;
  readonly document: EntityDocument;
}

async function taggedBy(reader: Reader, scope: Scope, arn: string): Promise<Tagged> {
  const { kind, wafScope } = checkedEntityName(arn, scope, ENTITY_KINDS);
  const document = await entityByArn(reader, scope, kind, arn);
  if (document === undefined) throw nonexistentItem();
  return { key: entityKey({ scope, wafScope }, kind, document.id), document };
}
