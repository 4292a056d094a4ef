// Model: CreateModel, GetModel, GetModels, GetModelTemplate, UpdateModel, DeleteModel.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Model.html

import type { Caller } from '../../aws/operations.ts';
import type { RestModel } from '../../model/rest-api.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { newModelId } from './default-models.ts';
import { checkSchema } from './definition-checks.ts';
import { find, keyUnderApi, loadAll, loadModel, loadRestApi, modelKind } from './documents.ts';
import { assertModelUnused } from './model-references.ts';
import { modelTemplate } from './model-template.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function modelOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateModel(input: Input<'CreateModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id: restApiId } = await loadRestApi(transaction, scope, input.restApiId);
        const name = checkedName(input.name);
        const schema = checkedSchema(input.schema, input.contentType);
        if ((await find(transaction, scope, modelKind, restApiId, name)) !== undefined) {
          throw conflict('Model name already exists for this REST API');
        }
        const model: RestModel = present({
          id: await newModelId(transaction, scope, restApiId),
          name,
          description: input.description || undefined,
          schema,
          contentType: input.contentType ?? 'application/json',
        });
        await transaction.put(keyUnderApi(scope, modelKind, restApiId, name), model);
        return toModelOutput(model);
      });
    },

    async GetModel(input: Input<'GetModel'>, caller: Caller) {
      const model = await loadModel(store, scopeOf(caller), input.restApiId, input.modelName);
      if (input.flatten === true && model.schema?.includes('"$ref"') === true) {
        throw badRequest('Stagegate does not resolve the references of a model yet. Leave flatten out.');
      }
      return toModelOutput(model);
    },

    async GetModels(input: Input<'GetModels'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const models = await loadAll<RestModel>(store, scope, modelKind, id);
      const page = pageOf(models, ({ name }) => name, input, ['GetModels', scope.account, scope.region, id]);
      return present({ items: page.items.map(toModelOutput), position: page.position });
    },

    async GetModelTemplate(input: Input<'GetModelTemplate'>, caller: Caller) {
      const model = await loadModel(store, scopeOf(caller), input.restApiId, input.modelName);
      return { value: modelTemplate(model.schema) };
    },

    async UpdateModel(input: Input<'UpdateModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadModel(transaction, scope, input.restApiId, input.modelName);
        const model = applyPatch(modelPatch, former, input.patchOperations);
        await transaction.put(keyUnderApi(scope, modelKind, input.restApiId ?? '', model.name), model);
        return toModelOutput(model);
      });
    },

    async DeleteModel(input: Input<'DeleteModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const { name } = await loadModel(transaction, scope, restApiId, input.modelName);
        await assertModelUnused(transaction, scope, restApiId, name);
        await transaction.delete(keyUnderApi(scope, modelKind, restApiId, name));
        return {};
      });
    },
  } satisfies V1Operations;
}

const modelPatch: PatchTable<RestModel> = {
  manner: 'listing',
  rows: [
    textRow('description'),
    {
      path: '/schema',
      ops: ['replace'],
      apply: (state, { value }) => present({ ...state, schema: checkedSchema(value, state.contentType) as never }),
    },
  ],
};

function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw badRequest('Model name must be non-empty');
  // From memory of the service; no recording is known.
  if (!/^[a-zA-Z0-9]{1,128}$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`);
  return name;
}

/** Only schemas of JSON are read; what else a model holds is kept as it is. */
function checkedSchema(schema: string | undefined, contentType: string | undefined): string | undefined {
  if (contentType !== undefined && !contentType.includes('json')) return schema || undefined;
  if (!schema) throw badRequest('Model schema must have at least 1 property or array items defined');
  checkSchema(schema);
  return schema;
}

function toModelOutput(model: RestModel) {
  return present({
    id: model.id,
    name: model.name,
    description: model.description,
    schema: model.schema,
    contentType: model.contentType,
  });
}
