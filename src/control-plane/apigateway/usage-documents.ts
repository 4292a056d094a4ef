// Where API keys, usage plans and what was used lie in the store, and how they are read. They are many and change often, so they have
// a kind prefix of their own: nothing here makes a stage be compiled again.

import type { ApiKey, UsagePlan } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader, Transaction } from '../../store/store.ts';
import { notFound } from './refusals.ts';

/** Id: the key's id. */
export const apiKeyKind = 'usage-plans/api-key';
/** Id: the digest of the key's value. What a request needs to know of a key; the only kind that is read whole at start. */
export const liveKeyKind = 'usage-plans/live-key';
/** Id: the key's place in the list of keys, the newest first. */
const keyOrderKind = 'usage-plans/api-key-order';
/** One document: how many keys there are and were. */
const keyCountKind = 'usage-plans/api-key-count';
export const usagePlanKind = 'usage-plans/usage-plan';
/** Parent: the plan. Id: the key's id. */
export const planKeyKind = 'usage-plans/usage-plan-key';
/** Parent: the plan. Id: the key's place in the list of the plan's keys, the newest first. */
export const planKeyOrderKind = 'usage-plans/usage-plan-key-order';

/** A key as it is kept: its value only as a digest and encrypted. */
export interface StoredApiKey extends ApiKey {
  readonly digest: string;
  readonly sealedValue: string;
  readonly place: string;
  /** The plans that the key is in, the oldest first. */
  readonly planIds: readonly string[];
}

export interface LiveKey {
  readonly digest: string;
  readonly keyId: string;
  readonly enabled: boolean;
  readonly planIds: readonly string[];
}

/** As it is kept: one text, because a start reads a million of them. */
function toLiveText({ digest, keyId, enabled, planIds }: LiveKey): string {
  return `${digest} ${keyId} ${enabled ? '+' : '-'}${planIds.join(',')}`;
}

export function fromLiveText(text: string): LiveKey {
  // Digests have 43 characters, and none of the parts holds a blank.
  const end = text.indexOf(' ', DIGEST_LENGTH + 1);
  const plans = text.slice(end + 2);
  return {
    digest: text.slice(0, DIGEST_LENGTH),
    keyId: text.slice(DIGEST_LENGTH + 1, end),
    enabled: text.charCodeAt(end + 1) === 0x2b,
    planIds: plans === '' ? [] : plans.split(','),
  };
}

const DIGEST_LENGTH = 43;

export async function findLiveKey(reader: Reader, scope: Scope, digest: string): Promise<LiveKey | undefined> {
  const text = await reader.get<string>(liveKeyKey(scope, digest));
  return text === undefined ? undefined : fromLiveText(text);
}

export async function putLiveKey(transaction: Transaction, scope: Scope, key: LiveKey): Promise<void> {
  await transaction.put(liveKeyKey(scope, key.digest), toLiveText(key));
}

export interface StoredUsagePlan extends UsagePlan {
  /** When the quota began to count (ISO-8601): its offset is for the period of this time alone. */
  readonly quotaSince?: string;
  /** How many keys were ever added: places in the list of its keys. */
  readonly keysMade?: number;
}

export interface StoredPlanKey {
  readonly keyId: string;
  readonly place: string;
}

interface KeyCount {
  readonly present: number;
  readonly made: number;
}

export function apiKeyKey(scope: Scope, keyId: string): DocumentKey {
  return { scope, kind: apiKeyKind, parent: '', id: keyId };
}

function liveKeyKey(scope: Scope, digest: string): DocumentKey {
  return { scope, kind: liveKeyKind, parent: '', id: digest };
}

export function usagePlanKey(scope: Scope, planId: string): DocumentKey {
  return { scope, kind: usagePlanKind, parent: '', id: planId };
}

export function planKeyKey(scope: Scope, planId: string, keyId: string): DocumentKey {
  return { scope, kind: planKeyKind, parent: planId, id: keyId };
}

export async function findApiKey(reader: Reader, scope: Scope, keyId: string | undefined): Promise<StoredApiKey | undefined> {
  return isId(keyId) ? reader.get<StoredApiKey>(apiKeyKey(scope, keyId)) : undefined;
}

export async function loadApiKey(reader: Reader, scope: Scope, keyId: string | undefined): Promise<StoredApiKey> {
  const key = await findApiKey(reader, scope, keyId);
  // The words other emulators carry; no recording of AWS's own is known.
  if (key === undefined) throw notFound('Invalid API Key identifier specified');
  return key;
}

