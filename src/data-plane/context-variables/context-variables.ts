// Every `$context` variable of an HTTP API and where its value comes from. A name that is not here, or has no value, is `-` in a log.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html

import type { HttpApiPlan } from '../../model/http-api-plan.ts';
import { commonLogTime } from '../http-api/clock.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { authorizerVariable, identityVariable } from './authorizer-variables.ts';
import { endpointRequestId } from './endpoint-request-id.ts';
import { errorMessage, errorResponseType, integrationError } from './error-variables.ts';
import type { LogVariable } from './log-line.ts';

type ContextVariable = LogVariable<Exchange, HttpApiPlan>;

const requestId: ContextVariable = { kind: 'plain', of: (exchange) => exchange.requestId };
const awsRequestId: ContextVariable = { kind: 'wire', of: endpointRequestId };
const integrationLatency: ContextVariable = { kind: 'plain', of: (exchange) => milliseconds(exchange.integrationUs) };
const endpointStatus: ContextVariable = { kind: 'plain', of: (exchange) => statusText(exchange.integrationStatus) };
const failure: ContextVariable = { kind: 'text', of: integrationError };

const variables: ReadonlyMap<string, ContextVariable> = new Map<string, ContextVariable>([
  ['accountId', { kind: 'constant', of: (plan) => plan.scope.account }],
  ['apiId', { kind: 'constant', of: (plan) => plan.apiId }],
  ['stage', { kind: 'constant', of: (plan) => plan.stageName }],
  [
    'authorizer.error',
    { kind: 'text', of: ({ refusedAt, refusal }) => (refusedAt === 'authorize' ? refusal?.reason : undefined) },
  ],
  ['awsEndpointRequestId', awsRequestId],
  ['awsEndpointRequestId2', { kind: 'wire', of: (exchange) => exchange.integrationHeaders?.get('x-amz-id-2') }],
  ['customDomain.basePathMatched', { kind: 'wire', of: basePathMatched }],
  ['dataProcessed', { kind: 'plain', of: (exchange) => String(exchange.bytesIn + exchange.request.bytesOut) }],
  // The parser takes no other host than one of letters, digits, dots and the like, and no other method than AWS's seven.
  ['domainName', { kind: 'plain', of: (exchange) => exchange.address.domainName || undefined }],
  ['domainPrefix', { kind: 'plain', of: (exchange) => exchange.address.domainPrefix || undefined }],
  ['error.message', { kind: 'text', of: errorMessage }],
  ['error.messageString', { kind: 'quoted', of: errorMessage }],
  ['error.responseType', { kind: 'plain', of: errorResponseType }],
  ['extendedRequestId', requestId],
  ['httpMethod', { kind: 'plain', of: (exchange) => exchange.request.method }],
  ['identity.sourceIp', { kind: 'plain', of: (exchange) => exchange.request.remoteAddress }],
  ['identity.userAgent', { kind: 'wire', of: (exchange) => exchange.request.headers.get('user-agent') }],
  ['integration.error', failure],
  ['integration.integrationStatus', endpointStatus],
  ['integration.latency', integrationLatency],
  ['integration.requestId', awsRequestId],
  ['integration.status', { kind: 'plain', of: integrationStatus }],
  ['integrationErrorMessage', failure],
  ['integrationLatency', integrationLatency],
  ['integrationStatus', endpointStatus],
  ['path', { kind: 'wire', of: (exchange) => exchange.address.pathWithStage }],
  ['protocol', { kind: 'plain', of: (exchange) => (exchange.request.httpMinor === 1 ? 'HTTP/1.1' : 'HTTP/1.0') }],
  ['requestId', requestId],
  ['requestTime', { kind: 'plain', of: (exchange) => commonLogTime(exchange.at) }],
  ['requestTimeEpoch', { kind: 'plain', of: (exchange) => String(exchange.at) }],
  ['responseLatency', { kind: 'plain', of: (exchange) => milliseconds(exchange.totalUs) }],
  ['responseLength', { kind: 'plain', of: (exchange) => String(exchange.request.bytesOut) }],
  ['routeKey', { kind: 'planned', of: (exchange) => exchange.route?.routeKey }],
  ['status', { kind: 'plain', of: (exchange) => statusText(exchange.status) }],
]);

/** The variable behind `$context.{name}`; undefined for a name that has never a value here. */
export function contextVariable(name: string): ContextVariable | undefined {
  const known = variables.get(name);
  if (known !== undefined) return known;
  if (name.startsWith('authorizer.')) {
    const path = name.slice('authorizer.'.length).split('.');
    return { kind: 'text', of: (exchange) => authorizerVariable(exchange, path) };
  }
  if (name.startsWith('identity.')) {
    const member = name.slice('identity.'.length);
    return { kind: 'text', of: (exchange) => identityVariable(exchange, member) };
  }
  return undefined;
}

/** The status that came from the backend, or from the function as its `statusCode`. */
function integrationStatus(exchange: Exchange): string | undefined {
  if (exchange.route?.plan.integration.type !== 'AWS_PROXY') return statusText(exchange.integrationStatus);
  return exchange.integrationStatus === 200 && exchange.refusal === undefined ? statusText(exchange.status) : undefined;
}

/** The mapping key of a custom domain: what stood in the path before the API's own part of it. */
export function basePathMatched({ address }: Exchange): string | undefined {
  const { path, pathWithMapping, domainName } = address;
  if (domainName.includes('.execute-api.')) return undefined;
  if (pathWithMapping.endsWith(path)) return pathWithMapping.slice(1, pathWithMapping.length - path.length);
  return path === '/' ? pathWithMapping.slice(1) : undefined;
}

function statusText(status: number): string | undefined {
  return status === 0 ? undefined : String(status);
}

function milliseconds(microseconds: number | undefined): string | undefined {
  return microseconds === undefined ? undefined : String(Math.round(microseconds / 1000));
}
