// ImportApi and ReimportApi: an OpenAPI document becomes an HTTP API, or takes the place of one. Everything is made by the operations
// that a client would call one by one, within one transaction: what one of them refuses is refused as a whole.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#ImportApi

import { partitionOf } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import { validatedInput } from '../../aws/validated-input.ts';
import type { Api, Integration, Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store, Transaction } from '../../store/store.ts';
import { deployAutomatically } from '../apigatewayv2/auto-deploy.ts';
import { apiKey, integrationKind, keyUnderApi, loadAll, loadHttpApi, routeKind } from '../apigatewayv2/documents.ts';
import { joinedStore } from '../apigatewayv2/joined-store.ts';
import { badRequest } from '../apigatewayv2/refusals.ts';
import { type Input, type Output, present, type ServiceContext, scopeOf, type V2Operations } from '../apigatewayv2/service.ts';
import { Turns } from '../turns.ts';
import type { ApiDefinition } from './api-definition.ts';
import { type DocumentNode, openDocument } from './document-node.ts';
import { passedRoles } from './passed-roles.ts';
import { withLines } from './pending-lines.ts';
import type { BasepathMode } from './read-api.ts';
import { readDefinition } from './read-definition.ts';

/** The operations of API Gateway v2 over another store; automatic deployments are left to the caller. */
export type OperationsOver = (store: Store) => V2Operations;

export function importOperations(context: ServiceContext, operationsOver: OperationsOver) {
  const { store } = context;
  return {
    async ImportApi(input: Input<'ImportApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      const importNow = async (transaction: Transaction, definition: ApiDefinition) => {
        const run = new Importer(operationsOver(joinedStore(store, transaction)), caller, context);
        const info = definition.at.member('info') as DocumentNode;
        const made = await run.perform('CreateApi', { ...definition.api, ProtocolType: 'HTTP' }, info);
        await run.make(made.ApiId ?? '', definition);
        return finish(transaction, run, scope, made.ApiId ?? '', definition);
      };
      return withLines(input.Body ?? '', async () => {
        const definition = await read(input, scope);
        return store.transact((transaction) => importNow(transaction, definition));
      });
    },

    async ReimportApi(input: Input<'ReimportApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      await loadHttpApi(store, scope, input.ApiId, 'ReimportApi');
      const reimportNow = async (transaction: Transaction, definition: ApiDefinition) => {
        const { apiId } = await loadHttpApi(transaction, scope, input.ApiId, 'ReimportApi');
        const run = new Importer(operationsOver(joinedStore(store, transaction)), caller, context);
        const former = await loadAll<Route>(transaction, scope, routeKind, apiId);
        const integrations = await loadAll<Integration>(transaction, scope, integrationKind, apiId);
        await run.clear(apiId, former, integrations);
        await run.change(apiId, definition);
        await run.make(apiId, definition);
        await keepRouteIds(transaction, scope, apiId, former);
        await deployAutomatically(transaction, context, scope, apiId);
        return finish(transaction, run, scope, apiId, definition);
      };
      return withLines(input.Body ?? '', async () => {
        const definition = await read(input, scope);
        return store.transact((transaction) => reimportNow(transaction, definition));
      });
    },
  } satisfies V2Operations;
}

const modes: readonly BasepathMode[] = ['ignore', 'prepend', 'split'];

async function read(input: Input<'ImportApi'>, scope: Scope): Promise<ApiDefinition> {
  const basepath = (input.Basepath || 'ignore').toLowerCase() as BasepathMode;
  if (!modes.includes(basepath)) throw badRequest(`Invalid basepath: it must be one of ${modes.join(', ')}`);
  const variables = { AccountId: scope.account, Partition: partitionOf(scope.region), Region: scope.region };
  const definition = readDefinition(await openDocument(input.Body ?? '', variables), { basepath });
  const { warnings } = definition.notes;
  // AWS: this sentence and one line for each. Seen: hashicorp/terraform-provider-aws, acceptance test of fail_on_warnings.
  if (input.FailOnWarnings === true && warnings.length > 0) {
    throw badRequest(`Warnings found during import:\n\t${warnings.join('\n\t')}`);
  }
  return definition;
}

/** The API as it is now, with what the import had to say; GetApi shows it, too. */
async function finish(transaction: Transaction, run: Importer, scope: Scope, apiId: string, { notes }: ApiDefinition) {
  const { importInfo: _, warnings: __, ...api } = await loadHttpApi(transaction, scope, apiId, 'ReimportApi');
  const kept: Api = present({
    ...api,
    importInfo: notes.information.length === 0 ? undefined : notes.information,
    warnings: notes.warnings.length === 0 ? undefined : notes.warnings,
  });
  await transaction.put(apiKey(scope, apiId), kept);
  return run.perform('GetApi', { ApiId: apiId });
}

