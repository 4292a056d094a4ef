// A Swagger 2.0 or OpenAPI 3.0 document -> what a REST API would be made of. Reads only; who makes it is import-rest-api.ts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html

import { type Input, present } from '../apigateway/service.ts';
import { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';
import { noteMissingMembers, noteOtherServers } from './parse-issues.ts';
import type { BasepathMode } from './read-api.ts';
import { EXTENSION, isSwagger, readRestApi, readRestBasePath } from './read-rest-api.ts';
import { readRestMethods } from './read-rest-methods.ts';
import { ModelReader } from './read-rest-models.ts';
import { readRestAuthorizers, readRestSecuritySchemes } from './read-rest-security.ts';
import type { RestDefinition, WantedDocumentation } from './rest-definition.ts';

export interface RestReadOptions {
  readonly basepath: BasepathMode;
  readonly ignoresDocumentation: boolean;
  /** Said by the call instead of the document. */
  readonly endpointTypes: readonly string[] | undefined;
}

/** Throws AwsError that names the place of what is wrong. */
export function readRestDefinition(root: DocumentNode, options: RestReadOptions): RestDefinition {
  const notes = new ImportNotes();
  // AWS: these are said of OpenAPI 3.0 only. Seen: recorded imports of Swagger 2.0 with failOnWarnings, without responses or a version.
  const isOpenApi3 = !isSwagger(root);
  if (isOpenApi3) noteMissingMembers(root, notes);
  if (isOpenApi3) noteOtherServers(root, notes);
  for (const pointer of root.duplicates()) notes.warn(`${pointer} stands there twice; the last one was taken.`);
  const models = new ModelReader(root, notes);
  const schemes = readRestSecuritySchemes(root, notes);
  const basePath = readRestBasePath(root, options.basepath);
  const methods = readRestMethods({ root, isOpenApi3, basePath, models, schemes, notes });
  const documentation = options.ignoresDocumentation ? undefined : root.member(`${EXTENSION}documentation`);
  return {
    at: root,
    api: readRestApi(root, options.endpointTypes),
    models: models.models,
    authorizers: readRestAuthorizers(schemes),
    requestValidators: (root.member(`${EXTENSION}request-validators`)?.entries() ?? []).map(([name, at]) => ({
      at,
      input: present({
        name,
        validateRequestBody: at.member('validateRequestBody')?.boolean(),
        validateRequestParameters: at.member('validateRequestParameters')?.boolean(),
      }),
    })),
    gatewayResponses: (root.member(`${EXTENSION}gateway-responses`)?.entries() ?? []).map(([type, at]) => ({
      at,
      input: present({
        responseType: type as Input<'PutGatewayResponse'>['responseType'],
        statusCode: at.member('statusCode')?.text(),
        responseParameters: at.member('responseParameters')?.textMap(),
        responseTemplates: at.member('responseTemplates')?.textMap(),
      }),
    })),
    methods,
    documentation: documentation && readDocumentation(documentation),
    notes,
  };
}

/** Also the form in which ImportDocumentationParts takes them. */
export function readDocumentation(at: DocumentNode): WantedDocumentation {
  return {
    version: at.member('version')?.text(),
    description: at.member('description')?.text(),
    parts: (at.member('documentationParts')?.items() ?? []).map((part) => {
      const location = Object.fromEntries((part.member('location')?.entries() ?? []).map(([name, node]) => [name, node.text()]));
      const properties = part.member('properties');
      return {
        at: part,
        input: {
          location: location as unknown as Input<'CreateDocumentationPart'>['location'],
          properties: typeof properties?.value === 'string' ? properties.text() : (properties?.json() ?? ''),
        },
      };
    }),
  };
}
