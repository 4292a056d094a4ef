// Web ACLs: rules in front of stages, and what happens to requests that none of them decides about.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html

import type { Caller } from '../../aws/operations.ts';
import { assertNotAssociated } from './association.ts';
import { checkDefaultAction } from './checks/action-checks.ts';
import {
  entityByArn,
  entityKey,
  entityPage,
  lockedEntity,
  namedEntity,
  newEntity,
  nextEntity,
  placeOf,
  putNewEntity,
  summaryOf,
  tellWafScope,
} from './entities.ts';
import { nonexistentItem } from './refusals.ts';
import { toDocument } from './rule-document.ts';
import { checkedCapacity, labelNamespaceOf, ruleSetOf } from './rule-set.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import { loggingKind, type WebAclDocument, webAclKind } from './waf-documents.ts';
import { checkSettings, settingsOf, tellSettings } from './web-acl-settings.ts';
import { toWebAcl } from './wire-web-acl.ts';

export function webAclOperations(context: WafContext) {
  const { store } = context;

  return {
    async CreateWebACL(input: Input<'CreateWebACL'>, caller: Caller) {
      checkSettings(input);
      const place = placeOf(input, caller);
      const entity = newEntity(place, webAclKind, input);
      const labelNamespace = labelNamespaceOf(place.scope, 'webacl', entity.name);
      const parts = checkedParts(input);
      const summary = await store.transact(async (transaction) => {
        const capacity = await checkedCapacity(context, transaction, place, 'web ACL', parts);
        const webAcl: WebAclDocument = { ...entity, ...parts, labelNamespace, capacity };
        await putNewEntity(transaction, place, webAclKind, webAcl);
        return summaryOf(webAcl);
      });
      tellWafScope(context, place);
      tellSettings(context, input);
      return { Summary: summary };
    },

    async GetWebACL(input: Input<'GetWebACL'>, caller: Caller) {
      const { ARN: arn } = input;
      const webAcl =
        arn === undefined
          ? await namedEntity<WebAclDocument>(store, placeOf(input, caller), webAclKind, input)
          : await entityByArn<WebAclDocument>(store, scopeOf(caller), webAclKind, arn);
      if (webAcl === undefined) throw nonexistentItem();
      return { WebACL: toWebAcl(webAcl), LockToken: webAcl.lockToken };
    },

    async UpdateWebACL(input: Input<'UpdateWebACL'>, caller: Caller) {
      checkSettings(input);
      const place = placeOf(input, caller);
      const parts = checkedParts(input);
      const lockToken = await store.transact(async (transaction) => {
        const former = await lockedEntity<WebAclDocument>(transaction, place, webAclKind, input);
        const capacity = await checkedCapacity(context, transaction, place, 'web ACL', parts);
        const { labelNamespace } = former;
        const webAcl: WebAclDocument = { ...nextEntity(former, input), ...parts, labelNamespace, capacity };
        await transaction.put(entityKey(place, webAclKind, webAcl.id), webAcl);
        return webAcl.lockToken;
      });
      tellSettings(context, input);
      return { NextLockToken: lockToken };
    },

    async DeleteWebACL(input: Input<'DeleteWebACL'>, caller: Caller) {
      const place = placeOf(input, caller);
      await store.transact(async (transaction) => {
        const { id, arn } = await lockedEntity(transaction, place, webAclKind, input);
        await assertNotAssociated(context, transaction, place.scope, arn);
        await transaction.delete(entityKey(place, webAclKind, id));
        await transaction.delete({ ...entityKey(place, webAclKind, id), kind: loggingKind });
      });
      return {};
    },

    async ListWebACLs(input: Input<'ListWebACLs'>, caller: Caller) {
      const { summaries, next } = await entityPage(context, webAclKind, input, caller);
      return { WebACLs: summaries, ...next };
    },
  } satisfies WafOperations;
}

/** What a request replaces whole. */
function checkedParts(input: Input<'CreateWebACL'> | Input<'UpdateWebACL'>) {
  const document = toDocument(input);
  const parts = ruleSetOf(document);
  checkDefaultAction(document.DefaultAction, new Set(Object.keys(parts.customResponseBodies ?? {})));
  return { ...parts, defaultAction: document.DefaultAction ?? {}, ...settingsOf(document) };
}
