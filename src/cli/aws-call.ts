// One signed request to an AWS API of a running Stagegate.

import { hashBody } from '../aws/sigv4-canonical-request.ts';
import { type SigningCredentials, signRequest } from '../aws/sigv4-sign.ts';
import type { CommandContext } from './command.ts';
import { type ControlAnswer, type ControlTarget, send } from './control-client.ts';

export interface AwsRequest {
  /** What it is signed for: `lambda`, `apigateway`. */
  readonly service: string;
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Without `?`, names in order. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly timeoutMs?: number;
}

type Caller = Pick<CommandContext, 'values' | 'given' | 'environment'>;

export function callAws(context: Caller, target: ControlTarget, request: AwsRequest): Promise<ControlAnswer> {
  const { service, method, path, query = '', body = Buffer.alloc(0), timeoutMs } = request;
  const headers: Record<string, string> = {
    host: new URL(target.url).host,
    'content-type': 'application/json',
    ...request.headers,
  };
  const region = (context.given.has('region') ? context.values.region : undefined) ?? target.running?.region ?? 'us-east-1';
  const signature = signRequest(
    { method, path, query, rawHeaders: Object.entries(headers).flat(), bodyHash: hashBody(body) },
    signingKey(context, target),
    { region, service, now: Date.now() },
  );
  return send(target, {
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers: { ...headers, ...Object.fromEntries(signature), 'content-length': String(body.length) },
    body,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** The data folder's key, else the environment's for a system that asks for one, else the key that `open` systems take. */
function signingKey(context: Caller, target: ControlTarget): SigningCredentials {
  if (target.credentials !== undefined) return target.credentials;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = context.environment;
  if (target.running?.auth !== 'open' && accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  return { accessKeyId: 'test', secretAccessKey: 'test' };
}
