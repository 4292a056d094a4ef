// Making and keeping a key and its value.

import { randomInt } from 'node:crypto';
import type { Scope } from '../../model/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { newIdentifier } from './identifiers.ts';
import { badRequest, conflict } from './refusals.ts';
import { present } from './service.ts';
import { type UsageContext, usageQuotaReached } from './usage-context.ts';
import {
  addToKeyList,
  apiKeyKey,
  findApiKey,
  findLiveKey,
  keysPresent,
  putApiKey,
  type StoredApiKey,
} from './usage-documents.ts';

const VALUE_MIN = 20;
const VALUE_MAX = 128;
const NAME_MAX = 1024;
/** From memory of other emulators, which give this figure for AWS. */
const DESCRIPTION_MAX = 125_000;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** AWS: 40 letters and digits. Seen: recorded samples. */
export function newApiKeyValue(): string {
  return Array.from({ length: 40 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** What a new key may say of itself. */
export interface NewApiKey {
  readonly value?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly customerId?: string | undefined;
  readonly stageKeys: readonly string[];
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Throws BadRequestException. AWS: these words. Seen: recorded answers; LocalStack for the two about values. */
export function checkApiKey(wanted: Pick<NewApiKey, 'value' | 'name' | 'description'>): void {
  const { value, name = '', description = '' } = wanted;
  if (name.length > NAME_MAX) throw badRequest(`Invalid API Key name, can be at most ${NAME_MAX} characters.`);
  if (description.length > DESCRIPTION_MAX) throw badRequest('Invalid API Key description specified.');
  if (value === undefined) return;
  if (value.length > VALUE_MAX) throw badRequest(`API Key value exceeds maximum size of ${VALUE_MAX} characters`);
  if (value.length < VALUE_MIN) throw badRequest(`API Key value should be at least ${VALUE_MIN} characters`);
}

/** Keeps a new key. Throws ConflictException when a key with this value is there. */
export async function makeApiKey(
  context: UsageContext,
  transaction: Transaction,
  scope: Scope,
  wanted: NewApiKey & { readonly value: string },
): Promise<StoredApiKey> {
  const { box, digest } = context.keySecrets;
  const valueDigest = digest.of(wanted.value);
  // checkApiKey lets no value pass that is too long for a digest.
  if (valueDigest === undefined) throw badRequest(`API Key value exceeds maximum size of ${VALUE_MAX} characters`);
  if ((await findLiveKey(transaction, scope, valueDigest)) !== undefined) throw conflict('API Key already exists');
  if ((await keysPresent(transaction, scope)) >= context.quotas.apiKeysPerRegion) throw usageQuotaReached('API Keys');
  const id = await newIdentifier(transaction, 10, (keyId) => apiKeyKey(scope, keyId));
  const now = context.timestamp();
  const key: StoredApiKey = present({
    id,
    name: textOrNone(wanted.name),
    customerId: textOrNone(wanted.customerId),
    description: textOrNone(wanted.description),
    enabled: wanted.enabled,
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys: wanted.stageKeys,
    tags: wanted.tags === undefined || Object.keys(wanted.tags).length === 0 ? undefined : wanted.tags,
    digest: valueDigest,
    sealedValue: box.seal(wanted.value, `api key ${id}`),
    place: await addToKeyList(transaction, scope, id),
    planIds: [],
  });
  await putApiKey(transaction, scope, key);
  return key;
}

/** The key with this value, if any. */
export async function findApiKeyByValue(
  context: UsageContext,
  reader: Reader,
  scope: Scope,
  value: string,
): Promise<StoredApiKey | undefined> {
  const digest = context.keySecrets.digest.of(value);
  const live = digest === undefined ? undefined : await findLiveKey(reader, scope, digest);
  return live === undefined ? undefined : findApiKey(reader, scope, live.keyId);
}

/** The value of a key. Throws an Error when the master key is not the one that the value was encrypted with. */
export function openedValue(context: UsageContext, key: StoredApiKey): string {
  const value = context.keySecrets.box.open(key.sealedValue, `api key ${key.id}`);
  if (value === undefined)
    throw new Error(`The value of API key ${key.id} does not open: master.key is not the one it was made with.`);
  return value;
}

export function textOrNone(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
