// One `http` event in any of its spellings: which method of the REST API it is, and what answers there.
// Source: Serverless Framework, guide "REST API (API Gateway v1)".

import type { Place } from '../../config/user-error.ts';
import type { DesiredRestMethod } from '../desired-rest-api.ts';
import type { MapNode } from '../template-node.ts';
import { httpEventProperties } from './api-property-tables.ts';
import type { PropertyReader } from './property-reader.ts';
import { type RestAuthorization, readRestAuthorizer } from './rest-authorizer.ts';
import { type RestCors, readRestCors } from './rest-cors.ts';
import {
  ignoreUnsent,
  integrationBase,
  invocationUri,
  readClaims,
  readIntegrationType,
  readTimeout,
  readTransferMode,
} from './rest-integration.ts';
import type { RestEventNode, RestReading } from './rest-reading.ts';
import { defined, type NamedModels, type RestRequest, readRestRequest } from './rest-request.ts';
import { readRestResponses } from './rest-response.ts';

export interface RestEvent {
  /** `GET /pets/{id}` */
  readonly routeKey: string;
  readonly method: string;
  readonly place: Place;
  readonly desired: Omit<DesiredRestMethod, 'requestModels'>;
  readonly models: NonNullable<RestRequest['models']>;
  readonly authorization?: RestAuthorization;
  readonly cors?: RestCors;
  /** True: it asks for protection that is not there, so it must not be served. */
  readonly protected?: true;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE', 'ANY'];
const FORMS = "Write 'GET /path', or an object with method and path.";

/** `functionKey` is the function that the event stands in. */
export function readRestEvent(
  { node, place }: RestEventNode,
  functionKey: string,
  models: NamedModels,
  timeoutInMillis: number | undefined,
  reading: RestReading,
): RestEvent | undefined {
  const { reader } = reading;
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    const match = /^(\S+)\s+(\S+)$/.exec(node.value.trim());
    if (match === null) {
      reader.problems.error('SG_BAD_VALUE', node.place, `${JSON.stringify(node.value)} is no REST API route.`, FORMS);
      return undefined;
    }
    const route = readRoute(match[1]!, match[2]!, node.place, reader);
    return route && lambdaProxy(route, functionKey, timeoutInMillis, reading, node.place);
  }
  const where = `functions.${functionKey}.events.http`;
  if (node.kind !== 'map') return reader.wrong(node, where, 'a route', FORMS);
  return readMap(node, place, where, functionKey, models, timeoutInMillis, reading);
}

interface Route {
  readonly httpMethod: string;
  readonly path: string;
}

function lambdaProxy(
  route: Route,
  functionKey: string,
  timeoutInMillis: number | undefined,
  reading: RestReading,
  place: Place,
): RestEvent {
  return {
    routeKey: `${route.httpMethod} ${route.path}`,
    method: route.httpMethod,
    place,
    models: {},
    desired: {
      ...route,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      methodResponses: [],
      integration: {
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: invocationUri(functionKey, reading),
        ...defined('timeoutInMillis', timeoutInMillis),
        integrationResponses: [],
      },
      functionKey,
    },
  };
}

