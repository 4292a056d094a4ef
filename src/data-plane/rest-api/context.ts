// `$context` of a REST API: what mappings, templates, authorizers and gateway responses may ask about a request. A variable without a
// value here has none: it is dropped from mappings and empty in templates.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

import { RequestContext } from '../../vtl/request-context.ts';
import { ContextMap } from '../../vtl/vtl-value.ts';
import { endpointRequestId } from '../context-variables/endpoint-request-id.ts';
import { VariableTree } from '../context-variables/variable-tree.ts';
import { commonLogTime } from '../http-api/clock.ts';
import type { Caller } from './auth-decision.ts';
import type { Exchange } from './exchange.ts';
import { gatewayResponseDefaults } from './refusal.ts';

export type ContextReader = (exchange: Exchange) => string | undefined;

// AWS: a loop over `$context` and `$context.identity` sees them in this order. Seen: recorded SQS messages
// (test_sqs_amz_json_protocol); where the others stand among them is not known.
const readers: ReadonlyMap<string, ContextReader> = new Map<string, ContextReader>([
  ['resourceId', ({ method }) => method?.plan.resourceId],
  ['authorizer.principalId', (exchange) => callerOf(exchange)?.principalId],
  // AWS: as text, as everything of an authorizer. Seen: events of the Serverless Framework's default template.
  ['authorizer.integrationLatency', (exchange) => callerOf(exchange)?.integrationLatencyMs?.toString()],
  ['resourcePath', ({ method }) => method?.plan.resourcePath],
  ['operationName', ({ method }) => method?.plan.operationName],
  ['httpMethod', ({ httpMethod }) => httpMethod],
  ['extendedRequestId', ({ extendedRequestId }) => extendedRequestId],
  ['requestTime', ({ at }) => commonLogTime(at)],
  // AWS: as received on a custom domain. Seen: localstack/localstack#12296, measured.
  ['path', ({ address }) => address.pathWithMapping],
  ['accountId', ({ pipeline }) => pipeline.plan.scope.account],
  ['protocol', ({ request }) => (request.httpMinor === 1 ? 'HTTP/1.1' : 'HTTP/1.0')],
  ['stage', ({ pipeline }) => pipeline.plan.stageName],
  ['domainPrefix', ({ address }) => address.domainPrefix],
  ['requestTimeEpoch', ({ at }) => String(at)],
  ['requestId', ({ requestId }) => requestId],
  ['identity.cognitoIdentityPoolId', unknown],
  ['identity.accountId', (exchange) => callerOf(exchange)?.identity?.accountId],
  ['identity.cognitoIdentityId', unknown],
  ['identity.caller', (exchange) => callerOf(exchange)?.identity?.callerId],
  ['identity.apiKey', ({ apiKey }) => apiKey?.value],
  ['identity.apiKeyId', ({ apiKey }) => apiKey?.id],
  ['identity.sourceIp', ({ request }) => request.remoteAddress],
  ['identity.principalOrgId', unknown],
  ['identity.accessKey', (exchange) => callerOf(exchange)?.identity?.accessKey],
  ['identity.cognitoAuthenticationType', unknown],
  ['identity.cognitoAuthenticationProvider', unknown],
  ['identity.userArn', (exchange) => callerOf(exchange)?.identity?.userArn],
  ['identity.userAgent', ({ request }) => request.headers.get('user-agent')],
  ['identity.user', (exchange) => callerOf(exchange)?.identity?.userId],
  ['identity.vpcId', ({ address }) => address.vpcEndpoint?.vpcId],
  ['identity.vpceId', ({ address }) => address.vpcEndpoint?.vpceId],
  ['domainName', ({ address }) => address.domainName],
  ['deploymentId', ({ pipeline }) => pipeline.plan.deploymentId],
  ['apiId', ({ pipeline }) => pipeline.plan.apiId],
  ['isCanaryRequest', ({ pipeline }) => (pipeline.plan.isCanary === undefined ? undefined : String(pipeline.plan.isCanary))],
  // AWS: absent where no web ACL is associated. Seen: developer guide, variables for data transformations.
  ['wafResponseCode', ({ webAcl }) => webAcl && (webAcl.action === 'ALLOW' ? 'WAF_ALLOW' : 'WAF_BLOCK')],
  ['webaclArn', ({ webAcl }) => webAcl?.arn],
  // In the response template, when the endpoint has answered.
  ['awsEndpointRequestId', endpointRequestId],
  ['error.message', (exchange) => errorMessage(exchange) ?? undefined],
  ['error.messageString', errorMessageString],
  ['error.responseType', ({ refusal }) => refusal?.refused],
  ['error.validationErrorString', ({ refusal }) => refusal?.validationError],
]);

/** AWS: templates see these empty where they have no value; keys and VPCs are there or not. Seen: as above. */
const shownEmpty: ReadonlySet<string> = new Set([
  ...['cognitoIdentityPoolId', 'accountId', 'cognitoIdentityId', 'caller', 'principalOrgId', 'accessKey'],
  ...['cognitoAuthenticationType', 'cognitoAuthenticationProvider', 'userArn', 'userAgent', 'user'],
]);

/** Of what does not exist here: identity pools and organizations. */
function unknown(): undefined {
  return undefined;
}

/** Reads one variable; `name` is what follows `$context.`. Compiled once, when its deployment is assembled. */
export function contextReader(name: string): ContextReader {
  const known = readers.get(name);
  if (known !== undefined) return known;
  if (name.startsWith('authorizer.claims.')) {
    const claim = name.slice('authorizer.claims.'.length);
    return (exchange) => own(callerOf(exchange)?.claims, claim);
  }
  if (name.startsWith('authorizer.')) {
    const member = name.slice('authorizer.'.length);
    return (exchange) => own(callerOf(exchange)?.context, member);
  }
  return () => undefined;
}

const tree = new VariableTree(readers);

/** What a mapping template sees as `$context`, read as it asks. */
export function templateContextOf(exchange: Exchange): RequestContext {
  return new RequestContext({
    read(name) {
      if (name === 'authorizer') return authorizerOf(exchange);
      return name === 'identity' ? tree.branch(exchange, name, shownEmpty) : tree.read(exchange, name);
    },
    names: () => tree.names,
  });
}

/** Names that an authorizer or a token chose are keys as they are: a dot in them is no path. */
function authorizerOf(exchange: Exchange): ContextMap | undefined {
  const authorizer = tree.branch(exchange, 'authorizer');
  const { context, claims } = callerOf(exchange) ?? {};
  for (const [key, value] of Object.entries(context ?? {})) authorizer.set(key, value);
  const given = Object.entries(claims ?? {});
  if (given.length > 0) authorizer.set('claims', new ContextMap(given));
  return authorizer.size === 0 ? undefined : authorizer;
}

/** Whoever was let in, or was recognised and refused. */
export function callerOf({ decision, refusal }: Exchange): Caller | undefined {
  return decision ?? refusal?.caller;
}

function own(values: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function errorMessage({ refusal }: Exchange): string | null | undefined {
  if (refusal === undefined) return undefined;
  return refusal.message === undefined ? gatewayResponseDefaults[refusal.refused].message : refusal.message;
}

/** AWS: with its quotes; null when there is no message. Seen: azul#6284, LocalStack. */
function errorMessageString(exchange: Exchange): string | undefined {
  const message = errorMessage(exchange);
  return message === undefined ? undefined : JSON.stringify(message);
}
