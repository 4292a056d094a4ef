// What an integration may say: where it goes, as whom, how long.
// AWS: the words of all refusals here, if nothing else is said. Seen: recorded answers; the timeout's in cdk#31063.

import type { RestIntegration } from '../../model/rest-api.ts';
import { badRequest } from './refusals.ts';

export function checkIntegration(integration: RestIntegration): void {
  const { type, httpMethod, uri, credentials, timeoutInMillis, connectionType, connectionId } = integration;
  if (type !== 'MOCK' && !httpMethod) throw badRequest('Enumeration value for HttpMethod must be non-empty');
  if (type === 'HTTP' || type === 'HTTP_PROXY') checkHttpUri(uri);
  if (type === 'AWS' || type === 'AWS_PROXY') checkServiceUri(type, uri);
  if (type === 'AWS_PROXY') checkFunctionUri(uri);
  if (credentials !== undefined) checkCredentials(credentials);
  else if (type === 'AWS' && !isFunctionUri(uri)) {
    // AWS: functions alone may say themselves that API Gateway calls them. Seen: hashicorp/terraform-provider-aws#7916 (EC2, S3, Kinesis),
    // aws-cdk#1465 (Step Functions); recorded imports of functions without a role.
    throw badRequest('Role ARN must be specified for AWS integrations');
  }
  const streams = integration.responseTransferMode === 'STREAM';
  // AWS: an answer may be streamed for fifteen minutes. Seen: developer guide, response streaming; the sentence is like the other.
  const timeoutMax = streams ? 900_000 : 29_000;
  if (!Number.isInteger(timeoutInMillis) || timeoutInMillis < 50 || timeoutInMillis > timeoutMax) {
    throw badRequest(`Timeout should be between 50 ms and ${timeoutMax} ms`);
  }
  if (connectionType === 'VPC_LINK' && !connectionId) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, integration-vpc-link-connection-id.
    throw badRequest('ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK');
  }
  if (streams && type !== 'HTTP_PROXY' && type !== 'AWS_PROXY') {
    throw badRequest('Invalid responseTransferMode specified: STREAM is for integrations of type HTTP_PROXY and AWS_PROXY');
  }
  // AWS: InvokeWithResponseStream has a URI of its own. Seen: developer guide; the words are ours.
  const isStreamingUri = uri?.endsWith('/response-streaming-invocations') === true;
  if (type === 'AWS_PROXY' && streams !== isStreamingUri) {
    throw badRequest(
      streams
        ? 'Invalid URI specified: responseTransferMode STREAM needs .../2021-11-15/functions/{functionArn}/response-streaming-invocations'
        : 'Invalid URI specified: response-streaming-invocations needs responseTransferMode STREAM',
    );
  }
}

function checkHttpUri(uri = ''): void {
  if (!/^https?:\/\/[^/\s?#]+/.test(uri)) throw badRequest('Invalid HTTP endpoint specified for URI');
}

export function checkServiceUri(type: 'AWS' | 'AWS_PROXY', uri = ''): void {
  if (!/^arn:aws[a-z-]*:/.test(uri)) throw badRequest('Invalid ARN specified in the request');
  const match = /^arn:[^:]+:apigateway:[^:]+:([^:]+):((?:path|action)\/.*)$/s.exec(uri);
  if (match === null) throw badRequest('AWS ARN for integration must contain path or action');
  const [, service = '', rest = ''] = match;
  if (type !== 'AWS_PROXY') return;
  const isLambda = service === 'lambda' && rest.startsWith('path/') && rest.includes('/functions/');
  const isFirehose = service === 'firehose' && rest.startsWith('action/');
  if (!isLambda && !isFirehose) {
    throw badRequest("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.");
  }
}

/**
 * A function of a proxy is named by its ARN, which stage variables may complete, and invoked.
 * AWS: these words. Seen: public reports of ImportRestApi.
 */
function checkFunctionUri(uri = ''): void {
  const called = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/.*?\/functions\/(.*)$/s.exec(uri)?.[1];
  if (called === undefined) return;
  const isFunction =
    /^(?:arn:[^:/]+:lambda:[^/]*:function:[^/]+|[^/]*\$\{stageVariables\.[^/]+)\/(?:response-streaming-)?invocations$/s;
  if (!isFunction.test(called)) throw badRequest('Invalid function ARN or invalid uri');
}

/** Whether a function is called, whatever is done with it. */
function isFunctionUri(uri = ''): boolean {
  return /^arn:[^:]+:apigateway:[^:]+:lambda:path\/.*functions\/[^/]/s.test(uri);
}

/** A role, the caller's own identity, or what a stage variable will say. */
export function checkCredentials(credentials: string): void {
  const isRole = /^arn:aws[a-z-]*:iam::(?:\d{12}|\*):(?:role\/.+|user\/\*)$/.test(credentials);
  if (!isRole && !credentials.includes('${stageVariables.')) throw badRequest('Invalid ARN specified in the request');
}
