// The models every new REST API has. AWS: these names, texts and schemas. Seen: recorded answer, test_model_lifecycle.

import type { RestModel } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { keyUnderApi, loadAll, modelKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';

const draft = 'http://json-schema.org/draft-04/schema#';

/** AWS: the texts are these, blank for blank. Seen: AWS CLI, example of get-models; Terraform states that were generated from APIs. */
export const defaultModels: readonly Omit<RestModel, 'id'>[] = [
  {
    name: 'Empty',
    description: 'This is a default empty schema model',
    contentType: 'application/json',
    schema: `{
  "$schema": "${draft}",
  "title" : "Empty Schema",
  "type" : "object"
}`,
  },
  {
    name: 'Error',
    description: 'This is a default error schema model',
    contentType: 'application/json',
    schema: `{
  "$schema" : "${draft}",
  "title" : "Error Schema",
  "type" : "object",
  "properties" : {
    "message" : { "type" : "string" }
  }
}`,
  },
];

export async function putModels(
  transaction: Transaction,
  scope: Scope,
  restApiId: string,
  models: readonly Omit<RestModel, 'id'>[],
): Promise<void> {
  for (const model of models) {
    const id = await newModelId(transaction, scope, restApiId);
    await transaction.put(keyUnderApi(scope, modelKind, restApiId, model.name), { id, ...model });
  }
}

/** Models are kept by name, so their ids are compared here. */
export async function newModelId(transaction: Transaction, scope: Scope, restApiId: string): Promise<string> {
  const used = new Set((await loadAll<RestModel>(transaction, scope, modelKind, restApiId)).map(({ id }) => id));
  for (;;) {
    const id = await newIdentifier(transaction, 6, (candidate) => keyUnderApi(scope, modelKind, restApiId, candidate));
    if (!used.has(id)) return id;
  }
}
