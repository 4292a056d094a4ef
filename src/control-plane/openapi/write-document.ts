// An HTTP API's definition -> the members of an OpenAPI 3.0 document, in the order in which people read them.

import type { Api, CorsConfiguration, Integration, Route } from '../../model/http-api.ts';
import { type Output, present } from '../apigatewayv2/service.ts';
import { type ExportedAuthorizer, writeSecurity } from './write-security.ts';

export interface ExportedApi {
  readonly api: Api;
  readonly apiEndpoint: string;
  /** The stage whose deployment it is; undefined for the latest configuration. */
  readonly stageName: string | undefined;
  readonly cors: CorsConfiguration | undefined;
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  readonly authorizers: readonly NonNullable<Output<'GetAuthorizers'>['Items']>[number][];
}

/** Without extensions a document says what clients can call; ANY and the default route cannot be said then. */
export function writeDocument(exported: ExportedApi, extensions: boolean): object {
  const { api, cors } = exported;
  const tags = Object.entries(api.tags);
  const writer = new PathWriter(exported, extensions);
  const paths = writer.paths();
  const basePath = exported.stageName === undefined || exported.stageName === '$default' ? '' : exported.stageName;
  return present({
    openapi: '3.0.1',
    // AWS: an API without a version is exported with the time it was made. Seen: recorded exports of REST APIs.
    info: present({ title: api.name, description: api.description, version: api.version ?? api.createdDate }),
    servers: [
      present({
        url: `${exported.apiEndpoint}/{basePath}`,
        variables: { basePath: { default: basePath } },
        'x-amazon-apigateway-endpoint-configuration':
          extensions && api.disableExecuteApiEndpoint ? { disableExecuteApiEndpoint: true } : undefined,
      }),
    ],
    tags:
      tags.length === 0 || !extensions
        ? undefined
        : tags.map(([name, value]) => ({ name, 'x-amazon-apigateway-tag-value': value })),
    paths,
    components: writer.components(),
    'x-amazon-apigateway-cors': extensions ? cors : undefined,
    'x-amazon-apigateway-importexport-version': extensions ? '1.0' : undefined,
  });
}

class PathWriter {
  readonly #exported: ExportedApi;
  readonly #extensions: boolean;
  readonly #integrations: ReadonlyMap<string, Integration>;
  readonly #authorizers: ReadonlyMap<string, ExportedAuthorizer>;
  /** Routes by integration: one that is used twice is written once, and referred to. */
  readonly #users = new Map<string, number>();
  readonly #shared = new Map<string, object>();
  readonly #schemes = new Map<string, object>();

  constructor(exported: ExportedApi, extensions: boolean) {
    this.#exported = exported;
    this.#extensions = extensions;
    this.#integrations = new Map(exported.integrations.map((integration) => [integration.integrationId, integration]));
    this.#authorizers = new Map(exported.authorizers.map((authorizer) => [authorizer.AuthorizerId ?? '', authorizer]));
    for (const { target } of exported.routes) {
      const id = integrationIdOf(target);
      if (id !== undefined) this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
    }
  }

  paths(): object {
    const paths = new Map<string, [method: string, operation: object][]>();
    const routes = [...this.#exported.routes].sort((a, b) => (pathAndMethod(a) < pathAndMethod(b) ? -1 : 1));
    for (const route of routes) {
      const [method = '', path = ''] = route.routeKey === '$default' ? ['ANY', '/$default'] : route.routeKey.split(' ');
      if (method === 'ANY' && !this.#extensions) continue;
      const operation: [string, object] = [method === 'ANY' ? ANY_METHOD : method.toLowerCase(), this.#operation(route, path)];
      paths.set(path, [...(paths.get(path) ?? []), operation]);
    }
    return Object.fromEntries([...paths].map(([path, operations]) => [path, Object.fromEntries(operations)]));
  }

  /** To be called after `paths`. */
  components(): object | undefined {
    if (this.#shared.size === 0 && this.#schemes.size === 0) return undefined;
    return present({
      securitySchemes: this.#schemes.size === 0 ? undefined : Object.fromEntries(this.#schemes),
      'x-amazon-apigateway-integrations': this.#shared.size === 0 ? undefined : Object.fromEntries(this.#shared),
    });
  }

  #operation(route: Route, path: string): object {
    const isDefault = route.routeKey === '$default';
    const variables = isDefault ? [] : [...path.matchAll(/\{([^}+]+)\+?\}/g)].map((match) => match[1]);
    const security = this.#extensions ? writeSecurity(route, this.#authorizers) : undefined;
    if (security?.scheme !== undefined) this.#schemes.set(security.name, security.scheme);
    return present({
      isDefaultRoute: isDefault ? true : undefined,
      operationId: route.operationName,
      parameters:
        variables.length === 0
          ? undefined
          : variables.map((name) => ({
              name,
              in: 'path',
              description: `Generated path parameter for ${name}`,
              required: true,
              schema: { type: 'string' },
            })),
      responses: { default: { description: `Default response for ${route.routeKey}` } },
      'x-amazon-apigateway-auth': this.#extensions && route.authorizationType === 'AWS_IAM' ? { type: 'AWS_IAM' } : undefined,
      security: security === undefined ? undefined : [{ [security.name]: security.scopes }],
      'x-amazon-apigateway-integration': this.#extensions ? this.#integration(route) : undefined,
    });
  }

  #integration(route: Route): object | undefined {
    const id = integrationIdOf(route.target);
    const integration = id === undefined ? undefined : this.#integrations.get(id);
    if (id === undefined || integration === undefined) return undefined;
    if ((this.#users.get(id) ?? 0) < 2) return writeIntegration(integration);
    this.#shared.set(id, writeIntegration(integration));
    return { $ref: `#/components/x-amazon-apigateway-integrations/${id}` };
  }
}

const ANY_METHOD = 'x-amazon-apigateway-any-method';

function writeIntegration(integration: Integration): object {
  return present({
    payloadFormatVersion: integration.payloadFormatVersion,
    type: integration.integrationType.toLowerCase(),
    integrationSubtype: integration.integrationType === 'AWS_PROXY' ? integration.integrationSubtype : undefined,
    httpMethod: 'integrationMethod' in integration ? integration.integrationMethod : undefined,
    uri: 'integrationUri' in integration ? integration.integrationUri : undefined,
    credentials: integration.credentialsArn,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    description: integration.description,
    requestParameters: integration.requestParameters,
    responseParameters: integration.responseParameters,
    timeoutInMillis: integration.timeoutInMillis,
    tlsConfig: integration.tlsConfig,
  });
}

function integrationIdOf(target: string | undefined): string | undefined {
  return target?.replace(/^integrations\//, '');
}

function pathAndMethod({ routeKey }: Route): string {
  const [method = '', path = ''] = routeKey.split(' ');
  return `${path} ${method}`;
}
