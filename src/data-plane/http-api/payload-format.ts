// What the Lambda proxy integration needs of a payload format.

import type { Exchange } from './exchange.ts';

export interface PayloadFormat {
  /** The event as JSON text. `traceId` is the X-Ray header that the function gets, too. */
  build(exchange: Exchange, body: Buffer, traceId: string): string;
}
