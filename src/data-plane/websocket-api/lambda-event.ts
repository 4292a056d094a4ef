// The event that a function gets, as JSON text.
// AWS: members and their order. Seen: recorded events of each type; a member that is not shown is not there.

import { commonLogTime } from '../http-api/clock.ts';
import type { RequestFields } from '../rest-api/request-fields.ts';
import type { WebSocketEvent } from './websocket-event.ts';

export interface EventParts {
  /** First members: `"type":"REQUEST","methodArn":"…",` of an authorizer's event, or ''. */
  readonly before?: string;
  readonly headers?: ReadonlyMap<string, readonly string[]>;
  readonly query?: ReadonlyMap<string, readonly string[]>;
  /** Authorizers always see them; others only when there are some. */
  readonly alwaysStageVariables?: boolean;
}

export function lambdaEvent(event: WebSocketEvent): string {
  switch (event.eventType) {
    case 'CONNECT':
      return handshakeEvent(event, { headers: handshakeHeaders(event, false) });
    case 'MESSAGE':
      return eventJson(event, {}, event.body);
    case 'DISCONNECT':
      return eventJson(event, { headers: farewellHeaders(event) }, undefined);
  }
}

/** AWS: an authorizer sees what $connect will see, and the fields of the upgrade. Seen: developer guide. */
export function authorizerEvent(event: WebSocketEvent, methodArn: string): string {
  const before = `"type":"REQUEST","methodArn":${JSON.stringify(methodArn)},`;
  return handshakeEvent(event, { before, headers: handshakeHeaders(event, true), alwaysStageVariables: true });
}

function handshakeEvent(event: WebSocketEvent, parts: EventParts): string {
  const query = (event.fields as RequestFields).query;
  return eventJson(event, { ...parts, ...(query.size === 0 ? {} : { query }) }, undefined);
}

function eventJson(event: WebSocketEvent, parts: EventParts, body: string | undefined): string {
  const { headers, query, before = '' } = parts;
  const { stageVariables } = event.pipeline.plan;
  const hasVariables = parts.alwaysStageVariables === true || Object.keys(stageVariables).length > 0;
  return `{${before}${headers === undefined ? '' : `"headers":${lastValues(headers)},"multiValueHeaders":${allValues(headers)},`}${
    query === undefined
      ? ''
      : `"queryStringParameters":${lastValues(query)},"multiValueQueryStringParameters":${allValues(query)},`
  }${hasVariables ? `"stageVariables":${JSON.stringify(stageVariables)},` : ''}"requestContext":${requestContext(event)}${
    body === undefined ? '' : `,"body":${JSON.stringify(body)}`
  },"isBase64Encoded":false}`;
}

function requestContext(event: WebSocketEvent): string {
  const { facts, pipeline, route, requestId, messageId, eventType, at } = event;
  const { farewell } = event;
  return `{"routeKey":${JSON.stringify(route?.routeKey ?? '')}${
    facts.authorizer === undefined ? '' : `,"authorizer":${JSON.stringify(facts.authorizer)}`
  }${messageId === undefined ? '' : `,"messageId":"${messageId}"`},"eventType":"${eventType}","extendedRequestId":"${requestId}","requestTime":"${commonLogTime(at)}","messageDirection":"IN"${
    farewell === undefined ? '' : `,"disconnectStatusCode":${farewell.code},"disconnectReason":${JSON.stringify(farewell.reason)}`
  },"stage":${JSON.stringify(pipeline.plan.stageName)},"connectedAt":${facts.connectedAt},"requestTimeEpoch":${at},"identity":${identity(event)},"requestId":"${requestId}","domainName":${JSON.stringify(facts.domainName)},"connectionId":"${facts.connectionId}","apiId":${JSON.stringify(pipeline.plan.apiId)}}`;
}

function identity({ facts }: WebSocketEvent): string {
  const { signer, apiKey, sourceIp, userAgent } = facts;
  return JSON.stringify({
    ...(signer === undefined
      ? {}
      : {
          accountId: signer.accountId,
          caller: signer.callerId,
          accessKey: signer.accessKey,
          user: signer.userId,
          userArn: signer.userArn,
        }),
    ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
    ...(userAgent === undefined ? {} : { userAgent }),
    sourceIp,
  });
}

/** AWS: the fields of the upgrade itself are the authorizer's to see, not $connect's. Seen: recorded events, developer guide. */
function handshakeHeaders(event: WebSocketEvent, ofUpgrade: boolean): ReadonlyMap<string, readonly string[]> {
  const headers = new Map((event.fields as RequestFields).headers);
  for (const name of headers.keys()) if (rewritten.has(name.toLowerCase())) headers.delete(name);
  for (const [name, value] of event.gatewayHeaders) headers.set(name, [value]);
  if (!ofUpgrade) return headers;
  return headers.set('Connection', ['upgrade']).set('Upgrade', ['websocket']).set('content-length', ['0']);
}

const rewritten: ReadonlySet<string> = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

/** AWS: these four, empty but for the host. Seen: recorded events. */
function farewellHeaders({ facts }: WebSocketEvent): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ['Host', [facts.domainName]],
    ['x-api-key', ['']],
    ['X-Forwarded-For', ['']],
    ['x-restapi', ['']],
  ]);
}

function lastValues(values: ReadonlyMap<string, readonly string[]>): string {
  return `{${[...values].map(([name, all]) => `${JSON.stringify(name)}:${JSON.stringify(all.at(-1) ?? '')}`).join(',')}}`;
}

function allValues(values: ReadonlyMap<string, readonly string[]>): string {
  return `{${[...values].map(([name, all]) => `${JSON.stringify(name)}:${JSON.stringify(all)}`).join(',')}}`;
}
