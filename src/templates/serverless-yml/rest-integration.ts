// What answers an `http` event's method: the function, an HTTP backend, or the gateway itself.
// Source: Serverless Framework, guide "REST API (API Gateway v1)".

import type { Place } from '../../config/user-error.ts';
import type { DesiredRestIntegration } from '../desired-rest-api.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { plainValue } from './plain-value.ts';
import type { Properties, PropertyReader } from './property-reader.ts';
import type { RestAuthorization } from './rest-authorizer.ts';
import { defaultRequestTemplates } from './rest-default-templates.ts';
import type { RestReading } from './rest-reading.ts';
import { defined, type RestRequest, requestOfIntegration } from './rest-request.ts';
import { functionArn, functionName } from './service-identity.ts';

export type IntegrationType = DesiredRestIntegration['type'];
const INTEGRATIONS: Readonly<Record<string, IntegrationType>> = {
  lambda: 'AWS',
  aws: 'AWS',
  'lambda-proxy': 'AWS_PROXY',
  'aws-proxy': 'AWS_PROXY',
  http: 'HTTP',
  'http-proxy': 'HTTP_PROXY',
  mock: 'MOCK',
};

/** As service files say it. */
const NAMES: Readonly<Record<IntegrationType, string>> = {
  AWS: 'integration lambda',
  AWS_PROXY: 'integration lambda-proxy',
  HTTP: 'integration http',
  HTTP_PROXY: 'integration http-proxy',
  MOCK: 'integration mock',
};

export function readIntegrationType(
  properties: Properties,
  isAsync: boolean,
  where: string,
  reader: PropertyReader,
): IntegrationType {
  const node = properties.get('integration');
  if (node === undefined) return isAsync ? 'AWS' : 'AWS_PROXY';
  const text = node.kind === 'scalar' ? String(node.value).toLowerCase().replaceAll('_', '-') : '';
  const type = Object.hasOwn(INTEGRATIONS, text) ? INTEGRATIONS[text] : undefined;
  if (type === undefined) {
    reader.wrong(node, `${where}.integration`, 'lambda-proxy, lambda, http, http-proxy or mock', 'Use one of these.');
    return 'AWS_PROXY';
  }
  if (isAsync && type !== 'AWS') {
    const fix = 'Write integration: lambda, or leave integration out.';
    reader.problems.error('SG_BAD_VALUE', node.place, `${where}.async goes with integration lambda only.`, fix);
  }
  return type;
}

// AWS: more is for accounts whose quota was raised, and for answers that are streamed. Seen: API Gateway guide, quotas.
const TIMEOUT_MS_MAX = 29_000;

/** `timeoutInMillis` of an event or of the API. */
export function readTimeout(
  node: TemplateNode | undefined,
  where: string,
  streams: boolean,
  reader: PropertyReader,
): number | undefined {
  const timeout = reader.integer(node, where, 50, streams ? 900_000 : 300_000);
  if (node === undefined || timeout === undefined || streams || timeout <= TIMEOUT_MS_MAX) return timeout;
  reader.problems.unsupported(
    node.place,
    `${where} is ${timeout}: AWS takes more than ${TIMEOUT_MS_MAX} only where the quota was raised, and it is not here.`,
    `Set it to ${TIMEOUT_MS_MAX} for local runs, or run with --lenient to have it cut to that.`,
    `It is ${TIMEOUT_MS_MAX} because of --lenient.`,
  );
  return TIMEOUT_MS_MAX;
}

/** What of `request` is for other types. */
const NOT_SENT: Readonly<Partial<Record<IntegrationType, readonly string[]>>> = {
  AWS_PROXY: ['template', 'passThrough', 'contentHandling', 'uri', 'method'],
  HTTP_PROXY: ['template', 'passThrough', 'contentHandling'],
  AWS: ['uri', 'method'],
  MOCK: ['uri', 'method'],
};

/** Says what of an event means nothing for its type of integration. */
export function ignoreUnsent(properties: Properties, type: IntegrationType, reader: PropertyReader): void {
  const { entries } = mapOf(properties.get('request'), reader) ?? { entries: new Map<string, unknown>() };
  for (const key of NOT_SENT[type] ?? []) {
    if (!entries.has(key)) continue;
    reader.ignore(`functions.*.events.http.request.${key}`, `it means nothing for ${NAMES[type]}`);
  }
  if (type === 'HTTP' || type === 'HTTP_PROXY') return;
  for (const key of ['connectionType', 'connectionId']) {
    if (properties.has(key)) reader.ignore(`functions.*.events.http.${key}`, `it means nothing for ${NAMES[type]}`);
  }
}

function mapOf(node: TemplateNode | undefined, reader: PropertyReader) {
  const value = node && reader.variables.resolve(node);
  return value?.kind === 'map' ? value : undefined;
}

export interface HowCalled {
  readonly functionKey: string;
  readonly isAsync: boolean;
  readonly streams: boolean;
  readonly claims: readonly string[];
}

