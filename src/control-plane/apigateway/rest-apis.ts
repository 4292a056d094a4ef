// RestApi: CreateRestApi, GetRestApi, GetRestApis, UpdateRestApi, DeleteRestApi.
// https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApi, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { domainsThatLeadTo } from '../apigatewayv2/domain-documents.ts';
import { isPrivateApi } from '../apigatewayv2/domain-targets.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { flagRow, textRow, withMember } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { assertNotMapped } from './base-path-mappings.ts';
import { cloneDefinition } from './clone-definition.ts';
import { defaultModels, putModels } from './default-models.ts';
import { keyUnderApi, kindsUnderApi, loadRestApi, resourceKind, restApiKey, restApiKind } from './documents.ts';
import { checkEndpointMove, endpointConfigurationRows, newEndpointConfiguration } from './endpoint-configuration.ts';
import { newApiIdentifier, newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, notFound, quotaReached } from './refusals.ts';
import { checkedPolicy, shownPolicy } from './resource-policy.ts';
import { checkSecurityPolicy, type Secured } from './security-policies.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { takeOutOfUsagePlans } from './usage-documents.ts';

export function restApiOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRestApi(input: Input<'CreateRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      // AWS: the description is looked at before the endpoint types. Seen: recorded answer, test_create_rest_api_private_type.
      if (input.description === '') throw badRequest('Description cannot be an empty string');
      const name = checkedName(input.name);
      const endpointConfiguration = newEndpointConfiguration(input.endpointConfiguration);
      const { securityPolicy, endpointAccessMode } = input;
      checkSecurityPolicy({ types: endpointConfiguration.types, securityPolicy, endpointAccessMode });
      const minimumCompressionSize = checkedCompressionSize(input.minimumCompressionSize);
      const policy = input.policy === undefined || input.policy === '' ? undefined : checkedPolicy(input.policy);
      const tags = newTags(input.tags, context.quotas);
      return store.transact(async (transaction) => {
        const apis = await transaction.list(scope, restApiKind, '', { limit: context.quotas.apisPerRegion });
        if (apis.items.length >= context.quotas.apisPerRegion) throw quotaReached('Rest APIs');
        const id = await newApiIdentifier(transaction, scope, tags);
        const rootResourceId = await newIdentifier(transaction, 10, (root) => keyUnderApi(scope, resourceKind, id, root));
        const source = input.cloneFrom === undefined ? undefined : await loadRestApi(transaction, scope, input.cloneFrom);
        const restApi: RestApi = present({
          id,
          name,
          description: input.description ?? source?.description,
          createdDate: context.timestamp(),
          version: input.version ?? source?.version,
          binaryMediaTypes: listOrNone(input.binaryMediaTypes) ?? source?.binaryMediaTypes,
          minimumCompressionSize: minimumCompressionSize ?? source?.minimumCompressionSize,
          apiKeySource: input.apiKeySource ?? source?.apiKeySource ?? 'HEADER',
          endpointConfiguration,
          policy: policy ?? source?.policy,
          tags: Object.keys(tags).length === 0 ? undefined : tags,
          disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? source?.disableExecuteApiEndpoint ?? false,
          rootResourceId,
          securityPolicy,
          endpointAccessMode,
        });
        const root: RestResource = { id: rootResourceId, path: '/' };
        await transaction.put(restApiKey(scope, id), restApi);
        context.notices.restApi(restApi);
        await transaction.put(keyUnderApi(scope, resourceKind, id, rootResourceId), root);
        if (source === undefined) await putModels(transaction, scope, id, defaultModels);
        else await cloneDefinition(transaction, scope, source, restApi);
        return toRestApiOutput(scope, restApi);
      });
    },

    async GetRestApi(input: Input<'GetRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      return withTags(toRestApiOutput(scope, await loadRestApi(store, scope, input.restApiId)));
    },

    async GetRestApis(input: Input<'GetRestApis'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { items } = await store.list<RestApi>(scope, restApiKind, '');
      const page = pageOf(items, (restApi) => restApi.id, input, ['GetRestApis', scope.account, scope.region]);
      return present({ items: page.items.map((restApi) => toRestApiOutput(scope, restApi)), position: page.position });
    },

    async UpdateRestApi(input: Input<'UpdateRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadRestApi(transaction, scope, input.restApiId);
        const restApi = applyPatch(restApiPatch, former, input.patchOperations);
        checkEndpointMove(restApi.endpointConfiguration, former.endpointConfiguration);
        checkSecurityPolicy(securedOf(restApi), securedOf(former));
        await assertStaysPrivate(transaction, scope, former, restApi);
        await transaction.put(restApiKey(scope, restApi.id), restApi);
        context.notices.restApi(restApi);
        return withTags(toRestApiOutput(scope, restApi));
      });
    },

    async DeleteRestApi(input: Input<'DeleteRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        await assertNotMapped(transaction, scope, id);
        for (const kind of kindsUnderApi) await transaction.deleteAll(scope, kind, id);
        await transaction.delete(restApiKey(scope, id));
        await takeOutOfUsagePlans(transaction, scope, id);
        await context.webAcls.forgetStages(transaction, scope, id);
        return {};
      });
    },
  } satisfies V1Operations;
}

