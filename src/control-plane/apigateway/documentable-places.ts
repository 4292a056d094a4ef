// What of an API a documentation part can be about: the API, its models and authorizers, its resources, methods, parameters and responses.

import type { RestAuthorizer, RestMethod, RestModel, RestResource } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { authorizerKind, loadAll, methodKind, modelKind, resourceKind } from './documents.ts';
import type { Input } from './service.ts';

export type DocumentationLocation = NonNullable<Input<'CreateDocumentationPart'>['location']>;

/** One location for each, in no order. Source: API reference, DocumentationPartLocation. */
export async function documentablePlaces(
  reader: Reader,
  scope: Scope,
  restApiId: string,
): Promise<readonly DocumentationLocation[]> {
  const models = await loadAll<RestModel>(reader, scope, modelKind, restApiId);
  const authorizers = await loadAll<RestAuthorizer>(reader, scope, authorizerKind, restApiId);
  const resources = await loadAll<RestResource>(reader, scope, resourceKind, restApiId);
  const methods = await loadAll<RestMethod>(reader, scope, methodKind, restApiId);
  const paths = new Map(resources.map(({ id, path }) => [id, path]));
  return [
    { type: 'API' },
    ...models.map(({ name }) => ({ type: 'MODEL' as const, name })),
    ...authorizers.map(({ name }) => ({ type: 'AUTHORIZER' as const, name })),
    ...resources.map(({ path }) => ({ type: 'RESOURCE' as const, path })),
    ...methods.flatMap((method) => placesOfMethod(method, paths.get(method.resourceId) ?? '/')),
  ];
}

const parameterTypes = { path: 'PATH_PARAMETER', querystring: 'QUERY_PARAMETER', header: 'REQUEST_HEADER' } as const;

function placesOfMethod(method: RestMethod, path: string): readonly DocumentationLocation[] {
  const here = { path, method: method.httpMethod };
  const places: DocumentationLocation[] = [{ type: 'METHOD', ...here }];
  for (const parameter of Object.keys(method.requestParameters ?? {})) {
    const [, , kind = '', ...name] = parameter.split('.');
    const type = parameterTypes[kind as keyof typeof parameterTypes];
    if (type !== undefined) places.push({ type, ...here, name: name.join('.') });
  }
  if (method.requestModels !== undefined) places.push({ type: 'REQUEST_BODY', ...here });
  for (const { statusCode, responseParameters, responseModels } of Object.values(method.methodResponses)) {
    const response = { ...here, statusCode };
    places.push({ type: 'RESPONSE', ...response });
    for (const header of Object.keys(responseParameters ?? {})) {
      places.push({ type: 'RESPONSE_HEADER', ...response, name: header.split('.').slice(3).join('.') });
    }
    if (responseModels !== undefined) places.push({ type: 'RESPONSE_BODY', ...response });
  }
  return places;
}
