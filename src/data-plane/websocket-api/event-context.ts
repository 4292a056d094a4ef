// `$context` of an event, for selection expressions, parameters, templates and logs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html

import { RequestContext } from '../../vtl/request-context.ts';
import { ContextMap } from '../../vtl/vtl-value.ts';
import { VariableTree } from '../context-variables/variable-tree.ts';
import { commonLogTime } from '../http-api/clock.ts';
import { messageOf, refusals } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

type Read = (event: WebSocketEvent) => string | undefined;

/** Every variable but those of the authorizer, whose names are the function's own. */
const variables: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['apiId', (event) => event.pipeline.plan.apiId],
  ['connectedAt', (event) => String(event.facts.connectedAt)],
  ['connectionId', (event) => event.facts.connectionId],
  ['deploymentId', (event) => event.pipeline.plan.deploymentId],
  ['domainName', (event) => event.facts.domainName],
  ['error.message', (event) => event.refusal && messageOf(event.refusal)],
  ['error.messageString', (event) => event.refusal && JSON.stringify(messageOf(event.refusal))],
  ['error.responseType', (event) => event.refusal && refusals[event.refusal.refused].responseType],
  ['error.validationErrorString', (event) => event.refusal?.validationError],
  ['eventType', (event) => event.eventType],
  ['extendedRequestId', (event) => event.requestId],
  ['identity.accountId', (event) => event.facts.signer?.accountId],
  ['identity.apiKey', (event) => event.facts.apiKey?.value],
  ['identity.apiKeyId', (event) => event.facts.apiKey?.id],
  ['identity.caller', (event) => event.facts.signer?.callerId],
  ['identity.sourceIp', (event) => event.facts.sourceIp],
  ['identity.user', (event) => event.facts.signer?.userId],
  ['identity.userAgent', (event) => event.facts.userAgent],
  ['identity.userArn', (event) => event.facts.signer?.userArn],
  ['messageDirection', () => 'IN'],
  ['messageId', (event) => event.messageId],
  ['requestId', (event) => event.requestId],
  ['requestTime', (event) => commonLogTime(event.at)],
  ['requestTimeEpoch', (event) => String(event.at)],
  ['routeKey', (event) => event.route?.routeKey],
  ['stage', (event) => event.pipeline.plan.stageName],
  ['status', (event) => (event.status === 0 ? undefined : String(event.status))],
]);

/** Names of the variables that every API has. */
export const contextNames: readonly string[] = [...variables.keys()];

/** One variable as text; undefined when there is none. */
export function contextText(event: WebSocketEvent, name: string): string | undefined {
  const read = variables.get(name);
  if (read !== undefined) return read(event);
  return name.startsWith('authorizer.') ? authorizerText(event, name.slice('authorizer.'.length)) : undefined;
}

/** Reads one variable; found once, when a deployment is assembled. */
export function contextReader(name: string): (event: WebSocketEvent) => string | undefined {
  const read = variables.get(name);
  if (read !== undefined) return read;
  if (!name.startsWith('authorizer.')) return () => undefined;
  const member = name.slice('authorizer.'.length);
  return (event) => authorizerText(event, member);
}

function authorizerText({ facts: { authorizer } }: WebSocketEvent, member: string): string | undefined {
  return authorizer !== undefined && Object.hasOwn(authorizer, member) ? String(authorizer[member]) : undefined;
}

const tree = new VariableTree(variables, ['authorizer']);

/** What a mapping template sees as `$context`, read as it asks. */
export function templateContextOf(event: WebSocketEvent): RequestContext {
  return new RequestContext({
    read: (name) => (name === 'authorizer' ? authorizerOf(event) : tree.read(event, name)),
    names: () => tree.names,
  });
}

/** AWS: templates see every value as text. Seen: developer guide, the table of variables. */
function authorizerOf({ facts: { authorizer } }: WebSocketEvent): ContextMap | undefined {
  if (authorizer === undefined) return undefined;
  return new ContextMap(Object.entries(authorizer).map(([name, value]) => [name, String(value)] as const));
}
