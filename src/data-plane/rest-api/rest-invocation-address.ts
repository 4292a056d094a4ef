// Where a request to a REST API was sent, and how it came there.

import type { InvocationAddress } from '../http-api/exchange.ts';

export interface RestInvocationAddress extends InvocationAddress {
  /** What the `path` of an event shows: without the stage; as received on a custom domain. `path` when it is left out. */
  readonly eventPath?: string;
  /** By which VPC endpoint the client came; absent for everybody who did not come through one. */
  readonly vpcEndpoint?: VpcEndpointAddress | undefined;
  /** The ARN of the private domain name that the client called; absent for everybody else. */
  readonly viaDomainArn?: string | undefined;
  /** The routing rule of a custom domain that led here; absent when a mapping did. */
  readonly routingRuleId?: string | undefined;
  /** Nobody sent the request: it is a test (TestInvokeMethod), which no connection brought. */
  readonly isTest?: true;
}

/** A VPC endpoint. */
export interface VpcEndpointAddress {
  /** `vpce-0a1b2c3d` */
  readonly vpceId: string;
  /** `vpc-0e4f`, where it is known. */
  readonly vpcId?: string;
}
