// Resource: CreateResource, GetResource, GetResources, UpdateResource, DeleteResource.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html

import type { Caller } from '../../aws/operations.ts';
import type { RestMethod, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { keyUnderApi, loadAll, loadResource, loadRestApi, methodId, methodKind, resourceKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { toMethodOutput } from './method-output.ts';
import { pageOf } from './paging.ts';
import { badRequest, quotaReached } from './refusals.ts';
import { assertPlaceIsFree, checkedPathPart, pathUnder, subtreeOf } from './resource-tree.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function resourceOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateResource(input: Input<'CreateResource'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const parent = await loadResource(transaction, scope, restApiId, input.parentId);
        const pathPart = checkedPathPart(input.pathPart);
        const resources = await loadAll<RestResource>(transaction, scope, resourceKind, restApiId);
        if (resources.length >= context.quotas.resourcesPerApi) throw quotaReached('Resources');
        assertPlaceIsFree(resources, parent, pathPart, undefined);
        const id = await newIdentifier(transaction, 6, (each) => keyUnderApi(scope, resourceKind, restApiId, each));
        const resource: RestResource = { id, parentId: parent.id, pathPart, path: pathUnder(parent, pathPart) };
        await transaction.put(keyUnderApi(scope, resourceKind, restApiId, id), resource);
        return toResourceOutput(resource, [], false);
      });
    },

    async GetResource(input: Input<'GetResource'>, caller: Caller) {
      const scope = scopeOf(caller);
      const resource = await loadResource(store, scope, input.restApiId, input.resourceId);
      const methods = await loadAll<RestMethod>(store, scope, methodKind, input.restApiId ?? '');
      return toResourceOutput(resource, methods, embedsMethods(input.embed));
    },

    async GetResources(input: Input<'GetResources'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const embedsAll = embedsMethods(input.embed);
      const resources = await loadAll<RestResource>(store, scope, resourceKind, id);
      const methods = await loadAll<RestMethod>(store, scope, methodKind, id);
      const page = pageOf(resources, ({ path }) => path, input, ['GetResources', scope.account, scope.region, id]);
      return present({
        items: page.items.map((resource) => toResourceOutput(resource, methods, embedsAll)),
        position: page.position,
      });
    },

    async UpdateResource(input: Input<'UpdateResource'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const former = await loadResource(transaction, scope, restApiId, input.resourceId);
        const resource = applyPatch(resourcePatch, former, input.patchOperations);
        const moved = await movedResource(transaction, scope, restApiId, resource);
        const methods = await loadAll<RestMethod>(transaction, scope, methodKind, restApiId);
        return toResourceOutput(moved, methods, false);
      });
    },

    /** With everything below it. */
    async DeleteResource(input: Input<'DeleteResource'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const resource = await loadResource(transaction, scope, restApiId, input.resourceId);
        if (resource.parentId === undefined) throw badRequest('Root resource cannot be deleted.');
        const resources = await loadAll<RestResource>(transaction, scope, resourceKind, restApiId);
        const gone = new Set(subtreeOf(resources, resource.id).map(({ id }) => id));
        for (const { resourceId, httpMethod } of await loadAll<RestMethod>(transaction, scope, methodKind, restApiId)) {
          if (!gone.has(resourceId)) continue;
          await transaction.delete(keyUnderApi(scope, methodKind, restApiId, methodId(resourceId, httpMethod)));
        }
        for (const id of gone) await transaction.delete(keyUnderApi(scope, resourceKind, restApiId, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const resourcePatch: PatchTable<RestResource> = {
  manner: 'listing',
  rows: [
    {
      path: '/parentId',
      ops: ['replace'],
      apply(state, { value = '' }) {
        if (state.parentId === undefined) throw badRequest('Root resource cannot update its parentId.');
        return { ...state, parentId: value };
      },
    },
    {
      path: '/pathPart',
      ops: ['replace'],
      apply(state, { value }) {
        if (state.parentId === undefined) throw badRequest('Root resource cannot update its pathPart.');
        return { ...state, pathPart: checkedPathPart(value) };
      },
    },
  ],
};

/** Puts a resource whose parent or path part may have changed, and gives everything below it its new path. */
async function movedResource(
  transaction: Transaction,
  scope: Scope,
  restApiId: string,
  changed: RestResource,
): Promise<RestResource> {
  if (changed.parentId === undefined || changed.pathPart === undefined) return changed;
  const parent = await loadResource(transaction, scope, restApiId, changed.parentId);
  const resources = await loadAll<RestResource>(transaction, scope, resourceKind, restApiId);
  const subtree = subtreeOf(resources, changed.id);
  if (subtree.some(({ id }) => id === parent.id)) throw badRequest('Resources cannot be cyclical.');
  assertPlaceIsFree(resources, parent, changed.pathPart, changed.id);
  const moved = new Map<string, RestResource>();
  for (const resource of subtree) {
    const own = resource.id === changed.id ? changed : resource;
    const above = resource.id === changed.id ? parent : moved.get(own.parentId ?? '');
    if (above === undefined || own.pathPart === undefined) continue;
    const placed = { ...own, path: pathUnder(above, own.pathPart) };
    moved.set(placed.id, placed);
    await transaction.put(keyUnderApi(scope, resourceKind, restApiId, placed.id), placed);
  }
  return moved.get(changed.id) ?? changed;
}

/** AWS: `methods` is all that can be embedded. Seen: API reference, GetResource. */
function embedsMethods(embed: readonly string[] | undefined): boolean {
  if (embed === undefined || embed.length === 0) return false;
  if (embed.every((name) => name === 'methods')) return true;
  throw badRequest(`Invalid embed parameter specified: [${embed.join(', ')}]`);
}

function toResourceOutput(resource: RestResource, methods: readonly RestMethod[], embedsAll: boolean) {
  const own = methods.filter(({ resourceId }) => resourceId === resource.id);
  return present({
    id: resource.id,
    parentId: resource.parentId,
    pathPart: resource.pathPart,
    path: resource.path,
    // AWS: the verbs alone, without what the methods are. Seen: recorded GetResources.
    resourceMethods:
      own.length === 0
        ? undefined
        : Object.fromEntries(own.map((method) => [method.httpMethod, embedsAll ? toMethodOutput(method) : {}])),
  });
}
