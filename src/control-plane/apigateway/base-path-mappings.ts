// BasePathMapping: CreateBasePathMapping, GetBasePathMapping, GetBasePathMappings, UpdateBasePathMapping, DeleteBasePathMapping. They are
// the API mappings of v2, named by their path: what one version makes the other shows.
// https://docs.aws.amazon.com/apigateway/latest/api/API_BasePathMapping.html

import type { Caller } from '../../aws/operations.ts';
import type { ApiMapping, DomainName } from '../../model/custom-domain.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { apiKey as httpApiKey } from '../apigatewayv2/documents.ts';
import {
  apiMappingKey,
  domainIdentity,
  domainsThatLeadTo,
  leadsToWebSocketApi,
  loadApiMappings,
} from '../apigatewayv2/domain-documents.ts';
import { assertPrivateLeadsToPrivate } from '../apigatewayv2/domain-targets.ts';
import { assertTakesMappings } from '../apigatewayv2/routing-mode.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { find, findRestApi, stageKind } from './documents.ts';
import { loadDomainName, type NamedDomain } from './domain-names.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { isId } from './usage-documents.ts';

/** How v1 writes the empty base path, and a mapping's missing stage. */
const none = '(none)';

export function basePathMappingOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateBasePathMapping(input: Input<'CreateBasePathMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input);
        const identity = domainIdentity(domain);
        assertTakesMappings(domain);
        const basePath = checkedBasePath(input.basePath);
        const target = await checkedTarget(transaction, scope, domain, input.restApiId, input.stage);
        const others = await loadApiMappings(transaction, scope, identity);
        await assertNoWebSocketApis(transaction, scope, others);
        assertBasePathIsFree(others, basePath);
        assertMayStandBeside(others);
        const keyOf = (id: string): DocumentKey => apiMappingKey(scope, identity, id);
        const apiMappingId = await newIdentifier(transaction, 6, keyOf);
        const mapping: ApiMapping = { apiMappingId, ...target, apiMappingKey: basePath };
        await transaction.put(keyOf(apiMappingId), mapping);
        return toBasePathMappingOutput(mapping);
      });
    },

    async GetBasePathMapping(input: Input<'GetBasePathMapping'>, caller: Caller) {
      return toBasePathMappingOutput((await loadBasePathMapping(store, scopeOf(caller), input)).mapping);
    },

    async GetBasePathMappings(input: Input<'GetBasePathMappings'>, caller: Caller) {
      const scope = scopeOf(caller);
      const identity = domainIdentity(await loadDomainName(store, scope, input));
      const mappings = await loadApiMappings(store, scope, identity);
      const list = ['GetBasePathMappings', scope.account, scope.region, identity];
      const page = pageOf(mappings, (mapping) => toBasePath(mapping), input, list);
      return present({ items: page.items.map(toBasePathMappingOutput), position: page.position });
    },

    async UpdateBasePathMapping(input: Input<'UpdateBasePathMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { domain, mapping: former, all } = await loadBasePathMapping(transaction, scope, input);
        const patched = applyPatch(basePathMappingPatch, former, input.patchOperations);
        if (patched.apiMappingKey !== former.apiMappingKey) {
          const others = all.filter(({ apiMappingId }) => apiMappingId !== former.apiMappingId);
          assertBasePathIsFree(others, patched.apiMappingKey);
        }
        const isMoved = patched.apiId !== former.apiId || patched.stage !== former.stage;
        if (isMoved)
          await assertNoWebSocketApis(
            transaction,
            scope,
            all.filter((each) => each !== former),
          );
        const target = isMoved ? await checkedTarget(transaction, scope, domain, patched.apiId, patched.stage) : {};
        const mapping: ApiMapping = { ...patched, ...target };
        await transaction.put(apiMappingKey(scope, domainIdentity(domain), mapping.apiMappingId), mapping);
        return toBasePathMappingOutput(mapping);
      });
    },

    async DeleteBasePathMapping(input: Input<'DeleteBasePathMapping'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { domain, mapping } = await loadBasePathMapping(transaction, scope, input);
        await transaction.delete(apiMappingKey(scope, domainIdentity(domain), mapping.apiMappingId));
        return {};
      });
    },
  } satisfies V1Operations;
}

const basePathMappingPatch: PatchTable<ApiMapping> = {
  manner: 'listing',
  rows: [
    {
      path: '/basePath',
      ops: ['replace'],
      apply: (mapping, { value }) => ({ ...mapping, apiMappingKey: checkedBasePath(value) }),
    },
    // AWS: so spelled. Seen: API reference, patch operations.
    { path: '/restapiId', ops: ['replace'], apply: (mapping, { value = '' }) => ({ ...mapping, apiId: value }) },
    { path: '/stage', ops: ['replace'], apply: (mapping, { value }) => ({ ...mapping, stage: toStage(value) }) },
  ],
};

