// API mapping: CreateApiMapping, GetApiMapping, GetApiMappings, UpdateApiMapping, DeleteApiMapping.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings.html

import type { Caller } from '../../aws/operations.ts';
import type { ApiMapping, DomainName } from '../../model/custom-domain.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { find, findRestApi, stageKind as restStageKind } from '../apigateway/documents.ts';
import { type AnyStage, findApi, keyUnderApi, stageKind } from './documents.ts';
import {
  apiMappingKey,
  apiMappingKind,
  domainsThatLeadTo,
  leadsToWebSocketApi,
  loadApiMapping,
  loadApiMappings,
  loadDomainName,
} from './domain-documents.ts';
import { checkedMappingKey } from './domain-name-rules.ts';
import { isOfV1Alone, regionalOnly } from './domain-names.ts';
import { newIdentifier } from './identifiers.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { assertGoesWithRules, assertTakesMappings } from './routing-mode.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function apiMappingOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateApiMapping(input: Input<'CreateApiMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input.DomainName);
        const { domainName } = domain;
        const key = checkedMappingKey(input.ApiMappingKey);
        assertTakesMappings(domain);
        const target = await checkedTarget(transaction, scope, domain, input.ApiId, input.Stage);
        const others = await loadApiMappings(transaction, scope, domainName);
        await assertUnmixed(transaction, scope, target.apiId, others);
        assertKeyIsFree(others, key, undefined);
        assertRoom(others, key, context.quotas.multiLevelMappingsPerDomain);
        const apiMappingId = await newIdentifier(transaction, 'apiMapping', (id) => apiMappingKey(scope, domainName, id));
        const mapping: ApiMapping = { apiMappingId, ...target, apiMappingKey: key };
        await transaction.put(apiMappingKey(scope, domainName, apiMappingId), mapping);
        return toApiMappingOutput(mapping);
      });
    },

    async GetApiMapping(input: Input<'GetApiMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { domainName } = await loadDomainName(store, scope, input.DomainName);
      return toApiMappingOutput(await loadApiMapping(store, scope, domainName, input.ApiMappingId));
    },

    async GetApiMappings(input: Input<'GetApiMappings'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { domainName } = await loadDomainName(store, scope, input.DomainName);
      const list = ['GetApiMappings', scope.account, scope.region, domainName];
      const page = await store.list<ApiMapping>(scope, apiMappingKind, domainName, pageOptions(input, list));
      return present({ Items: page.items.map(toApiMappingOutput), NextToken: nextToken(page, list) });
    },

    async UpdateApiMapping(input: Input<'UpdateApiMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input.DomainName);
        const { domainName } = domain;
        const former = await loadApiMapping(transaction, scope, domainName, input.ApiMappingId);
        const key = input.ApiMappingKey === undefined ? former.apiMappingKey : checkedMappingKey(input.ApiMappingKey);
        const target = await checkedTarget(transaction, scope, domain, input.ApiId ?? former.apiId, input.Stage ?? former.stage);
        const all = await loadApiMappings(transaction, scope, domainName);
        const others = all.filter((each) => each.apiMappingId !== former.apiMappingId);
        await assertUnmixed(transaction, scope, target.apiId, others);
        assertKeyIsFree(others, key, former.apiMappingId);
        assertRoom(others, key, context.quotas.multiLevelMappingsPerDomain);
        const mapping: ApiMapping = { ...former, ...target, apiMappingKey: key };
        await transaction.put(apiMappingKey(scope, domainName, former.apiMappingId), mapping);
        return toApiMappingOutput(mapping);
      });
    },

    async DeleteApiMapping(input: Input<'DeleteApiMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { domainName } = await loadDomainName(transaction, scope, input.DomainName);
        const { apiMappingId } = await loadApiMapping(transaction, scope, domainName, input.ApiMappingId);
        await transaction.delete(apiMappingKey(scope, domainName, apiMappingId));
        return {};
      });
    },
  } satisfies V2Operations;
}

/** AWS: both are a 400 in these words, not a 404. Seen: aws/aws-cdk#8983 for the stage, second-hand for the API. */
async function checkedTarget(
  reader: Reader,
  scope: Scope,
  domain: DomainName,
  apiId: string | undefined,
  stageName: string | undefined,
): Promise<{ readonly apiId: string; readonly stage: string }> {
  const restApi = await findRestApi(reader, scope, apiId);
  if (restApi !== undefined) {
    const restStage = await find<RestStage>(reader, scope, restStageKind, restApi.id, stageName);
    if (restStage === undefined) throw badRequest('Invalid stage identifier specified');
    return { apiId: restApi.id, stage: restStage.stageName };
  }
  const api = await findApi(reader, scope, apiId);
  if (api === undefined) throw badRequest('Invalid API identifier specified');
  if (isOfV1Alone(domain)) throw badRequest(regionalOnly);
  await assertGoesWithRules(reader, scope, domain, api.apiId);
  const stage = isId(stageName) ? await reader.get<AnyStage>(keyUnderApi(scope, stageKind, api.apiId, stageName)) : undefined;
  if (stage === undefined) throw badRequest('Invalid stage identifier specified');
  return { apiId: api.apiId, stage: stage.stageName };
}

/** A domain leads to WebSocket APIs or to APIs of the other kinds, never to both. */
async function assertUnmixed(reader: Reader, scope: Scope, apiId: string, others: readonly ApiMapping[]): Promise<void> {
  const wanted = await leadsToWebSocketApi(reader, scope, apiId);
  for (const other of others) {
    if ((await leadsToWebSocketApi(reader, scope, other.apiId)) === wanted) continue;
    // AWS: these words, as part of a longer text. Seen: serverless/serverless#7459.
    throw badRequest('Currently, WebSocket APIs can only be attached to a domain name with other WebSocket APIs.');
  }
}

function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.isWellFormed() && !id.includes('\0');
}

function assertKeyIsFree(others: readonly ApiMapping[], key: string, except: string | undefined): void {
  if (others.some((each) => each.apiMappingKey === key && each.apiMappingId !== except)) {
    // Second-hand: another emulator's test that was measured on AWS.
    throw conflict('ApiMapping key already exists for this domain name');
  }
}

/** AWS: only keys of several levels are counted. Seen: developer guide, quotas. */
function assertRoom(others: readonly ApiMapping[], key: string, most: number): void {
  if (!key.includes('/')) return;
  if (others.filter((each) => each.apiMappingKey.includes('/')).length >= most) throw quotaReached('ApiMappings');
}

function toApiMappingOutput(mapping: ApiMapping) {
  return present({
    ApiId: mapping.apiId,
    ApiMappingId: mapping.apiMappingId,
    ApiMappingKey: mapping.apiMappingKey,
    Stage: mapping.stage === '' ? undefined : mapping.stage,
  });
}

/**
 * An API or stage that a mapping leads to stays.
 * AWS: the sentence about APIs. Seen: gruntwork-io/cloud-nuke#370. The one about stages is an analogy.
 */
export async function assertNotMapped(transaction: Transaction, scope: Scope, apiId: string, stage?: string): Promise<void> {
  if ((await domainsThatLeadTo(transaction, scope, apiId, stage)).length === 0) return;
  throw badRequest(
    stage === undefined
      ? `Deleting API ${apiId} failed. Please remove all API mappings for the API from your custom domain names.`
      : `Deleting stage ${stage} failed. Please remove all API mappings for the stage from your custom domain names.`,
  );
}
