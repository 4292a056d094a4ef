// Where a request meets a REST API: the first segment names the stage, always; refusals here are worded like those of its gateway
// responses, which belong to a stage and are not asked.

import type { LiveApi } from '../compile/live-deployments.ts';
import { newRequestId, newUuid } from '../data-plane/http-api/request-id.ts';
import { builtInBody } from '../data-plane/rest-api/gateway-response.ts';
import { invoke } from '../data-plane/rest-api/invoke.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import { bodyRefusal, gatewayResponseDefaults, type Refusal } from '../data-plane/rest-api/refusal.ts';
import { beginResponseHeaders } from '../data-plane/rest-api/response-headers.ts';
import type { VpcEndpointAddress } from '../data-plane/rest-api/rest-invocation-address.ts';
import type { HeaderBlock } from '../http1/header-block.ts';
import type { CoreAnswer, ServerRequest } from '../http1/message.ts';
import type { ApiAddress } from './api-address.ts';
import type { VpcEndpoints } from './vpc-endpoints.ts';

/** AWS: request line and headers together have 10,240 bytes. Seen: REST API quotas. */
const HEAD_LIMIT_BYTES = 10_240;

/** How a request came in. */
export interface Entrance {
  readonly protocol: 'http' | 'https';
  readonly vpcEndpoints: VpcEndpoints | undefined;
  /** By the host that a private API has at a VPC endpoint. */
  readonly isOwnHost?: boolean;
}

/** By the API's own host or by a path form. */
export function serveRestApi(
  api: LiveApi<RestApiPipeline>,
  request: ServerRequest,
  address: ApiAddress,
  { protocol, vpcEndpoints, isOwnHost = false }: Entrance,
): true {
  const unfit = unfitFor(request);
  if (unfit !== undefined) return refuse(request, unfit);
  const { stageName, rest, whole } =
    address.stageName === undefined ? cutStage(address.path) : atStage(address.stageName, address.path);
  const pipeline = api.stages.get(stageName);
  // AWS: no such stage, and a disabled default endpoint, are 403 for REST APIs. Seen: public reports.
  if (pipeline === undefined || pipeline.plan.disableExecuteApiEndpoint) return refuse(request, forbidden);
  const { privateApi } = pipeline.plan;
  const vpceId = address.vpce?.vpceId;
  const vpcEndpoint = privateApi === undefined ? undefined : vpcEndpoints?.endpointOf(vpceId, request.remoteAddress);
  if (privateApi === undefined ? vpceId !== undefined : vpcEndpoint === undefined) {
    if (privateApi !== undefined) vpcEndpoints?.sayOutsider(api.apiId);
    return refuse(request, outsider);
  }
  // AWS: that host is there for the API's own endpoints only. Seen: developer guide, "Invoke a private API".
  if (isOwnHost && privateApi?.vpcEndpointIds.includes(vpceId ?? '') !== true) return refuse(request, outsider);
  const path = collapsed(rest);
  invoke(drawn(pipeline), request, {
    path,
    eventPath: path,
    pathWithStage: whole,
    pathWithMapping: whole,
    domainName: address.hostName ?? `${api.apiId}.execute-api.${api.scope.region}.amazonaws.com`,
    domainPrefix: address.vpce?.label ?? address.apiId,
    protocol,
    vpcEndpoint,
  });
  return true;
}

export interface MappedRequest {
  /** '' when the mapping names no stage: then the path does. */
  readonly stage: string;
  /** What is left of the path behind the mapping. */
  readonly rest: string;
  readonly hostName: string;
  readonly prefix: string;
  readonly protocol: 'http' | 'https';
  readonly routingRuleId: string | undefined;
  /** By a private domain name: the VPC endpoint, and the name's ARN. */
  readonly privately: { readonly vpcEndpoint: VpcEndpointAddress; readonly domainArn: string } | undefined;
}

/** By a mapping or a routing rule of a custom domain. */
export function serveMappedRestApi(api: LiveApi<RestApiPipeline>, request: ServerRequest, mapped: MappedRequest): true {
  const unfit = unfitFor(request);
  if (unfit !== undefined) return refuse(request, unfit);
  const { stageName, rest, whole } = mapped.stage === '' ? cutStage(mapped.rest) : atStage(mapped.stage, mapped.rest);
  const pipeline = api.stages.get(stageName);
  if (pipeline === undefined) return refuse(request, forbidden);
  const { privately } = mapped;
  // AWS: a private API has private domain names only, and they have no others. Seen: developer guide.
  if ((pipeline.plan.privateApi === undefined) !== (privately === undefined)) return refuse(request, forbidden);
  invoke(drawn(pipeline), request, {
    path: collapsed(rest),
    // AWS: events and `$context.path` show the path as it was received. Seen: localstack/localstack#12296, measured.
    eventPath: request.path,
    pathWithStage: whole,
    pathWithMapping: request.path,
    domainName: mapped.hostName,
    domainPrefix: mapped.prefix,
    protocol: mapped.protocol,
    vpcEndpoint: privately?.vpcEndpoint,
    viaDomainArn: privately?.domainArn,
    routingRuleId: mapped.routingRuleId,
  });
  return true;
}

