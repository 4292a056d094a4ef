// What is known of a connection for as long as it lives, and after it for its $disconnect: plain data, so that it can be kept on disk.

import type { Scope } from './scope.ts';

/** Who signed the handshake, on APIs whose $connect asks for AWS_IAM. */
export interface SignerFacts {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly userArn: string;
  readonly userId: string;
}

export interface ConnectionFacts {
  readonly connectionId: string;
  readonly scope: Scope;
  readonly apiId: string;
  readonly stageName: string;
  /** Milliseconds since the epoch: when the handshake arrived. */
  readonly connectedAt: number;
  readonly sourceIp: string;
  /** Undefined when the client named none. */
  readonly userAgent: string | undefined;
  /** The host that the client asked for. */
  readonly domainName: string;
  /** What a Lambda authorizer said, as later events repeat it: `principalId`, `integrationLatency` and the context's members. */
  readonly authorizer: Readonly<Record<string, string | number>> | undefined;
  readonly signer: SignerFacts | undefined;
  /** `$context.identity.apiKey` and `apiKeyId` */
  readonly apiKey: { readonly id: string; readonly value: string } | undefined;
}
