// An OpenAPI document -> what an HTTP API would be made of. Reads only; who makes it is import-api.ts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html

import type { Input } from '../apigatewayv2/service.ts';
import { present } from '../apigatewayv2/service.ts';
import { type ApiDefinition, ImportNotes, type Wanted, type WantedRoute } from './api-definition.ts';
import { type DocumentNode, invalidInput } from './document-node.ts';
import { noteDanglingReferences, noteDefaultWithoutSlash, noteMissingMembers, noteMissingResponses } from './parse-issues.ts';
import { type BasepathMode, readApi, readBasePath } from './read-api.ts';
import { readIntegration } from './read-integration.ts';
import { readRouteSecurity, readSecuritySchemes } from './read-security.ts';
import { warnAboutExtensions } from './unsupported-extensions.ts';

const ANY_METHOD = 'x-amazon-apigateway-any-method';
const INTEGRATION = 'x-amazon-apigateway-integration';
const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', ANY_METHOD]);
/** The longest OperationName of a route. */
const OPERATION_NAME_MAX = 64;

export interface ReadOptions {
  readonly basepath: BasepathMode;
}

/** Throws AwsError that names the place of what is wrong. */
export function readDefinition(root: DocumentNode, options: ReadOptions): ApiDefinition {
  const notes = new ImportNotes();
  checkVersion(root, notes);
  noteMissingMembers(root, notes);
  for (const pointer of root.duplicates()) notes.warn(`${pointer} stands there twice; the last one was taken.`);
  warnAboutExtensions(root, notes);
  const schemes = readSecuritySchemes(root);
  const basePath = readBasePath(root, options.basepath);
  const integrations = new Map<string, Wanted<'CreateIntegration'>>();
  const routes: WantedRoute[] = [];
  for (const [path, item] of root.member('paths')?.entries() ?? []) {
    warnAboutExtensions(item, notes);
    for (const name of item.names()) {
      const operation = item.member(name);
      if (name === 'trace') notes.warn(`${item.pointer}/trace: HTTP APIs have no TRACE routes; it was ignored.`);
      if (!methods.has(name)) continue;
      if (operation === undefined) notes.warn(`${item.pointer}/${name} is empty and was ignored.`);
      else routes.push(readRoute(path, name, operation));
    }
  }
  if (root.member('components')?.member('schemas') !== undefined) {
    notes.inform('/components/schemas: HTTP APIs have no models; schemas were ignored.');
  }
  return { at: root, api: readApi(root), authorizers: schemes.authorizers, integrations, routes, notes };

  function readRoute(path: string, method: string, operation: DocumentNode): WantedRoute {
    warnAboutExtensions(operation, notes);
    if (method !== ANY_METHOD) noteMissingResponses(path, method, operation, notes);
    noteDanglingReferences(path, method, operation, notes);
    const routeKey = routeKeyOf(path, method, operation);
    const integration = operation.member(INTEGRATION);
    if (integration === undefined) {
      notes.inform(`${operation.pointer} has no ${INTEGRATION}: the route ${routeKey} answers 500 until it gets one.`);
    } else if (!integrations.has(integration.pointer)) {
      integrations.set(integration.pointer, { at: integration, input: readIntegration(integration, notes) });
    }
    const security = readRouteSecurity(root, operation, schemes, routeKey, notes);
    return {
      at: operation,
      input: present({ RouteKey: routeKey, OperationName: operationName(operation), ...security.input }) as Omit<
        Input<'CreateRoute'>,
        'ApiId'
      >,
      integration: integration?.pointer,
      authorizer: security.authorizer,
    };
  }

  /** AWS: the default route is an ANY operation with isDefaultRoute. Seen: documents that SAM makes. */
  function routeKeyOf(path: string, method: string, operation: DocumentNode): string {
    if (path === '$default') noteDefaultWithoutSlash(notes);
    if (path === '$default' || operation.member('isDefaultRoute')?.boolean() === true) return '$default';
    if (!path.startsWith('/')) throw operation.fault(`The path "${path}" does not begin with a slash.`);
    const whole = basePath !== '' && path === '/' ? basePath : `${basePath}${path}`;
    return `${method === ANY_METHOD ? 'ANY' : method.toUpperCase()} ${whole}`;
  }

  function operationName(operation: DocumentNode): string | undefined {
    const id = operation.member('operationId');
    const text = id?.text();
    if (id === undefined || text === undefined || text.length <= OPERATION_NAME_MAX) return text;
    notes.warn(`${id.pointer} is longer than ${OPERATION_NAME_MAX} characters; the route got no operation name.`);
    return undefined;
  }
}

function checkVersion(root: DocumentNode, notes: ImportNotes): void {
  const swagger = root.member('swagger');
  if (swagger !== undefined) {
    throw swagger.fault(`HTTP APIs are imported from OpenAPI 3.0, and this document is Swagger ${swagger.text()}.`);
  }
  const openapi = root.member('openapi');
  if (openapi === undefined) throw invalidInput('The document has no member "openapi" that names its version.');
  const version = openapi.text();
  if (/^3\.1(\.\d+)?$/.test(version)) {
    notes.warn(`/openapi: HTTP APIs are imported from OpenAPI 3.0; this document says ${version} and was read as 3.0.`);
  } else if (!/^3\.0(\.\d+)?$/.test(version)) {
    throw openapi.fault(`HTTP APIs are imported from OpenAPI 3.0, and this document says ${version}.`);
  }
  const algorithm = root.member('x-amazon-apigateway-importexport-version');
  if (algorithm !== undefined && !['1.0', '1'].includes(algorithm.text())) {
    throw algorithm.fault('The only version of the import and export algorithm is 1.0.');
  }
}
