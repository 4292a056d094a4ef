// What policies may ask about a request, whoever sent it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html

import type { ServerRequest } from '../../http1/message.ts';
import type { RestInvocationAddress } from './rest-invocation-address.ts';

/** The part of an exchange that conditions are about; there is more of it once an API was found. */
export interface ConditionedRequest {
  readonly request: Pick<ServerRequest, 'headers' | 'remoteAddress'>;
  readonly address: Pick<RestInvocationAddress, 'protocol' | 'vpcEndpoint' | 'viaDomainArn'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The keys of requests that nobody signed; callerContext() makes those of signed ones. */
export function requestConditions(exchange: ConditionedRequest): Readonly<Record<string, string | undefined>> {
  const { request, address, at } = exchange;
  return {
    'aws:CurrentTime': new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    'aws:EpochTime': String(Math.floor(at / 1000)),
    'aws:SourceIp': sourceIp(exchange),
    'aws:SecureTransport': String(address.protocol === 'https'),
    'aws:UserAgent': request.headers.get('user-agent'),
    'aws:Referer': request.headers.get('referer'),
    ...vpcConditions(exchange),
  };
}

/** AWS: absent for who comes through a VPC endpoint. Seen: IAM user guide, "Global condition keys". */
export function sourceIp({ request, address }: ConditionedRequest): string | undefined {
  return address.vpcEndpoint === undefined ? request.remoteAddress : undefined;
}

/**
 * AWS: these are there for who comes through a VPC endpoint, and for nobody else. Seen: the same; `execute-api:viaDomainArn`: service
 * authorization reference, "Amazon API Gateway Management".
 */
export function vpcConditions({ request, address }: ConditionedRequest): Readonly<Record<string, string>> {
  if (address.vpcEndpoint === undefined) return {};
  const { vpceId, vpcId } = address.vpcEndpoint;
  return {
    'aws:SourceVpce': vpceId,
    'aws:VpcSourceIp': request.remoteAddress,
    ...(vpcId === undefined ? {} : { 'aws:SourceVpc': vpcId }),
    ...(address.viaDomainArn === undefined ? {} : { 'execute-api:viaDomainArn': address.viaDomainArn }),
  };
}
