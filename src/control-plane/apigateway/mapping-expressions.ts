// requestParameters and responseParameters of methods and integrations: which names and which expressions there may be.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html

import type { RestIntegration, RestMethod, RestMethodResponse } from '../../model/rest-api.ts';
import { badRequest, invalidMapping } from './refusals.ts';

/** Ours: AWS gives no figures. */
const PARAMETERS_MAX = 300;
const EXPRESSION_LENGTH_MAX = 10_240;

const name = '[a-zA-Z0-9._$-]+';
/** AWS: with a colon, too. Seen: api-platform/api-platform#2150 and floci-io/floci#3549, which quote the pattern; the guide has none. */
const parameterName = '[a-zA-Z0-9:._$-]+';
const wholeParameterName = new RegExp(`^${parameterName}$`);
const methodRequest = /^method\.request\.(?:header|querystring|path)\.(.+)$/s;
const methodResponse = new RegExp(`^method\\.response\\.header\\.${name}$`);
const integrationRequest = new RegExp(`^integration\\.request\\.(header|querystring|path)\\.${parameterName}$`);
const anywhere = `(?:stageVariables|context)\\.${name}`;
const requestSource = new RegExp(
  `^(?:method\\.request\\.(?:header|multivalueheader|querystring|multivaluequerystring|path)\\.${parameterName}|method\\.request\\.body(?:[.[].+)?|${anywhere})$`,
);
const responseSource = new RegExp(
  `^(?:integration\\.response\\.(?:header|multivalueheader)\\.${name}|integration\\.response\\.body(?:[.[].+)?|${anywhere})$`,
);

/** A name of a method's requestParameters. */
export function checkRequestParameterName(parameter: string): void {
  const called = methodRequest.exec(parameter)?.[1];
  // AWS: these words. Seen: cdk-preflight, deployed AWS::ApiGateway::Method (`method.request.foo.bar`).
  if (called === undefined) throw invalidMapping(`Invalid mapping expression specified: ${parameter}`);
  if (wholeParameterName.test(called)) return;
  // AWS: these words. Seen: public reports of imports with `page[size]`, and the two above.
  throw invalidMapping(`Parameter name should match the following regular expression: ${wholeParameterName.source}`);
}

/** All names of a method's requestParameters. */
export function checkRequestParameterNames(parameters: Readonly<Record<string, boolean>> | undefined): void {
  const all = Object.keys(parameters ?? {});
  checkCount(all);
  for (const parameter of all) checkRequestParameterName(parameter);
  // AWS: these words. Seen: recorded answer.
  if (new Set(all.map((parameter) => parameter.split('.').slice(3).join('.'))).size < all.length) {
    throw badRequest('Parameter names must be unique across querystring, header and path');
  }
}

/** A name of a method response's responseParameters. */
export function checkResponseParameterName(parameter: string): void {
  if (!methodResponse.test(parameter)) throw invalidMapping(`Invalid mapping expression parameter specified: ${parameter}`);
}

/** An integration's requestParameters. AWS: what they read of the request must be declared on the method. */
export function checkRequestMapping(mapping: Readonly<Record<string, string>> | undefined, method: RestMethod): void {
  const entries = Object.entries(mapping ?? {});
  checkCount(entries);
  for (const [parameter, expression] of entries) {
    if (!integrationRequest.test(parameter)) throw invalidMapping(`Invalid mapping expression specified: ${parameter}`);
    checkExpression(expression, requestSource);
    const read = /^method\.request\.(?:multivalue)?(header|querystring|path)\.(.+)$/.exec(expression);
    if (read === null) continue;
    if (!Object.hasOwn(method.requestParameters ?? {}, `method.request.${read[1]}.${read[2]}`)) {
      throw invalidMapping(`Invalid mapping expression parameter specified: ${expression}`);
    }
  }
}

/**
 * What tells the cached responses of a method apart.
 * AWS: parameters that the method declares or the integration maps, and these words. Seen: cdk-preflight's deployed cases,
 * integration-cache-key-parameters; DianaIonita/serverless-api-gateway-caching#65 (mapped ones).
 */
export function checkCacheKeyParameters(
  { cacheKeyParameters, requestParameters = {} }: RestIntegration,
  method: RestMethod,
): void {
  checkCount(cacheKeyParameters);
  const declared = method.requestParameters ?? {};
  if (cacheKeyParameters.every((name) => Object.hasOwn(declared, name) || Object.hasOwn(requestParameters, name))) return;
  throw badRequest('Invalid cache key parameter specified');
}

/** An integration response's responseParameters. AWS: the headers they set must be declared on the method's response. */
export function checkResponseMapping(
  mapping: Readonly<Record<string, string>> | undefined,
  declared: RestMethodResponse | undefined,
): void {
  const entries = Object.entries(mapping ?? {});
  checkCount(entries);
  for (const [parameter, expression] of entries) {
    if (!methodResponse.test(parameter)) throw invalidMapping(`Invalid mapping expression specified: ${parameter}`);
    checkExpression(expression, responseSource);
    if (!Object.hasOwn(declared?.responseParameters ?? {}, parameter)) {
      throw invalidMapping(`Invalid mapping expression parameter specified: ${parameter}`);
    }
  }
}

const gatewayResponseHeader = new RegExp(`^gatewayresponse\\.header\\.${name}$`);

/** One of a gateway response's responseParameters. They read the client's request. */
export function checkGatewayResponseParameter(parameter: string, expression: string): void {
  if (!gatewayResponseHeader.test(parameter)) {
    throw badRequest(`Invalid response parameter name specified: ${parameter}. It must be gatewayresponse.header.{name}`);
  }
  checkExpression(expression, requestSource);
}

function checkExpression(expression: string, source: RegExp): void {
  const isStatic = expression.length >= 2 && expression.startsWith("'") && expression.endsWith("'");
  if (expression.length > EXPRESSION_LENGTH_MAX || !(isStatic || source.test(expression))) {
    // AWS: these words. Seen: recorded answer ("true" for an expression).
    throw invalidMapping(`Invalid mapping expression specified: ${expression.slice(0, 200)}`);
  }
}

function checkCount(all: readonly unknown[]): void {
  if (all.length > PARAMETERS_MAX) throw badRequest(`There can be at most ${PARAMETERS_MAX} parameters`);
}
