// ImportRestApi and PutRestApi: a document becomes a REST API, takes the place of what one is made of, or adds to it. Everything is
// made by the operations that a client would call one by one, within one transaction: what one of them refuses is refused as a whole.
// https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html

import { partitionOf } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { RestApi } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store, Transaction } from '../../store/store.ts';
import {
  documentationPartKind,
  gatewayResponseKind,
  loadRestApi,
  methodKind,
  modelKind,
  requestValidatorKind,
} from '../apigateway/documents.ts';
import { badRequest } from '../apigateway/refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from '../apigateway/service.ts';
import { joinedStore } from '../apigatewayv2/joined-store.ts';
import { inWordsOfAws } from './aws-refusal.ts';
import { openDocument } from './document-node.ts';
import type { BasepathMode } from './read-api.ts';
import { readRestDefinition } from './read-rest-definition.ts';
import type { RestDefinition } from './rest-definition.ts';
import { RestDefinitionMaker } from './rest-definition-maker.ts';
import { RestImporter } from './rest-importer.ts';

/** The operations of API Gateway v1 over another store. */
export type RestOperationsOver = (store: Store) => V1Operations;

export function importRestOperations({ store, assertMayPassRole }: ServiceContext, operationsOver: RestOperationsOver) {
  const importer = (transaction: Transaction, { notes }: RestDefinition, caller: Caller) =>
    new RestImporter(operationsOver(joinedStore(store, transaction)), caller, notes, assertMayPassRole);
  return {
    async ImportRestApi(input: Input<'ImportRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      const text = textOf(input);
      const importNow = async (transaction: Transaction, definition: RestDefinition) => {
        const run = importer(transaction, definition, caller);
        const { id = '' } = await run.perform('CreateRestApi', definition.api);
        // AWS: an API that was imported has the models of its document only. Seen: recorded GetModels, [swagger-mock-cors.json].
        await transaction.deleteAll(scope, modelKind, id);
        await new RestDefinitionMaker(run, transaction, scope, id).make(definition);
        const { tags: _, ...restApi } = await run.perform('GetRestApi', { restApiId: id });
        return present({ ...restApi, warnings: warningsOf(definition) });
      };
      return inWordsOfAws(text, async () => {
        const definition = await read(text, input, scope);
        return store.transact((transaction) => importNow(transaction, definition));
      });
    },

    async PutRestApi(input: Input<'PutRestApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      await loadRestApi(store, scope, input.restApiId);
      const text = textOf(input);
      const putNow = async (transaction: Transaction, definition: RestDefinition) => {
        const former = await loadRestApi(transaction, scope, input.restApiId);
        const { id } = former;
        const run = importer(transaction, definition, caller);
        const overwrites = input.mode === 'overwrite';
        const maker = new RestDefinitionMaker(run, transaction, scope, id);
        if (overwrites) {
          await clear(transaction, scope, id, definition);
          await maker.dropOthers(definition);
        }
        const patchOperations = changes(former, definition.api, overwrites);
        await run.make('UpdateRestApi', { restApiId: id, patchOperations }, definition.at, 'Unable to update the API');
        await maker.make(definition);
        return present({ ...(await run.perform('GetRestApi', { restApiId: id })), warnings: warningsOf(definition) });
      };
      return inWordsOfAws(text, async () => {
        const definition = await read(text, input, scope);
        return store.transact((transaction) => putNow(transaction, definition));
      });
    },
  } satisfies V1Operations;
}

const modes: readonly BasepathMode[] = ['ignore', 'prepend', 'split'];

/** The wire gives bytes, whatever the client's wider type says. */
function textOf({ body }: Input<'ImportRestApi'>): string {
  return new TextDecoder().decode(body as Uint8Array | undefined);
}

