// The ARN that a request is about, for authorizers and policies: the method and the canonical path under the matched resource. Every
// spelling of a path that leads to a resource has the same ARN, so that a policy cannot be walked around by spelling.

import { partitionOf } from '../../aws/arn.ts';
import { parseRequestPath } from '../http-api/request-path.ts';
import type { Exchange } from './exchange.ts';
import type { RestApiPipeline } from './pipeline.ts';

/** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{METHOD}/{path}`, with the request's method and path. */
export function methodArn(exchange: Exchange): string {
  return `${stageArn(exchange.pipeline)}/${exchange.httpMethod}${canonicalPath(exchange)}`;
}

const arns = new WeakMap<RestApiPipeline, string>();

function stageArn(pipeline: RestApiPipeline): string {
  let arn = arns.get(pipeline);
  if (arn === undefined) {
    const { scope, apiId, stageName, stageNameOfArns = stageName } = pipeline.plan;
    arn = `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:${apiId}/${stageNameOfArns}`;
    arns.set(pipeline, arn);
  }
  return arn;
}

/** The same parser that resource selection asked; a slash at the end tells no two resources apart. */
function canonicalPath({ address }: Exchange): string {
  const parsed = parseRequestPath(address.path);
  if ('refused' in parsed) throw new Error('A path was routed that cannot be read.');
  return `/${parsed.segments.map(encodeSegment).join('/')}`;
}

function encodeSegment(segment: string): string {
  if (!segment.includes('%') && !segment.includes('/')) return segment;
  return segment.replaceAll('%', '%25').replaceAll('/', '%2F');
}
