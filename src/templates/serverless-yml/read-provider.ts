// The `provider` section: defaults for functions and the settings of the APIs.

import type { CorsConfiguration } from '../../model/http-api.ts';
import type { MapNode, TemplateNode } from '../template-node.ts';
import { type Authorizers, readAuthorizers } from './authorizers.ts';
import { HTTP_METHODS } from './http-api-event.ts';
import { readRetention } from './log-retention.ts';
import { type ProviderLogs, readProviderLogs } from './log-settings.ts';
import type { PluginEnvironment } from './plugin-environment.ts';
import type { Properties, PropertyReader } from './property-reader.ts';
import { corsProperties, httpApiProperties, providerProperties, restApiSections, webSocketSections } from './property-tables.ts';
import { readRuntime } from './runtime.ts';
import { type ProviderTracing, readProviderTracing } from './tracing.ts';

export interface ProviderSettings {
  readonly runtime?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly environment?: TemplateNode;
  readonly pluginEnvironment?: PluginEnvironment;
  readonly tags?: TemplateNode;
  readonly logs: ProviderLogs;
  readonly layers?: TemplateNode;
  readonly logRetentionInDays?: number;
  readonly tracing: ProviderTracing;
  readonly httpApi: HttpApiSettings;
  /** What is read with the http events: apiGateway, endpointType and the like. */
  readonly restApi: Properties;
  /** What is read with the websocket events: websocketsApiName and the like. */
  readonly webSocketApi: Properties;
}

export interface HttpApiSettings {
  readonly name?: string;
  readonly description?: string;
  readonly payload?: '1.0' | '2.0';
  readonly metrics: boolean;
  readonly disableDefaultEndpoint: boolean;
  readonly nameBeginsWithService: boolean;
  readonly useProviderTags: boolean;
  readonly cors?: CorsSettings;
  readonly timeoutNode?: TemplateNode;
  readonly authorizers: Authorizers;
}

/** `methods: undefined` means OPTIONS and whatever the routes have. */
export interface CorsSettings {
  readonly configuration: Omit<CorsConfiguration, 'allowMethods'>;
  readonly methods: readonly string[] | undefined;
}

const noHttpApi: HttpApiSettings = {
  authorizers: new Map(),
  metrics: false,
  disableDefaultEndpoint: false,
  nameBeginsWithService: false,
  useProviderTags: false,
};

// Source: Serverless Framework, "HTTP API", CORS setup.
const DEFAULT_ALLOWED_HEADERS = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
];

const noProvider: ProviderSettings = {
  ...{ httpApi: noHttpApi, restApi: new Map(), webSocketApi: new Map(), logs: {} },
  tracing: { apiGateway: false, lambda: false },
};

/** `provider: aws` or the map. */
export function readProvider(node: TemplateNode | undefined, reader: PropertyReader): ProviderSettings {
  if (node?.kind === 'scalar') {
    checkName(node, reader);
    return noProvider;
  }
  const map = reader.map(node, 'provider', '{ name: aws, runtime: nodejs22.x }');
  if (map === undefined) return noProvider;
  const properties = reader.properties(map, providerProperties, 'provider');
  const name = properties.get('name');
  if (name !== undefined) checkName(name, reader);
  const httpApi = properties.get('httpApi');
  return {
    runtime: readRuntime(properties.get('runtime'), 'provider.runtime', reader),
    timeout: reader.integer(properties.get('timeout'), 'provider.timeout', 1, 900),
    memorySize: reader.integer(properties.get('memorySize'), 'provider.memorySize', 128, 10240),
    environment: properties.get('environment'),
    tags: properties.get('tags'),
    logs: readProviderLogs(properties.get('logs'), reader),
    layers: properties.get('layers'),
    logRetentionInDays: readRetention(properties.get('logRetentionInDays'), 'provider.logRetentionInDays', reader),
    tracing: readProviderTracing(properties.get('tracing'), reader),
    restApi: only(restApiSections, properties),
    webSocketApi: only(webSocketSections, properties),
    httpApi: httpApi === undefined ? noHttpApi : readHttpApi(reader.map(httpApi, 'provider.httpApi', '{ cors: true }'), reader),
  };
}

function only(names: readonly string[], properties: Properties): Properties {
  return new Map([...properties].filter(([key]) => names.includes(key)));
}

