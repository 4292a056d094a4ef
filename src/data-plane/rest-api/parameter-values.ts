// The values of REST parameter mappings: `method.request.header.X`, `integration.response.body.a.b`, `context.X`, `stageVariables.X`,
// `'static'`. Compiled once, when a deployment is assembled, into functions that read them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
//
// AWS: single-valued forms take the last value, multi-value forms join with commas, and what has no value is dropped. Seen: LocalStack's
// account of the service.

import type { HeaderView } from '../../http1/message.ts';
import { contextReader } from './context.ts';
import type { Exchange } from './exchange.ts';
import { compileJsonPath } from './json-paths.ts';
import { type Payload, textOf } from './payload.ts';
import type { Refusal } from './refusal.ts';

/** Text, none, or why it could not be read. */
export type MappedValue = string | undefined | Refusal;
export type ParameterReader = (exchange: Exchange) => MappedValue;

/** What an integration answered, as far as mappings read it. */
export interface IntegrationAnswer {
  readonly headers: HeaderView;
  readonly body: Payload;
}

export type ResponseReader = (exchange: Exchange, answer: IntegrationAnswer) => MappedValue;

export function stageVariable(name: string): (exchange: Exchange) => string | undefined {
  return ({ pipeline }) => {
    const { stageVariables } = pipeline.plan;
    return Object.hasOwn(stageVariables, name) ? stageVariables[name] : undefined;
  };
}

/** Undefined for an expression that is none. */
export function compileRequestValue(expression: string): ParameterReader | undefined {
  const shared = compileShared(expression);
  if (shared !== undefined) return shared;
  const match = /^method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.(.+)$/.exec(expression);
  if (match !== null) return compileRequestSource(match[1] as string, match[2] as string);
  if (expression === 'method.request.body') return ({ body }) => textOf(body);
  if (!/^method\.request\.body[.[]/.test(expression)) return undefined;
  const path = compileJsonPath(expression.slice('method.request.body'.length));
  if (path === undefined) return undefined;
  const refusal: Refusal = {
    refused: 'DEFAULT_4XX',
    message: 'Invalid JSON in request body',
    reason: `${expression} needs a JSON body, and the request's is none.`,
  };
  return ({ body }) => {
    const selected = path(body);
    return selected === undefined ? refusal : selected.text;
  };
}

export function compileResponseValue(expression: string): ResponseReader | undefined {
  const shared = compileShared(expression);
  if (shared !== undefined) return shared;
  const match = /^integration\.response\.(header|multivalueheader)\.(.+)$/.exec(expression);
  if (match !== null) {
    const name = (match[2] as string).toLowerCase();
    return match[1] === 'header' ? (_, { headers }) => lastOf(headers, name) : (_, { headers }) => headers.get(name);
  }
  if (expression === 'integration.response.body') return (_, { body }) => textOf(body);
  if (!/^integration\.response\.body[.[]/.test(expression)) return undefined;
  const path = compileJsonPath(expression.slice('integration.response.body'.length));
  if (path === undefined) return undefined;
  const refusal: Refusal = {
    refused: 'API_CONFIGURATION_ERROR',
    reason: `${expression} needs a JSON body, and the integration's is none.`,
  };
  return (_, { body }) => {
    const selected = path(body);
    return selected === undefined ? refusal : selected.text;
  };
}

function compileShared(expression: string): ((exchange: Exchange) => string | undefined) | undefined {
  if (expression.length >= 2 && expression.startsWith("'") && expression.endsWith("'")) {
    const text = expression.slice(1, -1);
    return () => text;
  }
  if (expression.startsWith('stageVariables.')) return stageVariable(expression.slice('stageVariables.'.length));
  if (expression.startsWith('context.')) return contextReader(expression.slice('context.'.length));
  return undefined;
}

function compileRequestSource(location: string, name: string): ParameterReader {
  switch (location) {
    case 'path':
      return ({ pathParameters }) => pathParameters.find((parameter) => parameter.name === name)?.value;
    case 'querystring':
      return ({ fields }) => fields.query.get(name)?.at(-1);
    case 'multivaluequerystring':
      return ({ fields }) => fields.query.get(name)?.join(',');
    case 'header':
      return ({ fields }) => fields.header(name)?.at(-1);
    default:
      return ({ fields }) => fields.header(name)?.join(',');
  }
}

function lastOf({ raw }: HeaderView, lowerCaseName: string): string | undefined {
  for (let i = raw.length - 2; i >= 0; i -= 2) {
    if ((raw[i] as string).toLowerCase() === lowerCaseName) return raw[i + 1];
  }
  return undefined;
}
