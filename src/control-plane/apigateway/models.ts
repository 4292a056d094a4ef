// Model: CreateModel, GetModel, GetModels, GetModelTemplate, UpdateModel, DeleteModel.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Model.html

import type { Caller } from '../../aws/operations.ts';
import { flattenedSchema } from '../../json-schema/flattened-schema.ts';
import { modelTemplate } from '../../json-schema/model-template.ts';
import type { ResolveModel } from '../../json-schema/schema-documents.ts';
import type { RestModel } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { newModelId } from './default-models.ts';
import { checkContentType, checkSchema } from './definition-checks.ts';
import { find, keyUnderApi, loadAll, loadModel, loadRestApi, modelKind } from './documents.ts';
import { assertModelUnused } from './model-references.ts';
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
        const { contentType = 'application/json' } = input;
        checkContentType(contentType);
        const schema = checkedSchema(input.schema, contentType);
        await checkDefinition(transaction, scope, restApiId, { name, schema, contentType });
        if ((await find(transaction, scope, modelKind, restApiId, name)) !== undefined) {
          throw conflict('Model name already exists for this REST API');
        }
        const model: RestModel = present({
          id: await newModelId(transaction, scope, restApiId),
          name,
          description: input.description || undefined,
          schema,
          contentType,
        });
        await transaction.put(keyUnderApi(scope, modelKind, restApiId, name), model);
        return toModelOutput(model);
      });
    },

    async GetModel(input: Input<'GetModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      const model = await loadModel(store, scope, input.restApiId, input.modelName);
      const { name, schema, contentType } = model;
      if (input.flatten !== true || schema === undefined || !isJson(contentType)) return toModelOutput(model);
      // AWS: "resolves all external model references". Seen: API reference; that they go into `definitions` is ours.
      const flat = flattenedSchema(name, schema, await modelsOf(store, scope, input.restApiId ?? '', schema));
      if (flat === undefined) throw badRequest('The model and those it refers to are too large together');
      return toModelOutput({ ...model, schema: flat });
    },

    async GetModels(input: Input<'GetModels'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const models = await loadAll<RestModel>(store, scope, modelKind, id);
      const page = pageOf(models, ({ name }) => name, input, ['GetModels', scope.account, scope.region, id]);
      return present({ items: page.items.map(toModelOutput), position: page.position });
    },

    async GetModelTemplate(input: Input<'GetModelTemplate'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { schema = '{}' } = await loadModel(store, scope, input.restApiId, input.modelName);
      return { value: modelTemplate(schema, await modelsOf(store, scope, input.restApiId ?? '', schema)) };
    },

    async UpdateModel(input: Input<'UpdateModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadModel(transaction, scope, input.restApiId, input.modelName);
        const model = applyPatch(modelPatch, former, input.patchOperations);
        if (model.schema !== former.schema) {
          await checkDefinition(transaction, scope, input.restApiId ?? '', model);
        }
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
function isJson(contentType: string | undefined): boolean {
  return contentType === undefined || contentType.includes('json');
}

function checkedSchema(schema: string | undefined, contentType: string | undefined): string | undefined {
  if (isJson(contentType) && !schema) throw badRequest('Model schema must have at least 1 property or array items defined');
  return schema || undefined;
}

async function checkDefinition(
  reader: Reader,
  scope: Scope,
  restApiId: string,
  { name, schema, contentType }: Pick<RestModel, 'name' | 'contentType'> & { readonly schema?: string | undefined },
): Promise<void> {
  if (schema === undefined || !isJson(contentType)) return;
  const others = await modelsOf(reader, scope, restApiId, schema);
  checkSchema(schema, (referred) => (referred === name ? schema : others(referred)));
}

/** The other models of the API, for a schema that looks as if it refers to some. */
async function modelsOf(reader: Reader, scope: Scope, restApiId: string, schema: string): Promise<ResolveModel> {
  if (!schema.includes('/models/')) return () => undefined;
  const models = await loadAll<RestModel>(reader, scope, modelKind, restApiId);
  const schemas = new Map(models.map((model) => [model.name, model.schema]));
  return (name) => schemas.get(name);
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
