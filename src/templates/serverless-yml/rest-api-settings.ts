// What `provider` says about the REST API: provider.apiGateway, endpointType, apiName and the spellings of version 2.
// Source: Serverless Framework, "Serverless.yml Reference", API Gateway v1 REST API.

import type { DesiredModel, DesiredUsagePlan } from '../desired-rest-api.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { restApiEndpointProperties, restApiProperties } from './api-property-tables.ts';
import { plainValue } from './plain-value.ts';
import type { ProviderSettings } from './read-provider.ts';
import { readTimeout } from './rest-integration.ts';
import type { RestReading } from './rest-reading.ts';
import { defined, type NamedModels, oneOf, readModel, toWord } from './rest-request.ts';
import { readUsagePlans } from './usage-plan-settings.ts';

export interface RestApiSettings {
  readonly name: string;
  readonly description?: string;
  readonly stageName: string;
  readonly endpointType: 'EDGE' | 'REGIONAL' | 'PRIVATE';
  readonly vpcEndpointIds?: readonly string[];
  readonly binaryMediaTypes: readonly string[];
  readonly minimumCompressionSize?: number;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly disableExecuteApiEndpoint: boolean;
  readonly policy?: string;
  readonly detailedMetricsEnabled: boolean;
  readonly tracingEnabled: boolean;
  readonly timeoutInMillis?: number;
  readonly models: NamedModels;
  readonly usagePlans: readonly DesiredUsagePlan[];
}

const WHERE = 'provider.apiGateway';
const ENDPOINT_TYPES = ['EDGE', 'REGIONAL', 'PRIVATE'] as const;

export function readRestApiSettings(provider: ProviderSettings, reading: RestReading): RestApiSettings {
  const { reader, identity } = reading;
  const { service, stage } = identity;
  const outer = provider.restApi;
  const map = reader.map(outer.get('apiGateway'), WHERE, '{ minimumCompressionSize: 1024 }');
  const properties = map === undefined ? new Map<string, TemplateNode>() : reader.properties(map, restApiProperties, WHERE);
  const flag = (name: string) => reader.boolean(properties.get(name), `${WHERE}.${name}`) ?? false;
  const either = (name: string) => properties.get(name) ?? outer.get(name);
  const inPlace = (name: string) => (properties.has(name) ? WHERE : 'provider');
  const policy = readPolicy(either('resourcePolicy'), `${inPlace('resourcePolicy')}.resourcePolicy`, reading);
  const endpointType = readEndpointType(outer.get('endpointType'), reading);
  const vpcEndpointIds = reader.texts(outer.get('vpcEndpointIds'), 'provider.vpcEndpointIds', 'vpce-123');
  const keySource = oneOf(properties, 'apiKeySourceType', ['HEADER', 'AUTHORIZER'], WHERE, reading);
  return {
    name:
      reader.text(outer.get('apiName'), 'provider.apiName', 'my-api') ??
      (flag('shouldStartNameWithService') ? `${service}-${stage}` : `${stage}-${service}`),
    ...defined('description', reader.text(properties.get('description'), `${WHERE}.description`, 'Orders')),
    stageName: readStageName(properties.get('stage'), reading) ?? stage,
    endpointType,
    ...defined('vpcEndpointIds', vpcEndpointIds),
    binaryMediaTypes: reader.texts(properties.get('binaryMediaTypes'), `${WHERE}.binaryMediaTypes`, "['image/png']") ?? [],
    ...defined(
      'minimumCompressionSize',
      reader.integer(properties.get('minimumCompressionSize'), `${WHERE}.minimumCompressionSize`, 0, 10_485_760),
    ),
    apiKeySource: keySource === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER',
    disableExecuteApiEndpoint: readsDisabled(properties.get('endpoint'), reading) ?? flag('disableDefaultEndpoint'),
    ...defined('policy', policy),
    detailedMetricsEnabled: flag('metrics'),
    tracingEnabled: provider.tracing.apiGateway,
    ...defined('timeoutInMillis', readTimeout(properties.get('timeoutInMillis'), `${WHERE}.timeoutInMillis`, false, reader)),
    models: readNamedModels(properties.get('request'), reading),
    usagePlans: readUsagePlans(either('apiKeys'), either('usagePlan'), inPlace('usagePlan'), reading),
  };
}

/** Of the stage of the REST API, where it is not the service's. */
function readStageName(node: TemplateNode | undefined, { reader }: RestReading): string | undefined {
  const name = reader.text(node, `${WHERE}.stage`, 'v1');
  if (node === undefined || name === undefined || /^[A-Za-z0-9_-]{1,128}$/.test(name)) return name;
  return reader.wrong(node, `${WHERE}.stage`, 'letters, digits, - and _', 'For example: v1');
}

/** `endpoint.disable`. */
function readsDisabled(node: TemplateNode | undefined, { reader }: RestReading): boolean | undefined {
  const map = reader.map(node, `${WHERE}.endpoint`, '{ disable: true }');
  const properties = map && reader.properties(map, restApiEndpointProperties, `${WHERE}.endpoint`);
  return reader.boolean(properties?.get('disable'), `${WHERE}.endpoint.disable`);
}

function readEndpointType(node: TemplateNode | undefined, { reader }: RestReading): (typeof ENDPOINT_TYPES)[number] {
  const text = reader.text(node, 'provider.endpointType', 'regional')?.toUpperCase();
  // AWS: EDGE when nothing is said, and Serverless Framework says it. Seen: its guide "REST API".
  if (node === undefined || text === undefined) return 'EDGE';
  const type = ENDPOINT_TYPES.find((one) => one === text);
  if (type === undefined) {
    reader.wrong(node, 'provider.endpointType', 'edge, regional or private', 'Use one of these.');
    return 'EDGE';
  }
  if (type === 'PRIVATE' && !reader.features.privateEndpoints) {
    reader.problems.unsupported(
      node.place,
      'provider.endpointType: VPC end points are not told apart here, so the conditions of a private API cannot be met.',
      'Write regional for local runs, e.g. with a parameter.',
      'It stays private: its resource policy decides about every caller, none of whom comes from a VPC end point.',
    );
  }
  return type;
}

/** A list of statements, or a whole policy. */
function readPolicy(node: TemplateNode | undefined, where: string, { reader, known }: RestReading): string | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar') {
    return reader.wrong(node, where, 'a list of statements', 'For example: - { Effect: Allow, Principal: "*", ... }');
  }
  const value = plainValue(node, known, reader);
  const policy = Array.isArray(value) ? { Version: '2012-10-17', Statement: value } : value;
  return policy === undefined ? undefined : JSON.stringify(policy);
}

/** `request.schemas`: models that events name. */
function readNamedModels(node: TemplateNode | undefined, reading: RestReading): NamedModels {
  const { reader } = reading;
  const models = new Map<string, DesiredModel>();
  const request = reader.map(node, `${WHERE}.request`, '{ schemas: { order: { schema: { type: object } } } }');
  const where = `${WHERE}.request.schemas`;
  const inner = request && reader.properties(request, { schemas: { kind: 'enforced' } }, `${WHERE}.request`);
  const map = reader.map(inner?.get('schemas'), where, '{ order: { schema: { type: object } } }');
  for (const { key, node: raw } of map?.entries.values() ?? []) {
    const value = reader.variables.resolve(raw);
    if (value === undefined || isVacant(value)) continue;
    const model = readModel(value, `${toWord(key)}Model`, 'application/json', `${where}.${key}`, reading);
    if (model !== undefined) models.set(key, model);
  }
  return models;
}
