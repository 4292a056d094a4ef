// ApiKey: CreateApiKey, GetApiKey, GetApiKeys, ImportApiKeys, UpdateApiKey, DeleteApiKey.
// https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html

import type { Caller } from '../../aws/operations.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { type PatchOperation, parsePatch } from '../patch/patch-operation.ts';
import { isTrue } from '../patch/patch-rows.ts';
import { checkApiKey, makeApiKey, newApiKeyValue, openedValue, textOrNone } from './api-key-values.ts';
import { find, stageKind } from './documents.ts';
import { importApiKeys } from './import-api-keys.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, present, scopeOf, type V1Operations } from './service.ts';
import { storePage } from './store-pages.ts';
import type { UsageContext } from './usage-context.ts';
import { deleteApiKey, findApiKey, listOfKeys, loadApiKey, putApiKey, type StoredApiKey } from './usage-documents.ts';
import { takeOutOfPlan } from './usage-plan-keys.ts';

export function apiKeyOperations(context: UsageContext) {
  const { store } = context;
  return {
    /** `generateDistinctId` is deprecated: an id that is the key itself would give it away, so ids are always distinct. */
    async CreateApiKey(input: Input<'CreateApiKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      const value = textOrNone(input.value);
      checkApiKey({ value, name: input.name, description: input.description });
      const tags = newTags(input.tags, context.quotas);
      return store.transact(async (transaction) => {
        const stageKeys: string[] = [];
        for (const { restApiId, stageName } of input.stageKeys ?? []) {
          stageKeys.push(await checkedStageKey(transaction, scope, restApiId, stageName));
        }
        const key = await makeApiKey(context, transaction, scope, {
          value: value ?? newApiKeyValue(),
          name: input.name,
          description: input.description,
          customerId: input.customerId,
          enabled: input.enabled ?? false,
          stageKeys,
          tags,
        });
        return { ...toApiKeyOutput(key), value: openedValue(context, key) };
      });
    },

    async GetApiKey(input: Input<'GetApiKey'>, caller: Caller) {
      const key = await loadApiKey(store, scopeOf(caller), input.apiKey);
      const output = { ...toApiKeyOutput(key), tags: { ...key.tags } };
      return input.includeValue === true ? { ...output, value: openedValue(context, key) } : output;
    },

    async GetApiKeys(input: Input<'GetApiKeys'>, caller: Caller) {
      const scope = scopeOf(caller);
      const page = await storePage(
        input,
        ['GetApiKeys', scope.account, scope.region],
        async (options) => {
          const { keyIds, next } = await listOfKeys(store, scope, options);
          return { items: keyIds, next };
        },
        async (keyId) => {
          const key = await findApiKey(store, scope, keyId);
          if (key === undefined || !isAskedFor(key, input)) return undefined;
          const output = toApiKeyOutput(key);
          return {
            place: key.place,
            item: input.includeValues === true ? { ...output, value: openedValue(context, key) } : output,
          };
        },
      );
      return present({ items: page.items, position: page.position });
    },

    async ImportApiKeys(input: Input<'ImportApiKeys'>, caller: Caller) {
      return importApiKeys(context, input, scopeOf(caller));
    },

    async UpdateApiKey(input: Input<'UpdateApiKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        let key = await loadApiKey(transaction, scope, input.apiKey);
        for (const operation of parsePatch(input.patchOperations)) key = await patched(transaction, scope, key, operation);
        key = { ...key, lastUpdatedDate: context.timestamp() };
        await putApiKey(transaction, scope, key);
        return { ...toApiKeyOutput(key), tags: { ...key.tags } };
      });
    },

    async DeleteApiKey(input: Input<'DeleteApiKey'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        let key = await loadApiKey(transaction, scope, input.apiKey);
        for (const planId of key.planIds) key = await takeOutOfPlan(transaction, scope, key, planId);
        await deleteApiKey(transaction, scope, key);
        return {};
      });
    },
  } satisfies V1Operations;
}

/** AWS: a name is looked for from its beginning, and case matters. Seen: recorded answers, test_get_api_keys. */
function isAskedFor(key: StoredApiKey, { nameQuery, customerId }: Input<'GetApiKeys'>): boolean {
  if (textOrNone(nameQuery) !== undefined && key.name?.startsWith(nameQuery ?? '') !== true) return false;
  return textOrNone(customerId) === undefined || key.customerId === customerId;
}

/** `apiId/stage`. Since there are usage plans these associations let nobody in; they are kept and shown. */
async function checkedStageKey(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  stageName: string | undefined,
): Promise<string> {
  const stage = await find<RestStage>(reader, scope, stageKind, restApiId, stageName);
  if (stage === undefined) throw notFound('Invalid stage identifier specified');
  return `${restApiId}/${stageName}`;
}

const replaceable = ['description', 'enabled', 'name', 'customerId'] as const;

async function patched(reader: Reader, scope: Scope, key: StoredApiKey, operation: PatchOperation): Promise<StoredApiKey> {
  const { op, path, segments, value } = operation;
  const [first = '', ...rest] = segments;
  if (first === 'stages' && (op === 'add' || op === 'remove')) {
    // The stage is the value, or the rest of the path.
    const [restApiId = '', stageName] = (rest.length > 0 ? rest.join('/') : (value ?? '')).split('/');
    const name = `${restApiId}/${stageName}`;
    const others = key.stageKeys.filter((each) => each !== name);
    if (op === 'remove') return { ...key, stageKeys: others };
    return { ...key, stageKeys: [...others, await checkedStageKey(reader, scope, restApiId, stageName)] };
  }
  // AWS: taken; no answer shows labels. Seen: API reference, patch operations of UpdateApiKey; the service model, ApiKey.
  if (first === 'labels' && rest.length === 0 && (op === 'add' || op === 'remove')) return key;
  const member = replaceable.find((each) => rest.length === 0 && each === first);
  if (op !== 'replace')
    throw badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`);
  if (member === undefined) {
    // AWS: two spaces, and the paths in this order. Seen: recorded answers of other nouns; the order in LocalStack.
    const paths = replaceable.map((each) => `/${each}`).join(', ');
    throw badRequest(`Invalid patch path  '${path}' specified for op 'replace'. Must be one of: [${paths}]`);
  }
  if (member === 'enabled') return { ...key, enabled: isTrue(value) };
  checkApiKey({ name: member === 'name' ? value : undefined, description: member === 'description' ? value : undefined });
  const { [member]: _, ...others } = key;
  return value === undefined || value === '' ? (others as StoredApiKey) : { ...others, [member]: value };
}

/** The members AWS shows, without what the key is kept by. */
function toApiKeyOutput(key: StoredApiKey) {
  return present({
    id: key.id,
    name: key.name,
    customerId: key.customerId,
    description: key.description,
    enabled: key.enabled,
    createdDate: new Date(key.createdDate),
    lastUpdatedDate: new Date(key.lastUpdatedDate),
    stageKeys: [...key.stageKeys],
    tags: key.tags === undefined ? undefined : { ...key.tags },
  });
}
