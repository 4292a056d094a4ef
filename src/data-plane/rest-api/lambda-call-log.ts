// The headers of a call of Lambda as execution logs show them: functions here are not called over HTTP.
// AWS: these, masked but for what is no secret. Seen: execution logs that users quote (2017 to 2024).

import { wallClock } from '../http-api/clock.ts';
import type { Exchange } from './exchange.ts';

/** Of no certain length: nothing stands behind it. */
const MASK = '*'.repeat(64);

export function lambdaCallHeaders(
  { requestId, pipeline, integrationStartedAt, traceId }: Exchange,
  { functionArn, sourceArn }: { readonly functionArn: string; readonly sourceArn: string },
): readonly (readonly [name: string, value: string])[] {
  const { apiId } = pipeline.plan;
  const region = functionArn.split(':')[3] ?? '';
  const date = new Date(wallClock(integrationStartedAt)).toISOString().replace(/[-:]|\.\d+/g, '');
  return [
    ['x-amzn-lambda-integration-tag', requestId],
    ['Authorization', MASK],
    ['X-Amz-Date', date],
    ['x-amzn-apigateway-api-id', apiId],
    ['X-Amz-Source-Arn', sourceArn],
    ['Accept', 'application/json'],
    ['User-Agent', `AmazonAPIGateway_${apiId}`],
    ['Host', `lambda.${region}.amazonaws.com`],
    ['X-Amzn-Trace-Id', traceId],
    ['X-Amz-Security-Token', MASK],
  ];
}
