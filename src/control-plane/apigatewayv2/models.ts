// Model: CreateModel, GetModel, GetModels, GetModelTemplate, UpdateModel, DeleteModel. Of WebSocket APIs: what messages must look like.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models.html

import type { Caller } from '../../aws/operations.ts';
import { modelTemplate } from '../../json-schema/model-template.ts';
import type { ResolveModel } from '../../json-schema/schema-documents.ts';
import type { Scope } from '../../model/scope.ts';
import type { WebSocketModel } from '../../model/websocket-api.ts';
import type { Reader } from '../../store/store.ts';
import { checkSchema } from '../apigateway/definition-checks.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { keyUnderApi, loadAll, loadApi, loadModel, loadWebSocketApi, modelKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { assertLength, updatedText } from './member-rules.ts';
import { assertModelUnused } from './model-references.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function modelOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateModel(input: Input<'CreateModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadWebSocketApi(transaction, scope, input.ApiId, 'Models');
        const keyOf = (id: string) => keyUnderApi(scope, modelKind, apiId, id);
        const others = await loadAll<WebSocketModel>(transaction, scope, modelKind, apiId);
        const wanted = toModel(input, undefined, others);
        const model: WebSocketModel = { ...wanted, modelId: await newIdentifier(transaction, 'model', keyOf) };
        await transaction.put(keyOf(model.modelId), model);
        await deployAutomatically(transaction, context, scope, apiId);
        return toModelOutput(model);
      });
    },

    async GetModel(input: Input<'GetModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toModelOutput(await loadModel(store, scope, apiId, input.ModelId));
    },

    async GetModels(input: Input<'GetModels'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetModels', scope.account, scope.region, apiId];
      const page = await store.list<WebSocketModel>(scope, modelKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toModelOutput), NextToken: nextToken(page, list) });
    },

    async GetModelTemplate(input: Input<'GetModelTemplate'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const { schema } = await loadModel(store, scope, apiId, input.ModelId);
      return { Value: modelTemplate(schema, await resolverOf(store, scope, apiId)) };
    },

    async UpdateModel(input: Input<'UpdateModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadModel(transaction, scope, apiId, input.ModelId);
        const all = await loadAll<WebSocketModel>(transaction, scope, modelKind, apiId);
        const model = toModel(
          input,
          former,
          all.filter(({ modelId }) => modelId !== former.modelId),
        );
        // Routes refer to a model by its name.
        if (model.name !== former.name) await assertModelUnused(transaction, scope, apiId, former.name, 'rename');
        await transaction.put(keyUnderApi(scope, modelKind, apiId, former.modelId), model);
        await deployAutomatically(transaction, context, scope, apiId);
        return toModelOutput(model);
      });
    },

    async DeleteModel(input: Input<'DeleteModel'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { modelId, name } = await loadModel(transaction, scope, apiId, input.ModelId);
        await assertModelUnused(transaction, scope, apiId, name, 'delete');
        await transaction.delete(keyUnderApi(scope, modelKind, apiId, modelId));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },
  } satisfies V2Operations;
}

/** What the call asks for, over what there is. The id is the caller's to set when there is nothing yet. */
function toModel(
  input: Input<'CreateModel'> | Input<'UpdateModel'>,
  former: WebSocketModel | undefined,
  others: readonly WebSocketModel[],
): WebSocketModel {
  assertLength('Description', input.Description, 0, 1024);
  const name = checkedName(input.Name ?? former?.name);
  // The words are those of REST APIs, for this kind of API.
  if (others.some((other) => other.name === name)) throw conflict('Model name already exists for this API');
  const contentType = checkedContentType(input.ContentType ?? former?.contentType ?? 'application/json');
  const schema = input.Schema ?? former?.schema ?? '';
  // AWS: these words, on REST APIs. From memory of the service.
  if (schema === '') throw badRequest('Model schema must have at least 1 property or array items defined');
  checkSchema(schema, (referred) => (referred === name ? schema : others.find((other) => other.name === referred)?.schema));
  const description = updatedText(input.Description, former?.description);
  return present({ modelId: former?.modelId ?? '', name, contentType, description, schema });
}

/** Source: API reference, CreateModel: "The name of the model. Must be alphanumeric." */
function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw badRequest('Model name must be non-empty');
  if (!/^[a-zA-Z0-9]{1,128}$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`);
  return name;
}

/** Messages are validated as JSON: a model of anything else would let none of them pass. */
function checkedContentType(contentType: string): string {
  assertLength('ContentType', contentType, 1, 256);
  if (/^[\x21-\x7e]+\/(?:[\x21-\x7e]+\+|x-)?json(?:;.*)?$/.test(contentType)) return contentType;
  throw badRequest(
    `Stagegate does not run models of the content type ${contentType} yet: the call was refused and changed nothing. ` +
      'Use application/json, with a JSON Schema.',
  );
}

async function resolverOf(reader: Reader, scope: Scope, apiId: string): Promise<ResolveModel> {
  const models = await loadAll<WebSocketModel>(reader, scope, modelKind, apiId);
  return (name) => models.find((model) => model.name === name)?.schema;
}

function toModelOutput(model: WebSocketModel) {
  return present({
    ContentType: model.contentType,
    Description: model.description,
    ModelId: model.modelId,
    Name: model.name,
    Schema: model.schema,
  });
}