/** On a private domain name: who comes through no endpoint that is associated with it. */
export function refuseOutsider(request: ServerRequest): true {
  return refuse(request, outsider);
}

/** On a private domain name: what its policy does not let in. */
export function refuseByPolicy(request: ServerRequest, refusal: Refusal): true {
  return refuse(request, refusal);
}

/** On a domain name of REST APIs, when none of its rules and mappings fits, and on an execute-api host that no API has. */
export function refuseUnmapped(request: ServerRequest): true {
  return refuse(request, forbidden);
}

/** AWS: each request is drawn by itself. Seen: developer guide, canary releases. */
function drawn(pipeline: RestApiPipeline): RestApiPipeline {
  const { canary } = pipeline;
  return canary !== undefined && Math.random() * 100 < canary.percentTraffic ? canary.pipeline : pipeline;
}

interface StagePath {
  readonly stageName: string;
  readonly rest: string;
  /** Both, with a slash in front. */
  readonly whole: string;
}

function atStage(stageName: string, rest: string): StagePath {
  return { stageName, rest, whole: `/${stageName}${rest}` };
}

/** `/prod/pets` -> prod, /pets. AWS: slashes before the stage are passed over. Seen: recorded requests (`//stage/path`). */
function cutStage(path: string): StagePath {
  let start = 0;
  while (start < path.length && path.charCodeAt(start) === 0x2f) start++;
  if (start === path.length) return atStage('', '');
  const slash = path.indexOf('/', start);
  const stageName = slash < 0 ? path.slice(start) : path.slice(start, slash);
  const rest = slash < 0 ? '' : path.slice(slash);
  // As it was received, unless slashes were passed over: no text is put together for it.
  return start === 1 ? { stageName, rest, whole: path } : atStage(stageName, rest);
}

/** AWS: slashes right behind the stage are one for routing, and stay in `requestContext.path`. Seen: recorded events. */
function collapsed(rest: string): string {
  return rest.startsWith('//') ? rest.replace(/^\/+/, '/') : rest === '' ? '/' : rest;
}

// AWS: unknown stages and disabled endpoints. Seen: public reports.
const forbidden: Refusal = { refused: 'WAF_FILTERED', reason: 'No such stage.' };

// AWS: a private API from outside. Seen: public reports.
const outsider: Refusal = { refused: 'WAF_FILTERED', reason: 'The request came through no VPC endpoint of the API.' };

function unfitFor(request: ServerRequest): Refusal | undefined {
  if (request.headBytes > HEAD_LIMIT_BYTES) {
    return {
      refused: 'DEFAULT_4XX',
      status: 431,
      message: 'Request Header Fields Too Large',
      reason: 'The head is over 10,240 bytes.',
    };
  }
  return request.path.startsWith('/') ? undefined : { refused: 'DEFAULT_4XX', reason: 'The target is no path.' };
}

/** What the HTTP core says to a body that is declared too long. AWS: this response cannot be customised. Seen: developer guide. */
export function bodyTooLargeAnswer(): CoreAnswer {
  const refusal = bodyRefusal('tooLarge');
  return { headers: refusalHeaders(refusal), body: builtInBody(refusal) };
}

function refuse(request: ServerRequest, refusal: Refusal): true {
  request.body.discard();
  const { status } = gatewayResponseDefaults[refusal.refused];
  request.respond(refusal.status ?? status, refusalHeaders(refusal), builtInBody(refusal));
  return true;
}

function refusalHeaders(refusal: Refusal): HeaderBlock {
  const { errorType } = gatewayResponseDefaults[refusal.refused];
  const headers = beginResponseHeaders();
  headers.addTrusted(
    `Content-Type: application/json\r\nx-amzn-RequestId: ${newUuid()}\r\nx-amzn-ErrorType: ${errorType}\r\n` +
      `x-amz-apigw-id: ${newRequestId()}\r\n`,
  );
  return headers;
}
