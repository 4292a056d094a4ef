// RequestValidator: CreateRequestValidator, GetRequestValidator, GetRequestValidators, UpdateRequestValidator, DeleteRequestValidator.
// https://docs.aws.amazon.com/apigateway/latest/api/API_RequestValidator.html

import type { Caller } from '../../aws/operations.ts';
import type { RequestValidator, RestMethod } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { flagRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import {
  findRestApi,
  keyUnderApi,
  loadAll,
  loadRequestValidator,
  loadRestApi,
  methodKind,
  requestValidatorKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function requestValidatorOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRequestValidator(input: Input<'CreateRequestValidator'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const restApi = await findRestApi(transaction, scope, input.restApiId);
        // AWS: 400 here, 404 elsewhere. Seen: recorded answer, test_validators_crud_no_api.
        if (restApi === undefined) throw badRequest('Invalid REST API identifier specified');
        const name = checkedName(input.name);
        await assertNameIsFree(transaction, scope, restApi.id, name);
        const validator: RequestValidator = {
          id: await newIdentifier(transaction, 6, (id) => keyUnderApi(scope, requestValidatorKind, restApi.id, id)),
          name,
          validateRequestBody: input.validateRequestBody ?? false,
          validateRequestParameters: input.validateRequestParameters ?? false,
        };
        await transaction.put(keyUnderApi(scope, requestValidatorKind, restApi.id, validator.id), validator);
        return { ...validator };
      });
    },

    async GetRequestValidator(input: Input<'GetRequestValidator'>, caller: Caller) {
      return { ...(await loadRequestValidator(store, scopeOf(caller), input.restApiId, input.requestValidatorId)) };
    },

    async GetRequestValidators(input: Input<'GetRequestValidators'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const validators = await loadAll<RequestValidator>(store, scope, requestValidatorKind, id);
      const list = ['GetRequestValidators', scope.account, scope.region, id];
      const page = pageOf(validators, (validator) => validator.id, input, list);
      return present({ items: page.items.map((validator) => ({ ...validator })), position: page.position });
    },

    async UpdateRequestValidator(input: Input<'UpdateRequestValidator'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const former = await loadRequestValidator(transaction, scope, restApiId, input.requestValidatorId);
        const validator = applyPatch(requestValidatorPatch, former, input.patchOperations);
        if (validator.name !== former.name) await assertNameIsFree(transaction, scope, restApiId, validator.name);
        await transaction.put(keyUnderApi(scope, requestValidatorKind, restApiId, validator.id), validator);
        return { ...validator };
      });
    },

    async DeleteRequestValidator(input: Input<'DeleteRequestValidator'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const { id } = await loadRequestValidator(transaction, scope, restApiId, input.requestValidatorId);
        const methods = await loadAll<RestMethod>(transaction, scope, methodKind, restApiId);
        if (methods.some(({ requestValidatorId }) => requestValidatorId === id)) {
          // By analogy with models and authorizers.
          throw conflict(`Cannot delete Request Validator '${id}', is referenced in a method`);
        }
        await transaction.delete(keyUnderApi(scope, requestValidatorKind, restApiId, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const requestValidatorPatch: PatchTable<RequestValidator> = {
  manner: 'listing',
  rows: [
    { path: '/name', ops: ['replace'], apply: (state, { value }) => ({ ...state, name: checkedName(value) }) },
    flagRow('validateRequestParameters'),
    flagRow('validateRequestBody'),
  ],
};

/** AWS: these words. Seen: serverless/serverless#10099; the status is an analogy with a blank name. */
async function assertNameIsFree(reader: Reader, scope: Scope, restApiId: string, name: string): Promise<void> {
  const validators = await loadAll<RequestValidator>(reader, scope, requestValidatorKind, restApiId);
  if (validators.some((each) => each.name === name)) throw badRequest('Request Validator name must be unique');
}

function checkedName(name: string | undefined): string {
  if (name === undefined || name.trim() === '') throw badRequest('Request Validator name cannot be blank');
  return name;
}
