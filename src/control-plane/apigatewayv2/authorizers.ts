// Authorizer: CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer, ResetAuthorizersCache.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html

import type { Caller } from '../../aws/operations.ts';
import type { Authorizer, Route, Stage } from '../../model/http-api.ts';
import { toAuthorizer } from './authorizer-settings.ts';
import { deployAutomatically } from './auto-deploy.ts';
import { authorizerKind, keyUnderApi, loadAll, loadApi, loadAuthorizer, loadStage, routeKind, stageKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function authorizerOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateAuthorizer(input: Input<'CreateAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      const wanted = toAuthorizer(input, undefined, context.quotas);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const others = await loadAll<Authorizer>(transaction, scope, authorizerKind, apiId);
        assertNameIsFree(others, wanted.name, undefined);
        if (others.length >= context.quotas.authorizersPerApi) throw quotaReached('Authorizers');
        const authorizerId = await newIdentifier(transaction, 'authorizer', (id) =>
          keyUnderApi(scope, authorizerKind, apiId, id),
        );
        const authorizer: Authorizer = { ...wanted, authorizerId };
        await transaction.put(keyUnderApi(scope, authorizerKind, apiId, authorizerId), authorizer);
        await deployAutomatically(transaction, context, scope, apiId);
        return toAuthorizerOutput(authorizer);
      });
    },

    async GetAuthorizer(input: Input<'GetAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      return toAuthorizerOutput(await loadAuthorizer(store, scope, apiId, input.AuthorizerId));
    },

    async GetAuthorizers(input: Input<'GetAuthorizers'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { apiId } = await loadApi(store, scope, input.ApiId);
      const list = ['GetAuthorizers', scope.account, scope.region, apiId];
      const page = await store.list<Authorizer>(scope, authorizerKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toAuthorizerOutput), NextToken: nextToken(page, list) });
    },

    async UpdateAuthorizer(input: Input<'UpdateAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadAuthorizer(transaction, scope, apiId, input.AuthorizerId);
        const authorizer = toAuthorizer(input, former, context.quotas);
        assertNameIsFree(
          await loadAll<Authorizer>(transaction, scope, authorizerKind, apiId),
          authorizer.name,
          former.authorizerId,
        );
        await transaction.put(keyUnderApi(scope, authorizerKind, apiId, former.authorizerId), authorizer);
        await deployAutomatically(transaction, context, scope, apiId);
        return toAuthorizerOutput(authorizer);
      });
    },

    async DeleteAuthorizer(input: Input<'DeleteAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const { authorizerId, name } = await loadAuthorizer(transaction, scope, apiId, input.AuthorizerId);
        const routes = await loadAll<Route>(transaction, scope, routeKind, apiId);
        const user = routes.find((route) => route.authorizerId === authorizerId);
        // AWS: these words, with the first route. Seen: sst#5586.
        if (user !== undefined) throw conflict(`Cannot delete authorizer '${name}', is referenced in route: ${user.routeKey}`);
        await transaction.delete(keyUnderApi(scope, authorizerKind, apiId, authorizerId));
        await deployAutomatically(transaction, context, scope, apiId);
        return {};
      });
    },

    /** What authorizers said before is forgotten: the data plane keeps results under this count, and an older one is never asked for. */
    async ResetAuthorizersCache(input: Input<'ResetAuthorizersCache'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { apiId } = await loadApi(transaction, scope, input.ApiId);
        const former = await loadStage(transaction, scope, apiId, input.StageName);
        const stage: Stage = { ...former, authorizersCacheResets: (former.authorizersCacheResets ?? 0) + 1 };
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), stage);
        return {};
      });
    },
  } satisfies V2Operations;
}

function assertNameIsFree(authorizers: readonly Authorizer[], name: string, except: string | undefined): void {
  if (authorizers.some((other) => other.name === name && other.authorizerId !== except)) {
    // AWS: these words, also for HTTP APIs. Seen: aws-cdk#13711, aws-cdk#20170; the code is that of REST APIs.
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
}

function toAuthorizerOutput(authorizer: Authorizer) {
  const shared = {
    AuthorizerId: authorizer.authorizerId,
    AuthorizerType: authorizer.authorizerType,
    IdentitySource: [...authorizer.identitySource],
    Name: authorizer.name,
  };
  if (authorizer.authorizerType === 'JWT') {
    const { audience, issuer } = authorizer.jwtConfiguration;
    return { ...shared, JwtConfiguration: { Audience: [...audience], Issuer: issuer } };
  }
  return present({
    ...shared,
    AuthorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion,
    AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
    AuthorizerUri: authorizer.authorizerUri,
    EnableSimpleResponses: authorizer.enableSimpleResponses,
  });
}
