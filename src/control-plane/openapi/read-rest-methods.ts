// The operations of a document as methods of a REST API: parameters, bodies, responses.

import { present } from '../apigateway/service.ts';
import type { DocumentNode } from './document-node.ts';
import { EXTENSION } from './read-rest-api.ts';
import { readRestIntegration } from './read-rest-integration.ts';
import type { ModelReader } from './read-rest-models.ts';
import { type RestSecuritySchemes, readRestSecurity } from './read-rest-security.ts';
import type { WantedMethod } from './rest-definition.ts';

const ANY_METHOD = `${EXTENSION}any-method`;
const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
const places: ReadonlyMap<string, string> = new Map([
  ['header', 'header'],
  ['query', 'querystring'],
  ['path', 'path'],
]);

export interface MethodContext {
  readonly root: DocumentNode;
  readonly basePath: string;
  readonly models: ModelReader;
  readonly schemes: RestSecuritySchemes;
  warn(warning: string): void;
}

export function readRestMethods(context: MethodContext): WantedMethod[] {
  const paths = context.root.member('paths')?.entries() ?? [];
  return paths.flatMap(([path, item]) =>
    item.entries().flatMap(([name, operation]) => {
      if (name === 'trace') context.warn(`${operation.pointer}: REST APIs have no TRACE methods; it was ignored.`);
      if (!verbs.has(name) && name !== ANY_METHOD) return [];
      const httpMethod = name === ANY_METHOD ? 'ANY' : name.toUpperCase();
      return [readMethod(context, wholePath(context.basePath, path), httpMethod, item, operation)];
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
  path: string,
  httpMethod: string,
  item: DocumentNode,
  operation: DocumentNode,
): WantedMethod {
  const { root, models, schemes, warn } = context;
  const { authorizer, authorizationScopes, ...security } = readRestSecurity(root, operation, schemes, warn);
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
      requestParameters: orNone(readParameters(path, parameters, warn)),
      requestModels: orNone(readRequestModels(root, operation, parameters, models)),
    }),
    authorizer,
    requestValidator: validator?.text(),
    responses: readResponses(root, operation, models, warn),
    integration: integration && readRestIntegration(integration, { path, httpMethod }, warn),
  };
}

/** AWS: the variables of the path are there also when the document does not declare them. Seen: recorded GetMethod, as above. */
function readParameters(
  path: string,
  parameters: readonly DocumentNode[],
  warn: (warning: string) => void,
): Record<string, boolean> {
  const declared = Object.fromEntries(
    [...path.matchAll(/\{([^{}]+?)\+?\}/g)].map(([, name]) => [`method.request.path.${name}`, true]),
  );
  for (const parameter of parameters) {
    const where = parameter.member('in')?.text() ?? '';
    const name = parameter.member('name')?.text() ?? '';
    if (where === 'body') continue;
    const place = places.get(where);
    if (place === undefined) warn(`Parameter '${name}' of ${parameter.pointer} is in '${where}', which was ignored.`);
    else declared[`method.request.${place}.${name}`] = parameter.member('required')?.boolean() ?? false;
  }
  return declared;
}

function readRequestModels(
  root: DocumentNode,
  operation: DocumentNode,
  parameters: readonly DocumentNode[],
  models: ModelReader,
): Record<string, string> {
  const body = parameters.find((parameter) => parameter.member('in')?.text() === 'body');
  if (body !== undefined) return modelOfEach(mediaTypes(root, operation, 'consumes'), models.nameOf(body));
  return readContent(operation.member('requestBody'), models);
}

function readResponses(
  root: DocumentNode,
  operation: DocumentNode,
  models: ModelReader,
  warn: (warning: string) => void,
): WantedMethod['responses'] {
  return (operation.member('responses')?.entries() ?? []).flatMap(([statusCode, response]) => {
    // A method response has one status. Which one `default` stands for, nobody can tell.
    if (statusCode === 'default' || statusCode.startsWith('x-')) return [];
    if (!/^[1-5]\d\d$/.test(statusCode)) {
      warn(`Response '${statusCode}' of ${operation.pointer} is no status code; it was ignored.`);
      return [];
    }
    const headers = (response.member('headers')?.names() ?? []).map((name) => [`method.response.header.${name}`, false]);
    const ofContent = readContent(response, models);
    const ofSchema = modelOfEach(mediaTypes(root, operation, 'produces'), models.nameOf(response));
    return [
      present({
        statusCode,
        responseParameters: orNone(Object.fromEntries(headers) as Record<string, boolean>),
        responseModels: orNone({ ...ofSchema, ...ofContent }),
      }),
    ];
  });
}

/** OpenAPI 3: a schema for each media type. */
function readContent(holder: DocumentNode | undefined, models: ModelReader): Record<string, string> {
  const entries = (holder?.member('content')?.entries() ?? []).flatMap(([mediaType, content]) => {
    const name = models.nameOf(content);
    return name === undefined ? [] : [[mediaType, name]];
  });
  return Object.fromEntries(entries);
}

/** Swagger 2.0: the media types stand apart. AWS: application/json when none are said. Seen: recorded GetMethod, test_import_swagger_api. */
function mediaTypes(root: DocumentNode, operation: DocumentNode, member: 'consumes' | 'produces'): readonly string[] {
  return (operation.member(member) ?? root.member(member))?.texts() ?? ['application/json'];
}

function modelOfEach(types: readonly string[], name: string | undefined): Record<string, string> {
  return name === undefined ? {} : Object.fromEntries(types.map((type) => [type, name]));
}

function orNone<T extends object>(members: T): T | undefined {
  return Object.keys(members).length === 0 ? undefined : members;
}
