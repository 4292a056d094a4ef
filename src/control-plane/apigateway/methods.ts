// Method: PutMethod, GetMethod, UpdateMethod, DeleteMethod.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html

import type { Caller } from '../../aws/operations.ts';
import type { RestAuthorizationType, RestAuthorizer, RestMethod } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { entryRow, flagRow, isTrue, itemRow, textRow, withMember } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import {
  authorizerKind,
  find,
  findMethod,
  keyUnderApi,
  loadMethod,
  loadResource,
  methodId,
  methodKind,
  requestValidatorKind,
} from './documents.ts';
import { checkRequestParameterName, checkRequestParameterNames } from './mapping-expressions.ts';
import { toMethodOutput } from './method-output.ts';
import { assertModelsExist } from './model-references.ts';
import { badRequest, conflict } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function methodOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async PutMethod(input: Input<'PutMethod'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const { id: resourceId } = await loadResource(transaction, scope, restApiId, input.resourceId);
        const httpMethod = checkedVerb(input.httpMethod);
        const method: RestMethod = present({
          resourceId,
          httpMethod,
          authorizationType: checkedAuthorizationType(input.authorizationType),
          authorizerId: input.authorizerId,
          authorizationScopes: input.authorizationScopes,
          apiKeyRequired: input.apiKeyRequired ?? false,
          requestValidatorId: input.requestValidatorId || undefined,
          operationName: input.operationName,
          requestParameters: input.requestParameters,
          requestModels: input.requestModels,
          methodResponses: {},
        });
        checkRequestParameterNames(method.requestParameters);
        const checked = await checkedMethod(transaction, scope, restApiId, method);
        if ((await findMethod(transaction, scope, input)) !== undefined) {
          // From memory of the service; no recording is known.
          throw conflict('Method already exists for this resource');
        }
        await transaction.put(keyUnderApi(scope, methodKind, restApiId, methodId(resourceId, httpMethod)), checked);
        return toMethodOutput(checked);
      });
    },

    async GetMethod(input: Input<'GetMethod'>, caller: Caller) {
      return toMethodOutput(await loadMethod(store, scopeOf(caller), input));
    },

    async UpdateMethod(input: Input<'UpdateMethod'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const former = await loadMethod(transaction, scope, input);
        const patched = withoutLeftScopes(applyPatch(methodPatch, former, input.patchOperations), former);
        checkRequestParameterNames(patched.requestParameters);
        const method = await checkedMethod(transaction, scope, restApiId, patched);
        await transaction.put(keyUnderApi(scope, methodKind, restApiId, methodId(method.resourceId, method.httpMethod)), method);
        return toMethodOutput(method);
      });
    },

    async DeleteMethod(input: Input<'DeleteMethod'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { resourceId, httpMethod } = await loadMethod(transaction, scope, input);
        await transaction.delete(keyUnderApi(scope, methodKind, input.restApiId ?? '', methodId(resourceId, httpMethod)));
        return {};
      });
    },
  } satisfies V1Operations;
}

const methodPatch: PatchTable<RestMethod> = {
  manner: 'plain',
  rows: [
    {
      path: '/authorizationType',
      ops: ['replace'],
      apply: (state, { value }) => ({ ...state, authorizationType: checkedAuthorizationType(value) }),
    },
    textRow('authorizerId'),
    flagRow('apiKeyRequired'),
    textRow('operationName'),
    textRow('requestValidatorId'),
    entryRow('requestParameters', { read: isTrue, checkName: checkRequestParameterName }),
    entryRow('requestModels', { missing: 'Content-Type specified was not found' }),
    itemRow('authorizationScopes'),
  ],
};

const verbs = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'];
const authorizationTypes: readonly RestAuthorizationType[] = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'];

export function checkedVerb(httpMethod: string | undefined): string {
  if (httpMethod !== undefined && verbs.includes(httpMethod)) return httpMethod;
  throw badRequest(`Invalid HttpMethod specified. Valid options are ${verbs.join(',')}`);
}

/** AWS: in any case, `none` too. Seen: recorded PutMethod, test_put_integration_responses. */
function checkedAuthorizationType(sent: string | undefined): RestAuthorizationType {
  const type = authorizationTypes.find((each) => each === sent?.toUpperCase());
  if (type !== undefined) return type;
  throw badRequest(`Invalid Authorization Type specified. Valid options are ${authorizationTypes.join(',')}`);
}

/** By analogy with the authorizer's id: scopes that a former authorization type had go with it. */
function withoutLeftScopes(method: RestMethod, { authorizationType, authorizationScopes }: RestMethod): RestMethod {
  const isLeft = method.authorizationType !== authorizationType && method.authorizationScopes === authorizationScopes;
  return isLeft && method.authorizationType !== 'COGNITO_USER_POOLS'
    ? withMember(method, 'authorizationScopes', undefined)
    : method;
}

/** What a method refers to must be there; an authorizer's id stays only with a type that has one. */
async function checkedMethod(reader: Reader, scope: Scope, restApiId: string, method: RestMethod): Promise<RestMethod> {
  const { authorizationType, authorizerId, requestValidatorId } = method;
  const hasAuthorizer = authorizationType === 'CUSTOM' || authorizationType === 'COGNITO_USER_POOLS';
  if (authorizationType !== 'COGNITO_USER_POOLS' && (method.authorizationScopes ?? []).length > 0) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, method-authorization-scopes-cognito.
    throw badRequest(
      'Invalid Method authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type',
    );
  }
  if (hasAuthorizer) {
    const authorizer = await find<RestAuthorizer>(reader, scope, authorizerKind, restApiId, authorizerId);
    const isCognito = authorizer?.type === 'COGNITO_USER_POOLS';
    if (authorizer === undefined || isCognito !== (authorizationType === 'COGNITO_USER_POOLS')) {
      throw badRequest(
        'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
      );
    }
  }
  if (
    requestValidatorId !== undefined &&
    (await find(reader, scope, requestValidatorKind, restApiId, requestValidatorId)) === undefined
  ) {
    throw badRequest('Invalid Request Validator identifier specified');
  }
  await assertModelsExist(reader, scope, restApiId, method.requestModels);
  return hasAuthorizer ? method : present({ ...method, authorizerId: undefined as never });
}
