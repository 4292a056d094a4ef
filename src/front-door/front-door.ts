// Where a request meets the gateway: it finds the API and the stage (by custom domain, by host or by path), or says that there is none, and hands over to the API's own flow
// (data-plane/http-api/invoke.ts; REST APIs: rest-api-door.ts). Both listeners use it.

import type { LiveApi, LiveDeployments } from '../compile/live-deployments.ts';
import type { AddressedDomain, LiveDomain, LiveDomains } from '../compile/live-domains.ts';
import { wallClock } from '../data-plane/http-api/clock.ts';
import type { InvocationAddress } from '../data-plane/http-api/exchange.ts';
import { invoke } from '../data-plane/http-api/invoke.ts';
import type { HttpApiPipeline } from '../data-plane/http-api/pipeline.ts';
import { gatewayAnswers, type RefusalKind } from '../data-plane/http-api/refusal.ts';
import { newRequestId } from '../data-plane/http-api/request-id.ts';
import { beginResponseHeaders } from '../data-plane/http-api/response-headers.ts';
import type { DomainPolicy } from '../data-plane/rest-api/domain-policy.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import type { WebSocketApiPipeline } from '../data-plane/websocket-api/pipeline.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import type { RequestAddress, ServerRequest } from '../http1/message.ts';
import type { Scope } from '../model/scope.ts';
import { type ApiAddress, parseApiAddress } from './api-address.ts';
import {
  type MappedRequest,
  refuseByPolicy,
  refuseOutsider,
  refuseUnmapped,
  serveMappedRestApi,
  serveRestApi,
} from './rest-api-door.ts';
import type { VpcEndpoints } from './vpc-endpoints.ts';
import type { WebSocketDoor } from './websocket-door.ts';

/**
 * AWS: request line and headers together have 10,240 bytes. Seen: HTTP API quotas. Checked here, too, because the control listener's
 * core takes longer heads.
 */
const HEAD_LIMIT_BYTES = 10_240;

export interface FrontDoorOptions {
  readonly live: Pick<LiveDeployments, 'find'>;
  /** REST APIs; there are none without it. */
  readonly liveRestApis?: Pick<LiveDeployments<RestApiPipeline>, 'find'>;
  /** WebSocket APIs; there are none without both. */
  readonly liveWebSocketApis?: Pick<LiveDeployments<WebSocketApiPipeline>, 'find'>;
  readonly webSocketDoor?: Pick<WebSocketDoor, 'serve'>;
  /** Custom domain names; there are none without it. */
  readonly domains?: Pick<LiveDomains, 'find'>;
  /** By which VPC endpoint a client of a private API comes; nobody comes by one without it. */
  readonly vpcEndpoints?: VpcEndpoints | undefined;
  /** How clients reach the listener. */
  readonly protocol?: 'http' | 'https';
}

/** True when the request was for an API; it is answered, now or later. */
export type FrontDoor = (request: ServerRequest) => boolean;

export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const protocol = options.protocol ?? 'http';
  return (request) => {
    const { path } = request;
    const custom = options.domains?.find(request.host);
    if (custom !== undefined) return serveCustomDomain(options, request, custom, protocol);
    const address = parseApiAddress(request.host, path);
    if (address === undefined) return false;
    if (address.vpce !== undefined) return servePrivateHost(options, request, address, address.vpce, protocol);
    return serveExecuteApi(options, request, address, protocol);
  };
}

/** By an API's own host, or by a path form. */
export function serveExecuteApi(
  options: FrontDoorOptions,
  request: ServerRequest,
  address: ApiAddress,
  protocol: 'http' | 'https',
): true {
  const { apiId } = address;
  const { path } = request;
  const api = options.live.find(apiId, address.region);
  const restApi = api === undefined ? options.liveRestApis?.find(apiId, address.region) : undefined;
  if (restApi !== undefined) return serveRestApi(restApi, request, address, { protocol, vpcEndpoints: options.vpcEndpoints });
  const webSocketApi = api === undefined ? options.liveWebSocketApis?.find(apiId, address.region) : undefined;
  if (webSocketApi !== undefined && options.webSocketDoor !== undefined) {
    const { stageName, path: rest } = address;
    const domainName = address.hostName ?? defaultHostName(webSocketApi);
    return options.webSocketDoor.serve(webSocketApi, request, { stageName, path: rest, domainName, protocol }, false);
  }
  // AWS: an execute-api host without an API answers 403, in the manner of REST APIs. From memory of the service, not recorded.
  if (api === undefined) return refuseUnmapped(request);
  if (request.headBytes > HEAD_LIMIT_BYTES) return refuse(request, 'HEADERS_TOO_LARGE');
  if (!path.startsWith('/')) return refuse(request, 'BAD_REQUEST');
  const found = findStage(api, address);
  // AWS: no such stage, and a disabled default endpoint, are 404 for HTTP APIs. Seen: developer guide.
  if (found === undefined || found.pipeline.plan.disableExecuteApiEndpoint) return refuse(request, 'NOT_FOUND');
  invoke(found.pipeline, request, toInvocationAddress(found, api, address, protocol));
  return true;
}

