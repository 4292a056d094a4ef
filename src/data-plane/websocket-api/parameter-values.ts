// The values of parameter mappings of WebSocket APIs: `route.request.header.X`, `route.request.body.a.b`, `context.X`,
// `stageVariables.X`, `'static'`. Compiled once, when a deployment is assembled, into functions that read them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
//
// AWS: single-valued forms take the last value, multi-value forms join with commas, and what has no value is dropped. By analogy with
// REST APIs. Headers and the query string are those of the handshake: later events have none.

import type { HeaderView } from '../../http1/message.ts';
import { compileJsonPath } from '../../json-path/json-path.ts';
import type { JsonValue } from '../../json-path/json-value.ts';
import { parseJson } from '../../json-path/parse-json.ts';
import { printJson } from '../../json-path/print-json.ts';
import { contextReader } from './event-context.ts';
import { type Payload, textOf } from './payload-conversion.ts';
import type { Refusal } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

/** Text, none, or why it could not be read. */
export type MappedValue = string | undefined | Refusal;
export type RequestValue = (event: WebSocketEvent) => MappedValue;
export type ResponseValue = (event: WebSocketEvent, answer: IntegrationAnswer) => MappedValue;

/** What an integration answered, as far as mappings read it. */
export interface IntegrationAnswer {
  readonly status: number;
  readonly headers: HeaderView;
  readonly body: Payload;
}

/** Undefined for an expression that is none. */
export function compileRequestValue(expression: string): RequestValue | undefined {
  const shared = compileShared(expression);
  if (shared !== undefined) return shared;
  const match = /^route\.request\.(header|multivalueheader|querystring|multivaluequerystring)\.(.+)$/s.exec(expression);
  if (match !== null) return compileHandshakeValue(match[1] as string, match[2] as string);
  const body = compileBodyValue(expression, 'route.request.body');
  if (body === undefined) return undefined;
  if (body === 'whole') return ({ body: text }) => (text === '' ? undefined : text);
  const refusal: Refusal = { refused: 'BAD_REQUEST_BODY', reason: `${expression} needs a JSON message, and this is none.` };
  return (event) => {
    // AWS: an empty body is read as `{}`. By analogy with REST APIs.
    if (event.body === '') return undefined;
    const document = event.requestBody();
    return document === undefined ? refusal : body(document);
  };
}

/** Undefined for an expression that is none. */
export function compileResponseValue(expression: string): ResponseValue | undefined {
  const shared = compileShared(expression);
  if (shared !== undefined) return shared;
  const match = /^integration\.response\.(header|multivalueheader)\.(.+)$/s.exec(expression);
  if (match !== null) {
    const name = (match[2] as string).toLowerCase();
    return match[1] === 'header' ? (_, { headers }) => lastOf(headers, name) : (_, { headers }) => headers.get(name);
  }
  const body = compileBodyValue(expression, 'integration.response.body');
  if (body === undefined) return undefined;
  if (body === 'whole') return (_, { body: payload }) => textOf(payload);
  const refusal: Refusal = {
    refused: 'API_CONFIGURATION_ERROR',
    reason: `${expression} needs a JSON body, and the integration's is none.`,
  };
  return (_, answer) => {
    if (answer.body.length === 0) return undefined;
    const parsed = parseJson(textOf(answer.body));
    return parsed.fault === undefined ? body(parsed.value) : refusal;
  };
}

function compileShared(expression: string): ((event: WebSocketEvent) => string | undefined) | undefined {
  if (expression.length >= 2 && expression.startsWith("'") && expression.endsWith("'")) {
    const text = expression.slice(1, -1);
    return () => text;
  }
  if (expression.startsWith('stageVariables.')) {
    const name = expression.slice('stageVariables.'.length);
    return (event) => event.stageVariable(name);
  }
  return expression.startsWith('context.') ? contextReader(expression.slice('context.'.length)) : undefined;
}

function compileHandshakeValue(location: string, name: string): RequestValue {
  switch (location) {
    case 'header':
      return ({ fields }) => fields?.header(name)?.at(-1);
    case 'multivalueheader':
      return ({ fields }) => fields?.header(name)?.join(',');
    case 'querystring':
      return ({ fields }) => fields?.query.get(name)?.at(-1);
    default:
      return ({ fields }) => fields?.query.get(name)?.join(',');
  }
}

/** `prefix` alone is the whole body; what follows it is a JSONPath without its `$`. */
function compileBodyValue(
  expression: string,
  prefix: string,
): 'whole' | ((document: JsonValue) => string | undefined) | undefined {
  if (expression === prefix) return 'whole';
  const rest = expression.startsWith(prefix) ? expression.slice(prefix.length) : '';
  if (rest[0] !== '.' && rest[0] !== '[') return undefined;
  const { path } = compileJsonPath(`$${rest}`);
  if (path === undefined) return undefined;
  return (document) => {
    const found = path.read(document);
    if (!found.found || found.value === null) return undefined;
    return typeof found.value === 'string' ? found.value : printJson(found.value);
  };
}

/** The last value of a header. */
export function lastOf({ raw }: HeaderView, lowerCaseName: string): string | undefined {
  for (let i = raw.length - 2; i >= 0; i -= 2) {
    if ((raw[i] as string).toLowerCase() === lowerCaseName) return raw[i + 1];
  }
  return undefined;
}
