// Every `$context` variable in the access logs of REST APIs. What mappings and templates may read, too, is read the same way
// (rest-api/context.ts). A name that is not here, or has no value, is `-`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

import type { RestApiPlan } from '../../model/rest-api-plan.ts';
import { callerOf, contextReader } from '../rest-api/context.ts';
import type { Exchange } from '../rest-api/exchange.ts';
import { endpointRequestId } from './endpoint-request-id.ts';
import type { LogVariable } from './log-line.ts';
import { restAuthorizationVariables } from './rest-authorization-variables.ts';

type RestVariable = LogVariable<Exchange, RestApiPlan>;

const awsRequestId: RestVariable = { kind: 'wire', of: endpointRequestId };
const integrationLatency: RestVariable = { kind: 'plain', of: (exchange) => milliseconds(exchange.integrationUs) };
const endpointStatus: RestVariable = { kind: 'plain', of: (exchange) => statusText(exchange.integrationStatus) };
const failure: RestVariable = { kind: 'text', of: integrationError };
const authorizerLatency: RestVariable = { kind: 'plain', of: (exchange) => callerOf(exchange)?.integrationLatencyMs?.toString() };
const variables: ReadonlyMap<string, RestVariable> = new Map<string, RestVariable>([
  ['accountId', { kind: 'constant', of: (plan) => plan.scope.account }],
  ['apiId', { kind: 'constant', of: (plan) => plan.apiId }],
  ['deploymentId', { kind: 'constant', of: (plan) => plan.deploymentId }],
  ['stage', { kind: 'constant', of: (plan) => plan.stageName }],
  ...restAuthorizationVariables,
  ['authorizer.integrationLatency', authorizerLatency],
  ['authorizer.latency', authorizerLatency],
  ['awsEndpointRequestId', awsRequestId],
  ['awsEndpointRequestId2', { kind: 'wire', of: (exchange) => exchange.integrationHeaders?.get('x-amz-id-2') }],
  ['customDomain.basePathMatched', { kind: 'wire', of: basePathMatched }],
  ['customDomain.routingRuleIdMatched', { kind: 'plain', of: ({ address }) => address.routingRuleId }],
  ['domainName', shared('wire', 'domainName')],
  ['domainPrefix', shared('wire', 'domainPrefix')],
  ['error.message', shared('text', 'error.message')],
  ['error.messageString', shared('quoted', 'error.message')],
  ['error.responseType', shared('plain', 'error.responseType')],
  ['error.validationErrorString', shared('text', 'error.validationErrorString')],
  ['extendedRequestId', shared('plain', 'extendedRequestId')],
  ['httpMethod', { kind: 'wire', of: ({ httpMethod }) => httpMethod }],
  ['identity.apiKey', shared('wire', 'identity.apiKey')],
  ['identity.sourceIp', shared('plain', 'identity.sourceIp')],
  ['identity.userAgent', shared('wire', 'identity.userAgent')],
  ['integration.error', failure],
  ['integration.integrationStatus', endpointStatus],
  ['integration.latency', integrationLatency],
  ['integration.requestId', awsRequestId],
  ['integration.status', { kind: 'plain', of: integrationStatus }],
  ['integrationErrorMessage', failure],
  ['integrationLatency', integrationLatency],
  ['integrationStatus', endpointStatus],
  ['operationName', shared('text', 'operationName')],
  ['path', shared('wire', 'path')],
  ['protocol', shared('plain', 'protocol')],
  ['requestId', shared('plain', 'requestId')],
  ['requestTime', shared('plain', 'requestTime')],
  ['requestTimeEpoch', shared('plain', 'requestTimeEpoch')],
  ['resourceId', shared('plain', 'resourceId')],
  ['resourcePath', shared('text', 'resourcePath')],
  ['responseLatency', { kind: 'plain', of: (exchange) => milliseconds(exchange.totalUs) }],
  ['responseLength', { kind: 'plain', of: (exchange) => String(exchange.request.bytesOut) }],
  ['responseOverride.status', { kind: 'plain', of: ({ responseOverride }) => responseOverride?.status?.toString() }],
  // Ours, so that one format serves the log of every stage, whatever its kind of API.
  ['routeKey', { kind: 'planned', of: ({ method }) => method?.routeKey }],
  ['waf.latency', { kind: 'plain', of: ({ webAcl }) => webAcl && String(Math.round(webAcl.latencyMs)) }],
  ['waf.status', { kind: 'plain', of: ({ webAcl }) => webAcl && (webAcl.action === 'ALLOW' ? '200' : '403') }],
  ['wafResponseCode', shared('plain', 'wafResponseCode')],
  ['webaclArn', shared('plain', 'webaclArn')],
  ['xrayTraceId', { kind: 'plain', of: xrayTraceId }],
  ['status', { kind: 'plain', of: (exchange) => statusText(exchange.status) }],
]);

/** The variable behind `$context.{name}`; undefined for a name that has never a value here. */
export function restContextVariable(name: string): RestVariable | undefined {
  const known = variables.get(name);
  if (known !== undefined) return known;
  // Claims, and what else an authorizer or a signature says about the caller.
  return name.startsWith('authorizer.') || name.startsWith('identity.') ? shared('text', name) : undefined;
}

function shared(kind: 'plain' | 'wire' | 'text' | 'quoted', name: string): RestVariable {
  return { kind, of: contextReader(name) };
}

/** AWS: of a stage that traces. */
function xrayTraceId({ pipeline, traceId }: Exchange): string | undefined {
  return pipeline.tracer === undefined ? undefined : /(?:^|;)Root=([^;]+)/.exec(traceId)?.[1];
}

/** The status that came from the backend, or from the function as its `statusCode`. */
function integrationStatus(exchange: Exchange): string | undefined {
  if (exchange.method?.plan.integration.type !== 'AWS_PROXY') return statusText(exchange.integrationStatus);
  return exchange.integrationStatus === 200 && exchange.refusal === undefined ? statusText(exchange.status) : undefined;
}

/**
 * The mapping key of a custom domain: what stood in the path before the API's own part of it.
 * AWS: `-` when a routing rule led here. Seen: developer guide, troubleshooting routing rules.
 */
function basePathMatched({ address }: Exchange): string | undefined {
  if (address.routingRuleId !== undefined) return undefined;
  const { path, pathWithMapping, domainName } = address;
  if (domainName.includes('.execute-api.')) return undefined;
  if (pathWithMapping.endsWith(path)) return pathWithMapping.slice(1, pathWithMapping.length - path.length);
  return path === '/' ? pathWithMapping.slice(1) : undefined;
}

/** Why the integration gave no answer that could be used. */
function integrationError(exchange: Exchange): string | undefined {
  if (exchange.integrationError !== undefined) return exchange.integrationError;
  const { refusedAt } = exchange;
  return refusedAt === 'integration' || refusedAt === 'integrationResponse' ? exchange.refusal?.reason : undefined;
}

function statusText(status: number): string | undefined {
  return status === 0 ? undefined : String(status);
}

function milliseconds(microseconds: number | undefined): string | undefined {
  return microseconds === undefined ? undefined : String(Math.round(microseconds / 1000));
}