/** `response.transferMode`; the rest of a proxy's `response` is the function's or the backend's. */
export function readTransferMode(
  node: TemplateNode | undefined,
  type: IntegrationType,
  where: string,
  reader: PropertyReader,
): boolean {
  const isProxy = type === 'AWS_PROXY' || type === 'HTTP_PROXY';
  const mode = node?.kind === 'map' ? node.entries.get('transferMode') : undefined;
  if (isProxy && node !== undefined && (mode === undefined || node.kind !== 'map' || node.entries.size > 1)) {
    reader.ignore('functions.*.events.http.response', 'with a proxy integration what answers says the whole response');
  }
  const value = mode && reader.variables.resolve(mode.node);
  if (mode === undefined || value === undefined || isVacant(value)) return false;
  const text = value.kind === 'scalar' ? String(value.value).toUpperCase() : '';
  if (text !== 'STREAM' && text !== 'BUFFERED') {
    reader.wrong(value, `${where}.transferMode`, 'BUFFERED or STREAM', 'Use one of these.');
  } else if (!isProxy) {
    const fix = 'Write integration: lambda-proxy or http-proxy, or remove it.';
    reader.problems.error('SG_BAD_VALUE', mode.keyPlace, `${where}.transferMode goes with proxy integrations only.`, fix);
  }
  return text === 'STREAM';
}

/** What a proxied function gets is its whole token. */
export function readClaims(
  authorization: RestAuthorization | undefined,
  type: IntegrationType,
  place: Place,
  where: string,
  reader: PropertyReader,
): readonly string[] {
  const { claims = [] } = authorization ?? {};
  if (claims.length === 0 || type === 'AWS') return claims;
  const fix = 'Write integration: lambda, or read them in event.requestContext.authorizer.claims.';
  reader.problems.error('SG_BAD_VALUE', place, `${where}.authorizer.claims goes with integration lambda only.`, fix);
  return [];
}

/** What depends on the type of the integration. */
export function integrationBase(
  type: IntegrationType,
  request: RestRequest,
  route: { readonly httpMethod: string },
  { functionKey, isAsync, streams, claims }: HowCalled,
  { properties, where }: { readonly properties: Properties; readonly where: string },
  reading: RestReading,
): Omit<DesiredRestIntegration, 'integrationResponses'> {
  const ofLambda = { integrationHttpMethod: 'POST', uri: invocationUri(functionKey, reading) };
  const transfer = streams ? { responseTransferMode: 'STREAM' as const } : {};
  if (type === 'AWS_PROXY') {
    return { type, ...ofLambda, ...(streams ? { uri: streamingUri(functionKey, reading) } : {}), ...transfer };
  }
  if (type === 'AWS') {
    const mappings = {
      ...request.mappings,
      ...(isAsync ? { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" } : {}),
    };
    return {
      type,
      ...ofLambda,
      ...requestOfIntegration(request, defaultRequestTemplates(claims)),
      ...(Object.keys(mappings).length === 0 ? {} : { requestParameters: mappings }),
    };
  }
  if (type === 'MOCK') return { type, ...requestOfIntegration(request) };
  const { reader } = reading;
  if (request.uri === undefined) {
    const place = properties.get('integration')!.place;
    reader.problems.error('SG_BAD_VALUE', place, `${where} has no request.uri to call.`, 'Add request: { uri: https://... }.');
  }
  const link = readLink(properties, where, reading);
  return {
    type,
    integrationHttpMethod: request.method ?? route.httpMethod,
    ...defined('uri', request.uri),
    ...link,
    ...defined('requestParameters', request.mappings),
    ...transfer,
    ...(type === 'HTTP' ? requestOfIntegration(request) : {}),
  };
}

function readLink(properties: Properties, where: string, { reader, known }: RestReading) {
  const type = reader.text(properties.get('connectionType'), `${where}.connectionType`, 'vpc-link');
  if (type === undefined) return {};
  if (!/^vpc[-_]link$/i.test(type)) {
    return reader.wrong(properties.get('connectionType')!, `${where}.connectionType`, 'vpc-link', 'Write vpc-link.') ?? {};
  }
  const idNode = properties.get('connectionId');
  const id = idNode && !isVacant(idNode) ? plainValue(idNode, known, reader) : undefined;
  return { connectionType: 'VPC_LINK' as const, ...defined('connectionId', id === undefined ? undefined : String(id)) };
}

export function invocationUri(functionKey: string, reading: RestReading): string {
  return uriOf(functionKey, '2015-03-31', 'invocations', reading);
}

function streamingUri(functionKey: string, reading: RestReading): string {
  return uriOf(functionKey, '2021-11-15', 'response-streaming-invocations', reading);
}

function uriOf(functionKey: string, version: string, operation: string, { functions, identity }: RestReading): string {
  const one = functions.find(({ key }) => key === functionKey);
  const arn = functionArn(one === undefined ? functionKey : functionName(one, identity), identity);
  return `arn:aws:apigateway:${identity.region}:lambda:path/${version}/functions/${arn}/${operation}`;
}