/** Whether it is a REST API that is asked for there: its refusals look different even before the request is served. */
export function asksRestApi(options: FrontDoorOptions, { host, path }: RequestAddress): boolean {
  const { live, liveRestApis, domains } = options;
  const isRestApi = (apiId: string, region: string | undefined): boolean =>
    live.find(apiId, region) === undefined && liveRestApis?.find(apiId, region) !== undefined;
  const custom = domains?.find(host)?.domain;
  if (custom !== undefined) {
    const { mappings, scope } = custom;
    return mappings.length > 0 && mappings.every(({ apiId }) => isRestApi(apiId, scope.region));
  }
  const address = parseApiAddress(host, path);
  return address !== undefined && isRestApi(address.apiId, address.region);
}

/** By a host of a private API; an API whose id looks like one is meant first. */
function servePrivateHost(
  options: FrontDoorOptions,
  request: ServerRequest,
  address: ApiAddress,
  vpce: NonNullable<ApiAddress['vpce']>,
  protocol: 'http' | 'https',
): boolean {
  const { live, liveRestApis, vpcEndpoints } = options;
  const whole = { ...address, apiId: vpce.label, vpce: undefined };
  if (live.find(vpce.label) !== undefined || liveRestApis?.find(vpce.label) !== undefined) {
    return serveExecuteApi(options, request, whole, protocol);
  }
  const apiId = address.apiId === '' ? request.headers.get('x-apigw-api-id') : address.apiId;
  const restApi = apiId === undefined ? undefined : liveRestApis?.find(apiId.toLowerCase(), address.region);
  if (restApi === undefined) return refuseUnmapped(request);
  return serveRestApi(
    restApi,
    request,
    { ...address, apiId: restApi.apiId },
    { protocol, vpcEndpoints, isOwnHost: address.apiId !== '' },
  );
}

/** Who comes through an endpoint that is associated with a private name is led to it, everybody else to the public one of the name. */
function serveCustomDomain(
  options: FrontDoorOptions,
  request: ServerRequest,
  addressed: AddressedDomain,
  protocol: 'http' | 'https',
): true {
  const { domain, privateDomains, hostName, prefix } = addressed;
  if (request.headBytes > HEAD_LIMIT_BYTES) return refuse(request, 'HEADERS_TOO_LARGE');
  if (!request.path.startsWith('/')) return refuse(request, 'BAD_REQUEST');
  const vpcEndpoint = privateDomains && options.vpcEndpoints?.endpointAmong(privateDomains, request.remoteAddress);
  if (vpcEndpoint === undefined) {
    if (domain !== undefined) return serveDomain(options, request, { domain, hostName, prefix, protocol, privately: undefined });
    options.vpcEndpoints?.sayOutsiderOfDomain(hostName);
    return refuseOutsider(request);
  }
  // The endpoint was found among these.
  const called = privateDomains?.get(vpcEndpoint.vpceId) as LiveDomain;
  const policy = called.policy as DomainPolicy;
  const { domainArn } = policy;
  const address = { protocol, vpcEndpoint, viaDomainArn: domainArn };
  const denied = policy.refuse({ request, address, at: wallClock(request.startedAt) });
  if (denied !== undefined) return refuseByPolicy(request, denied);
  return serveDomain(options, request, {
    domain: called,
    hostName,
    prefix,
    protocol,
    privately: { vpcEndpoint, domainArn },
  });
}

interface CalledDomain extends Pick<MappedRequest, 'hostName' | 'prefix' | 'protocol' | 'privately'> {
  readonly domain: LiveDomain;
}