export async function findUsagePlan(
  reader: Reader,
  scope: Scope,
  planId: string | undefined,
): Promise<StoredUsagePlan | undefined> {
  return isId(planId) ? reader.get<StoredUsagePlan>(usagePlanKey(scope, planId)) : undefined;
}

export async function loadUsagePlan(reader: Reader, scope: Scope, planId: string | undefined): Promise<StoredUsagePlan> {
  const plan = await findUsagePlan(reader, scope, planId);
  if (plan === undefined) throw notFound('Invalid Usage Plan ID specified');
  return plan;
}

/** AWS: a stage that is deleted is in no usage plan any more. Seen: hashicorp/terraform-provider-aws#14100. */
export async function takeOutOfUsagePlans(
  transaction: Transaction,
  scope: Scope,
  apiId: string,
  /** All stages of the API when left out. */
  stageName?: string,
): Promise<void> {
  const { items } = await transaction.list<StoredUsagePlan>(scope, usagePlanKind, '');
  for (const plan of items) {
    const apiStages = plan.apiStages.filter(
      (each) => each.apiId !== apiId || (stageName !== undefined && each.stage !== stageName),
    );
    if (apiStages.length < plan.apiStages.length) await transaction.put(usagePlanKey(scope, plan.id), { ...plan, apiStages });
  }
}

export async function findPlanKey(
  reader: Reader,
  scope: Scope,
  planId: string | undefined,
  keyId: string | undefined,
): Promise<StoredPlanKey | undefined> {
  return isId(planId) && isId(keyId) ? reader.get<StoredPlanKey>(planKeyKey(scope, planId, keyId)) : undefined;
}

/** Keeps a key and what requests need to know of it. */
export async function putApiKey(transaction: Transaction, scope: Scope, key: StoredApiKey): Promise<void> {
  await transaction.put(apiKeyKey(scope, key.id), key);
  await putLiveKey(transaction, scope, { digest: key.digest, keyId: key.id, enabled: key.enabled, planIds: key.planIds });
}

/** Counts a new key in and gives it its place. */
export async function addToKeyList(transaction: Transaction, scope: Scope, keyId: string): Promise<string> {
  const { present, made } = await keyCount(transaction, scope);
  await transaction.put(countKey(scope), { present: present + 1, made: made + 1 } satisfies KeyCount);
  const place = placeOf(made);
  await transaction.put({ scope, kind: keyOrderKind, parent: '', id: place }, keyId);
  return place;
}

export async function deleteApiKey(transaction: Transaction, scope: Scope, key: StoredApiKey): Promise<void> {
  const { present, made } = await keyCount(transaction, scope);
  await transaction.put(countKey(scope), { present: present - 1, made } satisfies KeyCount);
  await transaction.delete({ scope, kind: keyOrderKind, parent: '', id: key.place });
  await transaction.delete(liveKeyKey(scope, key.digest));
  await transaction.delete(apiKeyKey(scope, key.id));
}

export async function keysPresent(reader: Reader, scope: Scope): Promise<number> {
  return (await keyCount(reader, scope)).present;
}

/** Ids of keys, the newest first; the document ids of the list are what pages continue after. */
export async function listOfKeys(
  reader: Reader,
  scope: Scope,
  options: { readonly after?: string; readonly limit: number },
): Promise<{ readonly keyIds: readonly string[]; readonly next: string | undefined }> {
  const page = await reader.list<string>(scope, keyOrderKind, '', options);
  return { keyIds: page.items, next: page.next };
}

/** Ids of a plan's keys, the newest of the plan first. */
export async function listOfPlanKeys(
  reader: Reader,
  scope: Scope,
  planId: string,
  options: { readonly after?: string; readonly limit: number },
): Promise<{ readonly keyIds: readonly string[]; readonly next: string | undefined }> {
  const page = await reader.list<string>(scope, planKeyOrderKind, planId, options);
  return { keyIds: page.items, next: page.next };
}

/** Every scope that has keys or had some. */
export async function scopesWithKeys(reader: Reader): Promise<readonly Scope[]> {
  return (await reader.scan(keyCountKind)).map(({ key }) => key.scope);
}

async function keyCount(reader: Reader, scope: Scope): Promise<KeyCount> {
  return (await reader.get<KeyCount>(countKey(scope))) ?? { present: 0, made: 0 };
}

function countKey(scope: Scope): DocumentKey {
  return { scope, kind: keyCountKind, parent: '', id: 'count' };
}

/** Lists are read in the order of their ids: the later, the smaller. */
export function placeOf(ordinal: number): string {
  return String(999_999_999_999 - ordinal).padStart(12, '0');
}

/** Ids come from outside: what could not be a document id names nothing. */
export function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.isWellFormed() && !id.includes('\0');
}
