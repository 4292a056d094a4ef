// Which service, operation and protocol a request means. On one port AWS's host names are gone, so the request itself must
// tell: rpcv2Cbor header and path, X-Amz-Target, Action, then the path of the restJson1 services, narrowed by the scope.

import { serviceContract } from './contract.ts';
import { parseQueryString, type QueryParameters } from './query-string.ts';
import { pathSegments, type RestMatch, RestRoutes } from './rest-routes.ts';
import { type Protocol, SERVICE_NAMES, SERVICES, type ServiceName } from './services.ts';
import { readScope } from './sigv4.ts';
import type { SignatureScope } from './sigv4-canonical-request.ts';

/** A request without its body. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly rawHeaders: readonly string[];
}

/** A request for an operation that a service's model knows. */
export interface OperationCall {
  readonly found: true;
  readonly service: ServiceName;
  readonly operation: string;
  readonly protocol: Protocol;
  readonly scope: SignatureScope | undefined;
  readonly rest: RestMatch | undefined;
  /** Query string, or form body for awsQuery. */
  readonly parameters: QueryParameters;
  /** Undecoded path before `/@connections/`. */
  readonly connectionsPath: string | undefined;
}

/** A request that names no known operation; answered in `protocol`. */
export interface NoOperation {
  readonly found: false;
  /** Whether it clearly was meant for an AWS service here, so that nobody else should answer it. */
  readonly claimed: boolean;
  readonly protocol: Protocol;
  readonly service: ServiceName | undefined;
  readonly scope: SignatureScope | undefined;
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

const noParameters: QueryParameters = new Map();
const routes = new Map<ServiceName, RestRoutes>();

function routesOf(service: ServiceName): RestRoutes {
  let known = routes.get(service);
  if (known === undefined) {
    known = new RestRoutes(serviceContract(service));
    routes.set(service, known);
  }
  return known;
}

/** The value of a header; a repeated field is joined with `,`. */
export function headerOf(rawHeaders: readonly string[], lowerCaseName: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) {
      value = value === undefined ? (rawHeaders[i + 1] as string) : `${value},${rawHeaders[i + 1]}`;
    }
  }
  return value;
}

/**
 * Finds the operation. `form` gives the decoded body of a form request (asked only then). Throws AwsError
 * SerializationException on a malformed query or form.
 */
export function dispatch(request: RequestHead, form: () => string): OperationCall | NoOperation {
  const scope = readScope(request.rawHeaders, request.query);
  const header = (name: string): string | undefined => headerOf(request.rawHeaders, name);
  if (header('smithy-protocol') === 'rpc-v2-cbor') {
    const path = /\/service\/([^/]{1,256})\/operation\/([^/]{1,256})$/.exec(request.path.slice(-640));
    return byTarget(path?.[1] ?? '', path?.[2] ?? '', 'rpcv2Cbor', scope);
  }
  const target = header('x-amz-target');
  if (target !== undefined) {
    const dot = target.lastIndexOf('.');
    const protocol = header('content-type')?.startsWith('application/x-amz-json-1.0') ? 'awsJson1.0' : 'awsJson1.1';
    return byTarget(target.slice(0, Math.max(dot, 0)), target.slice(dot + 1), protocol, scope);
  }
  if (speaksQuery(scope)) {
    const hasAction = /(?:^|&)Action=/.test(request.query);
    const isForm = request.method === 'POST' && header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
    const parameters = hasAction ? parseQueryString(request.query) : isForm ? parseQueryString(form()) : noParameters;
    const action = parameters.get('Action')?.[0];
    if (action !== undefined) return byAction(action, parameters, scope);
  }
  return byPath(request, scope);
}

/** A signed form request goes to its service; an unsigned one may be meant for any. */
function speaksQuery(scope: SignatureScope | undefined): boolean {
  if (scope === undefined) return true;
  return SERVICE_NAMES.some(
    (name) => SERVICES[name].signingName === scope.service && SERVICES[name].protocols.includes('awsQuery'),
  );
}

