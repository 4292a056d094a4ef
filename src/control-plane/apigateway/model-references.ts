// Who refers to a model: methods and their responses by its name, other models by its URL.

import type { RestMethod, RestModel, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { find, loadAll, methodKind, modelKind, resourceKind } from './documents.ts';
import { badRequest, conflict } from './refusals.ts';

/** The models that a map of content types names must be there. */
export async function assertModelsExist(
  reader: Reader,
  scope: Scope,
  restApiId: string,
  models: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  for (const modelName of Object.values(models ?? {})) {
    if ((await find(reader, scope, modelKind, restApiId, modelName)) === undefined) {
      throw badRequest(`Invalid model identifier specified: ${modelName}`);
    }
  }
}

/** AWS: a model that is in use stays. Seen: recorded answer, test_put_method_model; responses and models by analogy. */
export async function assertModelUnused(reader: Reader, scope: Scope, restApiId: string, modelName: string): Promise<void> {
  const refuse = (where: string) => conflict(`Cannot delete model '${modelName}', is referenced in ${where}`);
  const paths = new Map((await loadAll<RestResource>(reader, scope, resourceKind, restApiId)).map(({ id, path }) => [id, path]));
  const methods = [...(await loadAll<RestMethod>(reader, scope, methodKind, restApiId))];
  // AWS: of several the deepest is named. Seen: the same answer, `/test/ANY` before `//ANY`.
  methods.sort((left, right) => (paths.get(right.resourceId) ?? '').length - (paths.get(left.resourceId) ?? '').length);
  for (const method of methods) {
    const place = `${paths.get(method.resourceId)}/${method.httpMethod}`;
    if (Object.values(method.requestModels ?? {}).includes(modelName)) throw refuse(`method request: ${place}`);
    for (const { responseModels } of Object.values(method.methodResponses)) {
      if (Object.values(responseModels ?? {}).includes(modelName)) throw refuse(`method response: ${place}`);
    }
  }
  const reference = `/restapis/${restApiId}/models/${modelName}"`;
  for (const { name, schema } of await loadAll<RestModel>(reader, scope, modelKind, restApiId)) {
    if (name !== modelName && schema?.includes(reference) === true) throw refuse(`model: ${name}`);
  }
}
