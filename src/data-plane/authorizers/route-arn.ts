// The ARN that a request is about, for authorizers and the policies they return: the method and the canonical path under the matched
// route. Every spelling of a path that matches a route has the same ARN, so that a policy cannot be walked around by spelling.

import { partitionOf } from '../../aws/arn.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { HttpApiPipeline } from '../http-api/pipeline.ts';
import { parseRequestPath } from '../http-api/request-path.ts';

/**
 * `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{METHOD}/{path}`.
 * AWS: the method and path of the request, not of the route key. Seen: powertools' recorded events (`…/$default/POST/lambda`).
 * Segments are decoded; `%` and `/` inside them stay encoded. How AWS spells those is not recorded.
 */
export function routeArn(exchange: Exchange): string {
  const { pipeline, request } = exchange;
  return `${stageArn(pipeline)}/${request.method}${canonicalPath(exchange)}`;
}

const arns = new WeakMap<HttpApiPipeline, string>();

function stageArn(pipeline: HttpApiPipeline): string {
  let arn = arns.get(pipeline);
  if (arn === undefined) {
    const { scope, apiId, stageName } = pipeline.plan;
    arn = `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:${apiId}/${stageName}`;
    arns.set(pipeline, arn);
  }
  return arn;
}

/** The same parser that route selection asked: a path that has no reading was refused there. */
function canonicalPath({ address, route }: Exchange): string {
  const parsed = parseRequestPath(address.path);
  if ('refused' in parsed) throw new Error('A path was routed that cannot be read.');
  const path = parsed.segments.map(encodeSegment).join('/');
  // A slash behind the last variable of a route is no part of the match; on $default it tells two paths apart.
  const slash = parsed.trailingSlash && parsed.segments.length > 0 && route?.method === '$default' ? '/' : '';
  return `/${path}${slash}`;
}

function encodeSegment(segment: string): string {
  if (!segment.includes('%') && !segment.includes('/')) return segment;
  return segment.replaceAll('%', '%25').replaceAll('/', '%2F');
}