/** A rule or a mapping names API and stage; whether the API's default endpoint is disabled does not matter here. */
function serveDomain(
  { live, liveRestApis, liveWebSocketApis, webSocketDoor }: FrontDoorOptions,
  request: ServerRequest,
  { domain, hostName, prefix, protocol, privately }: CalledDomain,
): true {
  const { path } = request;
  const mapped = domain.select(path, request.headers, hostName);
  if (mapped === undefined) {
    const { mappings, rules, scope } = domain;
    // AWS: no rule fits and no mapping: 403. Seen: developer guide, examples of routing rules.
    if (rules !== undefined || privately !== undefined) return refuseUnmapped(request);
    // AWS: no mapping of the domain fits: 403 on domains of REST APIs, 404 where there are HTTP APIs. From memory of the service, not
    // recorded.
    const isOfRestApis = mappings.every(({ apiId }) => liveRestApis?.find(apiId, scope.region) !== undefined);
    return isOfRestApis && mappings.length > 0 ? refuseUnmapped(request) : refuse(request, 'NOT_FOUND');
  }
  const { apiId, stage, rest, routingRuleId } = mapped;
  const restApi = liveRestApis?.find(apiId, domain.scope.region);
  if (restApi !== undefined && live.find(apiId, domain.scope.region) === undefined) {
    return serveMappedRestApi(restApi, request, { stage, rest, hostName, prefix, protocol, routingRuleId, privately });
  }
  const webSocketApi = liveWebSocketApis?.find(apiId, domain.scope.region);
  if (webSocketApi !== undefined && webSocketDoor !== undefined) {
    const address = { stageName: stage === '' ? undefined : stage, path: rest, domainName: hostName, protocol };
    return webSocketDoor.serve(webSocketApi, request, address, true);
  }
  const pipeline = live.find(apiId, domain.scope.region)?.stages.get(stage);
  // The stage has no deployment yet.
  if (pipeline === undefined) return refuse(request, 'NOT_FOUND');
  const found = stageAt(pipeline, rest, stage);
  // AWS: payload 2.0 shows the stage and never the mapping key, payload 1.0 the path as it came.
  // Seen: CodeGenieApp/serverless-express#465 (2.0), aws-powertools/powertools-lambda-python#579 (1.0).
  invoke(pipeline, request, {
    path: found.path,
    pathWithStage: found.pathWithStage,
    pathWithMapping: path,
    domainName: hostName,
    domainPrefix: prefix,
    protocol,
  });
  return true;
}

/** The handler of the traffic listener, which serves nothing but APIs. `hint`: what to do instead where none is meant. */
export function createTrafficListener(
  frontDoor: FrontDoor,
  hint: () => string = () => hostsAndPaths,
): (request: ServerRequest) => void {
  return (request) => {
    if (frontDoor(request)) return;
    request.body.discard();
    const headers = new HeaderBlock();
    headers.add('Content-Type', 'application/json');
    request.respond(404, headers, JSON.stringify({ message: `No API is meant by this host and path. ${hint()}` }));
  };
}

const hostsAndPaths = 'Use the host {apiId}.execute-api.localhost or the path /_aws/execute-api/{apiId}/{stage}/.';

interface FoundStage {
  readonly pipeline: HttpApiPipeline;
  /** Below the stage, beginning with `/`. */
  readonly path: string;
  /** As events show it. */
  readonly pathWithStage: string;
}

/** AWS: the first segment when it names a stage, otherwise `$default`. Seen: developer guide, HTTP API stages. */
function findStage(api: LiveApi, address: ApiAddress): FoundStage | undefined {
  if (address.stageName !== undefined) {
    const pipeline = api.stages.get(address.stageName);
    if (pipeline !== undefined) return stageAt(pipeline, address.path, address.stageName);
    const path = address.stageName === '' ? address.path : `/${address.stageName}${address.path}`;
    const other = address.isStageOptional === true ? api.stages.get('$default') : undefined;
    return other && stageAt(other, path, '$default');
  }
  const fallback = api.stages.get('$default');
  // Nothing to choose from: the path need not be cut.
  if (fallback !== undefined && api.stages.size === 1) return stageAt(fallback, address.path, '$default');
  const slash = address.path.indexOf('/', 1);
  const first = slash < 0 ? address.path.slice(1) : address.path.slice(1, slash);
  const named = first === '$default' ? undefined : api.stages.get(first);
  if (named !== undefined) return stageAt(named, slash < 0 ? '' : address.path.slice(slash), first);
  return fallback && stageAt(fallback, address.path, '$default');
}

// AWS: for a named stage rawPath and requestContext.http.path begin with the stage. Seen: serverless-wsgi#191, powertools-python#621.
function stageAt(pipeline: HttpApiPipeline, rest: string, stageName: string): FoundStage {
  const path = rest === '' ? '/' : rest;
  return { pipeline, path, pathWithStage: stageName === '$default' ? path : `/${stageName}${rest}` };
}

/** Path forms show functions the host that AWS would: the domain name must not be `localhost`. */
function toInvocationAddress(
  found: FoundStage,
  api: LiveApi,
  address: ApiAddress,
  protocol: 'http' | 'https',
): InvocationAddress {
  return {
    path: found.path,
    pathWithStage: found.pathWithStage,
    pathWithMapping: found.pathWithStage,
    domainName: address.hostName ?? defaultHostName(api),
    domainPrefix: address.apiId,
    protocol,
  };
}

/** As AWS would name the host. */
function defaultHostName({ apiId, scope }: { readonly apiId: string; readonly scope: Scope }): string {
  return `${apiId}.execute-api.${scope.region}.amazonaws.com`;
}

function refuse(request: ServerRequest, kind: RefusalKind): true {
  request.body.discard();
  const { status, body } = gatewayAnswers[kind];
  const headers = beginResponseHeaders();
  headers.addTrusted(`Content-Type: application/json\r\nApigw-Requestid: ${newRequestId()}\r\n`);
  request.respond(status, headers, body);
  return true;
}
