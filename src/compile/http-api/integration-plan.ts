// One integration of one route as a plan: what is called, or the reason why it cannot be.

import type { HttpProxyIntegration, Integration, LambdaProxyIntegration } from '../../model/http-api.ts';
import type { HttpProxyPlan, IntegrationPlan, LambdaProxyPlan, UnservablePlan, UriPiece } from '../../model/http-api-plan.ts';
import { planCredentials } from './credentials-plan.ts';
import { functionArnOf } from './function-uri.ts';
import { planRequestParameters, planResponseParameters } from './parameter-plan.ts';
import { planPrivateIntegration } from './private-integration-plan.ts';
import { planServiceIntegration } from './service-integration-plan.ts';
import { putInStageVariables } from './stage-variables.ts';
import type { Surroundings } from './surroundings.ts';

/** What the integration's plan depends on besides itself. */
export interface IntegrationContext {
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly sourceArn: string;
  /** Names of the route's path variables. */
  readonly pathVariables: ReadonlySet<string>;
  readonly isDefaultRoute: boolean;
  /** The route's authorization is AWS_IAM. */
  readonly isSigned: boolean;
  readonly region: string;
  readonly surroundings: Surroundings;
}

export function planIntegration(integration: Integration, context: IntegrationContext): IntegrationPlan {
  const unsupported = firstUnsupported(integration);
  if (unsupported !== undefined) return unservable(`Integration ${integration.integrationId} ${unsupported}.`);
  if (integration.integrationType === 'AWS_PROXY' && integration.integrationSubtype !== undefined) {
    const credentials = planCredentials(integration.credentialsArn, context);
    if (typeof credentials === 'string') return unservable(`Integration ${integration.integrationId} ${credentials}.`);
    return planServiceIntegration(integration, credentials.credentials, context);
  }
  if (integration.integrationType === 'HTTP_PROXY' && integration.connectionType === 'VPC_LINK') {
    return planPrivateIntegration(integration, context);
  }
  const uri = putInStageVariables(integration.integrationUri, context.stageVariables);
  if ('missing' in uri) {
    return unservable(
      `The URI of integration ${integration.integrationId} uses the stage variable "${uri.missing}", which this stage does not set.`,
    );
  }
  return integration.integrationType === 'AWS_PROXY'
    ? planLambdaProxy(integration, uri.text, context)
    : planHttpProxy(integration, uri.text, context);
}

export function unservable(reason: string): UnservablePlan {
  return { type: 'UNSERVABLE', reason };
}

/** What we would have to honour and cannot yet. A route that needs it fails in the open instead of doing half of it. */
function firstUnsupported(integration: Integration): string | undefined {
  if (integration.connectionType === 'VPC_LINK') {
    return integration.integrationType === 'HTTP_PROXY' ? undefined : 'connects to no HTTP backend through a VPC link';
  }
  return integration.tlsConfig?.serverNameToVerify === undefined ? undefined : 'has a tlsConfig without a VPC link';
}

function planLambdaProxy(integration: LambdaProxyIntegration, uri: string, context: IntegrationContext): IntegrationPlan {
  const functionArn = functionArnOf(uri);
  if (functionArn === undefined) {
    return unservable(
      `The URI of integration ${integration.integrationId} names no Lambda function: "${uri}". Use a function ARN or its invocation ARN.`,
    );
  }
  const credentials = planCredentials(integration.credentialsArn, context);
  if (typeof credentials === 'string') return unservable(`Integration ${integration.integrationId} ${credentials}.`);
  return {
    type: 'AWS_PROXY',
    integrationId: integration.integrationId,
    functionArn,
    payloadFormatVersion: integration.payloadFormatVersion,
    sourceArn: context.sourceArn,
    ...credentials,
    timeoutInMillis: integration.timeoutInMillis,
    ...planMapping(integration, context),
  } satisfies LambdaProxyPlan;
}

// scheme, authority, path, query; a fragment never leaves a client.
const HTTP_URI = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i;
const HOST_TEXT = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)$/;
// Printable ASCII without space: anything else could not stand in a request line.
const TARGET_TEXT = /^[\x21-\x7e]*$/;

function planHttpProxy(integration: HttpProxyIntegration, uri: string, context: IntegrationContext): IntegrationPlan {
  const about = `The URI of integration ${integration.integrationId}`;
  const match = HTTP_URI.exec(uri);
  if (match === null) return unservable(`${about} is no http:// or https:// URL: "${uri}".`);
  const protocol = (match[1] as string).toLowerCase() as 'http' | 'https';
  const authority = splitAuthority(match[2] as string, protocol);
  if (authority === undefined) return unservable(`${about} has no valid host and port: "${uri}".`);
  const host = splitUri(authority.host);
  const path = splitUri(match[3] ?? '/');
  const queryText = match[4] ?? '';
  const query = splitUri(queryText);
  if (!host.every((piece) => typeof piece !== 'string' || HOST_TEXT.test(piece))) {
    return unservable(`${about} has no valid host and port: "${uri}".`);
  }
  if (!TARGET_TEXT.test(match[3] ?? '') || !TARGET_TEXT.test(queryText)) {
    return unservable(`${about} holds characters that must be percent-encoded: "${uri}".`);
  }
  for (const piece of [...host, ...path, ...query]) {
    if (typeof piece !== 'string' && !context.pathVariables.has(piece.pathVariable)) {
      return unservable(`${about} uses {${piece.pathVariable}}, but the route has no such path variable.`);
    }
  }
  return {
    type: 'HTTP_PROXY',
    integrationId: integration.integrationId,
    protocol,
    host,
    port: authority.port,
    path,
    query,
    ...(integration.integrationMethod === 'ANY' ? {} : { method: integration.integrationMethod }),
    appendRequestPath: context.isDefaultRoute,
    timeoutInMillis: integration.timeoutInMillis,
    ...planMapping(integration, context),
  } satisfies HttpProxyPlan;
}

export function planMapping(
  { requestParameters, responseParameters }: Integration,
  { stageVariables }: Pick<IntegrationContext, 'stageVariables'>,
): Pick<HttpProxyPlan, 'requestParameters' | 'responseParameters'> {
  return {
    ...planRequestParameters(requestParameters, stageVariables),
    ...planResponseParameters(responseParameters, stageVariables),
  };
}

function splitAuthority(authority: string, protocol: 'http' | 'https'): { host: string; port: number } | undefined {
  const match = /^(\[[^\]]*\]|[^:@]+)(?::(\d{1,5}))?$/.exec(authority);
  if (match === null) return undefined;
  const port = match[2] === undefined ? (protocol === 'https' ? 443 : 80) : Number(match[2]);
  return port >= 1 && port <= 65_535 ? { host: match[1] as string, port } : undefined;
}

/** `/a/{id}/b` -> ['/a/', {pathVariable: 'id'}, '/b']; `{proxy+}` and `{proxy}` mean the same here. */
function splitUri(text: string): UriPiece[] {
  const pieces: UriPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{([A-Za-z0-9._-]+)\+?\}/g)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ pathVariable: match[1] as string });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
