// The operations of a document as methods of a REST API: parameters, bodies, responses.

import { present } from '../apigateway/service.ts';
import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';
import { noteMissingResponses } from './parse-issues.ts';
import { EXTENSION } from './read-rest-api.ts';
import { readRestIntegration } from './read-rest-integration.ts';
import type { ModelReader } from './read-rest-models.ts';
import { type RestSecuritySchemes, readRestSecurity } from './read-rest-security.ts';
import type { WantedMethod } from './rest-definition.ts';
import { unsupportedModelType } from './unsupported-model-type.ts';

const ANY_METHOD = `${EXTENSION}any-method`;
const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
const places: ReadonlyMap<string, string> = new Map([
  ['header', 'header'],
  ['query', 'querystring'],
  ['path', 'path'],
]);

export interface MethodContext {
  readonly root: DocumentNode;
  /** Swagger 2.0 otherwise. */
  readonly isOpenApi3: boolean;
  readonly basePath: string;
  readonly models: ModelReader;
  readonly schemes: RestSecuritySchemes;
  readonly notes: ImportNotes;
}

export function readRestMethods(context: MethodContext): WantedMethod[] {
  const paths = context.root.member('paths')?.entries() ?? [];
  return paths.flatMap(([path, item]) =>
    item.entries().flatMap(([name, operation]) => {
      if (name === 'trace') context.notes.warn(`${operation.pointer}: REST APIs have no TRACE methods; it was ignored.`);
      if (!verbs.has(name) && name !== ANY_METHOD) return [];
      const httpMethod = name === ANY_METHOD ? 'ANY' : name.toUpperCase();
      if (context.isOpenApi3 && name !== ANY_METHOD) noteMissingResponses(path, name, operation, context.notes);
      return [readMethod(context, path, httpMethod, item, operation)];
    }),
  );
}

/** `/` under `/base` is `/base`; a slash at the end does not make another resource. */
function wholePath(basePath: string, path: string): string {
  const segments = `${basePath}/${path}`.split('/').filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}

function readMethod(
  context: MethodContext,
  documentPath: string,
  httpMethod: string,
  item: DocumentNode,
  operation: DocumentNode,
): WantedMethod {
  const { root, schemes, notes } = context;
  const path = wholePath(context.basePath, documentPath);
  const { authorizer, authorizationScopes, ...security } = readRestSecurity(root, operation, schemes, notes);
  const parameters = [...(item.member('parameters')?.items() ?? []), ...(operation.member('parameters')?.items() ?? [])];
  const integration = operation.member(`${EXTENSION}integration`);
  const validator = operation.member(`${EXTENSION}request-validator`) ?? root.member(`${EXTENSION}request-validator`);
  return {
    at: operation,
    path,
    httpMethod,
    method: present({
      ...security,
      authorizationScopes,
      operationName: operation.member('operationId')?.text(),
      requestParameters: orNone(readParameters(path, parameters, notes)),
      requestModels: orNone(readRequestModels(context, httpMethod, operation, parameters)),
    }),
    authorizer,
    requestValidator: validator?.text(),
    responses: readResponses(context, { path, httpMethod }, operation),
    integration: integration && readRestIntegration(integration, { path, httpMethod, documentPath }, notes),
  };
}

/** AWS: the variables of the path are there also when the document does not declare them. Seen: recorded GetMethod, as above. */
function readParameters(path: string, parameters: readonly DocumentNode[], notes: ImportNotes): Record<string, boolean> {
  const declared = Object.fromEntries(
    [...path.matchAll(/\{([^{}]+?)\+?\}/g)].map(([, name]) => [`method.request.path.${name}`, true]),
  );
  for (const parameter of parameters) {
    const where = parameter.member('in')?.text() ?? '';
    const name = parameter.member('name')?.text() ?? '';
    if (where === 'body') continue;
    const place = places.get(where);
    if (place === undefined) notes.warn(`Parameter '${name}' of ${parameter.pointer} is in '${where}', which was ignored.`);
    else declared[`method.request.${place}.${name}`] = parameter.member('required')?.boolean() ?? false;
  }
  return declared;
}

function readRequestModels(
  { root, models }: MethodContext,
  httpMethod: string,
  operation: DocumentNode,
  parameters: readonly DocumentNode[],
): Record<string, string> {
  const body = parameters.find((parameter) => parameter.member('in')?.text() === 'body');
  if (body !== undefined) return models.modelsOf(body, mediaTypes(root, operation, 'consumes'), httpMethod);
  const content = operation.member('requestBody')?.member('content')?.entries() ?? [];
  return Object.assign({}, ...content.map(([mediaType, each]) => models.modelsOf(each, [mediaType], httpMethod)));
}

function readResponses(
  { root, models, notes }: MethodContext,
  { path, httpMethod }: Pick<WantedMethod, 'path' | 'httpMethod'>,
  operation: DocumentNode,
): WantedMethod['responses'] {
  return (operation.member('responses')?.entries() ?? []).flatMap(([statusCode, response]) => {
    // A method response has one status. Which one `default` stands for, nobody can tell.
    if (statusCode === 'default' || statusCode.startsWith('x-')) return [];
    if (!/^[1-5]\d\d$/.test(statusCode)) {
      notes.warn(`Response '${statusCode}' of ${operation.pointer} is no status code; it was ignored.`);
      return [];
    }
    const headers = (response.member('headers')?.names() ?? []).map((name) => [`method.response.header.${name}`, false]);
    const ofSchema = models.modelsOf(response, mediaTypes(root, operation, 'produces'), httpMethod);
    const ofContent = (response.member('content')?.entries() ?? []).map(([mediaType, each]) => {
      const unsupported = unsupportedModelType(each);
      if (unsupported === undefined) return models.modelsOf(each, [mediaType], httpMethod);
      notes.warn(
        `Unsupported model type '${unsupported}' in ${statusCode} response to method '${httpMethod} ${path}'. Ignoring.`,
      );
      return {};
    });
    return [
      present({
        statusCode,
        responseParameters: orNone(Object.fromEntries(headers) as Record<string, boolean>),
        responseModels: orNone(Object.assign({}, ofSchema, ...ofContent) as Record<string, string>),
      }),
    ];
  });
}

/** Swagger 2.0: the media types stand apart. AWS: application/json when none are said. Seen: recorded GetMethod, test_import_swagger_api. */
function mediaTypes(root: DocumentNode, operation: DocumentNode, member: 'consumes' | 'produces'): readonly string[] {
  return (operation.member(member) ?? root.member(member))?.texts() ?? ['application/json'];
}

function orNone<T extends object>(members: T): T | undefined {
  return Object.keys(members).length === 0 ? undefined : members;
}