/** A route that the document has again is the same route: it keeps its id. Which ids AWS keeps is not documented. */
async function keepRouteIds(transaction: Transaction, scope: Scope, apiId: string, former: readonly Route[]): Promise<void> {
  const ids = new Map(former.map(({ routeKey, routeId }) => [routeKey, routeId]));
  for (const route of await loadAll<Route>(transaction, scope, routeKind, apiId)) {
    const routeId = ids.get(route.routeKey);
    if (routeId === undefined) continue;
    await transaction.delete(keyUnderApi(scope, routeKind, apiId, route.routeId));
    await transaction.put(keyUnderApi(scope, routeKind, apiId, routeId), { ...route, routeId });
  }
}

type OperationName = keyof V2Operations & string;

/** Runs operations for one import; what one refuses names the place in the document that asked for it. */
class Importer {
  readonly #operations: V2Operations;
  readonly #caller: Caller;
  readonly #assertMayPassRole: ServiceContext['assertMayPassRole'];
  readonly #turns = new Turns();

  constructor(operations: V2Operations, caller: Caller, { assertMayPassRole }: ServiceContext) {
    this.#operations = operations;
    this.#caller = caller;
    this.#assertMayPassRole = assertMayPassRole;
  }

  /** Like a call from outside: held to the shapes and constraints of the service model. */
  async perform<Op extends OperationName>(name: Op, input: object, at?: DocumentNode): Promise<Output<Op>> {
    // The table's entry for the name; its type follows from the name, which TypeScript does not see through the index.
    const operation = this.#operations[name] as ((input: unknown, caller: Caller) => Promise<Output<Op>>) | undefined;
    if (operation === undefined) throw new Error(`${name} is not in the table of operations`);
    await this.#turns.next();
    try {
      for (const role of passedRoles(input)) this.#assertMayPassRole?.(this.#caller, role);
      return await operation(validatedInput('apigatewayv2', name, input as Readonly<Record<string, unknown>>), this.#caller);
    } catch (error) {
      throw at !== undefined && error instanceof AwsError ? at.placed(error) : error;
    }
  }

  /** Authorizers, integrations and routes of an API that has none. */
  async make(ApiId: string, { authorizers, integrations, routes }: ApiDefinition): Promise<void> {
    const authorizerIds = new Map<string, string | undefined>();
    for (const [scheme, { at, input }] of authorizers) {
      // AWS: an authorizer that cannot be made is a warning, and its routes are open. Seen: serverless-application-model#1727.
      // Here it is an error: a route that should be guarded must not be open.
      authorizerIds.set(scheme, (await this.perform('CreateAuthorizer', { ApiId, ...input }, at)).AuthorizerId);
    }
    const integrationIds = new Map<string, string | undefined>();
    for (const [pointer, { at, input }] of integrations) {
      integrationIds.set(pointer, (await this.perform('CreateIntegration', { ApiId, ...input }, at)).IntegrationId);
    }
    for (const { at, input, integration, authorizer } of routes) {
      const route = present({
        ApiId,
        ...input,
        AuthorizerId: authorizer === undefined ? undefined : authorizerIds.get(authorizer),
        Target: integration === undefined ? undefined : `integrations/${integrationIds.get(integration)}`,
      });
      await this.perform('CreateRoute', route, at);
    }
  }

  /** The API's own members become those of the document; tags of the document are added. */
  async change(ApiId: string, { api, at }: ApiDefinition): Promise<void> {
    const { Tags, ...members } = api;
    const info = at.member('info');
    await this.perform('UpdateApi', { ApiId, Description: '', Version: '', ...members }, info);
    if (members.CorsConfiguration === undefined) await this.perform('DeleteCorsConfiguration', { ApiId });
    if (Tags === undefined) return;
    const { region } = this.#caller;
    await this.perform(
      'TagResource',
      { ResourceArn: `arn:${partitionOf(region)}:apigateway:${region}::/apis/${ApiId}`, Tags },
      at,
    );
  }

  /** Takes away what an import makes. */
  async clear(ApiId: string, routes: readonly Route[], integrations: readonly Integration[]): Promise<void> {
    for (const { routeId } of routes) await this.perform('DeleteRoute', { ApiId, RouteId: routeId });
    for (const { integrationId } of integrations)
      await this.perform('DeleteIntegration', { ApiId, IntegrationId: integrationId });
    const { Items } = await this.perform('GetAuthorizers', { ApiId, MaxResults: '500' });
    for (const { AuthorizerId } of Items ?? []) await this.perform('DeleteAuthorizer', { ApiId, AuthorizerId });
  }
}
