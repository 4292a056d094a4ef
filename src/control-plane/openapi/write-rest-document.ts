// A deployed REST API -> the members of a Swagger 2.0 or OpenAPI 3.0 document, in the order in which people read them.

import type { RestApiSnapshot, RestMethod } from '../../model/rest-api.ts';
import { defaultModels } from '../apigateway/default-models.ts';
import { present } from '../apigateway/service.ts';
import { EXTENSION } from './read-rest-api.ts';
import { writeRestIntegration } from './write-rest-integration.ts';
import { RestSecurityWriter } from './write-rest-security.ts';

export interface ExportedRestApi {
  readonly snapshot: RestApiSnapshot;
  readonly stageName: string;
  /** `abc.execute-api.eu-west-1.amazonaws.com` */
  readonly host: string;
  /** As `x-amazon-apigateway-documentation` has it. */
  readonly documentation: object | undefined;
}

export interface RestExtensions {
  readonly integrations: boolean;
  readonly authorizers: boolean;
  /** What else only API Gateway knows. */
  readonly others: boolean;
}

type Version = 'swagger' | 'oas30';

export function writeRestDocument(exported: ExportedRestApi, version: Version, extensions: RestExtensions): object {
  const { snapshot, stageName, host, documentation } = exported;
  const { restApi } = snapshot;
  const security = new RestSecurityWriter(snapshot.authorizers, extensions.authorizers);
  const paths = writePaths(snapshot, version, extensions, security);
  const schemas = writeSchemas(snapshot, version);
  // AWS: an API without a version is exported with the time it was made. Seen: recorded GetExport, TEST_IMPORT_PETSTORE_SWAGGER.
  const info = present({
    description: restApi.description,
    version: restApi.version ?? restApi.createdDate,
    title: restApi.name,
  });
  const others = extensions.others ? writeOthers(snapshot) : {};
  const documented = { ...others, ...present({ [`${EXTENSION}documentation`]: documentation }) };
  if (version === 'swagger') {
    return present({
      ...{ swagger: '2.0', info, host, basePath: `/${stageName}`, schemes: ['https'], paths },
      ...{ securityDefinitions: security.schemes(), definitions: schemas },
      ...documented,
    });
  }
  const components = present({ schemas, securitySchemes: security.schemes() });
  return present({
    openapi: '3.0.1',
    info,
    servers: [{ url: `https://${host}/{basePath}`, variables: { basePath: { default: stageName } } }],
    paths,
    components: Object.keys(components).length === 0 ? undefined : components,
    ...documented,
  });
}

function writePaths(
  snapshot: RestApiSnapshot,
  version: Version,
  extensions: RestExtensions,
  security: RestSecurityWriter,
): Record<string, object> {
  const validators = new Map(snapshot.requestValidators.map(({ id, name }) => [id, name]));
  const entries = [...snapshot.resources]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ id, path }) => {
      const methods = snapshot.methods.filter(({ resourceId }) => resourceId === id);
      const operations = methods.map((method): [string, object] => {
        const { httpMethod, methodIntegration: integration, requestValidatorId } = method;
        const operation = present({
          operationId: method.operationName,
          ...(version === 'swagger' ? writeSwaggerMessages(method) : writeMessages(method)),
          security: security.of(method),
          [`${EXTENSION}request-validator`]: extensions.others ? validators.get(requestValidatorId ?? '') : undefined,
          [`${EXTENSION}integration`]: extensions.integrations && integration ? writeRestIntegration(integration, id) : undefined,
        });
        return [httpMethod === 'ANY' ? `${EXTENSION}any-method` : httpMethod.toLowerCase(), operation];
      });
      return operations.length === 0 ? [] : [[path, Object.fromEntries(operations)] as [string, object]];
    });
  return Object.fromEntries(entries);
}

function writeSwaggerMessages(method: RestMethod): object {
  const { requestModels = {}, methodResponses, methodIntegration: integration } = method;
  const responses = Object.values(methodResponses);
  // AWS: the types of models and of templates. Seen: recorded GetExport, TEST_IMPORT_PETSTORE_SWAGGER.
  const consumes = unique([...Object.keys(requestModels), ...Object.keys(integration?.requestTemplates ?? {})]);
  const produces = unique([
    ...responses.flatMap(({ responseModels = {} }) => Object.keys(responseModels)),
    ...Object.values(integration?.integrationResponses ?? {}).flatMap(({ responseTemplates = {} }) =>
      Object.keys(responseTemplates),
    ),
  ]);
  const [model] = Object.values(requestModels);
  const body =
    model === undefined ? [] : [{ in: 'body', name: model, required: true, schema: { $ref: `#/definitions/${model}` } }];
  const parameters = [...parametersOf(method).map((parameter) => ({ ...parameter, type: 'string' })), ...body];
  return present({
    consumes: noneIfEmpty(consumes),
    produces: noneIfEmpty(produces),
    parameters: noneIfEmpty(parameters),
    responses: Object.fromEntries(
      responses.map(({ statusCode, responseModels = {}, responseParameters = {} }) => {
        const [name] = Object.values(responseModels);
        const headers = headersOf(responseParameters).map((header) => [header, { type: 'string' }]);
        const schema = name === undefined ? undefined : { $ref: `#/definitions/${name}` };
        return [
          statusCode,
          responseOf(statusCode, { schema, headers: headers.length === 0 ? undefined : Object.fromEntries(headers) }),
        ];
      }),
    ),
  });
}

