// GetExport: a stage of a REST API as a Swagger 2.0 or OpenAPI 3.0 document. Imported again, with all extensions, it makes the same API.
// https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html

import type { Caller } from '../../aws/operations.ts';
import type { RestApiSnapshot, RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { StoredDocumentationVersion } from '../apigateway/documentation-versions.ts';
import { documentationVersionKind, find, keyUnderApi, loadRestApi, loadStage, snapshotKind } from '../apigateway/documents.ts';
import { badRequest } from '../apigateway/refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from '../apigateway/service.ts';
import { domainOf } from '../apigatewayv2/service.ts';
import { writeRestDocument } from './write-rest-document.ts';
import { yamlText } from './yaml-text.ts';

const extensionNames = ['apigateway', 'integrations', 'authorizers', 'documentation'];

export function exportRestOperations({ store }: ServiceContext) {
  return {
    async GetExport(input: Input<'GetExport'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { exportType } = input;
      if (exportType !== 'swagger' && exportType !== 'oas30') {
        throw badRequest('Invalid export type specified: it must be one of swagger, oas30');
      }
      const accepts = input.accepts || 'application/json';
      if (accepts !== 'application/json' && accepts !== 'application/yaml') {
        throw badRequest('Invalid accept header: it must be one of application/json, application/yaml');
      }
      const extensions = extensionsOf(input.parameters?.['extensions']);
      const restApi = await loadRestApi(store, scope, input.restApiId);
      const stage: RestStage = await loadStage(store, scope, restApi.id, input.stageName);
      const snapshot = await store.get<RestApiSnapshot>(keyUnderApi(scope, snapshotKind, restApi.id, stage.deploymentId));
      if (snapshot === undefined) throw badRequest(`Stage ${stage.stageName} has no deployment to export`);
      const everything = extensions.has('apigateway');
      const document = writeRestDocument(
        {
          snapshot,
          stageName: stage.stageName,
          host: `${restApi.id}.execute-api.${scope.region}.${domainOf(scope.region)}`,
          documentation: extensions.has('documentation') ? await documentationOf(scope, restApi.id, stage) : undefined,
        },
        exportType,
        {
          integrations: everything || extensions.has('integrations'),
          authorizers: everything || extensions.has('authorizers'),
          others: everything,
        },
      );
      const isYaml = accepts === 'application/yaml';
      // Not folded: long ARNs and descriptions stay on one line.
      const text = isYaml ? yamlText(document) : JSON.stringify(document, null, 2);
      // A header's text: a version is free text, and quotes or line ends have no place there.
      const version = (snapshot.restApi.version ?? snapshot.restApi.createdDate).replaceAll(/[^\w.:+-]/g, '_').slice(0, 100);
      return {
        body: Buffer.from(text, 'utf8'),
        // AWS: these, whatever was asked for. Seen: recorded GetExport.
        contentType: 'application/octet-stream',
        contentDisposition: `attachment; filename="${exportType}_${version}.${isYaml ? 'yaml' : 'json'}"`,
      };
    },
  } satisfies V1Operations;

  /** As an import reads it. */
  async function documentationOf(scope: Scope, restApiId: string, stage: RestStage): Promise<object | undefined> {
    const version = stage.documentationVersion;
    const found = await find<StoredDocumentationVersion>(store, scope, documentationVersionKind, restApiId, version);
    if (found === undefined) return undefined;
    return present({
      version: found.version,
      description: found.description,
      createdDate: found.createdDate,
      documentationParts: found.parts.map(({ location, properties }) => ({ location, properties: JSON.parse(properties) })),
    });
  }
}

function extensionsOf(text: string | undefined): ReadonlySet<string> {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('postman'))
    throw badRequest('Stagegate does not write Postman collections. Leave postman out of extensions.');
  const unknown = names.find((name) => !extensionNames.includes(name));
  if (unknown !== undefined) throw badRequest(`Invalid extensions: they must be among ${extensionNames.join(', ')}`);
  return new Set(names);
}