function checkName(node: TemplateNode, reader: PropertyReader): void {
  const name = reader.text(node, 'provider.name', 'aws');
  if (name !== undefined && name !== 'aws') {
    reader.problems.error(
      'SG_UNSUPPORTED',
      node.place,
      `The provider is ${name}; Stagegate runs AWS services.`,
      'Set it to aws.',
    );
  }
}

function readHttpApi(map: MapNode | undefined, reader: PropertyReader): HttpApiSettings {
  if (map === undefined) return noHttpApi;
  const path = 'provider.httpApi';
  const properties = reader.properties(map, httpApiProperties, path);
  return {
    name: reader.text(properties.get('name'), `${path}.name`, 'my-api'),
    description: reader.text(properties.get('description'), `${path}.description`, 'Orders'),
    payload: readPayload(properties.get('payload'), `${path}.payload`, reader),
    metrics: reader.boolean(properties.get('metrics'), `${path}.metrics`) ?? false,
    disableDefaultEndpoint: reader.boolean(properties.get('disableDefaultEndpoint'), `${path}.disableDefaultEndpoint`) ?? false,
    nameBeginsWithService:
      reader.boolean(properties.get('shouldStartNameWithService'), `${path}.shouldStartNameWithService`) ?? false,
    useProviderTags: reader.boolean(properties.get('useProviderTags'), `${path}.useProviderTags`) ?? false,
    cors: readCors(properties.get('cors'), reader),
    timeoutNode: properties.get('timeout'),
    authorizers: readAuthorizers(properties.get('authorizers'), reader),
  };
}

/** `'1.0'` or `'2.0'`; YAML reads an unquoted 2.0 as the number 2. */
export function readPayload(node: TemplateNode | undefined, path: string, reader: PropertyReader): '1.0' | '2.0' | undefined {
  if (node === undefined) return undefined;
  const text = node.kind === 'scalar' ? String(node.value) : '';
  if (text === '1.0' || text === '1') return '1.0';
  if (text === '2.0' || text === '2') return '2.0';
  return reader.wrong(node, path, "'1.0' or '2.0'", "Write '2.0' (the default), or '1.0' for the event of REST APIs.");
}

function readCors(node: TemplateNode | undefined, reader: PropertyReader): CorsSettings | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.value === false)) return undefined;
  if (node.kind === 'scalar' && (node.value === true || node.value === 'true')) {
    return { configuration: { allowOrigins: ['*'], allowHeaders: DEFAULT_ALLOWED_HEADERS }, methods: undefined };
  }
  const path = 'provider.httpApi.cors';
  if (node.kind !== 'map') return reader.wrong(node, path, 'true or a map', 'For example: cors: true');
  const properties = reader.properties(node, corsProperties, path);
  const methods = reader.texts(properties.get('allowedMethods'), `${path}.allowedMethods`, '[GET, POST]');
  const configuration = {
    allowOrigins: reader.texts(properties.get('allowedOrigins'), `${path}.allowedOrigins`, '[https://example.com]') ?? ['*'],
    allowHeaders:
      reader.texts(properties.get('allowedHeaders'), `${path}.allowedHeaders`, '[Content-Type]') ?? DEFAULT_ALLOWED_HEADERS,
    ...defined('allowCredentials', reader.boolean(properties.get('allowCredentials'), `${path}.allowCredentials`)),
    ...defined(
      'exposeHeaders',
      reader.texts(properties.get('exposedResponseHeaders'), `${path}.exposedResponseHeaders`, '[X-Total]'),
    ),
    ...defined('maxAge', reader.integer(properties.get('maxAge'), `${path}.maxAge`, -1, 86400)),
  };
  const credentials = properties.get('allowCredentials');
  if (configuration.allowCredentials === true && configuration.allowOrigins.includes('*') && credentials !== undefined) {
    reader.problems.error(
      'SG_BAD_VALUE',
      credentials.place,
      `${path}.allowCredentials is true for every origin ('*'); AWS refuses that.`,
      'Name the origins in allowedOrigins, or drop allowCredentials.',
    );
  }
  return { configuration, methods: methods?.map((method) => method.toUpperCase()) };
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };
}

/** The methods CORS allows when the file does not say: OPTIONS and those of the routes. */
export function corsMethods(routeMethods: readonly string[]): readonly string[] {
  const methods = new Set<string>(['OPTIONS']);
  for (const method of routeMethods) {
    for (const one of method === 'ANY' ? HTTP_METHODS : [method]) methods.add(one);
  }
  return [...methods];
}
