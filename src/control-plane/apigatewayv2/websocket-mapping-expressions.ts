// requestParameters of routes and integrations of WebSocket APIs, and responseParameters of their integration responses: which names and
// which expressions there may be.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html

import { parseSelectionExpression } from '../../selection-expression/parse-selection-expression.ts';
import { invalidMapping } from '../apigateway/refusals.ts';
import { badRequest } from './refusals.ts';

const name = '[a-zA-Z0-9._$-]+';
const routeRequest = new RegExp(`^route\\.request\\.(?:header|querystring)\\.${name}$`);
const integrationRequest = new RegExp(`^integration\\.request\\.(?:header|querystring|path)\\.${name}$`);
const responseHeader = new RegExp(`^method\\.response\\.header\\.${name}$`);
const anywhere = `(?:stageVariables|context)\\.${name}`;
const requestSource = new RegExp(
  `^(?:route\\.request\\.(?:header|multivalueheader|querystring|multivaluequerystring)\\.${name}|${anywhere})$`,
);
const responseSource = new RegExp(`^(?:integration\\.response\\.(?:header|multivalueheader)\\.${name}|${anywhere})$`);
const requestBody = /^route\.request\.body([.[].*)?$/s;
const responseBody = /^integration\.response\.body([.[].*)?$/s;

/** A name of a route's requestParameters. The words are those of REST APIs. */
export function checkRouteParameter(parameter: string): void {
  if (!routeRequest.test(parameter)) throw invalidMapping(`Invalid mapping expression parameter specified: ${parameter}`);
}

/** An integration's requestParameters. The words are those of REST APIs. */
export function checkRequestMapping(mapping: Readonly<Record<string, string>> | undefined): void {
  for (const [parameter, expression] of Object.entries(mapping ?? {})) {
    if (!integrationRequest.test(parameter)) throw invalidMapping(`Invalid mapping expression specified: ${parameter}`);
    checkExpression(expression, requestSource, requestBody);
  }
}

/** An integration response's responseParameters. */
export function checkResponseMapping(mapping: Readonly<Record<string, string>> | undefined): void {
  for (const [parameter, expression] of Object.entries(mapping ?? {})) {
    if (!responseHeader.test(parameter)) throw invalidMapping(`Invalid mapping expression specified: ${parameter}`);
    checkExpression(expression, responseSource, responseBody);
  }
}

function checkExpression(expression: string, source: RegExp, body: RegExp): void {
  const isStatic = expression.length >= 2 && expression.startsWith("'") && expression.endsWith("'");
  if (isStatic || source.test(expression)) return;
  const path = body.exec(expression);
  if (path === null) throw invalidMapping(`Invalid mapping expression specified: ${expression.slice(0, 200)}`);
  // A JSONPath is read here as it is in a selection expression.
  const { fault } = parseSelectionExpression(`\${request.body${path[1] ?? ''}}`, ['requestBody']);
  if (fault !== undefined) throw badRequest(`Invalid mapping expression ${expression.slice(0, 200)}: ${fault.message}`);
}
