// What sets, rule groups and web ACLs have in common: names that are taken, lock tokens, summaries, lists.

import { randomUUID } from 'node:crypto';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader, Transaction } from '../../store/store.ts';
import { checkedWafScope, type EntityKind, entityArn, entityNameIn } from './entity-arn.ts';
import { pageOf } from './paging.ts';
import { duplicateItem, limitsExceeded, nonexistentItem, optimisticLock } from './refusals.ts';
import { newTags, type WireTag } from './tag-rules.ts';
import { scopeOf, type WafContext } from './waf-context.ts';
import {
  type EntityDocument,
  ipSetKind,
  regexPatternSetKind,
  ruleGroupKind,
  type WafScope,
  webAclKind,
} from './waf-documents.ts';

/** AWS: in each region. Seen: WAF quotas. */
const ENTITIES_MAX: Readonly<Record<EntityKind, number>> = {
  [ipSetKind]: 100,
  [regexPatternSetKind]: 10,
  [ruleGroupKind]: 100,
  [webAclKind]: 100,
};

/** Where the caller is and which of the two scopes the request means. */
export interface Place {
  readonly scope: Scope;
  readonly wafScope: WafScope;
}

export function placeOf(input: { readonly Scope?: WafScope | undefined }, caller: Caller): Place {
  const scope = scopeOf(caller);
  return { scope, wafScope: checkedWafScope(input.Scope, scope) };
}

export function entityKey({ scope, wafScope }: Place, kind: EntityKind, id: string): DocumentKey {
  return { scope, kind, parent: wafScope, id };
}

interface NewEntity {
  readonly Name?: string | undefined;
  readonly Description?: string | undefined;
  readonly Tags?: readonly WireTag[] | undefined;
}

/** The common part of a new document. Throws WAFTagOperationException and the like. */
export function newEntity(place: Place, kind: EntityKind, { Name: name = '', Description, Tags }: NewEntity): EntityDocument {
  const id = randomUUID();
  const arn = entityArn(place.scope, place.wafScope, kind, name, id);
  return { name, id, arn, description: Description ?? '', lockToken: randomUUID(), tags: newTags(Tags) };
}

/** The common part of a document after an update, which replaces the description too. */
export function nextEntity(
  { name, id, arn, tags }: EntityDocument,
  { Description }: { readonly Description?: string | undefined },
): EntityDocument {
  return { name, id, arn, tags, description: Description ?? '', lockToken: randomUUID() };
}

/** Keeps a new document. Throws WAFDuplicateItemException or WAFLimitsExceededException. */
export async function putNewEntity(
  transaction: Transaction,
  place: Place,
  kind: EntityKind,
  entity: EntityDocument,
): Promise<void> {
  const { items } = await transaction.list<EntityDocument>(place.scope, kind, place.wafScope);
  if (items.some(({ name }) => name === entity.name)) throw duplicateItem();
  const most = ENTITIES_MAX[kind];
  if (items.length >= most) throw limitsExceeded(`There can be at most ${most} in a region.`);
  await transaction.put(entityKey(place, kind, entity.id), entity);
}

interface NamesEntity {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
  readonly LockToken?: string | undefined;
}

/** The document that name and id mean together. Throws WAFNonexistentItemException. */
export async function namedEntity<T extends EntityDocument>(
  reader: Reader,
  place: Place,
  kind: EntityKind,
  { Name: name, Id: id = '' }: NamesEntity,
): Promise<T> {
  const found = isId(id) ? await reader.get<T>(entityKey(place, kind, id)) : undefined;
  if (found === undefined || found.name !== name) throw nonexistentItem();
  return found;
}

/** The same for a change, which needs the lock token of the last one. Throws WAFOptimisticLockException. */
export async function lockedEntity<T extends EntityDocument>(
  reader: Reader,
  place: Place,
  kind: EntityKind,
  named: NamesEntity,
): Promise<T> {
  const found = await namedEntity<T>(reader, place, kind, named);
  if (found.lockToken !== named.LockToken) throw optimisticLock();
  return found;
}

/** The document of an ARN of this account and region. */
export async function entityByArn<T extends EntityDocument>(
  reader: Reader,
  scope: Scope,
  kind: EntityKind,
  arn: string,
): Promise<T | undefined> {
  const named = entityNameIn(arn, scope);
  if (named?.kind !== kind || !isId(named.id)) return undefined;
  const found = await reader.get<T>(entityKey({ scope, wafScope: named.wafScope }, kind, named.id));
  return found?.arn === arn ? found : undefined;
}

interface ListInput {
  readonly Scope?: WafScope | undefined;
  readonly NextMarker?: string | undefined;
  readonly Limit?: number | undefined;
}

/** A page of summaries, by name. */
export async function entityPage({ store }: WafContext, kind: EntityKind, input: ListInput, caller: Caller) {
  const place = placeOf(input, caller);
  const { items } = await store.list<EntityDocument>(place.scope, kind, place.wafScope);
  const sorted = items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const list = [kind, place.scope.account, place.scope.region, place.wafScope];
  const page = pageOf(sorted, input, list);
  return { summaries: page.items.map(summaryOf), next: page.next };
}

export function summaryOf({ name, id, arn, description, lockToken }: EntityDocument) {
  return { Name: name, Id: id, Description: description, LockToken: lockToken, ARN: arn };
}

/** Says that what is kept for CloudFront protects nothing. */
export function tellWafScope({ keptOnly }: WafContext, { wafScope }: Place): void {
  if (wafScope === 'CLOUDFRONT') keptOnly('What WAF has for the scope CLOUDFRONT');
}

/** What can be an id: a key of the store holds no NUL, whoever asks. */
function isId(id: string): boolean {
  return /^[0-9a-f-]{1,36}$/.test(id);
}
