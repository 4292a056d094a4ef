// Authorizer: CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer, ResetAuthorizersCache.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html

import type { Caller } from '../../aws/operations.ts';
import type { Authorizer, Stage } from '../../model/http-api.ts';
import type { WebSocketAuthorizer } from '../../model/websocket-api.ts';
import { toAuthorizer } from './authorizer-settings.ts';
import { deployAutomatically } from './auto-deploy.ts';
import {
  type AnyApi,
  type AnyAuthorizer,
  type AnyRoute,
  authorizerKind,
  keyUnderApi,
  loadAll,
  loadApi,
  loadAuthorizer,
  loadHttpApi,
  loadStage,
  routeKind,
  stageKind,
} from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { toWebSocketAuthorizer } from './websocket-authorizer.ts';

export function authorizerOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateAuthorizer(input: Input<'CreateAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const wanted = toAuthorizerOf(api, input, undefined, context);
        const others = await loadAll<AnyAuthorizer>(transaction, scope, authorizerKind, apiId);
        assertNameIsFree(others, wanted.name, undefined);
        if (others.length >= context.quotas.authorizersPerApi) throw quotaReached('Authorizers');
        const authorizerId = await newIdentifier(transaction, 'authorizer', (id) =>
          keyUnderApi(scope, authorizerKind, apiId, id),
        );
        const authorizer: AnyAuthorizer = { ...wanted, authorizerId };
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
      const page = await store.list<AnyAuthorizer>(scope, authorizerKind, apiId, pageOptions(input, list));
      return present({ Items: page.items.map(toAuthorizerOutput), NextToken: nextToken(page, list) });
    },

    async UpdateAuthorizer(input: Input<'UpdateAuthorizer'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const api = await loadApi(transaction, scope, input.ApiId);
        const { apiId } = api;
        const former = await loadAuthorizer(transaction, scope, apiId, input.AuthorizerId);
        const authorizer = toAuthorizerOf(api, input, former, context);
        assertNameIsFree(
          await loadAll<AnyAuthorizer>(transaction, scope, authorizerKind, apiId),
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
        const routes = await loadAll<AnyRoute>(transaction, scope, routeKind, apiId);
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
        // AWS: supported only for HTTP APIs, whose authorizers alone keep results. Seen: API reference, ResetAuthorizersCache.
        const { apiId } = await loadHttpApi(transaction, scope, input.ApiId, 'ResetAuthorizersCache');
        // A stage of an HTTP API has the shape of one.
        const former = (await loadStage(transaction, scope, apiId, input.StageName)) as Stage;
        const stage: Stage = { ...former, authorizersCacheResets: (former.authorizersCacheResets ?? 0) + 1 };
        await transaction.put(keyUnderApi(scope, stageKind, apiId, stage.stageName), stage);
        return {};
      });
    },
  } satisfies V2Operations;
}

function toAuthorizerOf(
  { protocolType }: AnyApi,
  input: Input<'CreateAuthorizer'> | Input<'UpdateAuthorizer'>,
  former: AnyAuthorizer | undefined,
  { quotas }: ServiceContext,
): AnyAuthorizer {
  // What is kept of an authorizer has the shape of its API's kind.
  return protocolType === 'WEBSOCKET'
    ? toWebSocketAuthorizer(input, former as WebSocketAuthorizer | undefined)
    : toAuthorizer(input, former as Authorizer | undefined, quotas);
}

function assertNameIsFree(authorizers: readonly AnyAuthorizer[], name: string, except: string | undefined): void {
  if (authorizers.some((other) => other.name === name && other.authorizerId !== except)) {
    // AWS: these words, also for HTTP APIs. Seen: aws-cdk#13711, aws-cdk#20170; the code is that of REST APIs.
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
}

function toAuthorizerOutput(authorizer: AnyAuthorizer) {
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
  const lambda = {
    ...shared,
    AuthorizerCredentialsArn: authorizer.authorizerCredentialsArn,
    AuthorizerUri: authorizer.authorizerUri,
  };
  if (!('authorizerPayloadFormatVersion' in authorizer)) return present(lambda);
  return present({
    ...lambda,
    AuthorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion,
    AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
    EnableSimpleResponses: authorizer.enableSimpleResponses,
  });
}
