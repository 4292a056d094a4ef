// ExportApi: an HTTP API as an OpenAPI 3.0 document, as it is now or as a stage serves it. Imported again it makes the same API.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-exports-specification.html

import type { Caller } from '../../aws/operations.ts';
import type { HttpApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { Api, CorsConfiguration, Integration, Route } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import {
  integrationKind,
  keyUnderApi,
  loadAll,
  loadHttpApi,
  loadStage,
  routeKind,
  snapshotKind,
} from '../apigatewayv2/documents.ts';
import { badRequest } from '../apigatewayv2/refusals.ts';
import { type Input, type ServiceContext, scopeOf, type V2Operations } from '../apigatewayv2/service.ts';
import type { OperationsOver } from './import-api.ts';
import { type ExportedApi, writeDocument } from './write-document.ts';
import { yamlText } from './yaml-text.ts';

export function exportOperations(context: ServiceContext, operationsOver: OperationsOver) {
  const { store } = context;
  return {
    async ExportApi(input: Input<'ExportApi'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { OutputType, Specification } = input;
      if (Specification !== 'OAS30') throw badRequest('Invalid specification: it must be OAS30');
      if (OutputType !== 'JSON' && OutputType !== 'YAML') throw badRequest('Invalid outputType: it must be one of JSON, YAML');
      if ((input.ExportVersion || '1.0') !== '1.0') throw badRequest('Invalid exportVersion: it must be 1.0');
      const api = await loadHttpApi(store, scope, input.ApiId, 'ExportApi');
      const exported: ExportedApi = {
        api,
        apiEndpoint: context.apiEndpoint(scope, api.apiId),
        stageName: input.StageName || undefined,
        authorizers: await authorizersOf(operationsOver, api.apiId, caller),
        ...(await definitionOf(store, scope, api, input.StageName)),
      };
      const document = writeDocument(exported, input.IncludeExtensions ?? true);
      // Not folded: long ARNs and descriptions stay on one line.
      const text = OutputType === 'JSON' ? `${JSON.stringify(document, null, 2)}\n` : yamlText(document);
      return { body: Buffer.from(text, 'utf8') };
    },
  } satisfies V2Operations;

  async function authorizersOf(over: OperationsOver, ApiId: string, caller: Caller): Promise<ExportedApi['authorizers']> {
    const page = await over(store).GetAuthorizers?.({ ApiId, MaxResults: '500' }, caller);
    return page?.Items ?? [];
  }
}

interface Definition {
  readonly cors: CorsConfiguration | undefined;
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
}

/** AWS: without a stage the latest configuration, deployed or not. Seen: API reference, ExportApi. */
async function definitionOf(reader: Reader, scope: Scope, api: Api, stageName: string | undefined): Promise<Definition> {
  const { apiId } = api;
  if (stageName === undefined || stageName === '') {
    const routes = await loadAll<Route>(reader, scope, routeKind, apiId);
    return {
      cors: api.corsConfiguration,
      routes,
      integrations: await loadAll<Integration>(reader, scope, integrationKind, apiId),
    };
  }
  const { deploymentId } = await loadStage(reader, scope, apiId, stageName);
  const key = deploymentId === undefined ? undefined : keyUnderApi(scope, snapshotKind, apiId, deploymentId);
  const snapshot = key && (await reader.get<HttpApiSnapshot>(key));
  if (snapshot === undefined) throw badRequest(`Stage ${stageName} has no deployment to export`);
  return { cors: snapshot.corsConfiguration, routes: snapshot.routes, integrations: snapshot.integrations };
}