function readMap(
  map: MapNode,
  place: Place,
  where: string,
  functionKey: string,
  models: NamedModels,
  timeoutOfApi: number | undefined,
  reading: RestReading,
): RestEvent | undefined {
  const { reader } = reading;
  const properties = reader.properties(map, httpEventProperties, where, 'functions.*.events.http');
  const isUnknown = [...map.entries.keys()].some((key) => !Object.hasOwn(httpEventProperties, key));
  const pathNode = properties.get('path');
  const path = reader.text(pathNode, `${where}.path`, '/pets');
  const method = reader.text(properties.get('method'), `${where}.method`, 'GET');
  if (path === undefined || method === undefined) {
    if (!properties.has('path')) reader.problems.error('SG_BAD_VALUE', place, 'This http event has no path.', 'Add path: /... .');
    if (!properties.has('method')) {
      reader.problems.error('SG_BAD_VALUE', place, 'This http event has no method.', 'Add method: GET, or method: ANY for all.');
    }
    return undefined;
  }
  const route = readRoute(method, path, pathNode?.place ?? place, reader);
  const guard = map.entries.get('authorizer');
  const authorization = readRestAuthorizer(guard?.node, guard?.keyPlace ?? place, `${where}.authorizer`, reading);
  if (route === undefined) return undefined;
  const cors = readRestCors(properties.get('cors'), route.httpMethod, `${where}.cors`, reading);
  const isAsync = reader.boolean(properties.get('async'), `${where}.async`) ?? false;
  const type = readIntegrationType(properties, isAsync, where, reader);
  ignoreUnsent(properties, type, reader);
  const request = readRestRequest(properties.get('request'), `${where}.request`, route, models, reading);
  const responses =
    type === 'AWS' || type === 'HTTP' || type === 'MOCK'
      ? readRestResponses(properties.get('response'), `${where}.response`, cors, reading)
      : { methodResponses: [], integrationResponses: [] };
  const streams = readTransferMode(properties.get('response'), type, `${where}.response`, reader);
  const timeout = readTimeout(properties.get('timeoutInMillis'), `${where}.timeoutInMillis`, streams, reader) ?? timeoutOfApi;
  const isRefused = authorization === 'refused' || isUnknown;
  const guarded = authorization === 'refused' ? undefined : authorization;
  const claims = readClaims(guarded, type, guard?.keyPlace ?? place, where, reader);
  const about = {
    ...integrationBase(type, request, route, { functionKey, isAsync, streams, claims }, { properties, where }, reading),
    ...defined('timeoutInMillis', timeout),
    integrationResponses: responses.integrationResponses,
  };
  const isValidated = Object.keys(request.models ?? {}).length > 0 || request.isParameterRequired === true;
  return {
    routeKey: `${route.httpMethod} ${route.path}`,
    method: route.httpMethod,
    place,
    models: request.models ?? {},
    desired: {
      ...route,
      authorizationType: guarded?.type ?? 'NONE',
      ...defined('authorizer', guarded?.authorizer?.name),
      ...defined('authorizationScopes', guarded?.scopes),
      apiKeyRequired: reader.boolean(properties.get('private'), `${where}.private`) ?? false,
      ...defined('operationName', reader.text(properties.get('operationId'), `${where}.operationId`, 'listPets')),
      ...defined('requestParameters', request.parameters),
      ...(isValidated ? { isValidated } : {}),
      methodResponses: responses.methodResponses,
      integration: about,
      ...(type === 'AWS' || type === 'AWS_PROXY' ? { functionKey } : {}),
    },
    ...defined('authorization', guarded),
    ...defined('cors', cors),
    ...(isRefused ? { protected: true as const } : {}),
  };
}

function readRoute(methodText: string, pathText: string, place: Place, reader: PropertyReader): Route | undefined {
  const httpMethod = methodText.toUpperCase();
  if (!METHODS.includes(httpMethod)) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${methodText} is no method of a REST API.`,
      httpMethod === '*' ? 'Write ANY for all methods.' : `Use one of ${METHODS.join(', ')}.`,
    );
    return undefined;
  }
  // Serverless Framework takes a slash at the end away.
  const path = `/${pathText.replace(/^\//, '').replace(/\/$/, '')}`;
  const mistake = pathMistake(path);
  if (mistake === undefined) return { httpMethod, path };
  reader.problems.error('SG_BAD_VALUE', place, `The path ${path} ${mistake.what}.`, mistake.fix);
  return undefined;
}

// AWS: letters, digits and these signs, or a whole variable. Seen: API reference, CreateResource.
const PART = /^(?:[a-zA-Z0-9._:+-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;

function pathMistake(path: string): { readonly what: string; readonly fix: string } | undefined {
  if (path === '/') return undefined;
  const parts = path.slice(1).split('/');
  for (const [index, part] of parts.entries()) {
    if (part === '') return { what: 'ends with / or has // in it', fix: 'Leave the empty segment out.' };
    if (!PART.test(part)) {
      const fix = 'Use letters, digits, . _ - : and +, or a variable that is the whole segment, e.g. {id}.';
      return { what: `has a segment that a REST API does not take: ${part}`, fix };
    }
    if (part.endsWith('+}') && index < parts.length - 1) {
      return { what: `goes on after ${part}`, fix: 'A {name+} takes the rest of the path, so it must come last.' };
    }
  }
  return undefined;
}
