// The id that the endpoint of an integration gave its request: Lambda's own, or what an AWS service answered in its headers.

import type { HeaderView } from '../../http1/message.ts';

interface IntegrationCall {
  readonly functionRequestId: string | undefined;
  readonly integrationHeaders: HeaderView | undefined;
}

/** Undefined for endpoints that give none. */
export function endpointRequestId({ functionRequestId, integrationHeaders: headers }: IntegrationCall): string | undefined {
  return functionRequestId ?? headers?.get('x-amzn-requestid') ?? headers?.get('x-amz-request-id');
}