const restApiPatch: PatchTable<RestApi> = {
  manner: 'plain',
  rows: [
    { path: '/name', ops: ['replace'], apply: (state, { value }) => ({ ...state, name: checkedName(value) }) },
    // AWS: a description can be removed, too. Seen: recorded answer, test_update_rest_api_operation_add_remove.
    textRow('description', { ops: ['replace', 'remove'] }),
    textRow('version', { ops: ['replace', 'remove'] }),
    {
      path: '/apiKeySource',
      ops: ['replace'],
      apply(state, { value }) {
        if (value !== 'HEADER' && value !== 'AUTHORIZER') {
          throw badRequest('Invalid apiKeySource specified. Valid options are HEADER,AUTHORIZER');
        }
        return { ...state, apiKeySource: value };
      },
    },
    textRow('policy', { ops: ['replace', 'remove'], check: checkedPolicy }),
    flagRow('disableExecuteApiEndpoint'),
    // AWS: nothing or an empty text switches compression off. Seen: developer guide, "Enable payload compression".
    textRow('minimumCompressionSize', { ops: ['replace', 'remove'], check: (value) => checkedCompressionSize(numberOf(value)) }),
    textRow('securityPolicy'),
    textRow('endpointAccessMode'),
    ...endpointConfigurationRows<RestApi>(),
    {
      path: '/binaryMediaTypes/{mediaType}',
      ops: ['add', 'replace', 'remove'],
      apply(state, { op, value }, mediaType) {
        const former = state.binaryMediaTypes ?? [];
        const others = former.filter((each) => each !== mediaType);
        if (op !== 'add' && others.length === former.length) throw notFound('Invalid binary media type specified');
        // AWS: what replaces a type stands at the end. Seen: recorded answer, test_update_rest_api_operation_add_remove.
        const added = op === 'add' ? [mediaType] : op === 'replace' && value ? [value] : [];
        return withMember(state, 'binaryMediaTypes', listOrNone([...others.filter((each) => !added.includes(each)), ...added]));
      },
    },
  ],
};

/** AWS: under a private domain name the endpoint type cannot change. Seen: developer guide, private custom domain names. */
async function assertStaysPrivate(reader: Reader, scope: Scope, former: RestApi, changed: RestApi): Promise<void> {
  if (!isPrivateApi(former) || isPrivateApi(changed)) return;
  const domain = (await domainsThatLeadTo(reader, scope, former.id)).find((identity) => identity.includes('+'));
  if (domain === undefined) return;
  throw badRequest(`The endpoint type of an API cannot be changed while a private domain name leads to it: ${domain}.`);
}

function securedOf({ endpointConfiguration, securityPolicy, endpointAccessMode }: RestApi): Secured {
  return { types: endpointConfiguration.types, securityPolicy, endpointAccessMode };
}

function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw badRequest('Rest API name must be non-empty');
  if (name.length > 1024) throw badRequest('Invalid Rest API name, can be at most 1024 characters.');
  return name;
}

function checkedCompressionSize(size: number | undefined): number | undefined {
  if (size === undefined || (Number.isInteger(size) && size >= 0 && size <= 10_485_760)) return size;
  throw badRequest('Invalid minimum compression size, must be between 0 and 10485760');
}

function numberOf(text: string): number {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function listOrNone<T>(items: readonly T[] | undefined): readonly T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items;
}

/** AWS: these answers show the tags also when there are none. Seen: recorded answers. */
function withTags<T extends { tags?: Record<string, string> }>(output: T): T {
  return { ...output, tags: output.tags ?? {} };
}

function toRestApiOutput(scope: Scope, restApi: RestApi) {
  const { types, ipAddressType, vpcEndpointIds } = restApi.endpointConfiguration;
  return present({
    id: restApi.id,
    name: restApi.name,
    description: restApi.description,
    createdDate: new Date(restApi.createdDate),
    version: restApi.version,
    binaryMediaTypes: restApi.binaryMediaTypes && [...restApi.binaryMediaTypes],
    minimumCompressionSize: restApi.minimumCompressionSize,
    apiKeySource: restApi.apiKeySource,
    endpointConfiguration: present({ types: [...types], ipAddressType, vpcEndpointIds: vpcEndpointIds && [...vpcEndpointIds] }),
    policy: restApi.policy === undefined ? undefined : shownPolicy(restApi.policy, scope, restApi.id),
    tags: restApi.tags && { ...restApi.tags },
    disableExecuteApiEndpoint: restApi.disableExecuteApiEndpoint,
    rootResourceId: restApi.rootResourceId,
    // AWS: answers have these since 2025, where they were set.
    securityPolicy: restApi.securityPolicy as 'TLS_1_2' | undefined,
    endpointAccessMode: restApi.endpointAccessMode as 'BASIC' | undefined,
  });
}
