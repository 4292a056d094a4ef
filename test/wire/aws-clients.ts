// AWS SDK clients pointed at a started server.

import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { XRayClient } from '@aws-sdk/client-xray';
import type { StartedServer } from './started-server.ts';

export interface ClientOptions {
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** How far the client's clock is off. */
  readonly clockOffsetMs?: number;
}

/** The clients share region and key; `destroy` closes their sockets. */
export interface AwsClients {
  readonly apis: ApiGatewayV2Client;
  readonly restApis: APIGatewayClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly logs: CloudWatchLogsClient;
  readonly metrics: CloudWatchClient;
  readonly sts: STSClient;
  readonly traces: XRayClient;
  readonly waf: WAFV2Client;
  destroy(): void;
}

/** SDK v3 clients without retries, so that a test sees the first answer. */
export function awsClients(server: Pick<StartedServer, 'controlUrl'>, options: ClientOptions = {}): AwsClients {
  const configuration = {
    endpoint: server.controlUrl,
    region: options.region ?? 'us-east-1',
    credentials: {
      accessKeyId: options.accessKeyId ?? 'test',
      secretAccessKey: options.secretAccessKey ?? 'test',
      ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken }),
    },
    maxAttempts: 1,
    systemClockOffset: options.clockOffsetMs ?? 0,
  };
  const clients = {
    apis: new ApiGatewayV2Client(configuration),
    restApis: new APIGatewayClient(configuration),
    lambda: new LambdaClient(configuration),
    iam: new IAMClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    metrics: new CloudWatchClient(configuration),
    sts: new STSClient(configuration),
    traces: new XRayClient(configuration),
    waf: new WAFV2Client(configuration),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