function byTarget(
  target: string,
  operation: string,
  protocol: 'rpcv2Cbor' | 'awsJson1.0' | 'awsJson1.1',
  scope: SignatureScope | undefined,
): OperationCall | NoOperation {
  const isJson = protocol !== 'rpcv2Cbor';
  const service = SERVICE_NAMES.find((name) => {
    const facts = SERVICES[name];
    if (facts.target === '' || facts.target !== target) return false;
    // Either JSON version is understood: some clients say 1.0 to 1.1 services.
    return isJson ? facts.protocols.some((known) => known.startsWith('awsJson')) : facts.protocols.includes(protocol);
  });
  if (service !== undefined && serviceContract(service).operationNames.includes(operation)) {
    return {
      found: true,
      service,
      operation,
      protocol,
      scope,
      rest: undefined,
      parameters: noParameters,
      connectionsPath: undefined,
    };
  }
  return {
    found: false,
    claimed: true,
    protocol,
    service,
    scope,
    code: 'UnknownOperationException',
    message: `${cut(target)}.${cut(operation)} is no operation that Stagegate knows`,
    status: 400,
  };
}

function byAction(action: string, parameters: QueryParameters, scope: SignatureScope | undefined): OperationCall | NoOperation {
  const version = parameters.get('Version')?.[0];
  const speaking = SERVICE_NAMES.filter((name) => SERVICES[name].protocols.includes('awsQuery'));
  const candidates =
    scope === undefined ? speaking.filter((name) => version === undefined || SERVICES[name].queryVersion === version) : speaking;
  const service = candidates.find(
    (name) =>
      (scope === undefined || SERVICES[name].signingName === scope.service) &&
      serviceContract(name).operationNames.includes(action),
  );
  if (service !== undefined) {
    return {
      found: true,
      service,
      operation: action,
      protocol: 'awsQuery',
      scope,
      rest: undefined,
      parameters,
      connectionsPath: undefined,
    };
  }
  return {
    found: false,
    claimed: scope === undefined ? candidates.some((name) => SERVICES[name].queryVersion === version) : speaksQuery(scope),
    protocol: 'awsQuery',
    service: speaking.find((name) => SERVICES[name].signingName === scope?.service),
    scope,
    code: 'InvalidAction',
    message: `Could not find operation ${cut(action)} for version ${cut(version ?? 'NO_VERSION_SPECIFIED')}`,
    status: 400,
  };
}

function byPath(request: RequestHead, scope: SignatureScope | undefined): OperationCall | NoOperation {
  const segments = pathSegments(request.path);
  const parameters = parseQueryString(request.query);
  const connections = segments.findIndex((segment) => segment === '@connections' || segment === '%40connections');
  const call = (service: ServiceName, rest: RestMatch, connectionsPath?: string): OperationCall => ({
    found: true,
    service,
    operation: rest.operation,
    protocol: 'restJson1',
    scope,
    rest,
    parameters,
    connectionsPath,
  });
  if (connections !== -1 && (scope === undefined || scope.service === 'execute-api')) {
    const own = ['@connections', ...segments.slice(connections + 1)];
    const rest = routesOf('apigatewaymanagementapi').match(request.method, own, parameters);
    if (rest !== undefined) {
      const before = segments.slice(0, connections).join('/');
      return call('apigatewaymanagementapi', rest, before === '' ? '' : `/${before}`);
    }
  }
  let known: ServiceName | undefined;
  for (const service of SERVICE_NAMES) {
    const { protocols, signingName } = SERVICES[service];
    if (!protocols.includes('restJson1') || service === 'apigatewaymanagementapi') continue;
    if (scope !== undefined && scope.service !== signingName) continue;
    if (scope !== undefined) known ??= service;
    const rest = routesOf(service).match(request.method, segments, parameters);
    if (rest !== undefined) return call(service, rest);
  }
  return {
    found: false,
    claimed: known !== undefined,
    protocol: 'restJson1',
    service: known,
    scope,
    code: 'UnknownOperationException',
    message: `${cut(request.method)} ${cut(request.path)} is no operation that Stagegate knows`,
    status: 404,
  };
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