function writeMessages(method: RestMethod): object {
  const content = (models: Readonly<Record<string, string>>) => {
    const entries = Object.entries(models).map(([type, name]) => [type, { schema: { $ref: `#/components/schemas/${name}` } }]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  const body = content(method.requestModels ?? {});
  const parameters = parametersOf(method).map((parameter) => ({ ...parameter, schema: { type: 'string' } }));
  return present({
    parameters: noneIfEmpty(parameters),
    requestBody: body && { content: body, required: true },
    responses: Object.fromEntries(
      Object.values(method.methodResponses).map(({ statusCode, responseModels = {}, responseParameters = {} }) => {
        const headers = headersOf(responseParameters).map((header) => [header, { schema: { type: 'string' } }]);
        const members = {
          headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
          content: content(responseModels),
        };
        return [statusCode, responseOf(statusCode, members)];
      }),
    ),
  });
}

function responseOf(statusCode: string, members: object): object {
  return present({ description: `${statusCode} response`, ...members });
}

const places: Readonly<Record<string, string>> = { header: 'header', querystring: 'query', path: 'path' };

/** Without those that no document can declare. */
function parametersOf({ requestParameters = {} }: RestMethod): { name: string; in: string; required: boolean }[] {
  return Object.entries(requestParameters).flatMap(([parameter, required]) => {
    const [, place = '', name = ''] = /^method\.request\.(?:multivalue)?(header|querystring|path)\.(.+)$/.exec(parameter) ?? [];
    const where = places[place];
    return where === undefined ? [] : [{ name, in: where, required }];
  });
}

function headersOf(responseParameters: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(responseParameters).map((parameter) => parameter.replace(/^method\.response\.header\./, ''));
}

/** The models that were there from the beginning only where a method uses them. */
function writeSchemas({ models, methods }: RestApiSnapshot, version: Version): object | undefined {
  const used = new Set(
    methods.flatMap(({ requestModels = {}, methodResponses }) => [
      ...Object.values(requestModels),
      ...Object.values(methodResponses).flatMap(({ responseModels = {} }) => Object.values(responseModels)),
    ]),
  );
  const written = models.filter(
    ({ name, schema }) =>
      used.has(name) || !defaultModels.some((each) => each.name === name && each.schema === schema) || isReferredTo(name),
  );
  const place = version === 'swagger' ? '#/definitions/' : '#/components/schemas/';
  const entries = written.flatMap(({ name, schema }) => {
    const text = schema?.replaceAll(
      /"https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/"]+\/models\/([^/"]+)"/g,
      `"${place}$1"`,
    );
    const parsed = text === undefined ? undefined : parsedSchema(text);
    return parsed === undefined ? [] : [[name, parsed] as [string, object]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);

  function isReferredTo(name: string): boolean {
    return models.some(({ schema }) => schema?.includes(`/models/${name}"`) === true);
  }
}

/** What a model of another content type than JSON holds is no schema. */
function parsedSchema(text: string): object | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === 'object' && schema !== null ? schema : undefined;
  } catch {
    return undefined;
  }
}

function writeOthers({ restApi, gatewayResponses, requestValidators }: RestApiSnapshot): object {
  const responses = gatewayResponses.map(({ responseType, statusCode, responseParameters, responseTemplates }) => [
    responseType,
    present({
      statusCode: statusCode === undefined ? undefined : Number(statusCode),
      responseParameters: Object.keys(responseParameters).length === 0 ? undefined : responseParameters,
      responseTemplates,
    }),
  ]);
  const validators = requestValidators.map(({ name, validateRequestBody, validateRequestParameters }) => [
    name,
    { validateRequestParameters, validateRequestBody },
  ]);
  const endpoint = present({
    disableExecuteApiEndpoint: restApi.disableExecuteApiEndpoint || undefined,
    vpcEndpointIds: restApi.endpointConfiguration.vpcEndpointIds,
  });
  return present({
    [`${EXTENSION}api-key-source`]: restApi.apiKeySource === 'HEADER' ? undefined : restApi.apiKeySource,
    [`${EXTENSION}endpoint-configuration`]: Object.keys(endpoint).length === 0 ? undefined : endpoint,
    [`${EXTENSION}gateway-responses`]: responses.length === 0 ? undefined : Object.fromEntries(responses),
    [`${EXTENSION}request-validators`]: validators.length === 0 ? undefined : Object.fromEntries(validators),
    [`${EXTENSION}policy`]: restApi.policy === undefined ? undefined : JSON.parse(restApi.policy),
    [`${EXTENSION}binary-media-types`]: restApi.binaryMediaTypes,
    [`${EXTENSION}minimum-compression-size`]: restApi.minimumCompressionSize,
    [`${EXTENSION}security-policy`]: restApi.securityPolicy,
    [`${EXTENSION}endpoint-access-mode`]: restApi.endpointAccessMode,
  });
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

function noneIfEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
