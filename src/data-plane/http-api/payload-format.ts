// What the Lambda proxy integration needs of a payload format.

import type { Exchange } from './exchange.ts';

export interface PayloadFormat {
  /** The event as JSON text. `traceId` is the X-Ray header that the function gets, too. */
  build(exchange: Exchange, body: Buffer, traceId: string): string;
  /** What a Lambda authorizer is asked, as JSON text. `identity` holds the values of its identity sources. */
  buildAuthorizerEvent(exchange: Exchange, routeArn: string, identity: readonly string[]): string;
}