async function read(text: string, input: Input<'ImportRestApi'>, scope: Scope): Promise<RestDefinition> {
  const parameters = new Map(Object.entries(input.parameters ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const basepath = (parameters.get('basepath') || 'ignore').toLowerCase() as BasepathMode;
  if (!modes.includes(basepath)) throw badRequest(`Invalid basepath: it must be one of ${modes.join(', ')}`);
  const types = parameters.get('endpointconfigurationtypes');
  const variables = { AccountId: scope.account, Partition: partitionOf(scope.region), Region: scope.region };
  const definition = readRestDefinition(await openDocument(text, variables), {
    basepath,
    ignoresDocumentation: parameters.get('ignore')?.toLowerCase() === 'documentation',
    endpointTypes: types
      ?.split(',')
      .map((type) => type.trim().toUpperCase())
      .filter((type) => type !== ''),
  });
  const { warnings } = definition.notes;
  // AWS: this sentence and one line for each. Seen: hashicorp/terraform-provider-aws, acceptance test of fail_on_warnings.
  if (input.failOnWarnings === true && warnings.length > 0) {
    throw badRequest(`Warnings found during import:\n\t${warnings.join('\n\t')}`);
  }
  return definition;
}

function warningsOf({ notes }: RestDefinition): string[] | undefined {
  const { warnings } = notes;
  return warnings.length === 0 ? undefined : [...warnings];
}

/** Resources and authorizers that the document has again are the same ones and keep their ids, so they are not taken away here. */
async function clear(transaction: Transaction, scope: Scope, restApiId: string, definition: RestDefinition): Promise<void> {
  for (const kind of [methodKind, modelKind, requestValidatorKind, gatewayResponseKind]) {
    await transaction.deleteAll(scope, kind, restApiId);
  }
  if (definition.documentation !== undefined) await transaction.deleteAll(scope, documentationPartKind, restApiId);
}

type PatchOperation = { readonly op: 'add' | 'remove' | 'replace'; readonly path: string; readonly value?: string };

/** The API's own members as the document has them. What guards an API (its policy) and where it is served stay unless they are said. */
function changes(former: RestApi, wanted: Input<'CreateRestApi'>, overwrites: boolean): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const set = (path: string, value: string | undefined, removable = false) => {
    if (value !== undefined) operations.push({ op: 'replace', path, value });
    else if (removable && overwrites) operations.push({ op: 'remove', path });
  };
  set('/name', wanted.name);
  set('/description', wanted.description, former.description !== undefined);
  set('/version', wanted.version, former.version !== undefined);
  set('/apiKeySource', wanted.apiKeySource ?? (overwrites ? 'HEADER' : undefined));
  set('/minimumCompressionSize', wanted.minimumCompressionSize?.toString(), former.minimumCompressionSize !== undefined);
  set('/policy', wanted.policy);
  set('/disableExecuteApiEndpoint', wanted.disableExecuteApiEndpoint?.toString());
  set('/securityPolicy', wanted.securityPolicy);
  set('/endpointAccessMode', wanted.endpointAccessMode);
  // AWS: merged types are added, overwriting replaces them. Seen: recorded PutRestApi, test_put_rest_api_mode_binary_media_types.
  const types = wanted.binaryMediaTypes ?? [];
  const gone = overwrites ? (former.binaryMediaTypes ?? []).filter((type) => !types.includes(type)) : [];
  for (const type of gone) operations.push({ op: 'remove', path: `/binaryMediaTypes/${escaped(type)}` });
  for (const type of types) operations.push({ op: 'add', path: `/binaryMediaTypes/${escaped(type)}` });
  const endpoint = wanted.endpointConfiguration;
  const [type] = former.endpointConfiguration.types;
  if (endpoint?.types?.[0] !== undefined && endpoint.types[0] !== type) {
    for (const value of former.endpointConfiguration.vpcEndpointIds ?? []) {
      operations.push({ op: 'remove', path: '/endpointConfiguration/vpcEndpointIds', value });
    }
    operations.push({ op: 'replace', path: `/endpointConfiguration/types/${type}`, value: endpoint.types[0] });
  }
  if (endpoint?.ipAddressType !== undefined) set('/endpointConfiguration/ipAddressType', endpoint.ipAddressType);
  for (const value of endpoint?.vpcEndpointIds ?? []) {
    operations.push({ op: 'add', path: '/endpointConfiguration/vpcEndpointIds', value });
  }
  return operations;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
