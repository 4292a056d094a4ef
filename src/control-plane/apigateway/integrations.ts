// Integration: PutIntegration, GetIntegration, UpdateIntegration, DeleteIntegration.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html

import type { Caller } from '../../aws/operations.ts';
import type { RestIntegration, RestMethod } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import { entryRow, isTrue, textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchRow, type PatchTable } from '../patch/patch-table.ts';
import { checkedTemplates, checkTemplate } from './definition-checks.ts';
import { type IntegratedMethod, keyUnderApi, loadIntegratedMethod, loadMethod, methodId, methodKind } from './documents.ts';
import { checkIntegration } from './integration-rules.ts';
import { checkCacheKeyParameters, checkRequestMapping } from './mapping-expressions.ts';
import { toIntegrationOutput } from './method-output.ts';
import { checkedVerb } from './methods.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export function integrationOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** An integration that was there goes, with its responses. */
    async PutIntegration(input: Input<'PutIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadMethod(transaction, scope, input);
        const type = input.type ?? 'MOCK';
        const isHttp = type === 'HTTP' || type === 'HTTP_PROXY';
        const integration: RestIntegration = present({
          type,
          httpMethod: input.integrationHttpMethod === undefined ? undefined : checkedVerb(input.integrationHttpMethod),
          uri: input.uri,
          // AWS: shown where it means something, or where it was said. Seen: recorded answers.
          connectionType: input.connectionType ?? (isHttp ? 'INTERNET' : undefined),
          connectionId: input.connectionId,
          credentials: input.credentials || undefined,
          requestParameters: input.requestParameters,
          requestTemplates: checkedTemplates(input.requestTemplates),
          passthroughBehavior: checkedPassthrough(input.passthroughBehavior ?? 'WHEN_NO_MATCH'),
          contentHandling: input.contentHandling,
          timeoutInMillis: input.timeoutInMillis ?? 29_000,
          cacheNamespace: input.cacheNamespace ?? method.resourceId,
          cacheKeyParameters: input.cacheKeyParameters ?? [],
          tlsConfig: input.tlsConfig && present({ insecureSkipVerification: input.tlsConfig.insecureSkipVerification }),
          responseTransferMode: input.responseTransferMode,
          integrationTarget: input.integrationTarget,
        });
        checkIntegration(integration);
        checkRequestMapping(integration.requestParameters, method);
        checkCacheKeyParameters(integration, method);
        await transaction.put(keyOf(scope, input.restApiId, method), { ...method, methodIntegration: integration });
        return toIntegrationOutput(integration);
      });
    },

    async GetIntegration(input: Input<'GetIntegration'>, caller: Caller) {
      return toIntegrationOutput((await loadIntegratedMethod(store, scopeOf(caller), input)).methodIntegration);
    },

    async UpdateIntegration(input: Input<'UpdateIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const method = await loadIntegratedMethod(transaction, scope, input);
        const integration = applyPatch(integrationPatch, method.methodIntegration, input.patchOperations);
        checkIntegration(integration);
        checkRequestMapping(integration.requestParameters, method);
        checkCacheKeyParameters(integration, method);
        const updated: IntegratedMethod = { ...method, methodIntegration: integration };
        await transaction.put(keyOf(scope, input.restApiId, method), updated);
        return toIntegrationOutput(integration);
      });
    },

    async DeleteIntegration(input: Input<'DeleteIntegration'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { methodIntegration: _, ...method } = await loadIntegratedMethod(transaction, scope, input);
        await transaction.put(keyOf(scope, input.restApiId, method), method);
        return {};
      });
    },
  } satisfies V1Operations;
}

const integrationPatch: PatchTable<RestIntegration> = {
  manner: 'plain',
  rows: [
    textRow('uri'),
    textRow('httpMethod', { check: checkedVerb }),
    textRow('credentials'),
    {
      path: '/passthroughBehavior',
      ops: ['replace'],
      apply: (state, { value }) => ({ ...state, passthroughBehavior: checkedPassthrough(value) }),
    },
    textRow('contentHandling', { check: (value) => oneOf('contentHandling', value, ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']) }),
    {
      path: '/timeoutInMillis',
      ops: ['replace'],
      apply: (state, { value = '' }) => ({ ...state, timeoutInMillis: /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN }),
    },
    { path: '/cacheNamespace', ops: ['replace'], apply: (state, { value = '' }) => ({ ...state, cacheNamespace: value }) },
    textRow('connectionId'),
    textRow('connectionType', { check: (value) => oneOf('connectionType', value, ['INTERNET', 'VPC_LINK']) }),
    {
      path: '/tlsConfig/insecureSkipVerification',
      ops: ['replace'],
      apply: (state, { value }) => ({ ...state, tlsConfig: { ...state.tlsConfig, insecureSkipVerification: isTrue(value) } }),
    },
    textRow('responseTransferMode', { check: (value) => oneOf('responseTransferMode', value, ['BUFFERED', 'STREAM']) }),
    textRow('integrationTarget'),
    cacheKeyParameterRow(),
    entryRow('requestParameters'),
    entryRow('requestTemplates', {
      missing: 'Content-Type specified was not found',
      read: (value, contentType) => checkedTemplate(contentType, value),
    }),
  ],
};

function cacheKeyParameterRow(): PatchRow<RestIntegration> {
  return {
    path: '/cacheKeyParameters/{parameter}',
    ops: ['add', 'remove'],
    apply(state, { op }, parameter) {
      const others = state.cacheKeyParameters.filter((each) => each !== parameter);
      if (op === 'add') return { ...state, cacheKeyParameters: [...others, parameter] };
      if (others.length === state.cacheKeyParameters.length) throw notFound('Invalid parameter name specified');
      return { ...state, cacheKeyParameters: others };
    },
  };
}

/** An empty template is null, as AWS answers it. */
export function checkedTemplate(contentType: string, value: string): string | null {
  const template = value === '' ? null : value;
  checkTemplate(contentType, template);
  return template;
}

/** One of `values`, in any case of letters. The words are ours. */
export function oneOf<T extends string>(member: string, value: string | undefined, values: readonly T[]): T {
  const found = values.find((each) => each === value?.toUpperCase());
  if (found === undefined) throw badRequest(`Invalid ${member} specified. Valid options are ${values.join(',')}`);
  return found;
}

function checkedPassthrough(value: string | undefined): RestIntegration['passthroughBehavior'] {
  return oneOf('passthroughBehavior', value, ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']);
}

function keyOf(scope: Scope, restApiId: string | undefined, { resourceId, httpMethod }: RestMethod) {
  return keyUnderApi(scope, methodKind, restApiId ?? '', methodId(resourceId, httpMethod));
}
