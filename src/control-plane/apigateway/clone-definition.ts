// CreateRestApi with cloneFrom: everything an API's definition holds, under the new API's ids. Deployments and stages stay behind.

import type { RequestValidator, RestApi, RestAuthorizer, RestMethod, RestModel, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import {
  authorizerKind,
  documentationPartKind,
  gatewayResponseKind,
  type KindUnderApi,
  keyUnderApi,
  loadAll,
  methodId,
  methodKind,
  modelKind,
  requestValidatorKind,
  resourceKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { present } from './service.ts';

/** The root resource of `target` is there already. */
export async function cloneDefinition(transaction: Transaction, scope: Scope, source: RestApi, target: RestApi): Promise<void> {
  const all = <T>(kind: KindUnderApi) => loadAll<T>(transaction, scope, kind, source.id);
  const put = (kind: KindUnderApi, id: string, document: unknown) =>
    transaction.put(keyUnderApi(scope, kind, target.id, id), document);
  const newIds = async (kind: KindUnderApi, documents: readonly { readonly id: string }[]): Promise<Map<string, string>> => {
    const ids = new Map<string, string>();
    const taken = new Set<string>();
    for (const { id } of documents) {
      let fresh: string;
      do {
        fresh = await newIdentifier(transaction, 6, (candidate) => keyUnderApi(scope, kind, target.id, candidate));
      } while (taken.has(fresh));
      taken.add(fresh);
      ids.set(id, fresh);
    }
    return ids;
  };

  const resources = await all<RestResource>(resourceKind);
  const resourceIds = await newIds(resourceKind, resources);
  resourceIds.set(source.rootResourceId, target.rootResourceId);
  const validators = await all<RequestValidator>(requestValidatorKind);
  const validatorIds = await newIds(requestValidatorKind, validators);
  const authorizers = await all<RestAuthorizer>(authorizerKind);
  const authorizerIds = await newIds(authorizerKind, authorizers);
  const renamed = (ids: ReadonlyMap<string, string>, id: string | undefined) => (id === undefined ? undefined : ids.get(id));

  for (const resource of resources) {
    if (resource.id === source.rootResourceId) continue;
    const id = resourceIds.get(resource.id) ?? resource.id;
    await put(resourceKind, id, present({ ...resource, id, parentId: renamed(resourceIds, resource.parentId) }));
  }
  for (const validator of validators) {
    const id = validatorIds.get(validator.id) ?? validator.id;
    await put(requestValidatorKind, id, { ...validator, id });
  }
  for (const authorizer of authorizers) {
    const id = authorizerIds.get(authorizer.id) ?? authorizer.id;
    await put(authorizerKind, id, { ...authorizer, id });
  }
  for (const method of await all<RestMethod>(methodKind)) {
    const resourceId = resourceIds.get(method.resourceId) ?? method.resourceId;
    const { methodIntegration: integration } = method;
    const copy = present({
      ...method,
      resourceId,
      authorizerId: renamed(authorizerIds, method.authorizerId),
      requestValidatorId: renamed(validatorIds, method.requestValidatorId),
      methodIntegration:
        integration?.cacheNamespace === method.resourceId ? { ...integration, cacheNamespace: resourceId } : integration,
    });
    await put(methodKind, methodId(resourceId, method.httpMethod), copy);
  }
  for (const model of await all<RestModel>(modelKind)) {
    // A schema names other models of its API by a URL with the API's id.
    const schema = model.schema?.replaceAll(`/restapis/${source.id}/models/`, `/restapis/${target.id}/models/`);
    await put(modelKind, model.name, present({ ...model, schema }));
  }
  for (const response of await all<{ readonly responseType: string }>(gatewayResponseKind)) {
    await put(gatewayResponseKind, response.responseType, response);
  }
  const parts = await all<{ readonly id: string }>(documentationPartKind);
  const partIds = await newIds(documentationPartKind, parts);
  for (const part of parts) {
    const id = partIds.get(part.id) ?? part.id;
    await put(documentationPartKind, id, { ...part, id });
  }
}