interface NamedMapping extends NamedDomain {
  readonly basePath: string | undefined;
}

async function loadBasePathMapping(reader: Reader, scope: Scope, named: NamedMapping) {
  const domain = await loadDomainName(reader, scope, named);
  const all = await loadApiMappings(reader, scope, domainIdentity(domain));
  const key = named.basePath === none ? '' : named.basePath;
  const mapping = all.find(({ apiMappingKey }) => apiMappingKey === key);
  // AWS: these words. Seen: amplify-education/serverless-domain-manager#613.
  if (mapping === undefined) throw notFound('Invalid base path mapping identifier specified');
  return { domain, mapping, all };
}

/** '' for the empty path. Throws BadRequestException. */
function checkedBasePath(sent: string | undefined): string {
  const basePath = sent === undefined || sent === none ? '' : sent;
  if (basePath.includes('/')) {
    // The words other emulators carry.
    throw badRequest(
      "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
    );
  }
  // Requests with dot segments are refused before anybody could choose by them.
  const isDots = basePath === '.' || basePath === '..';
  // By analogy with the words of v2.
  if (!/^[A-Za-z0-9$\-_.+!*'(),]{0,300}$/.test(basePath) || isDots) {
    throw badRequest("A base path may contain only letters, numbers and one of $-_.+!*'(),");
  }
  return basePath;
}

function assertBasePathIsFree(others: readonly ApiMapping[], key: string): void {
  // AWS: status 409 and these words. Seen: aws-extensions-for-dotnet-cli#102.
  if (others.some(({ apiMappingKey }) => apiMappingKey === key)) {
    throw conflict('Base path already exists for this domain name');
  }
}

/** AWS: beside an empty base path v1 makes no other one; v2 does. Seen: serverless-domain-manager#179, aws-cdk#11095. */
function assertMayStandBeside(others: readonly ApiMapping[]): void {
  if (others.some(({ apiMappingKey }) => apiMappingKey === '')) {
    throw conflict('Only one base path mapping is allowed if the base path is empty.');
  }
}

function toStage(sent: string | undefined): string {
  return sent === undefined || sent === none ? '' : sent;
}

/** AWS: these words. Seen: serverless/serverless#7459. */
function mixedApis(): Error {
  return badRequest(
    "Mixing of REST APIs and HTTP APIs on the same domain name can only be accomplished through API Gateway's V2 DomainName interface. Currently, WebSocket APIs can only be attached to a domain name with other WebSocket APIs. This must also occur through API Gateway's V2 DomainName interface.",
  );
}

async function assertNoWebSocketApis(reader: Reader, scope: Scope, mappings: readonly ApiMapping[]): Promise<void> {
  for (const { apiId } of mappings) if (await leadsToWebSocketApi(reader, scope, apiId)) throw mixedApis();
}

/** AWS: what a mapping cannot lead to is a 400. The words other emulators carry. */
async function checkedTarget(
  reader: Reader,
  scope: Scope,
  domain: DomainName,
  restApiId: string | undefined,
  stage: string | undefined,
): Promise<Pick<ApiMapping, 'apiId' | 'stage'>> {
  const restApi = await findRestApi(reader, scope, restApiId);
  if (restApi === undefined) {
    if (isId(restApiId) && (await reader.get(httpApiKey(scope, restApiId))) !== undefined) {
      throw mixedApis();
    }
    throw badRequest('Invalid REST API identifier specified');
  }
  assertPrivateLeadsToPrivate(domain, restApi);
  const stageName = toStage(stage);
  if (stageName !== '' && (await find(reader, scope, stageKind, restApi.id, stageName)) === undefined) {
    throw badRequest('Invalid stage identifier specified');
  }
  return { apiId: restApi.id, stage: stageName };
}

function toBasePath({ apiMappingKey }: ApiMapping): string {
  return apiMappingKey === '' ? none : apiMappingKey;
}

function toBasePathMappingOutput(mapping: ApiMapping) {
  const { apiId, stage } = mapping;
  return present({ basePath: toBasePath(mapping), restApiId: apiId, stage: stage === '' ? undefined : stage });
}

/**
 * An API or stage that a mapping leads to stays.
 * AWS: the sentence about APIs. Seen: serverless/serverless#3638. The one about stages is an analogy.
 */
export async function assertNotMapped(reader: Reader, scope: Scope, restApiId: string, stage?: string): Promise<void> {
  const domains = await domainsThatLeadTo(reader, scope, restApiId, stage);
  if (domains.length === 0) return;
  const noun = stage === undefined ? 'RestApi' : 'stage';
  throw badRequest(
    `Deleting ${noun} ${stage ?? restApiId} failed. Please remove all base path mappings related to the ${noun} in your domains: ${domains.join(', ')}.`,
  );
}
